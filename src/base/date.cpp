#include "base/date.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/ascii.h"

namespace sekisho {
namespace {

int number(std::string_view digits) {
  int n = 0;
  for (char c : digits) n = n * 10 + (c - '0');
  return n;
}

Date from_ymd(std::chrono::year_month_day ymd) {
  return {static_cast<std::int32_t>(std::chrono::sys_days(ymd).time_since_epoch().count())};
}

std::chrono::year_month_day to_ymd(Date day) {
  return std::chrono::sys_days(std::chrono::days(day.days));
}

}  // namespace

bool looks_like_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (std::size_t i = 0; i < 10; ++i)
    if (i != 4 && i != 7 && !is_digit(text[i])) return false;
  return true;
}

std::optional<Date> parse_date(std::string_view text) {
  if (!looks_like_date(text)) return std::nullopt;
  const std::chrono::year_month_day ymd(std::chrono::year(number(text.substr(0, 4))),
                                        std::chrono::month(number(text.substr(5, 2))),
                                        std::chrono::day(number(text.substr(8, 2))));
  if (!ymd.ok() || ymd.year() < std::chrono::year(1)) return std::nullopt;  // calendars begin with the year 1
  return from_ymd(ymd);
}

std::string to_string(Date day) {
  const auto ymd = to_ymd(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                     static_cast<unsigned>(ymd.day()));
}

Date day_of_time(std::int64_t time) {
  const std::int64_t whole = time / day_length;
  return {static_cast<std::int32_t>(time % day_length < 0 ? whole - 1 : whole)};
}

Date add_months(Date day, int months) {
  auto ymd = to_ymd(day) + std::chrono::months(months);
  if (!ymd.ok()) ymd = ymd.year() / ymd.month() / std::chrono::last;
  return from_ymd(ymd);
}

int month_number(Date day) {
  const auto ymd = to_ymd(day);
  return static_cast<int>(ymd.year()) * 12 + static_cast<int>(static_cast<unsigned>(ymd.month())) - 1;
}

Covers covers(const std::vector<Window>& windows, Date day) {
  Covers best = Covers::no;
  for (const Window& w : windows) {
    if (day < w.from.earliest || day > w.to.latest) continue;
    const bool sure = day >= w.from.latest && day <= w.to.earliest;
    best = std::max(best, sure ? Covers::yes : Covers::unsettled);
  }
  return best;
}

}  // namespace sekisho
