#include "engine/compiler.h"

#include <algorithm>
#include <new>
#include <set>

namespace sekisho {
namespace {

Ref leaf(Finding f) {
  return Ref::leaf(static_cast<std::uint32_t>(f));
}
Values value(std::size_t i) {
  Values v;
  v.set(i);
  return v;
}

}  // namespace

// --- variables and their order ---

/// What makes two relations the same: the facts and, for each value, what it hangs on.
std::string Compiled::relation_key(const Node& n) {
  std::string key = fmt::format("{} {}", n.var.index, n.other.index);
  for (const Conditional& c : n.conditional) key += fmt::format(" {}:{}", c.value, c.on.index);
  for (const auto& [i, j] : n.equal) key += fmt::format(" {}={}", i, j);
  return key;
}

/// Variables by the order in which the rules speak of them; facts of many values before yes/no ones, because
/// a many-valued fact further down would be asked again under each combination of those above it.
class Compiled::Ordering {
 public:
  explicit Ordering(const Space& space) : space_(space), met_(space.variables().size()) {}

  std::vector<VarId> run() {
    for (const Standing& s : space_.standings()) {
      for (const RegimeUse& r : s.regimes) regime(r);
      for (const ProgramId p : s.constraints) program(p);
    }
    for (std::uint32_t v = 0; v < space_.variables().size(); ++v) {
      for (const Space::Source& s : space_.sources(VarId{v})) program(s.scope);
      meet(VarId{v});
    }
    std::stable_sort(out_.begin(), out_.end(), [&](VarId a, VarId b) { return rank(a) < rank(b); });
    return out_;
  }

 private:
  int rank(VarId v) const {
    const Variable& var = space_[v];
    if (var.kind == VarKind::need) return 3;
    if (var.kind != VarKind::fact) return 2;
    return var.domain.size() > 3 ? 0 : 1;
  }
  void meet(VarId v) {
    if (!v.valid() || met_[v.index]) return;
    met_[v.index] = true;
    out_.push_back(v);
  }
  void program(ProgramId p) {
    if (!p.valid()) return;
    for (const Node& n : space_[p]) {
      meet(n.var);
      meet(n.other);
      for (const Conditional& c : n.conditional) meet(c.on);
      for (const VarId m : n.members) meet(m);
      for (const ProgramId b : n.bodies) program(b);
    }
  }
  void rule(const RuleUse& u) {
    meet(u.present.by);
    program(u.when);
    for (const VarId n : u.needs) meet(n);
    meet(u.lifted_by);
  }
  void regime(const RegimeUse& r) {
    if (!r.present.possible) return;
    meet(r.in_force.by);
    program(r.governs);
    program(r.leaves_home);
    for (const RuleUse& u : r.rules) rule(u);
    meet(r.otherwise_lifted_by);
    for (const ProvisoUse& p : r.provisos) {
      meet(p.carried);
      program(p.lapses);
      rule(p.rule);
    }
  }

