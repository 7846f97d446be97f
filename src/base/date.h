#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho {

/// A calendar day (proleptic Gregorian), counted from 1970-01-01.
struct Date {
  std::int32_t days = 0;
  friend bool operator==(Date, Date) = default;
  friend auto operator<=>(Date, Date) = default;
};

constexpr Date far_past{-1'000'000};
constexpr Date far_future{2'932'897};  // the day after 9999-12-31

/// Reads `2023-12-22`. @returns nullopt if the text has another form or no such day exists
std::optional<Date> parse_date(std::string_view text);
/// True if the text has the form of a day, whether or not that day exists.
bool looks_like_date(std::string_view text);
std::string to_string(Date day);
/// A day in microseconds.
inline constexpr std::int64_t day_length = 86'400'000'000;
/// The day (UTC) of a time in microseconds since 1970-01-01.
Date day_of_time(std::int64_t time);
/// The same day of a later month; the 31st becomes the month's last day where there is none.
Date add_months(Date day, int months);
/// Months since the year 0: a number for each calendar month; twelve of them are a calendar year.
int month_number(Date day);

/// A bound of a window of law: one day, or, where the law leaves it unsettled, one of several.
struct Bound {
  Date earliest, latest;
  bool settled() const { return earliest == latest; }
};

/// A window of law; `to` is its last day.
struct Window {
  Bound from{far_past, far_past};
  Bound to{far_future, far_future};
};

/// Whether a set of windows covers a day: surely not, surely, or only by one reading.
enum class Covers : std::uint8_t { no, unsettled, yes };
Covers covers(const std::vector<Window>& windows, Date day);

}  // namespace sekisho
