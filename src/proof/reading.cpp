#include "proof/reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/countries.h"

namespace sekisho::proof {
namespace {

bool lies_under(const std::string& code, const std::string& root) {
  return code == root || code.starts_with(root + ".");
}
bool has(const std::vector<Value>& all, const Value& v) {
  return std::find(all.begin(), all.end(), v) != all.end();
}
void add(std::vector<Value>& all, const Value& v) {
  if (!has(all, v)) all.push_back(v);
}
const std::vector<Value> no_or_yes{{0, {}}, {1, {}}};
/// Beyond these the ways of being in some sets and not in the others are more than there are values.
constexpr std::size_t most_sets = 4;
const std::vector<Value> no_yes_none{{0, {}}, {1, {}}, {judged_none, {}}};

/// One truth for all values that are left.
class Together {
 public:
  void add(Truth t) {
    so_far_ = first_ || so_far_ == t ? t : Truth::unknown;
    first_ = false;
  }
  Truth result() const { return first_ ? Truth::no : so_far_; }

 private:
  bool first_ = true;
  Truth so_far_ = Truth::unknown;
};

}  // namespace

// --- the values that facts can have ---

Case::Case(const Law& law, const Premises& premises) : law_(law), premises_(premises) {
  gather();
  take_rates();
  for (std::uint32_t f = 0; f < law.facts.size(); ++f) values_.push_back(left(FactId{f}));
}

void Case::name(FactId f, const Value& v) {
  if (f.valid()) add(named_[law_[f].type.kind], v);
}

/// Values that an expression names: those of a fact, or of the set whose element is spoken of.
void Case::facts_named(const Expression& e) {
  std::vector<FactId> sets;
  for (const Expr& n : e)
    if (n.op == ExprOp::some || n.op == ExprOp::every) sets.push_back(n.other);
  for (const Expr& n : e) {
    for (const Value& v : n.values) {
      name(n.fact, v);
      if (!n.fact.valid())
        for (const FactId set : sets) name(set, v);
    }
    if (n.op == ExprOp::same || n.op == ExprOp::in_set)
      for (const FactId f : {n.fact, n.other})
        if (f.valid()) compared_.insert(law_[f].type.kind);
  }
}

void Case::gather() {
  std::map<FactType, std::size_t> sets;
  for (const Fact& f : law_.facts) ++(f.type.is_set ? sets : unlike_)[f.type.kind];
  for (const auto& [kind, count] : sets) unlike_[kind] += (std::size_t{1} << std::min(count, most_sets)) - 1;
  for (const Expression& e : law_.expressions) facts_named(e);
  for (const Threshold& t : law_.thresholds)
    for (const ThresholdStep& s : t.steps) add(named_[t.type.kind], s.value);
  for (const List& l : law_.lists)
    for (const ListMember& m : l.members) add(named_[l.type.kind], m.value);
  for (const auto& [f, given] : premises_.facts)
    for (const Value& v : given.values) name(f, v);
  for (const Act& a : premises_.acts)
    for (const auto& [f, values] : a.scope)
      for (const Value& v : values) name(f, v);
  for (const Regime& r : law_.regimes)  // goods that leave home are no later transfer
    if (!r.provisos.empty()) add(named_[FactType::country], {0, law_[r.authority].state});
  std::vector<Value>& parties = named_[FactType::party];
  for (const Carried& c : premises_.carried)
    for (const auto& [parameter, party] : c.with) add(parties, {0, party});
  const std::vector<Value> whole = parties;
  for (const auto& entry : premises_.part_of)
    if (std::any_of(whole.begin(), whole.end(), [&](const Value& w) { return within(entry.first, w.text); }))
      add(parties, {0, entry.first});
}

/// A code, and further ones under it that nobody named.
static void under(const std::string& root, std::size_t further, std::vector<Value>& out) {
  add(out, {0, root});
  for (std::size_t k = 1; k <= further; ++k)
    add(out, {0, k == 1 ? root + ".*" : fmt::format("{}.*{}", root, k)});
}

/// Every value, or for each kind of value that the law cannot tell apart as many as can be unlike.
std::vector<Value> Case::all(const Fact& f) const {
  std::vector<Value> out;
  const auto found = named_.find(f.type.kind);
  const std::vector<Value> named = found == named_.end() ? std::vector<Value>() : found->second;
  const std::size_t others = unlike_.at(f.type.kind);
  const std::size_t unlike = compared_.contains(f.type.kind) ? others : 1;  // between two constants
  switch (f.type.kind) {
    case FactType::yes_no: return f.judged_by.valid() ? no_yes_none : no_or_yes;
    case FactType::choice:
      for (std::size_t i = 0; i < f.type.choices.size(); ++i)
        out.push_back({static_cast<std::int64_t>(i), {}});
      return out;
    case FactType::country: {
      out = named;
      for (const std::string_view code : country_codes())
        if (out.size() < named.size() + others) add(out, {0, std::string(code)});
      return out;
    }
    case FactType::code:
      for (const std::string& root : f.type.roots) under(root, unlike, out);
      for (const Value& v : named)
        if (f.type.allows(v)) under(v.text, unlike, out);
      if (!f.type.roots.empty()) return out;
      break;
    case FactType::party:
    case FactType::item:
    case FactType::lot: out = named; break;
    default: {
      const std::string currency = f.type.kind == FactType::money ? "USD" : "";
      const auto reach = static_cast<std::int64_t>(unlike);
      for (const Value& v : named)
        for (std::int64_t step = -reach; step <= reach; ++step)
          if (const Value beside{v.number + step, v.text}; f.type.allows(beside)) add(out, beside);
      for (std::size_t k = 0; k < others && named.empty(); ++k)
        out.push_back({static_cast<std::int64_t>(k), currency});
      return out;
    }
  }
  for (std::size_t k = 1; k <= others; ++k)
    out.push_back({static_cast<std::int64_t>(k), {}});  // nobody named them
  return out;
}

std::vector<Value> Case::left(FactId f) const {
  std::vector<Value> every = all(law_[f]);
  const auto it = premises_.facts.find(f);
  if (it == premises_.facts.end()) return every;
  const Given& g = it->second;
  switch (g.form) {
    case Given::Form::one_of: return g.values;
    case Given::Form::members:
      for (const Value& v : g.values) add(every, v);
      return every;
    case Given::Form::between:
      std::erase_if(every, [&](const Value& v) {
        return v.text != g.values[0].text || v.number < g.values[0].number || v.number > g.values[1].number;
      });
      return every;
    default:
      std::erase_if(every, [&](const Value& v) {
        return std::none_of(g.values.begin(), g.values.end(),
                            [&](const Value& root) { return lies_under(v.text, root.text); });
      });
      return every;
  }
}

bool Case::within(const std::string& party, const std::string& whole) const {
  std::vector<std::string> reached{party};
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (reached[i] == whole) return !whole.empty();
    const auto up = premises_.part_of.find(reached[i]);
    if (up == premises_.part_of.end()) continue;
    for (const std::string& one : up->second)
      if (std::find(reached.begin(), reached.end(), one) == reached.end()) reached.push_back(one);
  }
  return false;
}

