#include "model/amount.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"

namespace sekisho {
namespace {

/// `1_000` or `2500.00`, in ten-thousandths.
std::optional<std::int64_t> parse_number(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (whole.empty() || !is_digit(whole.front()) || !is_digit(whole.back())) return std::nullopt;
  if (whole.find("__") != std::string_view::npos) return std::nullopt;
  std::int64_t n = 0;
  for (const char c : whole) {
    if (c == '_') continue;
    if (!is_digit(c)) return std::nullopt;
    n = n * 10 + (c - '0');
    if (n > most_ten_thousandths / one_whole) return std::nullopt;
  }
  n *= one_whole;
  if (point == std::string_view::npos) return n;
  const std::string_view decimals = text.substr(point + 1);
  if (decimals.empty() || decimals.size() > 4 || !std::all_of(decimals.begin(), decimals.end(), is_digit))
    return std::nullopt;
  std::int64_t place = one_whole;
  for (const char c : decimals) n += (place /= 10) * (c - '0');
  return n <= most_ten_thousandths ? std::optional(n) : std::nullopt;
}

}  // namespace

std::optional<Amount> parse_amount(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view unit = text.substr(space + 1);
  if (unit.empty() || !is_letter(unit.front()) ||
      !std::all_of(unit.begin(), unit.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; }))
    return std::nullopt;
  const auto n = parse_number(text.substr(0, space));
  if (!n) return std::nullopt;
  return Amount{*n, std::string(unit)};
}

std::string number_text(std::int64_t n) {
  std::string out = n < 0 ? "-" : "";
  const std::uint64_t size = n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
  out += std::to_string(size / one_whole);
  if (const std::uint64_t rest = size % one_whole; rest != 0) {
    std::string decimals = fmt::format("{:04}", rest);
    while (decimals.size() > 2 && decimals.back() == '0') decimals.pop_back();
    out += "." + decimals;
  }
  return out;
}

std::string to_string(const Amount& a) {
  return number_text(a.ten_thousandths) + " " + a.unit;
}

}  // namespace sekisho
