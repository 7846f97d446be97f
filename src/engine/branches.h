#pragma once
#include <unordered_map>

#include "engine/diagrams.h"

namespace sekisho {

/// A diagram as what its nodes tell apart: values of a node that lead to the same are one branch, those that
/// lead to 0 or are not in the box none. Made once where the same diagram is walked again and again.
class Branches {
 public:
  using Place = std::uint32_t;  // of a node
  struct Branch {
    Values values;
    Place to;
  };

  /// @param r    leaves other than 0 count alike
  /// @param box  values that count at all
  Branches(const Diagrams& store, Ref r, std::span<const Values> box);

  /// The yes: where all branches end, after the last level.
  static constexpr Place yes = 0;
  std::size_t nodes() const { return nodes_.size(); }
  bool is_empty() const { return empty_; }
  /// Of a diagram that is not empty.
  Place root() const { return static_cast<Place>(nodes_.size() - 1); }
  Level level(Place n) const { return nodes_[n].level; }
  std::span<const Branch> of(Place n) const { return {branches_.data() + nodes_[n].first, nodes_[n].count}; }
  /// The place of the first branch of a node among those of all.
  std::size_t first(Place n) const { return nodes_[n].first; }
  std::span<const Branch> all() const { return branches_; }

 private:
  struct Node {
    Level level;
    std::size_t first, count;
  };
  Place gather(Ref r);

  const Diagrams& store_;
  std::span<const Values> box_;
  std::vector<Node> nodes_;  // each after those that it leads to
  std::vector<Branch> branches_;
  std::unordered_map<std::uint32_t, Place> place_;  // of the diagram's nodes
  bool empty_ = false;
};

}  // namespace sekisho
