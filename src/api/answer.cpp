#include "api/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "api/premises.h"
#include "api/words.h"
#include "base/countries.h"

namespace sekisho {
namespace {

/// Facts that say which transfer is asked about; what is asked needs no source.
constexpr std::array<std::string_view, 8> the_question{"departure", "destination", "kind", "exporter",
                                                       "consignee", "end_user",    "item", "lot"};

std::string_view show(Truth t, std::string_view yes, std::string_view no) {
  return t == Truth::yes ? yes : t == Truth::no ? no : "unknown";
}

/// Where a value comes from, in brackets; of a finding, the acts that made it.
std::string said_by(const Json& value) {
  const auto from = value.find("from");
  if (from == value.end()) return {};
  std::string all = from->is_string() ? from->get<std::string>() : "";
  if (from->is_array())
    for (const Json& act : *from) all += (all.empty() ? "" : ", ") + act.get<std::string>();
  return all.empty() ? all : " [" + all + "]";
}

}  // namespace

Json finding_json(const FindingSet& s, bool assessed) {
  Json j;
  const bool barred = s.single() && s.best() == Finding::prohibited;
  j["finding"] = !assessed && !barred ? "not_assessed"
                 : s.single()         ? std::string(to_string(s.best()))
                                      : "open";
  j["best"] = to_string(s.best());
  j["worst"] = assessed ? to_string(s.worst()) : to_string(Finding::prohibited);
  return j;
}

LineAnswer::LineAnswer(const Sources& sources, const LineQuestion& line, const std::string& line_id,
                       std::size_t node_limit, Diagnostics& diags)
    : sources_(sources),
      line_(line),
      law_(*line.question.law),
      id_(line_id),
      space_(line.question, diags),
      engine_(space_, diags, node_limit),
      reader_(space_),
      diags_(diags),
      start_(reader_.start()) {
  ok_ = engine_.ok();
  if (ok_) decide();
}

void LineAnswer::decide() {
  if (!engine_.consistent(start_)) {
    std::string broken;
    std::vector<VarId> at_odds;
    for (const ProgramId p : space_.constraints()) {
      if (reader_.read(p, start_) != Truth::no || !space_.is_stated(p)) continue;
      broken += (broken.empty() ? "" : "; ") + words(space_[p].back().at);
      collect_vars(p, at_odds);
    }
    auto e = diags_.emit(code::no_completion, TextSpan{},
                         broken.empty() ? "no value of the unknown facts fits the constraints" : broken);
    for (const VarId v : at_odds) {
      const Json f = fact_value(v, start_);
      if (!f["value"].is_string()) continue;
      e.note(fmt::format("{} is {}{}", space_[v].name, f["value"].get<std::string>(), said_by(f)));
    }
    e.fix("correct one of them");
    ok_ = false;
    return;
  }
  for (std::size_t g = 0; g < space_.regimes().size(); ++g) {
    RegimeAnswer a;
    a.findings = engine_.findings({g}, start_);
    a.reading = reader_.read(space_.regimes()[g], start_);
    all_.push_back(g);
    regimes_.push_back(std::move(a));
  }
  joint_ = engine_.findings(all_, start_);
  // A concrete completion with the best finding of each regime shows what would be needed.
  for (std::size_t g = 0; g < regimes_.size(); ++g) {
    if (regimes_[g].findings.empty()) continue;
    if (const auto w = engine_.witness(g, start_, regimes_[g].findings.best()))
      regimes_[g].outcome = outcome(g, *w);
  }
  assess_states();
  for (const std::size_t g : all_) {
    matters_.push_back(engine_.matters(g, start_));
    const bool hidden = std::none_of(matters_[g].begin(), matters_[g].end(), [](bool b) { return b; });
    if (hidden && !regimes_[g].findings.single()) matters_[g] = narrowing(g);
  }
}

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
      known.possible[i].reset();
      known.possible[i].set(k);
      const FindingSet found = engine_.findings({g}, known);
      out[i] = !found.empty() && !(found == regimes_[g].findings);
    }
  }
  return out;
}

/// What the regime says in a completion: judged facts without a finding are read in the best way, and those
/// that would have to be found for it are needs.
RegimeOutcome LineAnswer::outcome(std::size_t g, State completion) {
  const std::vector<std::pair<VarId, bool>> needed =
      engine_.findings_needed(g, completion, completion.reading);
  RegimeOutcome out = reader_.outcome(space_.regimes()[g], completion);
  for (const auto& to_find : needed) out.needs.push_back(to_be_found(g, to_find));
  if (!needed.empty()) out.finding = std::max(out.finding, Finding::authorisation_required);
  return out;
}

OpenNeed LineAnswer::to_be_found(std::size_t g, const std::pair<VarId, bool>& to_find) const {
  OpenNeed n;
  n.need = to_find.first;
  n.must_find = to_find.second;
  n.rule = reader_of(g, n.need);
  return n;
}

/// The first rule of the regime whose condition reads a judged fact.
RuleId LineAnswer::reader_of(std::size_t g, VarId judged) const {
  const RegimeUse& use = space_.regimes()[g];
  const auto reads = [&](ProgramId p) {
    std::vector<VarId> vars;
    collect_vars(p, vars);
    return std::find(vars.begin(), vars.end(), judged) != vars.end();
  };
  for (std::size_t i = 0; i < use.rules.size(); ++i)
    if (regimes_[g].reading.condition.size() > i && regimes_[g].reading.condition[i] != Truth::no &&
        reads(use.rules[i].when))
      return use.rules[i].rule;
  for (const ProvisoUse& p : use.provisos)
    if (reads(p.rule.when)) return p.rule.rule;
  return {};
}

/// States that have a say but no rulebook in force here.
void LineAnswer::assess_states() {
  for (const std::string& state : line_.states_with_a_say)
    if (!law_loaded(state)) unassessed_.push_back(state);
  for (const std::string& state : line_.transit) {
    const std::string shown = law_loaded(state) ? state + " (transit)" : state;
    if (std::find(unassessed_.begin(), unassessed_.end(), shown) == unassessed_.end())
      unassessed_.push_back(shown);
  }
}

