#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "model/event.h"

namespace sekisho {

/// What is stopped of a transfer: its states, parties and all that these belong to, its lots and items, and
/// the authorisations that settle a need. @param lines  of the answer
/// @param under  more authorisations
Json held_of(const World& world, const Transfer& transfer, const Json& lines,
             std::span<const std::string> under = {});
Json hold_json(const Hold& h);
/// Those of the holds that a movement meets, by what its event says and by the items of lots.
std::vector<Hold> met_by(const World& world, const std::vector<Hold>& holds, const Event& movement,
                         const std::map<std::string, std::string>& items);

}  // namespace sekisho
