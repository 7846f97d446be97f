#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/world.h"

// Licences, agreements, consents, end-use certificates and assurances: instruments that goods are drawn on.

namespace sekisho {

enum class AuthorisationState : std::uint8_t {
  draft,
  submitted,
  granted,
  amended,
  suspended,
  revoked,
  refused,
  exhausted,
  expired
};
inline constexpr int authorisation_states = 9;
std::string_view to_string(AuthorisationState s);
std::optional<AuthorisationState> parse_authorisation_state(std::string_view text);

/// The one table of changes; staying as it is changes nothing and is always allowed. docs/accounts.md shows
/// it.
bool may_become(AuthorisationState from, AuthorisationState to);
/// A new record begins as one of these; the rest are what becomes of it.
bool may_begin_as(AuthorisationState s);
/// Goods may be reserved and drawn: granted or amended.
bool in_effect(AuthorisationState s);
/// The state as the law reads it; nothing for a draft, which is no act of any authority.
std::optional<InstrumentState> as_instrument(AuthorisationState s);

enum class AuthorisationKind : std::uint8_t {
  licence,
  agreement,
  approval,
  consent,
  end_use_certificate,
  assurance
};
std::string_view to_string(AuthorisationKind k);
std::optional<AuthorisationKind> parse_authorisation_kind(std::string_view text);

/// Must be met before anything is drawn.
struct Condition {
  std::string text, by;
  std::optional<Date> met_on;
};

/// Owed to the authority by a day.
struct OwedReport {
  std::string text, to;
  Date due;
  std::optional<Date> given_on;
};

enum class AtIssuer : std::uint8_t { not_asked, confirmed, not_found };
std::string_view to_string(AtIssuer a);
std::optional<AtIssuer> parse_at_issuer(std::string_view text);

struct Authorisation {
  Instrument instrument;  // id, authority, scope, limits, validity, provisos; its state follows `state`
  AuthorisationKind kind = AuthorisationKind::licence;
  AuthorisationState state = AuthorisationState::granted;
  std::string holder;     // to whom it was given
  std::string signatory;  // certificates and assurances: who signed
  std::string reexport;   // their wording on re-export
  std::vector<Condition> conditions;
  std::vector<OwedReport> reports;
  std::optional<int> processing_days;  // from submission to answer
  bool restores_on_return = false;     // returned goods give their balance back
  AtIssuer at_issuer = AtIssuer::not_asked;
};

}  // namespace sekisho