  const Space& space_;
  std::vector<bool> met_;
  std::vector<VarId> out_;
};

std::string Compiled::name(VarId v) const {
  return is_relation(v) ? as_relation(v).name : space_[v].name;
}

/// Literals whose truth hangs on a second variable, and comparisons of two facts. What hangs on one member of
/// a set is written out, unless that member may stand for others.
bool Compiled::is_relation_node(const Node& n) const {
  if (n.op == ExprOp::same || n.conditional.size() > 1) return true;
  if (how_ != Relations::told || n.conditional.empty()) return false;
  const VarKind on = space_[n.conditional.front().on].kind;
  return on == VarKind::member || on == VarKind::listed;
}

VarId Compiled::add_relation(const std::string& key, Relation r) {
  const VarId made{static_cast<std::uint32_t>(space_.variables().size() + relation_list_.size())};
  relation_of_[key] = made;
  relation_list_.push_back(std::move(r));
  return made;
}

std::string Compiled::denial(VarId v) const {
  const Relation& r = as_relation(v);
  return r.otherwise.empty() ? "not (" + r.name + ")" : r.otherwise;
}

void Compiled::gather_relations() {
  if (how_ == Relations::written_out) return;
  std::set<std::uint32_t> met;
  const auto program = [&](auto&& self, ProgramId p) -> void {
    if (!p.valid() || !met.insert(p.index).second) return;
    for (const Node& n : space_[p]) {
      for (const ProgramId b : n.bodies) self(self, b);
      if (!is_relation_node(n) || relation_of_.contains(relation_key(n))) continue;
      const VarId on = n.op == ExprOp::same ? n.other : n.conditional.front().on;
      const Variable& b = space_[on];
      std::string with = b.kind == VarKind::listed   ? "later joined " + space_.law()[b.list].name
                         : b.kind == VarKind::member ? "is in " + space_.law()[b.fact].name
                         : b.kind == VarKind::fact   ? "is " + b.name
                                                     : "";
      std::string cases;  // of unsettled law, among them members of a list that others may have joined
      for (const Conditional& c : n.conditional)
        if (const Variable& on_it = space_[c.on];
            on_it.kind == VarKind::hidden || on_it.kind == VarKind::rate)
          cases += (cases.empty() ? "" : ", ") + on_it.name;
      if (!cases.empty()) with += (with.empty() ? "" : ", or ") + ("is an unsettled case of " + cases);
      add_relation(relation_key(n), {n.var,
                                     n.op == ExprOp::same ? n.other : VarId{},
                                     fmt::format("{} {}", space_[n.var].name, with),
                                     yes_leaf,
                                     n.conditional,
                                     n.equal,
                                     {}});
    }
  };
  const auto rule = [&](const RuleUse& u) { program(program, u.when); };
  for (const Standing& s : space_.standings()) {
    for (const RegimeUse& r : s.regimes) {
      program(program, r.governs);
      for (const RuleUse& u : r.rules) rule(u);
      for (const ProvisoUse& p : r.provisos) {
        rule(p.rule);
        program(program, p.lapses);
      }
    }
    for (const ProgramId p : s.constraints) program(program, p);
  }
  if (how_ == Relations::told) gather_holdings();
}

/// What is asked of needs and judged facts, whatever is known, is everything.
std::vector<Values> Compiled::asked_by_level(const std::vector<Values>& asked) const {
  if (asked.empty()) return {};
  std::vector<Values> out = box(asked);
  for (std::uint32_t i = 0; i < asked.size(); ++i) {
    const VarKind kind = space_[VarId{i}].kind;
    if (kind == VarKind::need || kind == VarKind::judged || asked[i].none()) out[level(VarId{i})].set();
  }
  return out;
}

void Compiled::declare(const VariableOrder& order, const std::vector<Values>& asked) {
  std::vector<VarId> all = Ordering(space_).run();
  // A relation is asked where the first of its facts is: what stands below then knows both.
  for (std::size_t i = 0; i < relation_list_.size(); ++i) {
    const VarId r{static_cast<std::uint32_t>(space_.variables().size() + i)};
    const auto at = std::find(all.begin(), all.end(), relation_list_[i].a);
    all.insert(at == all.end() ? at : at + 1, r);
  }
  if (!order.empty()) {
    std::map<std::string, std::size_t> place;
    for (std::size_t i = 0; i < order.size(); ++i) place.emplace(order[i], i);
    std::stable_sort(all.begin(), all.end(), [&](VarId a, VarId b) {
      const auto pa = place.find(name(a)), pb = place.find(name(b));
      return (pa == place.end() ? order.size() : pa->second) <
             (pb == place.end() ? order.size() : pb->second);
    });
  }
  at_level_ = all;
  level_.resize(all.size());
  std::vector<std::uint16_t> sizes;
  for (Level l = 0; l < all.size(); ++l) {
    const VarId v = all[l];
    level_[v.index] = l;
    const bool relation = is_relation(v);
    sizes.push_back(
        static_cast<std::uint16_t>(relation ? 2 : std::max<std::size_t>(space_[v].domain.size(), 1)));
    judged_.push_back(!relation && space_[v].kind == VarKind::judged);
  }
  store_ = std::make_unique<Diagrams>(std::move(sizes), default_node_limit, asked_by_level(asked));
}

// --- programs ---

Ref Compiled::is_true(VarId v) {
  return store_->is(level_[v.index], value(1));
}

/// The relation as a function of the variables of the space.
Ref Compiled::written_out(const Node& n) {
  const std::size_t size = space_[n.var].domain.size();
  std::vector<Ref> to(size, no_leaf);
  if (n.op == ExprOp::same) {
    std::vector<Values> with(size);
    for (const auto& [i, j] : n.equal) with[i].set(j);
    Ref any = no_leaf;
    // Either fact may stand above the other.
    for (std::size_t i = 0; i < size; ++i)
      if (with[i].any())
        any = store_->join(Join::either, any,
                           store_->join(Join::both, store_->is(level(n.var), value(i)),
                                        store_->is(level(n.other), with[i])));
    return any;
  }
  Ref any = no_leaf;
  for (const Conditional& c : n.conditional)
    any = store_->join(Join::either, any,
                       store_->join(Join::both, store_->is(level(n.var), value(c.value)), is_true(c.on)));
  return any;
}

Ref Compiled::relation(const Node& n) {
  return how_ == Relations::written_out ? written_out(n) : is_true(relation_of_.at(relation_key(n)));
}

Ref Compiled::literal(const Node& n) {
  const Ref sure = store_->is(level(n.var), n.yes);
  if (n.conditional.empty()) return sure;
  const Ref hanging = is_relation_node(n) ? relation(n) : written_out(n);
  return store_->join(Join::either, sure, hanging);
}

Ref Compiled::program(ProgramId id) {
  if (!id.valid()) return yes_leaf;
  if (const auto it = programs_.find(id); it != programs_.end()) return it->second;
  std::vector<Ref> open;
  const auto fold = [&](Join op, Ref from, std::uint32_t arity) {
    Ref r = from;
    for (std::uint32_t k = 0; k < arity; ++k) r = store_->join(op, r, open[open.size() - arity + k]);
    return r;
  };
  for (const Node& n : space_[id]) {
    Ref r = no_leaf;
    switch (n.op) {
      case ExprOp::negation: r = store_->negate(open.back()); break;
      case ExprOp::all: r = fold(Join::both, yes_leaf, n.arity); break;
      case ExprOp::any: r = fold(Join::either, no_leaf, n.arity); break;
      case ExprOp::implies:
        r = store_->join(Join::either, store_->negate(open[open.size() - 2]), open.back());
        break;
      case ExprOp::either: r = store_->choose(is_true(n.var), open[open.size() - 2], open.back()); break;
      case ExprOp::definition: r = program(n.bodies.front()); break;
      case ExprOp::some:
      case ExprOp::every: {
        const bool some = n.op == ExprOp::some;
        r = some ? no_leaf : yes_leaf;
        for (std::size_t i = 0; i < n.members.size(); ++i) {
          const Ref in = is_true(n.members[i]), body = program(n.bodies[i]);
          r = some ? store_->join(Join::either, r, store_->join(Join::both, in, body))
                   : store_->join(Join::both, r, store_->join(Join::either, store_->negate(in), body));
        }
        break;
      }
      case ExprOp::empty:
        r = yes_leaf;
        for (const VarId m : n.members) r = store_->join(Join::both, r, store_->negate(is_true(m)));
        break;
      case ExprOp::yes: r = is_true(n.var); break;
      case ExprOp::same: r = relation(n); break;
      default: r = literal(n); break;
    }
    open.resize(open.size() - n.arity);
    open.push_back(r);
  }
  return programs_[id] = open.back();
}

// --- what is possible ---

bool Compiled::asks_judged(Ref a) const {
  const std::vector<bool> asked = store_->support(a);
  for (Level l = 0; l < asked.size(); ++l)
    if (asked[l] && judged_[l]) return true;
  return false;
}

Ref Compiled::best_readings(Ref part, const std::vector<bool>& judged, Join op, std::size_t view) {
  return store_->read_judged(store_->choose(findable_[view], part, Ref::leaf(ruled_out)), judged, op);
}

void Compiled::care_set() {
  constraints_.clear();
  findable_.clear();
  care_ = no_leaf;
  Ref in_every_view = yes_leaf;
  for (const Standing& s : space_.standings()) {
    Ref stated = yes_leaf, of_judged = yes_leaf;
    for (const ProgramId p : s.constraints) {
      Ref& all = space_.is_stated(p) ? stated : in_every_view;
      all = store_->join(Join::both, all, program(p));
      if (asks_judged(program(p))) of_judged = store_->join(Join::both, of_judged, program(p));
    }
    constraints_.push_back(stated);
    findable_.push_back(of_judged);
  }
  // What nobody found has some reading that all of a view's constraints leave.
  for (Ref& c : constraints_) {
    c = store_->read_judged(store_->join(Join::both, c, in_every_view), judged_, Join::either);
    care_ = store_->join(Join::either, care_, c);
  }
  if (how_ == Relations::written_out) return;
  std::set<std::uint32_t> met;
  const auto define = [&](const Node& n) {
    const auto it = relation_of_.find(relation_key(n));
    if (it == relation_of_.end() || !met.insert(it->second.index).second) return;
    Relation& r = relation_list_[it->second.index - space_.variables().size()];
    r.definition = store_->negate(store_->join(Join::differ, is_true(it->second), written_out(n)));
    care_ = store_->join(Join::both, care_, r.definition);
  };
  for (std::uint32_t p = 0; p < space_.program_count(); ++p)
    for (const Node& n : space_[ProgramId{p}])
      if (is_relation_node(n)) define(n);
  for (const Holding& h : holding_list_) {
    Ref any = no_leaf;
    for (const auto& all_of : h.cases) {
      Ref all = yes_leaf;
      for (const auto& [v, values] : all_of)
        all = store_->join(Join::both, all, store_->is(level(v), values));
      any = store_->join(Join::either, any, all);
    }
    Relation& r = relation_list_[h.relation.index - space_.variables().size()];
    r.definition = store_->negate(store_->join(Join::differ, is_true(h.relation), any));
    care_ = store_->join(Join::both, care_, r.definition);
  }
}

void Compiled::instruments() {
  said_.assign(space_.variables().size(), yes_leaf);
  for (std::uint32_t i = 0; i < said_.size(); ++i) {
    const VarId v{i};
    const VarKind kind = space_[v].kind;
    if (kind != VarKind::need && kind != VarKind::judged) continue;
    const Ref silent = store_->is(level(v), space_.silent(v));
    said_[i] =
        by_turns(v, silent, [&](const Space::Source& s) { return store_->is(level(v), value(s.value)); });
  }
}

/// The first turn in which an act covers the line decides: what `says` of its acts, or else `silent`.
template <class Says>
Ref Compiled::by_turns(VarId v, Ref silent, const Says& says) {
  const auto& sources = space_.sources(v);
  Ref r = silent;
  for (auto s = sources.rbegin(); s != sources.rend();) {
    const std::size_t turn = s->turn;
    Ref covered = no_leaf, said = no_leaf;
    for (; s != sources.rend() && s->turn == turn; ++s) {
      const Ref covers = program(s->scope);
      covered = store_->join(Join::either, covered, covers);
      said = store_->join(Join::either, said, store_->join(Join::both, covers, says(*s)));
    }
    r = store_->choose(covered, said, r);
  }
  return r;
}

std::vector<Values> Compiled::box(const std::vector<Values>& possible) const {
  std::vector<Values> out(level_.size());
  for (std::size_t i = 0; i < level_.size(); ++i) {
    if (i < possible.size())
      out[level_[i]] = possible[i];
    else
      out[level_[i]].set(0).set(1);
  }
  return out;
}

// --- regimes ---

Ref Compiled::defeated(const RuleUse& u, tree::Part part, std::size_t effect, const RegimeDiagrams& r,
                       const Defeat* except) {
  Ref any = no_leaf;
  for (const auto& [d, other] : u.defeats)
    if (d != except && d->part == part && (part == tree::Part::whole || d->effect == effect))
      any = store_->join(Join::either, any, r.active[other]);
  return any;
}

/// How strict a need is by its state.
Ref Compiled::need(VarId v) {
  std::vector<Ref> to(need_state_count, leaf(Finding::authorisation_required));
  to[granted_state] = leaf(Finding::permitted);
  to[refused_state] = leaf(Finding::prohibited);
  return store_->make(level(v), to);
}

/// The act that decides the need grants it and adds provisos.
Ref Compiled::granted_with_provisos(VarId v) {
  if (!v.valid() || space_.sources(v).empty()) return no_leaf;
  const Ref adds = by_turns(v, no_leaf, [](const Space::Source& s) {
    return s.value == granted_state && !s.instrument->instrument->provisos.empty() ? yes_leaf : no_leaf;
  });
  return store_->join(Join::both, adds, store_->is(level(v), value(granted_state)));
}

/// A final act that was granted shows the inner step, of which nothing is recorded.
Ref Compiled::implied(const RuleUse& u, std::size_t k) {
  const Rule& rule = space_.law()[u.rule];
  Ref any = no_leaf;
  for (std::size_t outer = 0; outer < rule.needs.size(); ++outer) {
    const auto& inner = rule.needs[outer].implies;
    if (std::find(inner.begin(), inner.end(), rule.needs[k].need) == inner.end()) continue;
    any = store_->join(Join::either, any,
                       store_->join(Join::both, store_->is(level(u.needs[outer]), value(granted_state)),
                                    store_->is(level(u.needs[k]), value(0))));
  }
  return any;
}

/// The strictest of a rule's needs and provisos that stand.
Ref Compiled::weigh(const RuleUse& u, const RegimeDiagrams& r, bool in_regime) {
  const Rule& rule = space_.law()[u.rule];
  const Ref nothing = leaf(Finding::permitted);
  Ref s = nothing;
  for (std::size_t k = 0; k < u.needs.size(); ++k) {
    Ref gone = in_regime ? defeated(u, tree::Part::need, k, r) : no_leaf;
    gone = store_->join(Join::either, gone, implied(u, k));
    s = store_->join(Join::either, s, store_->choose(gone, nothing, need(u.needs[k])));
  }
  for (std::size_t k = 0; k < rule.binds.size(); ++k) {
    const Ref gone = in_regime ? defeated(u, tree::Part::proviso, k, r) : no_leaf;
    s = store_->join(Join::either, s, store_->choose(gone, nothing, leaf(Finding::permitted_with_provisos)));
  }
  return s;
}

Ref Compiled::binds(const ProvisoUse& p) {
  Ref out = is_true(p.carried);
  if (p.rule.present.by.valid()) out = store_->join(Join::both, out, is_true(p.rule.present.by));
  return p.lapses.valid() ? store_->join(Join::both, out, store_->negate(program(p.lapses))) : out;
}

RegimeDiagrams Compiled::regime(const RegimeUse& use) {
  RegimeDiagrams r;
  const Law& law = space_.law();
  const auto both = [&](Ref a, Ref b) { return store_->join(Join::both, a, b); };
  if (!use.present.possible) return r;
  at_rule_ = law[use.regime].name;
  const Ref in_force = !use.in_force.possible    ? no_leaf
                       : use.in_force.by.valid() ? is_true(use.in_force.by)
                                                 : yes_leaf;
  const Ref home = use.leaves_home.valid() ? program(use.leaves_home) : no_leaf;
  r.main = both(in_force, program(use.governs));
  Ref carried = no_leaf;
  for (const ProvisoUse& p : use.provisos) carried = store_->join(Join::either, carried, binds(p));
  r.later = both(store_->negate(r.main), both(store_->negate(home), carried));
  const Ref group = both(r.later, in_force);  // provisos outlive their regime, its rules do not
  for (const RuleUse& u : use.rules) {
    at_rule_ = law[u.rule].name;
    const Ref gate = law[u.rule].group == "later_transfers" ? group : r.main;
    Ref active = both(gate, program(u.when));
    r.condition.push_back(active);
    if (u.present.by.valid()) active = both(active, is_true(u.present.by));
    r.active.push_back(both(active, store_->negate(defeated(u, tree::Part::whole, 0, r))));
  }
  for (const ProvisoUse& p : use.provisos) {
    at_rule_ = law[p.rule.rule].name;
    const Ref active = both(both(r.later, binds(p)), program(p.rule.when));
    r.condition.push_back(active);
    r.active.push_back(active);
  }
  return r;
}

/// What the active prohibitions, the active requirements and the base ask; the finding is the strictest of
/// it.
std::vector<Compiled::Asks> Compiled::asked_by_rules(const RegimeUse& use, const RegimeDiagrams& r) {
  const Law& law = space_.law();
  const auto join = [&](Join op, Ref a, Ref b) { return store_->join(op, a, b); };
  const Ref with_provisos = leaf(Finding::permitted_with_provisos);
  std::vector<Asks> out{{leaf(Finding::permitted), {}}};
  RuleId by;
  const auto at_least = [&](Ref when, Ref finding) { out.push_back({join(Join::guard, when, finding), by}); };
  const auto bar = [&](const RuleUse& u, Ref active, Ref gone) {
    Ref bars = join(Join::both, active, store_->negate(gone));
    at_least(join(Join::both, bars, granted_with_provisos(u.lifted_by)), with_provisos);
    if (u.lifted_by.valid())
      bars = join(Join::both, bars, store_->negate(store_->is(level(u.lifted_by), value(granted_state))));
    at_least(bars, leaf(Finding::prohibited));
  };
  const Ref otherwise = [&] {
    if (!law[use.regime].otherwise_prohibited) return leaf(Finding::permitted);
    if (!use.otherwise_lifted_by.valid()) return leaf(Finding::prohibited);
    return store_->choose(store_->is(level(use.otherwise_lifted_by), value(granted_state)),
                          leaf(Finding::permitted), leaf(Finding::prohibited));
  }();
  const auto none = Ref::leaf(static_cast<std::uint32_t>(finding_count));  // above every finding
  Ref base = none;
  for (std::size_t i = 0; i < use.rules.size(); ++i) {
    const RuleUse& u = use.rules[i];
    const Rule& rule = law[u.rule];
    by = u.rule;
    at_rule_ = rule.name;
    if (rule.prohibits) bar(u, r.active[i], defeated(u, tree::Part::prohibition, 0, r));
    if (rule.permits) {
      const Ref open =
          join(Join::both, r.active[i], store_->negate(defeated(u, tree::Part::permission, 0, r)));
      base = join(Join::both, base, store_->choose(open, weigh(u, r, true), none));
    } else if (!rule.needs.empty() || !rule.binds.empty()) {
      at_least(r.active[i], weigh(u, r, true));
    }
    for (const VarId n : u.needs)
      at_least(join(Join::both, r.active[i], granted_with_provisos(n)), with_provisos);
  }
  for (std::size_t i = 0; i < use.provisos.size(); ++i) {
    const ProvisoUse& p = use.provisos[i];
    const Ref active = r.active[use.rules.size() + i];
    by = p.rule.rule;
    if (law[p.rule.rule].prohibits) bar(p.rule, active, no_leaf);
    at_least(active, weigh(p.rule, r, false));
    for (const VarId n : p.rule.needs)
      at_least(join(Join::both, active, granted_with_provisos(n)), with_provisos);
  }
  by = {};
  at_rule_ = law[use.regime].name;
  const Ref no_route = store_->where(base, static_cast<std::uint32_t>(finding_count));
  at_least(r.main, store_->choose(no_route, otherwise, join(Join::guard, store_->negate(no_route), base)));
  if (law[use.regime].otherwise_prohibited)
    at_least(
        join(Join::both, join(Join::both, r.main, no_route), granted_with_provisos(use.otherwise_lifted_by)),
        with_provisos);
  return out;
}

/// The strictest of what the rules ask: in pairs, then pairs of pairs, so that no diagram of many rules is
/// made again for each rule that follows.
Ref Compiled::strictest(std::vector<Asks> asks) {
  while (asks.size() > 1) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < asks.size(); i += 2) {
      Asks both = asks[i];
      if (i + 1 < asks.size()) {
        both.rule = asks[i + 1].rule;
        if (both.rule.valid()) at_rule_ = space_.law()[both.rule].name;
        both.finding = store_->join(Join::either, both.finding, asks[i + 1].finding);
      }
      asks[kept++] = both;
    }
    asks.resize(kept);
  }
  return asks.empty() ? leaf(Finding::permitted) : asks.front().finding;
}

