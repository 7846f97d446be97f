#include "ledger/retention.h"

#include <fmt/format.h>

#include "base/date.h"
#include "ledger/officer.h"

namespace sekisho {
namespace {

Date day_of(std::int64_t time) {
  constexpr std::int64_t day_length = 86'400'000'000;
  const std::int64_t whole = time / day_length;
  return {static_cast<std::int32_t>(time % day_length < 0 ? whole - 1 : whole)};
}

}  // namespace

std::string Retention::body(unsigned years, const std::string& reason) {
  return to_line({{"years", years}, {"reason", reason}});
}

std::optional<unsigned> Retention::read(const std::string& body) {
  const auto said = parse_json(body);
  if (!said || !said->is_object() || says_nothing(text_at(*said, "reason"))) return std::nullopt;
  const auto years = said->find("years");
  if (years == said->end() || !years->is_number_integer()) return std::nullopt;
  const auto n = years->get<std::int64_t>();
  return n >= 1 && n <= longest_retention ? std::optional(static_cast<unsigned>(n)) : std::nullopt;
}

std::optional<std::string> Retention::keeps(std::int64_t recorded, std::int64_t now) const {
  if (years == 0) return std::nullopt;
  const Date until = add_months(day_of(recorded), 12 * static_cast<int>(years));
  if (day_of(now) >= until) return std::nullopt;
  return fmt::format("is kept until {}: {} {}, as entry {} says", to_string(until), years,
                     years == 1 ? "year" : "years", said_by);
}

}  // namespace sekisho
