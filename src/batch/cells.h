#pragma once
#include <array>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "base/text_hash.h"
#include "batch/cell.h"
#include "batch/plan.h"

// What a cell of text says of a fact, and what that leaves possible under the law of one day. A cell is read
// once and kept: the same words come again in every row.

namespace sekisho {

/// One value that a cell names.
struct Named {
  Value value;
  std::uint32_t number = 0;         // the same number, the same value
  std::vector<std::size_t> places;  // that can stand for it among the values that the law tells apart
};

/// What a cell says of a fact.
struct Said {
  /// A level and its value, comparisons left aside.
  struct Settles {
    Level level;
    std::uint16_t value;
  };
  bool known = false;
  std::vector<Settles> settles;
  std::vector<Named> values;  // one; of a set each member
  std::string wrong;          // not empty: why it cannot be read
};

/// Of each fact, the cell that words of a mapping stand for.
using CellWords = std::map<std::string, std::map<std::string, std::string>>;

/// Cells of one thread under one plan.
class Cells {
 public:
  Cells(const Law& law, const Plan& plan, const CellWords& words);

  /// Valid until the next call that meets a new cell; for good while fewer than `most_kept` of a fact were
  /// met.
  const Said& said(FactId fact, Cell cell);
  static constexpr std::size_t most_kept = 100'000;

  /// Cuts a box down to what was said of a fact, comparisons left aside.
  static void know(const Said& said, Box& box) {
    for (const Said::Settles& s : said.settles) box.settle(s.level, s.value);
  }
  /// What was said under another plan for the same day.
  Said again(FactId fact, const Said& elsewhere) const;
  /// Settles what comparisons of known facts say. Unlike values that share a place are parted.
  /// @param said_of  what was said of each fact, or nullptr
  /// @returns whether the law tells enough values apart for what was said; else the box means nothing, and a
  /// plan that `values_apart` were told to has to decide
  template <class SaidOf>
  [[nodiscard]] bool compare(const SaidOf& said_of, Box& box) {
    if (compared_.empty()) return true;
    told_.clear();
    untold_ = {};
    for (const FactId f : compared_)
      if (const Said* s = said_of(f); s != nullptr && s->known)
        told_.push_back({f, s});
      else if (const Compared& c = compared_facts_[f.index]; c.set || c.placed)
        ++(c.set ? untold(c.type).sets : untold(c.type).singles);
    if (!part(box)) return false;
    for (const Comparison& c : comparisons_) settle(c, box);
    return true;
  }
  /// The values that were said of what the law compares, after `compare`.
  std::vector<KnownFact> values_apart() const;
  /// @returns why the cell cannot be read; empty if it could
  std::string provisos(Cell cell, Box& box) const;
  /// Whether the law of the day reads the fact.
  bool reads(FactId fact) const { return variable_of_[fact.index].valid() || !members_[fact.index].empty(); }
  VarId variable(FactId fact) const { return variable_of_[fact.index]; }
  std::span<const VarId> members(FactId fact) const { return members_[fact.index]; }
  /// The relations that a fact has a part in.
  std::span<const VarId> relations(FactId fact) const { return relations_[fact.index]; }

 private:
  struct Comparison {
    VarId relation;
    FactId a, b;                  // b: none where values of `a` hang on members of a set, or on other things
    std::vector<VarId> hangs_on;  // of each value of `a`; none: it is no
  };
  struct Told {
    FactId fact;
    const Said* said;
  };
  /// What the law tells apart of a fact that is compared.
  struct Compared {
    bool set = false, placed = false;  // placed: it has values of its own that can stand for what is said
    FactType type{};
    Level level = 0;                     // of a single fact that is placed
    std::vector<std::uint32_t> numbers;  // of each value or element: the same number, the same value
    std::vector<Value> values;           // with those numbers
  };
  /// A value that was said, or as which it counts, and the place that stands for it.
  struct Taken {
    FactType type;
    std::uint32_t by;      // the place's number
    std::uint32_t number;  // the value's
  };
  /// Members of the same sets and class. The law can tell so many of them apart, and no more.
  struct Alike {
    FactType type;
    std::uint32_t place;  // the least number of those that can stand for them
    std::vector<bool> sets;
    std::vector<std::uint32_t> numbers;
  };
  /// Compared facts of a type of which nothing was said.
  struct Untold {
    std::size_t singles = 0, sets = 0;
    std::size_t ways() const { return std::size_t{1} << std::min<std::size_t>(sets, 16); }
    /// Values unlike all that were said which can matter at once.
    std::size_t others() const { return singles + ways() - 1; }
  };
  static constexpr std::size_t nothing_left = ~std::size_t{0};
  Said read(FactId fact, Cell cell);
  std::string_view meant(FactId fact, std::string_view words) const;
  std::vector<std::size_t> places(FactId fact, const Value& v) const;
  void settle(FactId fact, Said& said) const;
  bool is_state(const Value& v) const;
  void gather_comparisons();
  bool part(Box& box);
  bool part_members(const Told& set, Box& box);
  std::size_t take(const Compared& fact, const Named& named, std::uint32_t number);
  std::uint32_t number_in_sets(const Told& set, const Named& named);
  Untold& untold(FactType type) { return untold_[static_cast<std::size_t>(type)]; }
  bool leaves_room(const Compared& fact, const Named& named);
  void settle(const Comparison& c, Box& box) const;
  const Said* told(FactId fact) const;
  Level level(VarId v) const { return plan_.compiled().level(v); }

  const Law& law_;
  const Plan& plan_;
  const CellWords& words_;
  std::vector<VarId> variable_of_;           // of each fact
  std::vector<std::vector<VarId>> members_;  // of each fact that is a set
  std::vector<std::vector<Value>> elements_;
  std::vector<std::vector<VarId>> relations_;
  std::vector<Comparison> comparisons_;
  std::vector<FactId> compared_;          // single facts first, then sets
  std::vector<Compared> compared_facts_;  // of each fact
  std::vector<Told> told_;                // in one box
  std::array<Untold, static_cast<std::size_t>(FactType::choice) + 1> untold_{};  // of each type
  std::vector<Taken> taken_;
  std::vector<Alike> alike_;
  std::set<std::string> named_states_;  // on lists, beyond those that exist
  std::map<Value, std::uint32_t> numbers_;
  using Kept = std::unordered_map<std::string, Said, TextHash, std::equal_to<>>;
  std::vector<Kept> kept_, kept_lists_;  // of each fact
};

}  // namespace sekisho