/// An amount beside one in another currency, both above nothing: whether the rate is over `limit / of`.
struct Amounts {
  std::int64_t of, limit;
  std::string currencies;
};
static Matter order_of(const Amounts& a) {
  return {Matter::Kind::order, 0, {a.of, fmt::format("{} {}", a.limit, a.currencies)}};
}
/// One rate serves both ways: the currency that comes first is always that of the first amount.
struct Sides {
  Matter matter;
  bool turned;  // what is less there is more here
};
static Sides sides(const Value& of, const Value& limit) {
  const bool turned = of.text > limit.text;
  const Value &first = turned ? limit : of, &second = turned ? of : limit;
  return {order_of({first.number, second.number, fmt::format("{} {}", first.text, second.text)}), turned};
}
static Amounts amounts_of(const Matter& order) {
  const std::string& text = order.value.text;
  const std::size_t blank = text.find(' ');
  return {order.value.number, std::stoll(text.substr(0, blank)), text.substr(blank + 1)};
}

/// A comparison of amounts in two currencies, by what an answer calls it: how they compare where it holds.
struct NamedOrder {
  Matter matter;
  std::array<bool, 3> holds;  // less, equal, more
};
static std::optional<NamedOrder> order_called(const std::string& what) {
  static constexpr std::array<std::pair<std::string_view, std::array<bool, 3>>, 4> orders{
      {{" is at least ", {false, true, true}},
       {" is at most ", {true, true, false}},
       {" is more than ", {false, false, true}},
       {" is less than ", {true, false, false}}}};
  Type money{};
  money.kind = FactType::money;
  for (const auto& [is, holds] : orders) {
    const std::size_t at = what.find(is);
    if (at == std::string::npos) continue;
    const auto of = read_value(money, what.substr(0, at)),
               limit = read_value(money, what.substr(at + is.size()));
    if (!of || !limit || of->text == limit->text || of->number <= 0 || limit->number <= 0) continue;
    const Sides s = sides(*of, *limit);
    NamedOrder out{s.matter, holds};
    if (s.turned) std::reverse(out.holds.begin(), out.holds.end());
    return out;
  }
  return std::nullopt;
}

