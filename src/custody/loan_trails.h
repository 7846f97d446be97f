#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "custody/graph.h"

// Which lendings the goods of a state were moved by, and which of those they have not come back from.
//
// Example: `l` is lent (loan 0), one piece of it comes back as `p`, and the rest is lent on (loan 1). What
// `l` is now is out of 1 and of 0; `p` is out of none, though loan 0 moved it once.
//
// Most states are as the one they came of: moved on, parted, or what somebody else's going left behind. They
// share its step, so that a way back through very many of them is as long as the lendings and returns on it.
//
// Cost: 4 bytes a state, a step for each that was lent or came back, or came of several.

namespace sekisho {

using LoanId = std::uint32_t;  // in the order of lending

class LoanTrails {
 public:
  enum class By : std::uint8_t { lent, came_back, other };
  /// A state, after those that it came of; each once, in the order of their numbers. What is left of a lot
  /// that was lent or came back in part is by neither.
  /// @param loan  that lent it or that it came back from
  void add(std::span<const Origin> origins, By by, LoanId loan);

  /// The states, itself perhaps among them, as which the loan moved what a state is of.
  std::vector<StateId> moved_by(LoanId loan, StateId s) const;
  /// Those of them from which it came to be on some way on which nothing came back since.
  std::vector<StateId> out_of(LoanId loan, StateId s) const;
  /// The loans that the goods of a state, or what they are a part of, went out by and have not come back from
  /// since they were made, united with others or released.
  std::vector<LoanId> still_out(StateId s) const;

 private:
  enum class Kind : std::uint8_t { lent, came_back, joined };
  struct Step {
    Kind kind;
    LoanId loan;               // of what is joined: where its ways begin in `joined_`
    StateId state;             // that it was taken as
    std::uint32_t before;      // the step before it; of what is joined: how many ways there are
    std::uint32_t unreturned;  // this one, or the nearest before it if all between were lent and came back
  };
  static constexpr std::uint32_t none = UINT32_MAX;
  std::uint32_t joined(std::span<const Origin> origins, StateId s);
  std::vector<StateId> states_by(LoanId loan, StateId s, bool out_only) const;
  std::uint32_t unreturned(std::uint32_t step) const { return step == none ? none : steps_[step].unreturned; }

  std::vector<std::uint32_t> last_;  // step of each state; none: nothing of it was ever lent
  std::vector<Step> steps_;
  std::vector<std::uint32_t> joined_;  // last steps of what several states came of
  std::vector<StateId> first_of_;      // of each loan, the first state that it lent
};

}  // namespace sekisho
