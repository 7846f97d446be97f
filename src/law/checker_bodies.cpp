#include <algorithm>
#include <array>
#include <set>

#include "law/checker_passes.h"

namespace sekisho::checking {

void Checker::body(const Declaration& d) {
  const auto it = index_.find(&d);
  if (it == index_.end()) return;
  const std::uint32_t i = it->second;
  Scope scope;
  phrases_ = 0;
  of_ = d.kind == Kind::regime                                                     ? law_.regimes[i].name
        : d.kind == Kind::route || d.kind == Kind::rule || d.kind == Kind::proviso ? law_.rules[i].name
                                                                                   : d.name.text;
  switch (d.kind) {
    case Kind::fact: from_right(d, law_.facts[i]); break;
    case Kind::constraint:
      law_.constraints[i].title = d.title;
      law_.constraints[i].at = d.name.at;
      law_.constraints[i].always = expression(*d.when, scope);
      break;
    case Kind::define:
      law_.definitions[i].title = d.title;
      law_.definitions[i].at = d.name.at;
      law_.definitions[i].means = expression(*d.when, scope);
      break;
    case Kind::regime:
      if (d.when) {
        const ExprId e = expression(*d.when, scope);
        law_.regimes[i].governs = e;
      }
      if (d.lifted_by) law_.regimes[i].otherwise_lifted_by = need(*d.lifted_by);
      break;
    case Kind::route:
    case Kind::rule:
    case Kind::proviso: rule_body(d, i); break;
    default: break;
  }
}

void Checker::from_right(const Declaration& d, const Fact& f) {
  if (!f.from_right.valid()) return;
  const bool counted = law_[f.from_right].flow.built_in == Incorporation::by_share;
  const FactType wanted = counted ? FactType::share : FactType::yes_no;
  if (f.type.kind != wanted || f.type.is_set || f.judged_by.valid())
    diags_.emit(code::type_mismatch, d.from_right.at, f.name, describe(f.type))
        .note(law_[f.from_right].at, counted ? "this right flows by share of value: the fact is a `share`"
                                             : "this right lies on goods or not: the fact is `yes or no`");
}

void Checker::rule_body(const Declaration& d, std::uint32_t i) {
  const std::vector<std::string> parameters = law_.rules[i].parameters;
  Scope scope;
  scope.parameters = &parameters;
  if (d.when) {
    const ExprId e = expression(*d.when, scope);
    law_.rules[i].when = e;
  }
  if (d.lapses_when) {
    const ExprId e = expression(*d.lapses_when, scope);
    law_.rules[i].lapses = e;
  }
  for (std::size_t k = 0; k < d.needs.size(); ++k)
    for (const Word& w : d.needs[k].implies) {
      const NeedId inner = law_.find_need(w.text);
      if (inner.valid())
        law_.rules[i].needs[k].implies.push_back(inner);
      else
        diags_.emit(code::unknown_name, w.at, w.text).note("no rule needs it");
    }
  for (const tree::Bind& b : d.binds) bind(d, b, i);
  static constexpr std::array<std::string_view, 4> events{"departure", "arrival", "grant", "delivery"};
  for (const tree::Duty& o : d.owes) {
    if (!o.from_event.empty() && std::find(events.begin(), events.end(), o.from_event.text) == events.end())
      resolve(o.from_event, Names::fact);
    law_.rules[i].owes.push_back(
        {o.kind.text, o.text, o.from_event.text, id<AuthorityId>(o.to, Names::authority), o.count, o.months});
  }
  for (const tree::Wait& w : d.waits) {
    const FactId from = id<FactId>(w.from, Names::fact);
    if (from.valid() && law_[from].type.kind != FactType::date)
      diags_.emit(code::type_mismatch, w.from.at, w.from.text, describe(law_[from].type));
    law_.rules[i].waits.push_back({w.count, w.months, from});
  }
}

void Checker::bind(const Declaration& d, const tree::Bind& b, std::uint32_t i) {
  const auto s = in_regime(b.proviso, d.in_regime, Names::proviso);
  if (!s) return;
  BindUse use;
  use.proviso = ProvisoId{s->index};
  const Proviso& p = law_.provisos[s->index];
  const std::vector<std::string>& wanted = law_[p.versions.front()].parameters;
  std::set<std::string> given;
  for (const auto& [name, v] : b.arguments) {
    given.insert(name.text);
    if (v.kind == tree::ValueKind::name) {
      const auto f = lookup(v.text);
      if (!f || f->kind != Names::fact)
        resolve({v.text, v.at}, Names::fact);
      else if (law_.facts[f->index].type.kind != FactType::party)
        diags_.emit(code::type_mismatch, v.at, v.text, describe(law_.facts[f->index].type));
    }
    use.arguments.emplace_back(name.text, v.text);
  }
  if (given != std::set<std::string>(wanted.begin(), wanted.end())) {
    std::string list;
    for (const std::string& w : wanted) list += (list.empty() ? "" : ", ") + w;
    diags_.emit(code::wrong_arguments, b.at, p.name, list);
  }
  law_.rules[i].binds.push_back(std::move(use));
}

}  // namespace sekisho::checking
