#pragma once
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "engine/compiler.h"
#include "engine/cover.h"

// What a change of law changes. Both sides are compiled over the same variables, so that a difference is a
// join of two diagrams: the region where the findings are unlike, exact and complete. It is told as an
// irredundant cover of statements, what cannot happen counting as neither in nor out. Nothing is told of a
// single value that only stands for others (engine/holdings.cpp): such values are projected away first. What
// then holds both completions that change and some that do not is told apart, as not exact.

namespace sekisho {

/// One of the two sides: a regime (or all regimes jointly) in one view.
struct Side {
  std::size_t view = 0;
  RegimeId regime;  // none: all regimes, the strictest counts
};

/// In all completions that `when` allows (in some, where it is not exact), the finding is `before` on one
/// side and `after` on the other. None: constraints leave no such case on that side.
struct Statement {
  RegimeId regime;  // none: jointly
  std::optional<Finding> before, after;
  Cube when;                    // by level
  std::vector<Values> witness;  // one completion, by level: one value for each variable
  double breadth = 0;  // the share of completions that it holds, each value of a variable counting alike
  bool exact = true;   // else it is so in some of the completions, which cannot be told more closely

  /// How far the finding moves; that there is no such case lies beyond all findings.
  int steps() const {
    const auto place = [](std::optional<Finding> f) { return f ? static_cast<int>(*f) : int{finding_count}; };
    return std::abs(place(after) - place(before));
  }
};

struct Impact {
  std::vector<Statement> statements;
};

/// The finding of a side, as a diagram.
Ref finding_of(Compiled& law, const Side& side);
/// The statements of one pair of sides, the steps of finding deciding their order, then breadth.
/// @param box  knowledge that narrows the question, by level
/// @fails TooManyNodes
Impact impact_between(Compiled& law, const Side& before, const Side& after, std::span<const Values> box);

}  // namespace sekisho
