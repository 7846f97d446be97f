#include "model/corrections.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace sekisho {

std::vector<const Event*> corrected(std::span<const Event> recorded, Diagnostics& diags) {
  std::unordered_map<std::string_view, const Event*> by_id(recorded.size());
  std::unordered_map<std::string_view, const Correct*> corrections;
  for (const Event& e : recorded) {
    if (!by_id.emplace(e.id, &e).second) diags.emit(code::event_twice, e.at, e.id);
    const auto* correction = std::get_if<Correct>(&e.body);
    if (correction == nullptr) continue;
    const auto of = by_id.find(correction->of);
    if (of == by_id.end() || of->second->kind == EventKind::correct)
      diags.emit(code::no_such_event, e.at, "earlier event", correction->of)
          .fix("a correction stands after the event that it corrects; correct that one again");
    else
      corrections[correction->of] = correction;
  }
  std::vector<const Event*> out;
  out.reserve(recorded.size());
  for (const Event& e : recorded) {
    if (e.kind == EventKind::correct || by_id.at(e.id) != &e) continue;
    const auto c = corrections.find(e.id);
    if (c == corrections.end())
      out.push_back(&e);
    else if (!c->second->withdrawn)
      out.push_back(&c->second->instead.front());
  }
  const auto by_day = [](const Event* a, const Event* b) { return a->on < b->on; };
  if (!std::is_sorted(out.begin(), out.end(), by_day)) std::stable_sort(out.begin(), out.end(), by_day);
  return out;
}

}  // namespace sekisho
