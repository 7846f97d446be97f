#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "model/event.h"

// Goods remember where they come from and what was promised about them. Events (docs/events.md) make states
// of lots; each state knows those that it came of, so that states form a graph without rings even where a
// lot's number comes back. Along it flow the provisos that lie on goods and the attestations of where they
// come from.
//
// What flows:
//   - A lot that moves, is parted, lent or given back keeps all that lies on it. Merged lots keep the
//   provisos of
//     each, and an attestation where each of them has it.
//   - What is taken out of a thing bears the provisos and attestations of the whole. Where the part was made
//     nobody has said.
//   - What is built into a thing brings along the provisos whose rulebook says `flows through every
//     incorporation`, and nothing else: an attestation never speaks of more than it was given for.
//   - Technology that is released stays where it was, and the copy bears what lies on it.
//
// Nothing is gathered from silence: a lot of which nobody said where it was made has no state of making, and
// the law asks.
//
// Cost: a state an event and lot, each with its own lists; an event costs the logarithm of the number of
// lots.

namespace sekisho {

/// What became of the earlier state.
enum class Descent : std::uint8_t { same, part, rest, united, built_in, taken_out, copied };
std::string_view to_string(Descent d);

struct LotState {
  struct Parent {
    std::uint32_t state;
    Descent how;
  };
  std::string lot, item, made_in, maker, made_under, holder, country;
  Amount quantity;
  std::vector<std::string> serials;  // empty: pieces have no numbers
  std::optional<Amount> value;
  std::vector<ProvisoOn> provisos;
  std::vector<Attestation> attestations;
  std::vector<Parent> parents;
  const Event* by = nullptr;  // the event that made it
};

/// Goods that are out and are to come back.
struct Loan {
  const Event* lent;
  std::string lender, lender_country;
  Amount lent_in_all, out;
};

/// Whether a proviso lies on whatever the goods that bear it are built into.
using SeeThrough = std::function<bool(const ProvisoOn&)>;

class Custody {
 public:
  /// Reads events as they were recorded, corrections among them, up to a day on which they were so. The
  /// events must outlive this.
  /// @fails SK3201 to SK3210; an event that is reported happens to nothing
  Custody(std::span<const Event> recorded, Date valid_on, const SeeThrough& see_through, Diagnostics& diags);

  /// In the order in which they came to be.
  const std::vector<LotState>& states() const { return states_; }
  /// What there is of a lot at the end; none if it was used up or never was.
  std::optional<std::uint32_t> lot(std::string_view number) const;
  /// The state in which goods were when an event took them; none if it took no such lot.
  std::optional<std::uint32_t> taken_by(const Event& event, std::string_view number) const;
  /// Those that hold as corrected, in the order of their days.
  const std::vector<const Event*>& events() const { return events_; }
  const std::vector<Loan>& loans() const { return loans_; }

  /// A state as a lot of a world.
  static Lot as_lot(const LotState& s);
  /// Everything that was entered, and the lots that there are.
  World world() const;

 private:
  class Step;
  std::vector<LotState> states_;
  std::map<std::string, std::uint32_t, std::less<>> live_;
  std::map<std::pair<const Event*, std::string>, std::uint32_t> taken_;
  std::vector<const Event*> events_;
  std::vector<Loan> loans_;
};

}  // namespace sekisho
