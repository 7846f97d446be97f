#include "model/authorisation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/by_name.h"

namespace sekisho {
namespace {

using S = AuthorisationState;

constexpr std::array<std::string_view, authorisation_states> state_names{
    "draft", "submitted", "granted", "amended", "suspended", "revoked", "refused", "exhausted", "expired"};
constexpr std::array<std::string_view, 6> kind_names{"licence", "agreement",           "approval",
                                                     "consent", "end_use_certificate", "assurance"};

struct Change {
  S from, to;
};
constexpr std::array changes{
    Change{S::draft, S::submitted},
    Change{S::submitted, S::draft},  // withdrawn, or returned without action
    Change{S::submitted, S::granted},
    Change{S::submitted, S::refused},
    Change{S::refused, S::submitted},  // asked again, or on appeal
    Change{S::granted, S::amended},
    Change{S::granted, S::suspended},
    Change{S::granted, S::revoked},
    Change{S::granted, S::exhausted},
    Change{S::granted, S::expired},
    Change{S::amended, S::suspended},
    Change{S::amended, S::revoked},
    Change{S::amended, S::exhausted},
    Change{S::amended, S::expired},
    Change{S::suspended, S::granted},
    Change{S::suspended, S::amended},
    Change{S::suspended, S::revoked},
    Change{S::suspended, S::expired},
    Change{S::exhausted, S::granted},  // returned goods restored a balance
    Change{S::exhausted, S::amended},
    Change{S::exhausted, S::revoked},
    Change{S::exhausted, S::expired},
    Change{S::expired, S::amended},  // extended
};

constexpr std::array<std::string_view, 3> at_issuer_names{"not_asked", "confirmed", "not_found"};

}  // namespace

std::string_view to_string(AuthorisationState s) {
  return state_names[static_cast<std::size_t>(s)];
}
std::optional<AuthorisationState> parse_authorisation_state(std::string_view text) {
  return by_name<AuthorisationState>(state_names, text);
}
std::string_view to_string(AuthorisationKind k) {
  return kind_names[static_cast<std::size_t>(k)];
}
std::optional<AuthorisationKind> parse_authorisation_kind(std::string_view text) {
  return by_name<AuthorisationKind>(kind_names, text);
}

std::string_view to_string(AtIssuer a) {
  return at_issuer_names[static_cast<std::size_t>(a)];
}
std::optional<AtIssuer> parse_at_issuer(std::string_view text) {
  return by_name<AtIssuer>(at_issuer_names, text);
}

bool may_become(AuthorisationState from, AuthorisationState to) {
  return from == to || std::any_of(changes.begin(), changes.end(),
                                   [&](const Change& c) { return c.from == from && c.to == to; });
}
bool may_begin_as(AuthorisationState s) {
  return s == S::draft || s == S::submitted || s == S::granted || s == S::refused;
}
bool in_effect(AuthorisationState s) {
  return s == S::granted || s == S::amended;
}

std::optional<InstrumentState> as_instrument(AuthorisationState s) {
  switch (s) {
    case S::draft: return std::nullopt;
    case S::submitted: return InstrumentState::pending;
    case S::granted:
    case S::amended: return InstrumentState::granted;
    case S::suspended: return InstrumentState::suspended;
    case S::revoked: return InstrumentState::revoked;
    case S::refused: return InstrumentState::refused;
    case S::exhausted:
    case S::expired: return InstrumentState::lapsed;
  }
  return std::nullopt;
}

}  // namespace sekisho
