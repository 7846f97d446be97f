#include "api/answer.h"

#include <algorithm>

namespace sekisho {
namespace {

/// Where the phrases of which a condition asks all begin and end, in the order of its text.
std::vector<std::pair<std::size_t, std::size_t>> phrases_of_all(const Program& condition) {
  std::vector<std::pair<std::size_t, std::size_t>> open;  // subtrees not yet taken by a parent
  for (std::size_t i = 0; i + 1 < condition.size(); ++i) {
    std::size_t begin = i;
    for (std::uint32_t k = 0; k < condition[i].arity; ++k) {
      begin = open.back().first;
      open.pop_back();
    }
    open.emplace_back(begin, i + 1);
  }
  return open;
}

}  // namespace

/// Forgets a fact, and with a member its whole set.
void LineAnswer::drop(VarId v, State& s) const {
  for (const VarId u : of_one_fact(v)) {
    s.possible[u.index] = space_[u].all;
    s.free[u.index] = true;
  }
}

/// A subset-minimal set of facts that alone gives the finding: drop each that is not needed.
Json LineAnswer::because(const std::vector<std::size_t>& regimes, Finding f) {
  State s = start_;
  std::vector<VarId> kept;
  std::set<FactId> tried;
  bool undecided = false;
  for (std::uint32_t i = 0; i < space_.variables().size(); ++i) {
    const VarId v{i};
    const Variable& var = space_[v];
    if (!facts_.known(v)) continue;
    // The members of a set are dropped together: the set is the fact.
    if (var.kind == VarKind::member && !tried.insert(var.fact).second) continue;
    State without = s, alone = start_;
    drop(v, without);
    drop(v, alone);
    const Truth enough = always(regimes, without, alone, f);
    undecided = undecided || enough == Truth::unknown;
    if (enough == Truth::yes)
      s = std::move(without);
    else
      kept.push_back(v);
  }
  if (undecided)
    leave_out({{"what", "because"},
               {"regime", regimes.size() == all_.size()
                              ? Json(nullptr)
                              : Json(law_[space_.regimes()[regimes.front()].regime].name)}});
  if (regimes.size() == all_.size()) because_ = kept;
  Json out = Json::array();
  for (const VarId v : kept)
    out.push_back(space_[v].kind == VarKind::member ? set_value(space_[v].fact) : facts_.value(v));
  return out;
}

/// A set as one fact, with the members that it has.
Json LineAnswer::set_value(FactId set) const {
  Json j;
  j["fact"] = law_[set].name;
  Json members = Json::array();
  for (std::uint32_t k = 0; k < space_.variables().size(); ++k) {
    const Variable& m = space_[VarId{k}];
    if (m.kind == VarKind::member && m.fact == set && !start_.possible[k].test(0))
      members.push_back(show_value(law_[m.fact].type, m.element));
  }
  j["value"] = members;
  if (line_.provenance.contains(set)) j["from"] = line_.provenance.at(set).from;
  return j;
}

// --- routes ---

Json LineAnswer::routes(std::size_t g) {
  Json out = Json::array();
  if (regimes_[g].reading.main == Truth::no) return out;
  for (const RuleUse& u : space_.regimes()[g].rules)
    if (law_[u.rule].permits && !read_away(u)) out.push_back(route(g, u));
  return out;
}

/// Whether a rule that permits is open, and what stands in its way.
Json LineAnswer::route(std::size_t g, const RuleUse& u) {
  const RegimeAnswer& a = regimes_[g];
  const Rule& rule = law_[u.rule];
  const Truth t = u.when.valid() ? Reader(space_).read(u.when, start_) : Truth::yes;
  Json j;
  j["route"] = rule.name;
  j["cite"] = rule.cite;
  j["status"] = truth_word(t, "met", "unmet");
  j["used"] = a.outcome.route == u.rule;
  if (t != Truth::yes) j["fails_on"] = first_failing(u);
  Json defeated_by = Json::array();
  for (const auto& [d, other] : u.defeats)
    if ((d->part == tree::Part::whole || d->part == tree::Part::permission) && t == Truth::yes &&
        a.reading.active[other] == Truth::yes)
      defeated_by.push_back(law_[space_.regimes()[g].rules[other].rule].name);
  if (!defeated_by.empty()) {
    j["status"] = "defeated";
    j["defeated_by"] = defeated_by;
  }
  Json needs = Json::array();
  for (const VarId n : u.needs) needs.push_back(space_[n].name);
  j["needs"] = needs;
  return j;
}

/// The first phrase that keeps a rule from applying, in the order of its text.
Json LineAnswer::first_failing(const RuleUse& u) {
  if (!u.when.valid()) return nullptr;
  Reader reader(space_);
  if (space_[u.when].back().op != ExprOp::all) return phrase(u.when, reader.read(u.when, start_));
  Json unknown = nullptr;
  for (const auto& [begin, end] : phrases_of_all(space_[u.when])) {
    const auto first = space_[u.when].begin();
    const ProgramId part = space_.add_part(
        Program(first + static_cast<std::ptrdiff_t>(begin), first + static_cast<std::ptrdiff_t>(end)));
    const Truth t = reader.read(part, start_);
    if (t == Truth::no) return phrase(part, t);
    if (t == Truth::unknown && unknown.is_null()) unknown = phrase(part, t);
  }
  return unknown;
}

/// A phrase of a condition, how it stands and what it reads.
Json LineAnswer::phrase(ProgramId part, Truth stands) const {
  Json j;
  j["text"] = facts_.words(space_[part].back().at);
  j["status"] = truth_word(stands, "met", "unmet");
  j["reads"] = facts_.reads(part);
  return j;
}

// --- derivation ---

Json LineAnswer::derivation(std::size_t g) const {
  const RegimeUse& use = space_.regimes()[g];
  const RegimeReading& r = regimes_[g].reading;
  Json out = Json::array();
  if (use.present.possible) out.push_back(engagement(g));
  if (r.main == Truth::no && r.later == Truth::no) return out;
  for (std::size_t i = 0; i < r.active.size(); ++i) {
    const bool proviso = i >= use.rules.size();
    if (proviso && r.active[i] == Truth::no) continue;
    const RuleUse& u = proviso ? use.provisos[i - use.rules.size()].rule : use.rules[i];
    if (!read_away(u)) out.push_back(step(g, i, u));
  }
  return out;
}

/// Whether the regime has a say.
Json LineAnswer::engagement(std::size_t g) const {
  const RegimeUse& use = space_.regimes()[g];
  const RegimeReading& r = regimes_[g].reading;
  Json j;
  j["rule"] = law_[use.regime].name + " governs";
  j["status"] = truth_word(r.main, "engaged", r.later == Truth::yes ? "engaged by proviso" : "not engaged");
  j["reads"] = facts_.reads(use.governs);
  return j;
}

/// How one rule stands. @param i  its place in the regime's reading
Json LineAnswer::step(std::size_t g, std::size_t i, const RuleUse& u) const {
  const RegimeUse& use = space_.regimes()[g];
  const RegimeReading& r = regimes_[g].reading;
  const Rule& rule = law_[u.rule];
  Json j;
  j["rule"] = rule.name;
  j["cite"] = rule.cite;
  if (!rule.source.empty()) j["source"] = rule.source;
  j["force"] = rule.force.empty() ? law_[use.regime].force : rule.force;
  if (!rule.addressee.empty()) j["addressee"] = rule.addressee;
  const bool defeated = r.condition[i] == Truth::yes && r.active[i] == Truth::no;
  j["status"] = defeated ? "defeated" : truth_word(r.active[i], "active", "inactive");
  if (defeated) {
    Json by = Json::array();
    for (const auto& [d, other] : u.defeats)
      if (r.active[other] == Truth::yes) by.push_back(law_[use.rules[other].rule].name);
    j["defeated_by"] = by;
  }
  if (Json lost = effects_defeated(g, i, u); !lost.empty()) j["effects_defeated"] = std::move(lost);
  j["effect"] = rule.prohibits ? "prohibits" : rule.permits ? "permits" : "needs";
  const bool asked = (rule.group == "later_transfers" ? r.group : r.main) != Truth::no;
  j["registers"] = asked ? facts_.registers(rule.when) : Json::array();
  j["reads"] = facts_.reads(u.when);
  return j;
}

/// What other rules take from a rule that stays: each effect by its name, and by whom.
Json LineAnswer::effects_defeated(std::size_t g, std::size_t i, const RuleUse& u) const {
  const RegimeReading& r = regimes_[g].reading;
  Json lost = Json::array();
  for (const auto& [d, other] : u.defeats)
    if (d->part != tree::Part::whole && r.active[i] != Truth::no && r.active[other] != Truth::no)
      add_once(lost, {{"effect", effect_name(law_, law_[u.rule], *d)},
                      {"by", law_[space_.regimes()[g].rules[other].rule].name},
                      {"status", truth_word(r.active[other], "defeated", "not defeated")}});
  return lost;
}

/// Whether a reading says that the rule is not there.
bool LineAnswer::read_away(const RuleUse& u) const {
  return u.present.by.valid() && !start_.possible[u.present.by.index].test(1);
}

}  // namespace sekisho
