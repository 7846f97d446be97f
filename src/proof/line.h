#pragma once
#include "proof/check.h"
#include "proof/replay.h"

// One line of an answer against the law: each regime with its derivation, findings, reasons and needs, then
// all of them jointly.

namespace sekisho::proof {

struct LineFinding {
  Range joint;                          // of all regimes, as replayed
  std::vector<std::string> unassessed;  // states with a say of which no regime in force is loaded
  bool assessed;                        // there is no such state, and some regime is in force
};

/// @param line     the line as the answer has it
/// @param regimes  of all lines; `next` is the first of this one, and becomes that of the one after
/// @param verdict  takes what was replayed and what could not be settled
LineFinding check_line(const Law& law, const Premises& premises, const Page& line,
                       const std::vector<Page>& regimes, std::size_t& next, Verdict& verdict,
                       std::size_t most_readings);

/// The finding of best and worst; what is not assessed may be worse.
std::string overall(Range r, bool assessed);

}  // namespace sekisho::proof
