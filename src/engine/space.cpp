#include "engine/space.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/countries.h"

namespace sekisho {
namespace {

bool lies_under(const std::string& code, const std::string& root) {
  return code == root || code.starts_with(root + ".");
}

bool dates_unsettled(const std::vector<Window>& windows) {
  return std::any_of(windows.begin(), windows.end(),
                     [](const Window& w) { return !w.from.settled() || !w.to.settled(); });
}

/// Whether something unsettled is there by one reading only. Where its dates are what is unsettled, the days
/// that they all cover are sure.
bool hangs_on_reading(const std::vector<Window>& windows, HiddenId unsettled, Covers on_the_day) {
  return unsettled.valid() && !(on_the_day == Covers::yes && dates_unsettled(windows));
}

}  // namespace

bool allows(const KnownFact& k, const Value& v) {
  switch (k.form) {
    case Knowledge::Form::alternatives:
      return std::find(k.values.begin(), k.values.end(), v) != k.values.end();
    case Knowledge::Form::between:
      return v.text == k.values[0].text && v.number >= k.values[0].number && v.number <= k.values[1].number;
    case Knowledge::Form::under:
      return std::any_of(k.values.begin(), k.values.end(),
                         [&](const Value& root) { return lies_under(v.text, root.text); });
    default: return true;
  }
}

std::optional<RateComparison> comparison_named(std::string_view what) {
  static constexpr std::array<std::pair<std::string_view, ExprOp>, 4> words{
      {{" is at least ", ExprOp::at_least},
       {" is at most ", ExprOp::at_most},
       {" is more than ", ExprOp::more_than},
       {" is less than ", ExprOp::less_than}}};
  Type money{};
  money.kind = FactType::money;
  for (const auto& [is, op] : words) {
    const std::size_t at = what.find(is);
    if (at == std::string_view::npos) continue;
    const auto amount = read_value(money, what.substr(0, at)),
               limit = read_value(money, what.substr(at + is.size()));
    if (amount && limit && amount->text != limit->text && amount->number > 0 && limit->number > 0)
      return RateComparison{op, *amount, *limit};
  }
  return std::nullopt;
}

std::optional<NamedMembership> membership_named(const Law& law, std::string_view what) {
  for (std::uint32_t i = 0; i < law.lists.size(); ++i) {
    const List& l = law.lists[i];
    const std::string in = " in " + l.name;
    if (!what.ends_with(in)) continue;
    auto value = read_value(l.type, what.substr(0, what.size() - in.size()));
    if (value) return NamedMembership{ListId{i}, std::move(*value)};
  }
  return std::nullopt;
}

std::string further_code(const std::string& root, std::size_t k) {
  return k == 1 ? root + ".*" : fmt::format("{}.*{}", root, k);
}

std::string_view code_further_under(std::string_view code) {
  const std::size_t star = code.rfind(".*");
  return star == std::string_view::npos ? std::string_view() : code.substr(0, star);
}

std::string_view to_string(NeedState s) {
  static constexpr std::array<std::string_view, need_state_count> names{"none",    "pending",   "granted",
                                                                        "refused", "suspended", "lapsed"};
  return names[static_cast<std::size_t>(s)];
}

class Space::Builder {
 public:
  Builder(Space& space, Diagnostics& diags) : s_(space), q_(*space.question_), law_(*q_.law), diags_(diags) {}

  void run() {
    views_ = q_.views.empty() ? std::vector<View>{{q_.law_day, {}}} : q_.views;
    gather_constants();
    read_rates();
    for (view_ = 0; view_ < views_.size(); ++view_) {
      programs_.clear();
      standing_ = {views_[view_], {}, {}};
      for (std::uint32_t g = 0; g < law_.regimes.size(); ++g) regime(RegimeId{g});
      for (const Constraint& c : law_.constraints) standing_.constraints.push_back(program(c.always));
      s_.standings_.push_back(std::move(standing_));
    }
    view_ = 0;
    s_.sources_.resize(s_.variables_.size());
    s_.silent_.resize(s_.variables_.size());
    // Scopes may bring in facts that no rule reads; those are plain, so one pass is enough.
    const std::size_t count = s_.variables_.size();
    for (std::uint32_t v = 0; v < count; ++v) sources(VarId{v});
    s_.sources_.resize(s_.variables_.size());
    s_.silent_.resize(s_.variables_.size());
    s_.lists_.assign(lists_.begin(), lists_.end());
    for (const std::string& r : representatives_) s_.representatives_.emplace(r, s_.memberships(r));
  }

