#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "accounts/limit_account.h"

// What an authorisation covers. Its acts each state its whole text from their day on; which of them counts is
// asked as of a day, and as of what was recorded.

namespace sekisho {

/// An authorisation as it reads from a day on.
struct Terms {
  Date on;
  Authorisation text;
  ActPlace recorded;
};

struct Account {
  std::vector<Terms> history;  // by day; never empty
  std::vector<LimitAccount> limits;
  std::vector<std::uint32_t> reservations, draws;  // those that touch it
  const Authorisation& latest() const { return history.back().text; }
  const std::string& id() const { return latest().instrument.id; }
};

/// A day, and what counts as told: what was recorded before a place; none: all of it.
struct Sight {
  Date on;
  std::optional<std::size_t> before = {};
};

/// The last act that is told by then. Where none is, one that was told otherwise then, as it was put right
/// since; nullptr if there is none of these either.
const Terms* told(const Account& a, Sight as_of);
/// The same; the first act of all where nothing is told.
const Terms& terms_as_of(const Account& a, Sight as_of);

/// Each adds what is wrong.
void in_effect_on(Refusals& out, const Account& a, Sight as_of);
/// That it exists, is in effect and valid, and has every condition met.
void usable(Refusals& out, const Account& a, Sight as_of);
void within_scope(Refusals& out, const Account& a, const ReservedLine& line, Sight as_of);
/// That the line says what its limits count, in their units.
void countable(Refusals& out, const Account& a, const ReservedLine& line);

/// What a use says of a fact: nullptr if nothing.
const UseFact* find_fact(const ReservedLine& line, const std::string& fact);

}  // namespace sekisho
