#pragma once
#include <map>
#include <set>
#include <unordered_map>

#include "batch/cells.h"
#include "batch/finer.h"
#include "batch/records.h"

// Rows of text become findings. Columns are facts by name; a cell that is blank or `unknown` is not known.
// Authorities have granted nothing and found nothing but what the columns say, as in `decide
// --without-instruments`.

namespace sekisho {

/// What a column holds.
struct ColumnUse {
  enum class Kind : std::uint8_t { ignored, fact, day, id, provisos };
  Kind kind = Kind::ignored;
  FactId fact;
  friend bool operator==(const ColumnUse&, const ColumnUse&) = default;
};

struct RowsOptions {
  std::optional<Date> on;                      // of rows that name no day
  std::map<std::string, std::string> columns;  // column -> fact, `on`, `id`, `provisos` or `ignore`
  CellWords words;                             // fact -> cell -> value
  std::size_t node_limit = default_node_limit;
};

/// The law's plans, one for each stretch of constant law, made when a row first needs them. Safe for threads.
class Plans {
 public:
  Plans(const Law& law, std::size_t node_limit);
  struct Made {
    std::unique_ptr<Plan> plan;
    Diagnostics diags;
    bool ok() const { return plan->ok(); }
    /// Why the law of the day is too large, where it is.
    std::string_view too_large() const;
  };
  /// Valid as long as this is.
  const Made& of(Date day);
  FinerPlans& finer() { return finer_; }
  /// What is wrong with the law of days that were asked for: SK4001, SK4002. In order of day.
  Diagnostics failures() const;

 private:
  std::shared_ptr<const Made> make(Date stretch) const;

  const Law& law_;
  std::size_t node_limit_;
  std::vector<Date> days_;
  MadeOnce<Date, Made> plans_;
  FinerPlans finer_;
};

/// Which columns there are, what they hold, and what is wrong with them.
class Header {
 public:
  Header(const Law& law, const RowsOptions& options) : law_(law), options_(options) {}
  ColumnUse use(const std::string& column) const;
  /// The fact nearest to a column that is none; empty if none is near.
  std::string meant(const std::string& column) const;

 private:
  const Law& law_;
  const RowsOptions& options_;
};

/// One row as it was read: cells by column use.
struct Row {
  std::optional<std::string> id;
  std::vector<std::pair<ColumnUse, Cell>> cells;
};

struct RowAnswer {
  std::string refused;  // why; then nothing else is said
  FindingSet findings;
  const std::vector<RuleId>* applies = nullptr;  // valid until the next row
  std::vector<std::string> not_assessed;  // states that have a say, and none of whose law is in force here
  bool law_in_force = true;               // else nobody's is
};

/// Decides rows one after the other; each thread has its own.
class RowDecider {
 public:
  RowDecider(const Law& law, const RowsOptions& options, Plans& plans)
      : law_(law), options_(options), plans_(plans) {}
  RowAnswer decide(const Row& row);

 private:
  /// What is kept for a plan.
  struct Kept {
    Kept(const Law& law, const Plan& plan, const CellWords& mapped)
        : cells(law, plan, mapped),
          walk(plan.store(), plan.below()),
          box(plan.blank()),
          kinds(plan.blank_kinds()) {}
    Cells cells;
    Walk walk;
    Box box, kinds;                                                      // of the row
    std::map<std::pair<std::uint64_t, std::uint8_t>, RowFinding> words;  // of each word of the tables
    std::unordered_map<std::string, RowFinding> rows;                    // by the kinds of the row
  };
  /// A plan that was told the values of a row apart.
  struct Finer {
    std::shared_ptr<const Plan> plan;  // none: it would grow too large
    std::unique_ptr<Kept> kept;
  };
  std::unique_ptr<Kept> keep(const Plan& plan) const;
  Finer& finer(const Plan& plan, const std::vector<KnownFact>& values);
  /// @param apart  becomes the values that a finer plan has to tell apart, where this one cannot
  std::optional<RowAnswer> by_plan(const Plan& plan, Kept& kept, const Row& row,
                                   std::vector<KnownFact>& apart);
  const RowFinding& by_tables(const Plan& plan, Kept& kept, std::span<const std::uint8_t> classes);
  const RowFinding& by_diagrams(const Plan& plan, Kept& kept);

  const Law& law_;
  const RowsOptions& options_;
  Plans& plans_;
  std::map<const Plan*, std::unique_ptr<Kept>> kept_;
  std::map<const Plan*, Finer> finer_;
};

}  // namespace sekisho
