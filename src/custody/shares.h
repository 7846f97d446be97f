#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/large_pages.h"
#include "custody/share_rules.h"

// Shares as very many states hold them: contents as whole numbers over one base. The rules are those of
// `share_rules.h`; here they are quick. Where whole numbers of 64 bits do not hold a share it is *deferred*:
// nothing is kept, and whoever judges it has it counted again, exactly, from what the goods are made of
// (`Graph::exact_shares`). So nothing is ever rounded.

namespace sekisho {

using ShareId = Id<struct ShareTag>;

class Shares {
 public:
  /// @param reaches_products  for each right counted by value, whether it reaches what is made with
  ///                          technology that bears it
  explicit Shares(std::vector<bool> reaches_products);
  std::size_t rights() const { return reaches_products_.size(); }
  const std::vector<bool>& reaches_products() const { return reaches_products_; }
  void reserve(std::size_t rows) { cells_.reserve(rows * width_); }

  /// Nothing is known to be in it.
  static ShareId none() { return {0}; }
  static ShareId deferred() { return {}; }

  /// Has a row at hand that will be asked for soon.
  void expect(ShareId s) const {
    if (s == deferred()) return;
    const std::int64_t* const row = cells_.data() + s.index * width_;
    __builtin_prefetch(row);
    __builtin_prefetch(row + width_ - 1);
  }
  ShareId keep(const ShareRow& row);
  /// None: it is deferred.
  std::optional<ShareRow> row(ShareId s) const;
  bool same(ShareId a, ShareId b) const;

  /// Something that is built in.
  struct Portion {
    ShareId share;
    std::int64_t value;              // of the whole lot, in ten-thousandths
    std::int64_t taken = 1, of = 1;  // so much of the lot
  };
  static constexpr std::int64_t value_unknown = -1, value_deferred = -2;
  /// Of what is built of the portions and is worth `value`, both in one currency.
  /// @param own  what arose besides, all of it or perhaps
  ShareId built(std::span<const Portion> portions, std::int64_t value, ShareId own);

  std::size_t memory() const;

 private:
  struct Ratio {
    std::int64_t above = 1, below = 1;
  };
  std::span<const std::int64_t> cells(ShareId s) const { return {cells_.data() + s.index * width_, width_}; }
  static std::optional<Ratio> worth_of(const Portion& p, std::int64_t base);
  bool count(const Portion& p, Ratio r, std::int64_t scale);
  ShareId next() const { return {static_cast<std::uint32_t>(cells_.size() / width_)}; }

  std::vector<bool> reaches_products_;
  std::size_t width_;
  std::vector<std::int64_t, LargePages<std::int64_t>>
      cells_;  // of each row: the base, then the contents, `~content` where it is open
  std::vector<std::int64_t> sum_;
  std::vector<Ratio> ratios_;
};

}  // namespace sekisho
