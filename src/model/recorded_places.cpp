#include "model/recorded_places.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace sekisho {

RecordedPlaces::RecordedPlaces(std::span<const Event> recorded) : recorded_(recorded) {
  std::unordered_map<std::string_view, std::size_t> corrected;  // by name: where it was recorded first
  for (const Event& e : recorded)
    if (const auto* c = std::get_if<Correct>(&e.body)) corrected.emplace(c->of, SIZE_MAX);
  if (corrected.empty()) return;
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    const Event& e = recorded[i];
    if (const auto it = corrected.find(e.id); it != corrected.end()) it->second = std::min(it->second, i);
    const auto* c = std::get_if<Correct>(&e.body);
    if (c == nullptr) continue;
    const std::size_t first = std::min(corrected.at(c->of), i);
    for (const Event& instead : c->instead)
      instead_[&instead] = {instead.kind == EventKind::lift ? first : i, first};
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
