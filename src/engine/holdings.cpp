// What sets hold, told without naming values that only stand for others.
//
// AN EXAMPLE. `prohibits when lic is empty`: the states that the law does not name share a few places, say AD
// and AE. "AD and AE are not in lic" would be said of two states and is meant of all. So "lic holds another
// state" is a variable, true where a place that stands for others is in it, and so are "lic is empty" and,
// where the law compares members with a fact, "besides destination, lic holds another state" and "destination
// is in lic". Regions are told by these once the single places are projected away (impact.cpp, which also
// sees whether that loses anything).
//
// WHY IT IS ENOUGH. The law says of members that some or every one is so; of states that are in the same
// sets, on the same lists, and equal to no fact, one stands for any number. What remains is which kinds there
// are.
//
// A COUNTER-EXAMPLE. A list that is not complete to the day: each unnamed state may have joined it or not,
// and what is held of those that did is not said here. Impact then says that a statement is not exact.

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/countries.h"
#include "engine/compiler.h"

namespace sekisho {
namespace {

std::string_view noun(FactType t) {
  switch (t) {
    case FactType::country: return "state";
    case FactType::party: return "party";
    case FactType::item: return "item";
    case FactType::lot: return "lot";
    default: return "code";
  }
}

Values one(std::size_t i) {
  Values v;
  v.set(i);
  return v;
}

}  // namespace

class Compiled::Holdings {
 public:
  explicit Holdings(Compiled& compiled) : c_(compiled), space_(compiled.space_), law_(space_.law()) {
    for (std::uint32_t i = 0; i < space_.variables().size(); ++i) {
      const Variable& v = space_[VarId{i}];
      if (v.kind == VarKind::member) members_[v.fact].push_back(VarId{i});
      if (v.kind == VarKind::fact) single_[v.fact] = VarId{i};
    }
    for (std::uint32_t p = 0; p < space_.program_count(); ++p)
      for (const Node& n : space_[ProgramId{p}])
        if (!n.members.empty()) searched_.insert(space_[n.members.front()].fact);
  }

  void run() {
    std::set<FactId> done;
    for (const FactId set : searched_) {
      if (done.contains(set)) continue;
      const std::vector<FactId> group = held_against(set);
      done.insert(group.begin(), group.end());
      std::vector<FactId> singles;
      if (space_.compared().contains(set))
        for (const auto& [f, v] : single_)
          if (space_.compared().contains(f) && law_[f].type.kind == law_[set].type.kind) singles.push_back(f);
      for (std::size_t i = 0; i < singles.size(); ++i) {
        for (const FactId s : group) in_set(singles[i], s);
        for (std::size_t k = i + 1; k < singles.size(); ++k) same(singles[i], singles[k]);
      }
      others(group, singles);
    }
    for (const FactId set : searched_)
      empty(set);  // asked last: where it says enough, no statement names more
  }

 private:
  /// The sets whose members the law may hold against those of a set, itself among them.
  std::vector<FactId> held_against(FactId set) const {
    if (!space_.compared().contains(set)) return {set};
    std::vector<FactId> out;
    for (const auto& [f, members] : members_)
      if (space_.compared().contains(f) && law_[f].type.kind == law_[set].type.kind) out.push_back(f);
    if (out.size() > Space::most_sets_compared) return {set};
    return out;
  }
  void add(Relation r, std::vector<std::vector<std::pair<VarId, Values>>> cases) {
    const std::string key = "held: " + r.name;
    c_.holding_list_.push_back({c_.add_relation(key, std::move(r)), std::move(cases)});
  }

