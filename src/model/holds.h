#pragma once
#include <compare>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "model/event.h"

// What is stopped, and since when. A stop is an officer's act and no law: it changes no finding, but of what
// it names nothing is released or drawn on until another officer has lifted it.
//
// A stop binds whatever is recorded after it and is of its day or a later one. What had been recorded before
// stays as it was: nobody could know of the stop. A movement recorded late, and of a day on which the stop
// stood, met it, even if it has been lifted since.
//
// Of a lot it binds the goods: whatever is parted, merged, built or taken from it once it is stopped is
// stopped with it, under whatever number; and where nothing bears its number any more, whatever came of it.
//
// Example: s1 stops the party acme on 1 May; s2, recorded on 20 May, lifts it from then on. A draw of 10 May
// for acme is refused whether it is recorded on 11 May or in June. One of 10 May that was recorded before s1
// stands.

namespace sekisho {

/// Something that an event or a transfer concerns, and that a stop can name.
struct Concern {
  HeldKind kind;
  std::string name;
  friend auto operator<=>(const Concern&, const Concern&) = default;
};

/// Whether the hold names one of these.
bool names_one(const Hold& hold, std::span<const Concern> concerns);

class Holds {
 public:
  /// @param recorded  as recorded; must outlive this
  /// @param events    those that hold, as `corrected` gives them
  /// @fails SK3202 a lifting of what nobody stopped
  Holds(std::span<const Event> recorded, const std::vector<const Event*>& events, Diagnostics& diags);

  /// What a lot is, by the last event that gave it; empty if none did. @pre something was ever stopped
  std::string item_of(std::string_view lot) const;
  /// Stops that stand on a day, by all that is recorded; in the order in which they were.
  std::vector<Hold> on(Date day) const;
  /// Stops that bind an event: recorded before it and standing on its day.
  std::vector<Hold> against(const Event& event) const;
  /// Those among them that name one of these.
  std::vector<Hold> against(const Event& event, std::span<const Concern> concerns) const;

 private:
  struct Standing {
    const Event* stop;
    const Event* lift = nullptr;
    std::vector<std::string> became = {};  // lots that came of a stopped one
  };
  /// What a stop binds: what it names, or a lot that came of it.
  struct Bound {
    std::size_t stop;
    std::string name;
  };
  Hold hold(const Bound& b) const;
  bool binds(const Standing& s, const Event& event) const;
  void list_bound();
  void learn_items(const std::vector<const Event*>& events);
  void follow_lots(const std::vector<const Event*>& events);
  using StopsOfLots = std::map<std::string_view, std::set<std::size_t>>;  // places among the stops
  std::map<std::size_t, std::size_t> gone_before(const StopsOfLots& stops_of,
                                                 const std::vector<const Event*>& events) const;
  bool before(const Event& stop, const Event& event) const;
  std::size_t recorded_at(const Event& e) const;
  std::vector<Standing> stops_;
  std::vector<Bound> bound_;                               // stop by stop
  std::map<Concern, std::vector<std::size_t>> bound_of_;   // places among them
  std::map<std::string, std::string, std::less<>> items_;  // of lots
  std::map<const Event*, std::size_t> places_;  // in the order of recording; of a corrected event its own
};

}  // namespace sekisho
