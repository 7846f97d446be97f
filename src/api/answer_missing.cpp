#include "api/answer.h"

#include <fmt/format.h>

#include <algorithm>

namespace sekisho {

/// The facts of which some value leaves fewer findings. Where constraints tie facts to each other both ways,
/// none of them makes a difference by itself, and each does with those that go with it.
std::vector<bool> LineAnswer::narrowing(std::size_t g) {
  std::vector<bool> out(space_.variables().size());
  for (std::uint32_t i = 0; i < out.size(); ++i) {
    const Values left = reader_.possible(VarId{i}, start_);
    if (left.count() < 2) continue;
    State known = start_;
    known.free[i] = true;
    for (std::size_t k = left._Find_first(); k < left.size() && !out[i]; k = left._Find_next(k)) {
      known.leave(VarId{i}, k);
      const FindingSet found = engine_.findings({g}, known);
      out[i] = !found.empty() && !(found == regimes_[g].findings);
    }
  }
  return out;
}

/// 1 where the joint finding is one, less the further its best and worst are apart, with a little for each
/// regime that is decided by itself.
double LineAnswer::closeness(const State& s) {
  const FindingSet joint = engine_.findings(all_, s);
  if (joint.empty()) return 1;
  double decided = 0;
  for (const std::size_t g : all_) decided += engine_.findings({g}, s).single() ? 1 : 0;
  const int apart = static_cast<int>(joint.worst()) - static_cast<int>(joint.best());
  return 1.0 - apart / 5.0 + decided / 100.0;
}

/// How close the answer comes, over the values that are possible for a fact. Better questions bring the
/// bounds of the finding closer for more of them.
double LineAnswer::closer(VarId v) {
  const Values p = reader_.possible(v, start_);
  double closer = 0, count = 0;
  for (std::size_t k = p._Find_first(); k < p.size(); k = p._Find_next(k)) {
    State s = start_;
    s.leave(v, k);
    if (!engine_.consistent(s)) continue;
    ++count;
    closer += closeness(s);
  }
  return count > 0 ? closer / count : 0;
}

/// The regimes whose answer it can change, by name.
Json LineAnswer::matters_to(VarId v) const {
  Json regimes = Json::array();
  for (const std::size_t g : all_)
    if (matters_[g][v.index]) regimes.push_back(law_[space_.regimes()[g].regime].name);
  return regimes;
}

/// What to ask about a variable that is open, and what would be an answer.
Json LineAnswer::question(VarId v) const {
  const Variable& var = space_[v];
  const auto asked = [&](const char* kind, std::string asks, const char* type) {
    return Json{{"fact", var.name}, {"kind", kind}, {"asks", std::move(asks)}, {"type", type}};
  };
  switch (var.kind) {
    case VarKind::fact:
    case VarKind::member: return question(var.fact);
    case VarKind::carries:
      return asked(
          "provenance",
          fmt::format("Does the proviso {} lie on this lot, or is it attested that nothing of {} is in it?",
                      var.name, law_[law_[law_[var.proviso].regime].authority].state),
          "yes or no");
    case VarKind::listed:
      return asked("list",
                   fmt::format("Has {} joined {} since {}?", show_value(law_[var.list].type, var.element),
                               law_[var.list].title, to_string(*law_[var.list].complete_to)),
                   "yes or no");
    case VarKind::rate:
      return asked("rate",
                   var.of_unrecorded_parties()
                       ? fmt::format("Whom does {} name as {}? Record it on the lot, under `with`.",
                                     law_[var.proviso].name, var.element.text)
                       : fmt::format("Does it hold that {}?", var.name),
                   "yes or no");
    default: break;
  }
  const AuthorityId a = var.kind == VarKind::need ? law_[var.need].from : law_[var.fact].judged_by;
  if (space_.silent(v).count() == 1)  // the record is complete: its acts leave it open
    return asked(
        "record",
        fmt::format("Which act of {} on {} counts? Those of one day differ.", law_[a].title, var.name),
        "the order of its acts");
  return asked("record",
               fmt::format("What has {} done about {}? Its record is not known to be complete to the day.",
                           law_[a].title, var.name),
               "an instrument, or a record complete to the day");
}

Json LineAnswer::question(FactId fact) const {
  const Fact& f = law_[fact];
  return {{"fact", f.name},
          {"kind", "fact"},
          {"asks", f.asks},
          {"type", describe(f.type)},
          {"changed_by", to_string(f.changed_by)}};
}

/// The variables that are open and matter to some regime. A set is one question, and so is a party that
/// several provisos leave unnamed.
std::vector<VarId> LineAnswer::open_questions() {
  std::vector<VarId> out;
  std::set<FactId> sets;
  std::set<std::string> parties;
  for (std::uint32_t i = 0; i < space_.variables().size(); ++i) {
    const VarId v{i};
    const Variable& var = space_[v];
    if (var.kind == VarKind::hidden || reader_.possible(v, start_).count() < 2 || matters_to(v).empty())
      continue;
    if (var.kind == VarKind::member && !sets.insert(var.fact).second) continue;
    if (var.of_unrecorded_parties() && !parties.insert(var.name).second) continue;
    out.push_back(v);
  }
  return out;
}

/// Adds the facts from which a day runs before which nothing may move.
void LineAnswer::ask_what_runs(Json& missing) const {
  for (const RegimeAnswer& a : regimes_)
    for (const auto& [rule, k] : a.outcome.waits) {
      const FactId from = law_[rule].waits[k].from;
      const bool given =
          std::any_of(line_.question.facts.begin(), line_.question.facts.end(),
                      [&](const KnownFact& f) { return f.fact == from && f.values.size() == 1; });
      const bool listed = std::any_of(missing.begin(), missing.end(),
                                      [&](const Json& asked) { return asked["fact"] == law_[from].name; });
      if (given || listed) continue;
      missing.push_back(question(from));
      missing.back()["matters_to"] = Json::array({law_[law_[rule].regime].name});
    }
}

Json LineAnswer::missing() {
  std::vector<std::pair<double, VarId>> ranked;
  for (const VarId v : open_questions()) ranked.emplace_back(closer(v), v);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  Json out = Json::array();
  for (const auto& [score, v] : ranked) {
    out.push_back(question(v));
    out.back()["matters_to"] = matters_to(v);
  }
  ask_what_runs(out);
  return out;
}

void LineAnswer::open_to_readings(std::set<std::string>& names) const {
  names.insert(space_.readings_used().begin(), space_.readings_used().end());
  for (const Variable& v : space_.variables())
    if (v.kind == VarKind::hidden || v.kind == VarKind::listed ||
        (v.kind == VarKind::rate && !v.of_unrecorded_parties()))
      names.insert(v.name);
}

Json LineAnswer::unsettled() const {
  Json out = Json::array();
  for (std::uint32_t i = 0; i < space_.variables().size(); ++i) {
    const VarId v{i};
    if (space_[v].kind != VarKind::hidden) continue;
    Json regimes = matters_to(v);
    if (regimes.empty()) continue;
    const Hidden& h = law_[space_[v].hidden];
    out.push_back({{"what", h.what},
                   {"note", h.note},
                   {"text", facts_.words(h.at)},
                   {"matters_to", std::move(regimes)}});
  }
  return out;
}

}  // namespace sekisho
