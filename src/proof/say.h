#pragma once
#include "proof/reading.h"

// Which states have a say over a line, and whether their law is loaded. The premises name the states; why
// each is among them they say only of those that facts name: where goods leave from, who exports, what lies
// on the way. A lot can give others a say.

namespace sekisho::proof {

/// States with a say of which no regime in force is loaded, and those on the way.
std::vector<std::string> unassessed(const Law& law, const Premises& premises);
/// There is no such state, and some regime is in force.
bool assessed(const Law& law, const Premises& premises);
/// The same if facts were others; unknown where a state may have had its say by them, and may have it by the
/// lot.
/// @param changed  `premises` with other facts
Truth assessed_with(const Law& law, const Premises& premises, const Premises& changed);

}  // namespace sekisho::proof
