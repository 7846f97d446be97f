#include "api/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/proviso_json.h"

namespace sekisho {

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
    facts_.collect_vars(p, vars);
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

/// The first rule for which the finding that is needed is the better: a route that may then stand and else
/// cannot, or another rule that then cannot. @returns that of the need where there is none
RuleId LineAnswer::better_by(std::size_t g, const OpenNeed& n) {
  const auto may_stand = [&](std::size_t rule, bool found) {
    State read = start_;
    read.free[n.need.index] = true;
    read.leave(n.need, found ? 1 : 0);
    return engine_.activity(g, rule, read).first;
  };
  const std::vector<RuleUse>& rules = space_.regimes()[g].rules;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    std::vector<VarId> read;  // by a constraint the finding may also decide rules that do not ask for it
    facts_.collect_vars(rules[i].when, read);
    if (std::find(read.begin(), read.end(), n.need) == read.end()) continue;
    const bool so = may_stand(i, n.must_find), otherwise = may_stand(i, !n.must_find);
    if (so != otherwise && so == law_[rules[i].rule].permits) return rules[i].rule;
  }
  return n.rule;
}

Json LineAnswer::settled_by(VarId need) const {
  Json out = Json::array();
  Reader reader(space_);
  for (const Space::Source& s : space_.sources(need)) {
    const Truth covers = reader.read(s.scope, start_);
    const Instrument& i = *s.instrument->instrument;
    Json j;
    j["instrument"] = i.id;
    j["state"] = to_string(s.instrument->state);
    j["covers"] = truth_word(covers, "yes", "no");
    if (i.assumed) j["assumed"] = true;
    if (!i.source.empty()) j["source"] = i.source;
    Json scope = Json::array();
    std::size_t k = 0;
    for (const auto& [f, values] : s.instrument->scope) {
      const Node& n = space_[s.scope][k++];
      const Values p = reader.possible(n.var, start_);
      const bool in = (p & ~n.yes).none(), out_of = (p & n.yes).none();
      scope.push_back({{"fact", law_[f].name}, {"match", in ? "matched" : out_of ? "unmatched" : "unknown"}});
    }
    j["scope"] = scope;
    out.push_back(std::move(j));
  }
  return out;
}

Json LineAnswer::need(const OpenNeed& n, std::size_t g) const {
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
  j["settled_by"] = settled_by(n.need);
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
  if ((a.reading.settled && engine_.findable_is_settled(start_)) || a.findings.best() == Finding::prohibited)
    return sometimes;
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
    s.leave(n.need, judged(n) ? std::size_t{n.must_find} : granted_state);
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
    if (space_[n.need].kind == VarKind::judged && engine_.either_is_better(g, start_, n.need)) {
      for (const bool yes : {n.must_find, !n.must_find}) {
        n.must_find = yes;
        n.rule = better_by(g, n);
        out.push_back(need(n, g));
        out.back()["if_applies"] = true;
      }
      continue;
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
  for (const BoundProviso& b : a.outcome.provisos) out.push_back(proviso_of_law(b));
  add_provisos_of_acts(g, out);
  return out;
}

/// A proviso that a rule binds, with the parties that it names.
Json LineAnswer::proviso_of_law(const BoundProviso& b) const {
  const BindUse& use = law_[b.rule].binds[b.bind];
  Json with = Json::object();
  for (const auto& [parameter, named] : use.arguments) with[parameter] = argument(named);
  const Rule& text = law_[text_binding(use.proviso)];
  return {{"proviso", law_[use.proviso].name},
          {"with", with},
          {"bound_by", law_[b.rule].name},
          {"cite", text.cite},
          {"lapses", text.lapses.valid() ? "when " + facts_.words(law_[text.lapses].back().at) : "never"}};
}

/// What is known of the fact that a proviso names for a party; its name where that is open, or where it names
/// none.
std::string LineAnswer::argument(const std::string& named) const {
  const FactId f = law_.find_fact(named);
  if (!f.valid()) return named;
  const VarId v = space_.fact_var(f);
  if (v.valid() && start_.possible[v.index].count() == 1)
    return facts_.show(v, start_.possible[v.index]._Find_first());
  const auto known = std::find_if(line_.question.facts.begin(), line_.question.facts.end(),
                                  [&](const KnownFact& k) { return k.fact == f && k.values.size() == 1; });
  return known == line_.question.facts.end() ? named : known->values.front().text;
}

/// Adds the provisos of the acts that meet a need, each once.
void LineAnswer::add_provisos_of_acts(std::size_t g, Json& out) {
  std::set<std::string> seen;
  for (const OpenNeed& n : regimes_[g].outcome.needs) {
    if (!n.met || n.implied) continue;
    std::optional<std::size_t> deciding;  // acts of later turns say nothing
    for (const Space::Source& s : space_.sources(n.need)) {
      if (deciding && s.turn != *deciding) break;
      if (reader_.read(s.scope, start_) != Truth::yes) continue;
      deciding = s.turn;
      if (s.value != granted_state) continue;  // one of that day that was suspended binds nothing
      for (const ProvisoOn& p : s.instrument->instrument->provisos) {
        Json j = proviso_json(p);
        if (!seen.insert(to_line(j)).second) continue;
        j["bound_by"] = s.instrument->instrument->id;
        j["cite"] = s.instrument->instrument->title;
        out.push_back(std::move(j));
      }
    }
  }
}

Json LineAnswer::obligations(std::size_t g) const {
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

}  // namespace sekisho
