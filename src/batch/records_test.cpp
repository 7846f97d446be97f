#include "batch/records.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace sekisho;

namespace {

std::vector<std::vector<std::string>> cells_of(std::string_view text) {
  CsvReader reader(text);
  TextRow row;
  std::vector<std::vector<std::string>> out;
  while (reader.next(row)) {
    out.emplace_back(row.cells.begin(), row.cells.end());
    if (!row.problem.empty()) out.back() = {"! " + row.problem};
  }
  return out;
}

const std::string not_closed =
    "! a quote is opened here and no row closes it: quotes close at the end of a cell, within a megabyte";

/// The rows of a table that is read in steps, the rows that are whole each time.
std::vector<std::vector<std::string>> cells_in_steps(std::string_view table, std::size_t step) {
  std::vector<std::vector<std::string>> out;
  for (std::size_t at = 0, end = step; at < table.size(); end += step) {
    const bool last = end >= table.size();
    const std::string_view text = table.substr(at, end - at);
    const WholeRows whole = whole_rows(text, true, last);
    const auto rows = cells_of(text.substr(0, whole.bytes));
    CHECK(rows.size() == whole.rows);
    out.insert(out.end(), rows.begin(), rows.end());
    at += whole.bytes;
    if (last) break;
  }
  return out;
}

}  // namespace

TEST_CASE("cells are split at commas outside quotes, and two quotes are one") {
  using Rows = std::vector<std::vector<std::string>>;
  CHECK(cells_of("a,b\nc,d") == Rows{{"a", "b"}, {"c", "d"}});
  CHECK(cells_of("a,,\r\n\r\n,b,\n") == Rows{{"a", "", ""}, {"", "b", ""}});
  CHECK(cells_of("\"a,1\",\"say \"\"no\"\"\"\n\"two\nlines\",x") ==
        Rows{{"a,1", "say \"no\""}, {"two\nlines", "x"}});
}

TEST_CASE("a record that cannot be read costs its own line and no other") {
  using Rows = std::vector<std::vector<std::string>>;
  CHECK(cells_of("a,\"b\nc,d\n") == Rows{{not_closed}, {"c", "d"}});
  CHECK(cells_of("a\"b,c\nd,e\n") == Rows{{"! a quote stands inside a cell"}, {"d", "e"}});
  CHECK(cells_of("\"a\"b,c\nd,e\n") == Rows{{"! text follows a closing quote"}, {"d", "e"}});
  CHECK(cells_of("\"a\"\rb,c\nd,e\n") == Rows{{"! text follows a closing quote"}, {"d", "e"}});
  CHECK(cells_of("\"a\nb\"c,d\ne,f\n") == Rows{{not_closed}, {"! a quote stands inside a cell"}, {"e", "f"}});
}

TEST_CASE("a table cut anywhere and put together again has the same rows") {
  const std::string table = "a,b\n\"x\ny\",2\n3,\"4\"\"\"\nlast,row\n";
  const auto whole = cells_of(table);
  for (std::size_t cut = 0; cut <= table.size(); ++cut) {
    const WholeRows first = whole_rows(std::string_view(table).substr(0, cut), true, false);
    auto rows = cells_of(std::string_view(table).substr(0, first.bytes));
    CHECK(rows.size() == first.rows);
    for (auto& r : cells_of(std::string_view(table).substr(first.bytes))) rows.push_back(r);
    CHECK(rows == whole);
  }
}

TEST_CASE("what is said of a bad row does not depend on where the table was cut") {
  std::string rows;
  while (rows.size() < (std::size_t{1} << 20) - 40) rows += "plain,row\n";
  const std::string table =
      "a,\"b\n\"two\nlines\",x\"y\n\"c\nd\"e,f\n" + rows + "g,\"h\n" + rows + "i,\"j\"k\n";
  const auto whole = cells_of(table);
  CHECK(std::count(whole.begin(), whole.end(), std::vector<std::string>{not_closed}) == 4);
  for (const std::size_t step : {std::size_t{1} << 20, std::size_t{777'777}, std::size_t{300'007}})
    CHECK(cells_in_steps(table, step) == whole);
}

TEST_CASE("a cell that is written is read back") {
  for (const std::string cell : {"plain", "a,b", "say \"no\"", "two\nlines", ""}) {
    const auto rows = cells_of(csv_cell(cell) + ",x\n");
    REQUIRE(rows.size() == 1);
    CHECK(rows[0][0] == cell);
  }
}
