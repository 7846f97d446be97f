#pragma once
#include "engine/compiler.h"

// A good order of variables. The size of a diagram hangs on the order in which its facts are asked,
// exponentially in the worst case, and the best order is hard to find (it is NP-complete to improve one); so
// one is looked for once, at leisure, and kept beside the rulebook.
//
// THE IDEA. Variables are moved to other places for as long as the diagrams become smaller (`sifting`). What
// is measured is the law of the day with the most nodes and the law of the last day.
//
// It begins with the order in which the law speaks; where the law of some day is too large in that, with one
// in which what stands in one conjunction stands together (`gathering`).
//
// An order is names and nothing else. It decides how large the diagrams are and never what they say: one
// that was found for other text costs time, no answer.

namespace sekisho {

/// How the law of a day is asked: variables from the first asked to the last.
struct AskedVariable {
  std::string name;
  std::size_t values = 0, nodes = 0;  // nodes of the finding at its level
};
/// @param regime  none: the finding jointly over all regimes
/// @fails SK4001
std::vector<AskedVariable> asked_variables(const Law& law, RegimeId regime, Date day, std::size_t node_limit,
                                           Diagnostics& diags);

/// @param trials  at the most so many compilations of each of the two days
/// @fails SK4001 the law of some day needs too many nodes in the order in which it speaks, and in the other
VariableOrder find_order(const Law& law, std::size_t trials, Diagnostics& diags);

}  // namespace sekisho
