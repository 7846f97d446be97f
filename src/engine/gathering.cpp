#include "engine/gathering.h"

#include <algorithm>

namespace sekisho {
namespace {

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

}  // namespace

VariableOrder gathered_order(const Compiled& c) {
  return Gathering(c).run();
}

}  // namespace sekisho
