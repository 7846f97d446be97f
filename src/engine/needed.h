#pragma once
#include "engine/cover.h"

namespace sekisho {

/// Which cubes are needed to hold a region: one after the other is left out where those that were kept before
/// it and all that follow hold what it holds, so that none of those kept can be left out.
/// @param cubes  what is to be kept rather than not comes last
/// @param steps  of the search for what a cube holds alone, before diagrams are taken: they decide how
///               long it takes, never what is found
/// @fails TooManyNodes
std::vector<bool> needed_cubes(Diagrams& store, std::span<const Cube> cubes, Ref must,
                               std::size_t steps = 20'000);

}  // namespace sekisho
