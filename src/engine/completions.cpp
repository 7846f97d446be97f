#include "engine/completions.h"

#include <algorithm>

namespace sekisho {

Completions::Completions(const Space& space, Diagnostics& diags, std::size_t node_limit, Extent extent,
                         const std::vector<Values>& asked)
    : compiled_(space, Relations::written_out, space.law().asked_first, diags, node_limit, extent, asked) {}

Possible Completions::possible(const State& state) {
  Diagrams& store = compiled_.store();
  Possible p{compiled_.box(state.possible), compiled_.care()};
  for (std::uint32_t i = 0; i < space().variables().size(); ++i) {
    const VarId v{i};
    const VarKind kind = space()[v].kind;
    if ((kind != VarKind::need && kind != VarKind::judged) || state.free[i]) continue;
    // Where no instrument speaks, what is left is a matter of this variable alone.
    if (space().sources(v).empty())
      p.box[compiled_.level(v)] &= space().silent(v);
    else
      p.care = store.join(Join::both, p.care, compiled_.said(v));
  }
  p.care = store.within(p.care, p.box);
  return p;
}

bool Completions::consistent(const State& state) {
  const Possible p = possible(state);
  return compiled_.store().leaves(yes_leaf, p.care, p.box) != 0;
}

Ref Completions::finding(const std::vector<std::size_t>& regimes) {
  if (regimes.size() == 1) return regime(regimes.front()).finding;
  if (!joint_) joint_ = compiled_.joint(0);
  return *joint_;
}

FindingSet Completions::findings(const std::vector<std::size_t>& regimes, const State& state) {
  const Possible p = possible(state);
  const std::uint64_t met = compiled_.store().leaves(finding(regimes), p.care, p.box);
  FindingSet out;
  for (std::size_t f = 0; f < finding_count; ++f)
    if (met >> f & 1) out.insert(static_cast<Finding>(f));
  return out;
}

bool Completions::always(const std::vector<std::size_t>& regimes, const State& state, Finding f) {
  FindingSet found = findings(regimes, state);
  found.has[static_cast<std::size_t>(f)] = false;
  return found.empty();
}

std::uint64_t Completions::applies(std::size_t g, std::size_t rule, const Possible& p, Join readings) {
  Diagrams& store = compiled_.store();
  return store.leaves(store.read_judged(regime(g).active[rule], compiled_.judged(), readings), p.care, p.box);
}

std::pair<bool, bool> Completions::activity(std::size_t g, std::size_t rule, const State& state) {
  if (rule >= regime(g).active.size()) return {false, true};
  const Possible p = possible(state);
  return {(applies(g, rule, p, Join::either) & 2) != 0, (applies(g, rule, p, Join::both) & 1) != 0};
}

bool Completions::permits_by_findings(std::size_t g, std::size_t rule, const State& state) {
  Diagrams& store = compiled_.store();
  const RuleUse& use = compiled_.space().regimes()[g].rules[rule];
  const Ref gone = compiled_.defeated(use, tree::Part::permission, 0, regime(g));
  const Ref permits = store.join(Join::both, regime(g).active[rule], store.negate(gone));
  const Ref found = store.join(Join::both, permits, compiled_.findable(0));
  const Possible p = possible(state);
  return (store.leaves(store.read_judged(found, compiled_.judged(), Join::either), p.care, p.box) & 1) == 0;
}

bool Completions::findable_is_settled(const State& state) const {
  const std::vector<bool> asked = compiled_.store().support(compiled_.findable(0));
  const std::vector<Values> box = compiled_.box(state.possible);
  for (Level l = 0; l < asked.size(); ++l)
    if (asked[l] && !compiled_.judged()[l] && box[l].count() > 1) return false;
  return true;
}

// --- what matters ---

Ref Completions::twice_the_finding(std::size_t g) {
  std::vector<std::uint32_t> twice;
  for (std::uint32_t f = 0; f < finding_count; ++f) twice.push_back(2 * f);
  return compiled_.store().map(regime(g).unread, twice);
}

Ref Completions::stands(const RulePart& part, Ref costs) {
  Diagrams& store = compiled_.store();
  std::vector<std::uint32_t> lowest_bit(Compiled::ruled_out + 1);
  for (std::uint32_t k = 0; k < lowest_bit.size(); ++k) lowest_bit[k] = k & 1;
  const Ref best =
      compiled_.best_readings(store.join(Join::sum, costs, part.stands), compiled_.judged(), Join::better, 0);
  return store.map(best, lowest_bit);
}

Ref Completions::having(std::size_t g, Finding f, const Possible& p) {
  Diagrams& store = compiled_.store();
  return store.join(Join::both, store.where(regime(g).finding, static_cast<std::uint32_t>(f)), p.care);
}

std::vector<Completions::Standing> Completions::standing(std::size_t g, const std::vector<bool>& of,
                                                         const State& state, Finding f) {
  const Possible p = possible(state);
  const Ref there = having(g, f, p), costs = twice_the_finding(g);
  std::vector<Standing> out;
  for (std::size_t i = 0; i < of.size(); ++i) {
    if (!of[i]) continue;
    for (const RulePart& part : regime(g).parts[i]) {
      const std::uint64_t met = compiled_.store().leaves(stands(part, costs), there, p.box);
      out.push_back({i, part, (met & 2) != 0, (met & 1) != 0});
    }
  }
  return out;
}

std::array<Ref, 2> Completions::worse_readings(std::size_t g, Level l) {
  Diagrams& store = compiled_.store();
  std::vector<bool> others = compiled_.judged();
  others[l] = false;
  const Ref found = compiled_.best_readings(regime(g).unread, others, Join::both, 0);
  const Ref thought = store.read_judged(regime(g).unread, others, Join::both);
  Values none;
  none.set(judged_none);
  const auto read = [&](Ref best, std::size_t value) {
    std::vector<Values> one(store.levels());
    one[l].set(value);
    return store.fixed(best, one);
  };
  const auto worse_than = [&](std::size_t other, std::size_t value) {
    const Ref so = read(found, value), otherwise = read(found, other);  // `so` ruled out is worse than all
    // What cannot be found so is still how the law reads while nobody found it.
    const Ref read_otherwise =
        store.choose(store.where(otherwise, Compiled::ruled_out), read(thought, other), otherwise);
    const Ref worse = store.join(Join::differ, read_otherwise, store.join(Join::both, so, read_otherwise));
    return store.join(Join::both, worse, store.is(l, none));
  };
  return {worse_than(0, 1), worse_than(1, 0)};
}

bool Completions::either_is_better(std::size_t g, const State& state, VarId judged) {
  const Possible p = possible(state);
  const auto worse = worse_readings(g, compiled_.level(judged));
  return std::all_of(worse.begin(), worse.end(),
                     [&](Ref r) { return compiled_.store().meets(r, p.care, p.box); });
}

/// The parts of the answer, each a diagram whose leaf says how it stands; parts of a barred transfer say
/// nothing.
std::vector<Ref> Completions::components(std::size_t g) {
  Diagrams& store = compiled_.store();
  const RegimeDiagrams& r = regime(g);
  const RegimeUse& use = space().regimes()[g];
  std::vector<Ref> out{r.finding};
  if (!use.present.possible) return out;
  const Ref costs = twice_the_finding(g);
  const Ref open = store.negate(store.where(r.finding, static_cast<std::uint32_t>(Finding::prohibited)));
  for (std::size_t i = 0; i < r.parts.size(); ++i) {
    const RuleUse& u = i < use.rules.size() ? use.rules[i] : use.provisos[i - use.rules.size()].rule;
    for (const RulePart& part : r.parts[i]) {
      Ref component = store.join(Join::both, stands(part, costs), open);
      if (part.part == tree::Part::need && component != no_leaf) {  // with what its authority has done
        std::vector<Ref> states;
        for (std::uint32_t s = 0; s < need_state_count; ++s) states.push_back(Ref::leaf(1 + s));
        component =
            store.join(Join::guard, component, store.make(compiled_.level(u.needs[part.effect]), states));
      }
      if (!component.is_leaf()) out.push_back(component);
    }
  }
  // Judged facts without a finding on which the best reading hangs, and which of their readings is the
  // better.
  const auto& judged = compiled_.judged();
  for (Level l = 0; l < judged.size(); ++l) {
    if (!judged[l] || !store.support(r.unread)[l]) continue;
    for (const Ref worse : worse_readings(g, l)) {
      const Ref hangs = store.join(Join::both, worse, open);
      if (!hangs.is_leaf()) out.push_back(hangs);
    }
  }
  return out;
}

bool Completions::matters(Ref of, std::uint64_t leaves, const Possible& p, Ref feasible, VarId v,
                          const std::vector<bool>& follows) {
  Diagrams& store = compiled_.store();
  std::vector<bool> only(store.levels());
  only[compiled_.level(v)] = true;
  for (std::uint32_t leaf = 0; leaf < 64; ++leaf) {
    if ((leaves >> leaf & 1) == 0) continue;
    // The leaf is possible for one value of `v` and, everything independent being equal, not for another.
    const Ref here = store.exists(store.join(Join::both, store.where(of, leaf), p.care), follows);
    const Ref with = store.exists(store.within(here, p.box), only);
    const Ref without =
        store.exists(store.within(store.join(Join::both, feasible, store.negate(here)), p.box), only);
    if (store.leaves(yes_leaf, store.join(Join::both, with, without), p.box) != 0) return true;
  }
  return false;
}

std::vector<bool> Completions::matters(std::size_t g, const State& state) {
  Diagrams& store = compiled_.store();
  const Possible p = possible(state);
  const std::size_t count = space().variables().size();
  std::vector<bool> out(count), follows(store.levels());
  for (std::uint32_t i = 0; i < count; ++i)
    if (!space().sources(VarId{i}).empty() && !state.free[i]) follows[compiled_.level(VarId{i})] = true;
  const Ref feasible = store.exists(p.care, follows);
  const std::vector<bool> tied = store.support(p.care);
  for (const Ref whole : components(g)) {
    const Ref of = store.fixed(whole, p.box);
    const std::uint64_t leaves = store.leaves(of, p.care, p.box);
    if ((leaves & (leaves - 1)) == 0) continue;  // it is always the same
    const std::vector<bool> asked = store.support(of);
    for (std::uint32_t i = 0; i < count; ++i) {
      const Level l = compiled_.level(VarId{i});
      if (out[i] || p.box[l].count() < 2 || (!asked[l] && !tied[l])) continue;
      std::vector<bool> others = follows;
      others[l] = false;
      const Ref may = others == follows ? feasible : store.exists(p.care, others);
      out[i] = matters(of, leaves, p, may, VarId{i}, others);
    }
  }
  return out;
}

std::vector<std::pair<VarId, bool>> Completions::findings_needed(
    std::size_t g, const State& completion, std::vector<std::pair<VarId, bool>>& reading) {
  Diagrams& store = compiled_.store();
  // The completion with its judged facts open where nothing is found.
  std::vector<Values> box = compiled_.box(completion.possible);
  for (Level l = 0; l < box.size(); ++l)
    if (compiled_.judged()[l] && box[l].test(judged_none)) {
      box[l].reset();
      box[l].set(0).set(1);
    }
  // Those on which the finding of this completion hangs.
  std::vector<Level> open;
  const std::vector<bool> asked = store.support(store.fixed(regime(g).unread, box));
  for (Level l = 0; l < box.size(); ++l)
    if (asked[l] && compiled_.judged()[l]) open.push_back(l);
  // The best is what the constraints let be found; what would be better still counts for nothing.
  const auto may_be_found = [&](const std::vector<Values>& in) {
    return store.leaves(regime(g).unread, compiled_.findable(0), in);
  };
  const std::uint64_t found = may_be_found(box), best = found & (~found + 1);
  const auto met = [&](const std::vector<Values>& in) {
    return store.leaves(regime(g).unread, yes_leaf, in) & ~(best - 1);
  };
  const std::uint64_t every = met(box);
  std::vector<std::pair<VarId, bool>> needed;
  // One reading that gives the best finding; then every fact of it that need not be found is opened again.
  for (const Level l : open)
    for (std::size_t value = 0; value < 2; ++value) {
      std::vector<Values> tried = box;
      tried[l].reset();
      tried[l].set(value);
      if ((may_be_found(tried) & best) == 0) continue;
      box = std::move(tried);
      break;
    }
  for (const Level l : open) reading.emplace_back(compiled_.variable(l), box[l].test(1));
  if (every == best) return needed;  // however it is found, the finding is the same
  // The route that this reading uses has to stay open too, if it surely is.
  Ref route = regime(g).route;
  while (!route.is_leaf()) route = store.children(route)[box[store.level(route)]._Find_first()];
  Ref used = route.value() == 0 ? yes_leaf : regime(g).active[route.value() - 1];
  if (store.leaves(used, yes_leaf, box) != 2) used = yes_leaf;
  for (const Level l : open) {
    std::vector<Values> wider = box;
    wider[l].set(0).set(1);
    if (met(wider) == best && store.leaves(used, yes_leaf, wider) == 2)
      box = std::move(wider);
    else
      needed.emplace_back(compiled_.variable(l), box[l].test(1));
  }
  return needed;
}

std::optional<State> Completions::witness(std::size_t g, const State& state, Finding f) {
  const Possible p = possible(state);
  std::vector<Values> point;
  if (!compiled_.store().point(having(g, f, p), p.box, point)) return std::nullopt;
  State out = state;
  for (std::uint32_t i = 0; i < out.possible.size(); ++i) out.possible[i] = point[compiled_.level(VarId{i})];
  return out;
}

}  // namespace sekisho
