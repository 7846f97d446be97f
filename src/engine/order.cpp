#include "engine/order.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

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

/// Variables that move together: two facts that are compared, and the comparison. Apart, all that is asked
/// between them would have to remember the first of them when not everything is known.
using Group = VariableOrder;

std::vector<Group> groups_of(const Compiled& c) {
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
  std::vector<Group> out;
  for (const std::string& name : order)
    if (!leader.contains(name)) out.push_back({name});
  for (const std::string& name : order)
    if (leader.contains(name))
      std::find_if(out.begin(), out.end(), [&](const Group& g) {
        return g.front() == lead(name);
      })->push_back(name);
  return out;
}

/// An order in which what a conjunction speaks of stands close together, for law that grows too large in the
/// order of its own words: each variable goes to the middle of its conjunctions, again and again.
/// @paper F. Aloul, I. Markov, K. Sakallah, FORCE: a fast and easy-to-implement variable-ordering heuristic
///        (2003)
class Gathering {
 public:
  explicit Gathering(const Compiled& c) : c_(c), place_(c.store().levels()) {
    for (std::uint32_t p = 0; p < c.space().program_count(); ++p) conjunctions(ProgramId{p});
    for (Level l = 0; l < place_.size(); ++l) place_[l] = l;
  }
  VariableOrder run() {
    std::vector<Level> best = ranked();
    double shortest = span();
    for (int round = 0; round < most_rounds; ++round) {
      move();
      const std::vector<Level> order = ranked();
      for (std::size_t i = 0; i < order.size(); ++i) place_[order[i]] = static_cast<double>(i);
      if (span() >= shortest) continue;
      shortest = span();
      best = order;
    }
    VariableOrder out;
    for (const Level l : best) out.push_back(c_.name(c_.variable(l)));
    return out;
  }

 private:
  static constexpr int most_rounds = 100;
  using Edge = std::vector<Level>;

  void conjunctions(ProgramId p) {
    std::vector<Edge> open;  // of each part that is not used yet, what it speaks of
    for (const Node& n : c_.space()[p]) {
      Edge e;
      for (const VarId v : {n.var, n.other})
        if (v.valid()) e.push_back(c_.level(v));
      for (const VarId m : n.members) e.push_back(c_.level(m));
      for (std::uint32_t k = 0; k < n.arity; ++k) {
        e.insert(e.end(), open.back().begin(), open.back().end());
        open.pop_back();
      }
      if (n.op == ExprOp::all && e.size() > 1) edges_.push_back(e);
      open.push_back(std::move(e));
    }
  }
  double middle(const Edge& e) const {
    double sum = 0;
    for (const Level l : e) sum += place_[l];
    return sum / static_cast<double>(e.size());
  }
  void move() {
    std::vector<double> sum(place_.size(), 0), count(place_.size(), 0);
    for (const Edge& e : edges_) {
      const double at = middle(e);
      for (const Level l : e) {
        sum[l] += at;
        count[l] += 1;
      }
    }
    for (Level l = 0; l < place_.size(); ++l)
      if (count[l] > 0) place_[l] = sum[l] / count[l];
  }
  std::vector<Level> ranked() const {
    std::vector<Level> out(place_.size());
    for (Level l = 0; l < out.size(); ++l) out[l] = l;
    std::stable_sort(out.begin(), out.end(), [&](Level a, Level b) { return place_[a] < place_[b]; });
    return out;
  }
  double span() const {
    double sum = 0;
    for (const Edge& e : edges_) {
      const auto [low, high] =
          std::minmax_element(e.begin(), e.end(), [&](Level a, Level b) { return place_[a] < place_[b]; });
      sum += place_[*high] - place_[*low];
    }
    return sum;
  }

  const Compiled& c_;
  std::vector<double> place_;  // of each level
  std::vector<Edge> edges_;
};

class Sifting {
 public:
  Sifting(const Day& largest, const Day& last, std::size_t trials)
      : days_{&largest, &last}, trials_(trials) {}

  /// @param nodes  of each variable: groups with the most come first
  VariableOrder run(std::vector<Group> order, const std::map<std::string, std::size_t>& nodes) {
    best_ = std::move(order);
    cost_ = cost(best_).value_or(~std::size_t{0});
    std::vector<std::pair<std::size_t, Group>> by_nodes;
    for (const Group& g : best_) {
      std::size_t sum = 0;
      for (const std::string& name : g) sum += nodes.at(name);
      if (sum > 0) by_nodes.emplace_back(sum, g);
    }
    std::stable_sort(by_nodes.begin(), by_nodes.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t before = ~std::size_t{0}; cost_ < before && trials_ > 0;) {
      before = cost_;
      for (const auto& [n, group] : by_nodes) sift(group);
    }
    return joined(best_);
  }

 private:
  static VariableOrder joined(const std::vector<Group>& groups) {
    VariableOrder out;
    for (const Group& g : groups) out.insert(out.end(), g.begin(), g.end());
    return out;
  }
  /// Tries a group at every place.
  void sift(const Group& group) {
    std::vector<Group> others = best_;
    others.erase(std::find(others.begin(), others.end(), group));
    const std::vector<Group> before = best_;
    for (std::size_t at = 0; at <= others.size() && trials_ > 0; ++at) {
      std::vector<Group> order = others;
      order.insert(order.begin() + static_cast<std::ptrdiff_t>(at), group);
      if (order == before) continue;
      --trials_;
      const auto c = cost(order);
      if (!c || *c >= cost_) continue;
      cost_ = *c;
      best_ = std::move(order);
    }
  }
  /// Edges of both days; nullopt where they are surely not fewer than the fewest so far.
  std::optional<std::size_t> cost(const std::vector<Group>& groups) const {
    const VariableOrder order = joined(groups);
    std::size_t sum = 0;
    for (const Day* day : days_) {
      // A node has two edges at the least.
      const auto edges = day->cost(order, std::min(default_node_limit, (cost_ - sum) / 2));
      if (!edges) return std::nullopt;
      sum += *edges;
      if (sum >= cost_) return std::nullopt;
    }
    return sum;
  }

  std::array<const Day*, 2> days_;
  std::size_t trials_, cost_ = ~std::size_t{0};
  std::vector<Group> best_;
};

}  // namespace

std::vector<AskedVariable> asked_variables(const Law& law, RegimeId regime, Date day, Diagnostics& diags) {
  std::vector<AskedVariable> out;
  const Day of(law, day, diags);
  Compiled c = of.compile(law.asked_first, default_node_limit, diags);
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
      start = Gathering(*c).run();
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
  const std::vector<std::size_t> at_level = nodes_of_levels(first.store(), first.joint(0));
  std::map<std::string, std::size_t> nodes;
  for (Level l = 0; l < at_level.size(); ++l) nodes[first.name(first.variable(l))] += at_level[l];
  VariableOrder order = Sifting(of_largest, of_last, trials).run(groups_of(first), nodes);
  for (const Date day : days) {
    const Day of(law, day, diags);
    add_missing(order, Day::names(of.compile(start, default_node_limit, diags)));
  }
  return order;
}

}  // namespace sekisho