 private:
  // --- what the law can tell apart ---
  void gather_constants() {
    for (const Expression& e : law_.expressions) constants_of(e);
    for (const List& l : law_.lists)
      for (const ListMember& m : l.members) note_member(l, m.value);
    // Goods that leave the regime's own state are no later transfer, though its text may not name it.
    for (const Regime& r : law_.regimes)
      if (!r.provisos.empty()) texts_[FactType::country].insert(law_[r.authority].state);
    for (const ActingInstrument& i : q_.instruments)
      for (const auto& [f, values] : i.scope)
        for (const Value& v : values) note_constant(f, v);
    // What is known of one fact may be true of another that is not known.
    for (const KnownFact& k : q_.facts)
      for (const Value& v : k.values) note_constant(k.fact, v);
    for (const KnownFact& k : q_.told_apart)
      for (const Value& v : k.values) note_constant(k.fact, v);
    for (const auto& reading : q_.readings)
      if (const auto m = membership_named(law_, reading.first); m && law_[m->list].type.named())
        texts_[law_[m->list].type.kind].insert(m->value.text);
    for (const Carried& c : q_.carried)
      for (const std::string& party : c.arguments)
        if (!party.empty()) texts_[FactType::party].insert(party);
    s_.compared_ = compared_;
    share_compared();
    parties_within();
  }
  void constants_of(const Expression& e) {
    const std::vector<std::size_t> starts = tree::subtree_starts(e);
    for (std::size_t i = 0; i < e.size(); ++i) {
      const Expr& n = e[i];
      const FactId f = n.fact.valid() ? n.fact : enclosing_set(e, starts, i);
      for (const Value& v : n.values)
        if (f.valid()) note_constant(f, v);
      if (n.threshold.valid() && f.valid())
        for (const View& view : views_)
          if (const auto v = threshold(n.threshold, view.day)) ordered_[f].insert(*v);
      if (n.op == ExprOp::in_list && n.list.valid()) lists_.insert(n.list);
      if (n.op == ExprOp::in_list && n.list.valid() && f.valid() && law_[f].type.ordered())
        for (const ListMember& m : law_[n.list].members) ordered_[f].insert(m.value);
      if (n.op == ExprOp::same || n.op == ExprOp::in_set || n.op == ExprOp::within) {
        compared_.insert(f);
        compared_.insert(n.other.valid() ? n.other : enclosing_set(e, starts, i));
      }
    }
  }
  /// The set whose element a node inside `some` or `every` speaks of.
  static FactId enclosing_set(const Expression& e, const std::vector<std::size_t>& starts, std::size_t at) {
    for (std::size_t i = at + 1; i < e.size(); ++i)
      if ((e[i].op == ExprOp::some || e[i].op == ExprOp::every) && starts[i] <= at) return e[i].other;
    return {};
  }
  void note_member(const List& l, const Value& v) {
    if (l.type.kind == FactType::country && is_country_code(v.text))
      return;  // states stand for the class of those on the same lists
    if (l.type.named()) texts_[l.type.kind].insert(v.text);
  }
  void note_constant(FactId f, const Value& v) {
    const FactType t = law_[f].type.kind;
    if (law_[f].type.named())
      texts_[t].insert(v.text);
    else if (law_[f].type.ordered())
      ordered_[f].insert(v);
  }
  /// Facts that are compared with each other share their constants.
  void share_compared() {
    std::map<FactType, std::set<Value>> shared;
    for (const FactId f : compared_)
      if (f.valid() && law_[f].type.ordered())
        shared[law_[f].type.kind].insert(ordered_[f].begin(), ordered_[f].end());
    for (const FactId f : compared_)
      if (f.valid() && law_[f].type.ordered()) ordered_[f] = shared[law_[f].type.kind];
  }
  /// Parties of the world that belong to one that matters may be meant where a party is not known.
  void parties_within() {
    const std::set<std::string> named = texts_[FactType::party];
    for (const Party& p : q_.world->parties)
      if (std::any_of(named.begin(), named.end(),
                      [&](const std::string& n) { return q_.world->within(p.id, n); }))
        texts_[FactType::party].insert(p.id);
  }
  std::optional<Value> threshold(ThresholdId id, Date on) const {
    for (const ThresholdStep& s : law_[id].steps)
      if (covers(s.windows, on) == Covers::yes) return s.value;
    return std::nullopt;
  }
  Date day() const { return views_[view_].day; }
  bool left_out(TextSpan at) const {
    const std::vector<SourceId>& without = views_[view_].without;
    return std::find(without.begin(), without.end(), at.source) != without.end();
  }

  // --- domains ---
  const KnownFact* known(FactId f) const {
    for (const KnownFact& k : q_.facts)
      if (k.fact == f) return &k;
    return nullptr;
  }
  static void add(std::vector<Value>& domain, const Value& v) {
    if (std::find(domain.begin(), domain.end(), v) == domain.end()) domain.push_back(v);
  }

  std::vector<Value> domain(FactId f) {
    const Type& t = law_[f].type;
    std::vector<Value> d;
    if (const KnownFact* k = known(f); k && k->form == Knowledge::Form::alternatives)
      for (const Value& v : k->values) add(d, v);
    switch (t.kind) {
      case FactType::yes_no:
        add(d, {1, {}});
        add(d, {0, {}});
        break;
      case FactType::choice:
        for (std::size_t i = 0; i < t.choices.size(); ++i) add(d, {static_cast<std::int64_t>(i), {}});
        break;
      case FactType::country:
        for (const std::string& c : texts_[t.kind]) add(d, {0, c});
        for (const std::string& c : representatives()) add(d, {0, c});
        break;
      case FactType::code:
        for (const std::string& c : t.roots) codes(f, c, d);
        for (const std::string& c : texts_[t.kind]) codes(f, c, d);
        if (t.roots.empty()) others(t.kind, d);
        std::erase_if(d, [&](const Value& v) { return !t.allows(v); });
        break;
      case FactType::party:
      case FactType::item:
      case FactType::lot:
        for (const std::string& c : texts_[t.kind]) add(d, {0, c});
        others(t.kind, d);
        break;
      default: ordered(f, t, d); break;
    }
    if (d.size() > max_values) {
      diags_.emit(code::too_many_values, law_[f].at, law_[f].name, max_values);
      d.resize(max_values);
    }
    return d;
  }
  /// Values that no law and no file names: as many as can matter at once where facts are compared.
  void others(FactType t, std::vector<Value>& d) const {
    add(d, {0, {}});
    for (std::size_t k = 2; k <= s_.room(t); ++k) add(d, {static_cast<std::int64_t>(k), {}});
  }
  /// How many unlike values that nothing tells apart can matter in one fact.
  std::size_t places(FactId f) const { return compared_.contains(f) ? s_.room(law_[f].type.kind) : 1; }
  /// A code, and as many further ones under it as can matter at once.
  void codes(FactId f, const std::string& c, std::vector<Value>& d) const {
    add(d, {0, c});
    for (std::size_t k = 1; k <= places(f); ++k) add(d, {0, further_code(c, k)});
  }
  /// Constants, and on both sides of each as many values as can matter at once: so many fit between any two.
  void ordered(FactId f, const Type& t, std::vector<Value>& d) const {
    const auto reach = static_cast<std::int64_t>(places(f));
    std::set<Value> constants;
    if (const auto it = ordered_.find(f); it != ordered_.end()) constants = it->second;
    if (constants.empty() && reach > 1) constants.insert(nil(t));
    for (const Value& v : constants)
      for (std::int64_t step = -reach; step <= reach; ++step)
        if (const Value beside{v.number + step, v.text}; t.allows(beside)) add(d, beside);
    if (d.empty()) add(d, nil(t));
  }
  static Value nil(const Type& t) { return {0, t.kind == FactType::money ? "USD" : ""}; }

