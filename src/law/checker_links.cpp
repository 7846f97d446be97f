#include <algorithm>

#include "law/checker_passes.h"

namespace sekisho::checking {
namespace {

/// Definitions may stand on definitions this many times over.
constexpr std::size_t definition_depth = 100;

}  // namespace

void Checker::definition_cycles() {
  for (Expression& e : law_.expressions)
    for (Expr& n : e)
      if (n.op == ExprOp::definition) n.body = law_.definitions[n.parameter].means;
  // How many definitions stand below each; one that never becomes ready leads back to itself.
  const std::size_t n = law_.definitions.size();
  std::vector<std::vector<std::uint32_t>> used_by(n);
  std::vector<std::size_t> waiting(n, 0), depth(n, 0);
  for (std::uint32_t d = 0; d < n; ++d) {
    if (!law_.definitions[d].means.valid()) continue;
    for (const Expr& e : law_[law_.definitions[d].means])
      if (e.op == ExprOp::definition) {
        used_by[e.parameter].push_back(d);
        ++waiting[d];
      }
  }
  std::vector<std::uint32_t> ready;
  for (std::uint32_t d = 0; d < n; ++d)
    if (waiting[d] == 0) ready.push_back(d);
  for (std::size_t i = 0; i < ready.size(); ++i)
    for (const std::uint32_t user : used_by[ready[i]]) {
      depth[user] = std::max(depth[user], depth[ready[i]] + 1);
      if (--waiting[user] == 0) ready.push_back(user);
    }
  for (std::uint32_t d = 0; d < n; ++d) {
    const Definition& def = law_.definitions[d];
    if (waiting[d] > 0)
      diags_.emit(code::definition_cycle, def.at, def.name).fix("define it without itself");
    else if (depth[d] == definition_depth + 1)  // the ones above it follow from this
      diags_.emit(code::definitions_too_deep, def.at, def.name, definition_depth);
  }
}

void Checker::links(const Declaration& d) {
  const auto it = index_.find(&d);
  if (it == index_.end() || (d.kind != Kind::rule && d.kind != Kind::route && d.kind != Kind::proviso))
    return;
  for (const tree::Link& l : d.links)
    for (const tree::Target& t : l.targets) link(d, l, t, RuleId{it->second});
}

void Checker::link(const Declaration& d, const tree::Link& l, const tree::Target& t, RuleId self) {
  const std::vector<Window> when = windows(l.in_force, d.name.text, false);
  std::vector<RuleId> others;
  if (t.part == tree::Part::group) {
    for (std::uint32_t i = 0; i < law_.rules.size(); ++i)
      if (law_.rules[i].group == t.rule.text && law_.rules[i].regime == law_[self].regime &&
          RuleId{i} != self)
        others.push_back(RuleId{i});
    if (others.empty())
      diags_.emit(code::unknown_name, t.rule.at, t.rule.text).note("no rule stands in such a group");
  } else if (const auto s = in_regime(t.rule, d.in_regime, Names::rule)) {
    others.push_back(RuleId{s->index});
  }
  for (const RuleId other : others) {
    const RuleId loser = l.over ? other : self;
    for (const std::uint32_t effect : effects_of(loser, t))
      law_.rules[loser.index].defeats.push_back({l.over ? self : other,
                                                 t.part == tree::Part::group ? tree::Part::whole : t.part,
                                                 effect, when, t.at});
  }
}

std::vector<std::uint32_t> Checker::effects_of(RuleId loser, const tree::Target& t) {
  using tree::Part;
  const Rule& r = law_[loser];
  std::vector<std::uint32_t> out;
  const auto named = [&](const auto& effects, const auto& is) {
    for (std::uint32_t i = 0; i < effects.size(); ++i)
      if (is(effects[i])) out.push_back(i);
  };
  std::string what;
  switch (t.part) {
    case Part::permission:
      what = "permission";
      if (r.permits) out = {0};
      break;
    case Part::prohibition:
      what = "prohibition";
      if (r.prohibits) out = {0};
      break;
    case Part::need:
      what = fmt::format("need `{}`", t.effect.text);
      named(r.needs, [&](const NeedUse& n) { return law_[n.need].name == t.effect.text; });
      break;
    case Part::proviso: {
      what = fmt::format("proviso `{}`", t.effect.text);
      const std::string own = r.regime.valid() ? law_[r.regime].name + "." : "";  // none: told already
      named(r.binds, [&](const BindUse& b) {
        const std::string& name = law_[b.proviso].name;
        return name == t.effect.text || name == own + t.effect.text;
      });
      break;
    }
    case Part::obligation:
      what = fmt::format("obligation `{}`", t.effect.text);
      named(r.owes, [&](const auto& o) { return o.kind == t.effect.text; });
      break;
    default: return {0};
  }
  if (out.empty()) diags_.emit(code::no_such_effect, t.at, r.name, what);
  return out;
}

void Checker::order_rules() {
  std::vector<int> state(law_.rules.size(), 0);
  std::vector<RuleId> order;
  struct Open {
    RuleId rule;
    std::size_t next = 0;
  };
  std::vector<Open> open;  // the path of links that is being followed; no recursion, however long
  for (std::uint32_t i = 0; i < law_.rules.size(); ++i) {
    if (state[i] == 0) open.push_back({RuleId{i}});
    while (!open.empty()) {
      Open& top = open.back();
      std::vector<Defeat>& defeats = law_.rules[top.rule.index].defeats;
      state[top.rule.index] = 1;
      if (top.next == defeats.size()) {
        state[top.rule.index] = 2;
        order.push_back(top.rule);
        open.pop_back();
        continue;
      }
      const Defeat& d = defeats[top.next];
      if (state[d.by.index] == 1) {
        diags_.emit(code::link_cycle, d.at, law_[top.rule].name)
            .note(law_[d.by].at, "through this one")
            .fix("take away one of the links");
        defeats.erase(defeats.begin() + static_cast<std::ptrdiff_t>(top.next));
        continue;
      }
      ++top.next;
      if (state[d.by.index] == 0) open.push_back({d.by});
    }
  }
  std::vector<std::uint32_t> rank(law_.rules.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) rank[order[i].index] = i;
  for (Regime& g : law_.regimes)
    std::stable_sort(g.rules.begin(), g.rules.end(),
                     [&](RuleId a, RuleId b) { return rank[a.index] < rank[b.index]; });
  for (Regime& g : law_.regimes)
    for (std::uint32_t p = 0; p < law_.provisos.size(); ++p)
      if (law_.provisos[p].regime.valid() && &law_.regimes[law_.provisos[p].regime.index] == &g)
        g.provisos.push_back(ProvisoId{p});
}

}  // namespace sekisho::checking