  void empty(FactId set) {
    std::vector<std::pair<VarId, Values>> none;
    for (const VarId m : members_.at(set)) none.emplace_back(m, one(0));
    const std::string& name = law_[set].name;
    add({{}, {}, name + " is empty", yes_leaf, {}, {}, name + " is not empty"}, {none});
  }
  void in_set(FactId single, FactId set) {
    Node n{};
    n.op = ExprOp::equals;
    n.var = single_.at(single);
    std::vector<std::vector<std::pair<VarId, Values>>> cases;
    const std::vector<Value>& domain = space_[n.var].domain;
    for (std::size_t i = 0; i < domain.size(); ++i)
      for (const VarId m : members_.at(set))
        if (space_[m].element == domain[i]) {
          n.conditional.push_back({i, m});
          cases.push_back({{n.var, one(i)}, {m, one(1)}});
        }
    if (c_.relation_of_.contains(relation_key(n))) return;
    add({n.var,
         {},
         fmt::format("{} is in {}", law_[single].name, law_[set].name),
         yes_leaf,
         n.conditional,
         {},
         {}},
        std::move(cases));
  }
  void same(FactId a, FactId b) {
    Node n{};
    n.op = ExprOp::same;
    n.var = single_.at(a);
    n.other = single_.at(b);
    std::vector<std::vector<std::pair<VarId, Values>>> cases;
    for (std::size_t i = 0; i < space_[n.var].domain.size(); ++i)
      for (std::size_t j = 0; j < space_[n.other].domain.size(); ++j)
        if (space_[n.var].domain[i] == space_[n.other].domain[j]) {
          n.equal.emplace_back(i, j);
          cases.push_back({{n.var, one(i)}, {n.other, one(j)}});
        }
    Node turned = n;
    std::swap(turned.var, turned.other);
    for (auto& [i, j] : turned.equal) std::swap(i, j);
    if (c_.relation_of_.contains(relation_key(n)) || c_.relation_of_.contains(relation_key(turned))) return;
    add({n.var, n.other, fmt::format("{} is {}", law_[a].name, law_[b].name), yes_leaf, {}, n.equal, {}},
        std::move(cases));
  }

  /// Of each class of values without a place of their own, and each way of being in some sets of the group
  /// and not in the others: whether there is one that is none of the single facts.
  void others(const std::vector<FactId>& group, const std::vector<FactId>& singles) {
    const Type type = law_[group.front()].type.element();
    std::vector<Value> elements;
    for (const VarId m : members_.at(group.front())) elements.push_back(space_[m].element);
    const Space::StandIns stand_ins = space_.stand_ins(type, elements);
    const auto& classes = stand_ins.class_of;
    for (std::size_t first = 0; first < elements.size(); ++first) {
      if (classes[first] != first) continue;
      for (std::size_t way = 1; way < std::size_t{1} << group.size(); ++way) {
        std::vector<std::vector<std::pair<VarId, Values>>> cases;
        for (std::size_t i = first; i < elements.size(); ++i)
          if (classes[i] == first) cases.push_back(held(elements[i], group, way, singles));
        const auto [some, none] = told(type, elements, first, stand_ins.states[first]);
        const std::string before = besides(singles), after = ways(group, way);
        add({{},
             {},
             fmt::format("{}{} is {}", before, some, after),
             yes_leaf,
             {},
             {},
             fmt::format("{}{} is {}", before, none, after)},
            std::move(cases));
      }
    }
  }
  std::vector<std::pair<VarId, Values>> held(const Value& element, const std::vector<FactId>& group,
                                             std::size_t way, const std::vector<FactId>& singles) const {
    std::vector<std::pair<VarId, Values>> out;
    for (std::size_t s = 0; s < group.size(); ++s)
      for (const VarId m : members_.at(group[s]))
        if (space_[m].element == element) out.emplace_back(m, one(way >> s & 1));
    for (const FactId f : singles) {
      Values unlike = space_[single_.at(f)].all;
      for (std::size_t i = 0; i < space_[single_.at(f)].domain.size(); ++i)
        if (space_[single_.at(f)].domain[i] == element) unlike.reset(i);
      out.emplace_back(single_.at(f), unlike);
    }
    return out;
  }

  // --- in words ---

