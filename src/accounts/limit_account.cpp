#include "accounts/limit_account.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sekisho {
namespace {

constexpr std::uint32_t everyone = 0xffffffff;

/// The calendar period of a day: `2024` or `2024-03`, as a number and as text.
std::string period_text(PeriodKind kind, Date day) {
  return to_string(day).substr(0, kind == PeriodKind::year ? 4 : 7);
}
std::uint32_t period_number(PeriodKind kind, Date day) {
  if (kind != PeriodKind::year && kind != PeriodKind::month) return 0;
  return static_cast<std::uint32_t>(kind == PeriodKind::year ? month_number(day) / 12 : month_number(day));
}

bool names_one_of(const std::vector<std::string>& names, const ReservedLine& line) {
  const auto named = [&](const std::string& n) {
    return std::find(names.begin(), names.end(), n) != names.end();
  };
  for (const UseFact& f : line.facts)
    if (f.fact == "consignee") return std::any_of(f.values.begin(), f.values.end(), named);
  return named(line.consignee);
}

}  // namespace

bool LimitAccount::applies(const ReservedLine& line) const {
  const auto& items = limit_.items;
  if (!items.empty() && std::find(items.begin(), items.end(), line.item) == items.end()) return false;
  return limit_.consignees.empty() || names_one_of(limit_.consignees, line);
}

std::uint64_t LimitAccount::key(std::uint32_t consignee, Date day) const {
  return std::uint64_t{limit_.each_consignee ? consignee : everyone} << 32 |
         period_number(limit_.period, day);
}
std::uint64_t LimitAccount::key(const OpenLine& line, Date day) const {
  return key(line.consignee, day);
}

bool LimitAccount::counts_together(const Booking& a, const Booking& b) const {
  return applies(a.line->asked) && applies(b.line->asked) && key(*a.line, a.day) == key(*b.line, b.day);
}

void LimitAccount::book(const Booking& b) {
  const LineUse& use = limit_.measure == Measure::quantity ? b.quantity : b.value;
  if (use.drawn == 0 && use.reserved == 0) return;
  const std::uint64_t k = key(*b.line, b.day);
  if (limit_.period == PeriodKind::rolling)
    rolling_.try_emplace(k, limit_.most.ten_thousandths, limit_.months)
        .first->second.book(b.day, use.drawn, use.reserved);
  else
    balances_.try_emplace(k, limit_.most.ten_thousandths).first->second.book(use.drawn, use.reserved);
}

std::int64_t LimitAccount::free(const OpenLine& line, Date day) const {
  const std::uint64_t k = key(line, day);
  if (limit_.period == PeriodKind::rolling) {
    const auto r = rolling_.find(k);
    return r == rolling_.end() ? limit_.most.ten_thousandths : r->second.free(day);
  }
  const auto b = balances_.find(k);
  return b == balances_.end() ? limit_.most.ten_thousandths : b->second.free();
}

std::vector<BalanceRow> LimitAccount::rows(Date day, const std::vector<std::string>& names) const {
  std::string period;
  if (limit_.period == PeriodKind::rolling)
    period = fmt::format("{} months to {}", limit_.months, to_string(day));
  else if (limit_.period != PeriodKind::whole)
    period = period_text(limit_.period, day);

  std::map<std::string, Balance> found;
  const auto consignee = [&](std::uint64_t k) {
    return limit_.each_consignee ? names[k >> 32] : std::string();
  };
  for (const auto& [k, r] : rolling_) found.emplace(consignee(k), r.window(day));
  const std::uint32_t now = period_number(limit_.period, day);
  for (const auto& [k, b] : balances_)
    if (static_cast<std::uint32_t>(k) == now) found.emplace(consignee(k), b);
  if (found.empty()) found.emplace("", Balance(limit_.most.ten_thousandths));

  std::vector<BalanceRow> out;
  out.reserve(found.size());
  const auto amount = [&](std::int64_t n) { return Amount{n, limit_.most.unit}; };
  for (const auto& [name, b] : found)
    out.push_back({to_string(limit_), name, period, amount(b.granted()), amount(b.drawn()),
                   amount(b.reserved()), amount(b.free())});
  return out;
}

std::string LimitAccount::difference(const LimitAccount& other) const {
  const auto one_way = [](const LimitAccount& a, const LimitAccount& b) {
    for (const auto& [k, mine] : a.balances_) {
      const auto it = b.balances_.find(k);
      const Balance theirs = it == b.balances_.end() ? Balance(mine.granted()) : it->second;
      if (mine.granted() != mine.drawn() + mine.reserved() + mine.free() || mine.drawn() != theirs.drawn() ||
          mine.reserved() != theirs.reserved())
        return false;
    }
    for (const auto& [k, mine] : a.rolling_) {
      const auto it = b.rolling_.find(k);
      if (it == b.rolling_.end() ? !mine.unused() : mine != it->second) return false;
    }
    return true;
  };
  return one_way(*this, other) && one_way(other, *this) ? "" : to_string(limit_);
}

}  // namespace sekisho
