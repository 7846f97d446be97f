#pragma once
#include "sekisho/sekisho.h"

// Authorisations as accounts: what events granted, reserved and drew, and what is left (docs/accounts.md).

namespace sekisho {

struct LicenceRequest {
  SourceText events;                // docs/events.md
  std::optional<SourceText> world;  // parties that events name; what belongs to what
  std::string id;                   // licence_show: an authorisation
  std::string on;                   // up to this day, as of this day; empty: the day of the last event
};

struct LicenceResult {
  bool ok = false;
  std::vector<Report> reports;
  std::string json;
};

/// Every authorisation with its state and tightest balance.
/// @returns JSON, schemas/licence.schema.json
/// @fails SK31xx, SK3201, SK3202, SK33xx in the events
LicenceResult licence_list(const LicenceRequest& request);

/// One authorisation: its terms, the balance of each limit, what is reserved on it and what happened to it.
/// @returns JSON, schemas/licence.schema.json
/// @fails as `licence_list`; SK3202 if there is none of that name
LicenceResult licence_show(const LicenceRequest& request);

struct BookingResult {
  bool ok = false;       // it can be booked
  bool refused = false;  // the events are sound without it and not with it
  std::vector<Report> reports;
  std::string line;  // its canonical line, if `ok`
  std::string json;  // schemas/licence.schema.json, if `ok` or `refused`
};

/// Holds one more event against all that is recorded. Nothing is written: a list of events with `line` behind
/// it is the new record.
/// @param event  one event about authorisations, as a line of a file of events
/// @fails as `licence_list`; SK33xx for each reason why not, SK3007 for a party or item that the world, if
/// one
///        is given, does not have
BookingResult would_book(const SourceText& events, const std::optional<SourceText>& world,
                         const SourceText& event);

struct DueRequest {
  SourceText events;
  std::optional<SourceText> world;
  std::string on;     // as of this day
  std::string until;  // what is due by then; empty: on whatever day
};

/// What is owed: goods lent, reports, conditions not met, and what ends.
/// @returns JSON, schemas/due.schema.json
/// @fails SK31xx, SK32xx, SK33xx in the events
LicenceResult due(const DueRequest& request);

}  // namespace sekisho
