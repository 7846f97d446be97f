#include "model/corrections.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/name_table.h"

namespace sekisho {

std::vector<const Event*> corrected(std::span<const Event> recorded, Diagnostics& diags) {
  NameTable by_name(recorded.size());
  const auto name_of = [&](std::uint32_t place) -> std::string_view { return recorded[place].id; };
  std::unordered_map<std::string_view, const Correct*> corrections;
  std::vector<const Event*> told;  // first of their names, and no corrections
  told.reserve(recorded.size());
  for (std::uint32_t i = 0; i < recorded.size(); ++i) {
    const Event& e = recorded[i];
    const bool first = by_name.add(e.id, i, name_of) == i;
    if (!first) diags.emit(code::event_twice, e.at, e.id);
    const auto* correction = std::get_if<Correct>(&e.body);
    if (correction == nullptr) {
      if (first) told.push_back(&e);
      continue;
    }
    const auto of = by_name.find(correction->of, name_of);
    if (!of || recorded[*of].kind == EventKind::correct)
      diags.emit(code::no_such_event, e.at, "earlier event", correction->of)
          .fix("a correction stands after the event that it corrects; correct that one again");
    else
      corrections[correction->of] = correction;
  }
  std::vector<std::pair<Date, const Event*>> by_day;
  by_day.reserve(told.size());
  for (const Event* e : told) {
    const auto c = corrections.empty() ? corrections.end() : corrections.find(e->id);
    if (c != corrections.end()) e = c->second->withdrawn ? nullptr : &c->second->instead.front();
    if (e != nullptr) by_day.emplace_back(e->on, e);
  }
  const auto earlier = [](const auto& a, const auto& b) { return a.first < b.first; };
  if (!std::is_sorted(by_day.begin(), by_day.end(), earlier))
    std::stable_sort(by_day.begin(), by_day.end(), earlier);
  std::vector<const Event*> out;
  out.reserve(by_day.size());
  for (const auto& [on, e] : by_day) out.push_back(e);
  return out;
}

}  // namespace sekisho
