#pragma once
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "exchange/epcis_lots.h"

namespace sekisho {

/// How a kind of ours stands in EPCIS.
struct EpcisShape {
  std::string_view event;  // our kind
  std::string_view type, action, step, disposition;
};
/// @returns nullptr for a kind that is no happening to goods
const EpcisShape* epcis_shape(std::string_view event);

/// What the fields of the standard say of an event, as keys of our line.
struct EpcisTold {
  Json line = Json::object();
  std::vector<std::pair<std::string, std::string>> problems;  // key that cannot be said, and why
  std::set<std::string> used;                                 // fields that went into the line
};
/// @param event  of EPCIS, its extensions left aside
/// @param packed  what was packed before; packing and unpacking change it
EpcisTold told_by_epcis(const Json& event, Packed& packed);

}  // namespace sekisho
