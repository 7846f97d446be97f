#include "proof/replay.h"

#include <algorithm>

namespace sekisho::proof {
namespace {

Range exactly(Finding f) {
  return {f, f};
}

/// The strictest of what counts, between bounds.
class Strictest {
 public:
  void at_least(Truth counts, Range r) {
    if (counts == Truth::no) return;
    range.high = std::max(range.high, r.high);
    if (counts == Truth::yes) range.low = std::max(range.low, r.low);
  }
  Range range = exactly(Finding::permitted);
};

/// The least strict of the routes that are open, or else what the regime says otherwise.
class Base {
 public:
  void route(Truth open, Range r) {
    if (open == Truth::no) return;
    may_.low = some_ ? std::min(may_.low, r.low) : r.low;
    may_.high = some_ ? std::max(may_.high, r.high) : r.high;
    some_ = true;
    if (open != Truth::yes) return;
    sure_ = some_sure_ ? std::min(sure_, r.high) : r.high;
    some_sure_ = true;
  }
  Range range(Range otherwise) const {
    if (some_sure_) return {may_.low, sure_};
    if (!some_) return otherwise;
    return {std::min(may_.low, otherwise.low), std::max(may_.high, otherwise.high)};
  }

 private:
  bool some_ = false, some_sure_ = false;
  Range may_;
  Finding sure_ = Finding::prohibited;
};

class Once {
 public:
  Once(const Case& c, const Known& known, const Regime& regime)
      : case_(c), law_(c.law()), regime_(regime), day_(c.premises().law_of), reader_(c, known) {}

  RegimeReading run() {
    const Truth in_force = reader_.in_force(regime_.windows, regime_.unsettled, day_);
    for (const ProvisoId id : regime_.provisos) on_the_lot(id);
    out_.there = covers(regime_.windows, day_) != Covers::no || lives_on_;
    if (!out_.there) return std::move(out_);
    out_.main = in_force & reader_.read(regime_.governs);
    Truth carried = Truth::no;
    if (out_.main != Truth::yes)
      for (Carriage& c : carriages_) carried = carried | lies(c);
    out_.later = (!out_.main) & (!leaves_home()) & carried;
    out_.group = out_.later & in_force;
    for (const RuleId id : regime_.rules) rule(law_[id]);
    for (Carriage& c : carriages_) proviso(c);
    out_.finding = finding();
    out_.open = reader_.open;
    out_.unfound = reader_.unfound;
    return std::move(out_);
  }

 private:
  // --- provisos on the lot ---
  struct Carriage {
    const Rule* text;
    const Carried* carried;  // none: nobody recorded it
    Matter lies;
    Date bound_on;
  };
  void on_the_lot(ProvisoId id) {
    const Matter lies{Matter::Kind::carried, id.index, {}};
    const auto last = last_text(law_[id]);
    lives_on_ = lives_on_ || last.first != nullptr;
    bool recorded = false;
    for (const Carried& c : case_.premises().carried) {
      if (c.proviso != id) continue;
      recorded = true;
      texts(law_[id], lies, &c, c.bound_on);
    }
    if (!recorded && last.first != nullptr) texts(law_[id], lies, nullptr, last.second);
  }
  /// A proviso binds in the text of the day on which it was bound.
  void texts(const Proviso& p, const Matter& lies, const Carried* carried, Date bound_on) {
    for (const RuleId v : p.versions)
      if (covers(law_[v].windows, bound_on) != Covers::no)
        carriages_.push_back({&law_[v], carried, lies, bound_on});
  }
  /// The text of the day of law or the last before it, with a day on which it stood.
  std::pair<const Rule*, Date> last_text(const Proviso& p) const {
    std::pair<const Rule*, Date> best{nullptr, far_past};
    for (const RuleId v : p.versions) {
      if (covers(law_[v].windows, day_) != Covers::no) return {&law_[v], day_};
      for (const Window& w : law_[v].windows)
        if (w.from.earliest <= day_ && w.to.latest >= best.second) best = {&law_[v], w.to.latest};
    }
    return best;
  }
  Truth lies(const Carriage& c) {
    Truth t = reader_.holds(c.lies);
    if (t != Truth::no) t = t & reader_.in_force(c.text->windows, c.text->unsettled, c.bound_on);
    if (t == Truth::no || !c.text->lapses.valid()) return t;
    return t & !reader_.read(c.text->lapses, *c.text, c.carried);
  }
  /// Goods that leave the regime's own state are no later transfer.
  Truth leaves_home() {
    const FactId departure = law_.find_fact("departure");
    if (!departure.valid() || law_[departure].type.kind != FactType::country) return Truth::no;
    const Matter m{Matter::Kind::fact, departure.index, {}};
    const std::vector<Value> left = reader_.left(m);
    const auto home = static_cast<std::size_t>(std::count_if(
        left.begin(), left.end(), [&](const Value& v) { return v.text == law_[regime_.authority].state; }));
    if (home == 0 || home == left.size()) return truth(home != 0);
    reader_.open.push_back(m);
    return Truth::unknown;
  }

