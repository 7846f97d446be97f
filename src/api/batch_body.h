#pragma once
#include "api/finding_words.h"
#include "batch/rows.h"
#include "sekisho/batch.h"

// What stands behind the public classes for very many rows, whatever their form.

namespace sekisho {

struct Batch::Body {
  const Rulebooks::Body& books;
  const Law& law;
  const BatchRequest request;
  RowsOptions options;
  std::vector<ColumnUse> columns;
  bool has_id = false;
  std::vector<Report> reports;
  std::unique_ptr<Plans> plans;

  bool csv() const { return !request.json_lines; }
};

/// What is said of a row that was decided.
FindingWords words_of(const RowAnswer& a);

}  // namespace sekisho
