#include "exchange/epcis_time.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/date.h"

namespace sekisho {
namespace {

/// Digits from the front of a text.
class Digits {
 public:
  explicit Digits(std::string_view text) : text_(text) {}
  std::optional<int> two() {
    if (text_.size() < 2 || !is_digit(text_[0]) || !is_digit(text_[1])) return std::nullopt;
    const int n = (text_[0] - '0') * 10 + (text_[1] - '0');
    text_.remove_prefix(2);
    return n;
  }
  /// The number behind a sign; -1 where either is missing.
  int two_after(char c) { return sign(c) ? two().value_or(-1) : -1; }
  bool sign(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// Decimals of a second as milliseconds, rounded by the fourth; nothing where no digit stands.
  std::optional<int> thousandths() {
    if (text_.empty() || !is_digit(text_[0])) return std::nullopt;
    int n = 0, place = 0;
    for (; !text_.empty() && is_digit(text_[0]); text_.remove_prefix(1), ++place) {
      if (place < 3) n = n * 10 + (text_[0] - '0');
      if (place == 3 && text_[0] >= '5') ++n;
    }
    for (; place < 3; ++place) n *= 10;
    return n;
  }
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

}  // namespace

std::optional<int> parse_epcis_offset(std::string_view text) {
  Digits d(text);
  const bool west = d.sign('-');
  if (!west && !d.sign('+')) return std::nullopt;
  const auto hours = d.two();
  if (!hours || !d.sign(':')) return std::nullopt;
  const auto minutes = d.two();
  if (!minutes || !d.rest().empty() || *minutes > 59 || *hours * 60 + *minutes > 14 * 60) return std::nullopt;
  return (west ? -1 : 1) * (*hours * 60 + *minutes);
}

std::optional<EpcisTime> parse_epcis_time(std::string_view text) {
  const auto day = parse_date(text.substr(0, 10));
  if (!day || text.size() < 17) return std::nullopt;
  Digits d(text.substr(10));
  const int hour = d.two_after('T'), minute = d.two_after(':'), second = d.two_after(':');
  if (hour < 0 || minute < 0 || second < 0 || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const auto thousandths = d.sign('.') ? d.thousandths() : std::optional(0);
  const auto offset = d.rest() == "Z" ? std::optional(0) : parse_epcis_offset(d.rest());
  if (!thousandths || !offset) return std::nullopt;
  const std::int64_t seconds = std::int64_t{day->days} * 86'400 + std::int64_t{hour} * 3'600 +
                               std::int64_t{minute - *offset} * 60 + second;
  return EpcisTime{seconds * 1'000 + *thousandths};
}

std::string to_string(EpcisTime t) {
  constexpr std::int64_t day = 86'400'000;
  std::int64_t days = t.milliseconds / day, rest = t.milliseconds % day;
  if (rest < 0) {
    --days;
    rest += day;
  }
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", to_string(Date{static_cast<std::int32_t>(days)}),
                     rest / 3'600'000, rest / 60'000 % 60, rest / 1'000 % 60, rest % 1'000);
}

}  // namespace sekisho