bool LineAnswer::assessed() const {
  return unassessed_.empty() && std::any_of(space_.regimes().begin(), space_.regimes().end(),
                                            [](const RegimeUse& r) { return r.in_force.possible; });
}

bool LineAnswer::law_loaded(const std::string& state) const {
  return std::any_of(space_.regimes().begin(), space_.regimes().end(), [&](const RegimeUse& r) {
    return r.in_force.possible && law_[law_[r.regime].authority].state == state;
  });
}

// --- words ---

std::string LineAnswer::words(TextSpan at) const {
  return oneline(sources_.text(at));
}

std::string LineAnswer::show(VarId v, std::size_t i) const {
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
std::optional<Json> LineAnswer::known_in_words(VarId v) const {
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
std::string LineAnswer::provenance_of(ProvisoId p) const {
  const auto on = [&](const Carried& c) { return c.proviso == p; };
  const auto carried = std::find_if(line_.question.carried.begin(), line_.question.carried.end(), on);
  if (carried != line_.question.carried.end())
    return carried->by.empty() ? "provenance of the lot" : "provenance of the lot, bound by " + carried->by;
  const std::string& state = law_[law_[law_[p].regime].authority].state;
  const auto attested = line_.attested.find(state);
  if (attested == line_.attested.end() || attested->second.by.empty()) return "provenance of the lot";
  return fmt::format("provenance of the lot, attested by {}", attested->second.by);
}

Json LineAnswer::fact_value(VarId v, const State& state) const {
  const Variable& var = space_[v];
  Reader reader(space_);
  const Values p = reader.possible(v, state);
  Json j;
  j["fact"] = var.name;
  if (const auto in_words = known_in_words(v)) {
    j["value"] = *in_words;
  } else if (p == var.all && p.count() > 1) {
    j["value"] = nullptr;
  } else if (p.count() == 1) {
    j["value"] = show(v, p._Find_first());
  } else {
    Json some = Json::array();
    for (std::size_t i = 0; i < var.domain.size(); ++i)
      if (p.test(i)) some.push_back(show(v, i));
    j["value"] = some;
  }
  const FactId f = var.fact;
  if ((var.kind == VarKind::fact || var.kind == VarKind::member) && line_.provenance.contains(f)) {
    const Provenance& from = line_.provenance.at(f);
    j["from"] = from.from;
    if (!from.by.empty()) j["by"] = from.by;
    if (from.on) j["said_on"] = to_string(*from.on);
    if (!from.source.empty()) j["source"] = from.source;
    if (from.contested) {
      Json claims = Json::array();
      for (const auto& [value, by] : from.claims) claims.push_back({{"value", value}, {"by", by}});
      j["claims"] = claims;
    }
  }
  if (var.kind == VarKind::judged || var.kind == VarKind::need) {
    Json by = Json::array();
    std::optional<std::size_t> deciding;
    for (const Space::Source& s : space_.sources(v)) {
      if (deciding && s.turn != *deciding) break;
      const Truth covers = reader.read(s.scope, state);
      if (covers != Truth::no) by.push_back(s.instrument->instrument->id);
      if (covers == Truth::yes) deciding = s.turn;
    }
    const AuthorityId a = var.kind == VarKind::need ? law_[var.need].from : law_[var.fact].judged_by;
    if (!by.empty())
      j["from"] = by;
    else if (!line_.question.silence_is_none && space_.silent(v).count() == 1)
      j["from"] = fmt::format("record of {}", law_[a].name);
  }
  if (var.kind == VarKind::carries) j["from"] = provenance_of(var.proviso);
  return j;
}

void LineAnswer::collect_vars(ProgramId p, std::vector<VarId>& out) const {
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

Json LineAnswer::reads(ProgramId p, const State& state) {
  std::vector<VarId> vars;
  collect_vars(p, vars);
  Json out = Json::array();
  Reader reader(space_);
  for (const VarId v : vars) {
    const VarKind k = space_[v].kind;
    // Members that are known to be absent say nothing; those present are the set.
    if ((k == VarKind::member || k == VarKind::listed) && reader.possible(v, state).test(0)) continue;
    // What a rate would say of every amount that the fact might be says nothing of the fact.
    if (k == VarKind::rate && !space_[v].of_unrecorded_parties()) continue;
    out.push_back(fact_value(v, state));
  }
  return out;
}

/// What lists say of the known values that an expression looks up in them.
void LineAnswer::registers(ExprId e, Json& out) const {
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
}

// --- routes and derivation ---

/// The first phrase that keeps a rule from applying, in the order of its text.
Json LineAnswer::first_failing(const RuleUse& u, const State& state) {
  if (!u.when.valid()) return nullptr;
  const Program& p = space_[u.when];
  Reader reader(space_);
  const auto phrase = [&](const Program& whole, std::size_t begin, std::size_t end) {
    return space_.add_part(Program(whole.begin() + static_cast<std::ptrdiff_t>(begin),
                                   whole.begin() + static_cast<std::ptrdiff_t>(end)));
  };
  std::vector<std::pair<std::size_t, std::size_t>> open;  // subtrees not yet taken by a parent
  const std::size_t last = p.size() - 1;
  if (p[last].op != ExprOp::all) {
    Json j;
    j["text"] = words(p[last].at);
    j["status"] = sekisho::show(reader.read(u.when, state), "met", "unmet");
    j["reads"] = reads(u.when, state);
    return j;
  }
  for (std::size_t i = 0; i < last; ++i) {
    std::size_t begin = i;
    for (std::uint32_t k = 0; k < p[i].arity; ++k) {
      begin = open.back().first;
      open.pop_back();
    }
    open.emplace_back(begin, i + 1);
  }
  Json unknown = nullptr;
  for (const auto& [begin, end] : open) {
    const ProgramId part = phrase(space_[u.when], begin, end);
    const Truth t = reader.read(part, state);
    if (t == Truth::yes) continue;
    Json j;
    j["text"] = words(space_[part].back().at);
    j["status"] = sekisho::show(t, "met", "unmet");
    j["reads"] = reads(part, state);
    if (t == Truth::no) return j;
    if (unknown.is_null()) unknown = j;
  }
  return unknown;
}

Json LineAnswer::routes(std::size_t g) {
  const RegimeUse& use = space_.regimes()[g];
  Json out = Json::array();
  const RegimeAnswer& a = regimes_[g];
  if (a.reading.main == Truth::no) return out;
  Reader reader(space_);
  for (std::size_t i = 0; i < use.rules.size(); ++i) {
    const RuleUse& u = use.rules[i];
    const Rule& rule = law_[u.rule];
    if (!rule.permits || read_away(u)) continue;
    const Truth t = u.when.valid() ? reader.read(u.when, start_) : Truth::yes;
    Json j;
    j["route"] = rule.name;
    j["cite"] = rule.cite;
    j["status"] = sekisho::show(t, "met", "unmet");
    j["used"] = a.outcome.route == u.rule;
    if (t != Truth::yes) j["fails_on"] = first_failing(u, start_);
    Json defeated_by = Json::array();
    for (const auto& [d, other] : u.defeats)
      if ((d->part == tree::Part::whole || d->part == tree::Part::permission) && t == Truth::yes &&
          a.reading.active[other] == Truth::yes)
        defeated_by.push_back(law_[use.rules[other].rule].name);
    if (!defeated_by.empty()) {
      j["status"] = "defeated";
      j["defeated_by"] = defeated_by;
    }
    Json needs = Json::array();
    for (const VarId n : u.needs) needs.push_back(space_[n].name);
    j["needs"] = needs;
    out.push_back(std::move(j));
  }
  return out;
}

Json LineAnswer::derivation(std::size_t g) {
  const RegimeUse& use = space_.regimes()[g];
  const RegimeReading& r = regimes_[g].reading;
  Json out = Json::array();
  if (use.present.possible) {
    Json j;
    j["rule"] = law_[use.regime].name + " governs";
    j["status"] =
        sekisho::show(r.main, "engaged", r.later == Truth::yes ? "engaged by proviso" : "not engaged");
    j["reads"] = reads(use.governs, start_);
    out.push_back(j);
  }
  if (r.main == Truth::no && r.later == Truth::no) return out;
  for (std::size_t i = 0; i < r.active.size(); ++i) {
    const bool proviso = i >= use.rules.size();
    const RuleUse& u = proviso ? use.provisos[i - use.rules.size()].rule : use.rules[i];
    const Rule& rule = law_[u.rule];
    if (proviso && r.active[i] == Truth::no) continue;
    if (read_away(u)) continue;
    Json j;
    j["rule"] = rule.name;
    j["cite"] = rule.cite;
    if (!rule.source.empty()) j["source"] = rule.source;
    j["force"] = rule.force.empty() ? law_[use.regime].force : rule.force;
    if (!rule.addressee.empty()) j["addressee"] = rule.addressee;
    const bool defeated = r.condition[i] == Truth::yes && r.active[i] == Truth::no;
    j["status"] = defeated ? "defeated" : sekisho::show(r.active[i], "active", "inactive");
    if (defeated) {
      Json by = Json::array();
      for (const auto& [d, other] : u.defeats)
        if (r.active[other] == Truth::yes) by.push_back(law_[use.rules[other].rule].name);
      j["defeated_by"] = by;
    }
    Json lost = Json::array();
    for (const auto& [d, other] : u.defeats)
      if (d->part != tree::Part::whole && r.active[i] != Truth::no && r.active[other] != Truth::no)
        add_once(lost, {{"effect", effect_name(law_, rule, *d)},
                        {"by", law_[use.rules[other].rule].name},
                        {"status", sekisho::show(r.active[other], "defeated", "not defeated")}});
    if (!lost.empty()) j["effects_defeated"] = lost;
    j["effect"] = rule.prohibits ? "prohibits" : rule.permits ? "permits" : "needs";
    j["registers"] = Json::array();
    if ((rule.group == "later_transfers" ? r.group : r.main) != Truth::no)
      registers(rule.when, j["registers"]);
    j["reads"] = reads(u.when, start_);
    out.push_back(std::move(j));
  }
  return out;
}

// --- needs, provisos, obligations ---

Json LineAnswer::settled_by(VarId need, const State& state) {
  Json out = Json::array();
  Reader reader(space_);
  for (const Space::Source& s : space_.sources(need)) {
    const Truth covers = reader.read(s.scope, state);
    const Instrument& i = *s.instrument->instrument;
    Json j;
    j["instrument"] = i.id;
    j["state"] = to_string(s.instrument->state);
    j["covers"] = sekisho::show(covers, "yes", "no");
    if (i.assumed) j["assumed"] = true;
    if (!i.source.empty()) j["source"] = i.source;
    Json scope = Json::array();
    std::size_t k = 0;
    for (const auto& [f, values] : s.instrument->scope) {
      const Node& n = space_[s.scope][k++];
      const Values p = reader.possible(n.var, state);
      const bool in = (p & ~n.yes).none(), out_of = (p & n.yes).none();
      scope.push_back({{"fact", law_[f].name}, {"match", in ? "matched" : out_of ? "unmatched" : "unknown"}});
    }
    j["scope"] = scope;
    out.push_back(std::move(j));
  }
  return out;
}

Json LineAnswer::need(const OpenNeed& n, std::size_t g) {
  const Variable& var = space_[n.need];
  Json j;
  if (var.kind == VarKind::judged) {
    j["need"] = var.name;
    j["kind"] = "finding";
    j["finding"] = n.must_find ? "yes" : "no";
    j["authority"] = law_[law_[var.fact].judged_by].name;
    j["authority_title"] = law_[law_[var.fact].judged_by].title;
  } else {
    const Need& need = law_[var.need];
    j["need"] = need.name;
    j["kind"] = to_string(need.kind);
    j["authority"] = law_[need.from].name;
    j["authority_title"] = law_[need.from].title;
  }
  j["for"] = n.rule.valid() ? law_[n.rule].name : law_[space_.regimes()[g].regime].name;
  j["cite"] = n.rule.valid() ? law_[n.rule].cite : law_[space_.regimes()[g].regime].cite;
  j["state"] = n.implied ? "granted" : n.state_known ? std::string(to_string(n.state)) : "unknown";
  j["posture"] = n.posture == Posture::none ? Json(nullptr) : Json(to_string(n.posture));
  j["status"] = n.met ? "met" : n.refused ? "refused" : "open";
  if (n.implied) j["implied"] = true;
  if (n.lifts) j["would_lift"] = true;
  j["settled_by"] = settled_by(n.need, start_);
  j["regime"] = law_[space_.regimes()[g].regime].name;
  return j;
}

/// Adds the needs that stand in other completions with the best finding. Of routes one is enough: those of
/// others are added only where unknown facts may close the one that is used.
/// @returns of all these needs those that stand in some of these completions and in others do not
std::set<VarId> LineAnswer::needs_if_applies(std::size_t g, std::vector<OpenNeed>& needs) {
  const RegimeAnswer& a = regimes_[g];
  const RegimeUse& use = space_.regimes()[g];
  std::set<VarId> always, sometimes;
  if (a.reading.settled || a.findings.best() == Finding::prohibited) return sometimes;
  const auto used = std::find_if(use.rules.begin(), use.rules.end(),
                                 [&](const RuleUse& u) { return u.rule == a.outcome.route; });
  const bool route_stays =
      used != use.rules.end() &&
      engine_.permits_by_findings(g, static_cast<std::size_t>(used - use.rules.begin()), start_);
  const auto rule = [&](std::size_t i) -> const RuleUse& {
    return i < use.rules.size() ? use.rules[i] : use.provisos[i - use.rules.size()].rule;
  };
  std::vector<bool> may_apply;
  for (std::size_t i = 0; i < a.reading.active.size(); ++i)
    may_apply.push_back(a.reading.active[i] != Truth::no && !(law_[rule(i).rule].permits && route_stays));
  for (const auto& [i, part, can_stand, can_fail] :
       engine_.standing(g, may_apply, start_, a.findings.best())) {
    if (part.part != tree::Part::need || !can_stand) continue;
    if (reader_.implied(rule(i), part.effect, start_)) continue;  // a final act shows it to this rule
    const VarId need = rule(i).needs[part.effect];
    (can_fail ? sometimes : always).insert(need);
    const auto listed =
        std::find_if(needs.begin(), needs.end(), [&](const OpenNeed& n) { return n.need == need; });
    if (listed != needs.end() && !listed->implied) continue;
    OpenNeed n;
    n.need = need;
    n.rule = rule(i).rule;
    n.posture = law_[n.rule].needs[part.effect].posture;
    if (listed == needs.end())
      needs.push_back(n);
    else
      *listed = n;
  }
  for (const VarId need : always) sometimes.erase(need);
  return sometimes;
}

/// Adds the judged facts that must be found once the other needs are met, or in other completions than the
/// one that was looked at, and marks those without which some completion does better.
void LineAnswer::findings_if_applies(std::size_t g, std::vector<OpenNeed>& needs,
                                     std::set<VarId>& sometimes) {
  const RegimeAnswer& a = regimes_[g];
  const auto judged = [&](const OpenNeed& n) { return space_[n.need].kind == VarKind::judged; };
  if (a.findings.best() != Finding::authorisation_required) return;
  const auto meet = [&](State& s, const OpenNeed& n) {
    s.free[n.need.index] = true;
    s.possible[n.need.index].reset();
    s.possible[n.need.index].set(judged(n) ? std::size_t{n.must_find} : granted_state);
  };
  State met = start_;
  for (const OpenNeed& n : needs)
    if (!n.implied) meet(met, n);
  // Each round adds a fact, so there are no more rounds than judged facts.
  for (bool more = true; more;) {
    more = false;
    const auto left = engine_.witness(g, met, Finding::authorisation_required);
    if (!left) break;
    State completion = *left;
    for (const auto& to_find : engine_.findings_needed(g, completion, completion.reading)) {
      const bool listed =
          std::any_of(needs.begin(), needs.end(), [&](const OpenNeed& n) { return n.need == to_find.first; });
      if (listed) continue;
      needs.push_back(to_be_found(g, to_find));
      meet(met, needs.back());
      more = true;
    }
  }
  for (const OpenNeed& n : needs) {
    if (!judged(n)) continue;
    State without = met;
    without.free[n.need.index] = start_.free[n.need.index];
    without.possible[n.need.index] = start_.possible[n.need.index];
    if (engine_.findings({g}, without).best() < Finding::authorisation_required) sometimes.insert(n.need);
  }
}

Json LineAnswer::needs(std::size_t g) {
  Json out = Json::array();
  const RegimeAnswer& a = regimes_[g];
  if (a.findings.empty() || a.outcome.finding == Finding::not_engaged) return out;
  const bool barred = a.findings.best() == Finding::prohibited;
  std::vector<OpenNeed> all = a.outcome.needs;
  std::set<VarId> if_applies = needs_if_applies(g, all);
  findings_if_applies(g, all, if_applies);
  for (OpenNeed n : all) {
    if (barred && !n.lifts && !n.refused) continue;  // settling it would not help
    const Values p = reader_.possible(n.need, start_);
    if (space_[n.need].kind == VarKind::need && !n.implied) {
      n.state_known = p.count() == 1;
      n.met = n.state_known && p.test(static_cast<std::size_t>(NeedState::granted));
      n.refused = n.state_known && p.test(static_cast<std::size_t>(NeedState::refused));
      if (n.state_known) n.state = static_cast<NeedState>(p._Find_first());
    }
    out.push_back(need(n, g));
    if (if_applies.contains(n.need)) out.back()["if_applies"] = true;
  }
  return out;
}

/// The text of a proviso that the transfer would bind: that of the day.
RuleId LineAnswer::text_binding(ProvisoId p) const {
  const std::vector<RuleId>& versions = law_[p].versions;
  const auto of_the_day = std::find_if(versions.begin(), versions.end(), [&](RuleId v) {
    return covers(law_[v].windows, line_.question.transfer_day) != Covers::no;
  });
  return of_the_day == versions.end() ? versions.front() : *of_the_day;
}

Json LineAnswer::provisos(std::size_t g) {
  Json out = Json::array();
  const RegimeAnswer& a = regimes_[g];
  if (a.findings.empty() || a.outcome.finding == Finding::not_engaged ||
      a.outcome.finding == Finding::prohibited)
    return out;
  for (const BoundProviso& b : a.outcome.provisos) {
    const BindUse& use = law_[b.rule].binds[b.bind];
    Json with = Json::object();
    for (const auto& [parameter, argument] : use.arguments) {
      const FactId f = law_.find_fact(argument);
      const VarId v = f.valid() ? space_.fact_var(f) : VarId{};
      const auto known =
          std::find_if(line_.question.facts.begin(), line_.question.facts.end(),
                       [&](const KnownFact& k) { return k.fact == f && k.values.size() == 1; });
      if (v.valid() && start_.possible[v.index].count() == 1)
        with[parameter] = show(v, start_.possible[v.index]._Find_first());
      else if (f.valid() && known != line_.question.facts.end())
        with[parameter] = known->values.front().text;
      else
        with[parameter] = argument;
    }
    const Rule& text = law_[text_binding(use.proviso)];
    out.push_back({{"proviso", law_[use.proviso].name},
                   {"with", with},
                   {"bound_by", law_[b.rule].name},
                   {"cite", text.cite},
                   {"lapses", text.lapses.valid() ? "when " + words(law_[text.lapses].back().at) : "never"}});
  }
  std::set<std::string> seen;
  for (const OpenNeed& n : a.outcome.needs) {
    if (!n.met || n.implied) continue;
    std::optional<std::size_t> deciding;  // acts of later turns say nothing
    for (const Space::Source& s : space_.sources(n.need)) {
      if (deciding && s.turn != *deciding) break;
      if (reader_.read(s.scope, start_) != Truth::yes) continue;
      deciding = s.turn;
      for (const ProvisoOn& p : s.instrument->instrument->provisos) {
        Json with = Json::object();
        for (const auto& [k, v] : p.with) with[k] = v;
        if (!seen.insert(p.proviso + with.dump()).second) continue;
        out.push_back({{"proviso", p.proviso},
                       {"with", with},
                       {"bound_by", s.instrument->instrument->id},
                       {"cite", s.instrument->instrument->title}});
      }
    }
  }
  return out;
}

Json LineAnswer::obligations(std::size_t g) {
  Json out = Json::array();
  const RegimeAnswer& a = regimes_[g];
  if (a.findings.empty() || a.outcome.finding == Finding::prohibited) return out;
  for (const auto& [rule, k] : a.outcome.duties) {
    const Duty& d = law_[rule].owes[k];
    Json j{{"kind", d.kind}, {"text", d.text}, {"to", law_[d.to].name}, {"by", law_[rule].name}};
    if (!d.from_event.empty())
      j["within"] = fmt::format("{} {} of {}", d.count, d.months ? "months" : "days", d.from_event);
    out.push_back(std::move(j));
  }
  return out;
}

// --- sets of facts ---

bool LineAnswer::known_fact(VarId v) const {
  const Variable& var = space_[v];
  if (var.kind == VarKind::hidden || var.kind == VarKind::listed || var.kind == VarKind::rate) return false;
  // That an authority said nothing is known where its record is complete; hidden instruments are no
  // knowledge.
  if (var.kind == VarKind::need || var.kind == VarKind::judged)
    return !space_.sources(v).empty() || (!line_.question.silence_is_none && space_.silent(v) != var.all);
  return start_.possible[v.index] != var.all;
}

/// A subset-minimal set of facts that alone gives the finding: drop each that is not needed.
Json LineAnswer::because(const std::vector<std::size_t>& regimes, Finding f) {
  State s = start_;
  std::vector<VarId> kept;
  std::set<FactId> tried;
  for (std::uint32_t i = 0; i < space_.variables().size(); ++i) {
    const VarId v{i};
    const Variable& var = space_[v];
    if (!known_fact(v)) continue;
    State without = s;
    // The members of a set are dropped together: the set is the fact.
    if (var.kind == VarKind::member) {
      if (!tried.insert(var.fact).second) continue;
      for (std::uint32_t k = 0; k < space_.variables().size(); ++k)
        if (space_[VarId{k}].kind == VarKind::member && space_[VarId{k}].fact == var.fact)
          without.possible[k] = space_[VarId{k}].all;
    } else {
      without.possible[i] = var.all;
      without.free[i] = true;
    }
    if (engine_.always(regimes, without, f))
      s = std::move(without);
    else
      kept.push_back(v);
  }
  if (regimes.size() == all_.size()) because_ = kept;
  Json out = Json::array();
  for (const VarId v : kept) {
    Json j;
    if (space_[v].kind == VarKind::member) {
      j["fact"] = law_[space_[v].fact].name;
      Json members = Json::array();
      for (std::uint32_t k = 0; k < space_.variables().size(); ++k) {
        const Variable& m = space_[VarId{k}];
        if (m.kind == VarKind::member && m.fact == space_[v].fact && !start_.possible[k].test(0))
          members.push_back(show_value(law_[m.fact].type, m.element));
      }
      j["value"] = members;
      if (line_.provenance.contains(space_[v].fact)) j["from"] = line_.provenance.at(space_[v].fact).from;
    } else {
      j = fact_value(v, start_);
    }
    out.push_back(std::move(j));
  }
  return out;
}

/// Facts that a constraint ties to `v`: they may have to change with it.
std::vector<VarId> LineAnswer::tied(VarId v) const {
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

/// Whether the value is a state that would then have a say, and no law of it is loaded: what would come of it
/// is not known here.
bool LineAnswer::unread_say(VarId v, std::size_t value) const {
  if (std::find(facts_with_a_say.begin(), facts_with_a_say.end(), space_[v].name) == facts_with_a_say.end())
    return false;
  return !law_loaded(space_[v].domain[value].text);
}

/// What another value of one fact would give: remedies where the applicant may choose the fact and
/// the finding gets better, else contrasts.
Json LineAnswer::changes(bool applicant) {
  Json out = Json::array();
  // Where some state's law is not assessed, no change promises a finding.
  if (!joint_.single() || (applicant && !assessed())) return out;
  // A fact whose change matters is among those that the answer rests on, or tied to one of them.
  std::set<VarId> candidates(because_.begin(), because_.end());
  for (const VarId v : because_)
    for (const VarId t : tied(v))
      if (known_fact(t)) candidates.insert(t);
  for (const VarId v : candidates) {
    const Variable& var = space_[v];
    if (var.kind != VarKind::fact) continue;
    const Fact& f = law_[var.fact];
    if ((f.changed_by == ChangedBy::applicant) != applicant) continue;
    std::map<std::tuple<int, int, std::vector<std::string>>, std::vector<std::string>> by_finding;
    std::map<std::size_t, std::vector<std::string>*>
        where;  // the values that come out as one of the domain does
    for (std::size_t i = 0; i < var.domain.size(); ++i) {
      if (start_.possible[v.index].test(i) || unread_say(v, i)) continue;
      State other = start_;
      other.possible[v.index].reset();
      other.possible[v.index].set(i);
      std::vector<std::string> along;  // facts that would have to change with it
      if (!engine_.consistent(other))
        for (const VarId t : tied(v)) {
          const bool may_change = !applicant || (space_[t].kind == VarKind::fact &&
                                                 law_[space_[t].fact].changed_by == ChangedBy::applicant);
          if (!known_fact(t) || !may_change) continue;
          other.possible[t.index] = space_[t].all;
          along.push_back(space_[t].name);
        }
      const FindingSet found = engine_.findings(all_, other);
      if (found.empty() || found == joint_) continue;
      if (applicant && found.worst() >= joint_.worst()) continue;
      auto& values = by_finding[{static_cast<int>(found.best()), static_cast<int>(found.worst()), along}];
      values.push_back(show(v, i));
      where[i] = &values;
    }
    // A state of the domain stands for all that the law cannot tell from it.
    if (f.type.kind == FactType::country)
      for (const std::string_view code : country_codes()) {
        const Value state{0, std::string(code)};
        const std::vector<std::size_t> stand = space_.standing_for(v, state);
        if (stand.empty() || var.domain[stand.front()] == state) continue;
        if (const auto it = where.find(stand.front()); it != where.end()) it->second->push_back(state.text);
      }
    for (const auto& [outcome, values] : by_finding) {
      const auto& [best, worst, along] = outcome;
      Json j;
      j["fact"] = var.name;
      j["now"] = fact_value(v, start_)["value"];
      j["instead"] = values;
      if (!along.empty()) j["along_with"] = along;
      j["best"] = to_string(static_cast<Finding>(best));
      j["worst"] = to_string(assessed() ? static_cast<Finding>(worst) : Finding::prohibited);
      j["changed_by"] = to_string(f.changed_by);
      out.push_back(std::move(j));
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

Json LineAnswer::missing() {
  struct Entry {
    Json json;
    double score;
  };
  std::vector<Entry> entries;
  std::set<FactId> sets;
  std::set<std::string> parties;
  for (std::uint32_t i = 0; i < space_.variables().size(); ++i) {
    const VarId v{i};
    const Variable& var = space_[v];
    if (var.kind == VarKind::hidden) continue;
    const Values p = reader_.possible(v, start_);
    if (p.count() < 2) continue;
    if (var.kind == VarKind::member && sets.contains(var.fact)) continue;
    Json regimes = Json::array();
    for (const std::size_t g : all_) {
      if (matters_[g][i]) regimes.push_back(law_[space_.regimes()[g].regime].name);
    }
    if (regimes.empty()) continue;
    if (var.of_unrecorded_parties() && !parties.insert(var.name).second) continue;  // asked for another fact
    Json j;
    j["fact"] = var.kind == VarKind::member ? law_[var.fact].name : var.name;
    switch (var.kind) {
      case VarKind::fact:
      case VarKind::member:
        j["kind"] = "fact";
        j["asks"] = law_[var.fact].asks;
        j["type"] = describe(law_[var.fact].type);
        j["changed_by"] = to_string(law_[var.fact].changed_by);
        if (var.kind == VarKind::member) sets.insert(var.fact);
        break;
      case VarKind::carries: {
        const std::string& state = law_[law_[law_[var.proviso].regime].authority].state;
        j["kind"] = "provenance";
        j["asks"] =
            fmt::format("Does the proviso {} lie on this lot, or is it attested that nothing of {} is in it?",
                        var.name, state);
        j["type"] = "yes or no";
        break;
      }
      case VarKind::listed:
        j["kind"] = "list";
        j["asks"] = fmt::format("Has {} joined {} since {}?", show_value(law_[var.list].type, var.element),
                                law_[var.list].title, to_string(*law_[var.list].complete_to));
        j["type"] = "yes or no";
        break;
      case VarKind::rate:
        j["kind"] = "rate";
        j["asks"] = var.of_unrecorded_parties()
                        ? fmt::format("Whom does {} name as {}? Record it on the lot, under `with`.",
                                      law_[var.proviso].name, var.element.text)
                        : fmt::format("Does it hold that {}?", var.name);
        j["type"] = "yes or no";
        break;
      default: {
        const AuthorityId a = var.kind == VarKind::need ? law_[var.need].from : law_[var.fact].judged_by;
        j["kind"] = "record";
        j["asks"] =
            fmt::format("What has {} done about {}? Its record is not known to be complete to the day.",
                        law_[a].title, var.name);
        j["type"] = "an instrument, or a record complete to the day";
        break;
      }
    }
    j["matters_to"] = regimes;
    // Better questions bring the bounds of the finding closer for more of their values.
    double settles = 0, count = 0;
    for (std::size_t k = 0; k < var.domain.size(); ++k) {
      if (!p.test(k)) continue;
      State s = start_;
      s.possible[i].reset();
      s.possible[i].set(k);
      if (!engine_.consistent(s)) continue;
      ++count;
      settles += closeness(s);
    }
    entries.push_back({std::move(j), count > 0 ? settles / count : 0});
  }
  for (const RegimeAnswer& a : regimes_)
    for (const auto& [rule, k] : a.outcome.waits) {
      const FactId from = law_[rule].waits[k].from;
      const bool given =
          std::any_of(line_.question.facts.begin(), line_.question.facts.end(),
                      [&](const KnownFact& f) { return f.fact == from && f.values.size() == 1; });
      const bool listed = std::any_of(entries.begin(), entries.end(),
                                      [&](const Entry& e) { return e.json["fact"] == law_[from].name; });
      if (given || listed) continue;
      entries.push_back({{{"fact", law_[from].name},
                          {"kind", "fact"},
                          {"asks", law_[from].asks},
                          {"type", describe(law_[from].type)},
                          {"changed_by", to_string(law_[from].changed_by)},
                          {"matters_to", Json::array({law_[law_[rule].regime].name})}},
                         0});
    }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.score > b.score; });
  Json out = Json::array();
  for (Entry& e : entries) out.push_back(std::move(e.json));
  return out;
}

/// Whether a reading says that the rule is not there.
bool LineAnswer::read_away(const RuleUse& u) const {
  return u.present.by.valid() && !start_.possible[u.present.by.index].test(1);
}

void LineAnswer::open_to_readings(std::set<std::string>& names) const {
  names.insert(space_.readings_used().begin(), space_.readings_used().end());
  for (const Variable& v : space_.variables())
    if (v.kind == VarKind::hidden || v.kind == VarKind::listed ||
        (v.kind == VarKind::rate && !v.of_unrecorded_parties()))
      names.insert(v.name);
}

Json LineAnswer::unsettled() {
  Json out = Json::array();
  for (std::uint32_t i = 0; i < space_.variables().size(); ++i) {
    const Variable& var = space_[VarId{i}];
    if (var.kind != VarKind::hidden) continue;
    Json regimes = Json::array();
    for (const std::size_t g : all_)
      if (matters_[g][i]) regimes.push_back(law_[space_.regimes()[g].regime].name);
    if (regimes.empty()) continue;
    const Hidden& h = law_[var.hidden];
    out.push_back({{"what", h.what}, {"note", h.note}, {"text", words(h.at)}, {"matters_to", regimes}});
  }
  return out;
}

// --- the whole ---

std::string LineAnswer::not_before() {
  Date latest = far_past;
  for (const RegimeAnswer& a : regimes_)
    for (const auto& [rule, k] : a.outcome.waits) {
      const Wait& w = law_[rule].waits[k];
      for (const KnownFact& f : line_.question.facts)
        if (f.fact == w.from && !f.values.empty()) {  // of several days the last: before it, it may still run
          const Date from{
              static_cast<std::int32_t>(std::max_element(f.values.begin(), f.values.end())->number)};
          latest = std::max(latest, w.months ? add_months(from, w.count) : Date{from.days + w.count});
        }
    }
  return latest == far_past ? "" : to_string(latest);
}

/// Whether some fact of the question is known to have the value.
bool LineAnswer::known_value(const Value& v) const {
  return std::any_of(line_.question.facts.begin(), line_.question.facts.end(), [&](const KnownFact& k) {
    return std::find(k.values.begin(), k.values.end(), v) != k.values.end();
  });
}

std::string LineAnswer::recheck_by() {
  Date first = far_future;
  const Date today = line_.question.law_day;
  const auto ends = [&](Date last) {
    if (last >= today) first = std::min(first, last);
  };
  const auto consider = [&](const std::vector<Window>& windows) {
    for (const Window& w : windows)
      for (const Date d :
           {w.to.earliest, w.to.latest, Date{w.from.earliest.days - 1}, Date{w.from.latest.days - 1}})
        ends(d);
  };
  const auto law_of = [&](ExprId e) {
    each_node(law_, e, [&](const Expr& n) {
      if (n.threshold.valid())
        for (const ThresholdStep& s : law_[n.threshold].steps) consider(s.windows);
      if (!n.list.valid()) return;
      const List& l = law_[n.list];
      for (const ListMember& m : l.members)
        if (known_value(m.value)) consider(m.windows);
      if (l.complete_to) ends(*l.complete_to);
    });
  };
  for (std::size_t g = 0; g < regimes_.size(); ++g) {
    const Regime& regime = law_[space_.regimes()[g].regime];
    consider(regime.windows);
    law_of(regime.governs);
    if (regimes_[g].reading.main == Truth::no && regimes_[g].reading.later == Truth::no) continue;
    for (const RuleId r : regime.rules) {
      consider(law_[r].windows);
      law_of(law_[r].when);
      for (const Defeat& d : law_[r].defeats) consider(d.windows);
    }
    for (const ProvisoUse& p : space_.regimes()[g].provisos) law_of(law_[p.rule.rule].lapses);
  }
  for (const Constraint& c : law_.constraints) law_of(c.always);
  for (const VarId v : relied_on())
    for (const Space::Source& s : space_.sources(v)) {
      const Date end = s.instrument->instrument->valid.to.earliest;
      if (reader_.read(s.scope, start_) != Truth::no && end >= line_.question.transfer_day)
        first = std::min(first, end);
    }
  return first >= far_future ? "" : to_string(first);
}

/// The variables that the answer leans on: all of them while it is open.
std::set<VarId> LineAnswer::relied_on() const {
  if (!joint_.single()) {
    std::set<VarId> all;
    for (std::uint32_t i = 0; i < space_.variables().size(); ++i) all.insert(VarId{i});
    return all;
  }
  std::set<VarId> out(because_.begin(), because_.end());
  for (const RegimeAnswer& a : regimes_)
    for (const OpenNeed& n : a.outcome.needs) out.insert(n.need);
  return out;
}

/// What the answer leans on and nobody has read in a source: acts, facts and attestations.
Json LineAnswer::weakest() {
  Json weak = Json::array();
  const std::set<VarId> relied = relied_on();
  for (const ActingInstrument& i : line_.question.instruments) {
    if (!i.instrument->assumed) continue;
    const bool read = std::any_of(relied.begin(), relied.end(), [&](VarId v) {
      return std::any_of(space_.sources(v).begin(), space_.sources(v).end(), [&](const Space::Source& s) {
        return s.instrument == &i && reader_.read(s.scope, start_) != Truth::no;
      });
    });
    if (read) weak.push_back({{"instrument", i.instrument->id}, {"why", "assumed, not read in a source"}});
  }
  std::set<std::string> attested, stated;  // a set is relied on member by member, and said once
  for (const VarId v : relied) {
    const Variable& var = space_[v];
    if (var.kind == VarKind::carries) {
      const auto a = line_.attested.find(law_[law_[law_[var.proviso].regime].authority].state);
      if (a != line_.attested.end() && a->second.source.empty() && attested.insert(a->first).second)
        weak.push_back({{"attestation", fmt::format("provenance for {}, attested by {},", a->first,
                                                    a->second.by.empty() ? "nobody" : a->second.by)},
                        {"why", "without a source"}});
    }
    if (var.kind != VarKind::fact && var.kind != VarKind::member) continue;
    const auto from = line_.provenance.find(var.fact);
    const bool asked =
        std::find(the_question.begin(), the_question.end(), law_[var.fact].name) != the_question.end();
    if (!asked && from != line_.provenance.end() && from->second.source.empty() && from->second.by.empty() &&
        stated.insert(law_[var.fact].name).second)
      weak.push_back({{"fact", law_[var.fact].name}, {"why", "stated without a source"}});
  }
  return weak;
}

Json LineAnswer::coverage() {
  Json j;
  Json assessed = Json::array(), idle = Json::array(), out_of_force = Json::array();
  for (std::size_t g = 0; g < regimes_.size(); ++g) {
    const RegimeUse& use = space_.regimes()[g];
    const std::string& name = law_[use.regime].name;
    if (!use.present.possible) {
      out_of_force.push_back(name);
    } else if (regimes_[g].findings.single() && regimes_[g].findings.best() == Finding::not_engaged) {
      idle.push_back({{"regime", name}, {"because", because({g}, Finding::not_engaged)}});
    } else {
      assessed.push_back(name);
    }
  }
  j["assessed"] = assessed;
  j["not_engaged"] = idle;
  j["not_in_force"] = out_of_force;
  j["not_encoded"] = unassessed_;
  j["weakest"] = weakest();
  j["notes"] = line_.notes;
  return j;
}

Json LineAnswer::regime(std::size_t g) {
  const RegimeUse& use = space_.regimes()[g];
  const Regime& r = law_[use.regime];
  Json j;
  j["regime"] = r.name;
  j["title"] = r.title;
  j["force"] = r.force;
  j["state"] = law_[r.authority].state;
  j.update(finding_json(regimes_[g].findings, true));
  j["engaged_by"] = regimes_[g].reading.main == Truth::yes    ? Json("governs")
                    : regimes_[g].reading.later == Truth::yes ? Json("proviso")
                                                              : Json(nullptr);
  j["because"] = regimes_[g].findings.single() ? because({g}, regimes_[g].findings.best()) : Json::array();
  j["routes"] = routes(g);
  j["needs"] = needs(g);
  j["provisos"] = provisos(g);
  j["obligations"] = obligations(g);
  j["derivation"] = derivation(g);
  return j;
}

Json LineAnswer::json() {
  Json j;
  j["line"] = id_;
  j.update(finding_json(joint_, assessed()));
  Json regimes = Json::array(), needs_all = Json::array(), provisos_all = Json::array(),
       duties = Json::array();
  for (std::size_t g = 0; g < regimes_.size(); ++g) {
    if (!space_.regimes()[g].present.possible) continue;
    Json r = regime(g);
    r["line"] = id_;
    for (const Json& n : r["needs"]) needs_all.push_back(n);
    for (const Json& p : r["provisos"]) provisos_all.push_back(p);
    for (const Json& o : r["obligations"]) duties.push_back(o);
    regimes.push_back(std::move(r));
  }
  j["because"] = joint_.single() ? because(all_, joint_.best()) : Json::array();
  j["needs"] = needs_all;
  j["provisos"] = provisos_all;
  j["obligations"] = duties;
  j["missing"] = missing();
  j["remedies"] = changes(true);
  j["turns_on"] = changes(false);
  j["law_unsettled"] = unsettled();
  j["coverage"] = coverage();
  j["not_before"] = text_or_null(not_before());
  j["recheck_by"] = text_or_null(recheck_by());
  j["regimes"] = regimes;
  j["premises"] = premises_json(line_);
  return j;
}

}  // namespace sekisho
