#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/document.h"
#include "model/amount.h"
#include "model/authorisation.h"
#include "model/use.h"
#include "model/world.h"

// Everything that happens is an event: who says so, when it was, and what it was. Format: docs/events.md.

namespace sekisho {

enum class EventKind : std::uint8_t {
#define EVENT(NAME, WORD, FAMILY, KEYS) NAME,
#include "model/event_kinds.def"
#undef EVENT
};
std::string_view to_string(EventKind k);
std::optional<EventKind> parse_event_kind(std::string_view word);
std::vector<std::string> event_kind_words();

enum class EventFamily : std::uint8_t {
  goods,
  attest,
  enter,
  correct,
  authorise,
  reserve,
  take,
  expire,
  fulfil,
  stop,
  lift
};
EventFamily family_of(EventKind k);
/// Whether goods pass from one holder to another.
bool moves(EventKind k);

/// A lot, or so much of it, to which something happens. No quantity: the whole lot.
struct LotTaken {
  std::string lot;
  std::optional<Amount> quantity;
  std::vector<std::string> serials;
  std::string as;  // the number of the part that is taken; the rest keeps the lot's
  TextSpan at;
};

/// A lot that comes of it.
struct LotGiven {
  std::string lot, item;
  Amount quantity;
  std::vector<std::string> serials;
  std::optional<Amount> value;
  TextSpan at;
};

/// What happens to goods; which fields a kind has, event_kinds.def says.
struct Goods {
  std::vector<LotTaken> takes;
  std::vector<LotGiven> gives;
  std::vector<std::string>
      made_with;  // lots of technology with which the goods were made; they stay as they are
  std::string made_in, maker, made_under;
  std::string kind, from, to, end_user, country;
  std::vector<ProvisoOn> binds;
  std::vector<std::string> under;  // authorisations
  std::string decision;
  Doc facts_said;     // as in a transfer file
  FactEntries facts;  // what it says
  std::optional<Date> due;
  std::string of;  // return, return_substitute: the lending
};

/// The provenance of a lot is complete for a jurisdiction.
struct Attest {
  std::string lot, jurisdiction, basis;
};

/// Sections of a world, as in a world file; `world` is what `sections` say.
struct Enter {
  Doc sections;
  World world;
};

/// The whole text of an authorisation from the event's day on.
struct Authorise {
  Authorisation text;
};

/// Goods that are to move are set aside on authorisations. The event's id is the reservation's.
struct Reserve {
  std::optional<Date> moves;  // the day for which they are; none: the event's
  std::optional<Date> until;  // held to that day
  std::vector<ReservedLine> lines;
};

/// Of a reservation a part is drawn or freed, or of a draw a part is restored.
struct Take {
  std::string of;
  std::vector<Part> parts;  // none: all that is left
};

/// The end of a reservation or an authorisation, past its last day.
struct Expire {
  std::string of;
};

/// A report was made, a notice given, a use verified, goods given back: what a movement or a recorded
/// decision obliged somebody to.
struct Fulfil {
  std::string kind;          // as the rule says what is owed
  std::string of, decision;  // the movement, or the entry of the decision
  std::string rule;          // empty: all of that kind
};

/// Of what is named nothing moves and nothing is drawn on until the stop is lifted.
struct Stop {
  HeldKind kind = HeldKind::party;
  std::string name;
};
struct Lift {
  std::string of;
};

struct Event;

/// An earlier event was otherwise, or was not at all. What was recorded stays; what it says changes.
struct Correct {
  std::string of;
  std::vector<Event> instead;  // one, or none
  bool withdrawn = false;
};

struct Event {
  EventKind kind = EventKind::make;
  std::string id;
  Date on;  // the day on which it was so
  std::string by, source, reason, note;
  std::variant<Goods, Attest, Enter, Correct, Authorise, Reserve, Take, Expire, Fulfil, Stop, Lift> body;
  TextSpan at;

  const Goods* goods() const { return std::get_if<Goods>(&body); }
};

}  // namespace sekisho
