#include <algorithm>

#include "law/checker_passes.h"

namespace sekisho::checking {

void Checker::law_case(const Declaration& d) {
  if (d.kind != Kind::law_case) return;
  Case c;
  c.title = d.title;
  c.on = d.on;
  c.at = d.at;
  for (const tree::Given& g : d.given) given(g, d, c);
  for (const Word& w : d.decides) case_rule(w, d, c.decides);
  for (const Word& w : d.leaves) case_rule(w, d, c.leaves);
  for (const tree::Finds& f : d.finds) {
    const auto finding = parse_finding(f.finding.text);
    if (!finding) diags_.emit(code::unknown_value, f.finding.at, f.finding.text, "finding");
    const RegimeId regime = id<RegimeId>(f.regime, Names::regime);
    if (finding && regime.valid()) c.finds.emplace_back(*finding, regime);
  }
  if (c.decides.empty() && c.leaves.empty() && c.finds.empty())
    diags_.emit(code::missing_clause, d.name.at, d.title, "decides, leaves or finds");
  law_.cases.push_back(std::move(c));
}

void Checker::case_rule(const Word& w, const Declaration& d, std::vector<RuleId>& into) {
  if (const auto s = lookup(d.in_regime.text + "." + w.text); s && s->kind == Names::proviso)
    into.insert(into.end(), law_.provisos[s->index].versions.begin(), law_.provisos[s->index].versions.end());
  else if (const auto r = in_regime(w, d.in_regime, Names::rule))
    into.push_back(RuleId{r->index});
}

void Checker::given(const tree::Given& g, const Declaration& d, Case& c) {
  CaseGiven out;
  if (g.carries) {
    const auto s = in_regime(g.fact, d.in_regime, Names::proviso);
    if (!s) return;
    out.carries = ProvisoId{s->index};
    c.given.push_back(out);
    return;
  }
  out.fact = id<FactId>(g.fact, Names::fact);
  if (!out.fact.valid()) return;
  if (std::any_of(c.given.begin(), c.given.end(), [&](const CaseGiven& o) { return o.fact == out.fact; }))
    diags_.emit(code::clause_twice, g.fact.at, g.fact.text)
        .fix("a case says of each fact once what is known");
  const Type& t = law_[out.fact].type;
  if (g.empty) {
    if (!t.is_set) mismatch(g.fact, t);
  } else if (g.values.empty()) {
    if (t.kind != FactType::yes_no) mismatch(g.fact, t);
    out.values.push_back({g.negated ? 0 : 1, {}});
  }
  for (const tree::Value& v : g.values)
    if (auto read = value(v, t, g.fact.text)) out.values.push_back(*read);
  c.given.push_back(std::move(out));
}

void Checker::missing_cases() {
  std::vector<bool> decided(law_.rules.size()), left(law_.rules.size());
  for (const Case& c : law_.cases) {
    for (const RuleId r : c.decides) decided[r.index] = true;
    for (const RuleId r : c.leaves) left[r.index] = true;
  }
  for (std::uint32_t i = 0; i < law_.rules.size(); ++i) {
    const Rule& r = law_.rules[i];
    if (r.unsettled.valid()) continue;  // it may not be there: no case decides it
    if (!decided[i]) diags_.emit(code::no_case, r.at, "decides", r.name);
    if (!left[i] && r.when.valid()) diags_.emit(code::no_case, r.at, "leaves", r.name);
  }
}

}  // namespace sekisho::checking
