#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "accounts/balance.h"
#include "accounts/book.h"

namespace sekisho {

/// A movement of one line's amounts on the limits of one account: what is drawn and reserved more, or less.
struct Booking {
  std::uint32_t account;
  const OpenLine* line;
  Date day;
  LineUse quantity, value;
  std::size_t recorded = not_recorded_yet;
  bool takes_more() const { return quantity.total() > 0 || value.total() > 0; }
};

/// One limit with its balances: one for all, or one for each consignee and period.
class LimitAccount {
 public:
  LimitAccount(Limit limit) : limit_(std::move(limit)) {}  // NOLINT: a limit opens its account
  const Limit& limit() const { return limit_; }

  bool applies(const ReservedLine& line) const;
  /// Whether what two bookings move is counted in one balance.
  bool counts_together(const Booking& a, const Booking& b) const;
  /// Books what a line that the limit applies to moves.
  void book(const Booking& b);
  /// What is free for that line on that day.
  std::int64_t free(const OpenLine& line, Date day) const;
  /// The balances of a day, in order of the consignees' names.
  std::vector<BalanceRow> rows(Date day, const std::vector<std::string>& names) const;
  /// Where two accounts of one limit differ, in words; empty if nowhere.
  std::string difference(const LimitAccount& other) const;

 private:
  std::uint64_t key(const OpenLine& line, Date day) const;
  std::uint64_t key(std::uint32_t consignee, Date day) const;

  Limit limit_;
  std::unordered_map<std::uint64_t, Balance> balances_;
  std::unordered_map<std::uint64_t, RollingBalance> rolling_;
};

}  // namespace sekisho
