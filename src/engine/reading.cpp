#include "engine/reading.h"

#include <algorithm>
#include <utility>

namespace sekisho {
namespace {

Truth both(Truth a, Truth b) {
  return std::min(a, b);
}
Truth either(Truth a, Truth b) {
  return std::max(a, b);
}
bool may(Truth t) {
  return t != Truth::no;
}

std::size_t only(const Values& v) {
  return v._Find_first();
}

void add(std::vector<VarId>& to, const std::vector<VarId>& from) {
  for (const VarId v : from)
    if (std::find(to.begin(), to.end(), v) == to.end()) to.push_back(v);
}

}  // namespace

State Reader::start() const {
  State s;
  for (const Variable& v : space_.variables()) s.possible.push_back(v.known);
  s.free.assign(s.possible.size(), false);
  return s;
}

// --- variables ---

Values Reader::possible(VarId v, const State& state) {
  const Variable& var = space_[v];
  Values left = state.possible[v.index];
  if (var.kind != VarKind::need && var.kind != VarKind::judged) return left;
  for (const auto& [read_var, yes] : state.reading)
    if (read_var == v) {
      left.reset();
      return left.set(yes ? 1 : 0);
    }
  if (state.free[v.index]) return left;
  Values said;
  bool sure = false;
  std::size_t turn = 0;
  for (const Space::Source& s : space_.sources(v)) {
    if (sure && s.turn != turn) break;  // an earlier turn has decided
    turn = s.turn;
    const Truth covers = read(s.scope, state);
    if (covers == Truth::no) continue;
    said.set(s.value);
    sure = sure || covers == Truth::yes;
  }
  if (!sure) said |= space_.silent(v);
  return left & said;
}

void Reader::settle(VarId v, const State& state) {
  const Variable& var = space_[v];
  if (var.kind == VarKind::judged) {
    const Values p = possible(v, state);
    if (p.count() == 1 && p.test(judged_none)) {
      pending_.push_back(v);
      return;
    }
  }
  undecided_.push_back(v);
}

Truth Reader::binary(VarId v, const State& state) {
  const Values p = possible(v, state);
  if (p.none()) return Truth::no;
  if (p.count() == 1 && only(p) < 2) return truth(only(p) == 1);
  settle(v, state);
  return Truth::unknown;
}

// --- expressions ---

Truth Reader::literal(const Node& n, const State& state) {
  const Values p = possible(n.var, state);
  if (space_[n.var].kind == VarKind::judged && p.test(judged_none)) {
    settle(n.var, state);
    return Truth::unknown;
  }
  bool may_hold = (p & n.yes).any();
  bool may_fail = (p & ~n.yes).any();
  if (may_fail && !n.conditional.empty()) {
    Values rest = p & ~n.yes;
    may_fail = false;
    for (const Conditional& c : n.conditional) {
      if (!rest.test(c.value)) continue;
      rest.reset(c.value);
      const Truth t = p.count() == 1 ? binary(c.on, state) : [&] {
        const Values on = state.possible[c.on.index];
        return on.count() == 1 ? truth(only(on) == 1) : Truth::unknown;
      }();
      if (t == Truth::unknown && p.count() == 1) return t;
      may_hold = may_hold || t != Truth::no;
      may_fail = may_fail || t != Truth::yes;
    }
    may_fail = may_fail || rest.any();
  }
  if (may_hold && may_fail) {
    settle(n.var, state);
    return Truth::unknown;
  }
  return truth(may_hold);
}

Truth Reader::relation(const Node& n, const State& state) {
  const Values a = possible(n.var, state), b = possible(n.other, state);
  std::size_t holding = 0;
  for (const auto& [i, j] : n.equal) holding += a.test(i) && b.test(j);
  if (holding == 0) return Truth::no;
  if (holding == a.count() * b.count()) return Truth::yes;
  if (a.count() > 1) settle(n.var, state);
  if (b.count() > 1) settle(n.other, state);
  return Truth::unknown;
}

Truth Reader::quantifier(const Node& n, const State& state) {
  const bool some = n.op == ExprOp::some;
  Truth all = truth(!some);
  for (std::size_t i = 0; i < n.members.size(); ++i) {
    const Truth in = binary(n.members[i], state);
    if (in == Truth::no) continue;
    const Truth body = read(n.bodies[i], state);
    all = some ? either(all, both(in, body)) : both(all, either(!in, body));
    if (all == truth(some)) break;
  }
  return all;
}

Truth Reader::read(ProgramId id, const State& state) {
  if (!id.valid()) return Truth::yes;
  ++steps_;
  std::vector<Truth> open;
  const std::size_t undecided_before = undecided_.size(), pending_before = pending_.size();
  for (const Node& n : space_[id]) {
    Truth t = Truth::unknown;
    const auto last = open.end() - n.arity;
    switch (n.op) {
      case ExprOp::negation: t = !open.back(); break;
      case ExprOp::all: t = n.arity == 0 ? Truth::yes : *std::min_element(last, open.end()); break;
      case ExprOp::any: t = *std::max_element(last, open.end()); break;
      case ExprOp::implies: t = either(!*last, open.back()); break;
      case ExprOp::either: {
        const Truth first = *last, second = open.back();
        if (first == second)
          t = first;
        else if (const Truth h = binary(n.var, state); h != Truth::unknown)
          t = h == Truth::yes ? first : second;
        break;
      }
      case ExprOp::definition: t = read(n.bodies.front(), state); break;
      case ExprOp::some:
      case ExprOp::every: t = quantifier(n, state); break;
      case ExprOp::empty: {
        t = Truth::yes;
        for (const VarId m : n.members) t = both(t, !binary(m, state));
        break;
      }
      case ExprOp::yes: t = binary(n.var, state); break;
      case ExprOp::same: t = relation(n, state); break;
      default: t = literal(n, state); break;
    }
    open.resize(open.size() - n.arity);
    open.push_back(t);
  }
  if (open.back() != Truth::unknown) {  // what it read can no longer matter
    undecided_.resize(undecided_before);
    pending_.resize(pending_before);
  }
  return open.back();
}

Truth Reader::constraints(const State& state) {
  Truth t = Truth::yes;
  for (const ProgramId p : space_.constraints()) {
    t = both(t, read(p, state));
    if (t == Truth::no) break;
  }
  return t;
}

bool Reader::readable(const State& state) {
  ask_nothing();
  const Truth t = constraints(state);
  if (t != Truth::unknown || pending_.empty()) return t != Truth::no;
  const VarId judged = pending_.front();
  for (const bool yes : {false, true}) {
    State read = state;
    read.reading.emplace_back(judged, yes);
    if (readable(read)) return true;
  }
  return false;
}

// --- rules ---

Truth Reader::effect_defeated(const RuleUse& u, tree::Part part, std::size_t effect, const RegimeReading& r) {
  Truth t = Truth::no;
  for (const auto& [d, other] : u.defeats)
    if (d->part == part && (part == tree::Part::whole || d->effect == effect)) t = either(t, r.active[other]);
  return t;
}

Truth Reader::rule_active(const RegimeUse& regime, std::size_t i, const RegimeReading& r, const State& state,
                          Truth gate) {
  const RuleUse& u = regime.rules[i];
  Truth t = both(gate, r.condition[i]);
  if (t == Truth::no) return t;
  if (u.present.by.valid()) t = both(t, binary(u.present.by, state));
  return both(t, !effect_defeated(u, tree::Part::whole, 0, r));
}

Reader::Strictness Reader::need_strictness(VarId need, const State& state) {
  const Values p = possible(need, state);
  const bool can_meet = p.test(granted_state), can_refuse = p.test(refused_state);
  Values open = p;
  open.reset(granted_state).reset(refused_state);
  Strictness s{Finding::authorisation_required, Finding::authorisation_required};
  if (can_meet)
    s.low = Finding::permitted;
  else if (open.none())
    s.low = Finding::prohibited;
  if (can_refuse)
    s.high = Finding::prohibited;
  else if (open.none())
    s.high = Finding::permitted;
  if (s.low != s.high) undecided_.push_back(need);
  return s;
}

/// Whether the act that decides the need grants it and adds provisos.
Truth Reader::granted_with_provisos(VarId need, const State& state) {
  const Values p = possible(need, state);
  if (!p.test(granted_state)) return Truth::no;
  Truth adds = Truth::no;
  bool sure = false, only_adding = true;
  std::size_t turn = 0;
  for (const Space::Source& s : space_.sources(need)) {
    if (sure && s.turn != turn) break;
    turn = s.turn;
    const Truth covers = read(s.scope, state);
    if (covers == Truth::no) continue;
    sure = sure || covers == Truth::yes;
    if (s.value == granted_state && !s.instrument->instrument->provisos.empty())
      adds = std::max(adds, covers);
    else
      only_adding = false;
  }
  if (adds == Truth::yes && only_adding && sure && p.count() == 1) return Truth::yes;
  if (adds == Truth::no) return Truth::no;
  undecided_.push_back(need);
  for (const Space::Source& s : space_.sources(need)) read(s.scope, state);
  return p.count() == 1 && adds == Truth::yes ? Truth::yes : Truth::unknown;
}

bool Reader::implied(const RuleUse& u, std::size_t need, const State& state) {
  const Rule& rule = space_.law()[u.rule];
  for (std::size_t k = 0; k < rule.needs.size(); ++k) {
    const auto& inner = rule.needs[k].implies;
    if (std::find(inner.begin(), inner.end(), rule.needs[need].need) == inner.end()) continue;
    const Values outer = possible(u.needs[k], state);
    const Values own = possible(u.needs[need], state);
    if (outer.count() == 1 && outer.test(granted_state) && own.count() == 1 && own.test(0)) return true;
  }
  return false;
}

/// The proviso lies on the lot, there is a text of it to read, and it has not lapsed.
Truth Reader::binds(const ProvisoUse& p, const State& state) {
  Truth t = binary(p.carried, state);
  if (may(t) && p.rule.present.by.valid()) t = both(t, binary(p.rule.present.by, state));
  if (may(t) && p.lapses.valid()) t = both(t, !read(p.lapses, state));
  return t;
}

// --- what a regime says ---

/// Reads one regime, a step at a time: bounds on its finding, and what they rest on so far.
class Reader::Weighing {
 public:
  Weighing(Reader& reader, const RegimeUse& regime, const State& state)
      : reader_(reader), regime_(regime), state_(state), law_(reader.space_.law()) {}

