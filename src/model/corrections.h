#pragma once
#include <span>
#include <vector>

#include "base/diagnostics.h"
#include "model/event.h"

namespace sekisho {

/// Events as they hold after the corrections among them, by day; on one day as they were recorded.
/// @param recorded  as recorded; must outlive what is returned
/// @fails SK3201 two events of one id: the first holds; SK3202 a correction of what was not recorded before
std::vector<const Event*> corrected(std::span<const Event> recorded, Diagnostics& diags);

}  // namespace sekisho
