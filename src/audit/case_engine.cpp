#include "audit/case_engine.h"

namespace sekisho {

Question case_question(const Law& law, Date on, const std::vector<CaseGiven>& given, const World& nothing) {
  Question q = question_of_law(law, nothing, on);
  for (const CaseGiven& g : given) {
    if (g.carries.valid()) {
      Carried carried{g.carries, {}, on, "the case"};
      for (const std::string& p : law[law[g.carries].versions.front()].parameters)
        carried.arguments.push_back("the " + p);
      q.carried.push_back(std::move(carried));
      continue;
    }
    KnownFact k;
    k.fact = g.fact;
    k.form = law[g.fact].type.is_set ? Knowledge::Form::members : Knowledge::Form::alternatives;
    k.values = g.values;
    q.facts.push_back(std::move(k));
  }
  for (const Authority& a : law.authorities) q.clean_for.push_back(a.state);
  return q;
}

CaseEngine::CaseEngine(const Law& law, const Case& c, Diagnostics& out)
    : question_(case_question(law, c.on, c.given, nothing_)),
      space_(question_, out),
      engine_(space_, out),
      state_(Reader(space_).start()) {
  for (const KnownFact& k : question_.facts) {  // a judged fact that the case gives
    const VarId v = space_.fact_var(k.fact);
    if (!v.valid() || space_[v].kind != VarKind::judged || k.values.empty()) continue;
    state_.leave(v, k.values.front().number == 1 ? 1 : 0);
    state_.free[v.index] = true;
  }
}

std::optional<std::pair<std::size_t, std::size_t>> CaseEngine::place_of(RuleId rule) const {
  for (std::size_t g = 0; g < space_.regimes().size(); ++g) {
    const RegimeUse& use = space_.regimes()[g];
    for (std::size_t i = 0; i < use.rules.size(); ++i)
      if (use.rules[i].rule == rule) return std::pair{g, i};
    for (std::size_t i = 0; i < use.provisos.size(); ++i)
      if (use.provisos[i].rule.rule == rule) return std::pair{g, use.rules.size() + i};
  }
  return std::nullopt;
}

}  // namespace sekisho
