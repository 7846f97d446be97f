#include "custody/shares.h"

#include <algorithm>
#include <numeric>

namespace sekisho {
namespace {

__extension__ using Wide = __int128;

std::int64_t content_of(std::int64_t cell) {
  return cell < 0 ? ~cell : cell;
}
/// After one division, for the numbers are often of very different size.
std::int64_t common_divisor(std::int64_t a, std::int64_t b) {
  return b == 0 ? a : std::gcd(b, a % b);
}
bool overflows(std::int64_t a, std::int64_t b, std::int64_t& product) {
  return __builtin_mul_overflow(a, b, &product);
}

}  // namespace

Shares::Shares(std::vector<bool> reaches_products)
    : reaches_products_(std::move(reaches_products)), width_(reaches_products_.size() + 1), sum_(width_ - 1) {
  cells_.assign(width_, 0);
  cells_[0] = 1;
}

std::optional<ShareRow> Shares::row(ShareId s) const {
  if (s == deferred()) return std::nullopt;
  const auto c = cells(s);
  ShareRow out(rights());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].known = mpq_class(whole_number(content_of(c[i + 1])), whole_number(c[0]));
    out[i].known.canonicalize();
    out[i].open = c[i + 1] < 0;
  }
  return out;
}

ShareId Shares::keep(const ShareRow& row) {
  if (std::all_of(row.begin(), row.end(), [](const Share& s) { return s.known == 0 && !s.open; }))
    return none();
  mpz_class base = 1;
  for (const Share& s : row) base = lcm(base, s.known.get_den());
  if (!base.fits_slong_p()) return deferred();
  const ShareId id = next();
  cells_.push_back(base.get_si());
  for (const Share& s : row) {
    const std::int64_t content = mpz_class(s.known.get_num() * (base / s.known.get_den())).get_si();
    cells_.push_back(s.open ? ~content : content);
  }
  return id;
}

/// One row may be written over several bases.
bool Shares::same(ShareId a, ShareId b) const {
  if (a == b) return true;
  if (a == deferred() || b == deferred()) return false;
  const auto x = cells(a), y = cells(b);
  for (std::size_t i = 1; i < width_; ++i)
    if ((x[i] < 0) != (y[i] < 0) ||
        static_cast<Wide>(content_of(x[i])) * y[0] != static_cast<Wide>(content_of(y[i])) * x[0])
      return false;
  return true;
}

/// What a content over `base` has to be multiplied with to be worth so much money.
std::optional<Shares::Ratio> Shares::worth_of(const Portion& p, std::int64_t base) {
  Ratio r;
  if (p.value != base) {
    const std::int64_t common = common_divisor(p.value, base);
    r = {p.value / common, base / common};
  }
  if (p.taken == p.of) return r;
  const std::int64_t a = common_divisor(r.below, p.taken), b = common_divisor(r.above, p.of);
  if (overflows(r.above / b, p.taken / a, r.above) || overflows(r.below / a, p.of / b, r.below))
    return std::nullopt;
  return r;
}

/// Adds what the portion brings to the sums, which count in `1 / scale`.
bool Shares::count(const Portion& p, Ratio r, std::int64_t scale) {
  const auto c = cells(p.share);
  std::int64_t factor = 0;
  if (overflows(r.above, scale / r.below, factor)) return false;
  for (std::size_t i = 0; i < sum_.size(); ++i) {
    const std::int64_t content = content_of(c[i + 1]);
    std::int64_t sum = content_of(sum_[i]), more = 0;
    if (content != 0 && (overflows(content, factor, more) || __builtin_add_overflow(sum, more, &sum)))
      return false;
    sum_[i] = c[i + 1] < 0 || sum_[i] < 0 ? ~sum : sum;
  }
  return true;
}

ShareId Shares::built(std::span<const Portion> portions, std::int64_t value, ShareId own) {
  std::fill(sum_.begin(), sum_.end(), 0);
  ratios_.clear();
  std::int64_t scale = 1;
  bool any = false;
  for (const Portion& p : portions) {
    ratios_.emplace_back();
    if (p.share == none()) continue;
    if (p.share == deferred() || p.value == value_deferred) return deferred();
    any = true;
    const auto c = cells(p.share);
    if (p.value < 0 || value <= 0) {
      for (std::size_t i = 0; i < sum_.size(); ++i)
        if (c[i + 1] != 0) sum_[i] = ~content_of(sum_[i]);
      continue;
    }
    const auto r = worth_of(p, c[0]);
    if (!r) return deferred();
    ratios_.back() = *r;
    // A base is at least 1. NOLINTNEXTLINE(clang-analyzer-core.DivideZero)
    if (scale % r->below != 0 && overflows(scale / common_divisor(scale, r->below), r->below, scale))
      return deferred();
  }
  if (!any) return own;
  std::int64_t base = std::max<std::int64_t>(value, 1);
  if (overflows(base, scale, base)) return deferred();
  for (std::size_t k = 0; k < portions.size(); ++k) {
    const Portion& p = portions[k];
    if (p.share == none() || p.value < 0 || value <= 0) continue;
    if (!count(p, ratios_[k], scale)) return deferred();
  }
  if (own != none())
    for (std::size_t i = 0; i < sum_.size(); ++i) {
      const std::int64_t arose = cells(own)[i + 1];
      if (arose > 0)
        sum_[i] = base;
      else if (arose < 0)
        sum_[i] = ~content_of(sum_[i]);
    }
  if (std::all_of(sum_.begin(), sum_.end(), [](std::int64_t c) { return c == 0; })) return none();
  std::int64_t common = scale;  // of base and contents
  for (const std::int64_t c : sum_)
    if (common != 1) common = common_divisor(std::min(content_of(c), base), common);
  const ShareId id = next();
  cells_.push_back(base / common);
  for (const std::int64_t c : sum_) {
    const std::int64_t content = std::min(content_of(c), base);
    cells_.push_back(c < 0 && content != base ? ~(content / common) : content / common);
  }
  return id;
}

std::size_t Shares::memory() const {
  return cells_.size() * sizeof(std::int64_t);
}

}  // namespace sekisho
