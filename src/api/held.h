#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "model/holds.h"

namespace sekisho {

/// What is stopped of a transfer: its states, parties and all that these belong to, its lots with their items
/// and holders, and the authorisations that settle a need; what is known as one of some may be each.
/// @param lines  of the answer
/// @param under  more authorisations
Json held_of(const World& world, const Transfer& transfer, const Json& lines,
             std::span<const std::string> under = {});
Json hold_json(const Hold& h);
/// Of an act in `settled_by`: it grants, and covers the line.
bool settles(const Json& act);
/// Whether a finding that an answer rests on was given by hand, as `--known FACT=yes` does.
bool taken_for_granted(const Json& answer);
/// The one value of a fact that a line was decided on; empty if it is not known, or is none.
std::string decided_value(const Json& line, const std::string& fact);
/// Stops that a movement meets by what its event says.
std::vector<Hold> met_by(const World& world, const Holds& holds, const Event& movement);

}  // namespace sekisho
