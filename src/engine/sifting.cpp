#include "engine/sifting.h"

#include <algorithm>
#include <utility>

namespace sekisho {
namespace {

class Sifting {
 public:
  Sifting(std::vector<OrderCost> costs, std::size_t trials) : costs_(std::move(costs)), trials_(trials) {}

  VariableOrder run(std::vector<VariableGroup> order, const std::map<std::string, std::size_t>& nodes) {
    best_ = std::move(order);
    cost_ = cost(best_).value_or(~std::size_t{0});
    std::vector<std::pair<std::size_t, VariableGroup>> by_nodes;
    for (const VariableGroup& g : best_) {
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
  static VariableOrder joined(const std::vector<VariableGroup>& groups) {
    VariableOrder out;
    for (const VariableGroup& g : groups) out.insert(out.end(), g.begin(), g.end());
    return out;
  }
  /// Tries a group at every place.
  void sift(const VariableGroup& group) {
    std::vector<VariableGroup> others = best_;
    others.erase(std::find(others.begin(), others.end(), group));
    const std::vector<VariableGroup> before = best_;
    for (std::size_t at = 0; at <= others.size() && trials_ > 0; ++at) {
      std::vector<VariableGroup> order = others;
      order.insert(order.begin() + static_cast<std::ptrdiff_t>(at), group);
      if (order == before) continue;
      --trials_;
      const auto c = cost(order);
      if (!c || *c >= cost_) continue;
      cost_ = *c;
      best_ = std::move(order);
    }
  }
  /// Of all that is measured; nullopt where they are surely not fewer than the fewest so far.
  std::optional<std::size_t> cost(const std::vector<VariableGroup>& groups) const {
    const VariableOrder order = joined(groups);
    std::size_t sum = 0;
    for (const OrderCost& of : costs_) {
      // A node has two edges at the least.
      const auto edges = of(order, std::min(default_node_limit, (cost_ - sum) / 2));
      if (!edges) return std::nullopt;
      sum += *edges;
      if (sum >= cost_) return std::nullopt;
    }
    return sum;
  }

  std::vector<OrderCost> costs_;
  std::size_t trials_, cost_ = ~std::size_t{0};
  std::vector<VariableGroup> best_;
};

}  // namespace

VariableOrder sifted(std::vector<OrderCost> costs, std::size_t trials, std::vector<VariableGroup> order,
                     const std::map<std::string, std::size_t>& nodes) {
  return Sifting(std::move(costs), trials).run(std::move(order), nodes);
}

}  // namespace sekisho
