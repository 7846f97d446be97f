#pragma once
#include "api/body.h"
#include "custody/custody.h"

// Events and rulebooks brought together: lots for questions.

namespace sekisho {

/// The events of a file; what they name exists among them, in the world, or is reported.
/// @fails SK3007, SK3013, SK31xx
std::vector<Event> checked_events(const Rulebooks::Body& body, Sources& sources, const SourceText& file,
                                  const World& world, Diagnostics& diags);

/// Puts what was entered into a world, the authorisations that there were, and in place of its lots those
/// that there were on a day.
void lots_of_events(const Rulebooks::Body& body, Sources& sources, const SourceText& file, Date on,
                    World& world, Diagnostics& diags);

}  // namespace sekisho