  // --- which rules are active ---
  void rule(const Rule& r) {
    RuleReading read;
    read.rule = &r;
    const Truth there = reader_.in_force(r.windows, r.unsettled, day_);
    if (there == Truth::no) return;
    const Truth gate = r.group == "later_transfers" ? out_.group : out_.main;
    const std::size_t before = reader_.open.size(), unfound_before = reader_.unfound.size();
    read.alone = reader_.read(r.when);
    read.met = gate == Truth::no ? Truth::no : read.alone;
    if (gate == Truth::no) {  // it cannot matter
      reader_.open.resize(before);
      reader_.unfound.resize(unfound_before);
    }
    for (const Defeat& d : r.defeats) {
      const Truth gone = prevails(d);
      if (d.part != tree::Part::whole && gone != Truth::no) read.effects_lost.push_back({&d, gone});
      if (gone != Truth::yes) continue;
      read.defeated_by.push_back(law_[d.by].name);
      if (d.part == tree::Part::whole || d.part == tree::Part::permission)
        read.permission_gone_by.push_back(law_[d.by].name);
    }
    read.active = gate & read.met & there & !gone(r, tree::Part::whole, 0);
    active_[place(r)] = read.active;
    out_.rules.push_back(std::move(read));
  }
  std::uint32_t place(const Rule& r) const { return static_cast<std::uint32_t>(&r - law_.rules.data()); }
  Truth prevails(const Defeat& d) const {
    const auto by = active_.find(d.by.index);
    return by == active_.end() || covers(d.windows, day_) == Covers::no ? Truth::no : by->second;
  }
  /// Whether an active rule takes the rule away, or one effect of it.
  Truth gone(const Rule& r, tree::Part part, std::size_t effect) const {
    Truth t = Truth::no;
    for (const Defeat& d : r.defeats)
      if (d.part == part && (part == tree::Part::whole || d.effect == effect)) t = t | prevails(d);
    return t;
  }
  void proviso(Carriage& c) {
    RuleReading read;
    read.rule = c.text;
    read.active = out_.later;
    if (read.active != Truth::no) read.active = read.active & lies(c);
    if (read.active != Truth::no) read.active = read.active & reader_.read(c.text->when, *c.text, c.carried);
    read.met = read.active;
    out_.provisos.push_back(std::move(read));
  }

