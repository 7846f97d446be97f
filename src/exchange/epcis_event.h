#pragma once
#include <optional>

#include "base/json.h"

namespace sekisho {

/// The event of EPCIS that a canonical line of ours is, with what the standard has no field for under
/// `sekisho:`.
/// @returns nullopt for what is said and no happening to goods
std::optional<Json> epcis_event(const Json& line);

}  // namespace sekisho
