#pragma once
#include <gmpxx.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/large_pages.h"
#include "custody/marks.h"
#include "custody/shares.h"

// The states of all lots, each with what it came of and what lies on it: numbers alone, so that a hundred
// million of them fit in memory and one more costs less than a microsecond. Names, amounts and events are
// custody's (`custody.h`), which holds one of these.
//
// A state is appended after those that it came of, so there are no rings, and what lies on it follows from
// theirs and from what it adds itself:
//
//   same, part, rest, copied   all marks; the same shares of value
//   united                     the marks of each; shares weighed by value
//   built_in                   the marks that see through; shares added by value
//   taken_out                  all marks; shares open, as of what is divided with other lots
//   made_with                  the marks that reach products, and so do shares: all of it
//
// When it turns out that a state added something else than was thought, `revise` goes through what came of
// it in the order of numbers and stops wherever nothing changes.
//
// Cost: 32 bytes a state, 9 for each state that it came of and 4 where only a part was taken, a row of
// shares (8 bytes a right) where goods were built. Appending looks at the states that it came of and at
// nothing else.

namespace sekisho {

/// What became of the earlier state.
enum class Descent : std::uint8_t { same, part, rest, united, built_in, taken_out, copied, made_with };
std::string_view to_string(Descent d);
/// What goes on as it is, or as its part.
constexpr bool carries_on(Descent d) {
  return d == Descent::same || d == Descent::part || d == Descent::rest || d == Descent::copied;
}

using StateId = std::uint32_t;

/// What a state came of; `taken` of `of`, in one unit, went into it.
struct Origin {
  StateId state;
  Descent how;
  std::int64_t taken = 1, of = 1;
  friend bool operator==(const Origin&, const Origin&) = default;
};
mpq_class part_of_whole(const Origin& o);

/// What a lot is worth. Currencies are numbers that the caller gives.
struct Worth {
  static constexpr std::int64_t most = (std::int64_t{1} << 54) - 1;
  static constexpr std::int64_t unknown = -1;
  std::int64_t ten_thousandths = unknown;  // at most `most`
  std::uint8_t currency = 0;
};

/// What a state adds to what it came of.
struct Added {
  MarkSetId marks = MarkSets::none();
  ShareId share = Shares::none();
  bool divided = false;  // with others: parts taken out in a repair, several lots of one assembly
  friend bool operator==(const Added&, const Added&) = default;
};

class Graph {
 public:
  /// @param reaches_products  of each right counted by value, whether it reaches what is made with technology
  ///                          that bears it
  explicit Graph(std::vector<bool> reaches_products);
  /// @param built  states that bear shares of their own
  void reserve(std::size_t states, std::size_t origins, std::size_t built);

  /// @param origins  earlier states; united and built ones together only in a repair, after the repaired
  /// @param worth    where it says so; otherwise what moves is worth what it was, and a part its part of it
  StateId append(std::span<const Origin> origins, const Added& added, Worth worth = {});
  /// What the state added was otherwise. @returns how many states changed
  std::size_t revise(StateId s, const Added& added, Worth worth = {});

  /// Says that a state will be taken soon, so that it is at hand: very many lie far from each other.
  void expect(StateId s) const { __builtin_prefetch(&states_[s], 1); }
  void expect_shares(StateId s) const { shares_.expect(states_[s].share); }

  std::size_t size() const { return states_.size(); }
  std::vector<Origin> origins(StateId s) const;
  /// Everything that one of them came of, or that came of one, near and far, ascending; none of themselves.
  std::vector<StateId> ancestors(std::span<const StateId> of) const;
  std::vector<StateId> descendants(std::span<const StateId> of) const;
  std::vector<StateId> ancestors(StateId s) const { return ancestors({&s, 1}); }
  std::vector<StateId> descendants(StateId s) const { return descendants({&s, 1}); }
  MarkSetId marks(StateId s) const { return states_[s].marks; }
  /// Between bounds; exactly by ExactShares.
  ShareId share(StateId s) const { return states_[s].share; }
  /// The state whose shares it bears unchanged; none: it is the first that bears them.
  std::optional<StateId> carried_from(StateId s) const;
  /// What it is worth, exactly, in ten-thousandths; none: not known.
  std::optional<mpq_class> worth(StateId s) const;
  std::uint8_t currency(StateId s) const { return currency_of(states_[s].value); }
  const Added& added(StateId s) const { return added_[states_[s].added]; }

