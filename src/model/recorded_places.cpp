#include "model/recorded_places.h"

#include <string_view>

namespace sekisho {

RecordedPlaces::RecordedPlaces(std::span<const Event> recorded) {
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    const Event& e = recorded[i];
    first.emplace(e.id, i);
    places_[&e] = {i, i};
    if (const auto* c = std::get_if<Correct>(&e.body))
      for (const Event& instead : c->instead) {
        const auto found = first.find(c->of);
        const std::size_t of = found == first.end() ? i : found->second;
        places_[&instead] = {instead.kind == EventKind::lift ? of : i, of};
      }
  }
}

std::size_t RecordedPlaces::of(const Event& e) const {
  const auto it = places_.find(&e);
  return it == places_.end() ? SIZE_MAX : it->second.own;
}

std::size_t RecordedPlaces::first_of(const Event& e) const {
  const auto it = places_.find(&e);
  return it == places_.end() ? SIZE_MAX : it->second.first;
}

}  // namespace sekisho
