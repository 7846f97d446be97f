#include <algorithm>
#include <array>

#include "law/checker_passes.h"

namespace sekisho::checking {
namespace {

constexpr std::array<std::string_view, 10> kind_words{
    "an authority", "a fact",   "a constraint", "a definition", "a threshold",
    "a list",       "a regime", "a rule",       "a proviso",    "a right"};

}  // namespace

std::string_view words(Names n) {
  return kind_words[static_cast<std::size_t>(n)];
}

std::string Checker::qualified(const Declaration& d) {
  return d.in_regime.empty() ? d.name.text : d.in_regime.text + "." + d.name.text;
}

bool Checker::enter(const std::string& name, Symbol s) {
  const auto [it, fresh] = names_.emplace(name, s);
  if (!fresh)
    diags_.emit(code::duplicate_name, s.at, name)
        .note(it->second.at, "declared here first")
        .fix("give one of them another name, or delete it");
  return fresh;
}

template <class Store>
bool Checker::enter_in(Store& store, const std::string& name, Names kind, const Declaration& d) {
  if (!enter(name, {kind, static_cast<std::uint32_t>(store.size()), d.name.at})) return false;
  index_[&d] = static_cast<std::uint32_t>(store.size());
  store.emplace_back();
  store.back().name = name;
  return true;
}

void Checker::declare(const Declaration& d) {
  switch (d.kind) {
    case Kind::authority: enter_in(law_.authorities, d.name.text, Names::authority, d); break;
    case Kind::fact:
      if (enter_in(law_.facts, d.name.text, Names::fact, d))
        law_.fact_names.emplace(d.name.text, FactId{index_[&d]});
      break;
    case Kind::constraint: enter_in(law_.constraints, d.name.text, Names::constraint, d); break;
    case Kind::define: enter_in(law_.definitions, d.name.text, Names::definition, d); break;
    case Kind::threshold: enter_in(law_.thresholds, d.name.text, Names::threshold, d); break;
    case Kind::list: enter_in(law_.lists, d.name.text, Names::list, d); break;
    case Kind::regime: enter_in(law_.regimes, d.name.text, Names::regime, d); break;
    case Kind::route:
    case Kind::rule: {
      if (!has_regime(d)) break;
      const auto index = static_cast<std::uint32_t>(law_.rules.size());
      if (!enter(qualified(d), {Names::rule, index, d.name.at})) break;
      add_rule(d);
      break;
    }
    case Kind::proviso: declare_proviso(d); break;
    case Kind::right: enter_in(law_.rights, d.name.text, Names::right, d); break;
    case Kind::law_case: break;
  }
}

bool Checker::has_regime(const Declaration& d) {
  if (!d.in_regime.empty()) return true;
  diags_.emit(code::no_regime, d.name.at, d.name.text).fix("put `in regime NAME` at the head of the file");
  return false;
}

void Checker::add_rule(const Declaration& d) {
  index_[&d] = static_cast<std::uint32_t>(law_.rules.size());
  law_.rules.emplace_back();
  law_.rules.back().name = qualified(d);
}

void Checker::declare_proviso(const Declaration& d) {
  if (!has_regime(d)) return;
  const std::string name = qualified(d);
  const auto it = names_.find(name);
  if (it == names_.end()) {
    enter(name, {Names::proviso, static_cast<std::uint32_t>(law_.provisos.size()), d.name.at});
    law_.provisos.push_back({name, {}, {}});
  } else if (it->second.kind != Names::proviso) {
    enter(name, {Names::proviso, 0, d.name.at});
    return;
  }
  add_rule(d);
  Rule& r = law_.rules.back();
  r.proviso = ProvisoId{names_.at(name).index};
  law_.provisos[r.proviso.index].versions.push_back(RuleId{index_[&d]});
}

std::optional<Symbol> Checker::lookup(const std::string& name) const {
  const auto it = names_.find(name);
  if (it == names_.end()) return std::nullopt;
  return it->second;
}

void Checker::report_unknown(const Word& w, const std::vector<Names>& wanted) {
  std::vector<std::string> candidates;
  for (const auto& [n, s] : names_)
    if (std::find(wanted.begin(), wanted.end(), s.kind) != wanted.end()) candidates.push_back(n);
  std::sort(candidates.begin(), candidates.end());
  auto e = diags_.emit(code::unknown_name, w.at, w.text);
  const std::string near = nearest(w.text, candidates);
  if (!near.empty()) e.fix(fmt::format("write `{}`", near), {{w.at, near}});
}

std::optional<std::uint32_t> Checker::resolve(const Word& w, Names kind) {
  if (w.empty()) return std::nullopt;
  const auto s = lookup(w.text);
  if (!s) {
    report_unknown(w, {kind});
    return std::nullopt;
  }
  if (s->kind != kind) {
    diags_.emit(code::wrong_kind, w.at, w.text, words(s->kind), words(kind)).note(s->at, "declared here");
    return std::nullopt;
  }
  return s->index;
}

std::optional<Symbol> Checker::in_regime(const Word& w, const Word& regime, Names kind) {
  if (const auto s = lookup(regime.text + "." + w.text); s && s->kind == kind) return s;
  const auto index = resolve(w, kind);
  if (!index) return std::nullopt;
  return Symbol{kind, *index, w.at};
}

}  // namespace sekisho::checking
