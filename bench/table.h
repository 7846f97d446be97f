#pragma once
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace sekisho::bench {

inline std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream s;
  s << in.rdbuf();
  return s.str();
}

/// A table of plain cells: quotes are not read, and what stands beyond the last column is dropped.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
inline Table read_table(const std::string& path, std::size_t most_rows) {
  Table out;
  std::istringstream lines(read_text(path));
  for (std::string line; out.rows.size() < most_rows && std::getline(lines, line);) {
    std::vector<std::string> cells{""};
    for (const char c : line) {
      if (c == ',')
        cells.emplace_back();
      else
        cells.back() += c;
    }
    if (out.columns.empty())
      out.columns = std::move(cells);
    else
      cells.resize(out.columns.size()), out.rows.push_back(std::move(cells));
  }
  return out;
}

}  // namespace sekisho::bench
