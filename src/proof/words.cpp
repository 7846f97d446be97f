#include "proof/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace sekisho::proof {
namespace {

/// The same value, or the same values in another order.
bool alike(const Json& a, const Json& b) {
  if (!a.is_array() || !b.is_array()) return a == b;
  return std::multiset<Json>(a.begin(), a.end()) == std::multiset<Json>(b.begin(), b.end());
}
void expect_alike(const Page& said, const Json& replayed) {
  if (!alike(said.json(), replayed)) said.expect(replayed);
}

}  // namespace

void Words::reads(ExprId e, const Rule* of, const Page& said) {
  const std::set<std::string> named = reads_some(e, of, said);
  std::set<std::string> must;
  facts_read(e, must);
  for (const std::string& fact : must)
    if (!named.contains(fact)) said.wrong(fmt::format("it reads `{}`, which is left out", fact));
}

std::set<std::string> Words::reads_some(ExprId e, const Rule* of, const Page& said) {
  const Spoken may = spoken(e, of);
  std::set<std::string> named;
  for (const Page& v : said.list()) {
    const std::string name = value(v);
    const auto m = member_name(name);
    if (may.open.contains(name)) continue;
    const bool held = m && may.holders.contains(m->second);
    if (!held && !may.facts.contains(name)) v.wrong(fmt::format("`{}` is not read here", name));
    // Who is not known to be in a set or list says nothing.
    else if (held && v["value"].json() != "yes")
      v.wrong("it is not known to be in it");
    else if (!named.insert(name).second)
      v.wrong("it is told twice");
  }
  return named;
}

Words::Spoken Words::spoken(ExprId e, const Rule* of) const {
  Spoken out;
  const auto unsettled = [&](HiddenId h) {
    if (h.valid()) out.open.insert(law_[h].what);
  };
  each_node(law_, e, [&](const Expr& n) {
    for (const FactId f : {n.fact, n.other})
      if (f.valid()) (law_[f].type.is_set ? out.holders : out.facts).insert(law_[f].name);
    unsettled(n.hidden);
    if (n.list.valid()) {
      out.holders.insert(law_[n.list].name);
      for (const ListMember& m : law_[n.list].members) unsettled(m.unsettled);
    }
    if (n.op == ExprOp::within_parameter && of != nullptr)
      out.open.insert(fmt::format("{} of {}", of->parameters[n.parameter], law_[of->proviso].name));
  });
  return out;
}

void Words::registers(ExprId e, const Page& said) const {
  Json all = Json::array();
  look_up(e, all);
  said.expect(all);
}

void Words::look_up(ExprId e, Json& out) const {
  if (!e.valid()) return;
  for (const Expr& n : law_[e]) {
    if (n.op == ExprOp::definition) look_up(n.body, out);
    if (!n.list.valid() || !n.fact.valid()) continue;
    const auto given = case_.premises().facts.find(n.fact);
    if (given == case_.premises().facts.end() || given->second.form != Given::Form::one_of) continue;
    const std::set<Value> values(given->second.values.begin(), given->second.values.end());
    if (values.size() == 1) out.push_back(entry_of(law_[n.list], n.fact, *values.begin()));
  }
}

Json Words::entry_of(const List& list, FactId fact, const Value& value) const {
  const Date day = case_.premises().law_of;
  std::string on = list.complete_to && *list.complete_to < day ? "unknown" : "no", source = list.source;
  for (const ListMember& m : list.members) {
    const Covers there = covers(m.windows, day);
    if (m.value != value || there == Covers::no) continue;
    const bool undated = std::any_of(m.windows.begin(), m.windows.end(),
                                     [](const Window& w) { return !w.from.settled() || !w.to.settled(); });
    on = there == Covers::yes && (undated || !m.unsettled.valid()) ? "yes" : "unsettled";
    if (!m.source.empty()) source = m.source;
  }
  return {{"list", list.name},
          {"fact", law_[fact].name},
          {"value", show_value(law_[fact].type, value)},
          {"on", on},
          {"cite", list.cite},
          {"source", source},
          {"complete_to", list.complete_to ? Json(to_string(*list.complete_to)) : Json(nullptr)}};
}

/// Single-valued facts that an expression speaks of. Of a set only the members known to be in it are
/// listed.
void Words::facts_read(ExprId e, std::set<std::string>& out) const {
  if (!e.valid()) return;
  for (const Expr& n : law_[e]) {
    if (n.op == ExprOp::within_parameter) continue;  // it may hang on parties that nobody recorded
    for (const FactId f : {n.fact, n.other})
      if (f.valid() && !law_[f].type.is_set) out.insert(law_[f].name);
    if (n.op == ExprOp::definition) facts_read(n.body, out);
  }
}

std::string Words::value(const Page& said) {
  ++checked_;
  std::string name = said["fact"].text();
  if (!known_name(name)) said.wrong(fmt::format("nothing that can be read is called `{}`", name));
  expect_alike(said["value"], value_of(name));
  return name;
}

