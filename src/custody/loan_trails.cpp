#include "custody/loan_trails.h"

#include <algorithm>
#include <set>

namespace sekisho {

void LoanTrails::add(std::span<const Origin> origins, By by, LoanId loan) {
  const auto s = static_cast<StateId>(last_.size());
  const bool goes_on =
      origins.size() == 1 && carries_on(origins.front().how) && origins.front().how != Descent::copied;
  if (!goes_on) {
    last_.push_back(joined(origins, s));
    return;
  }
  const std::uint32_t before = last_[origins.front().state];
  const auto step = static_cast<std::uint32_t>(steps_.size());
  if (by == By::lent) {
    if (loan == first_of_.size()) first_of_.push_back(s);
    steps_.push_back({Kind::lent, loan, s, before, step});
    last_.push_back(step);
  } else if (by == By::came_back && before != none) {
    const std::uint32_t out = unreturned(before);
    const bool of_it = out != none && steps_[out].kind == Kind::lent && steps_[out].loan == loan;
    steps_.push_back({Kind::came_back, loan, s, before,
                      of_it         ? unreturned(steps_[out].before)
                      : out == none ? none
                                    : step});
    last_.push_back(step);
  } else {
    last_.push_back(before);
  }
}

std::uint32_t LoanTrails::joined(std::span<const Origin> origins, StateId s) {
  const auto begin = static_cast<std::uint32_t>(joined_.size());
  for (const Origin& o : origins)
    if (last_[o.state] != none) joined_.push_back(last_[o.state]);
  const auto ways = static_cast<std::uint32_t>(joined_.size()) - begin;
  if (ways == 0) return none;
  const auto step = static_cast<std::uint32_t>(steps_.size());
  steps_.push_back({Kind::joined, begin, s, ways, step});
  return step;
}

std::vector<StateId> LoanTrails::moved_by(LoanId loan, StateId s) const {
  return states_by(loan, s, false);
}
std::vector<StateId> LoanTrails::out_of(LoanId loan, StateId s) const {
  return states_by(loan, s, true);
}

std::vector<StateId> LoanTrails::states_by(LoanId loan, StateId s, bool out_only) const {
  std::vector<StateId> out;
  std::set<std::uint32_t> seen;
  std::vector<std::uint32_t> open;
  const auto follow = [&](std::uint32_t step) {
    if (out_only) step = unreturned(step);
    // What was before the loan it did not move.
    if (step != none && steps_[step].state >= first_of_[loan] && seen.insert(step).second)
      open.push_back(step);
  };
  follow(last_[s]);
  while (!open.empty()) {
    const Step& at = steps_[open.back()];
    open.pop_back();
    if (at.kind == Kind::joined) {
      for (std::uint32_t i = 0; i < at.before; ++i) follow(joined_[at.loan + i]);
      continue;
    }
    if (at.kind == Kind::lent && at.loan == loan) out.push_back(at.state);
    if (!out_only || at.kind != Kind::came_back || at.loan != loan) follow(at.before);
  }
  return out;
}

std::vector<LoanId> LoanTrails::still_out(StateId s) const {
  std::vector<LoanId> out;
  std::set<LoanId> back;
  for (std::uint32_t i = unreturned(last_[s]); i != none && steps_[i].kind != Kind::joined;
       i = unreturned(steps_[i].before)) {
    if (steps_[i].kind == Kind::came_back) back.insert(steps_[i].loan);
    if (steps_[i].kind == Kind::lent && !back.contains(steps_[i].loan)) out.push_back(steps_[i].loan);
  }
  return out;
}

}  // namespace sekisho
