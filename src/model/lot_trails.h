#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "model/recorded_places.h"

// Where the goods of lots went, by what events say.
//
// Example: of L, ten pieces, nine are split off as X on 1 May, and the last one is destroyed on 3 May. The
// goods of L as of 2 May are the one piece: X is none of them. As of 4 May nothing bears the number L any
// more, so whoever names L means whatever came of it: X.

namespace sekisho {

class LotTrails {
 public:
  /// @param recorded  as recorded; must outlive this
  /// @param events    those that hold, as `corrected` gives them
  LotTrails(std::span<const Event> recorded, const std::vector<const Event*>& events);

  /// Whether an event tells of the lot.
  bool knows(std::string_view lot) const { return items_.contains(lot); }
  /// What a lot is, by the last event that gave it; empty if none did.
  /// @param before  of what was recorded before that place
  std::string item_of(std::string_view lot, std::size_t before = SIZE_MAX) const;
  /// A lot that goods are in, known to whoever knows all that was recorded up to a place, and that.
  struct Found {
    std::string lot;
    std::size_t recorded;
  };
  /// Other lots that the goods of a lot are in: all that was parted, merged, built or taken from it on a
  /// later day than `since` or recorded later; and where nothing bore its number then, all that ever came of
  /// it.
  std::vector<Found> became(std::string_view lot, const Event& since) const;
  /// From now on `watched_of` looks for these lots.
  void watch(std::span<const std::string> lots);
  /// Those among what a lot became that are watched, and some on the way to them. Ways that lead to none are
  /// not walked: of very many parts of one lot mostly few are watched.
  std::vector<Found> watched_of(std::string_view lot, const Event& since) const;
  std::size_t recorded_at(const Event& e) const { return places_.of(e); }

 private:
  struct Touch {
    std::size_t event;                 // its place among the events
    std::optional<std::int64_t> left;  // after it; none: not known
  };
  using Touches = std::map<std::string_view, std::vector<Touch>>;  // of each lot, in the order of events
  bool after(const Event& since, const Event& e) const;
  bool gone_by(std::string_view lot, const Event& since) const;
  std::vector<Found> walk(std::string_view lot, const Event& since, const Touches& ways) const;
  RecordedPlaces places_;
  std::vector<const Event*> events_;
  Touches touches_;
  Touches to_watched_;  // those by which goods came into a lot that is watched, or on the way there
  struct Item {
    std::string name;
    std::size_t recorded = 0;
  };
  std::map<std::string, std::vector<Item>, std::less<>> items_;  // of lots, in the order of events
};

}  // namespace sekisho