bool can_be_read_two_ways(const Law& law, Date day, const std::string& what) {
  if (std::any_of(law.hidden.begin(), law.hidden.end(), [&](const Hidden& h) { return h.what == what; }))
    return true;
  const auto joined = [&](const List& l) {
    const std::string in = " in " + l.name;
    return what.ends_with(in) && l.complete_to && *l.complete_to < day &&
           read_value(l.type, what.substr(0, what.size() - in.size())).has_value();
  };
  return order_called(what).has_value() || std::any_of(law.lists.begin(), law.lists.end(), joined);
}

/// What the premises say of amounts in two currencies.
void Case::take_rates() {
  for (const auto& [what, way] : premises_.readings) {
    const auto named = order_called(what);
    if (!named) continue;
    const bool wanted = way;
    std::vector<Value>& left =
        rates_.try_emplace(named->matter, std::vector<Value>{{-1, {}}, {0, {}}, {1, {}}}).first->second;
    std::erase_if(
        left, [&](const Value& v) { return named->holds[static_cast<std::size_t>(v.number + 1)] != wanted; });
  }
}

std::optional<bool> Case::reading(const std::string& what) const {
  const auto it = premises_.readings.find(what);
  return it == premises_.readings.end() ? std::nullopt : std::optional(it->second);
}

// --- what is left for a matter ---

std::vector<Value> Reader::left(const Matter& m) {
  if (const auto it = known_.find(m); it != known_.end()) return it->second;
  const Premises& p = case_.premises();
  switch (m.kind) {
    case Matter::Kind::fact:
      if (law_.facts[m.index].judged_by.valid()) return said(m);
      return case_.values(FactId{m.index});
    case Matter::Kind::need: return said(m);
    case Matter::Kind::member: {
      const auto set = p.facts.find(FactId{m.index});
      if (set == p.facts.end()) return no_or_yes;
      if (has(set->second.values, m.value)) return {{1, {}}};
      return set->second.complete ? std::vector<Value>{{0, {}}} : no_or_yes;
    }
    case Matter::Kind::carried: {
      const ProvisoId id{m.index};
      if (std::any_of(p.carried.begin(), p.carried.end(), [&](const Carried& c) { return c.proviso == id; }))
        return {{1, {}}};
      const std::string& state = law_[law_[law_[id].regime].authority].state;
      const bool clean =
          std::find(p.attested_for.begin(), p.attested_for.end(), state) != p.attested_for.end();
      return clean ? std::vector<Value>{{0, {}}} : no_or_yes;
    }
    case Matter::Kind::order: return orders(m);
    case Matter::Kind::unsettled: return taken_as(law_.hidden[m.index].what);
    case Matter::Kind::listed: {
      const List& l = law_.lists[m.index];
      return taken_as(show_value(l.type, m.value) + " in " + l.name);
    }
    default: return no_or_yes;
  }
}

