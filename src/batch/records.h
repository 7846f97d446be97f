#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Rows of text: comma-separated values (RFC 4180) and JSON, one object a line. A record that cannot be read
// says why and where; the next one is read all the same.

namespace sekisho {

struct TextRow {
  std::string_view text;                // as it stands, without the end of the line
  std::size_t line = 0;                 // of its first line, from 1
  std::vector<std::string_view> cells;  // of a CSV row
  std::string problem;                  // empty: it was read
};

/// Reads comma-separated records one after the other. A record whose quotes do not close within a megabyte
/// costs its first line only, and what is said of that line depends on no line after it: a table may be read
/// in pieces.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text, std::size_t first_line = 1) : text_(text), line_(first_line) {}
  bool next(TextRow& out);
  std::size_t at() const { return at_; }
  std::size_t line() const { return line_; }

 private:
  bool ends_line(std::size_t at) const;
  bool quoted(TextRow& out, std::size_t start, std::size_t& at);
  void give_up(TextRow& out, std::size_t start, std::size_t at, std::string why);

  std::string_view text_;
  std::size_t at_ = 0, line_;
  std::deque<std::string> unescaped_;
};

/// The whole records at the beginning of a text.
struct WholeRows {
  std::size_t bytes = 0, rows = 0, lines = 0;
};
/// What follows them may go on in text that is still to come; where `last`, nothing does.
WholeRows whole_rows(std::string_view text, bool csv, bool last);

/// A cell as CSV wants it: quoted where it must be.
std::string csv_cell(std::string_view text);

}  // namespace sekisho
