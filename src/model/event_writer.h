#pragma once
#include <string>

#include "model/event.h"

namespace sekisho {

/// The one canonical line of JSON of an event, without line end: keys in a fixed order, no spaces, serial
/// numbers sorted. Reading it gives the event again; two texts of one event give one line.
std::string write_event(const Event& event);

}  // namespace sekisho
