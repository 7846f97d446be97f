#include "audit/coverage.h"

#include <algorithm>

#include "audit/case_engine.h"

namespace sekisho {
namespace {

Status status_of(CaseEngine& asked, std::size_t g, std::size_t rule) {
  const auto [can, cannot] = asked.engine().activity(g, rule, asked.state());
  if (can) return cannot ? Status::undecided : Status::active;
  Diagrams& store = asked.engine().compiled().store();
  const Possible p = asked.engine().possible(asked.state());
  const Ref unmet = store.negate(asked.engine().regime(g).condition[rule]);
  const Ref fails = store.read_judged(unmet, asked.engine().compiled().judged(), Join::either);
  return store.meets(fails, p.care, p.box) ? Status::inactive : Status::defeated;
}

/// Whether the link alone keeps what it defeats from standing.
bool decides(const Observed& o, const Rule& under, RuleId id, const Defeat& link) {
  const auto is = [&](RuleId r, Status s) {
    const auto it = o.rules.find(r);
    return it != o.rules.end() && it->second == s;
  };
  const auto acts = [&](const Defeat& d) {
    return d.part == link.part && d.effect == link.effect && is(d.by, Status::active) &&
           covers(d.windows, o.on) != Covers::no;
  };
  if (!acts(link) || !is(id, link.part == tree::Part::whole ? Status::defeated : Status::active))
    return false;
  return std::count_if(under.defeats.begin(), under.defeats.end(), acts) == 1;
}

}  // namespace

Observed observe(const Law& law, const Case& c, Diagnostics& out) {
  Observed o{c.on, {}};
  CaseEngine asked(law, c, out);
  if (!asked.ok()) return o;
  for (std::size_t g = 0; g < asked.space().regimes().size(); ++g) {
    const RegimeUse& use = asked.space().regimes()[g];
    if (asked.engine().always({g}, asked.state(), Finding::not_engaged)) continue;
    for (std::size_t i = 0; i < use.rules.size(); ++i) o.rules[use.rules[i].rule] = status_of(asked, g, i);
    for (std::size_t i = 0; i < use.provisos.size(); ++i)
      if (const Status s = status_of(asked, g, use.rules.size() + i);
          s == Status::active || use.provisos[i].instance != nullptr)
        o.rules[use.provisos[i].rule.rule] = s;
  }
  return o;
}

Coverage coverage(const Law& law, std::span<const Observed> answers) {
  Coverage c;
  for (std::uint32_t i = 0; i < law.rules.size(); ++i) {
    RuleCoverage rule{RuleId{i}, {}};
    for (const Observed& o : answers)
      if (const auto it = o.rules.find(RuleId{i}); it != o.rules.end())
        ++rule.seen[static_cast<std::size_t>(it->second)];
    c.rules.push_back(rule);
    for (const Defeat& d : law.rules[i].defeats) {
      LinkCoverage link{d.by, RuleId{i}, &d, 0};
      for (const Observed& o : answers) link.decisive += decides(o, law.rules[i], RuleId{i}, d);
      c.links.push_back(link);
    }
  }
  return c;
}

}  // namespace sekisho
