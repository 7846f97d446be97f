#include "api/acts.h"

#include <fmt/format.h>

#include <algorithm>

namespace sekisho {
namespace {

/// Why an authorisation covers nothing on a day, whatever its scope; empty: it may.
std::string covers_nothing(const Authorisation& a, Date on) {
  if (a.at_issuer == AtIssuer::not_found) return fmt::format("does not exist at {}", a.instrument.authority);
  for (const Condition& c : a.conditions)
    if (!c.met_on || *c.met_on > on) return fmt::format("asks for a condition that is not met: {}", c.text);
  return {};
}

}  // namespace

World acts_of(const Book& book, Date on, const std::optional<Shipped>& shipped) {
  World out;
  for (const std::string& id : book.ids()) {
    if (book.known_from(id) > on) continue;
    const Authorisation& a = *book.terms(id, on);
    AuthorisationState state = book.state(id, on);
    // Drawn to its end on its own day, or named by the movement, it was drawn for that.
    if (shipped && state == AuthorisationState::exhausted &&
        (std::find(shipped->under.begin(), shipped->under.end(), id) != shipped->under.end() ||
         (book.known_from(id) < shipped->on &&
          book.state(id, Date{shipped->on.days - 1}) != AuthorisationState::exhausted)))
      state = AuthorisationState::granted;
    const auto acts_as = as_instrument(state);
    if (!acts_as || (a.instrument.answers.empty() && a.instrument.finds.empty())) continue;
    out.instruments.push_back(a.instrument);
    out.instruments.back().state = *acts_as;
    if (a.at_issuer == AtIssuer::not_found || *acts_as == InstrumentState::granted)
      out.instruments.back().covers_nothing = covers_nothing(a, on);
  }
  return out;
}

}  // namespace sekisho
