#include "batch/records.h"

#include <algorithm>

namespace sekisho {
namespace {

constexpr std::size_t longest_record = 1 << 20;

}  // namespace

bool CsvReader::next(TextRow& out) {
  out = {};
  unescaped_.clear();
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {  // blank lines
    line_ += text_[at_] == '\n';
    ++at_;
  }
  if (at_ >= text_.size()) return false;
  const std::size_t start = at_;
  out.line = line_;
  std::size_t at = at_;
  for (bool more = true; more;) {
    if (at < text_.size() && text_[at] == '"') {
      if (!quoted(out, start, at)) return give_up(out, start, text_.size(), {}), true;
      if (at < text_.size() && text_[at] != ',' && !ends_line(at))
        return give_up(out, start, at, "text follows a closing quote"), true;
    } else {
      const std::size_t end = std::min(text_.find_first_of(",\n\"", at), text_.size());
      if (end < text_.size() && text_[end] == '"')
        return give_up(out, start, end, "a quote stands inside a cell"), true;
      std::string_view cell = text_.substr(at, end - at);
      if (cell.ends_with('\r')) cell.remove_suffix(1);
      out.cells.push_back(cell);
      at = end;
    }
    more = at < text_.size() && text_[at] == ',';
    at += more;
  }
  std::size_t end = at;
  if (at < text_.size() && text_[at] == '\r') ++at;
  while (end > start && text_[end - 1] == '\r') --end;
  out.text = text_.substr(start, end - start);
  line_ += static_cast<std::size_t>(std::count(out.text.begin(), out.text.end(), '\n'));
  if (at < text_.size() && text_[at] == '\n') {
    ++at;
    ++line_;
  }
  at_ = at;
  return true;
}

bool CsvReader::ends_line(std::size_t at) const {
  if (text_[at] == '\r') ++at;
  return at == text_.size() || text_[at] == '\n';
}

/// A cell in quotes of the record that begins at `start`; two quotes are one. `at` becomes the place after
/// the closing one.
bool CsvReader::quoted(TextRow& out, std::size_t start, std::size_t& at) {
  const std::size_t first = ++at;
  std::string* copy = nullptr;
  std::size_t from = first;
  for (;;) {
    const std::size_t quote = text_.find('"', at);
    if (quote == std::string_view::npos || quote - start > longest_record) return false;
    if (quote + 1 < text_.size() && text_[quote + 1] == '"') {
      if (!copy) copy = &unescaped_.emplace_back();
      copy->append(text_.substr(from, quote + 1 - from));
      from = at = quote + 2;
      continue;
    }
    if (copy) copy->append(text_.substr(from, quote - from));
    out.cells.push_back(copy ? std::string_view(*copy) : text_.substr(first, quote - first));
    at = quote + 1;
    return true;
  }
}

/// The first line of the record is lost, and no more.
/// @param at  what is wrong stands there; if that is behind the line, a quote was opened on it
void CsvReader::give_up(TextRow& out, std::size_t start, std::size_t at, std::string why) {
  const std::size_t end = std::min(text_.find('\n', start), text_.size());
  if (at >= end)
    why = "a quote is opened here and no row closes it: quotes close at the end of a cell, within a megabyte";
  out.text = text_.substr(start, end - start);
  if (out.text.ends_with('\r')) out.text.remove_suffix(1);
  out.problem = std::move(why);
  at_ = std::min(end + 1, text_.size());
  ++line_;
}

WholeRows whole_rows(std::string_view text, bool csv, bool last) {
  WholeRows out;
  if (!csv) {
    const std::size_t end = last ? text.size() : text.rfind('\n') + 1;  // 0 where there is none
    out.bytes = end;
    for (std::size_t at = 0; at < end; ++out.lines) {
      const std::size_t stop = std::min(text.find('\n', at), end);
      out.rows += text.find_first_not_of(" \t\r\n", at) < stop;
      at = stop + 1;
    }
    return out;
  }
  CsvReader reader(text);
  TextRow row;
  while (reader.next(row)) {
    const auto from = static_cast<std::size_t>(row.text.data() - text.data());
    const bool may_close = !row.problem.empty() && text.size() - from <= longest_record;
    if (!last && (reader.at() >= text.size() || may_close)) break;
    out = {reader.at(), out.rows + 1, reader.line() - 1};
  }
  if (last) out.bytes = text.size();
  return out;
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

}  // namespace sekisho
