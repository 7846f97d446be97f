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

/// The window that ends on the day, moved on to each later day of use whose window still holds it.
std::int64_t RollingBalance::free(Date day) const {
  const auto later_than = [&](Date x) {
    return std::upper_bound(days_.begin(), days_.end(), x, [](Date y, const Day& d) { return y < d.day; });
  };
  auto first = later_than(add_months(day, -months_)), next = later_than(day);
  std::int64_t sum = 0;
  for (auto d = first; d != next; ++d) sum += d->used();
  std::int64_t most = sum;
  for (; next != days_.end() && next->after < day; ++next) {
    sum += next->used();
    for (; first->day <= next->after; ++first) sum -= first->used();
    most = std::max(most, sum);
  }
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
