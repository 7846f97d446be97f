#include <set>

#include "api/body.h"
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

void prove_case(const Law& law, const Case& c, Diagnostics& out) {
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

/// On the first day of each stretch of constant law: can a prohibition and a permission that no link
/// orders both apply?
void prove_opposites(const Law& law, RegimeId id, Diagnostics& out) {
  const Regime& regime = law[id];
  if (regime.strictest_prevails) return;
  std::set<Date> days;
  for (const RuleId r : regime.rules)
    for (const Window& w : law[r].windows)
      days.insert(w.from.earliest == far_past ? Date{} : w.from.earliest);
  std::set<std::pair<RuleId, RuleId>> reported;
  const World nothing;
  for (const Date day : days) {
    Question q;
    q.law = &law;
    q.world = &nothing;
    q.law_day = q.transfer_day = day;
    q.silence_is_none = true;
    const Space space(q, out);
    Completions engine(space, out);
    if (!engine.ok()) return;
    const State start = Reader(space).start();
    for (const RegimeUse& use : space.regimes()) {
      if (use.regime != id) continue;
      for (const RuleUse& a : use.rules)
        for (const RuleUse& b : use.rules) {
          if (!law[a.rule].prohibits || !law[b.rule].permits || reported.contains({a.rule, b.rule})) continue;
          const auto g = static_cast<std::size_t>(&use - space.regimes().data());
          const auto i = static_cast<std::size_t>(&a - use.rules.data()),
                     j = static_cast<std::size_t>(&b - use.rules.data());
          if (!engine.both_active(g, i, j, start)) continue;
          reported.insert({a.rule, b.rule});
          out.emit(code::unlinked_opposites, law[a.rule].at, law[a.rule].name, law[b.rule].name)
              .note(law[b.rule].at, fmt::format("for example on {}", to_string(day)))
              .fix(
                  "link one to the other with `notwithstanding` or `subject to`, or declare `unlinked "
                  "opposites strictest prevails`");
        }
    }
  }
}

}  // namespace

std::vector<Report> Rulebooks::prove() const {
  Diagnostics out;
  for (const Case& c : body_->law.cases) prove_case(body_->law, c, out);
  for (std::uint32_t i = 0; i < body_->law.regimes.size(); ++i) prove_opposites(body_->law, RegimeId{i}, out);
  return reports_of(body_->sources, out);
}

}  // namespace sekisho
