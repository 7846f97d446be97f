#pragma once
#include <gmpxx.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

// Which share of the value of goods lies under each right that is counted by value, by definition and
// exactly.
//
// Of a right so much of the whole is *known* to be in goods; where more may be in it than is known it is
// *open*. A share is a fraction of the goods' own value, so whatever moves or is parted keeps it; only what
// is built or mixed has to be counted. Nothing is left out for being small.
//
// Example: of a set worth 1,000 USD, 240 are American parts: a share of 6/25.

namespace sekisho {

/// As GMP takes it.
inline mpz_class whole_number(std::int64_t n) {
  static_assert(sizeof(long) == sizeof(std::int64_t));
  return {static_cast<long>(n)};
}

struct Share {
  mpq_class known;  // of the whole, at least; at most 1
  bool open = false;
  friend bool operator==(const Share&, const Share&) = default;
};
/// One for each right that is counted by value, in the order of the rulebooks.
using ShareRow = std::vector<Share>;

namespace share_rules {

/// Something that is built in or mixed, and what so much of it is worth; none: not known, or in a currency
/// other than the whole's.
struct Portion {
  ShareRow row;
  std::optional<mpq_class> value;
};
/// Of what is built of the portions. Where a value is not known, what it would count is open; content worth
/// more than the whole is all of it.
ShareRow built(std::span<const Portion> portions, const std::optional<mpq_class>& value);
/// Of what is mixed of the portions: weighed by value, unless all are alike.
ShareRow mixed(std::span<const Portion> portions);
/// Of what nobody says how much it took of the others: open where any has content.
ShareRow opened(std::span<const Portion> portions);
/// Of what was made with technology. @param reaches  which rights reach its products
ShareRow made_with(ShareRow goods, const ShareRow& technology, const std::vector<bool>& reaches);
/// Of goods for which `own` arose too.
ShareRow and_also(ShareRow goods, const ShareRow& own);

}  // namespace share_rules
}  // namespace sekisho
