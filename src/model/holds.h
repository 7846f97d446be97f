#pragma once
#include <array>
#include <compare>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/diagnostics.h"
#include "model/lot_trails.h"

// What is stopped, and since when. A stop is an officer's act and no law: it changes no finding, but of what
// it names nothing is released or drawn on until another officer has lifted it.
//
// A stop binds whatever is recorded after it and is of its day or a later one. What had been recorded before
// stays as it was: nobody could know of the stop. A movement recorded late, and of a day on which the stop
// stood, met it, even if it has been lifted since. A correction counts from when it was recorded: one of a
// booking is bound by what was stopped meanwhile, and one of a stop binds what follows it.
//
// Of a lot it binds the goods: whatever is parted, merged, built or taken from it once it is stopped, or is
// recorded so afterwards, is stopped with it, under whatever number; and where nothing bears its number any
// more, whatever came of it.
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

  /// Where lots went, with those that are stopped watched; none where nothing was ever stopped.
  const std::optional<LotTrails>& trails() const { return trails_; }
  /// Stops that stand on a day, by all that is recorded; in the order in which they were.
  std::vector<Hold> on(Date day) const;
  /// Stops that bind an event: recorded before it and standing on its day, or on the one for which it sets
  /// goods aside.
  std::vector<Hold> against(const Event& event) const;
  /// Those among them that name one of these.
  std::vector<Hold> against(const Event& event, std::span<const Concern> concerns) const;
  /// The first of a kind that binds an event and is not among these; nothing where none does.
  std::optional<Hold> first_of(HeldKind kind, const Event& event, std::span<const Concern> but) const;
  /// The same of lots that are, or may be, of one of these items; an empty one stands for any.
  std::optional<Hold> first_lot_of(std::span<const std::string> items, const Event& event,
                                   std::span<const Concern> but) const;

 private:
  struct Standing {
    const Event* stop;
    const Event* lift = nullptr;
  };
  /// What a stop binds: what it names, or a lot that its goods are in, known once so much was recorded.
  struct Bound {
    std::size_t stop;
    std::string name;
    std::size_t recorded;
  };
  bool binds(const Bound& b, const Event& event) const;
  std::optional<Hold> first_among(const std::vector<std::size_t>& places, const Event& event,
                                  std::span<const Concern> but) const;
  bool binds_on(const Bound& b, std::size_t place, Date day) const;
  void bind();
  Hold hold(const Bound& b) const;
  std::vector<Standing> stops_;
  std::optional<LotTrails> trails_;
  std::vector<Bound> bound_;                                              // stop by stop
  std::array<std::vector<std::size_t>, 5> of_kind_;                       // places among them
  std::map<Concern, std::vector<std::size_t>> bound_of_;                  // the same
  std::map<std::string, std::vector<std::size_t>, std::less<>> lots_of_;  // the same, by item
};

}  // namespace sekisho
