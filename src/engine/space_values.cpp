#include "engine/space_builder.h"

#include <algorithm>

#include "base/countries.h"

// The values of facts: what the law, the files and the acts of authorities name, and beside that as many
// values as can matter at once of each class that nothing tells apart. A set has a variable for each value
// that it may hold.

namespace sekisho {

// --- what the law can tell apart ---

void Space::Builder::gather_constants() {
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

void Space::Builder::constants_of(const Expression& e) {
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
FactId Space::Builder::enclosing_set(const Expression& e, const std::vector<std::size_t>& starts,
                                     std::size_t at) {
  for (std::size_t i = at + 1; i < e.size(); ++i)
    if ((e[i].op == ExprOp::some || e[i].op == ExprOp::every) && starts[i] <= at) return e[i].other;
  return {};
}

void Space::Builder::note_member(const List& l, const Value& v) {
  if (l.type.kind == FactType::country && is_country_code(v.text))
    return;  // states stand for the class of those on the same lists
  if (l.type.named()) texts_[l.type.kind].insert(v.text);
}

void Space::Builder::note_constant(FactId f, const Value& v) {
  const FactType t = law_[f].type.kind;
  if (law_[f].type.named())
    texts_[t].insert(v.text);
  else if (law_[f].type.ordered())
    ordered_[f].insert(v);
}

/// Facts that are compared with each other share their constants.
void Space::Builder::share_compared() {
  std::map<FactType, std::set<Value>> shared;
  for (const FactId f : compared_)
    if (f.valid() && law_[f].type.ordered())
      shared[law_[f].type.kind].insert(ordered_[f].begin(), ordered_[f].end());
  for (const FactId f : compared_)
    if (f.valid() && law_[f].type.ordered()) ordered_[f] = shared[law_[f].type.kind];
}

/// Parties of the world that belong to one that matters may be meant where a party is not known.
void Space::Builder::parties_within() {
  const std::set<std::string> named = texts_[FactType::party];
  for (const Party& p : q_.world->parties)
    if (std::any_of(named.begin(), named.end(),
                    [&](const std::string& n) { return q_.world->within(p.id, n); }))
      texts_[FactType::party].insert(p.id);
}

std::optional<Value> Space::Builder::threshold(ThresholdId id, Date on) const {
  for (const ThresholdStep& s : law_[id].steps)
    if (covers(s.windows, on) == Covers::yes) return s.value;
  return std::nullopt;
}

// --- domains ---

const KnownFact* Space::Builder::known(FactId f) const {
  for (const KnownFact& k : q_.facts)
    if (k.fact == f) return &k;
  return nullptr;
}

void Space::Builder::add(std::vector<Value>& domain, const Value& v) {
  if (std::find(domain.begin(), domain.end(), v) == domain.end()) domain.push_back(v);
}

std::vector<Value> Space::Builder::domain(FactId f) {
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
void Space::Builder::others(FactType t, std::vector<Value>& d) const {
  add(d, {0, {}});
  for (std::size_t k = 2; k <= s_.room(t); ++k) add(d, {static_cast<std::int64_t>(k), {}});
}

/// A code, and as many further ones under it as can matter at once.
void Space::Builder::codes(FactId f, const std::string& c, std::vector<Value>& d) const {
  add(d, {0, c});
  for (std::size_t k = 1; k <= places(f); ++k) add(d, {0, further_code(c, k)});
}

/// Constants, and on both sides of each as many values as can matter at once: so many fit between any two.
void Space::Builder::ordered(FactId f, const Type& t, std::vector<Value>& d) const {
  const auto reach = static_cast<std::int64_t>(places(f));
  std::set<Value> constants;
  if (const auto it = ordered_.find(f); it != ordered_.end()) constants = it->second;
  if (constants.empty() && reach > 1) constants.insert(nil(t));
  for (const Value& v : constants)
    for (std::int64_t step = -reach; step <= reach; ++step)
      if (const Value beside{v.number + step, v.text}; t.allows(beside)) add(d, beside);
  if (d.empty()) add(d, nil(t));
}

/// For each class of states that no list and no constant tells apart: as many of them as can matter at once
/// where facts are compared, and one more.
const std::vector<std::string>& Space::Builder::representatives() {
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

// --- variables of facts ---

VarId Space::Builder::variable(Variable v) {
  for (std::size_t i = 0; i < v.domain.size(); ++i) v.all.set(i);
  const auto id = next_id<VarId>(s_.variables_);
  s_.variables_.push_back(std::move(v));
  return id;
}

VarId Space::Builder::fact_var(FactId f) {
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

Values Space::Builder::known_values(FactId f, const std::vector<Value>& d) const {
  const KnownFact* k = known(f);
  Values out;
  for (std::size_t i = 0; i < d.size(); ++i)
    if (!k || allows(*k, d[i])) out.set(i);
  return out;
}

VarId Space::Builder::judged(FactId f) {
  Variable v{};
  v.kind = VarKind::judged;
  v.fact = f;
  v.name = law_[f].name;
  v.domain = {{0, {}}, {1, {}}, {2, "none"}};
  v.known.set(0).set(1).set(2);
  return variable(std::move(v));
}

/// One presence variable for each value that a set may hold.
const std::vector<std::pair<Value, VarId>>& Space::Builder::members(FactId f) {
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

}  // namespace sekisho
