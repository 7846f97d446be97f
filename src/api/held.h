#pragma once
#include "base/json.h"
#include "model/world.h"

namespace sekisho {

/// What is stopped of a transfer: its states, parties and all that these belong to, its lots and items, and
/// the authorisations that settle a need. @param lines  of the answer
Json held_of(const World& world, const Transfer& transfer, const Json& lines);
Json hold_json(const Hold& h);

}  // namespace sekisho
