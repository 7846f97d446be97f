// Rows of text through columns, tables and diagrams, held against the judge; and every kernel against the
// plainest.

#include <doctest/doctest.h>

#include "batch/rows.h"
#include "oracle/judge.h"
#include "oracle/loaded.h"
#include "oracle/written.h"
#include "support.h"

using namespace sekisho;
using namespace sekisho::judge;

namespace {

Row row_of(const Law& law, const Written& w) {
  Row row;
  for (const auto& [fact, cell] : w.cells)
    row.cells.push_back({{ColumnUse::Kind::fact, law.find_fact(fact)}, std::string_view(cell)});
  return row;
}

/// The rules that apply in every assignment, however a judge would find.
std::set<std::string> judge_applies(const Book& book, const Known& known) {
  std::set<std::string> out;
  for (std::size_t g = 0; g < book.regimes.size(); ++g) {
    const std::vector<SeenRule> seen = judge_rules(book, g, known);
    for (std::size_t i = 0; i < seen.size(); ++i)
      if (seen[i].always) out.insert(fmt::format("x.r{}.r{}", g, i));
  }
  return out;
}

}  // namespace

TEST_CASE("a row of text has the findings and the rules that the judge gives it") {
  Maker make(20131223);
  int open = 0, settled = 0, refused = 0, by_tables = 0;
  for (int i = 0; i < test::rounds(700, 50'000); ++i) {
    const Book book = make.book();
    const Loaded loaded(text_of(book));
    RowsOptions options;
    options.on = parse_date("2019-06-01");
    Plans plans(loaded.law, default_node_limit);
    RowDecider decider(loaded.law, options, plans);
    by_tables += plans.of(*options.on).plan->has_tables();
    for (int k = 0; k < 6; ++k) {
      const Written w = write(make);
      const RowAnswer answer = decider.decide(row_of(loaded.law, w));
      const std::set<Finding> expected = judge_all(book, w.known);
      INFO(text_of(book));
      if (expected.empty()) {
        REQUIRE(answer.refused == "the facts contradict each other");
        ++refused;
        continue;
      }
      REQUIRE(answer.refused.empty());
      std::set<Finding> found;
      for (int f = 0; f < static_cast<int>(finding_count); ++f)
        if (answer.findings[static_cast<Finding>(f)]) found.insert(static_cast<Finding>(f));
      REQUIRE(found == expected);
      std::set<std::string> applies;
      for (const RuleId r : *answer.applies) applies.insert(loaded.law[r].name);
      REQUIRE(applies == judge_applies(book, w.known));
      (expected.size() > 1 ? open : settled) += 1;
    }
  }
  CHECK(open > 300);
  CHECK(settled > 300);
  CHECK(refused > 0);
  CHECK(by_tables > 20);
}

TEST_CASE("every kernel gives the same") {
  Maker make(512);
  int compared = 0;
  for (int i = 0; i < 200; ++i) {
    const Loaded loaded(text_of(make.book()));
    Diagnostics diags;
    const Plan plan(loaded.law, *parse_date("2019-06-01"), diags);
    if (!plan.has_tables()) continue;
    constexpr std::size_t rows = 1013;  // no multiple of a vector
    std::vector<std::vector<std::uint8_t>> columns(plan.columns(), std::vector<std::uint8_t>(rows));
    for (auto& c : columns)
      for (auto& x : c) x = static_cast<std::uint8_t>(make.below(256));
    std::vector<const std::uint8_t*> pointers;
    for (const auto& c : columns) pointers.push_back(c.data());
    std::vector<std::uint8_t> findings(rows), again(rows);
    std::vector<std::uint64_t> words(rows), words_again(rows);
    plan.tables().run(rows, pointers, findings.data(), words.data(), Lanes::baseline);
    for (const Lanes lanes : {Lanes::avx2, Lanes::avx512}) {
      if (lanes > widest_lanes()) continue;
      plan.tables().run(rows, pointers, again.data(), words_again.data(), lanes);
      REQUIRE(findings == again);
      REQUIRE(words == words_again);
    }
    ++compared;
  }
  CHECK(compared > 10);
}