std::vector<Value> Reader::taken_as(const std::string& what) const {
  const auto way = case_.reading(what);
  return way ? std::vector<Value>{{*way ? 1 : 0, {}}} : no_or_yes;
}

Truth Reader::comparison_called(const std::string& what) {
  const auto named = order_called(what);
  Together all;
  if (named)
    for (const Value& v : left(named->matter))
      all.add(truth(named->holds[static_cast<std::size_t>(v.number + 1)]));
  return named ? all.result() : Truth::unknown;
}

/// One rate for all amounts of two currencies: what is known of others may leave less than all three.
std::vector<Value> Reader::orders(const Matter& m) const {
  const Amounts a = amounts_of(m);
  std::vector<Value> left{{-1, {}}, {0, {}}, {1, {}}};
  const auto part = [&](const Matter& other, const std::vector<Value>& orders) {
    const Amounts b = amounts_of(other);
    if (a.currencies != b.currencies || a.limit == 0) return;
    __extension__ using Wide = __int128;
    const Wide here = static_cast<Wide>(a.limit) * b.of, there = static_cast<Wide>(b.limit) * a.of;
    std::erase_if(left, [&](const Value& v) {
      return std::none_of(orders.begin(), orders.end(), [&](const Value& w) {
        // The rate is on this side of one bound and on that side of the other.
        return here == there  ? v.number == w.number
               : here < there ? v.number > 0 || w.number < 0
                              : v.number < 0 || w.number > 0;
      });
    });
  };
  for (const auto& [other, known] : known_)
    if (other.kind == Matter::Kind::order) part(other, known);
  for (const auto& [other, taken] : case_.rates()) part(other, taken);
  return left;
}

/// Notes a matter of which more than one value is left.
bool Reader::unknown(const Matter& m, const std::vector<Value>& values) {
  const bool judged = m.kind == Matter::Kind::fact && law_.facts[m.index].judged_by.valid();
  if (judged && values.size() == 1 && values.front().number == judged_none) {
    unfound.push_back(m);
    return true;
  }
  if (values.size() < 2) return false;
  // What authorities have done follows from the scopes of their acts: those are to be known first.
  if ((judged || m.kind == Matter::Kind::need) && !known_.contains(m)) {
    const std::size_t before = open.size();
    for (const auto& turn : turns(m))
      for (const Act* a : turn) covers(*a);
    if (open.size() > before) return true;
  }
  open.push_back(m);
  return true;
}

Truth Reader::holds(const Matter& m) {
  const std::vector<Value> values = left(m);
  if (values.size() == 1 && values.front().number < judged_none) return truth(values.front().number == 1);
  return unknown(m, values) ? Truth::unknown : Truth::no;
}

Truth Reader::in_force(const std::vector<Window>& windows, HiddenId unsettled, Date day) {
  const Covers c = sekisho::covers(windows, day);
  if (c == Covers::no) return Truth::no;
  const bool dates = std::any_of(windows.begin(), windows.end(),
                                 [](const Window& w) { return !w.from.settled() || !w.to.settled(); });
  if (!unsettled.valid() || (dates && c == Covers::yes)) return Truth::yes;
  return holds({Matter::Kind::unsettled, unsettled.index, {dates ? 1 : 0, {}}});
}

// --- what authorities have said ---

Truth Reader::covers(const Act& a) {
  Truth t = Truth::yes;
  for (const auto& [f, values] : a.scope) t = t & in_scope(f, values);
  return t;
}

Truth Reader::in_scope(FactId f, const std::vector<Value>& wanted) {
  if (law_[f].type.is_set || law_[f].judged_by.valid()) return Truth::unknown;  // it cannot be read here
  const bool party = law_[f].type.kind == FactType::party;
  return over(f, [&](const Value& v) {
    return truth(has(wanted, v) || (party && std::any_of(wanted.begin(), wanted.end(), [&](const Value& w) {
                                      return case_.within(v.text, w.text);
                                    })));
  });
}