  /// For each class of states that no list and no constant tells apart: as many of them as can matter at once
  /// where facts are compared, and one more.
  const std::vector<std::string>& representatives() {
    if (!representatives_.empty()) return representatives_;
    const std::size_t wanted = s_.places_of_a_class();
    std::map<std::vector<std::uint32_t>, std::size_t> classes;
    for (const std::string_view code : country_codes()) {
      const std::string c(code);
      if (texts_[FactType::country].contains(c)) continue;
      std::vector<std::uint32_t> signature;
      const std::size_t now = view_;
      for (view_ = 0; view_ < views_.size(); ++view_)
        for (const ListId l : lists_) {
          const Presence p = membership(l, {0, c}, false);
          signature.push_back(!p.possible ? 0 : p.by.valid() ? 2 + p.by.index : 1);
        }
      view_ = now;
      if (classes[signature]++ < wanted) representatives_.push_back(c);
    }
    return representatives_;
  }

  // --- variables ---
  VarId variable(Variable v) {
    for (std::size_t i = 0; i < v.domain.size(); ++i) v.all.set(i);
    const auto id = next_id<VarId>(s_.variables_);
    s_.variables_.push_back(std::move(v));
    return id;
  }
  static std::vector<Value> yes_no() { return {{0, {}}, {1, {}}}; }
  static Values bit(std::size_t i) {
    Values v;
    v.set(i);
    return v;
  }
  template <class Key, class Make>
  VarId once(std::map<Key, VarId>& made, const Key& key, Make make) {
    if (const auto it = made.find(key); it != made.end()) return it->second;
    const VarId v = make();
    made[key] = v;
    return v;
  }

  VarId fact_var(FactId f) {
    return once(facts_, f, [&] {
      if (law_[f].judged_by.valid()) return judged(f);
      Variable v{};
      v.kind = VarKind::fact;
      v.fact = f;
      v.name = law_[f].name;
      v.domain = domain(f);
      v.known = known_values(f, v.domain);
      return variable(std::move(v));
    });
  }
  Values known_values(FactId f, const std::vector<Value>& d) const {
    const KnownFact* k = known(f);
    Values out;
    for (std::size_t i = 0; i < d.size(); ++i)
      if (!k || allows(*k, d[i])) out.set(i);
    return out;
  }
  VarId judged(FactId f) {
    Variable v{};
    v.kind = VarKind::judged;
    v.fact = f;
    v.name = law_[f].name;
    v.domain = {{0, {}}, {1, {}}, {2, "none"}};
    v.known.set(0).set(1).set(2);
    return variable(std::move(v));
  }
  VarId need_var(NeedId n) {
    return once(needs_, n, [&] {
      Variable v{};
      v.kind = VarKind::need;
      v.need = n;
      v.name = law_[n].name;
      for (std::size_t i = 0; i < need_state_count; ++i) {
        v.domain.push_back({static_cast<std::int64_t>(i), {}});
        v.known.set(i);
      }
      return variable(std::move(v));
    });
  }
  Values taken_as(const std::string& name) const {
    const auto reading = q_.readings.find(name);
    return reading == q_.readings.end() ? Values(0b11) : bit(reading->second ? 1 : 0);
  }
  /// @param dated  its bounds are unsettled: another variable for each day, later days following earlier ones
  VarId hidden_var(HiddenId h, const std::vector<Window>* dated = nullptr) {
    const std::size_t made_before = s_.variables_.size();
    const VarId made = once(hidden_, {h, dated ? day() : far_past}, [&] {
      Variable v{};
      v.kind = VarKind::hidden;
      v.hidden = h;
      v.name = law_[h].what;
      v.domain = yes_no();
      v.known = taken_as(v.name);
      if (dated) v.on = day();
      return variable(std::move(v));
    });
    if (dated && s_.variables_.size() > made_before) order_in_time(h, made, *dated);
    return made;
  }
  /// An unsettled first day that lies before one view lies before every later view; a last day the other way.
  void order_in_time(HiddenId h, VarId now, const std::vector<Window>& windows) {
    if (windows.size() != 1 || windows.front().from.settled() == windows.front().to.settled()) return;
    const bool begins = !windows.front().from.settled();
    for (const auto& [key, other] : hidden_) {
      if (key.first != h || other == now || key.second == far_past) continue;
      const bool earlier = key.second < day();
      if (earlier == begins)
        add_implication(is(other, true), is(now, true));
      else
        add_implication(is(now, true), is(other, true));
    }
  }
  /// A variable of the values no and yes that has one of them.
  static Node is(VarId v, bool yes) {
    Node n{};
    n.op = ExprOp::equals;
    n.var = v;
    n.yes = bit(yes ? 1 : 0);
    return n;
  }
  void add_implication(Node if_so, Node then) {
    Node implies{};
    implies.op = ExprOp::implies;
    implies.arity = 2;
    standing_.constraints.push_back(add_program({std::move(if_so), std::move(then), implies}));
  }
  VarId listed_var(ListId l, const Value& element) {
    return once(listed_, {l, element}, [&] {
      Variable v{};
      v.kind = VarKind::listed;
      v.list = l;
      v.element = element;
      v.name = show_value(law_[l].type, element) + " in " + law_[l].name;
      v.domain = yes_no();
      v.known = taken_as(v.name);
      return variable(std::move(v));
    });
  }
  VarId rate_var(FactId f, const std::string& what) {
    return once(rates_, what, [&] {
      Variable v{};
      v.kind = VarKind::rate;
      v.fact = f;
      v.name = what;
      v.domain = yes_no();
      v.known = taken_as(v.name);
      return variable(std::move(v));
    });
  }
  /// @param f  none: an element of a set, which is `subject`
  VarId parties_var(FactId f, const std::string& subject, std::uint32_t place) {
    const std::string& parameter = law_[law_[proviso_].versions.front()].parameters[place];
    const std::string key = fmt::format("{} {} within {} of {}", f.index, subject, parameter, proviso_.index);
    return once(rates_, key, [&] {
      Variable v{};
      v.kind = VarKind::rate;
      v.fact = f;
      v.proviso = proviso_;
      v.element.text = parameter;
      v.subject = subject;
      v.name = fmt::format("{} of {}", parameter, law_[proviso_].name);
      v.domain = yes_no();
      v.known = taken_as(v.name);
      return variable(std::move(v));
    });
  }
  VarId carries_var(ProvisoId p) {
    return once(carries_, p, [&] {
      Variable v{};
      v.kind = VarKind::carries;
      v.proviso = p;
      v.name = law_[p].name;
      v.domain = yes_no();
      const bool lies_on =
          std::any_of(q_.carried.begin(), q_.carried.end(), [&](const Carried& c) { return c.proviso == p; });
      const std::string& state = law_[law_[law_[p].regime].authority].state;
      const bool clean = std::find(q_.clean_for.begin(), q_.clean_for.end(), state) != q_.clean_for.end();
      if (lies_on)
        v.known = bit(1);
      else if (clean)
        v.known = bit(0);
      else
        v.known.set(0).set(1);
      return variable(std::move(v));
    });
  }
  /// One presence variable for each value that a set may hold.
  const std::vector<std::pair<Value, VarId>>& members(FactId f) {
    if (const auto it = members_.find(f); it != members_.end()) return it->second;
    const KnownFact* k = known(f);
    const bool listed = k && k->form == Knowledge::Form::members;
    std::vector<Value> candidates;
    if (listed)
      for (const Value& v : k->values) add(candidates, v);
    for (const Value& v : domain(f)) add(candidates, v);
    if (candidates.size() > max_values) candidates.resize(max_values);
    std::vector<std::pair<Value, VarId>> out;
    for (const Value& c : candidates) {
      Variable v{};
      v.kind = VarKind::member;
      v.fact = f;
      v.element = c;
      v.name = show_value(law_[f].type.element(), c) + " in " + law_[f].name;
      v.domain = yes_no();
      const bool in = listed && std::find(k->values.begin(), k->values.end(), c) != k->values.end();
      if (in)
        v.known = bit(1);
      else if (listed && k->complete)
        v.known = bit(0);
      else
        v.known.set(0).set(1);
      out.emplace_back(c, variable(std::move(v)));
    }
    return members_[f] = std::move(out);
  }

