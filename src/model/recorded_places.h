#pragma once
#include <cstddef>
#include <span>
#include <unordered_map>

#include "model/event.h"

namespace sekisho {

/// Whether what a correction says asks nothing that what it puts right did not ask: of a booking, for the
/// same days, authorisations, goods and parties, as much or less; of a lifting, that of the same stop. What
/// is the same to the letter is told anew: it may stand for what was disposed of.
bool asks_no_more(const Event& now, const Event& before);

/// The place of each event in the order of recording. A correction counts from when it was recorded; but a
/// lifting that is put right still stands from its own place, for what was booked since then rests on it, and
/// so does a booking that was put right, where each time they asked no more than before.
class RecordedPlaces {
 public:
  /// @param recorded  as recorded; must outlive this
  explicit RecordedPlaces(std::span<const Event> recorded);
  /// Behind all if it is not recorded.
  std::size_t of(const Event& e) const;
  /// Of what stands in the place of another, the place of the other.
  std::size_t first_of(const Event& e) const;

 private:
  struct Places {
    std::size_t own, first;
  };
  Places places(const Event& e) const;
  std::span<const Event> recorded_;
  std::unordered_map<const Event*, Places> instead_;  // of events that corrections give
};

}  // namespace sekisho
