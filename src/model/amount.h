#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho {

/// So much of a unit or currency, exact: `24 pieces`, `2500.00 USD`. Counted in ten-thousandths.
struct Amount {
  std::int64_t ten_thousandths = 0;
  std::string unit;
  friend bool operator==(const Amount&, const Amount&) = default;
};

inline constexpr std::int64_t one_whole = 10'000;  // in ten-thousandths
/// A million million units: so that sums of hundreds of amounts cannot leave 64 bits.
inline constexpr std::int64_t most_ten_thousandths = 10'000'000'000'000'000;

/// Reads a number without sign, with at most four decimals (`1_000` may be parted by `_`), and a unit of
/// letters.
/// @returns nullopt for any other form and for more than a million million
std::optional<Amount> parse_amount(std::string_view text);
std::string to_string(const Amount& a);
/// The number alone, with no more decimals than it needs and never only one.
std::string number_text(std::int64_t ten_thousandths);

}  // namespace sekisho