  // --- presence of law ---
  Presence present(const std::vector<Window>& windows, HiddenId unsettled) {
    return present(windows, unsettled, day());
  }
  Presence present(const std::vector<Window>& windows, HiddenId unsettled, Date on) {
    const Covers c = covers(windows, on);
    if (c == Covers::no) return {};
    if (!hangs_on_reading(windows, unsettled, c)) return {true, {}};
    return {true, hidden_var(unsettled, dates_unsettled(windows) ? &windows : nullptr)};
  }
  /// @param with_later  also the chance that the value joined after the list was last read
  Presence membership(ListId id, const Value& value, bool with_later) {
    const List& l = law_[id];
    for (const ListMember& m : l.members) {
      if (!(m.value == value)) continue;
      const Presence p = present(m.windows, m.unsettled);
      if (p.possible) return p;
    }
    if (with_later && l.complete_to && *l.complete_to < day() && !value.text.empty())
      return {true, listed_var(id, value)};
    return {};
  }

  // --- expressions ---
  ProgramId program(ExprId e) {
    if (!e.valid()) return {};
    const auto key = std::make_pair(e.index, element_ ? show_value(element_type_, *element_) : std::string());
    if (const auto it = programs_.find(key); it != programs_.end()) return it->second;
    const Expression& from = law_[e];
    Program out = slice(from, 0, from.size());
    return programs_[key] = add_program(std::move(out));
  }
  ProgramId add_program(Program p) {
    const auto id = next_id<ProgramId>(s_.programs_);
    s_.programs_.push_back(std::move(p));
    return id;
  }
  Program slice(const Expression& from, std::size_t begin, std::size_t end) {
    const std::vector<std::size_t> starts = tree::subtree_starts(from);
    // Bodies of quantifiers are compiled once for each candidate, not in line.
    std::vector<bool> in_body(end, false);
    for (std::size_t i = begin; i < end; ++i)
      if (from[i].op == ExprOp::some || from[i].op == ExprOp::every)
        for (std::size_t j = starts[i]; j < i; ++j) in_body[j] = true;
    Program out;
    for (std::size_t i = begin; i < end; ++i)
      if (!in_body[i]) out.push_back(node(from, i, starts[i]));
    return out;
  }

  Node node(const Expression& from, std::size_t i, std::size_t start) {
    const Expr& e = from[i];
    Node n{};
    n.op = e.op;
    n.arity = e.arity;
    n.at = e.at;
    switch (e.op) {
      case ExprOp::negation:
      case ExprOp::all:
      case ExprOp::any:
      case ExprOp::implies: return n;
      case ExprOp::either: n.var = hidden_var(e.hidden); return n;
      case ExprOp::definition: n.bodies.push_back(program(e.body)); return n;
      case ExprOp::some:
      case ExprOp::every: quantifier(from, e, start, i, n); return n;
      case ExprOp::empty:
        for (const auto& [value, v] : members(e.fact)) n.members.push_back(v);
        return n;
      case ExprOp::same: same(e, n); return n;
      case ExprOp::in_set: in_set(e, n); return n;
      case ExprOp::within: within(e, n); return n;
      default: literal(e, n); return n;
    }
  }
  void quantifier(const Expression& from, const Expr& e, std::size_t start, std::size_t end, Node& n) {
    n.arity = 0;
    const auto candidates = members(e.other);
    for (const auto& [value, v] : candidates) {
      const Value* outer = element_;
      const Type outer_type = element_type_;
      element_ = &value;
      element_type_ = law_[e.other].type.element();
      n.members.push_back(v);
      n.bodies.push_back(add_program(slice(from, start, end)));
      element_ = outer;
      element_type_ = outer_type;
    }
  }

