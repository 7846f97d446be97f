#include <algorithm>

#include "api/answer.h"
#include "engine/smallest.h"

// The smallest sets behind an answer, on request: `because` with the fewest facts, and the fewest facts whose
// change would give a better finding (those an applicant may choose) or another one (all others).

namespace sekisho {
namespace {

Json size_of(std::size_t size, bool proved) {
  return {{"size", size}, {"proved_minimum", proved}};
}

}  // namespace

Json LineAnswer::minimum(std::uint64_t most_questions) {
  if (!joint_.single()) return nullptr;
  if (law_read_ != LawRead::whole) {
    leave_out({{"what", "minimum"}});
    return nullptr;
  }
  return {{"because", minimum_because(most_questions)},
          {"remedies", minimum_change(true, most_questions)},
          {"turns_on", minimum_change(false, most_questions)}};
}

Json LineAnswer::minimum_because(std::uint64_t most_questions) {
  std::vector<FactVars> facts;
  std::vector<std::size_t> enough;
  for (std::uint32_t i = 0; i < space_.variables().size(); ++i) {
    const VarId v{i};
    if (!facts_.known(v)) continue;
    const auto same_set = [&](const FactVars& f) {
      return space_[v].kind == VarKind::member && space_[f.front()].kind == VarKind::member &&
             space_[f.front()].fact == space_[v].fact;
    };
    if (const auto set = std::find_if(facts.begin(), facts.end(), same_set); set != facts.end()) {
      set->push_back(v);
      continue;
    }
    if (std::find(because_.begin(), because_.end(), v) != because_.end()) enough.push_back(facts.size());
    facts.push_back({v});
  }
  // What is not known of a set's other members goes with those that are.
  for (FactVars& f : facts)
    if (space_[f.front()].kind == VarKind::member)
      for (std::uint32_t k = 0; k < space_.variables().size(); ++k)
        if (space_[VarId{k}].kind == VarKind::member && space_[VarId{k}].fact == space_[f.front()].fact &&
            std::find(f.begin(), f.end(), VarId{k}) == f.end())
          f.push_back(VarId{k});
  Effort effort{most_questions};
  const Smallest found =
      smallest_because(engine_, all_, start_, facts, std::move(enough), joint_.best(), effort);
  Json j = size_of(found.set.size(), found.proved);
  j["facts"] = Json::array();
  for (const std::size_t i : found.set) {
    const Variable& var = space_[facts[i].front()];
    j["facts"].push_back(var.kind == VarKind::member ? law_[var.fact].name : var.name);
  }
  return j;
}

Json LineAnswer::minimum_change(bool applicant, std::uint64_t most_questions) {
  // Where some state's law is not assessed, no change promises a finding.
  if (applicant && !assessed()) return {{"change", nullptr}, {"proved_minimum", false}};
  std::vector<Changeable> facts;
  bool some_set = false;  // what a set holds is not changed here, so that nothing is proved beside one
  for (std::uint32_t i = 0; i < space_.variables().size(); ++i) {
    const VarId v{i};
    const Variable& var = space_[v];
    if ((var.kind != VarKind::fact && var.kind != VarKind::member) || !facts_.known(v)) continue;
    if ((law_[var.fact].changed_by == ChangedBy::applicant) != applicant) continue;
    if (var.kind == VarKind::member) {
      some_set = true;
      continue;
    }
    Changeable c{v, {}};
    for (std::size_t k = 0; k < var.domain.size(); ++k)
      if (!start_.possible[i].test(k) && !unread_say(v, k)) c.values.push_back(k);
    if (!c.values.empty()) facts.push_back(std::move(c));
  }
  Effort effort{most_questions};
  const SmallestChange found = smallest_change(
      engine_, all_, start_, facts,
      [&](const FindingSet& f) { return applicant ? f.worst() < joint_.worst() : !(f == joint_); },
      [&](const FindingSet& f) {
        return !f.empty() && (applicant ? f.best() < joint_.worst() : !(f == joint_));
      },
      effort);
  const bool proved = found.proved && (!some_set || found.change.size() == 1);
  if (found.change.empty()) return {{"change", nullptr}, {"proved_minimum", proved}};
  Json j = size_of(found.change.size(), proved);
  j["change"] = Json::array();
  for (const auto& [v, value] : found.change)
    j["change"].push_back(
        {{"fact", space_[v].name}, {"now", facts_.value(v)["value"]}, {"instead", facts_.show(v, value)}});
  j["best"] = to_string(found.findings.best());
  j["worst"] = to_string(assessed() ? found.findings.worst() : Finding::prohibited);
  return j;
}

}  // namespace sekisho
