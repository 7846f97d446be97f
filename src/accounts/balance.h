#pragma once
#include <cstdint>
#include <vector>

#include "base/date.h"

namespace sekisho {

/// What is used of one limit, or of one consignee's or period's part of it, in ten-thousandths of its unit.
/// granted = drawn + reserved + free after every booking. `free` is kept and not computed, so that the sum
/// can be checked; it is below zero where an act that was told later grants less than was used before it.
class Balance {
 public:
  explicit Balance(std::int64_t granted) : granted_(granted), free_(granted) {}
  void book(std::int64_t drawn, std::int64_t reserved);

  std::int64_t granted() const { return granted_; }
  std::int64_t drawn() const { return drawn_; }
  std::int64_t reserved() const { return reserved_; }
  std::int64_t free() const { return free_; }

 private:
  std::int64_t granted_, drawn_ = 0, reserved_ = 0, free_;
};

/// What is used of a limit that holds within any so many months. A window ends on a day and begins after the
/// same day so many months before; what counts are the windows that end on a day of use or on the day asked.
class RollingBalance {
 public:
  RollingBalance(std::int64_t granted, int months) : granted_(granted), months_(months) {}
  void book(Date day, std::int64_t drawn, std::int64_t reserved);

  /// The least that is free in any window that holds `day`; below zero by what does not fit.
  std::int64_t free(Date day) const;
  /// The window that ends on a day, as a balance of its own.
  Balance window(Date last) const;
  bool unused() const { return days_.empty(); }
  friend bool operator==(const RollingBalance&, const RollingBalance&) = default;

 private:
  struct Day {
    Date day, after;  // its window begins after that day
    std::int64_t drawn, reserved;
    std::int64_t used() const { return drawn + reserved; }
    friend bool operator==(const Day&, const Day&) = default;
  };
  std::int64_t granted_;
  int months_;
  std::vector<Day> days_;  // in order
};

}  // namespace sekisho