  // --- the finding ---
  Matter matter(NeedId id) const { return {Matter::Kind::need, id.index, {}}; }
  Truth is(NeedId id, std::int64_t state) {
    if (!id.valid()) return Truth::no;
    const std::vector<Value> left = reader_.left(matter(id));
    const bool may = std::find(left.begin(), left.end(), Value{state, {}}) != left.end();
    return !may ? Truth::no : left.size() == 1 ? Truth::yes : Truth::unknown;
  }
  Range price(NeedId id) {
    Range r{Finding::prohibited, Finding::permitted};
    for (const Value& v : reader_.left(matter(id))) {
      const Finding f = v.number == need_granted   ? Finding::permitted
                        : v.number == need_refused ? Finding::prohibited
                                                   : Finding::authorisation_required;
      r = {std::min(r.low, f), std::max(r.high, f)};
    }
    return r;
  }
  /// A final act that was granted shows an inner step of which nothing is recorded.
  Truth implied(const Rule& r, NeedId inner) {
    Truth t = Truth::no;
    for (const NeedUse& outer : r.needs)
      if (std::find(outer.implies.begin(), outer.implies.end(), inner) != outer.implies.end())
        t = t | (is(outer.need, need_granted) & is(inner, need_none));
    return t;
  }
  /// The strictest of a rule's needs and provisos that stand.
  Range price(const Rule& r) {
    Strictest s;
    for (std::size_t k = 0; k < r.needs.size(); ++k)
      s.at_least(!(gone(r, tree::Part::need, k) | implied(r, r.needs[k].need)), price(r.needs[k].need));
    for (std::size_t k = 0; k < r.binds.size(); ++k)
      s.at_least(!gone(r, tree::Part::proviso, k), exactly(Finding::permitted_with_provisos));
    return s.range;
  }
  void adding(Strictest& s, Truth when, NeedId need) {
    if (when != Truth::no)
      s.at_least(when & reader_.granted_adding(need), exactly(Finding::permitted_with_provisos));
  }
  void bar(Strictest& s, const Rule& r, Truth bars) {
    adding(s, bars, r.lifted_by);
    s.at_least(bars & !is(r.lifted_by, need_granted), exactly(Finding::prohibited));
  }
  void count(const RuleReading& read, Strictest& s, Base* base) {
    const Rule& r = *read.rule;
    if (read.active == Truth::no) return;
    if (r.prohibits) bar(s, r, read.active & !gone(r, tree::Part::prohibition, 0));
    if (r.permits && base != nullptr)
      base->route(read.active & !gone(r, tree::Part::permission, 0), price(r));
    else
      s.at_least(read.active, price(r));
    for (const NeedUse& n : r.needs) adding(s, read.active, n.need);
    note_needs(r);
  }
  Range finding() {
    const Truth engaged = out_.main | out_.later;
    if (engaged == Truth::no) return exactly(Finding::not_engaged);
    Strictest s, otherwise;
    Base base;
    for (const RuleReading& r : out_.rules) count(r, s, &base);
    for (const RuleReading& r : out_.provisos) count(r, s, nullptr);
    if (regime_.otherwise_prohibited) {
      otherwise.at_least(!is(regime_.otherwise_lifted_by, need_granted), exactly(Finding::prohibited));
      adding(otherwise, out_.main, regime_.otherwise_lifted_by);
      note(regime_.otherwise_lifted_by);
    }
    s.at_least(out_.main, base.range(otherwise.range));
    if (engaged == Truth::unknown) s.range.low = Finding::not_engaged;
    return s.range;
  }
  /// Needs of which more than one state is left keep the finding open.
  void note(NeedId id) {
    if (id.valid()) reader_.note(matter(id));
  }
  void note_needs(const Rule& r) {
    for (const NeedUse& n : r.needs) note(n.need);
    note(r.lifted_by);
  }

  const Case& case_;
  const Law& law_;
  const Regime& regime_;
  Date day_;
  Reader reader_;
  RegimeReading out_;
  std::vector<Carriage> carriages_;
  bool lives_on_ = false;

