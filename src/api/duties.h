#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/event.h"
#include "sekisho/licences.h"

// What recorded decisions oblige somebody to: reports, notices, verifications, returns. A rule says by when,
// counted from a movement, from the grant or from a day among the facts; a movement names its decision. Each
// movement owes for itself. An event `fulfil` says that it was done.

namespace sekisho {

struct OwedDuty {
  std::string kind, text, to, rule;
  std::string of;           // the movement, or the decision
  std::string by;           // the exporter, where one is known
  std::optional<Date> day;  // by which; none: no day is said, or nobody knows it
  bool unowed = false;      // said to be done, and nobody owed it
};

/// What is still owed on a day, and what was done that nobody owed.
/// @param events  those that hold, as corrected
std::vector<OwedDuty> duties_owed(std::span<const DecidedCase> decisions,
                                  const std::vector<const Event*>& events, Date on);

}  // namespace sekisho
