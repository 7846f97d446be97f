#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/diagnostics.h"
#include "base/text_hash.h"
#include "custody/loan_trails.h"
#include "custody/mark_book.h"
#include "model/event.h"

// Goods remember where they come from and what was promised about them. Events (docs/events.md) make states
// of lots; each state knows those that it came of, so that states form a graph without rings even where a
// lot's number comes back. Along it flow the provisos that lie on goods and the attestations of where they
// come from.
//
// What flows, and how, the rulebooks say (`mark_book.h`); the rules along the graph stand in `graph.h`. What
// is taken out of a thing bears the provisos and attestations of the whole; an attestation never speaks of
// more than it was given for, so none passes into what goods are built into.
//
// Nothing is gathered from silence: a lot of which nobody said where it was made has no state of making, and
// the law asks.
//
// Cost: a state an event and lot, each with its own lists; an event costs the logarithm of the number of
// lots.

namespace sekisho {

/// A state by its names; what it came of and what lies on it, the graph knows by its number.
struct LotState {
  std::string lot, item, made_in, maker, made_under, holder, country;
  Amount quantity;
  std::vector<std::string> serials;  // empty: pieces have no numbers
  std::optional<Amount> value;
  const Event* by = nullptr;  // the event that made it
};

/// Goods that are out and are to come back.
struct Loan {
  const Event* lent;
  std::string lender, lender_country;
  Amount lent_in_all, out;
  Amount gone;  // of what is out: destroyed, lost or consumed, so that only others can come in its place
};

class Custody {
 public:
  /// Reads events as they were recorded, corrections among them, up to a day on which they were so. The
  /// events must outlive this.
  /// @param known  agreements and parties that the events name, besides those that they enter
  /// @fails SK3201 to SK3211; an event that is reported happens to nothing. Warnings (SK3210, SK3212) stop
  /// none
  Custody(std::span<const Event> recorded, Date valid_on, const Law& law, const World& known,
          Diagnostics& diags);
  /// The same of events that hold, as `corrected` gives them.
  Custody(const std::vector<const Event*>& holding, Date valid_on, const Law& law, const World& known,
          Diagnostics& diags);

  /// In the order in which they came to be.
  const std::vector<LotState>& states() const { return states_; }
  const Graph& graph() const { return marks_.graph(); }
  const MarkBook& marks() const { return marks_; }
  /// All that bore the number, from first to last.
  std::span<const StateId> states_of(std::string_view number) const;
  /// What there is of a lot at the end; none if it was used up or never was.
  std::optional<StateId> lot(std::string_view number) const;
  /// The state in which goods were when an event took them; none if it took no such lot.
  std::optional<StateId> taken_by(const Event& event, std::string_view number) const;
  /// The lot that holds the piece of the item with that serial number; empty if none does.
  std::string holder_of(const std::string& item, const std::string& serial) const;
  /// Those that hold as corrected, in the order of their days.
  const std::vector<const Event*>& events() const { return events_; }
  const std::vector<Loan>& loans() const { return loans_; }

  /// A state as a lot of a world.
  Lot as_lot(StateId s) const;
  /// Everything that was entered, and the lots that there are.
  World world() const;

 private:
  class Step;
  Lot as_lot(StateId s, ExactShares& shares) const;

  /// What bore a number, from first to last, and whether the last is there still.
  struct Bearers {
    std::vector<StateId> states;
    bool live = false;
  };

  MarkBook marks_;
  std::vector<LotState> states_;
  std::unordered_map<std::string, Bearers, TextHash, std::equal_to<>> by_number_;
  std::vector<StateId> taken_;  // by one event after the other, in the order in which it names them
  std::unordered_map<const Event*, std::size_t>
      taken_from_;  // of each event that took lots: where its own begin
  std::map<std::pair<std::string, std::string>, StateId>
      numbered_;  // by item and serial number: its last state
  std::vector<const Event*> events_;
  std::vector<Loan> loans_;
  std::map<std::string_view, LoanId> loan_of_;  // by the name of the lending
  LoanTrails loan_trails_;
};

}  // namespace sekisho
