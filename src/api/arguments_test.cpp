// A day that is none and a regime that nobody loaded are told, and not taken for another question.
#include <doctest/doctest.h>

#include "sekisho/licences.h"
#include "sekisho/lots.h"
#include "sekisho/page.h"

using namespace sekisho;

namespace {

const char* const law = R"(authority office of XX "Office"
fact transfer.destination : country
  asks "Where does it go?"
regime x.r "R"
  authority office
  otherwise permitted
  cite "R"
)";

template <class Result>
std::string told(const Result& result) {
  return result.ok || result.reports.empty() ? std::string("nothing") : result.reports.front().code;
}

}  // namespace

TEST_CASE("a day that is none is told") {
  const Rulebooks books(std::vector{SourceText{"a.law", law}});
  REQUIRE(books.ok());
  const SourceText none{"events.jsonl", ""};
  const std::string day = "2023-02-30";
  CHECK(told(licence_list({none, {}, {}, day})) == "SK3012");
  CHECK(told(stops({none, {}, {}, day})) == "SK3012");
  CHECK(told(due({none, {}, day, "", {}})) == "SK3012");
  CHECK(told(due({none, {}, "2023-03-01", day, {}})) == "SK3012");
  CHECK(told(lot_pedigree(books, {none, {}, "l", day})) == "SK3012");
  CHECK(told(movements(books, {none, {}, "", day})) == "SK3012");
  CHECK(told(holdings(books, {none, {}, "", day})) == "SK3012");
  CHECK(told(books.show("x.r", day)) == "SK3012");
  CHECK(told(books.difference("2023-01-01", day, "")) == "SK3012");
  CHECK(told(books.difference("", "2023-01-01", "")) == "SK3012");
  CHECK(told(books.order("x.r", day)) == "SK3012");
  CHECK(told(books.cases({"x.r", day, 1})) == "SK3012");
  CHECK(told(page(books, "x.r", day)) == "SK3012");
}

TEST_CASE("a regime that nobody loaded is told") {
  const Rulebooks books(std::vector{SourceText{"a.law", law}});
  CHECK(told(books.show("x.s", "")) == "SK3013");
  CHECK(told(books.show("", "")) == "SK3013");
  CHECK(told(page(books, "x.s", "")) == "SK3013");
  CHECK(told(books.difference("2023-01-01", "2023-02-01", "x.s")) == "SK3013");
  CHECK(told(books.order("x.s", "")) == "SK3013");
  CHECK(told(books.cases({"x.s", "", 1})) == "SK3013");
  CHECK(told(books.coverage({"x.s", {}})) == "SK3013");
}

TEST_CASE("decisions that are decided together are answered as each alone") {
  const Rulebooks books(std::vector{SourceText{"a.law", law}});
  const SourceText events{"events.jsonl",
                          R"({"event":"enter","id":"w","on":"2019-01-01","items":{"gyro":{"name":"G"}}})"
                          "\n"
                          R"({"event":"make","id":"m","on":"2020-01-01","made_in":"JP",)"
                          R"("gives":[{"lot":"l","item":"gyro","quantity":"1 pieces"}]})"
                          "\n"};
  DecideRequest request;
  request.transfer = {"t.yaml", "transfer: 1\nfrom: JP\nto: US\nlot: l\n"};
  std::vector<NamedDecision> all;
  for (const char* day : {"2021-01-01", "2021-01-01", "2019-06-01", "2021-02-30"}) {
    request.on = day;
    all.push_back({day, request, true});
  }
  std::size_t answered = 0;
  books.decide_each(all, events, [&](std::size_t i, const DecideResult& result) {
    DecideRequest alone = all[i].request;
    alone.events = events;
    const DecideResult again = books.decide(alone);
    CHECK(result.json == again.json);
    CHECK(told(result) == told(again));
    answered += result.ok;
  });
  CHECK(answered == 2);
}
