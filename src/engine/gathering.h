#pragma once
#include "engine/compiler.h"

namespace sekisho {

/// An order in which what a conjunction speaks of stands close together, for law that grows too large in the
/// order of its own words: each variable goes to the middle of its conjunctions, again and again.
/// @param c  the law in any order; that it grew too large does not matter
/// @paper F. Aloul, I. Markov, K. Sakallah, FORCE: a fast and easy-to-implement variable-ordering heuristic
///        (2003)
VariableOrder gathered_order(const Compiled& c);

}  // namespace sekisho
