#pragma once
#include <memory>
#include <optional>

#include "batch/tables.h"
#include "engine/compiler.h"
#include "engine/finding_set.h"
#include "engine/walk.h"

// The law of one day, made ready for very many rows. Every variable that a row can settle has its place in a
// column of classes, one byte a row; several variables of few values share one. Complete rows are decided by
// tables where the law allows it (tables.h), else by walking the diagrams; rows with blanks always by the
// diagrams, over every completion.

namespace sekisho {

/// The answer for one row.
struct RowFinding {
  FindingSet findings;          // empty: the facts contradict each other
  std::vector<RuleId> applies;  // rules that apply in every completion
};

/// Rows by column: `rows` classes in each.
struct ClassColumns {
  std::size_t rows = 0;
  std::vector<std::vector<std::uint8_t>> columns;
};

class Plan {
 public:
  /// @fails SK4001, SK4002
  Plan(const Law& law, Date day, Diagnostics& diags, std::size_t node_limit = default_node_limit);

  bool ok() const { return compiled_ && compiled_->ok(); }
  const Space& space() const { return *space_; }
  const Compiled& compiled() const { return *compiled_; }
  Compiled& compiled() { return *compiled_; }

  /// Where a variable lies: for its value `v`, column[place.column] holds, among others, place.adds[v].
  struct Place {
    std::size_t column = 0;
    std::vector<std::uint8_t> adds;
    bool one_class = false;  // no condition tells its values apart
  };
  /// nullopt: no row settles it (unsettled law, lists kept elsewhere).
  const std::optional<Place>& place(VarId v) const { return places_[v.index]; }
  std::size_t columns() const { return columns_; }
  /// The variables that a row can settle: facts, members of sets, findings, provisos on the lot, comparisons.
  const std::vector<VarId>& variables() const { return settled_by_rows_; }
  /// What is possible for a row of which nothing is known: authorities have said nothing.
  const Box& blank() const { return blank_; }

  /// Whether complete rows can be decided by tables.
  bool has_tables() const { return tables_.has_value(); }
  const Tables& tables() const { return *tables_; }
  /// One row by the diagrams, over every completion.
  RowFinding decide(const Box& row, Walk& walk) const;
  /// The finding jointly over the regimes, and what is possible.
  Ref joint() const { return joint_; }
  Ref care() const { return care_; }

 private:
  void lay_out(std::vector<Values> open);

  const World nothing_;
  Question question_;
  std::unique_ptr<Space> space_;
  std::unique_ptr<Compiled> compiled_;
  std::vector<std::optional<Place>> places_;
  std::size_t columns_ = 0;
  std::vector<VarId> settled_by_rows_;
  Box blank_;
  Ref joint_ = no_leaf, care_ = yes_leaf;
  std::uint64_t findings_ = 0;  // that the law can have
  std::vector<std::pair<RuleId, Ref>>
      fails_;  // where a rule does not apply, in some reading of what nobody has found
  std::optional<Tables> tables_;
};

}  // namespace sekisho
