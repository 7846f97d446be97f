#include "engine/order.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/gathering.h"
#include "engine/sifting.h"
#include "law/stretches.h"

namespace sekisho {
namespace {

constexpr std::size_t weight_of_kept = 8;

std::vector<std::size_t> nodes_of_levels(const Diagrams& store, Ref root) {
  std::vector<std::size_t> out(store.levels(), 0);
  std::vector<Ref> open{root};
  std::set<Ref> met;
  while (!open.empty()) {
    const Ref r = open.back();
    open.pop_back();
    if (r.is_leaf() || !met.insert(r).second) continue;
    ++out[store.level(r)];
    for (const Ref c : store.children(r)) open.push_back(c);
  }
  return out;
}

/// The law of one day, to be compiled in many orders.
class Day {
 public:
  Day(const Law& law, Date day, Diagnostics& diags)
      : question_(question_of_law(law, nothing_, day)), space_(question_, diags) {}

  Compiled compile(const VariableOrder& order, std::size_t node_limit, Diagnostics& diags) const {
    Compiled out(space_, Relations::own_variables, order, diags, node_limit);
    if (out.ok()) out.joint(0);
    return out;
  }
  /// Edges of the store in which the law was compiled, those of the finding several times over, since they
  /// are walked again and again; nullopt where there are more nodes than `node_limit`.
  std::optional<std::size_t> cost(const VariableOrder& order, std::size_t node_limit) const {
    Diagnostics diags;
    try {
      Compiled c = compile(order, node_limit, diags);
      if (!c.ok()) return std::nullopt;
      const std::vector<std::size_t> nodes = nodes_of_levels(c.store(), c.joint(0));
      std::size_t kept = 0;
      for (Level l = 0; l < nodes.size(); ++l) kept += nodes[l] * c.store().size(l);
      return c.store().edges() + weight_of_kept * kept;
    } catch (const TooManyNodes&) {
    }
    return std::nullopt;
  }
  static VariableOrder names(const Compiled& c) {
    VariableOrder out;
    for (Level l = 0; l < c.store().levels(); ++l) out.push_back(c.name(c.variable(l)));
    return out;
  }

 private:
  const World nothing_;
  Question question_;
  Space space_;
};

/// Names that the order does not have yet go where they stand in another, behind the one before them.
void add_missing(VariableOrder& order, const VariableOrder& other) {
  auto at = order.begin();
  for (const std::string& name : other) {
    auto found = std::find(order.begin(), order.end(), name);
    if (found == order.end()) found = order.insert(at, name);
    at = found + 1;
  }
}

/// Two facts that are compared move together, and the comparison with them. Apart, all that is asked between
/// them would have to remember the first of them when not everything is known.
std::vector<VariableGroup> groups_of(const Compiled& c) {
  const VariableOrder order = Day::names(c);
  std::map<std::string, std::string> leader;  // of each name that follows another
  const auto lead = [&](std::string name) {
    for (auto it = leader.find(name); it != leader.end(); it = leader.find(name)) name = it->second;
    return name;
  };
  for (std::size_t i = 0; i < c.relations().size(); ++i) {
    const Compiled::Relation& r = c.relations()[i];
    if (!r.b.valid()) continue;
    for (const std::string& name : {r.name, c.name(r.b)})
      if (lead(name) != lead(c.name(r.a))) leader[lead(name)] = lead(c.name(r.a));
  }
  std::vector<VariableGroup> out;
  for (const std::string& name : order)
    if (!leader.contains(name)) out.push_back({name});
  for (const std::string& name : order)
    if (leader.contains(name))
      std::find_if(out.begin(), out.end(), [&](const VariableGroup& g) {
        return g.front() == lead(name);
      })->push_back(name);
  return out;
}

}  // namespace

std::vector<AskedVariable> asked_variables(const Law& law, RegimeId regime, Date day, std::size_t node_limit,
                                           Diagnostics& diags) {
  std::vector<AskedVariable> out;
  const Day of(law, day, diags);
  Compiled c = of.compile(law.asked_first, node_limit, diags);
  if (!c.ok()) return out;
  const Ref finding = regime.valid() ? c.regimes().front()[regime.index].finding : c.joint(0);
  const std::vector<std::size_t> nodes = nodes_of_levels(c.store(), finding);
  for (Level l = 0; l < nodes.size(); ++l)
    if (nodes[l] > 0) out.push_back({c.name(c.variable(l)), c.store().size(l), nodes[l]});
  return out;
}

VariableOrder find_order(const Law& law, std::size_t trials, Diagnostics& diags) {
  const std::vector<Date> days = stretches(law);
  std::size_t most = 0;
  Date largest = days.back();
  VariableOrder start;  // none: that of the law's own words
  for (const Date day : days) {
    const Day of(law, day, diags);
    Diagnostics too_large;
    std::optional<Compiled> c(of.compile(start, default_node_limit, start.empty() ? too_large : diags));
    if (!c->ok() && start.empty()) {
      start = gathered_order(*c);
      c.emplace(of.compile(start, default_node_limit, diags));
    }
    if (!c->ok()) return {};
    if (c->store().edges() > most) {
      most = c->store().edges();
      largest = day;
    }
  }
  const Day of_largest(law, largest, diags), of_last(law, days.back(), diags);
  Compiled first = of_largest.compile(start, default_node_limit, diags);
  if (!first.ok()) return {};
  const std::vector<std::size_t> at_level = nodes_of_levels(first.store(), first.joint(0));
  std::map<std::string, std::size_t> nodes;
  for (Level l = 0; l < at_level.size(); ++l) nodes[first.name(first.variable(l))] += at_level[l];
  const auto cost_on = [](const Day& day) {
    return [&day](const VariableOrder& order, std::size_t node_limit) { return day.cost(order, node_limit); };
  };
  VariableOrder order = sifted({cost_on(of_largest), cost_on(of_last)}, trials, groups_of(first), nodes);
  for (const Date day : days) {
    const Day of(law, day, diags);
    add_missing(order, Day::names(of.compile(start, default_node_limit, diags)));
  }
  return order;
}

}  // namespace sekisho
