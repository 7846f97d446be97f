#include "proof/say.h"

#include <algorithm>

namespace sekisho::proof {
namespace {

constexpr std::array<std::string_view, 2> facts_with_a_say{"departure", "exporter.country"};

bool in_force(const Law& law, const Premises& p, const std::string& state) {
  return std::any_of(law.regimes.begin(), law.regimes.end(), [&](const Regime& r) {
    return law[r.authority].state == state && covers(r.windows, p.law_of) != Covers::no;
  });
}
bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// What one fact is known to be, or to hold.
std::vector<std::string> named(const Law& law, const Premises& p, std::string_view fact) {
  const auto given = p.facts.find(law.find_fact(std::string(fact)));
  std::vector<std::string> out;
  if (given == p.facts.end()) return out;
  if (given->second.form == Given::Form::one_of || given->second.form == Given::Form::members)
    for (const Value& v : given->second.values) out.push_back(v.text);
  return out;
}

std::vector<std::string_view> facts_that_give_a_say(const Law& law) {
  std::vector<std::string_view> out(facts_with_a_say.begin(), facts_with_a_say.end());
  const FactId via = law.find_fact("via");
  if (via.valid() && law[via].type.is_set && law[via].type.kind == FactType::country) out.emplace_back("via");
  return out;
}

std::vector<std::string> by_facts(const Law& law, const Premises& p) {
  std::vector<std::string> out;
  for (const std::string_view fact : facts_that_give_a_say(law))
    for (std::string& state : named(law, p, fact)) out.push_back(std::move(state));
  std::erase(out, "");
  return out;
}

/// Whether a fact that gives a say is left open which was known: any state may have one by it.
bool opened(const Law& law, const Premises& p, const Premises& changed) {
  const std::vector<std::string_view> facts = facts_that_give_a_say(law);
  return std::any_of(facts.begin(), facts.end(), [&](std::string_view name) {
    const FactId f = law.find_fact(std::string(name));
    return p.facts.contains(f) && !changed.facts.contains(f);
  });
}

/// Whether the lot may give the state a say, by where it was made, under whose licence, by rights or
/// provisos.
bool by_the_lot(const Law& law, const Premises& p, const std::string& state) {
  if (p.no_world || (law.find_fact("lot").valid() && named(law, p, "lot").empty())) return false;
  for (const char* fact : {"goods.made_in", "goods.licensor_states"})
    if (!law.find_fact(fact).valid() || has(named(law, p, fact), state)) return true;
  return std::any_of(law.rights.begin(), law.rights.end(),
                     [&](const Right& r) { return r.state == state; }) ||
         std::any_of(p.carried.begin(), p.carried.end(), [&](const Carried& c) {
           return law[law[law[c.proviso].regime].authority].state == state;
         });
}

}  // namespace

std::vector<std::string> unassessed(const Law& law, const Premises& p) {
  std::vector<std::string> out;
  for (const std::string& state : p.states_with_a_say)
    if (!in_force(law, p, state)) out.push_back(state);
  for (const std::string& state : p.in_transit) {
    const std::string shown = in_force(law, p, state) ? state + " (transit)" : state;
    if (!has(out, shown)) out.push_back(shown);
  }
  return out;
}

bool assessed(const Law& law, const Premises& p) {
  return unassessed(law, p).empty() &&
         std::any_of(law.regimes.begin(), law.regimes.end(),
                     [&](const Regime& r) { return covers(r.windows, p.law_of) != Covers::no; });
}

Truth assessed_with(const Law& law, const Premises& p, const Premises& changed) {
  if (opened(law, p, changed)) return Truth::no;
  const std::vector<std::string> before = by_facts(law, p), after = by_facts(law, changed);
  const std::vector<std::string> to = named(law, p, "destination");
  // Where goods come to the state itself, the lot gives it no say.
  const bool elsewhere = to != named(law, changed, "destination");
  Premises surely = changed;
  surely.states_with_a_say = after;
  std::vector<std::string> perhaps = elsewhere ? to : std::vector<std::string>();
  for (const std::string& state : p.states_with_a_say)
    if (has(before, state) || (elsewhere && by_the_lot(law, p, state)))
      perhaps.push_back(state);
    else
      surely.states_with_a_say.push_back(state);
  if (!assessed(law, surely)) return Truth::no;
  const bool open = std::any_of(perhaps.begin(), perhaps.end(), [&](const std::string& state) {
    return !in_force(law, p, state) && by_the_lot(law, p, state);
  });
  return open ? Truth::unknown : Truth::yes;
}

}  // namespace sekisho::proof
