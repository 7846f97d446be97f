// A day that is none and a regime that nobody loaded are told, and not taken for another question.
#include <doctest/doctest.h>

#include "sekisho/licences.h"
#include "sekisho/lots.h"
#include "sekisho/page.h"

using namespace sekisho;

namespace {

const char* const one_regime = R"(authority x.office of XK "x"

fact a is yes or no
  asks "?"

regime x.r "x"
  authority x.office
  force statute
  in force always
  governs when a
  otherwise permitted
  cite "x"
)";

template <class Result>
std::string first_code(const Result& result) {
  return result.ok || result.reports.empty() ? std::string("nothing") : result.reports.front().code;
}

}  // namespace

TEST_CASE("a day that is none is told") {
  const Rulebooks books(std::vector{SourceText{"a.law", one_regime}});
  REQUIRE(books.ok());
  const SourceText none{"events.jsonl", ""};
  const std::string day = "2023-02-30";
  CHECK(first_code(licence_list({none, {}, {}, day})) == "SK3012");
  CHECK(first_code(stops({none, {}, {}, day})) == "SK3012");
  CHECK(first_code(due({none, {}, day, "", {}})) == "SK3012");
  CHECK(first_code(due({none, {}, "2023-03-01", day, {}})) == "SK3012");
  CHECK(first_code(lot_pedigree(books, {none, {}, "l", day})) == "SK3012");
  CHECK(first_code(movements(books, {none, {}, "", day})) == "SK3012");
  CHECK(first_code(holdings(books, {none, {}, "", day})) == "SK3012");
  CHECK(first_code(books.show("x.r", day)) == "SK3012");
  CHECK(first_code(books.difference("2023-01-01", day, "")) == "SK3012");
  CHECK(first_code(books.difference("", "2023-01-01", "")) == "SK3012");
  CHECK(first_code(books.order("x.r", day)) == "SK3012");
  CHECK(first_code(books.cases({"x.r", day, 1})) == "SK3012");
  CHECK(first_code(page(books, "x.r", day)) == "SK3012");
}

TEST_CASE("a regime that nobody loaded is told") {
  const Rulebooks books(std::vector{SourceText{"a.law", one_regime}});
  CHECK(first_code(books.show("x.s", "")) == "SK3013");
  CHECK(first_code(books.show("", "")) == "SK3013");
  CHECK(first_code(page(books, "x.s", "")) == "SK3013");
  CHECK(first_code(books.difference("2023-01-01", "2023-02-01", "x.s")) == "SK3013");
  CHECK(first_code(books.order("x.s", "")) == "SK3013");
  CHECK(first_code(books.cases({"x.s", "", 1})) == "SK3013");
  CHECK(first_code(books.coverage({"x.s", {}})) == "SK3013");
}

TEST_CASE("decisions that are decided together are answered as each alone") {
  const Rulebooks books(std::vector{SourceText{"a.law", one_regime}});
  const SourceText events{"events.jsonl",
                          R"({"event":"enter","id":"w","on":"2019-01-01","items":{"gyro":{"name":"G"}}})"
                          "\n"
                          R"({"event":"make","id":"m","on":"2020-01-01","made_in":"JP",)"
                          R"("gives":[{"lot":"l","item":"gyro","quantity":"1 pieces"}]})"
                          "\n"};
  DecideRequest request;
  request.transfer = {"t.yaml", "transfer: 1\nlines:\n  - {id: one, lot: l}\n"};
  std::vector<NamedDecision> all;
  for (const char* day : {"2021-01-01", "2021-01-01", "2022-01-01", "2019-06-01", "2021-02-30"}) {
    request.on = day;
    all.push_back({day, request, true});
  }
  std::size_t answered = 0;
  books.decide_each(all, events, [&](std::size_t i, const DecideResult& result) {
    DecideRequest alone = all[i].request;
    alone.events = events;
    const DecideResult again = books.decide(alone);
    CHECK(result.json == again.json);
    CHECK(first_code(result) == first_code(again));
    answered += result.ok;
  });
  CHECK(answered == 3);
}
