#include "api/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/finding_words.h"
#include "api/premises.h"

namespace sekisho {
namespace {

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

LineAnswer::LineAnswer(const Sources& sources, const LineQuestion& line, const std::string& line_id,
                       std::size_t node_limit, LawRead law, Diagnostics& diags)
    : line_(line),
      law_(*line.question.law),
      assessed_states_(law_, line.question.law_day),
      id_(line_id),
      space_(line.question, diags),
      reader_(space_),
      start_(reader_.start()),
      law_read_(law),
      node_limit_(node_limit),
      engine_(space_, diags, node_limit, Extent::whole_answer,
              law == LawRead::whole ? std::vector<Values>() : start_.possible),
      diags_(diags),
      facts_(sources, line, space_, start_),
      spare_for_one_(node_limit),
      spare_for_several_(node_limit) {
  ok_ = engine_.ok();
  if (ok_) decide();
}

/// Says which constraints what is known breaks, and the facts that do it.
void LineAnswer::report_contradiction() {
  std::string broken;
  std::vector<VarId> at_odds;
  for (const ProgramId p : space_.constraints()) {
    if (reader_.read(p, start_) != Truth::no || !space_.is_stated(p)) continue;
    broken += (broken.empty() ? "" : "; ") + facts_.words(space_[p].back().at);
    facts_.collect_vars(p, at_odds);
  }
  auto e = diags_.emit(code::no_completion, TextSpan{},
                       broken.empty() ? "no value of the unknown facts fits the constraints" : broken);
  for (const VarId v : at_odds) {
    const Json f = facts_.value(v);
    if (!f["value"].is_string()) continue;
    e.note(fmt::format("{} is {}{}", space_[v].name, f["value"].get<std::string>(), said_by(f)));
  }
  e.fix("correct one of them");
}

void LineAnswer::decide() {
  ok_ = engine_.consistent(start_);
  if (!ok_) {
    report_contradiction();
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

/// States that have a say but no rulebook in force here.
void LineAnswer::assess_states() {
  for (const std::string& state : line_.states_with_a_say)
    if (!assessed_states_.has(state)) unassessed_.push_back(state);
  for (const std::string& state : line_.transit) {
    const std::string shown = assessed_states_.has(state) ? state + " (transit)" : state;
    if (std::find(unassessed_.begin(), unassessed_.end(), shown) == unassessed_.end())
      unassessed_.push_back(shown);
  }
}

bool LineAnswer::assessed() const {
  return unassessed_.empty() && !assessed_states_.none();
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
  const FindingSet& found = regimes_[g].findings;
  j.update(finding_json(finding_words(found.best(), found.worst(), true)));
  j["engaged_by"] = regimes_[g].reading.main == Truth::yes    ? Json("governs")
                    : regimes_[g].reading.later == Truth::yes ? Json("proviso")
                                                              : Json(nullptr);
  j["because"] = found.single() ? because({g}, found.best()) : Json::array();
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
  j.update(finding_json(finding_words(joint_.best(), joint_.worst(), assessed())));
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
