#pragma once
#include <string>
#include <vector>

#include "exchange/epcis_document.h"
#include "model/event.h"

// Events of ours beside events of EPCIS; docs/epcis.md has the table. Out and in again gives the same
// canonical lines: what the fields of EPCIS do not say stands in the namespace of Sekisho, and only that.

namespace sekisho {

/// Events that a document tells, in its order. What of it no event says is a warning with its place.
/// @fails SK3404 its extensions contradict its fields, SK3405 they are no event
std::vector<Event> events_of_epcis(const Sources& sources, const EpcisDocument& document, Diagnostics& diags);

/// An EPCISDocument with its line ends. Its creation date is the day of the last event: there is no clock
/// here.
std::string epcis_of_events(const std::vector<Event>& events);

}  // namespace sekisho
