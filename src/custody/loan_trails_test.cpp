// Which lendings goods went out by and came back from, held to the definition, which walks state by state.
#include "custody/loan_trails.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

using namespace sekisho;

namespace {

using By = LoanTrails::By;

/// The same, from the definitions.
struct Plain {
  struct State {
    std::vector<Origin> origins;
    By by;
    LoanId loan;
  };
  std::vector<State> states;

  bool by(By what, StateId s, LoanId loan) const { return states[s].by == what && states[s].loan == loan; }
  void collect(std::set<StateId>& out, LoanId loan, StateId s, bool out_only) const {
    if (by(By::lent, s, loan)) out.insert(s);
    if (out_only && by(By::came_back, s, loan)) return;
    for (const Origin& o : states[s].origins) collect(out, loan, o.state, out_only);
  }
  std::vector<LoanId> still_out(StateId s) const {
    std::vector<LoanId> out;
    std::set<LoanId> back;
    for (;; s = states[s].origins.front().state) {
      const State& at = states[s];
      if (at.origins.size() != 1) return out;
      const Descent how = at.origins.front().how;
      if (how != Descent::same && how != Descent::part && how != Descent::rest) return out;
      if (at.by == By::came_back) back.insert(at.loan);
      if (at.by == By::lent && !back.contains(at.loan)) out.push_back(at.loan);
    }
  }
};

std::vector<StateId> sorted(std::vector<StateId> states) {
  std::sort(states.begin(), states.end());
  return states;
}

}  // namespace

TEST_CASE("what was lent is out until it came back, on each way that it took") {
  std::mt19937 random(7);
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  int out_of_some = 0, back_from_some = 0;
  for (int world = 0; world < 300; ++world) {
    LoanTrails trails;
    Plain plain;
    LoanId loans = 0;
    const auto add = [&](std::vector<Origin> origins, By by, LoanId loan) {
      trails.add(origins, by, loan);
      plain.states.push_back({std::move(origins), by, loan});
    };
    add({}, By::other, 0);
    for (int step = 0; step < 24; ++step) {
      const auto count = static_cast<std::uint32_t>(plain.states.size());
      const StateId from = count - 1 - below(std::min(count, 3U));
      switch (below(8)) {
        case 0:
        case 1:  // a part, or all, is lent; two lots by one event now and then
          for (std::uint32_t lots = 1 + below(2); lots > 0; --lots)
            add({{from, lots == 1 ? Descent::same : Descent::part}}, By::lent, loans);
          ++loans;
          break;
        case 2:
        case 3:
          if (loans > 0) add({{from, Descent::part}}, By::came_back, below(loans));
          break;
        case 4: add({{from, Descent::rest}}, By::other, 0); break;
        case 5: add({{from, below(2) == 0 ? Descent::built_in : Descent::copied}}, By::other, 0); break;
        case 6: add({{from, Descent::united}, {below(count), Descent::united}}, By::other, 0); break;
        default: add({{from, Descent::same}}, By::other, 0); break;
      }
    }
    for (StateId s = 0; s < plain.states.size(); ++s) {
      CHECK(trails.still_out(s) == plain.still_out(s));
      for (LoanId loan = 0; loan < loans; ++loan) {
        std::set<StateId> moved, out;
        plain.collect(moved, loan, s, false);
        plain.collect(out, loan, s, true);
        CHECK(sorted(trails.moved_by(loan, s)) == std::vector<StateId>(moved.begin(), moved.end()));
        CHECK(sorted(trails.out_of(loan, s)) == std::vector<StateId>(out.begin(), out.end()));
        out_of_some += out.empty() ? 0 : 1;
        back_from_some += moved.size() > out.size() ? 1 : 0;
      }
    }
  }
  CHECK(out_of_some > 1000);
  CHECK(back_from_some > 1000);
}
