#pragma once
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "engine/space.h"

// Decision diagrams, and one store for all of them.
//
// THE IDEA. A finding is a function of facts, each fact with a handful of values (the classes that the law
// can tell apart). Write the function as a tree that asks one fact a level, always in the same order, then
// (1) never keep two equal subtrees and (2) never ask what does not matter. What remains is the diagram: for
// a given order there is only one for each function. So equality is comparison of two numbers; "can this rule
// ever apply?" is "is its diagram the leaf `no`?"; what an amendment changes is where two diagrams differ.
//
// AN EXAMPLE. `prohibited when armed and destination is in E`, with destination in the classes {in E, other}:
//
//     destination ─ in E ──▶ armed ─ yes ─▶ prohibited
//         │                    └──── no ──▶ permitted
//         └── other ─────────────────────▶ permitted          two nodes; `armed` is not asked for `other`
//
// A COUNTER-EXAMPLE. `destination is licensor`, with both among 200 states: whichever is asked first, the
// second must remember it, 200 nodes of 200 edges. That is why a relation of two facts is a variable of its
// own (compiler.h), and what the two facts have to do with it stands in the care set, once.
//
// WHAT IT COSTS. An operation on two diagrams costs at most the product of their nodes, and keeps every pair
// that it has met; the size of a diagram depends on the order of its variables, exponentially in the worst
// case, so the store has a limit of nodes and says when it is reached.
//
// R. E. Bryant, Graph-Based Algorithms for Boolean Function Manipulation (1986); T. Kam et al., Multi-valued
// Decision Diagrams (1998); S. Minato, irredundant sums of products from diagrams (1993), in cover.cpp.

namespace sekisho {

/// A node of a store, or a leaf. Leaves are small numbers: a truth, a finding, the place of a route.
struct Ref {
  std::uint32_t bits = 0;
  static constexpr std::uint32_t leaf_bit = 0x8000'0000;
  static constexpr Ref leaf(std::uint32_t value) { return {leaf_bit | value}; }
  constexpr bool is_leaf() const { return (bits & leaf_bit) != 0; }
  constexpr std::uint32_t value() const { return bits & ~leaf_bit; }
  friend bool operator==(Ref, Ref) = default;
  friend auto operator<=>(Ref, Ref) = default;
};
inline constexpr Ref no_leaf = Ref::leaf(0), yes_leaf = Ref::leaf(1);

/// A variable by its place in the order: 0 is asked first.
using Level = std::uint32_t;

/// What is said when the store would outgrow its limit.
struct TooManyNodes : std::runtime_error {
  TooManyNodes() : std::runtime_error("too many nodes") {}
};

enum class Join : std::uint8_t {
  both,    // truths: and; in general the least
  either,  // truths: or; in general the greatest
  differ,  // 1 where the leaves are unlike
  change,  // of two leaves below `change_base` that are unlike both, as that times the first and the second;
           // else 0
  guard,   // the second where the first is not 0, else 0
  sum,     // of two numbers
  better,  // of two leaves 2 * finding + bit the one of the better finding; among equals the bit counts
  read_both_ways,  // the best and the worst reading of a regime: what its authority has to decide
};

/// Findings, and that a law leaves no such case.
inline constexpr std::uint32_t change_base = std::uint32_t{finding_count} + 1;

class Diagrams {
 public:
  /// @param sizes  number of values of each level, at least 1
  /// @param asked  of each level the values that any question will ask; empty: every one of all. The others
  ///   read as the first of them, so that a level of one asked value stands in no diagram
  Diagrams(std::vector<std::uint16_t> sizes, std::size_t node_limit, std::vector<Values> asked = {});

  std::size_t levels() const { return sizes_.size(); }
  std::uint16_t size(Level l) const { return sizes_[l]; }
  std::size_t nodes() const { return nodes_.size(); }
  std::size_t edges() const { return edges_.size(); }
  void limit(std::size_t nodes) { limit_ = nodes; }
  std::size_t limit() const { return limit_; }

  Level level(Ref r) const { return nodes_[r.bits].level; }
  std::span<const Ref> children(Ref r) const {
    const Node& n = nodes_[r.bits];
    return {edges_.data() + n.first, sizes_[n.level]};
  }
  Ref child(Ref r, std::size_t value) const { return edges_[nodes_[r.bits].first + value]; }

