#pragma once
#include <optional>

#include "engine/diagrams.h"

// Many questions, one after the other, to diagrams that no longer change: a request at a counter, a row of a
// table. A walk follows the one value of a settled fact with no look to the side and branches only where a
// fact is open. Where no leaf below would be news it turns back. It makes no node. What it has met it marks
// with the number of the question, so that nothing has to be wiped between two; each thread walks for itself.

namespace sekisho {

/// What is possible at each level, with the one value where only one is.
class Box {
 public:
  static constexpr std::uint16_t open = 0xffff;

  Box() = default;
  explicit Box(std::span<const Values> values);

  std::size_t levels() const { return only_.size(); }
  bool settled(Level l) const { return only_[l] != open; }
  /// The value of a settled level, or `open`.
  std::uint16_t only(Level l) const { return only_[l]; }
  bool allows(Level l, std::size_t value) const {
    return settled(l) ? only_[l] == value : values_[l].test(value);
  }
  Values values(Level l) const;

  void settle(Level l, std::size_t value) { only_[l] = static_cast<std::uint16_t>(value); }
  void widen(Level l, const Values& values);
  /// Becomes `blank` again; both must have begun alike.
  void back_to(const Box& blank);

 private:
  std::vector<std::uint16_t> only_;
  std::vector<Values> values_;  // of levels that are open
  std::vector<Level> widened_;
};

class Walk {
 public:
  /// @param below  the store's `leaves_below`; it and the store outlive this
  Walk(const Diagrams& store, std::span<const std::uint64_t> below);

  /// Which leaves of `a` are met in the box where `care` is yes, as a set of values up to 63. Stops when all
  /// in `enough` are.
  std::uint64_t leaves(Ref a, Ref care, const Box& box, std::uint64_t enough = ~std::uint64_t{0});
  /// Whether every leaf of `a` met in the box where `care` is yes is one of `allowed`.
  bool stays_within(Ref a, Ref care, const Box& box, std::uint64_t allowed);
  /// The leaf that the settled levels lead to, whatever the care; nullopt where an open level is asked.
  std::optional<std::uint32_t> straight(Ref a, const Box& box) const {
    while (!a.is_leaf()) {
      const std::uint16_t value = box.only(store_.level(a));
      if (value == Box::open) return std::nullopt;
      a = store_.child(a, value);
    }
    return a.value();
  }
  /// The levels asked on the way to that leaf, in order, are added to `asked`. Stops at an open one.
  void asked(Ref a, const Box& box, std::vector<Level>& asked) const;

 private:
  struct Met {
    std::uint64_t key = 0;
    std::uint32_t question = 0;
    bool feasible = false;     // of a care alone
    std::uint64_t leaves = 0;  // of a diagram alone
  };
  template <class Done>
  bool visit(Ref a, Ref care, const Box& box, std::uint64_t& found, const Done& done);
  std::uint64_t below(Ref a) const { return a.is_leaf() ? std::uint64_t{1} << a.value() : below_[a.bits]; }
  bool feasible(Ref care, const Box& box);
  std::uint64_t reached(Ref a, const Box& box);
  void begin();
  std::size_t place(std::uint64_t key) const;
  /// @returns whether it is met for the first time
  bool mark(std::uint64_t key, bool feasible = false, std::uint64_t leaves = 0);

  const Diagrams& store_;
  std::span<const std::uint64_t> below_;
  std::vector<Met> met_;
  std::size_t marked_ = 0;
  std::uint32_t question_ = 0;
};

}  // namespace sekisho
