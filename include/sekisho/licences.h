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

/// What is stopped on a day (or at the end): nothing of it is released or drawn on.
/// @returns JSON, schemas/stops.schema.json
/// @fails SK31xx, SK3201, SK3202 in the events
LicenceResult stops(const LicenceRequest& request);

struct BookingResult {
  bool ok = false;       // it can be booked
  bool refused = false;  // the events are sound without it and not with it
  std::vector<Report> reports;
  std::string line;  // its canonical line, if `ok`
  std::string json;  // schemas/licence.schema.json, if `ok` or `refused`
};

/// Holds one more event against all that is recorded. Nothing is written: a list of events with `line` behind
/// it is the new record.
/// @param event  one event about authorisations, or a `stop` or `lift`, as a line of a file of events. A
///               stop need not wait until whatever else is refused is mended
/// @fails as `licence_list`; SK33xx for each reason why not; SK3007 for a party or item that a world which
///        is given does not have; SK3007, SK3202 for a stop of what neither world nor events tell of
BookingResult would_book(const SourceText& events, const std::optional<SourceText>& world,
                         const SourceText& event);

/// How a reservation is named, and how long it holds.
struct ReservationWords {
  std::string id, by, until;  // until: empty is without end
};
struct ReservationResult {
  bool ok = false;
  std::vector<Report> reports;
  std::string event;  // `reserve`, as a line of a file of events
};

/// What sets the goods of a permitted transfer aside: each line on those recorded authorisations that settle
/// what the law needs of it. Quantities and values are the transfer's.
/// @param answer  to `request`, which has events
/// @fails SK3314 the answer permits nothing, something is stopped, a line has no amount, its lot is
///        elsewhere or holds less that is not set aside yet, or nothing recorded settles its needs
ReservationResult reservation_of(const DecideRequest& request, const std::string& answer,
                                 const ReservationWords& words);

/// A recorded decision that holds, by its entry, with its answer.
struct DecidedCase {
  std::string entry, json;
};

struct DueRequest {
  SourceText events;
  std::optional<SourceText> world;
  std::string on;                                     // as of this day
  std::string until;                                  // what is due by then; empty: on whatever day
  std::optional<std::vector<DecidedCase>> decisions;  // none: `events` come of no register
};

/// What is owed: goods lent, reports, conditions not met, what decisions oblige to, and what ends.
/// @returns JSON, schemas/due.schema.json
/// @fails SK31xx, SK32xx, SK33xx in the events
LicenceResult due(const DueRequest& request);

}  // namespace sekisho