/// Before which others an act is heard: decisions before applications, those before what has lapsed. Of
/// decisions the regime says whether refusals, then suspensions, come before what was granted or after it.
static int rank(const std::string& state, Prevails prevails) {
  if (state == "lapsed") return 9;
  if (state == "pending") return 8;
  if (prevails == Prevails::strictest) return state == "refused" ? 0 : state == "suspended" ? 1 : 2;
  if (prevails == Prevails::granted) return state == "refused" || state == "suspended" ? 1 : 0;
  return 0;
}

/// The acts that speak of a need or a judged fact, turn by turn; of one rank the latest first. The first turn
/// in which an act covers the line decides.
std::vector<std::vector<const Act*>> Reader::turns(const Matter& m) const {
  const bool need = m.kind == Matter::Kind::need;
  const AuthorityId from = need ? law_.needs[m.index].from : law_.facts[m.index].judged_by;
  std::map<std::pair<int, std::int32_t>, std::vector<const Act*>> by_turn;
  for (const Act& a : case_.premises().acts) {
    const bool speaks =
        need ? std::find(a.answers.begin(), a.answers.end(), NeedId{m.index}) != a.answers.end()
             : (a.state == "granted" || a.state == "revoked") && a.finds.contains(FactId{m.index});
    if (a.authority != from || !speaks) continue;
    const Prevails prevails = need ? law_.needs[m.index].prevails : Prevails::latest;
    by_turn[{rank(a.state, prevails), -a.issued.days}].push_back(&a);
  }
  std::vector<std::vector<const Act*>> out;
  out.reserve(by_turn.size());
  for (auto& [when, acts] : by_turn) out.push_back(std::move(acts));
  return out;
}

std::vector<const Act*> Reader::acts_on(const Matter& m) const {
  std::vector<const Act*> out;
  for (const auto& turn : turns(m)) out.insert(out.end(), turn.begin(), turn.end());
  return out;
}

std::vector<const Act*> Reader::deciding(const Matter& m) {
  std::vector<const Act*> out;
  const std::size_t before = open.size();
  for (const auto& turn : turns(m)) {
    std::copy_if(turn.begin(), turn.end(), std::back_inserter(out),
                 [&](const Act* a) { return covers(*a) == Truth::yes; });
    if (!out.empty()) break;
  }
  open.resize(before);
  return out;
}

std::vector<Value> Reader::said(const Matter& m) {
  const bool need = m.kind == Matter::Kind::need;
  const std::size_t before = open.size();
  std::set<std::int64_t> found;
  bool sure = false;
  for (const auto& turn : turns(m)) {
    for (const Act* a : turn) {
      const Truth t = covers(*a);
      if (t == Truth::no) continue;
      sure = sure || t == Truth::yes;
      const auto state =
          std::find(need_states.begin(), need_states.end(), a->state == "revoked" ? "lapsed" : a->state);
      found.insert(need                           ? state - need_states.begin()
                   : a->state == "revoked"        ? judged_none
                   : a->finds.at(FactId{m.index}) ? 1
                                                  : 0);
    }
    if (sure) break;
  }
  open.resize(before);
  const Premises& p = case_.premises();
  const AuthorityId from = need ? law_.needs[m.index].from : law_.facts[m.index].judged_by;
  const bool complete =
      p.silence_is_none || std::find(p.records.begin(), p.records.end(), from) != p.records.end();
  if (!sure && complete) found.insert(need ? need_none : judged_none);
  if (!sure && !complete)
    for (std::int64_t s = 0; s < (need ? static_cast<std::int64_t>(need_states.size()) : judged_none + 1);
         ++s)
      found.insert(s);
  std::vector<Value> out;
  out.reserve(found.size());
  for (const std::int64_t s : found) out.push_back({s, {}});
  return out;
}

Truth Reader::granted_adding(NeedId id) {
  if (!id.valid()) return Truth::no;
  const Matter m{Matter::Kind::need, id.index, {}};
  Truth adds = Truth::no, undecided = Truth::yes;
  for (const auto& turn : turns(m)) {
    Truth covered = Truth::no, adding = Truth::no;
    for (const Act* a : turn) {
      const Truth t = covers(*a);
      covered = covered | t;
      if (a->state == "granted" && !a->adds.empty()) adding = adding | t;
    }
    adds = adds | (undecided & adding);
    undecided = undecided & !covered;
  }
  if (adds == Truth::no) return Truth::no;
  const std::vector<Value> may_be = left(m);
  if (!has(may_be, {need_granted, {}})) return Truth::no;
  return adds & (unknown(m, may_be) ? Truth::unknown : Truth::yes);
}

