#pragma once
#include <fmt/format.h>

#include <array>
#include <optional>

#include "engine/completions.h"
#include "oracle/judge.h"

namespace sekisho::judge {

inline std::set<Finding> as_set(const FindingSet& found) {
  std::set<Finding> out;
  for (std::size_t f = 0; f < finding_count; ++f)
    if (found.has[f]) out.insert(static_cast<Finding>(f));
  return out;
}

/// A rulebook with what is known, ready for either engine.
struct Asked {
  World nothing;
  std::vector<Instrument> acts;
  Question q;
  Diagnostics diags;
  std::optional<Space> space;
  State state;
  std::array<VarId, place_count> var;

  /// @param book  that the law is of, where its authority has found something
  Asked(const Law& law, const Known& known, std::vector<View> views = {}, const Book& book = {}) {
    q = question_of_law(law, nothing, *parse_date("2019-06-01"));
    q.clean_for = {"XK"};
    q.views = std::move(views);
    const auto fact = [&](int place, const std::string& name) {
      KnownFact k{law.find_fact(name), Knowledge::Form::alternatives, {}, true};
      for (int v = 0; v < sizes[static_cast<std::size_t>(place)]; ++v)
        if (known[static_cast<std::size_t>(place)] >> v & 1) k.values.push_back({v, {}});
      q.facts.push_back(std::move(k));
    };
    for (const int p : {0, 1, 2, choice, second_choice}) fact(p, fmt::format("f{}", p));
    KnownFact set{law.find_fact("s"), Knowledge::Form::members, {}, true};
    for (int v = 0; v < 3; ++v) {
      const unsigned k = known[static_cast<std::size_t>(member + v)];
      if (k == 2) set.values.push_back({v, {}});
      if (k == 3) set.complete = false;
    }
    q.facts.push_back(std::move(set));
    if (book.found_for) find(law, *book.found_for);
    space.emplace(q, diags);
    state = Reader(*space).start();
    find_variables();
    if (const VarId j = var[judged]; j.valid() && !book.found_for) {
      state.free[j.index] = true;
      state.possible[j.index] = Values(known[judged]);
    }
  }
  void find(const Law& law, const std::array<int, 3>& found_for) {
    acts.resize(found_for.size());
    for (std::size_t v = 0; v < acts.size(); ++v) {
      if (found_for[v] == 2) continue;
      acts[v].issued = q.law_day;
      ActingInstrument a;
      a.instrument = &acts[v];
      a.authority = law.find_authority("x.gov");
      a.finds = {{law.find_fact("f4"), found_for[v] == 1}};
      a.scope = {{law.find_fact("f3"), {{static_cast<std::int64_t>(v), {}}}}};
      q.instruments.push_back(a);
    }
  }
  void find_variables() {
    for (std::uint32_t i = 0; i < space->variables().size(); ++i) {
      const Variable& v = (*space)[VarId{i}];
      const std::string& name = v.fact.valid() ? (*q.law)[v.fact].name : v.name;
      if (v.kind == VarKind::fact || v.kind == VarKind::judged)
        var[static_cast<std::size_t>(name[1] - '0')] = VarId{i};
      if (v.kind == VarKind::member) var[static_cast<std::size_t>(member + v.element.number)] = VarId{i};
      if (v.kind == VarKind::hidden)
        var[static_cast<std::size_t>(hidden + (name.ends_with("r1") ? 1 : 0))] = VarId{i};
    }
  }
  std::vector<std::size_t> all() const {
    std::vector<std::size_t> out;
    for (std::size_t g = 0; g < space->regimes().size(); ++g) out.push_back(g);
    return out;
  }
  /// The place of a value among the values of a variable.
  std::size_t value_of(int place, const Assignment& a) const {
    const int value = a[static_cast<std::size_t>(place)];
    const Variable& v = (*space)[var[static_cast<std::size_t>(place)]];
    if (v.kind == VarKind::fact)
      for (std::size_t k = 0; k < v.domain.size(); ++k)
        if (v.domain[k].number == value) return k;
    return static_cast<std::size_t>(value);
  }
};

}  // namespace sekisho::judge