void Words::fact_is(FactId f, const Page& said) const {
  expect_alike(said, fact_value(f));
}

/// The name of a set's or list's possible member: `US in goods.licensor_states`.
std::optional<std::pair<std::string, std::string>> Words::member_name(const std::string& name) {
  const std::size_t in = name.rfind(" in ");
  if (in == std::string::npos) return std::nullopt;
  return std::pair(name.substr(0, in), name.substr(in + 4));
}

bool Words::known_name(const std::string& name) const {
  if (law_.find_fact(name).valid() || law_.find_need(name).valid() || law_.find_proviso(name).valid())
    return true;
  if (const auto of = name.find(" of ");
      of != std::string::npos && law_.find_proviso(name.substr(of + 4)).valid())
    return true;  // whom a proviso names
  const auto called = [](const std::string& wanted) {
    return [&wanted](const auto& x) { return x.name == wanted; };
  };
  if (const auto m = member_name(name))
    return law_.find_fact(m->second).valid() ||
           std::any_of(law_.lists.begin(), law_.lists.end(), called(m->second));
  return std::any_of(law_.hidden.begin(), law_.hidden.end(), [&](const Hidden& h) { return h.what == name; });
}

std::optional<Matter> Words::matter_called(const std::string& name) const {
  if (const FactId f = law_.find_fact(name); f.valid() && law_[f].judged_by.valid())
    return Matter{Matter::Kind::fact, f.index, {}};
  if (const NeedId n = law_.find_need(name); n.valid()) return Matter{Matter::Kind::need, n.index, {}};
  if (const ProvisoId p = law_.find_proviso(name); p.valid())
    return Matter{Matter::Kind::carried, p.index, {}};
  if (const auto m = member_name(name)) {
    const FactId set = law_.find_fact(m->second);
    const bool is_set = set.valid() && law_[set].type.is_set;
    if (auto v = is_set ? read_value(law_[set].type.element(), m->first) : std::nullopt)
      return Matter{Matter::Kind::member, set.index, std::move(*v)};
  }
  return std::nullopt;
}

std::vector<std::string_view> Words::ways_of(const Matter& m) {
  if (m.kind == Matter::Kind::need) return {need_states.begin(), need_states.end()};
  if (m.kind == Matter::Kind::fact) return {"no", "yes", "no finding"};
  return {"no", "yes"};
}

/// What the premises say of something, in the words of an answer: null where every value is left.
Json Words::value_of(const std::string& name) {
  if (const auto m = matter_called(name)) return words(*m, ways_of(*m));
  if (const FactId f = law_.find_fact(name); f.valid())
    return law_[f].type.is_set ? members(f) : fact_value(f);
  // Unsettled law, lists after their day, amounts in two currencies: open, but for a reading.
  if (const auto way = case_.reading(name)) return *way ? "yes" : "no";
  const Truth compares = reader_.comparison_called(name);
  return compares == Truth::unknown ? Json(nullptr) : Json(compares == Truth::yes ? "yes" : "no");
}

bool Words::says(const Matter& m) {
  // That hidden instruments say nothing is no premise; it is what was asked.
  const bool by_acts = m.kind == Matter::Kind::need || m.kind == Matter::Kind::fact;
  if (by_acts && case_.premises().silence_is_none && reader_.acts_on(m).empty()) return false;
  return reader_.left(m).size() < ways_of(m).size();
}

Json Words::words(const Matter& m, const std::vector<std::string_view>& names) {
  const std::vector<Value> left = reader_.left(m);
  if (left.size() == names.size()) return nullptr;
  Json all = Json::array();
  for (const Value& v : left) all.push_back(names[static_cast<std::size_t>(v.number)]);
  return left.size() == 1 ? all.front() : all;
}

Json Words::shown(FactId f, const std::vector<Value>& values) const {
  Json all = Json::array();
  for (const Value& v : values) all.push_back(show_value(law_[f].type.element(), v));
  return all;
}

Json Words::members(FactId f) const {
  const auto given = case_.premises().facts.find(f);
  return given == case_.premises().facts.end() ? Json(nullptr) : shown(f, given->second.values);
}

Json Words::fact_value(FactId f) const {
  const auto given = case_.premises().facts.find(f);
  if (given == case_.premises().facts.end()) return nullptr;
  const Given& g = given->second;
  const Json all = shown(f, g.values);
  if (g.form == Given::Form::under)
    return fmt::format("under {}", fmt::join(all.get<std::vector<std::string>>(), " or "));
  if (g.form == Given::Form::between)
    return fmt::format("between {} and {}", all[0].get<std::string>(), all[1].get<std::string>());
  const std::set<Json> unlike(all.begin(), all.end());
  if (unlike.size() == 1) return all.front();
  const Type& t = law_[f].type;
  const std::size_t every = t.kind == FactType::yes_no   ? 2
                            : t.kind == FactType::choice ? t.choices.size()
                                                         : 0;
  return unlike.size() == every ? Json(nullptr) : Json(unlike);
}

}  // namespace sekisho::proof
