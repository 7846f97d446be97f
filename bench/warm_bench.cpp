// One decision after the other under the law of a day, as at a counter: the library's DayLaw. Each figure is
// the whole way of one request, from nothing known: its facts are told, then the question is asked. They are
// told in three ways, each with its own figure: as values looked up once, for callers who have codes; as
// text, fact by fact; as one JSON object.

#include <fmt/format.h>
#include <sekisho/day_law.h>

#include "table.h"
#include "timing.h"

namespace {

using namespace sekisho;
using namespace sekisho::bench;

using Told = DayLaw::Request::Told;

// Of all requests: what takes a fraction of a microsecond needs a warm processor.
constexpr int turns = 1'000;

/// The cells that are facts, as one object.
std::string as_json(DayLaw::Request& request, const Table& table, const std::vector<std::string>& row) {
  std::string out = "{";
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i].empty() || !request.look_up(table.columns[i], row[i])) continue;
    out += fmt::format("{}\"{}\": \"{}\"", out.size() > 1 ? ", " : "", table.columns[i], row[i]);
  }
  return out + "}";
}

void measure(const std::string& name, const Rulebooks& books, const std::string& day, const Table& table) {
  const DayLaw law(books, day);
  if (!law.ok() || table.rows.empty()) {
    fmt::print("{}: skipped: no law or no requests\n", name);
    return;
  }
  DayLaw::Request request = law.request();
  std::vector<std::vector<Told>> told;
  std::vector<std::string> json;
  for (const auto& row : table.rows) {
    told.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i)
      if (const auto t = row[i].empty() ? std::nullopt : request.look_up(table.columns[i], row[i]))
        told.back().push_back(*t);
    json.push_back(as_json(request, table, row));
  }
  std::vector<std::size_t> facts;  // columns that hold one
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    if (request.look_up(table.columns[c], "unknown")) facts.push_back(c);
  std::size_t met = 0;  // so that no question is left out
  const auto each = [&](const char* what, double wanted, const auto& ask) {
    const double seconds = best_of(turns, [&] {
      for (std::size_t i = 0; i < told.size(); ++i) ask(i);
    });
    fmt::print("{}: {:<32}{:>8.3f} us   wanted {}\n", name, what,
               seconds * 1e6 / static_cast<double>(told.size()), wanted);
  };
  const auto tell = [&](std::size_t i) {
    request.clear();
    request.tell(told[i]);
  };
  each("finding, told as codes", 0.2, [&](std::size_t i) {
    tell(i);
    met += request.finding().best.size();
  });
  each("with fired and defeated rules", 1, [&](std::size_t i) {
    tell(i);
    met += request.rules().apply.size();
  });
  each("with a minimal set of facts", 50, [&](std::size_t i) {
    tell(i);
    met += request.because().size();
  });
  each("finding, told as text", 0.2, [&](std::size_t i) {
    request.clear();
    const auto& row = table.rows[i];
    for (const std::size_t c : facts) met += request.tell(table.columns[c], row[c]);
    met += request.finding().best.size();
  });
  each("finding, from JSON", 10, [&](std::size_t i) {
    request.clear();
    met += request.tell_json(json[i]);
    met += request.finding().best.size();
  });
  fmt::print(
      "{}: {} requests, {:.1f} facts each ({})\n", name, told.size(),
      [&] {
        std::size_t count = 0;
        for (const auto& t : told) count += t.size();
        return static_cast<double>(count) / static_cast<double>(told.size());
      }(),
      met);
}

}  // namespace

int main() {
  const Rulebooks forty({{"decisions.law", read_text("bench/decisions/decisions.law")}});
  measure("forty rules", forty, "2023-12-22", read_table("build/bench/decisions/requests-0.csv", 1000));
  const Rulebooks shipped(shipped_rulebooks());
  measure("shipped law", shipped, "2023-12-22", read_table("examples/batch/shipments.csv", 1000));
}
