#include "model/recorded_places.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include "model/event_writer.h"

namespace sekisho {
namespace {

bool no_more(const std::optional<Amount>& now, const std::optional<Amount>& before) {
  if (!now || !before) return now.has_value() == before.has_value();
  return now->unit == before->unit && now->ten_thousandths <= before->ten_thousandths;
}
bool no_more(const ReservedLine& now, const ReservedLine& before) {
  return now.line == before.line && now.item == before.item && now.consignee == before.consignee &&
         now.under == before.under && now.needs == before.needs && now.facts == before.facts &&
         no_more(now.quantity, before.quantity) && no_more(now.value, before.value);
}
/// A part without amounts was all that was left.
bool no_more(const Part& now, const Part& before) {
  const bool all = !before.quantity && !before.value;
  return now.line == before.line &&
         (all || (no_more(now.quantity, before.quantity) && no_more(now.value, before.value)));
}
template <class T>
bool each_no_more(const std::vector<T>& now, const std::vector<T>& before) {
  return std::all_of(now.begin(), now.end(), [&](const T& n) {
    return std::any_of(before.begin(), before.end(), [&](const T& b) { return no_more(n, b); });
  });
}

}  // namespace

bool asks_no_more(const Event& now, const Event& before) {
  if (now.kind != before.kind || write_event(now) == write_event(before)) return false;
  if (const auto* l = std::get_if<Lift>(&now.body)) return l->of == std::get<Lift>(before.body).of;
  if (now.on != before.on) return false;
  if (const auto* r = std::get_if<Reserve>(&now.body)) {
    const Reserve& was = std::get<Reserve>(before.body);
    const bool held_longer = was.until && (!r->until || *r->until > *was.until);
    return r->moves == was.moves && !held_longer && each_no_more(r->lines, was.lines);
  }
  const auto* t = std::get_if<Take>(&now.body);
  if (t == nullptr || now.kind != EventKind::draw) return false;
  const Take& was = std::get<Take>(before.body);
  if (t->of != was.of) return false;
  return was.parts.empty() || (!t->parts.empty() && each_no_more(t->parts, was.parts));
}

RecordedPlaces::RecordedPlaces(std::span<const Event> recorded) : recorded_(recorded) {
  std::unordered_map<std::string_view, std::size_t> corrected;  // by name: where it was recorded first
  for (const Event& e : recorded)
    if (const auto* c = std::get_if<Correct>(&e.body)) corrected.emplace(c->of, SIZE_MAX);
  if (corrected.empty()) return;
  std::unordered_map<std::string_view, const Event*> said;  // by name: what holds so far; nullptr: withdrawn
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    const Event& e = recorded[i];
    if (const auto it = corrected.find(e.id); it != corrected.end() && i < it->second) {
      it->second = i;
      said[e.id] = &e;
    }
    const auto* c = std::get_if<Correct>(&e.body);
    if (c == nullptr) continue;
    const std::size_t first = std::min(corrected.at(c->of), i);
    const Event*& before = said[c->of];
    for (const Event& instead : c->instead) {
      const bool stays = before != nullptr && of(*before) == first && asks_no_more(instead, *before);
      instead_[&instead] = {stays ? first : i, first};
    }
    before = c->instead.empty() ? nullptr : &c->instead.front();
  }
}

RecordedPlaces::Places RecordedPlaces::places(const Event& e) const {
  const std::less<> before;
  if (!before(&e, recorded_.data()) && before(&e, recorded_.data() + recorded_.size())) {
    const auto i = static_cast<std::size_t>(&e - recorded_.data());
    return {i, i};
  }
  const auto it = instead_.find(&e);
  return it == instead_.end() ? Places{SIZE_MAX, SIZE_MAX} : it->second;
}

std::size_t RecordedPlaces::of(const Event& e) const {
  return places(e).own;
}
std::size_t RecordedPlaces::first_of(const Event& e) const {
  return places(e).first;
}

}  // namespace sekisho
