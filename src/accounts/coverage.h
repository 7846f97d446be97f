#pragma once
#include <array>
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

/// A day, and which acts count as told: all of them, or those that were recorded before a place.
struct Sight {
  Date on;
  std::size_t before = not_recorded_yet;
  bool as_put_right = false;  // an act that was put right since was told where it first was, as it reads now
};

/// The acts that count as told, by day, whatever day is asked; where none is, the first of all.
std::vector<const Terms*> terms_told(const Account& a, const Sight& as_of);
/// The last act that is told by then; where none is, the first of all.
const Terms& terms_as_of(const Account& a, Sight as_of);
/// What was known of an authorisation by somebody who recorded something at a place: two ways to see it,
/// since of an act that was put right only what it reads now is there.
std::array<Sight, 2> sights_of(Date on, std::size_t recorded);

/// Each adds what is wrong.
void in_effect_on(Refusals& out, const Account& a, Sight as_of);
/// That it exists, is in effect and valid, and has every condition met.
void usable(Refusals& out, const Account& a, Sight as_of);
void within_scope(Refusals& out, const Account& a, const ReservedLine& line, Sight as_of);
/// That the line says what limits are of.
void limits_told(Refusals& out, const Account& a, const ReservedLine& line, Sight as_of);
/// That the line says what its limits count, in their units.
void countable(Refusals& out, const Account& a, const ReservedLine& line);

/// What a use says of a fact: nullptr if nothing.
const UseFact* find_fact(const ReservedLine& line, const std::string& fact);

}  // namespace sekisho
