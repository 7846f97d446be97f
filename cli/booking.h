#pragma once
#include <sekisho/licences.h>

#include <functional>
#include <string>

#include "json.h"

namespace sekisho::cli {

/// Where an event is held against what is recorded, and whether it is written there.
struct BookingPlace {
  const std::string &events, &world, &by, &format;  // world: of `book_event` alone
  bool append;
};

/// Holds an event against everything recorded, prints its canonical line and, if asked, records it with no
/// other writer in between. @returns the exit code, after a message
int book_event(const Json& event, const BookingPlace& place);

/// The same with an event that hangs on what is recorded. @param make  given the events, holds it against
/// them
int book_made(const std::function<BookingResult(const SourceText& events)>& make, const BookingPlace& place);

}  // namespace sekisho::cli
