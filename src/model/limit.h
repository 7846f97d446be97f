#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/source.h"
#include "model/amount.h"

namespace sekisho {

enum class Measure : std::uint8_t { quantity, value };
enum class PeriodKind : std::uint8_t { whole, month, year, rolling };

/// The most that may be used. Items or consignees named narrow it to them.
struct Limit {
  Measure measure = Measure::quantity;
  Amount most;
  std::vector<std::string> items, consignees;
  bool each_consignee = false;  // a balance of its own for each
  PeriodKind period = PeriodKind::whole;
  int months = 0;  // rolling: within any so many months
  TextSpan at;
};
/// As a person reads it: `100 pieces of pac3 per year for each consignee`.
std::string to_string(const Limit& l);

}  // namespace sekisho