  /// Some and none of a class, told by what is shorter: the values in it, or those outside.
  /// @param first  the place of the first element that stands for the class
  static std::pair<std::string, std::string> told(const Type& type, const std::vector<Value>& elements,
                                                  std::size_t first, const std::vector<std::string>& in) {
    if (const auto root = code_further_under(elements[first].text); !root.empty())
      return {fmt::format("some further code under {}", root), fmt::format("no further code under {}", root)};
    std::set<std::string> out;
    if (type.kind == FactType::country)
      for (const std::string_view code : country_codes()) out.emplace(code);
    for (const Value& v : elements)
      if (const auto root = code_further_under(v.text); !root.empty())
        out.insert(fmt::format("further under {}", root));
      else if (!v.text.empty())
        out.insert(v.text);
    for (const std::string& state : in) out.erase(state);
    if (!in.empty() && in.size() <= out.size()) {
      const std::string of = fmt::format("one of {}", fmt::join(in, ", "));
      return {of, "none" + of.substr(3)};
    }
    const std::string other =
        fmt::format("{}{}{}", noun(type.kind), out.empty() ? "" : " other than ", fmt::join(out, ", "));
    return {"some " + other, "no " + other};
  }
  std::string ways(const std::vector<FactId>& group, std::size_t way) const {
    std::string out;
    for (const bool in : {true, false})
      for (std::size_t s = 0; s < group.size(); ++s)
        if (((way >> s & 1) != 0) == in)
          out += fmt::format("{}{}in {}", out.empty() ? "" : " and ", in ? "" : "not ", law_[group[s]].name);
    return out;
  }
  std::string besides(const std::vector<FactId>& singles) const {
    std::vector<std::string> names;
    names.reserve(singles.size());
    for (const FactId f : singles) names.push_back(law_[f].name);
    return singles.empty() ? "" : fmt::format("besides {}, ", fmt::join(names, " and "));
  }

  Compiled& c_;
  const Space& space_;
  const Law& law_;
  std::map<FactId, std::vector<VarId>> members_;  // of each set
  std::map<FactId, VarId> single_;
  std::set<FactId> searched_;  // for some member, or for every one
};

void Compiled::gather_holdings() {
  Holdings(*this).run();
}

/// Which levels say what sets hold, and which speak of a single value that only stands for others.
void Compiled::mark_holdings() {
  of_stand_ins_.resize(level_.size());
  holdings_.resize(level_.size());
  stand_ins_.resize(level_.size());
  if (how_ != Relations::told) return;
  for (const Holding& h : holding_list_) holdings_[level(h.relation)] = true;
  std::map<FactId, std::vector<Value>> elements;
  for (const Variable& v : space_.variables())
    if (v.kind == VarKind::member)
      elements[v.fact].push_back(v.element);
    else if (v.kind == VarKind::fact)
      elements[v.fact] = v.domain;
  std::map<std::pair<FactType, std::vector<Value>>, Space::StandIns> of_domain;
  std::set<std::pair<FactType, Value>> stand_ins;
  for (const auto& [fact, values] : elements) {
    const FactType type = space_.law()[fact].type.kind;
    const auto [it, fresh] = of_domain.try_emplace({type, values});
    if (fresh) it->second = space_.stand_ins(space_.law()[fact].type, values);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (it->second.class_of[i]) stand_ins.emplace(type, values[i]);
    if (const VarId v = space_.fact_var(fact); v.valid() && !space_.law()[fact].type.is_set)
      stand_ins_[level(v)] = it->second;
  }
  for (std::uint32_t i = 0; i < space_.variables().size(); ++i) {
    const Variable& v = space_[VarId{i}];
    if (v.kind == VarKind::member)
      of_stand_ins_[level(VarId{i})] = stand_ins.contains({space_.law()[v.fact].type.kind, v.element});
    else if (v.kind == VarKind::listed)
      of_stand_ins_[level(VarId{i})] = stand_ins.contains({space_.law()[v.list].type.kind, v.element});
  }
}

}  // namespace sekisho
