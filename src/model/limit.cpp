#include "model/limit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sekisho {

std::string to_string(const Limit& l) {
  std::string out = to_string(l.most);
  if (!l.items.empty()) out += fmt::format(" of {}", fmt::join(l.items, ", "));
  if (!l.consignees.empty()) out += fmt::format(" to {}", fmt::join(l.consignees, ", "));
  if (l.period == PeriodKind::month) out += " per month";
  if (l.period == PeriodKind::year) out += " per year";
  if (l.period == PeriodKind::rolling) out += fmt::format(" within any {} months", l.months);
  if (l.each_consignee) out += " for each consignee";
  return out;
}

}  // namespace sekisho