  /// The node that asks `level` and goes on with its children; a child itself if they are all the same.
  /// @fails TooManyNodes
  Ref make(Level level, std::span<const Ref> children);
  /// Yes for the values of a level that are in `yes`.
  Ref is(Level level, const Values& yes);

  Ref join(Join op, Ref a, Ref b);
  Ref negate(Ref a);
  Ref choose(Ref condition, Ref yes, Ref no);
  /// Each leaf replaced: `to[value]`.
  Ref map(Ref a, std::span<const std::uint32_t> to);
  /// 1 where the leaf is `value`.
  Ref where(Ref a, std::uint32_t value);
  /// Some value of each level in `over` makes it yes.
  Ref exists(Ref a, const std::vector<bool>& over);
  /// A judged fact without finding (value 2 of a level in `judged`) takes the join of the readings no and
  /// yes.
  Ref read_judged(Ref a, const std::vector<bool>& judged, Join op);
  /// The levels cut down to the values in `box`: elsewhere 0.
  Ref within(Ref a, std::span<const Values> box);
  /// The diagram with the levels of `box` that hold one value fixed to it.
  Ref fixed(Ref a, std::span<const Values> box);
  /// Values outside the box read as the first one in it: equal functions on the box become equal diagrams.
  Ref projected(Ref a, std::span<const Values> box);

  /// Which leaves of `a` are met in `box` where `care` is yes, as a set of leaf values up to 63. Stops when
  /// all in `enough` are.
  std::uint64_t leaves(Ref a, Ref care, std::span<const Values> box,
                       std::uint64_t enough = ~std::uint64_t{0}) const;
  /// Whether a leaf other than 0 of `a` is met in `box` where `care` is yes. Makes no node.
  bool meets(Ref a, Ref care, std::span<const Values> box) const;
  /// A path of `a` to a leaf other than 0 in the box: one value for each level it asks, all values for the
  /// others.
  bool path(Ref a, std::span<const Values> box, std::vector<Values>& out);
  /// The same with one value for each level: the first of the box where the path does not ask.
  bool point(Ref a, std::span<const Values> box, std::vector<Values>& out);
  /// Levels that the diagram asks.
  std::vector<bool> support(Ref a) const;
  /// For each level and each of its values a class: values of one class lead to the same from every node
  /// below `roots`.
  std::vector<std::vector<std::uint16_t>> classes(std::span<const Ref> roots) const;
  /// Of each node the leaves below it, as a set of leaf values up to 63.
  std::vector<std::uint64_t> leaves_below() const;
  /// Nodes below and with `a`.
  std::size_t count(std::span<const Ref> roots) const;

 private:
  struct Node {
    std::uint32_t first;
    Level level;
  };
  /// Joins that were computed before, kept until their place is needed: forgetting costs time, never truth.
  struct Kept {
    std::uint64_t operands = ~std::uint64_t{0};
    Join op{};
    Ref result;
  };
  /// What a walk made of a node.
  struct Made {
    std::uint32_t walk = 0;
    Ref result;
  };
  template <class Leaf, class Inner>
  Ref rebuild(Ref a, const Leaf& leaf, const Inner& inner);
  template <class Leaf, class Inner, class Step>
  Ref rebuild(Ref a, const Leaf& leaf, const Inner& inner, const Step& step);
  template <class Leaf, class Inner, class Step>
  Ref rebuilt(Ref a, const Leaf& leaf, const Inner& inner, const Step& step);
  Ref joined_leaf(Join op, Ref a, Ref b) const;
  Ref made(Level level, std::span<const Ref> children);
  std::size_t place(Level level, std::span<const Ref> children) const;
  void grow_table();
  Kept& kept(Join op, std::uint64_t operands);

  std::vector<std::uint16_t> sizes_;
  std::vector<Values> asked_;  // empty: every value
  std::size_t limit_;
  std::vector<Node> nodes_;
  std::vector<Ref> edges_;
  std::vector<std::uint32_t> table_;  // open addressing: node + 1, 0 where free
  std::vector<Kept> cache_;
  std::vector<Ref> to_;     // children of the nodes that are being made, those of the innermost last
  std::vector<Made> made_;  // of each node, by the last walk that came to it
  std::uint32_t walk_ = 0;
};

}  // namespace sekisho
