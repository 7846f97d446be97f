#pragma once
#include <algorithm>
#include <memory>
#include <optional>
#include <span>

#include "batch/tables.h"
#include "engine/coarse.h"
#include "engine/compiler.h"
#include "engine/finding_set.h"
#include "engine/walk.h"
#include "law/assessed_states.h"

// The law of one day, made ready for very many rows. Every variable that a row can settle has its place in a
// column of classes, one byte a row; several variables of few values share one. Complete rows are decided by
// tables where the law allows it (tables.h), else by walking the diagrams; rows with blanks always by the
// diagrams, over every completion.
//
// The diagrams that rows walk are those of the law over kinds of values (engine/coarse.h): a row names a
// state, and what is left open ranges over the few kinds that the law can tell apart, not over two hundred
// states.

namespace sekisho {

/// The answer for one row.
struct RowFinding {
  FindingSet findings;          // empty: the facts contradict each other
  std::vector<RuleId> applies;  // rules that apply in every completion
};

/// A rule of a plan, by where it applies. The diagrams are over kinds.
struct PlannedRule {
  RuleId rule;
  Ref always, ever, met;   // it applies by every, by some reading of what nobody has found; its condition
  bool linked = false;     // something may defeat it
  std::uint64_t bits = 0;  // its bits in the tables, if there are tables
};

/// Rows by column: `rows` classes in each.
struct ClassColumns {
  std::size_t rows = 0;
  std::vector<std::vector<std::uint8_t>> columns;
};

class Plan {
 public:
  /// @param apart  values that rows name and that the law of the day need not tell apart otherwise
  /// @fails SK4001, SK4002
  Plan(const Law& law, Date day, Diagnostics& diags, std::size_t node_limit = default_node_limit,
       std::vector<KnownFact> apart = {});
  /// The same law, told more values apart; nullptr where it grows too large for that, or was told so already.
  std::unique_ptr<Plan> telling_apart(std::vector<KnownFact> values) const;

  bool ok() const { return compiled_ && compiled_->ok(); }
  const Space& space() const { return *space_; }
  const Compiled& compiled() const { return *compiled_; }
  Compiled& compiled() { return *compiled_; }
  const AssessedStates& assessed_states() const { return assessed_states_; }

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
  /// The classes of a row, one for each column.
  /// @param classes  `columns()` of them, written over
  /// @returns whether everything that makes a difference is settled; else the classes mean nothing
  bool classes(const Box& row, std::span<std::uint8_t> classes) const {
    std::fill(classes.begin(), classes.end(), std::uint8_t{0});
    for (const Adding& a : addings_) {
      const std::uint16_t value = row.only(a.level);
      if (value == Box::open) return false;
      classes[a.column] = static_cast<std::uint8_t>(classes[a.column] + adds_[a.first + value]);
    }
    return true;
  }

  /// The diagrams that rows walk, over kinds.
  const Diagrams& store() const { return kinds_->store(); }
  /// Their `leaves_below`.
  std::span<const std::uint64_t> below() const { return below_; }
  /// A row by kinds.
  /// @param row  each level is settled, or as open as in `blank()`
  /// @param out  has as many levels; written over
  void by_kinds(const Box& row, Box& out) const {
    out.back_to(blank_kinds_);
    for (Level l = 0; l < row.levels(); ++l)
      if (row.settled(l)) out.settle(l, kinds_->kind(l, row.only(l)));
  }
  const Box& blank_kinds() const { return blank_kinds_; }
  /// Every kind of a level that a row can have.
  const Values& all_kinds(Level l) const { return kinds_->all()[l]; }
  /// One row by the diagrams, over every completion.
  /// @param row  by kinds
  RowFinding decide(const Box& row, Walk& walk) const;
  /// The finding jointly over the regimes, and what is possible.
  Ref joint() const { return joint_; }
  Ref care() const { return care_; }
  std::span<const PlannedRule> rules() const { return rules_; }

 private:
  /// What the value of a level adds to the class of a column.
  struct Adding {
    Level level;
    std::uint32_t column, first;  // first: its value 0 among `adds_`
  };
  void lay_out(std::vector<Values> open);
  std::vector<Values> lay_columns(std::vector<Values> open, std::vector<Tables::Column>& columns);
  void gather_rules();
  void coarsen(std::span<const Values> open);

  const World nothing_;
  const std::size_t node_limit_;
  Question question_;
  AssessedStates assessed_states_;
  std::unique_ptr<Space> space_;
  std::unique_ptr<Compiled> compiled_;
  std::vector<std::optional<Place>> places_;
  std::size_t columns_ = 0;
  std::vector<VarId> settled_by_rows_;
  std::vector<Adding> addings_;
  std::vector<std::uint8_t> adds_;
  Box blank_, blank_kinds_;
  std::unique_ptr<Coarse> kinds_;
  std::vector<std::uint64_t> below_;
  Ref joint_ = no_leaf, care_ = yes_leaf;
  std::uint64_t findings_ = 0;  // that the law can have
  std::vector<PlannedRule> rules_;
  std::optional<Tables> tables_;
};

}  // namespace sekisho