  MarkSets& mark_sets() { return marks_; }
  const MarkSets& mark_sets() const { return marks_; }
  Shares& shares() { return shares_; }
  const Shares& shares() const { return shares_; }
  const std::vector<bool>& reaches_products() const { return reaches_products_; }
  /// Bytes in use.
  std::size_t memory() const;

 private:
  static constexpr std::uint32_t nothing = UINT32_MAX;
  /// Of every so many edges it is kept where they lead and how many parts came before them.
  static constexpr std::uint32_t stride = 16;
  struct Stride {
    StateId to;
    std::uint32_t small_parts;
  };
  struct alignas(32) State {    // two to a line of the processor's cache
    std::uint32_t first_edge;   // its edges stand together
    std::uint32_t first_child;  // an edge
    MarkSetId marks;
    ShareId share;
    std::int64_t value;  // packed: see graph.cpp
    std::uint32_t added;
    bool says_worth;
  };
  /// What is said of its worth, if anything is.
  struct Said {
    std::int64_t value;
    bool says;
  };
  struct Edge {
    StateId from;
    std::uint32_t next;  // of those from the same state
  };
  /// A part that was taken, of the whole: mostly small numbers, in the order of their edges.
  struct SmallPart {
    std::uint16_t taken, of;
  };
  struct LargePart {
    std::uint32_t edge;
    std::int64_t taken, of;
  };
  struct Borne {
    MarkSetId marks;
    ShareId share;
    std::int64_t value;
  };
  /// What a part is worth that is no whole number of ten-thousandths.
  struct PartWorth {
    Bounds bounds;
    std::uint8_t currency;
    friend bool operator==(const PartWorth&, const PartWorth&) = default;
  };

  std::pair<std::uint32_t, std::uint32_t> edges(StateId s) const;
  StateId state_of(std::uint32_t edge) const;
  void add_edges(std::span<const Origin> origins, StateId to);
  Origin origin(std::uint32_t edge) const;
  void read_origins(StateId s, std::vector<Origin>& into) const;

  Borne borne(std::span<const Origin> origins, const Added& added, Said said);
  MarkSetId marks_of(std::span<const Origin> origins, const Added& added);
  std::int64_t value_of(std::span<const Origin> origins, Said said);
  std::uint8_t currency_of(std::int64_t value) const;
  Bounds bounds_of(std::int64_t value) const;
  bool same_value(std::int64_t a, std::int64_t b) const;
  ShareId share_of(std::span<const Origin> origins, const Added& added, std::int64_t value);
  void sum_built(std::span<const Origin> origins, std::int64_t value);
  void sum_united(std::span<const Origin> origins);
  void sum_opened(std::span<const Origin> origins, const Added& added);
  bool bare(const Origin& o) const { return states_[o.state].share == Shares::none(); }
  std::uint32_t kept(const Added& added);

  MarkSets marks_;
  std::vector<bool> reaches_products_;
  Shares shares_;
  template <class T>
  using Large = std::vector<T, LargePages<T>>;
  Large<State> states_;
  Large<Edge> edges_;
  Large<std::uint8_t> how_;  // of each edge: its descent, and how it is kept what it took
  Large<SmallPart> small_parts_;
  Large<LargePart> large_parts_;
  Large<Stride> strides_;
  std::vector<PartWorth> part_worths_;
  std::vector<Added> added_;                // each once, the first adds nothing
  std::vector<std::uint32_t> added_table_;  // by hash, the next free place where it is taken
  std::vector<Origin> scratch_;
};

}  // namespace sekisho