  std::map<std::uint32_t, Truth> active_;  // by rule
};

bool speaks_of_judged(const Law& law, const Constraint& constraint) {
  bool some = false;
  each_node(law, constraint.always,
            [&](const Expr& n) { some = some || (n.fact.valid() && law[n.fact].judged_by.valid()); });
  return some;
}

Truth either_way(const Case& c, const Known& known, Constraining which, const Matter& judged,
                 std::size_t depth) {
  Truth some = Truth::no;
  Known read = known;
  for (const std::int64_t way : {0, 1}) {
    std::vector<Matter> of_the_same;
    read[judged] = {{way, {}}};
    some = some | constraints(c, read, which, of_the_same, depth);
    if (some == Truth::yes) break;
  }
  return some;
}

/// The lower of two bests, or the one that may be found. Where that is open the best lies between them.
Range better(const Readings& a, const Readings& b) {
  if (a.findable == Truth::no && b.findable != Truth::no) return b.best;
  if (b.findable == Truth::no && a.findable != Truth::no) return a.best;
  Range r{std::min(a.best.low, b.best.low), std::max(a.best.high, b.best.high)};
  if (a.findable == b.findable && a.findable != Truth::unknown) r.high = std::min(a.best.high, b.best.high);
  if (a.findable == Truth::yes && b.findable == Truth::unknown) r.high = a.best.high;
  if (b.findable == Truth::yes && a.findable == Truth::unknown) r.high = b.best.high;
  return r;
}

Readings both_ways(const Case& c, const Known& known, const Regime& regime, std::vector<Matter>& open,
                   std::size_t depth) {
  RegimeReading r = read_regime(c, known, regime);
  if (r.finding.one() || r.unfound.empty() || depth == 0) {
    open.insert(open.end(), r.open.begin(), r.open.end());
    Readings out{r.finding, r.finding, !r.finding.one() && !r.unfound.empty(), Truth::yes};
    if (depth < most_unfound)  // it is one way of several
      out.findable = constraints(c, known, Constraining::judged, open);
    return out;
  }
  Known one = known, other = known;
  one[r.unfound.front()] = {{0, {}}};
  other[r.unfound.front()] = {{1, {}}};
  const Readings a = both_ways(c, one, regime, open, depth - 1);
  const Readings b = both_ways(c, other, regime, open, depth - 1);
  return {better(a, b),
          {std::max(a.worst.low, b.worst.low), std::max(a.worst.high, b.worst.high)},
          true,
          a.findable | b.findable};
}

}  // namespace

Truth constraints(const Case& c, const Known& known, Constraining which, std::vector<Matter>& open,
                  std::size_t depth) {
  Truth all = Truth::yes;
  std::vector<Matter> unfound;
  for (const Constraint& constraint : c.law().constraints) {
    if (which == Constraining::judged && !speaks_of_judged(c.law(), constraint)) continue;
    Reader reader(c, known);
    all = all & reader.read(constraint.always);
    if (all == Truth::no) return all;
    open.insert(open.end(), reader.open.begin(), reader.open.end());
    unfound.insert(unfound.end(), reader.unfound.begin(), reader.unfound.end());
  }
  return unfound.empty() || depth == 0 ? all : either_way(c, known, which, unfound.front(), depth - 1);
}

RegimeReading read_regime(const Case& c, const Known& known, const Regime& regime) {
  return Once(c, known, regime).run();
}

Truth lost(const RuleReading& r, tree::Part part, std::size_t effect) {
  Truth t = Truth::no;
  for (const EffectLost& l : r.effects_lost)
    if (l.link->part == part && l.link->effect == effect) t = t | l.gone;
  return t;
}

Readings readings(const Case& c, const Known& known, const Regime& regime, std::vector<Matter>& open) {
  return both_ways(c, known, regime, open, most_unfound);
}

Range finding(const Case& c, const Known& known, const Regime& regime, std::vector<Matter>& open) {
  const Readings read = readings(c, known, regime, open);
  const Range best = read.best, worst = read.worst;
  if (!read.some || best.low == worst.high) return best;  // nothing hangs on them
  if (best.one() && worst.one()) return exactly(std::max(best.low, Finding::authorisation_required));
  return {best.low, std::max(best.high, Finding::authorisation_required)};
}

}  // namespace sekisho::proof