/// The findings of a regime in all views. What every view asks is joined once.
void Compiled::findings(std::size_t regime) {
  const std::size_t views = regimes_.size();
  std::vector<std::vector<Asks>> asks;
  std::map<Ref, std::size_t> asked;  // in how many views
  asks.reserve(views);
  for (std::size_t v = 0; v < views; ++v) {
    const RegimeUse& use = space_.standings()[v].regimes[regime];
    asks.push_back(use.present.possible ? asked_by_rules(use, regimes_[v][regime]) : std::vector<Asks>());
    std::set<Ref> once;
    for (const Asks& a : asks[v])
      if (once.insert(a.finding).second) ++asked[a.finding];
  }
  std::vector<Asks> shared;
  for (const Asks& a : asks.front())
    if (asked[a.finding] == views) shared.push_back(a);
  const Ref by_all = strictest(shared);
  for (std::size_t v = 0; v < views; ++v) {
    const RegimeUse& use = space_.standings()[v].regimes[regime];
    if (!use.present.possible) continue;
    RegimeDiagrams& r = regimes_[v][regime];
    std::erase_if(asks[v], [&](const Asks& a) { return asked[a.finding] == views; });
    const Ref strict = store_->join(Join::either, by_all, strictest(std::move(asks[v])));
    at_rule_ = space_.law()[use.regime].name;
    r.unread = store_->join(Join::guard, store_->join(Join::either, r.main, r.later), strict);
    // Only what the constraints let be found can make it better; but without a finding nothing is decided.
    const Ref best = best_readings(r.unread, judged_, Join::both, v);
    const Ref worst = store_->read_judged(r.unread, judged_, Join::either);
    const Ref some = store_->read_judged(findable_[v], judged_, Join::either);  // else there is no such case
    r.finding = store_->join(Join::guard, some, store_->join(Join::read_both_ways, best, worst));
  }
}