  /// Whether `v` satisfies a literal that reads one fact.
  Presence holds(const Expr& e, const Type& t, const Value& v) {
    const auto sure = [](bool b) { return Presence{b, {}}; };
    switch (e.op) {
      case ExprOp::yes: return sure(v.number == 1);
      case ExprOp::equals: return sure(std::find(e.values.begin(), e.values.end(), v) != e.values.end());
      case ExprOp::in_list: return membership(e.list, v, true);
      case ExprOp::under: return sure(lies_under(v.text, e.values.front().text));
      case ExprOp::within_parameter: {
        if (named(e)) return sure(within_arguments(v, e.parameter));
        const std::string element = show_value(t, v);
        return {true, parties_var({}, element.empty() ? "another" : element, e.parameter)};
      }
      default: return compare(e, t, v);
    }
  }
  Presence compare(const Expr& e, const Type& t, const Value& v) {
    std::optional<Value> limit;
    if (e.threshold.valid())
      limit = threshold(e.threshold, day());
    else
      limit = e.values.front();
    const std::string what = fmt::format("{} is {} ", show_value(t, v), compared_as(e.op));
    if (!limit) {  // an amount of nobody knows what, one and the same for all that are held against it
      const std::string& name = law_[e.threshold].name;
      return {true, compared_across(e, v, {1, "~" + name}, what + name + ", which has no value on the day")};
    }
    if (limit->text != v.text && limit->number > 0 && v.number > 0)
      return {true, compared_across(e, v, *limit, what + show_value(t, *limit))};
    switch (e.op) {
      case ExprOp::at_least: return {v.number >= limit->number, {}};
      case ExprOp::at_most: return {v.number <= limit->number, {}};
      case ExprOp::more_than: return {v.number > limit->number, {}};
      default: return {v.number < limit->number, {}};
    }
  }
  static std::string_view compared_as(ExprOp op) {
    return op == ExprOp::at_least    ? "at least"
           : op == ExprOp::at_most   ? "at most"
           : op == ExprOp::more_than ? "more than"
                                     : "less than";
  }
  /// Across currencies a comparison says on which side of `limit / v` the rate lies. Of two rates that rise
  /// above such a bound the higher has risen above the lower: so no rate is both over and under an amount.
  VarId compared_across(const Expr& e, const Value& v, const Value& limit, const std::string& what) {
    const VarId var = rate_var(e.fact, what);
    const auto known = [&](const RateBound& b) { return b.var == var; };
    if (std::any_of(rate_bounds_.begin(), rate_bounds_.end(), known)) return var;
    const RateBound made = rate_bound(var, e.op, v, limit);
    for (const RateBound& other : rate_bounds_) {
      if (!same_rate(made, other)) continue;
      if (!lower(made, other)) implies(made, other);
      if (!lower(other, made)) implies(other, made);
    }
    for (const RateReading& r : rate_readings_)
      if (const auto risen = risen_by(r, made)) {
        s_.variables_[var.index].known = bit(*risen != made.negated ? 1 : 0);
        s_.readings_used_.insert(r.what);
      }
    rate_bounds_.push_back(made);
    return var;
  }
  /// A comparison across currencies: whether the rate is at least `limit / of`, or more where it is strict;
  /// or that it is not.
  struct RateBound {
    VarId var;
    Value of, limit;
    bool strict, negated;
  };
  /// Whether a rate has risen above a bound, as a reading says.
  struct RateReading {
    std::string what;
    RateBound bound;
    bool risen;
  };
  /// Of the rate from the currency that comes first: an amount is at least one in another currency where that
  /// one is at most the first.
  static RateBound rate_bound(VarId var, ExprOp op, const Value& v, const Value& limit) {
    const bool turned = v.text > limit.text;
    if (turned)
      op = op == ExprOp::at_least    ? ExprOp::at_most
           : op == ExprOp::at_most   ? ExprOp::at_least
           : op == ExprOp::more_than ? ExprOp::less_than
                                     : ExprOp::more_than;
    const bool under = op == ExprOp::at_most || op == ExprOp::less_than;
    return {var, turned ? limit : v, turned ? v : limit, op == ExprOp::more_than || op == ExprOp::at_most,
            under};
  }
  static bool same_rate(const RateBound& a, const RateBound& b) {
    return a.of.text == b.of.text && a.limit.text == b.limit.text;
  }
  /// What a reading says of another bound; none: nothing.
  static std::optional<bool> risen_by(const RateReading& r, const RateBound& b) {
    if (!same_rate(r.bound, b)) return std::nullopt;
    if (r.risen && !lower(r.bound, b)) return true;
    if (!r.risen && !lower(b, r.bound)) return false;
    return std::nullopt;
  }
  /// Readings that compare amounts in two currencies.
  /// @fails SK4003 they contradict each other
  void read_rates() {
    for (const auto& [what, holds] : q_.readings) {
      const auto c = comparison_named(what);
      if (!c) continue;
      const RateBound bound = rate_bound({}, c->op, c->amount, c->limit);
      rate_readings_.push_back({what, bound, holds != bound.negated});
    }
    for (const RateReading& a : rate_readings_)
      for (const RateReading& b : rate_readings_)
        if (a.risen && risen_by(a, b.bound) == true && !b.risen) {
          diags_
              .emit(code::no_completion, TextSpan{},
                    fmt::format("no rate is as `{}` and `{}` say", a.what, b.what))
              .fix("correct one of them");
          return;
        }
  }
  static bool lower(const RateBound& a, const RateBound& b) {
    __extension__ using Wide = __int128;
    const Wide x = static_cast<Wide>(a.limit.number) * b.of.number,
               y = static_cast<Wide>(b.limit.number) * a.of.number;
    return x < y || (x == y && !a.strict && b.strict);
  }
  void implies(const RateBound& high, const RateBound& low) {
    add_implication(is(high.var, !high.negated), is(low.var, !low.negated));
  }
  bool within_arguments(const Value& v, std::uint32_t parameter) const {
    return !v.text.empty() && q_.world->within(v.text, (*arguments_)[parameter]);
  }

