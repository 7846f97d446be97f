#pragma once
#include <unordered_map>

#include "engine/compiler.h"
#include "engine/cover.h"

// Values that nothing tells apart, as one. A hundred states may fall into a handful of kinds; what holds of
// one of a kind holds of all. A function that tells no two of a kind apart is the same function over kinds,
// in nodes as wide as there are kinds; what is possible over kinds is what is possible for some of them.
//
// AN EXAMPLE. `prohibited when destination is in E`, and a relation `destination is licensor`: the kinds of
// destination are "in E" and "not in E", and so are those of licensor, because the relation carries what is
// told apart from one fact to the other. The same state on both sides is possible only within a kind.
//
// A COUNTER-EXAMPLE. Were only destination parted, a statement could hold for a destination in E whose
// licensor is the same state, and not for another destination of the same kind.

namespace sekisho {

class Coarse {
 public:
  /// @param roots  functions whose values are to be told apart; relations of two facts are looked after
  /// @param box    values that count at all
  Coarse(const Compiled& law, std::span<const Ref> roots, std::span<const Values> box,
         std::size_t node_limit);

  Diagrams& store() { return store_; }
  /// Every kind, by level.
  const Cube& all() const { return all_; }
  /// A function of the law over kinds: of a kind the greatest leaf.
  Ref of(Ref fine);
  /// The kind of a value in the box.
  std::uint16_t kind(Level l, std::size_t value) const { return kinds_[l][value]; }
  /// A cube over kinds as one over values.
  Cube fine(const Cube& kinds) const;

 private:
  using Kinds = std::vector<std::vector<std::uint16_t>>;  // of each level, each value
  static Kinds kinds(const Compiled& law, std::span<const Ref> roots, std::span<const Values> box);
  static std::vector<std::uint16_t> sizes(const Kinds& kinds, std::span<const Values> box);

  const Diagrams& from_;
  std::vector<Values> box_;
  Kinds kinds_;
  Diagrams store_;
  Cube all_;
  std::unordered_map<std::uint32_t, Ref> done_;
};

}  // namespace sekisho