// --- conditions ---

Truth Reader::read(ExprId e) {
  if (!e.valid()) return Truth::yes;
  const std::size_t before = open.size(), unfound_before = unfound.size();
  std::size_t at = law_[e].size();
  const Truth t = node(law_[e], at);
  if (t != Truth::unknown) {  // what it read no longer matters
    open.resize(before);
    unfound.resize(unfound_before);
  }
  return t;
}

Truth Reader::read(ExprId e, const Rule& proviso, const Carried* carried) {
  proviso_ = &proviso;
  carried_ = carried;
  const Truth t = read(e);
  proviso_ = nullptr;
  carried_ = nullptr;
  return t;
}

/// The node that ends before `at`; `at` becomes where it begins. A node stands after its children.
Truth Reader::node(const Expression& e, std::size_t& at) {
  const Expr& n = e[--at];
  switch (n.op) {
    case ExprOp::definition: return read(n.body);
    case ExprOp::some:
    case ExprOp::every: return quantified(e, n, at);
    case ExprOp::negation: return !node(e, at);
    case ExprOp::all:
    case ExprOp::any: {
      Truth t = truth(n.op == ExprOp::all);
      for (std::uint32_t k = 0; k < n.arity; ++k) {
        const Truth part = node(e, at);
        t = n.op == ExprOp::all ? t & part : t | part;
      }
      return t;
    }
    case ExprOp::implies: {
      const Truth then = node(e, at), when = node(e, at);
      return (!when) | then;
    }
    case ExprOp::either: {
      const Truth second = node(e, at), first = node(e, at);
      if (first == second) return first;
      const Truth reading = holds({Matter::Kind::unsettled, n.hidden.index, {0, {}}});
      return reading == Truth::unknown ? reading : reading == Truth::yes ? first : second;
    }
    default: return literal(n);
  }
}

Truth Reader::quantified(const Expression& e, const Expr& n, std::size_t& at) {
  const bool some = n.op == ExprOp::some;
  const std::size_t end = at;
  const Value* outer = element_;
  Truth t = truth(!some);
  for (const Value& v : case_.values(n.other)) {
    element_ = &v;
    std::size_t stop = end;
    const Truth in = member_of(n.other, v), body = node(e, stop);
    t = some ? t | (in & body) : t & ((!in) | body);
    at = stop;
  }
  element_ = outer;
  return t;
}

/// One truth for every value that is left for a fact.
template <class Says>
Truth Reader::over(FactId f, const Says& says) {
  const Matter m{Matter::Kind::fact, f.index, {}};
  const std::size_t before = open.size();
  const auto it = known_.find(m);
  const std::vector<Value> found = law_[f].judged_by.valid() ? left(m) : std::vector<Value>();
  const std::vector<Value>& values = !found.empty()       ? found
                                     : it == known_.end() ? case_.values(f)
                                                          : it->second;
  Together t;
  for (const Value& v : values) t.add(says(v));
  if (t.result() != Truth::unknown || values.size() > 1) open.resize(before);
  if (t.result() == Truth::unknown) unknown(m, values);
  return t.result();
}

Truth Reader::literal(const Expr& n) {
  switch (n.op) {
    case ExprOp::same:
    case ExprOp::within:
    case ExprOp::in_set: return relation(n);
    case ExprOp::empty: {
      Truth t = Truth::yes;
      for (const Value& v : case_.values(n.fact)) t = t & !member_of(n.fact, v);
      return t;
    }
    default: break;
  }
  if (!n.fact.valid()) return element_ ? one(n, {}, *element_) : Truth::unknown;
  if (law_[n.fact].judged_by.valid()) return holds({Matter::Kind::fact, n.fact.index, {}});
  return over(n.fact, [&](const Value& v) { return one(n, n.fact, v); });
}

