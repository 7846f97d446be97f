#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "register/entry.h"

namespace sekisho {

/// Kinds of entries besides `dispose`.
inline constexpr std::string_view event_entry = "event", decision_entry = "decision",
                                  proposed_event = "proposed event", proposed_decision = "proposed decision",
                                  proposed_retention = "proposed retention", confirmation = "confirm",
                                  rejection = "reject";

/// An entry that holds: recorded and, where it needs that, confirmed.
struct Holding {
  Sequence entry = 0;
  std::string by, confirmed_by;  // the second is empty where nobody has to
  std::string body;
};

/// A proposal that nobody has confirmed or rejected.
struct Waiting {
  Sequence entry = 0;
  std::int64_t recorded = 0;
  std::string by, kind, body;
};

struct Holdings {
  std::vector<Holding> events, decisions;  // in the order in which they came to hold
  std::vector<Waiting> waiting;
  std::vector<std::string> gone;  // ids of events that were disposed of: no other event may take them
};

}  // namespace sekisho
