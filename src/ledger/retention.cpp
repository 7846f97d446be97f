#include "ledger/retention.h"

#include <fmt/format.h>

#include "base/date.h"
#include "ledger/officer.h"

namespace sekisho {
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
  const Date until = add_months(day_of_time(recorded), 12 * static_cast<int>(years));
  if (day_of_time(now) >= until) return std::nullopt;
  return fmt::format("is kept until {}: {} {}, as entry {} says", to_string(until), years,
                     years == 1 ? "year" : "years", said_by);
}

}  // namespace sekisho