/// How many needs of a route stand open.
Ref Compiled::open_needs(const RuleUse& u, const RegimeDiagrams& r) {
  Ref sum = Ref::leaf(0);
  for (std::size_t k = 0; k < u.needs.size(); ++k) {
    const Ref gone = store_->join(Join::either, defeated(u, tree::Part::need, k, r), implied(u, k));
    const Ref met = store_->join(Join::either, gone, store_->is(level(u.needs[k]), value(granted_state)));
    sum = store_->join(Join::sum, sum, store_->negate(met));
  }
  return sum;
}

/// Which parts of the rules are part of the answer: those of the route used and of the other active rules.
void Compiled::used_parts(const RegimeUse& use, RegimeDiagrams& r) {
  const Law& law = space_.law();
  // The route used: the least strict, then the one with the fewest open needs, then the first.
  const auto routes = static_cast<std::uint32_t>(use.rules.size());
  std::uint32_t need_counts = 1;  // of how many needs a rule may have open: none, one, and so on
  for (const RuleUse& u : use.rules)
    need_counts = std::max(need_counts, static_cast<std::uint32_t>(u.needs.size()) + 1);
  const Ref none = Ref::leaf(static_cast<std::uint32_t>(finding_count) * need_counts * (routes + 1));
  Ref best = none;
  std::vector<std::uint32_t> key(finding_count + 1), place;
  for (std::uint32_t i = 0; i < routes; ++i) {
    const RuleUse& u = use.rules[i];
    if (!law[u.rule].permits) continue;
    at_rule_ = law[u.rule].name;
    const Ref open =
        store_->join(Join::both, r.active[i], store_->negate(defeated(u, tree::Part::permission, 0, r)));
    for (std::uint32_t f = 0; f <= finding_count; ++f) key[f] = f * need_counts * (routes + 1) + i;
    std::vector<std::uint32_t> count(need_counts);
    for (std::uint32_t c = 0; c < need_counts; ++c) count[c] = c * (routes + 1);
    const Ref cost =
        store_->join(Join::sum, store_->map(weigh(u, r, true), key), store_->map(open_needs(u, r), count));
    best = store_->join(Join::both, best, store_->choose(open, cost, none));
  }
  place.resize(none.value() + 1);
  for (std::uint32_t c = 0; c < none.value(); ++c) place[c] = 1 + c % (routes + 1);
  place[none.value()] = 0;
  r.route = store_->map(best, place);
  for (std::uint32_t i = 0; i < routes; ++i) {
    const RuleUse& u = use.rules[i];
    at_rule_ = law[u.rule].name;
    parts_of(u, law[u.rule].permits ? store_->where(r.route, i + 1) : r.active[i], true, r);
  }
  for (std::size_t i = 0; i < use.provisos.size(); ++i)
    parts_of(use.provisos[i].rule, r.active[routes + i], false, r);
}

