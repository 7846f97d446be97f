#include "api/answer_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/words.h"

namespace sekisho {

std::string_view truth_word(Truth t, std::string_view yes, std::string_view no) {
  return t == Truth::yes ? yes : t == Truth::no ? no : "unknown";
}

std::string AnswerFacts::words(TextSpan at) const {
  return oneline(sources_.text(at));
}

std::string AnswerFacts::show(VarId v, std::size_t i) const {
  const Variable& var = space_[v];
  switch (var.kind) {
    case VarKind::fact: {
      const std::string s = show_value(law_[var.fact].type, var.domain[i]);
      return s.empty() ? "another" : s;
    }
    case VarKind::judged: return i == judged_none ? "no finding" : i == 1 ? "yes" : "no";
    case VarKind::need: return std::string(to_string(static_cast<NeedState>(i)));
    default: return i == 1 ? "yes" : "no";
  }
}

/// What is known of a fact, where that is no list of values: nothing, a range or a subtree.
std::optional<Json> AnswerFacts::known_in_words(VarId v) const {
  const Variable& var = space_[v];
  if (var.kind != VarKind::fact) return std::nullopt;
  const auto shown = [&](const Value& x) { return show_value(law_[var.fact].type, x); };
  for (const KnownFact& k : line_.question.facts) {
    if (k.fact != var.fact) continue;
    if (k.form == Knowledge::Form::between)
      return fmt::format("between {} and {}", shown(k.values[0]), shown(k.values[1]));
    if (k.form == Knowledge::Form::unknown) break;
    if (k.form != Knowledge::Form::under) return std::nullopt;
    std::string roots;
    for (const Value& root : k.values) roots += (roots.empty() ? "under " : " or ") + shown(root);
    return roots;
  }
  return Json(nullptr);
}

/// On whose word a proviso lies on the lot or does not.
std::string AnswerFacts::provenance_of(ProvisoId p) const {
  const auto on = [&](const Carried& c) { return c.proviso == p; };
  const auto carried = std::find_if(line_.question.carried.begin(), line_.question.carried.end(), on);
  if (carried != line_.question.carried.end())
    return carried->by.empty() ? "provenance of the lot" : "provenance of the lot, bound by " + carried->by;
  const std::string& state = law_[law_[law_[p].regime].authority].state;
  const auto attested = line_.attested.find(state);
  if (attested == line_.attested.end() || attested->second.by.empty()) return "provenance of the lot";
  return fmt::format("provenance of the lot, attested by {}", attested->second.by);
}

/// One value, several, words for more, or null where all is possible.
Json AnswerFacts::known_value(VarId v) const {
  if (auto in_words = known_in_words(v)) return *std::move(in_words);
  const Variable& var = space_[v];
  const Values p = Reader(space_).possible(v, start_);
  if (p == var.all && p.count() > 1) return nullptr;
  if (p.count() == 1) return show(v, p._Find_first());
  Json some = Json::array();
  for (std::size_t i = 0; i < var.domain.size(); ++i)
    if (p.test(i)) some.push_back(show(v, i));
  return some;
}

/// Who told a fact, when and where, with the claims where they contradict each other.
void AnswerFacts::add_provenance(FactId f, Json& j) const {
  const auto told = line_.provenance.find(f);
  if (told == line_.provenance.end()) return;
  const Provenance& from = told->second;
  j["from"] = from.from;
  if (!from.by.empty()) j["by"] = from.by;
  if (from.on) j["said_on"] = to_string(*from.on);
  if (!from.source.empty()) j["source"] = from.source;
  if (!from.contested) return;
  Json claims = Json::array();
  for (const auto& [claimed, by] : from.claims) claims.push_back({{"value", claimed}, {"by", by}});
  j["claims"] = claims;
}

/// The acts that settle a finding or a need, or the record that has none.
void AnswerFacts::add_acts(VarId v, Json& j) const {
  const Variable& var = space_[v];
  Reader reader(space_);
  Json by = Json::array();
  std::optional<std::size_t> deciding;  // acts of later turns say nothing
  for (const Space::Source& s : space_.sources(v)) {
    if (deciding && s.turn != *deciding) break;
    const Truth covers = reader.read(s.scope, start_);
    if (covers != Truth::no) by.push_back(s.instrument->instrument->id);
    if (covers == Truth::yes) deciding = s.turn;
  }
  const AuthorityId a = var.kind == VarKind::need ? law_[var.need].from : law_[var.fact].judged_by;
  if (!by.empty())
    j["from"] = by;
  else if (!line_.question.silence_is_none && space_.silent(v).count() == 1)
    j["from"] = fmt::format("record of {}", law_[a].name);
}

Json AnswerFacts::value(VarId v) const {
  const Variable& var = space_[v];
  Json j;
  j["fact"] = var.name;
  j["value"] = known_value(v);
  if (var.kind == VarKind::fact || var.kind == VarKind::member) add_provenance(var.fact, j);
  if (var.kind == VarKind::judged || var.kind == VarKind::need) add_acts(v, j);
  if (var.kind == VarKind::carries) j["from"] = provenance_of(var.proviso);
  return j;
}

void AnswerFacts::collect_vars(ProgramId p, std::vector<VarId>& out) const {
  if (!p.valid()) return;
  const auto add = [&](VarId v) {
    if (v.valid() && std::find(out.begin(), out.end(), v) == out.end()) out.push_back(v);
  };
  for (const Node& n : space_[p]) {
    add(n.var);
    add(n.other);
    for (const Conditional& c : n.conditional) add(c.on);
    for (const VarId m : n.members) add(m);
    for (const ProgramId b : n.bodies) collect_vars(b, out);
  }
}

Json AnswerFacts::reads(ProgramId p) const {
  std::vector<VarId> vars;
  collect_vars(p, vars);
  Json out = Json::array();
  Reader reader(space_);
  for (const VarId v : vars) {
    const VarKind k = space_[v].kind;
    // Members that are known to be absent say nothing; those present are the set.
    if ((k == VarKind::member || k == VarKind::listed) && reader.possible(v, start_).test(0)) continue;
    // What a rate would say of every amount that the fact might be says nothing of the fact.
    if (k == VarKind::rate && !space_[v].of_unrecorded_parties()) continue;
    out.push_back(value(v));
  }
  return out;
}

Json AnswerFacts::registers(ExprId e) const {
  Json out = Json::array();
  each_node(law_, e, [&](const Expr& n) {
    const VarId v = n.list.valid() && n.fact.valid() ? space_.fact_var(n.fact) : VarId{};
    if (!v.valid() || start_.possible[v.index].count() != 1 || known_in_words(v)) return;
    const Value& value = space_[v].domain[start_.possible[v.index]._Find_first()];
    const List& list = law_[n.list];
    std::string on = list.complete_to && *list.complete_to < line_.question.law_day ? "unknown" : "no";
    std::string source = list.source;
    for (const ListMember& m : list.members) {
      const Covers c = covers(m.windows, line_.question.law_day);
      if (!(m.value == value) || c == Covers::no) continue;
      const bool dated = std::any_of(m.windows.begin(), m.windows.end(),
                                     [](const Window& w) { return !w.from.settled() || !w.to.settled(); });
      on = c == Covers::yes && (dated || !m.unsettled.valid()) ? "yes" : "unsettled";
      if (!m.source.empty()) source = m.source;
    }
    Json j{{"list", list.name}, {"fact", law_[n.fact].name}, {"value", show_value(law_[n.fact].type, value)},
           {"on", on},          {"cite", list.cite},         {"source", source}};
    j["complete_to"] = list.complete_to ? Json(to_string(*list.complete_to)) : Json(nullptr);
    out.push_back(std::move(j));
  });
  return out;
}

bool AnswerFacts::known(VarId v) const {
  const Variable& var = space_[v];
  if (var.kind == VarKind::hidden || var.kind == VarKind::listed || var.kind == VarKind::rate) return false;
  // That an authority said nothing is known where its record is complete; hidden instruments are no
  // knowledge.
  if (var.kind == VarKind::need || var.kind == VarKind::judged)
    return !space_.sources(v).empty() || (!line_.question.silence_is_none && space_.silent(v) != var.all);
  return start_.possible[v.index] != var.all;
}

std::vector<VarId> AnswerFacts::tied(VarId v) const {
  std::vector<VarId> out;
  for (const ProgramId p : space_.constraints()) {
    std::vector<VarId> vars;
    collect_vars(p, vars);
    if (std::find(vars.begin(), vars.end(), v) == vars.end()) continue;
    for (const VarId other : vars)
      if (other != v && std::find(out.begin(), out.end(), other) == out.end()) out.push_back(other);
  }
  return out;
}

bool AnswerFacts::have(const Value& v) const {
  return std::any_of(line_.question.facts.begin(), line_.question.facts.end(), [&](const KnownFact& k) {
    return std::find(k.values.begin(), k.values.end(), v) != k.values.end();
  });
}

}  // namespace sekisho