/// Two facts, or a fact and the element of a set.
Truth Reader::relation(const Expr& n) {
  const auto agree = [&](const Value& a, const Value& b) {
    return truth(a == b || (n.op == ExprOp::within && case_.within(a.text, b.text)));
  };
  if (n.op == ExprOp::in_set) {
    if (!n.fact.valid()) return element_ ? member_of(n.other, *element_) : Truth::unknown;
    return over(n.fact, [&](const Value& v) { return member_of(n.other, v); });
  }
  if (!n.fact.valid() || !n.other.valid()) {
    if (!element_) return Truth::unknown;
    if (n.fact.valid()) return over(n.fact, [&](const Value& v) { return agree(v, *element_); });
    return over(n.other, [&](const Value& v) { return agree(*element_, v); });
  }
  return over(n.fact,
              [&](const Value& a) { return over(n.other, [&](const Value& b) { return agree(a, b); }); });
}

Truth Reader::member_of(FactId set, const Value& v) {
  return has(case_.values(set), v) ? holds({Matter::Kind::member, set.index, v}) : Truth::no;
}

/// A phrase about one value.
Truth Reader::one(const Expr& n, FactId f, const Value& v) {
  switch (n.op) {
    case ExprOp::yes: return truth(v.number == 1);
    case ExprOp::equals: return truth(has(n.values, v));
    case ExprOp::under: return truth(lies_under(v.text, n.values.front().text));
    case ExprOp::in_list: return listed(n.list, v);
    case ExprOp::within_parameter: return within_parties(n, f, v);
    default: return compared(n, v);
  }
}

Truth Reader::listed(ListId id, const Value& v) {
  const List& list = law_[id];
  for (const ListMember& m : list.members) {
    if (!(m.value == v) || sekisho::covers(m.windows, case_.premises().law_of) == Covers::no) continue;
    return in_force(m.windows, m.unsettled, case_.premises().law_of);
  }
  if (!list.complete_to || *list.complete_to >= case_.premises().law_of) return Truth::no;
  return holds({Matter::Kind::listed, id.index, v});
}

Truth Reader::within_parties(const Expr& n, FactId f, const Value& v) {
  const std::string& parameter = proviso_->parameters[n.parameter];
  const auto party =
      carried_ ? carried_->with.find(parameter) : std::map<std::string, std::string>::const_iterator{};
  if (!carried_ || party == carried_->with.end())
    return holds({Matter::Kind::parties,
                  f.index,
                  {proviso_->proviso.index, f.valid() ? parameter : parameter + " | " + v.text}});
  return truth(case_.within(v.text, party->second));
}

Truth Reader::compared(const Expr& n, const Value& v) {
  std::optional<Value> limit;
  if (!n.threshold.valid()) limit = n.values.front();
  if (n.threshold.valid())
    for (const ThresholdStep& s : law_[n.threshold].steps)
      if (!limit && sekisho::covers(s.windows, case_.premises().law_of) == Covers::yes) limit = s.value;
  const auto holds_of = [&](std::int64_t order) {
    switch (n.op) {
      case ExprOp::at_least: return truth(order >= 0);
      case ExprOp::at_most: return truth(order <= 0);
      case ExprOp::more_than: return truth(order > 0);
      default: return truth(order < 0);
    }
  };
  const bool unvalued = !limit;  // then one unknown amount for all that are held against this threshold
  if (unvalued) limit = Value{1, "~" + law_[n.threshold].name};
  if (!unvalued && (limit->text == v.text || limit->number <= 0 || v.number <= 0))
    return holds_of(v.number < limit->number ? -1 : v.number > limit->number ? 1 : 0);
  // The rate of the day is not known here, but perhaps on which side of some amount it lies.
  const auto [m, turned] = sides(v, *limit);
  const std::vector<Value> orders = left(m);
  Together all;
  for (const Value& order : orders) all.add(holds_of(turned ? -order.number : order.number));
  if (!orders.empty() && all.result() != Truth::unknown) return all.result();
  unknown(m, orders);
  return Truth::unknown;
}

}  // namespace sekisho::proof