  /// Whether somebody recorded whom a proviso names there.
  bool named(const Expr& e) const {
    return arguments_ && e.parameter < arguments_->size() && !(*arguments_)[e.parameter].empty();
  }
  /// A literal about the element of a set is settled when it is compiled, but for unsettled law.
  void constant(Presence p, Node& n) {
    n.op = ExprOp::empty;                  // of no members: true
    if (!p.possible) n.op = ExprOp::some;  // of no members: false
    if (p.possible && p.by.valid()) {
      n.op = ExprOp::yes;
      n.var = p.by;
      n.yes = bit(1);
    }
  }
  void literal(const Expr& e, Node& n) {
    if (!e.fact.valid()) {
      if (element_) constant(holds(e, element_type_, *element_), n);
      return;
    }
    if (e.op == ExprOp::within_parameter && !named(e)) {
      n.var = parties_var(e.fact, law_[e.fact].name, e.parameter);
      n.op = ExprOp::yes;
      n.yes = bit(1);
      return;
    }
    n.op = ExprOp::equals;
    n.var = fact_var(e.fact);
    const std::vector<Value> d = s_.variables_[n.var.index].domain;
    for (std::size_t i = 0; i < d.size(); ++i) {
      const Presence p = holds(e, law_[e.fact].type, d[i]);
      if (!p.possible) continue;
      if (p.by.valid())
        n.conditional.push_back({i, p.by});
      else
        n.yes.set(i);
    }
  }
  void same(const Expr& e, Node& n) {
    if (!e.fact.valid() || !e.other.valid()) {  // the element is a fact: a literal on that fact
      const FactId f = e.fact.valid() ? e.fact : e.other;
      n.op = ExprOp::equals;
      n.var = fact_var(f);
      const std::vector<Value>& d = s_.variables_[n.var.index].domain;
      for (std::size_t i = 0; i < d.size(); ++i)
        if (element_ && d[i] == *element_) n.yes.set(i);
      return;
    }
    n.var = fact_var(e.fact);
    n.other = fact_var(e.other);
    pairs(
        n, [](const Value& a, const Value& b) { return a == b; }, e);
  }
  void within(const Expr& e, Node& n) {
    const auto belongs = [&](const Value& a, const Value& b) {
      return a == b || (!a.text.empty() && !b.text.empty() && q_.world->within(a.text, b.text));
    };
    if (!e.fact.valid()) {  // an element: a literal on the other fact
      n.op = ExprOp::equals;
      n.var = fact_var(e.other);
      const std::vector<Value>& wholes = s_.variables_[n.var.index].domain;
      for (std::size_t i = 0; i < wholes.size(); ++i)
        if (element_ && belongs(*element_, wholes[i])) n.yes.set(i);
      return;
    }
    n.op = ExprOp::same;
    n.var = fact_var(e.fact);
    n.other = fact_var(e.other);
    pairs(n, belongs, e);
  }
  template <class Equal>
  void pairs(Node& n, Equal equal, const Expr& e) {
    const std::vector<Value>& a = s_.variables_[n.var.index].domain;
    const std::vector<Value>& b = s_.variables_[n.other.index].domain;
    const bool texts = law_[e.fact].type.named();
    for (std::size_t i = 0; i < a.size(); ++i)
      for (std::size_t j = 0; j < b.size(); ++j)
        if (texts ? equal(a[i], b[j]) : a[i] == b[j]) n.equal.emplace_back(i, j);
  }
  void in_set(const Expr& e, Node& n) {
    const auto& candidates = members(e.other);
    if (!e.fact.valid()) {
      n.op = ExprOp::yes;
      for (const auto& [value, v] : candidates)
        if (element_ && value == *element_) n.var = v;
      n.yes = bit(1);
      if (!n.var.valid()) constant({}, n);
      return;
    }
    n.op = ExprOp::equals;
    n.var = fact_var(e.fact);
    const std::vector<Value> d = s_.variables_[n.var.index].domain;
    for (std::size_t i = 0; i < d.size(); ++i)
      for (const auto& [value, v] : members(e.other))
        if (value == d[i]) n.conditional.push_back({i, v});
  }

  // --- regimes ---
  void regime(RegimeId id) {
    const Regime& r = law_[id];
    RegimeUse use;
    use.regime = id;
    if (!left_out(r.at)) use.in_force = present(r.windows, r.unsettled);
    // A proviso outlives the regime that bound it, until it lapses.
    const bool lives_on = std::any_of(r.provisos.begin(), r.provisos.end(),
                                      [&](ProvisoId p) { return last_text(p, day()).valid(); });
    use.present.possible = use.in_force.possible || lives_on;
    if (!use.present.possible) {
      standing_.regimes.push_back(std::move(use));
      return;
    }
    use.governs = program(r.governs);
    use.leaves_home = leaves(law_[r.authority].state);
    if (r.otherwise_lifted_by.valid()) use.otherwise_lifted_by = need_var(r.otherwise_lifted_by);
    std::map<std::uint32_t, std::size_t> place;
    for (const RuleId rule : r.rules) {
      RuleUse u = rule_use(rule);
      if (!u.present.possible) continue;
      for (const Defeat& d : law_[rule].defeats)
        if (const auto it = place.find(d.by.index);
            it != place.end() && covers(d.windows, day()) != Covers::no && !left_out(d.at))
          u.defeats.emplace_back(&d, it->second);
      place[rule.index] = use.rules.size();
      use.rules.push_back(std::move(u));
    }
    for (const ProvisoId p : r.provisos) proviso(p, use);
    standing_.regimes.push_back(std::move(use));
  }
  ProgramId leaves(const std::string& state) {
    const FactId departure = law_.find_fact("departure");
    if (!departure.valid() || law_[departure].type.kind != FactType::country) return {};
    Node n{};
    n.op = ExprOp::equals;
    n.var = fact_var(departure);
    const std::vector<Value>& d = s_.variables_[n.var.index].domain;
    for (std::size_t i = 0; i < d.size(); ++i)
      if (d[i].text == state) n.yes.set(i);
    return add_program({n});
  }
  RuleUse rule_use(RuleId id) {
    const Rule& r = law_[id];
    RuleUse u;
    u.rule = id;
    if (!left_out(r.at)) u.present = present(r.windows, r.unsettled);
    if (!u.present.possible) return u;
    u.when = program(r.when);
    for (const NeedUse& n : r.needs) u.needs.push_back(need_var(n.need));
    if (r.lifted_by.valid()) u.lifted_by = need_var(r.lifted_by);
    return u;
  }
  void proviso(ProvisoId id, RegimeUse& use) {
    bool lies_on = false;
    for (const Carried& c : q_.carried)
      if (c.proviso == id) {
        lies_on = true;
        proviso_instance(id, &c, c.bound_on, use);
      }
    if (lies_on) return;
    // Bound before the first view, if it had a text then: a change of law leaves what is bound as it was.
    const Date bound = last_text(id, views_.front().day).valid() ? views_.front().day : day();
    const RuleId text = last_text(id, bound);
    if (!text.valid()) return;
    Date last = bound;
    for (const Window& w : law_[text].windows)
      if (covers(law_[text].windows, bound) == Covers::no) last = w.to.latest;
    proviso_instance(id, nullptr, last, use);
  }
  /// The text that a proviso bound up to a day may have: that of the day, or else the last before it.
  RuleId last_text(ProvisoId id, Date on) const {
    RuleId best;
    Date latest = far_past;
    for (const RuleId v : law_[id].versions) {
      if (left_out(law_[v].at)) continue;
      if (covers(law_[v].windows, on) != Covers::no) return v;
      for (const Window& w : law_[v].windows)
        if (w.from.earliest <= on && w.to.latest >= latest) {
          best = v;
          latest = w.to.latest;
        }
    }
    return best;
  }
  /// The text of a proviso is that of the day on which it was bound.
  void proviso_instance(ProvisoId id, const Carried* c, Date day, RegimeUse& use) {
    for (const RuleId version : law_[id].versions) {
      if (covers(law_[version].windows, day) == Covers::no || left_out(law_[version].at)) continue;
      arguments_ = c ? &c->arguments : nullptr;
      proviso_ = id;
      // Programs that read a parameter differ from proviso to proviso: do not share them.
      const auto kept = programs_;
      ProvisoUse p;
      p.proviso = id;
      p.carried = carries_var(id);
      p.instance = c;
      p.rule.rule = version;
      p.rule.present = present(law_[version].windows, law_[version].unsettled, day);
      p.rule.when = program(law_[version].when);
      for (const NeedUse& n : law_[version].needs) p.rule.needs.push_back(need_var(n.need));
      if (law_[version].lifted_by.valid()) p.rule.lifted_by = need_var(law_[version].lifted_by);
      p.lapses = program(law_[version].lapses);
      programs_ = kept;
      arguments_ = nullptr;
      use.provisos.push_back(std::move(p));
    }
  }

