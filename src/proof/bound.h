#pragma once
#include "proof/page.h"
#include "proof/replay.h"

// What an answer says will bind: the provisos and obligations of a regime. Each must be one that a rule
// states which stands or may, and of a route only that which is used; of rules that surely stand none may be
// left out. Provisos of instruments are taken as given, but the instrument must be an act that grants what
// is needed here and adds some. Nothing is told more often than it is stated.

namespace sekisho::proof {

void check_bound(const Case& c, const Regime& regime, const RegimeReading& read, const Page& said);

}  // namespace sekisho::proof
