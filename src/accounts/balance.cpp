#include "accounts/balance.h"

#include <algorithm>
#include <cassert>

namespace sekisho {

void Balance::book(std::int64_t drawn, std::int64_t reserved) {
  drawn_ += drawn;
  reserved_ += reserved;
  free_ -= drawn + reserved;
  assert(drawn_ >= 0 && reserved_ >= 0);
  assert(granted_ == drawn_ + reserved_ + free_);
}

void RollingBalance::book(Date day, std::int64_t drawn, std::int64_t reserved) {
  auto at = std::lower_bound(days_.begin(), days_.end(), day, [](const Day& d, Date x) { return d.day < x; });
  if (at == days_.end() || at->day != day) at = days_.insert(at, {day, add_months(day, -months_), 0, 0});
  at->drawn += drawn;
  at->reserved += reserved;
  assert(at->drawn >= 0 && at->reserved >= 0);
  if (at->drawn == 0 && at->reserved == 0) days_.erase(at);
}

std::int64_t RollingBalance::used(Date after, Date last) const {
  std::int64_t sum = 0;
  auto end =
      std::upper_bound(days_.begin(), days_.end(), last, [](Date x, const Day& d) { return x < d.day; });
  while (end != days_.begin() && (--end)->day > after) sum += end->drawn + end->reserved;
  return sum;
}

std::int64_t RollingBalance::free(Date day) const {
  std::int64_t most = used(add_months(day, -months_), day);
  auto d = std::lower_bound(days_.begin(), days_.end(), day, [](const Day& x, Date y) { return x.day < y; });
  for (; d != days_.end() && d->after < day; ++d) most = std::max(most, used(d->after, d->day));
  return granted_ - most;
}

Balance RollingBalance::window(Date last) const {
  const Date after = add_months(last, -months_);
  Balance out(granted_);
  for (const Day& d : days_)
    if (d.day > after && d.day <= last) out.book(d.drawn, d.reserved);
  return out;
}

}  // namespace sekisho