  // --- what authorities have said ---
  void sources(VarId id) {
    const Variable v = s_.variables_[id.index];
    if (v.kind != VarKind::need && v.kind != VarKind::judged) return;
    const AuthorityId from = v.kind == VarKind::need ? law_[v.need].from : law_[v.fact].judged_by;
    std::vector<Source> found;
    for (const ActingInstrument& i : q_.instruments) {
      if (i.authority != from) continue;
      if (v.kind == VarKind::need && std::find(i.answers.begin(), i.answers.end(), v.need) != i.answers.end())
        found.push_back({&i, scope(i), need_state(i.state), 0});
      const bool withdrawn = i.state == InstrumentState::revoked;
      if (v.kind == VarKind::judged && (i.state == InstrumentState::granted || withdrawn))
        for (const auto& [f, yes] : i.finds)
          if (f == v.fact)
            found.push_back({&i, scope(i),
                             withdrawn ? judged_none
                             : yes     ? std::size_t{1}
                                       : std::size_t{0},
                             0});
    }
    take_turns(found, v.kind == VarKind::need ? law_[v.need].prevails : Prevails::latest);
    const bool complete =
        q_.silence_is_none ||
        std::find(q_.complete_records.begin(), q_.complete_records.end(), from) != q_.complete_records.end();
    const std::size_t none = v.kind == VarKind::need ? 0 : judged_none;
    s_.silent_[id.index] = complete ? bit(none) : v.all;
    s_.sources_[id.index] = std::move(found);
  }
  /// Decisions, revocations among them, come before applications, those before what has lapsed by itself; of
  /// decisions those that prevail first, and of equals the latest.
  static void take_turns(std::vector<Source>& found, Prevails prevails) {
    const auto key = [&](const Source& s) {
      return std::make_pair(turn_of(s.instrument->state, prevails), -s.instrument->instrument->issued.days);
    };
    std::stable_sort(found.begin(), found.end(),
                     [&](const Source& a, const Source& b) { return key(a) < key(b); });
    for (std::size_t i = 1; i < found.size(); ++i)
      found[i].turn = found[i - 1].turn + (key(found[i]) == key(found[i - 1]) ? 0 : 1);
  }
  static int turn_of(InstrumentState s, Prevails prevails) {
    constexpr int application = 3, lapsed = 4;
    switch (s) {
      case InstrumentState::pending: return application;
      case InstrumentState::lapsed: return lapsed;
      case InstrumentState::granted:
      case InstrumentState::revoked: return prevails == Prevails::strictest ? 2 : 0;
      case InstrumentState::suspended: return prevails == Prevails::latest ? 0 : 1;
      case InstrumentState::refused: return prevails == Prevails::granted ? 1 : 0;
    }
    return lapsed;
  }
  static std::size_t need_state(InstrumentState s) {
    switch (s) {
      case InstrumentState::granted: return static_cast<std::size_t>(NeedState::granted);
      case InstrumentState::refused: return static_cast<std::size_t>(NeedState::refused);
      case InstrumentState::pending: return static_cast<std::size_t>(NeedState::pending);
      case InstrumentState::suspended: return static_cast<std::size_t>(NeedState::suspended);
      default: return static_cast<std::size_t>(NeedState::lapsed);
    }
  }
  ProgramId scope(const ActingInstrument& i) {
    Program p;
    for (const auto& [f, values] : i.scope) {
      Node n{};
      n.op = ExprOp::equals;
      n.var = fact_var(f);
      const std::vector<Value>& d = s_.variables_[n.var.index].domain;
      const bool party = law_[f].type.kind == FactType::party;
      for (std::size_t k = 0; k < d.size(); ++k)
        for (const Value& v : values)
          if (d[k] == v || (party && !d[k].text.empty() && q_.world->within(d[k].text, v.text))) n.yes.set(k);
      p.push_back(std::move(n));
    }
    Node all{};
    all.op = ExprOp::all;
    all.arity = static_cast<std::uint32_t>(p.size());
    p.push_back(std::move(all));
    return add_program(std::move(p));
  }

