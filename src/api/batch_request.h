#pragma once
#include "batch/rows.h"
#include "sekisho/batch.h"

// What a request for very many rows says of columns, words and the day, read and held against the law and the
// table's header.

namespace sekisho {

/// What was asked, or what is wrong with it.
struct ReadRequest {
  RowsOptions options;
  std::vector<ColumnUse> columns;  // CSV: of each cell of a row
  std::vector<Report> reports;
};
ReadRequest read_request(const Law& law, const BatchRequest& request);

/// Says that a column is no fact, and which one may be meant.
void column_passed_over(const Header& header, const std::string& name, TextSpan at, Diagnostics& diags);

/// What some programs write before a text to say that it is UTF-8.
inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace sekisho
