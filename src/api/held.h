#pragma once
#include <span>
#include <string>

#include "base/json.h"
#include "model/world.h"

namespace sekisho {

/// What is stopped of a transfer: its states, parties and all that these belong to, its lots and items, and
/// the authorisations that settle a need. @param lines  of the answer
/// @param under  more authorisations
Json held_of(const World& world, const Transfer& transfer, const Json& lines,
             std::span<const std::string> under = {});
Json hold_json(const Hold& h);

}  // namespace sekisho
