#pragma once
#include <limits>
#include <vector>

#include "engine/diagrams.h"

namespace sekisho {

/// A conjunction: for each level the values that it allows.
using Cube = std::vector<Values>;

/// Cubes that together hold all of `must` and nothing outside `may`; none can be left out, and no value can
/// be added to one without going outside.
/// @param box   values that count at all; levels with one value in it are not restricted further
/// @param most  cubes that are looked for. Where it takes more, `must` is not held whole; with every fact
/// they
///              can double
/// @paper S. Minato, Fast Generation of Irredundant Sum-of-Products Forms from Binary Decision Diagrams
/// (1993), here
///        for variables of many values
/// @fails TooManyNodes
std::vector<Cube> irredundant_cover(Diagrams& store, Ref must, Ref may, std::span<const Values> box,
                                    std::size_t most = std::numeric_limits<std::size_t>::max());

/// A cube as a diagram.
Ref as_diagram(Diagrams& store, const Cube& cube, std::span<const Values> box);

}  // namespace sekisho