  Space& s_;
  const Question& q_;
  const Law& law_;
  Diagnostics& diags_;
  std::map<FactType, std::set<std::string>> texts_;
  std::map<FactId, std::set<Value>> ordered_;
  std::set<ListId> lists_;
  std::set<FactId> compared_;
  std::vector<std::string> representatives_;
  std::map<FactId, VarId> facts_;
  std::map<NeedId, VarId> needs_;
  std::map<std::pair<HiddenId, Date>, VarId> hidden_;
  std::map<std::pair<ListId, Value>, VarId> listed_;
  std::map<std::string, VarId> rates_;
  std::vector<RateBound> rate_bounds_;
  std::vector<RateReading> rate_readings_;
  std::map<ProvisoId, VarId> carries_;
  std::map<FactId, std::vector<std::pair<Value, VarId>>> members_;
  std::map<std::pair<std::uint32_t, std::string>, ProgramId> programs_;
  std::vector<View> views_;
  std::size_t view_ = 0;
  Standing standing_;
  const Value* element_ = nullptr;
  Type element_type_;
  const std::vector<std::string>* arguments_ = nullptr;
  ProvisoId proviso_;
};

Space::Space(const Question& question, Diagnostics& diags) : question_(&question) {
  Builder(*this, diags).run();
}

std::size_t Space::room(FactType type) const {
  std::size_t singles = 0, sets = 0;
  for (const FactId f : compared_)
    if (f.valid() && law()[f].type.kind == type) ++(law()[f].type.is_set ? sets : singles);
  return singles + (std::size_t{1} << std::min(sets, most_sets_compared)) - 1;
}

Space::StandIns Space::stand_ins(const Type& type, std::span<const Value> domain) const {
  StandIns out{std::vector<std::optional<std::size_t>>(domain.size()),
               std::vector<std::vector<std::string>>(domain.size())};
  if (!type.named()) return out;
  if (type.kind != FactType::country) {
    std::map<std::string_view, std::vector<std::size_t>> alike;  // by what they lie under
    for (std::size_t i = 0; i < domain.size(); ++i)
      if (domain[i].text.empty() || !code_further_under(domain[i].text).empty())
        alike[code_further_under(domain[i].text)].push_back(i);
    for (const auto& [under, places] : alike)
      if (under.empty() || places.size() > 1)
        for (const std::size_t i : places) out.class_of[i] = places.front();
    return out;
  }
  std::map<Memberships, std::vector<std::size_t>> classes;
  std::set<std::string_view> named;
  for (std::size_t i = 0; i < domain.size(); ++i)
    if (const auto it = representatives_.find(domain[i].text); it != representatives_.end())
      classes[it->second].push_back(i);
    else
      named.insert(domain[i].text);
  for (const std::string_view code : country_codes())
    if (!named.contains(code))
      if (const auto like = classes.find(memberships(code)); like != classes.end())
        out.states[like->second.front()].emplace_back(code);
  for (const auto& [on, places] : classes)
    if (out.states[places.front()].size() > places.size())  // else each state has its own place
      for (const std::size_t i : places) out.class_of[i] = places.front();
  return out;
}

VarId Space::fact_var(FactId f) const {
  for (std::uint32_t i = 0; i < variables_.size(); ++i)
    if ((variables_[i].kind == VarKind::fact || variables_[i].kind == VarKind::judged) &&
        variables_[i].fact == f)
      return VarId{i};
  return {};
}

Space::Memberships Space::memberships(std::string_view state) const {
  Memberships on;
  for (const Standing& s : standings_)
    for (const ListId l : lists_) {
      const auto& members = law()[l].members;
      const auto m = std::find_if(members.begin(), members.end(), [&](const ListMember& of) {
        return of.value.text == state && covers(of.windows, s.view.day) != Covers::no;
      });
      if (m == members.end()) {
        on.push_back({0, 0});
      } else {
        const bool hangs = hangs_on_reading(m->windows, m->unsettled, covers(m->windows, s.view.day));
        on.push_back({hangs ? 2u + dates_unsettled(m->windows) : 1u, hangs ? m->unsettled.index : 0});
      }
    }
  return on;
}

std::vector<std::size_t> Space::standing_for(const Type& type, std::span<const Value> domain,
                                             const Value& value) const {
  std::vector<std::size_t> out;
  const auto all = [&](const auto& alike) {
    for (std::size_t i = 0; i < domain.size(); ++i)
      if (alike(domain[i])) out.push_back(i);
    return !out.empty();
  };
  const bool state = type.kind == FactType::country;
  const bool named = !representatives_.contains(value.text);
  if ((!state || named) && all([&](const Value& v) { return v == value; })) return out;
  if (type.ordered()) {  // between two amounts that the law names there is no third that it can tell apart
    const auto nearer = [&](std::size_t a, std::size_t b) { return domain[a].number < domain[b].number; };
    if (all([&](const Value& v) { return v.text == value.text && v.number < value.number; }))
      return {*std::max_element(out.begin(), out.end(), nearer)};
    if (all([&](const Value& v) { return v.text == value.text; }))
      return {*std::min_element(out.begin(), out.end(), nearer)};
    return out;
  }
  if (state) {
    if (!is_country_code(value.text)) return out;
    const auto wanted = memberships(value.text);
    all([&](const Value& v) {
      const auto it = representatives_.find(v.text);
      return it != representatives_.end() && it->second == wanted;
    });
    const auto itself =
        std::find_if(out.begin(), out.end(), [&](std::size_t i) { return domain[i] == value; });
    if (itself != out.end()) std::rotate(out.begin(), itself, itself + 1);
    return out;
  }
  if (type.kind == FactType::code)
    for (std::string root = value.text; !root.empty();) {
      if (all([&](const Value& v) { return code_further_under(v.text) == root; })) return out;
      const std::size_t dot = root.rfind('.');
      root.resize(dot == std::string::npos ? 0 : dot);
    }
  all([](const Value& v) { return v.text.empty(); });
  return out;
}

}  // namespace sekisho
