#pragma once
#include "base/diagnostics.h"
#include "law/rulebook.h"

// What can be proved of rulebooks. On every stretch of constant law the rules are compiled into diagrams;
// each finding holds for all completions of the facts, and where there is an example it is one of them.

namespace sekisho {

/// Decides every case that stands in the rulebooks.
/// @emits SK2301
void decide_cases(const Law& law, Diagnostics& out);

/// Rules that never apply, links that never matter, rules that others wholly shadow, opposites that no link
/// orders, gaps where a regime says it has none, conditions that are always true, list members that no rule
/// reads, holes in dates.
/// @emits SK2302 to SK2309; SK4001 where the law of a day is too large: then nothing is told of rules and
/// links
void audit(const Law& law, std::size_t node_limit, Diagnostics& out);

}  // namespace sekisho
