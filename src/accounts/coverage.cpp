#include "accounts/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace sekisho {
namespace {

std::string list_of(const std::vector<Claim>& values) {
  std::string out;
  for (const Claim& c : values) out += (out.empty() ? "" : ", ") + c.value;
  return out;
}

/// What a use says of a fact that a scope names; its item and consignee count as said.
std::span<const std::string> stated(const ReservedLine& line, const std::string& fact) {
  if (const UseFact* f = find_fact(line, fact)) return f->values;
  if (fact == "item" && !line.item.empty()) return {&line.item, 1};
  if (fact == "consignee" && !line.consignee.empty()) return {&line.consignee, 1};
  return {};
}

}  // namespace

const UseFact* find_fact(const ReservedLine& line, const std::string& fact) {
  const auto it =
      std::find_if(line.facts.begin(), line.facts.end(), [&](const UseFact& f) { return f.fact == fact; });
  return it == line.facts.end() || it->values.empty() ? nullptr : &*it;
}

/// Whether an act counts as told.
static bool is_told(const Terms& t, const Sight& as_of) {
  const std::size_t told = as_of.as_put_right ? t.recorded.first : t.recorded.place;
  return told < as_of.before;
}

std::vector<const Terms*> terms_told(const Account& a, const Sight& as_of) {
  std::vector<const Terms*> out;
  for (const Terms& t : a.history)
    if (is_told(t, as_of)) out.push_back(&t);
  if (out.empty()) out.push_back(&a.history.front());
  return out;
}

const Terms& terms_as_of(const Account& a, Sight as_of) {
  const Terms* found = &a.history.front();
  for (const Terms& t : a.history) {
    if (as_of.on < t.on) break;
    if (is_told(t, as_of)) found = &t;
  }
  return *found;
}

std::array<Sight, 2> sights_of(Date on, std::size_t recorded) {
  return {Sight{on, recorded, false}, Sight{on, recorded, true}};
}

void in_effect_on(Refusals& out, const Account& a, Sight as_of) {
  const Authorisation& t = terms_as_of(a, as_of).text;
  const std::string& id = t.instrument.id;
  const Date on = as_of.on;
  const Date last = t.instrument.valid.to.earliest;
  if (!in_effect(t.state))
    out.push_back(
        {Why::not_in_effect, id, fmt::format("`{}` is {} on {}", id, to_string(t.state), to_string(on)), {}});
  if (on > last)
    out.push_back({Why::not_valid_then, id, fmt::format("`{}` was valid to {}", id, to_string(last)), {}});
}
void usable(Refusals& out, const Account& a, Sight as_of) {
  const Authorisation& t = terms_as_of(a, as_of).text;
  const Date on = as_of.on;
  const Instrument& i = t.instrument;
  const auto refuse = [&](Why why, std::string says) { out.push_back({why, i.id, std::move(says), {}}); };
  if (t.at_issuer == AtIssuer::not_found)
    refuse(Why::not_at_issuer,
           fmt::format("`{}` does not exist at {}: it covers nothing", i.id, i.authority));
  if (on < a.history.front().on)
    refuse(Why::not_valid_then,
           fmt::format("`{}` is known from {} on", i.id, to_string(a.history.front().on)));
  in_effect_on(out, a, as_of);
  if (on < i.valid.from.latest)
    refuse(Why::not_valid_then,
           fmt::format("`{}` is valid from {} on", i.id, to_string(i.valid.from.latest)));
  for (const Condition& c : t.conditions)
    if (!c.met_on || *c.met_on > on)
      refuse(Why::condition_open, fmt::format("a condition of `{}` is not met: {}", i.id, c.text));
}
void within_scope(Refusals& out, const Account& a, const ReservedLine& line, Sight as_of) {
  const Instrument& i = terms_as_of(a, as_of).text.instrument;
  for (const ScopeEntry& s : i.scope) {
    const auto values = stated(line, s.fact);
    if (values.empty()) {
      out.push_back(
          {Why::scope_unknown,
           i.id,
           fmt::format("`{}` is for {} {}, and this use does not say", i.id, s.fact, list_of(s.values)),
           {}});
      continue;
    }
    const bool covered = std::any_of(s.values.begin(), s.values.end(), [&](const Claim& c) {
      return std::find(values.begin(), values.end(), c.value) != values.end();
    });
    if (!covered)
      out.push_back(
          {Why::out_of_scope,
           i.id,
           fmt::format("`{}` is for {} {}, not {}", i.id, s.fact, list_of(s.values), values.front()),
           {}});
  }
}
/// A limit of some items or consignees, or of each, cannot be counted where these are not said.
void limits_told(Refusals& out, const Account& a, const ReservedLine& line, Sight as_of) {
  for (const Limit& l : terms_as_of(a, as_of).text.instrument.limits) {
    const auto unsaid = [&](const char* what) {
      out.push_back(
          {Why::scope_unknown,
           a.id(),
           fmt::format("`{}` grants {}, and this use does not say its {}", a.id(), to_string(l), what),
           {}});
    };
    if (!l.items.empty() && line.item.empty()) unsaid("item");
    const bool by_consignee = l.each_consignee || !l.consignees.empty();
    if (by_consignee && line.consignee.empty()) unsaid("consignee");
  }
}

void countable(Refusals& out, const Account& a, const ReservedLine& line) {
  for (const LimitAccount& l : a.limits) {
    if (!l.applies(line)) continue;
    const bool counts = l.limit().measure == Measure::quantity;
    const auto& amount = counts ? line.quantity : line.value;
    if (!amount)
      out.push_back({Why::not_stated,
                     a.id(),
                     fmt::format("`{}` grants {}, and this use states no {}", a.id(), to_string(l.limit()),
                                 counts ? "quantity" : "value"),
                     {}});
    else if (amount->unit != l.limit().most.unit)
      out.push_back(
          {Why::other_unit,
           a.id(),
           fmt::format("`{}` counts in {}, and this use in {}", a.id(), l.limit().most.unit, amount->unit),
           {}});
  }
}

}  // namespace sekisho
