#pragma once
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/large_pages.h"

// Shares as very many states hold them: of each right two numbers of 32 bits between which the exact share
// lies, and whether more than that may be in the goods. Nothing is rounded away: a bound is always turned
// outward, the upper one is nought only where nothing is in them, and where the bounds do not settle a
// question `exact_shares.h` counts it again, exactly, from what the goods are made of. So nearly every
// threshold is judged without fractions whose numbers grow with every assembly. (Computational geometry calls
// this a floating-point filter: J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic and Fast Robust
// Geometric Predicates, 1997.)
//
// Example: 240 of 1,000 parts are American: between 0.23999998 and 0.24000003. The exact share is asked for
// where the law's threshold lies between these two, and where somebody wants to read 6/25.
//
// How far outward: every number that goes into a sum is at least 0, so a sum of n products in 64 bits is off
// by at most (3 n + 20) 2^-53 of itself, and its 32-bit form by 2^-24; `settle` takes 2^-23 + (n + 20) 2^-51.

namespace sekisho {

using ShareId = Id<struct ShareTag>;

/// Between two numbers, at least 0.
struct Bounds {
  double least = 0, most = 0;
  friend bool operator==(const Bounds&, const Bounds&) = default;
};
/// Of one right: what is known to be in goods, as a share of the whole, and whether more may be.
struct ShareBounds {
  Bounds known;
  bool perhaps_more = false;
  /// The bounds meet and nothing is open: it is the share itself.
  bool exact() const { return known.least == known.most && !perhaps_more; }
};

class Shares {
 public:
  /// @param rights  how many are counted by value
  explicit Shares(std::size_t rights);
  std::size_t rights() const { return rights_; }
  void reserve(std::size_t rows) { reserve_now(cells_, rows * width_); }

  /// Nothing is in it, and nothing may be.
  static ShareId none() { return {0}; }
  /// What arises where goods are made: of each right all of them, or perhaps all.
  ShareId arisen(const std::vector<bool>& whole, const std::vector<bool>& perhaps);

  ShareBounds at(ShareId s, std::size_t right) const;
  bool same(ShareId a, ShareId b) const;
  /// Has a row at hand that will be asked for soon.
  void expect(ShareId s) const { __builtin_prefetch(row(s)); }

  // A new row is summed up: `begin` with what is there, then what goes into it, then how it was made,
  // `finish`.
  void begin(ShareId as = none());
  /// So much of the whole is of a share.
  void add(ShareId s, Bounds weight);
  /// Nobody knows how much of the whole it is: what it would count may be in it.
  void add_open(ShareId s);
  /// Its known content is between nothing and what it would be by `s`, the larger where several are said.
  void add_at_most(ShareId s);
  /// It was made with technology of that share. @param reaches  of each right, whether it reaches products
  void reach(ShareId technology, const std::vector<bool>& reaches);
  /// What arose besides.
  void also(ShareId own);
  ShareId finish();

  std::size_t memory() const { return cells_.size() * sizeof(float); }

 private:
  const float* row(ShareId s) const { return cells_.data() + s.index * width_; }
  void settle();
  ShareId kept(const std::vector<float>& row);

  std::size_t rights_, width_;
  std::uint32_t rows_ = 1;
  /// Of each row and right the lower bound, negative (be it -0) where more may be in it; then the upper one.
  std::vector<float, LargePages<float>> cells_;
  std::vector<double> sum_;           // as a row
  std::vector<std::uint32_t> signs_;  // as a row: of everything that was added, one over the other
  std::vector<float> finished_;
  std::size_t added_ = 0;
  bool settled_ = false;
};

}  // namespace sekisho
