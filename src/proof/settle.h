#pragma once
#include "proof/replay.h"

// Between which findings regimes lie over all completions of what is known. Where three-valued reading leaves
// it open, one thing that is unknown is given each of its values, one after the other, until the reading is
// settled; completions that break a constraint do not count. Ends that were met are proved; those that the
// work allowed did not reach are not, and the caller has to say so.

namespace sekisho::proof {

struct Settled {
  bool some = false;  // there is a completion
  Range met;          // the best and the worst finding that completions have
  bool whole = true;  // nothing was left out: no completion lies beyond them
};

/// @param most_readings  of all regimes together; what would need more is left out
Settled settle(const Case& c, Known known, const std::vector<const Regime*>& regimes,
               std::size_t most_readings);

/// A judged fact as it is said that it must be found, and the route that the answer uses, if any.
struct Found {
  Matter judged;
  std::int64_t value;
  const Rule* route;
};
struct Sought {
  bool some = false;  // it was met
  bool whole = true;  // nothing was left out
};

/// Whether in some completion the regime is better, or the route stays open, if the fact is found so.
Sought better_found(const Case& c, Known known, const Regime& regime, const Found& found,
                    std::size_t most_readings);

}  // namespace sekisho::proof
