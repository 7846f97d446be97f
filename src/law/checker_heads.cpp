#include <algorithm>
#include <array>

#include "law/checker_passes.h"

namespace sekisho::checking {

void Checker::header(const Declaration& d) {
  const auto it = index_.find(&d);
  if (it == index_.end()) return;
  const std::uint32_t i = it->second;
  switch (d.kind) {
    case Kind::authority:
      law_.authorities[i].title = d.title;
      law_.authorities[i].state = state(d.state);
      law_.authorities[i].at = d.at;
      break;
    case Kind::fact: fact(d, i); break;
    case Kind::list: list(d, i); break;
    case Kind::threshold: threshold(d, i); break;
    case Kind::right: right(d, i); break;
    case Kind::regime: regime_head(d, i); break;
    case Kind::route:
    case Kind::rule:
    case Kind::proviso: rule_head(d, i); break;
    default: break;
  }
}

void Checker::fact(const Declaration& d, std::uint32_t i) {
  Fact& f = law_.facts[i];
  f.type = type(d.type);
  f.asks = d.asks;
  f.source = d.source;
  f.at = d.name.at;
  f.judged_by = id<AuthorityId>(d.judged_by, Names::authority);
  if (f.judged_by.valid() && (f.type.kind != FactType::yes_no || f.type.is_set))
    diags_.emit(code::type_mismatch, d.name.at, f.name, describe(f.type))
        .note("a judged fact is `yes or no`");
  if (d.asks.empty()) diags_.emit(code::missing_clause, d.name.at, f.name, "asks");
  f.from_right = id<RightId>(d.from_right, Names::right);
  for (const Word& w : d.of) {
    const FactId of = id<FactId>(w, Names::fact);
    if (of.valid()) f.of.push_back(of);
  }
  if (d.changed_by.empty()) return;
  if (const auto who = parse_changed_by(d.changed_by.text))
    f.changed_by = *who;
  else
    diags_.emit(code::expected, d.changed_by.at, "nobody, applicant, authority or legislator",
                fmt::format("`{}`", d.changed_by.text));
}

void Checker::right(const Declaration& d, std::uint32_t i) {
  Right& r = law_.rights[i];
  r.title = d.title;
  r.cite = d.cite;
  r.source = d.source;
  r.state = state(d.state);
  r.at = d.name.at;
  r.windows = windows(d.in_force, r.name, d.unsettled.has_value());
  r.unsettled = d.unsettled.value_or("");
  if (d.flow) r.flow = *d.flow;
  for (const tree::Arises& a : d.arises) (a.licence ? r.licensed_from : r.made_in).push_back(state(a.state));
  for (const auto& [said, clause] :
       {std::pair{!d.cite.empty(), "cite"}, {!d.arises.empty(), "arises"}, {d.flow.has_value(), "flows"}})
    if (!said) diags_.emit(code::missing_clause, d.name.at, r.name, clause);
}

void Checker::list(const Declaration& d, std::uint32_t i) {
  List& l = law_.lists[i];
  l.title = d.title;
  l.cite = d.cite;
  l.source = d.source;
  l.type = type(d.type);
  l.at = d.at;
  l.complete_to = d.complete_to;
  l.kept_by = id<AuthorityId>(d.kept_by, Names::authority);
  for (const tree::Member& m : d.members) {
    const auto v = value(m.value, l.type, l.name);
    if (!v) continue;
    ListMember out;
    out.value = *v;
    out.windows = windows(m.in_force, m.value.text, !m.unsettled.empty());
    out.cite = m.cite;
    out.source = m.source;
    out.at = m.at;
    if (!m.unsettled.empty())
      out.unsettled = hidden(fmt::format("{} in {}", m.value.text, l.name), m.unsettled, m.source, m.at);
    for (const ListMember& other : l.members)
      if (other.value == out.value && overlap(other.windows, out.windows))
        diags_.emit(code::member_twice, m.at, m.value.text, l.name);
    l.members.push_back(std::move(out));
  }
}

void Checker::threshold(const Declaration& d, std::uint32_t i) {
  Threshold& t = law_.thresholds[i];
  t.title = d.title;
  t.at = d.name.at;
  t.type = type(d.type);
  if (!t.type.ordered()) diags_.emit(code::type_mismatch, d.name.at, t.name, describe(t.type));
  for (const tree::ThresholdValue& v : d.thresholds) {
    const auto read = value(v.value, t.type, t.name);
    if (read) t.steps.push_back({*read, windows(v.in_force, t.name, false)});
  }
  if (t.steps.empty()) diags_.emit(code::missing_clause, d.name.at, t.name, "value");
}

void Checker::regime_head(const Declaration& d, std::uint32_t i) {
  Regime& r = law_.regimes[i];
  r.title = d.title;
  r.cite = d.cite;
  r.source = d.source;
  r.force = force(d.force);
  if (!d.addressee.empty()) addressees_[i] = d.addressee.text;
  r.at = d.name.at;
  r.declaration = d.at;
  r.authority = id<AuthorityId>(d.authority, Names::authority);
  r.windows = windows(d.in_force, r.name, d.unsettled.has_value());
  if (d.unsettled) r.unsettled = hidden(r.name, *d.unsettled, d.source, d.name.at);
  r.otherwise_cite = d.otherwise_cite;
  r.opposites_cite = d.opposites_cite;
  const auto prevails = parse_prevails(d.instruments.text);
  r.instruments = prevails.value_or(Prevails::latest);
  if (!prevails && !d.instruments.empty())
    diags_.emit(code::expected, d.instruments.at, "`latest`, `strictest` or `granted`",
                fmt::format("`{}`", d.instruments.text));
  r.instruments_cite = d.instruments_cite;
  r.strictest_prevails = d.opposites.text == "strictest";
  r.no_gaps = d.no_gaps;
  if (d.authority.empty()) diags_.emit(code::missing_clause, d.name.at, r.name, "authority");
  if (d.otherwise.empty()) diags_.emit(code::missing_clause, d.name.at, r.name, "otherwise");
  if (d.cite.empty()) diags_.emit(code::missing_clause, d.name.at, r.name, "cite");
  r.otherwise_prohibited = d.otherwise.text != "permitted";
  if (!d.otherwise.empty() && d.otherwise.text != "permitted" && d.otherwise.text != "prohibited")
    diags_.emit(code::expected, d.otherwise.at, "`permitted` or `prohibited`",
                fmt::format("`{}`", d.otherwise.text));
}

std::string Checker::force(const Word& w) {
  static constexpr std::array<std::string_view, 5> forces{"statute", "policy", "licence", "contract",
                                                          "decision"};
  if (!w.empty() && std::find(forces.begin(), forces.end(), w.text) == forces.end())
    diags_.emit(code::expected, w.at, "statute, policy, licence, contract or decision",
                fmt::format("`{}`", w.text));
  return w.text;
}

void Checker::rule_head(const Declaration& d, std::uint32_t i) {
  Rule& r = law_.rules[i];
  r.title = d.title;
  r.cite = d.cite;
  r.source = d.source;
  r.text = d.text;
  r.translation = d.translation;
  r.force = force(d.force);
  r.addressee = d.addressee.text;
  r.group = d.group.text;
  r.at = d.name.at;
  r.declaration = d.at;
  r.permits = d.permits;
  r.prohibits = d.prohibits;
  r.regime = id<RegimeId>(d.in_regime, Names::regime);
  r.windows = windows(d.in_force, r.name, d.unsettled.has_value());
  if (d.unsettled)
    r.unsettled =
        hidden(all_settled(r.windows) ? r.name : r.name + " (its dates)", *d.unsettled, d.source, d.name.at);
  for (const Word& p : d.parameters) r.parameters.push_back(p.text);
  if (d.cite.empty()) diags_.emit(code::missing_clause, d.name.at, r.name, "cite");
  if (d.kind == Kind::route && !d.permits) diags_.emit(code::missing_clause, d.name.at, r.name, "permits");
  if (d.kind == Kind::rule && d.permits)
    diags_.emit(code::wrong_kind, d.effect_at, r.name, "a rule", "a route: only a route permits");
  if (!d.permits && !d.prohibits && d.needs.empty() && d.binds.empty() && d.owes.empty() && d.waits.empty())
    diags_.emit(code::no_effect, d.name.at, r.name);
  if (d.flow) r.flow = *d.flow;
  if (r.proviso.valid()) {
    law_.provisos[r.proviso.index].regime = r.regime;
    if (!d.lapses_never && !d.lapses_when)
      diags_.emit(code::no_lapse, d.name.at, r.name).fix("add `lapses never` or `lapses when …`");
    for (const RuleId other : law_.provisos[r.proviso.index].versions)
      if (other.index < i && overlap(law_[other].windows, r.windows))
        diags_.emit(code::windows_overlap, d.name.at, r.name).note(law_[other].at, "this version");
  } else if (r.regime.valid()) {
    law_.regimes[r.regime.index].rules.push_back(RuleId{i});
  }
  for (const tree::Need& n : d.needs) r.needs.push_back(need_use(n));
  if (d.lifted_by) r.lifted_by = need(*d.lifted_by);
}

void Checker::default_addressees() {
  for (Rule& r : law_.rules) {
    const auto it = addressees_.find(r.regime.index);
    if (r.addressee.empty() && r.regime.valid() && it != addressees_.end()) r.addressee = it->second;
  }
}

}  // namespace sekisho::checking
