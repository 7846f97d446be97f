#pragma once
#include <span>

#include "api/opened_events.h"

namespace sekisho {

/// Reports names that nobody told of: a stop of such a name would stop nothing. Of a reservation they are
/// looked up only where there is a world to look them up in.
/// @fails SK3007, SK3202
void check_names(std::span<const Event> events, const OpenedEvents& read, bool has_world, Diagnostics& diags);

}  // namespace sekisho
