#include <set>

#include "audit/audit.h"
#include "engine/completions.h"

namespace sekisho {
namespace {

Question case_question(const Law& law, const Case& c, const World& world) {
  Question q;
  q.law = &law;
  q.world = &world;
  q.law_day = q.transfer_day = c.on;
  q.silence_is_none = true;
  std::set<ProvisoId> carried;
  for (const CaseGiven& g : c.given) {
    if (g.carries.valid()) {
      Carried on{g.carries, {}, c.on, "the case"};
      for (const std::string& p : law[law[g.carries].versions.front()].parameters)
        on.arguments.push_back("the " + p);
      q.carried.push_back(std::move(on));
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

void decide_case(const Law& law, const Case& c, Diagnostics& out) {
  const World nothing;
  const Question q = case_question(law, c, nothing);
  const Space space(q, out);
  Completions engine(space, out);
  if (!engine.ok()) return;
  State state = Reader(space).start();
  for (const KnownFact& k : q.facts) {  // a judged fact that the case gives
    const VarId v = space.fact_var(k.fact);
    if (!v.valid() || space[v].kind != VarKind::judged) continue;
    state.possible[v.index].reset();
    state.possible[v.index].set(k.values.front().number == 1 ? 1 : 0);
    state.free[v.index] = true;
  }
  const auto fails = [&](std::string_view what, std::string_view why) {
    out.emit(code::case_fails, c.at, what, why);
  };
  const auto place_of = [&](RuleId id) -> std::pair<std::size_t, std::size_t> {
    for (std::size_t g = 0; g < space.regimes().size(); ++g) {
      const RegimeUse& use = space.regimes()[g];
      for (std::size_t i = 0; i < use.rules.size(); ++i)
        if (use.rules[i].rule == id) return {g, i};
      for (std::size_t i = 0; i < use.provisos.size(); ++i)
        if (use.provisos[i].rule.rule == id) return {g, use.rules.size() + i};
    }
    return {space.regimes().size(), 0};
  };
  if (!engine.consistent(state)) return fails("its facts", "contradict the constraints");
  for (const bool decides : {true, false})
    for (const RuleId id : decides ? c.decides : c.leaves) {
      const auto [g, i] = place_of(id);
      const std::string& name = law[id].name;
      if (g == space.regimes().size()) {
        if (decides && !law[id].proviso.valid()) fails(name, "is not in force on that day");
        continue;
      }
      const auto [can, cannot] = engine.activity(g, i, state);
      if (decides && cannot) fails(name, can ? "does not apply in every completion" : "does not apply");
      if (!decides && can) fails(name, cannot ? "applies in some completion" : "applies");
    }
  for (const auto& [finding, regime] : c.finds)
    for (std::size_t g = 0; g < space.regimes().size(); ++g) {
      if (space.regimes()[g].regime != regime) continue;
      const FindingSet found = engine.findings({g}, state);
      if (!found.single() || found.best() != finding)
        fails(law[regime].name,
              fmt::format("finds {}{}", to_string(found.best()),
                          found.single() ? "" : fmt::format(" to {}", to_string(found.worst()))));
    }
}

}  // namespace

void decide_cases(const Law& law, Diagnostics& out) {
  for (const Case& c : law.cases) decide_case(law, c, out);
}

}  // namespace sekisho
