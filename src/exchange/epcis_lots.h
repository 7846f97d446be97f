#pragma once
#include <map>
#include <optional>
#include <string>

#include "base/json.h"

// Lots as events take and give them, beside the two lists in which EPCIS names goods: single objects by their
// identifiers, and so much of a class or lot.

namespace sekisho {

struct EpcisLists {
  Json objects = Json::array(), quantities = Json::array();
};
/// @param lots  `takes` or `gives` of an event's canonical line
EpcisLists lists_of_lots(const Json& lots);

/// What lies in what it was packed in, by the name of the container: entries of `takes`.
using Packed = std::map<std::string, Json>;

/// Lots that the lists name, or why an event cannot say so.
struct LotsTold {
  Json lots = Json::array();
  std::string problem;
};
LotsTold lots_taken(const EpcisLists& lists, const Packed& packed);
LotsTold lots_given(const EpcisLists& lists);

}  // namespace sekisho