  bool engaged();
  void find_active();
  void weigh_rules();
  void weigh_provisos();
  void weigh_base();
  void weigh_granting_acts();
  void close();

  bool barred() const { return barred_; }
  void close_barred();
  RegimeReading take() { return std::move(r_); }

 private:
  Strictness strictness(const RuleUse& u, bool in_regime);
  Strictness otherwise();
  void weigh_rule(std::size_t i);
  void prohibition(const RuleUse& u, Truth active, Truth defeated);
  void route(Truth open, const Strictness& s);
  void requirement(const Rule& rule, Truth active, const Strictness& s);
  void granting_act(Truth when, VarId need);
  Truth proviso_active(const ProvisoUse& p);
  void note(Truth t, const Strictness& s) {
    if (t == Truth::yes) low_ = std::max(low_, s.low);
    if (may(t)) high_ = std::max(high_, s.high);
  }
  /// By the regime's own rules or by a proviso on the lot.
  bool surely_engaged() const { return r_.main == Truth::yes || r_.later == Truth::yes; }

  Reader& reader_;
  const RegimeUse& regime_;
  const State& state_;
  const Law& law_;
  RegimeReading r_;
  Finding low_ = Finding::permitted, high_ = Finding::permitted;  // of all but the routes and added provisos
  Finding route_low_ = Finding::prohibited, route_high_ = Finding::prohibited;  // of the least strict route
  bool route_sure_ = false, route_may_ = false;                                 // that a route is open
  bool binds_sure_ = false, binds_may_ = false;  // that provisos come with a permission
  bool barred_ = false;                          // by a prohibition that surely applies
};

bool Reader::Weighing::engaged() {
  const Truth in_force = !regime_.in_force.possible    ? Truth::no
                         : regime_.in_force.by.valid() ? reader_.binary(regime_.in_force.by, state_)
                                                       : Truth::yes;
  r_.main = both(in_force, reader_.read(regime_.governs, state_));
  Truth carried = Truth::no;
  const Truth home = regime_.leaves_home.valid() ? reader_.read(regime_.leaves_home, state_) : Truth::no;
  if (r_.main != Truth::yes && home != Truth::yes)
    for (const ProvisoUse& p : regime_.provisos) carried = either(carried, reader_.binds(p, state_));
  r_.later = both(both(!r_.main, !home), carried);
  r_.group = both(r_.later, in_force);
  if (may(r_.main) || may(r_.later)) return true;
  reader_.ask_nothing();
  return false;
}

void Reader::Weighing::find_active() {
  for (std::size_t i = 0; i < regime_.rules.size(); ++i) {
    const RuleUse& u = regime_.rules[i];
    const bool later_group = law_[u.rule].group == "later_transfers";
    const Truth gate = later_group ? r_.group : r_.main;
    r_.condition.push_back(may(gate) ? reader_.read(u.when, state_) : Truth::no);
    r_.active.push_back(Truth::no);
    r_.active[i] = reader_.rule_active(regime_, i, r_, state_, gate);
  }
  r_.activity = reader_.undecided_;
}

// --- effects of what is active ---

/// Of the needs and provisos of one active rule.
Reader::Strictness Reader::Weighing::strictness(const RuleUse& u, bool in_regime) {
  Strictness s{Finding::permitted, Finding::permitted};
  const Rule& rule = law_[u.rule];
  for (std::size_t k = 0; k < u.needs.size(); ++k) {
    const Truth gone = in_regime ? reader_.effect_defeated(u, tree::Part::need, k, r_) : Truth::no;
    if (gone == Truth::yes || reader_.implied(u, k, state_)) continue;
    const Strictness n = reader_.need_strictness(u.needs[k], state_);
    if (gone == Truth::no) s.low = std::max(s.low, n.low);
    s.high = std::max(s.high, n.high);
  }
  for (std::size_t k = 0; k < rule.binds.size(); ++k) {
    const Truth gone = in_regime ? reader_.effect_defeated(u, tree::Part::proviso, k, r_) : Truth::no;
    if (gone == Truth::yes) continue;
    const Finding with = Finding::permitted_with_provisos;
    if (gone == Truth::no) s.low = std::max(s.low, with);
    s.high = std::max(s.high, with);
  }
  return s;
}

/// Provisos that the act which decides a need brings.
void Reader::Weighing::granting_act(Truth when, VarId need) {
  if (!may(when) || !need.valid() || reader_.space_.sources(need).empty()) return;
  const Truth with = both(when, reader_.granted_with_provisos(need, state_));
  binds_may_ = binds_may_ || may(with);
  binds_sure_ = binds_sure_ || with == Truth::yes;
}

void Reader::Weighing::prohibition(const RuleUse& u, Truth active, Truth defeated) {
  Truth bars = both(active, !defeated);
  granting_act(bars, u.lifted_by);
  if (u.lifted_by.valid() && may(bars)) {
    const Values p = reader_.possible(u.lifted_by, state_);
    if (p.count() == 1)
      bars = p.test(granted_state) ? Truth::no : bars;
    else if (p.test(granted_state)) {
      reader_.undecided_.push_back(u.lifted_by);
      bars = both(bars, Truth::unknown);
    }
  }
  note(bars, {Finding::prohibited, Finding::prohibited});
  barred_ = barred_ || bars == Truth::yes;
}

void Reader::Weighing::route(Truth open, const Strictness& s) {
  route_may_ = true;
  route_low_ = std::min(route_low_, s.low);
  if (open != Truth::yes) return;
  route_high_ = route_sure_ ? std::min(route_high_, s.high) : s.high;
  route_sure_ = true;
}

/// Provisos of a requirement turn a permission into one with provisos, no more.
void Reader::Weighing::requirement(const Rule& rule, Truth active, const Strictness& s) {
  if (active == Truth::yes) {
    if (s.low == Finding::permitted_with_provisos)
      binds_sure_ = true;
    else
      low_ = std::max(low_, s.low);
  }
  if (s.high >= Finding::permitted_with_provisos) binds_may_ = true;
  if (s.high > Finding::permitted_with_provisos) high_ = std::max(high_, s.high);
  if (s.low > Finding::permitted_with_provisos && !rule.binds.empty())
    binds_sure_ = binds_sure_ || active == Truth::yes;
}

void Reader::Weighing::weigh_rule(std::size_t i) {
  const RuleUse& u = regime_.rules[i];
  const Rule& rule = law_[u.rule];
  const Truth active = r_.active[i];
  if (!may(active)) return;
  if (rule.prohibits) prohibition(u, active, reader_.effect_defeated(u, tree::Part::prohibition, 0, r_));
  if (rule.permits) {
    const Truth open = both(active, !reader_.effect_defeated(u, tree::Part::permission, 0, r_));
    if (may(open)) route(open, strictness(u, true));
  } else if (!rule.needs.empty() || !rule.binds.empty()) {
    requirement(rule, active, strictness(u, true));
  }
}

void Reader::Weighing::weigh_rules() {
  for (std::size_t i = 0; i < regime_.rules.size() && !barred_; ++i) weigh_rule(i);
}

Truth Reader::Weighing::proviso_active(const ProvisoUse& p) {
  if (!may(r_.later)) return Truth::no;
  const Truth active = both(r_.later, reader_.binds(p, state_));
  return may(active) ? both(active, reader_.read(p.rule.when, state_)) : active;
}

void Reader::Weighing::weigh_provisos() {
  for (const ProvisoUse& p : regime_.provisos) {
    const Truth active = proviso_active(p);
    r_.condition.push_back(active);
    r_.active.push_back(active);
    if (!may(active) || barred_) continue;
    if (law_[p.rule.rule].prohibits) prohibition(p.rule, active, Truth::no);
    note(active, strictness(p.rule, false));
    for (const VarId n : p.rule.needs) granting_act(active, n);
  }
}

// --- the finding ---

/// What the regime says where no route is open.
Reader::Strictness Reader::Weighing::otherwise() {
  const Finding said = law_[regime_.regime].otherwise_prohibited ? Finding::prohibited : Finding::permitted;
  Strictness s{said, said};
  if (regime_.otherwise_lifted_by.valid() && said == Finding::prohibited && !route_sure_) {
    const Values p = reader_.possible(regime_.otherwise_lifted_by, state_);
    if (p.test(granted_state)) s.low = Finding::permitted;
    if (p.count() == 1 && p.test(granted_state)) s.high = Finding::permitted;
    if (s.low != s.high) reader_.undecided_.push_back(regime_.otherwise_lifted_by);
  }
  return s;
}

/// The base: the least strict route that is open, or the default where none is.
void Reader::Weighing::weigh_base() {
  if (!may(r_.main)) return;
  const Strictness none_open = otherwise();
  Strictness base = none_open;
  if (route_sure_)
    base = {route_low_, route_high_};
  else if (route_may_)
    base = {std::min(route_low_, none_open.low), std::max(none_open.high, route_high_)};
  note(r_.main, base);
}

/// Acts that granted a need of the regime's rules, or lifted what it says otherwise.
void Reader::Weighing::weigh_granting_acts() {
  for (std::size_t i = 0; i < regime_.rules.size(); ++i)
    for (const VarId n : regime_.rules[i].needs) granting_act(r_.active[i], n);
  if (!law_[regime_.regime].otherwise_prohibited) return;
  const Truth none_open = route_sure_ ? Truth::no : route_may_ ? Truth::unknown : Truth::yes;
  granting_act(both(r_.main, none_open), regime_.otherwise_lifted_by);
}

void Reader::Weighing::close() {
  if (binds_sure_) low_ = std::max(low_, Finding::permitted_with_provisos);
  if (binds_may_) high_ = std::max(high_, Finding::permitted_with_provisos);
  if (!surely_engaged()) low_ = Finding::not_engaged;
  r_.low = low_;
  r_.high = std::max(low_, high_);
  if (r_.low == r_.high && r_.low == Finding::prohibited) reader_.ask_nothing();
  r_.undecided = reader_.undecided_;
  add(r_.pending, reader_.pending_);
  r_.settled = r_.undecided.empty();
}

/// Nothing else matters where a prohibition surely applies.
void Reader::Weighing::close_barred() {
  r_.low = r_.high = Finding::prohibited;
  if (surely_engaged()) {
    reader_.ask_nothing();
  } else {
    r_.low = Finding::not_engaged;
    r_.settled = false;
  }
  r_.undecided = reader_.undecided_;
  r_.pending = reader_.pending_;
}

RegimeReading Reader::read(const RegimeUse& regime, const State& state) {
  ask_nothing();
  if (!regime.present.possible) return {};
  Weighing w(*this, regime, state);
  if (!w.engaged()) return w.take();
  w.find_active();  // of every rule, before any effect: what is undecided keeps that order
  w.weigh_rules();
  w.weigh_provisos();
  if (w.barred()) {
    w.close_barred();
  } else {
    w.weigh_base();
    w.weigh_granting_acts();
    w.close();
  }
  return w.take();
}

// --- outcomes ---

OpenNeed Reader::open_need(VarId need, RuleId rule, const State& state) {
  OpenNeed n;
  n.need = need;
  n.rule = rule;
  const Values p = possible(need, state);
  n.state_known = p.count() == 1;
  n.state = n.state_known ? static_cast<NeedState>(only(p)) : NeedState::none;
  n.met = n.state_known && n.state == NeedState::granted;
  n.refused = n.state_known && n.state == NeedState::refused;
  return n;
}

void Reader::add_needs(const RuleUse& u, const RegimeReading& r, const State& state, RegimeOutcome& out,
                       bool proviso) {
  const Rule& rule = space_.law()[u.rule];
  for (std::size_t k = 0; k < u.needs.size(); ++k) {
    if (!proviso && effect_defeated(u, tree::Part::need, k, r) == Truth::yes) continue;
    OpenNeed n = open_need(u.needs[k], u.rule, state);
    n.posture = rule.needs[k].posture;
    if (!n.met && implied(u, k, state)) n.met = n.implied = true;
    const auto known =
        std::find_if(out.needs.begin(), out.needs.end(), [&](const OpenNeed& o) { return o.need == n.need; });
    if (known == out.needs.end())
      out.needs.push_back(n);
    else if (known->implied && !n.implied)
      *known = n;  // a final act shows it to the rule that needs both, not to another
  }
  for (std::size_t k = 0; k < rule.binds.size(); ++k)
    if (proviso || effect_defeated(u, tree::Part::proviso, k, r) != Truth::yes)
      out.provisos.push_back({u.rule, k});
  for (std::size_t k = 0; k < rule.owes.size(); ++k)
    if (proviso || effect_defeated(u, tree::Part::obligation, k, r) != Truth::yes)
      out.duties.emplace_back(u.rule, k);
  for (std::size_t k = 0; k < rule.waits.size(); ++k) out.waits.emplace_back(u.rule, k);
}

RegimeOutcome Reader::settled_outcome(const RegimeUse& regime, const RegimeReading& r, const State& state) {
  RegimeOutcome out;
  out.finding = r.high;
  out.later = r.later == Truth::yes;
  if (out.finding == Finding::not_engaged) return out;
  const Law& law = space_.law();
  // The route used: the least strict one, then the one with fewest open needs.
  std::size_t used = regime.rules.size(), fewest = 0;
  Finding best = Finding::prohibited;
  for (std::size_t i = 0; i < regime.rules.size(); ++i) {
    const RuleUse& u = regime.rules[i];
    if (!law[u.rule].permits || r.active[i] != Truth::yes ||
        effect_defeated(u, tree::Part::permission, 0, r) == Truth::yes)
      continue;
    RegimeOutcome trial;
    add_needs(u, r, state, trial, false);
    Finding f = trial.provisos.empty() ? Finding::permitted : Finding::permitted_with_provisos;
    std::size_t open = 0;
    for (const OpenNeed& n : trial.needs) {
      open += !n.met;
      if (n.refused)
        f = Finding::prohibited;
      else if (!n.met)
        f = std::max(f, Finding::authorisation_required);
    }
    if (used == regime.rules.size() || f < best || (f == best && open < fewest)) {
      used = i;
      best = f;
      fewest = open;
    }
  }
  if (used < regime.rules.size()) {
    out.route = regime.rules[used].rule;
    add_needs(regime.rules[used], r, state, out, false);
  } else if (regime.otherwise_lifted_by.valid() && r.main == Truth::yes) {
    OpenNeed n = open_need(regime.otherwise_lifted_by, {}, state);
    n.lifts = true;
    out.needs.push_back(n);
  }
  for (std::size_t i = 0; i < regime.rules.size(); ++i) {
    const RuleUse& u = regime.rules[i];
    if (r.active[i] != Truth::yes || law[u.rule].permits) continue;
    add_needs(u, r, state, out, false);
    if (u.lifted_by.valid()) {
      OpenNeed n = open_need(u.lifted_by, u.rule, state);
      n.lifts = true;
      out.needs.push_back(n);
    }
  }
  for (std::size_t i = 0; i < regime.provisos.size(); ++i) {
    const ProvisoUse& p = regime.provisos[i];
    if (r.active[regime.rules.size() + i] != Truth::yes) continue;
    add_needs(p.rule, r, state, out, true);
    if (p.rule.lifted_by.valid()) {
      OpenNeed n = open_need(p.rule.lifted_by, p.rule.rule, state);
      n.lifts = true;
      out.needs.push_back(n);
    }
  }
  return out;
}

void Reader::readings(const RegimeUse& regime, State& state, std::vector<ReadOneWay>& out) {
  const RegimeReading r = read(regime, state);
  if (r.pending.empty()) {
    out.push_back({state.reading, settled_outcome(regime, r, state), readable(state)});
    return;
  }
  const VarId v = r.pending.front();
  for (const bool yes : {false, true}) {
    state.reading.emplace_back(v, yes);
    readings(regime, state, out);
    state.reading.pop_back();
  }
}

RegimeOutcome Reader::outcome(const RegimeUse& regime, State& state) {
  std::vector<ReadOneWay> all;
  readings(regime, state, all);
  // The best of what the constraints let be found; where they leave nothing, it is no completion.
  const auto better = [](const ReadOneWay& a, const ReadOneWay& b) {
    return a.findable != b.findable ? a.findable : a.outcome.finding < b.outcome.finding;
  };
  const auto best = std::min_element(all.begin(), all.end(), better);
  Finding worst = Finding::not_engaged;
  for (const ReadOneWay& way : all) worst = std::max(worst, way.outcome.finding);
  RegimeOutcome out = best->outcome;
  if (worst == out.finding) {
    // No reading matters to the finding; keep what is common to say and ask nothing.
    return out;
  }
  // Which of the judged facts matter: the ones whose other reading, alone, makes the answer worse.
  for (const auto& [v, yes] : best->reading) {
    State flipped = state;
    for (const auto& [other, value] : best->reading)
      flipped.reading.emplace_back(other, other == v ? !value : value);
    std::vector<ReadOneWay> changed;
    readings(regime, flipped, changed);
    if (changed.front().outcome.finding <= out.finding) continue;
    OpenNeed n;
    n.need = v;
    n.must_find = yes;
    out.needs.push_back(n);
  }
  out.finding = std::max(out.finding, Finding::authorisation_required);
  return out;
}

}  // namespace sekisho
