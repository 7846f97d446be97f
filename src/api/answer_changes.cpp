#include "api/answer.h"

#include <algorithm>

#include "base/countries.h"

namespace sekisho {

/// Whether the value is a state that would then have a say, and no law of it is loaded: what would come of it
/// is not known here.
bool LineAnswer::unread_say(VarId v, std::size_t value) const {
  return has_a_say(space_[v].name) && !assessed_states_.has(space_[v].domain[value].text);
}

/// Whether every state has its law here that has a say where a fact is another: what it says now falls away.
/// A fact left open that gives a say may give it to any state.
bool LineAnswer::assessed_without(VarId changed, const std::vector<std::string>& left_open) const {
  const FactId via = fact_of_states_on_the_way(law_);
  if (std::any_of(left_open.begin(), left_open.end(), [&](const std::string& name) {
        return has_a_say(name) || (via.valid() && name == law_[via].name);
      }))
    return false;
  if (assessed() || !has_a_say(space_[changed].name)) return assessed();
  std::set<std::string> stays(line_.states_beside_facts.begin(), line_.states_beside_facts.end());
  for (const KnownFact& k : line_.question.facts)
    if (const std::string& name = law_[k.fact].name; has_a_say(name) && name != space_[changed].name)
      for (const Value& v : k.values) stays.insert(v.text);
  return line_.transit.empty() && !assessed_states_.none() &&
         std::none_of(unassessed_.begin(), unassessed_.end(),
                      [&](const std::string& state) { return stays.contains(state); });
}

/// Facts whose change can matter: those that the answer rests on, or that are tied to one of them.
std::set<VarId> LineAnswer::changeable(bool applicant) const {
  std::set<VarId> all(because_.begin(), because_.end());
  for (const VarId v : because_)
    for (const VarId t : facts_.tied(v))
      if (facts_.known(t)) all.insert(t);
  std::erase_if(all, [&](VarId v) {
    return space_[v].kind != VarKind::fact ||
           (law_[space_[v].fact].changed_by == ChangedBy::applicant) != applicant;
  });
  return all;
}

/// A variable, or those of all members of its set: the set is the fact.
std::vector<VarId> LineAnswer::of_one_fact(VarId v) const {
  if (space_[v].kind != VarKind::member) return {v};
  std::vector<VarId> all;
  for (std::uint32_t k = 0; k < space_.variables().size(); ++k)
    if (space_[VarId{k}].kind == VarKind::member && space_[VarId{k}].fact == space_[v].fact)
      all.push_back(VarId{k});
  return all;
}

/// Opens known facts that do not fit another value, none of which can stay as it is while the rest are open.
/// @returns their names
std::vector<std::string> LineAnswer::open_along(VarId v, bool applicant, State& other, Completions& law) {
  std::vector<std::string> along;
  if (law.consistent(other)) return along;
  std::vector<std::vector<VarId>> opened;  // each fact once, a set with all its members
  for (const VarId t : facts_.tied(v)) {
    const bool may_change = !applicant || (space_[t].kind == VarKind::fact &&
                                           law_[space_[t].fact].changed_by == ChangedBy::applicant);
    const bool with_its_set = std::any_of(opened.begin(), opened.end(), [&](const std::vector<VarId>& fact) {
      return std::find(fact.begin(), fact.end(), t) != fact.end();
    });
    if (!facts_.known(t) || !may_change || with_its_set) continue;
    opened.push_back(of_one_fact(t));
    for (const VarId u : opened.back()) other.possible[u.index] = space_[u].all;
  }
  for (const std::vector<VarId>& fact : opened) {
    for (const VarId u : fact) other.possible[u.index] = start_.possible[u.index];
    if (law.consistent(other)) continue;
    for (const VarId u : fact) other.possible[u.index] = space_[u].all;
    const Variable& var = space_[fact.front()];
    along.push_back(var.kind == VarKind::member ? law_[var.fact].name : var.name);
  }
  return along;
}

/// What is known with a fact open, and all that may have to change along with it.
State LineAnswer::opened_with_tied(VarId v) const {
  State s = start_;
  s.possible[v.index] = space_[v].all;
  for (const VarId t : facts_.tied(v))
    for (const VarId u : of_one_fact(t)) s.possible[u.index] = space_[u].all;
  return s;
}

/// The other values of a fact that give something else, by what they give.
LineAnswer::Changes LineAnswer::other_values(VarId v, bool applicant, Completions& law) {
  const Variable& var = space_[v];
  Changes out;
  std::map<std::size_t, std::vector<std::string>*>
      where;  // the values that come out as one of the domain does
  for (std::size_t i = 0; i < var.domain.size(); ++i) {
    if (start_.possible[v.index].test(i) || unread_say(v, i)) continue;
    State other = start_;
    other.leave(v, i);
    const std::vector<std::string> along = open_along(v, applicant, other, law);
    const FindingSet found = law.findings(all_, other);
    if (found.empty() || found == joint_) continue;
    if (applicant && (found.worst() >= joint_.worst() || !assessed_without(v, along))) continue;
    auto& values = out[{found.best(), found.worst(), along}];
    values.push_back(facts_.show(v, i));
    where[i] = &values;
  }
  if (law_[var.fact].type.kind != FactType::country) return out;
  // A state of the domain stands for all that the law cannot tell from it.
  for (const std::string_view code : country_codes()) {
    const Value state{0, std::string(code)};
    const std::vector<std::size_t> stand = space_.standing_for(v, state);
    if (stand.empty() || var.domain[stand.front()] == state) continue;
    if (const auto it = where.find(stand.front()); it != where.end()) it->second->push_back(state.text);
  }
  return out;
}

LineAnswer::Changes LineAnswer::other_values_or_left_out(VarId v, bool applicant) {
  if (law_read_ == LawRead::whole) return other_values(v, applicant, engine_);
  try {
    if (Completions* law = law_with(opened_with_tied(v), spare_for_one_))
      return other_values(v, applicant, *law);
  } catch (const TooManyNodes&) {
  }
  leave_out({{"what", applicant ? "remedies" : "turns_on"}, {"fact", space_[v].name}});
  return {};
}

Json LineAnswer::changes(bool applicant) {
  Json out = Json::array();
  // Where some state's law is not assessed, no change promises a finding.
  if (!joint_.single() || (applicant && !assessed())) return out;
  for (const VarId v : changeable(applicant))
    for (const auto& [outcome, values] : other_values_or_left_out(v, applicant)) {
      const auto& [best, worst, along] = outcome;
      Json j;
      j["fact"] = space_[v].name;
      j["now"] = facts_.value(v)["value"];
      j["instead"] = values;
      if (!along.empty()) j["along_with"] = along;
      j["best"] = to_string(best);
      j["worst"] = to_string(assessed_without(v, along) ? worst : Finding::prohibited);
      j["changed_by"] = to_string(law_[space_[v].fact].changed_by);
      out.push_back(std::move(j));
    }
  return out;
}

}  // namespace sekisho
