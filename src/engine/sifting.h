#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/compiler.h"

// Sifting: each variable in turn, those with the most nodes first, is tried at other places, and stays where
// the diagrams were smallest. Each trial compiles the law anew, and gives up as soon as it has made more
// nodes than the best so far.
//
// R. Rudell, Dynamic Variable Ordering for Ordered Binary Decision Diagrams (1993).

namespace sekisho {

/// Variables that move together.
using VariableGroup = VariableOrder;
/// Edges of what is compiled in an order; nullopt where there are more nodes than `node_limit`.
using OrderCost =
    std::function<std::optional<std::size_t>(const VariableOrder& order, std::size_t node_limit)>;

/// @param costs   of each law that is measured; their sum is made small
/// @param trials  at the most so many orders are tried
/// @param order   the first one
/// @param nodes   of each variable: groups with the most come first
VariableOrder sifted(std::vector<OrderCost> costs, std::size_t trials, std::vector<VariableGroup> order,
                     const std::map<std::string, std::size_t>& nodes);

}  // namespace sekisho
