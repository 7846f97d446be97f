#pragma once
#include "proof/check.h"
#include "proof/replay.h"

namespace sekisho::proof {

/// What a regime says is needed. Each need must be one that a provision states which stands or may, and of a
/// route only that which is used while it surely stands; each finding one that makes something better. Once
/// the open ones are met nothing more may stand in the way.
/// @param said  the regime as the answer has it
void check_needs(const Case& c, const Regime& regime, const RegimeReading& read, const Page& said,
                 Verdict& verdict, std::size_t most_readings);

}  // namespace sekisho::proof
