#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/compiler.h"

// A regime as tables of bits, for rows in which every fact is known.
//
// THE IDEA. A condition is a union of boxes: for each fact a set of values. Give every box of every rule one
// bit of a word. For each column of classes a table holds, for each class, the word of the boxes that allow
// it; the `and` of these words over the columns is the set of boxes that hold the row, with no branch. Links
// come next: the rules that have to do with links stand in the low bits, whoever prevails first, eight bits
// to a chunk; for each value of a chunk a table says which bits, of this chunk and of later ones, stay. What
// is left are the rules that apply, and the finding is read off by masks.
//
// AN EXAMPLE. `r1 prohibits when armed and destination is in E`, `r2 permits when armed notwithstanding r1`:
// bits r2 = 0, r1 = 1. Column destination: E -> 11, other -> 01. Column armed: yes -> 11, no -> 00. An armed
// row to E: 11 & 11 = 11; the chunk table at 11 keeps 01: r2 applies, r1 does not.
//
// WHAT IT COSTS. One load and one `and` a column, and the same a chunk of linked rules. A condition that is
// no union of few boxes needs many bits; with more than 64 in a regime, or where findings of authorities or
// unsettled law have a say, there are no tables and the diagrams are walked.

namespace sekisho {

/// The vector instructions a kernel was built for. All kernels give the same.
enum class Lanes : std::uint8_t { baseline, avx2, avx512 };
/// The widest that this processor has.
Lanes widest_lanes();

class Tables {
 public:
  /// Several levels in one byte: the sum of class * stride. Levels that no row settles are in no column.
  struct Column {
    struct Part {
      Level level;
      std::uint16_t stride, classes;
      std::vector<std::uint16_t> value_of;  // of each class, a value that belongs to it
    };
    std::vector<Part> parts;
    std::size_t size = 1;
  };
  /// @param box  what rows can settle is open in it, everything else has one value
  /// @returns nullopt where the regime cannot be laid out so
  static std::optional<Tables> of(Compiled& law, std::size_t regime, const std::vector<Column>& columns,
                                  std::span<const Values> box);

  /// Decides `rows` rows.
  /// @param columns   one pointer for each column, to `rows` classes below the column's size
  /// @param findings  `rows` findings
  /// @param applies   `rows` words: a set bit `b` says that rule_of_bit()[b] applies
  void run(std::size_t rows, std::span<const std::uint8_t* const> columns, std::uint8_t* findings,
           std::uint64_t* applies, Lanes lanes) const;
  /// One row.
  struct Verdict {
    Finding finding = Finding::not_engaged;
    std::uint64_t met = 0, applies = 0;  // bits: conditions that are met, rules that then apply
  };
  /// @param classes  one for each column, below its size
  Verdict row(std::span<const std::uint8_t> classes) const;
  /// The rule of each bit: a rule applies where one of its bits is set. None for the bits of what is
  /// governed.
  std::span<const RuleId> rule_of_bit() const { return rule_of_bit_; }
  std::size_t chunks() const { return chunks_.size(); }

 private:
  static constexpr std::size_t width = 64, chunk_bits = 8;
  /// A range of rows, and where their answers go.
  struct Rows {
    std::size_t first, last;
    const std::uint8_t* const* columns;
    std::uint8_t* findings;
    std::uint64_t* applies;
  };
  template <std::size_t Columns>
  void each_row(const Rows& rows) const;
  template <std::size_t... Columns>
  void by_count(const Rows& rows, std::index_sequence<Columns...>) const;
  void run_baseline(const Rows& rows) const;
  void run_avx2(const Rows& rows) const;
  void run_avx512(const Rows& rows) const;

  std::vector<std::vector<std::uint64_t>> tables_;                  // of each column, by class
  std::vector<std::array<std::uint64_t, 1 << chunk_bits>> chunks_;  // what stays, by the value of eight bits
  std::vector<RuleId> rule_of_bit_;
  std::array<std::uint64_t, finding_count> strict_{}, route_{};  // bits of rules by what they bring
  bool always_engaged_ = true;
  std::uint64_t engaged_ = 0;  // else bits of which one has to hold
  Finding otherwise_ = Finding::permitted;
};

}  // namespace sekisho