void Compiled::parts_of(const RuleUse& u, Ref used, bool in_regime, RegimeDiagrams& r) {
  const Rule& rule = space_.law()[u.rule];
  std::vector<RulePart> parts;
  const auto add = [&](tree::Part part, std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) {
      const Ref gone = in_regime ? defeated(u, part, k, r) : no_leaf;
      parts.push_back({part, k, store_->join(Join::both, used, store_->negate(gone))});
    }
  };
  add(tree::Part::need, rule.needs.size());
  add(tree::Part::proviso, rule.binds.size());
  add(tree::Part::obligation, rule.owes.size());
  for (std::size_t k = 0; k < rule.waits.size(); ++k) parts.push_back({tree::Part::whole, k, used});
  r.parts.push_back(std::move(parts));
}

Ref Compiled::joint(std::size_t view) {
  Ref strictest = leaf(Finding::not_engaged);
  for (const RegimeDiagrams& r : regimes_[view]) strictest = store_->join(Join::either, strictest, r.finding);
  return strictest;
}

Compiled::Compiled(const Space& space, Relations relations, const VariableOrder& order, Diagnostics& diags,
                   std::size_t node_limit, Extent extent, const std::vector<Values>& asked)
    : space_(space), how_(relations), extent_(extent) {
  gather_relations();
  declare(order, asked);
  mark_holdings();
  store_->limit(node_limit);
  try {
    care_set();
    instruments();
    for (const Standing& s : space_.standings()) {
      std::vector<RegimeDiagrams> all;
      for (const RegimeUse& use : s.regimes) all.push_back(regime(use));
      regimes_.push_back(std::move(all));
    }
    if (extent_ == Extent::activity) return;
    for (std::size_t g = 0; g < regimes_.front().size(); ++g) findings(g);
    if (extent_ != Extent::whole_answer) return;
    for (std::size_t v = 0; v < regimes_.size(); ++v)
      for (std::size_t g = 0; g < regimes_[v].size(); ++g)
        if (const RegimeUse& use = space_.standings()[v].regimes[g]; use.present.possible)
          used_parts(use, regimes_[v][g]);
  } catch (const TooManyNodes&) {
    gave_up(
        diags, node_limit, "",
        asked.empty() ? "allow more with `--nodes`" : "give more of the facts, allow more with `--nodes`");
  } catch (const std::bad_alloc&) {
    gave_up(diags, store_->nodes(), "there is no more memory; ", "give the program more memory");
  }
}

void Compiled::gave_up(Diagnostics& diags, std::size_t nodes, std::string_view why, std::string_view cure) {
  diags.emit(code::too_many_nodes, TextSpan{}, nodes)
      .note(fmt::format("{}it happened in {}", why, at_rule_.empty() ? "the constraints" : at_rule_))
      .fix(fmt::format("{}, keep an order that `law order --find` finds, or let fewer facts be told apart",
                       cure));
  ok_ = false;
}

}  // namespace sekisho
