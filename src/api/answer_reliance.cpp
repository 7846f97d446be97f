#include "api/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// What an answer leans on, and how long: until what is waited for has run, and until something that it rests
// on ends.

namespace sekisho {
namespace {

/// Facts that say which transfer is asked about; what is asked needs no source.
constexpr std::array<std::string_view, 8> the_question{"departure", "destination", "kind", "exporter",
                                                       "consignee", "end_user",    "item", "lot"};

}  // namespace

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

std::string LineAnswer::not_before() const {
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
        if (facts_.have(m.value)) consider(m.windows);
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

}  // namespace sekisho
