#include "base/date.h"

#include <doctest/doctest.h>

using namespace sekisho;

TEST_CASE("a day is read back as it was written") {
  for (const char* text :
       {"0001-01-01", "1600-02-29", "1967-04-21", "2000-02-29", "2023-12-22", "9999-12-31"})
    CHECK(to_string(*parse_date(text)) == text);
}

TEST_CASE("a day that does not exist is refused") {
  for (const char* text :
       {"2023-02-29", "2023-13-01", "2023-00-10", "2023-04-31", "23-1-1", "2023-12-2x", "", "0000-01-01"})
    CHECK_FALSE(parse_date(text).has_value());
}

TEST_CASE("a month later is the same day, or the month's last") {
  CHECK(to_string(add_months(*parse_date("2023-01-31"), 1)) == "2023-02-28");
  CHECK(to_string(add_months(*parse_date("2023-12-22"), 2)) == "2024-02-22");
}

TEST_CASE("the last day of a window is inside it and an unsettled bound says so") {
  const auto day = [](const char* t) { return *parse_date(t); };
  const std::vector<Window> w{
      {{day("2023-12-22"), day("2023-12-22")}, {day("2026-04-20"), day("2026-04-20")}}};
  CHECK(covers(w, day("2023-12-21")) == Covers::no);
  CHECK(covers(w, day("2023-12-22")) == Covers::yes);
  CHECK(covers(w, day("2026-04-20")) == Covers::yes);
  CHECK(covers(w, day("2026-04-21")) == Covers::no);
  const std::vector<Window> u{{{day("2017-01-01"), day("2017-12-31")}, {far_future, far_future}}};
  CHECK(covers(u, day("2016-12-31")) == Covers::no);
  CHECK(covers(u, day("2017-06-01")) == Covers::unsettled);
  CHECK(covers(u, day("2017-12-31")) == Covers::yes);
}
