#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/diagnostics.h"
#include "model/knowledge.h"
#include "model/limit.h"

// Parties, goods and acts of authorities as a file tells them. Format: docs/files.md.

namespace sekisho {

struct Party {
  std::string id, name, country, part_of, source;
  FactEntries facts;
  TextSpan at;
};

struct Agreement {
  std::string id, title, licensor, licensee, source;
  std::vector<std::string> licensor_states;
  TextSpan at;
};

struct Item {
  std::string id, name, source;
  FactEntries facts;
  TextSpan at;
};

/// A proviso that lies on a lot or that an instrument adds; arguments are parameter and party.
struct ProvisoOn {
  std::string proviso, by;
  std::vector<std::pair<std::string, std::string>> with;
  std::optional<Date> bound_on;
  TextSpan at;
};

/// `by` says that the lot's provenance is complete for a jurisdiction.
struct Attestation {
  std::string jurisdiction, by, source;
  std::optional<Date> on;
};

/// A right that lies on a lot by its history.
struct RightOn {
  std::string right;
  bool more_possible = false;         // it lies on it perhaps, or on more of it than is known
  std::optional<std::int64_t> share;  // of a right counted by value: as a value of type share
  std::string fraction;               // the same exactly, such as `1/3`
};

struct Lot {
  std::string id, item, made_in, maker, made_under, holder, source;
  std::string country;  // where it is, if it comes of events
  std::vector<ProvisoOn> provisos;
  std::vector<Attestation> attestations;
  std::vector<RightOn> rights;
  bool has_history = false;     // it comes of events: a right that does not lie on it is not known to
  std::optional<Amount> holds;  // of what its events say
  FactEntries facts;
  TextSpan at;
};

/// No instrument of the authority exists up to that day but those in the world.
struct Record {
  std::string authority, source;
  Date complete_to;
  TextSpan at;
};

enum class InstrumentState : std::uint8_t { granted, refused, pending, suspended, revoked, lapsed };
std::string_view to_string(InstrumentState s);

struct ScopeEntry {
  std::string fact;
  std::vector<Claim> values;
  TextSpan at;
};

struct Instrument {
  std::string id, title, authority, source;
  Date issued, recorded;
  Window valid;
  InstrumentState state = InstrumentState::granted;
  std::vector<Claim> answers;
  std::vector<std::pair<std::string, std::string>> finds;
  std::vector<ScopeEntry> scope;
  std::vector<Limit> limits;   // a world file gives none
  std::string covers_nothing;  // why; empty: it may cover a line
  std::vector<ProvisoOn> provisos;
  bool assumed = false;
  TextSpan at;
};

/// What a stop can hold: all that goes to or from a state or by a party, an item, a lot, an authorisation.
enum class HeldKind : std::uint8_t { state, party, item, lot, authorisation };
std::string_view to_string(HeldKind k);
std::optional<HeldKind> parse_held_kind(std::string_view word);

/// A stop in force.
struct Hold {
  HeldKind kind;
  std::string name, stop, by, reason;
  Date since;
  std::string came_of;  // a lot: the stopped one that it came of; empty: it is that itself
  std::string item;     // a lot: what it is; empty: no event says
};

struct World {
  std::string about;
  std::vector<Party> parties;
  std::vector<Agreement> agreements;
  std::vector<Item> items;
  std::vector<Lot> lots;
  std::vector<Record> records;
  std::vector<Instrument> instruments;
  std::vector<Hold> holds;  // from events alone
  bool lots_from_events = false;

  /// The first that is told of it.
  const Party* party(std::string_view id) const;
  const Agreement* agreement(std::string_view id) const;
  const Item* item(std::string_view id) const;
  const Lot* lot(std::string_view id) const;
  /// All that is told of the party, then of what it belongs to, from near to far: where a party is told of
  /// more than once, all of it counts. None if there is no such party.
  std::vector<const Party*> wholes(std::string_view id) const;
  /// True if `id` is `whole` or belongs to it, however many steps away.
  bool within(std::string_view id, std::string_view whole) const;
};

/// Puts what another world has beside what this one has.
/// @fails SK3006 what both name
void join(World& into, World more, Diagnostics& diags);

struct TransferLine {
  std::string id, lot, item, quantity, value;
  FactEntries facts;
  TextSpan at;
};

struct Transfer {
  std::string title, kind, from, to, exporter, consignee, end_user;
  std::optional<Date> on;
  std::vector<std::string> via;
  FactEntries facts;
  FactEntries answers;  // given to `ask`; they go before what else is said
  std::vector<TransferLine> lines;
  TextSpan at;
  std::map<std::string, TextSpan, std::less<>> places;  // of what its keys say
};

}  // namespace sekisho
