#include "custody/shares.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace sekisho {
namespace {

constexpr std::size_t cells_at_once = 4;
constexpr std::uint32_t sign = 0x8000'0000;
/// Under this a float is not as exact as the proof needs it.
constexpr double smallest = 0x1p-120;

float cell(double least, bool perhaps_more) {
  const auto magnitude = static_cast<float>(least);
  return perhaps_more ? -magnitude : magnitude;
}

}  // namespace

Shares::Shares(std::size_t rights)
    : rights_(rights),
      width_((2 * rights + cells_at_once - 1) / cells_at_once * cells_at_once),
      cells_(width_, 0.0F),
      sum_(width_),
      signs_(width_),
      finished_(width_) {}

ShareId Shares::arisen(const std::vector<bool>& whole, const std::vector<bool>& perhaps) {
  std::fill(finished_.begin(), finished_.end(), 0.0F);
  for (std::size_t i = 0; i < rights_; ++i) {
    finished_[2 * i] = cell(whole[i] ? 1 : 0, perhaps[i] && !whole[i]);
    finished_[2 * i + 1] = whole[i] ? 1 : 0;
  }
  return kept(finished_);
}

ShareBounds Shares::at(ShareId s, std::size_t right) const {
  const float* const c = row(s) + 2 * right;
  return {{std::fabs(c[0]), c[1]}, std::signbit(c[0])};
}

bool Shares::same(ShareId a, ShareId b) const {
  return a == b || std::equal(row(a), row(a) + width_, row(b), [](float x, float y) {
           return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
         });
}

void Shares::begin(ShareId as) {
  const float* const c = row(as);
  for (std::size_t i = 0; i < width_; ++i) {
    sum_[i] = std::fabs(c[i]);
    signs_[i] = std::bit_cast<std::uint32_t>(c[i]);
  }
  added_ = 0;
  settled_ = false;
}

void Shares::add(ShareId s, Bounds weight) {
  const float* const c = row(s);
  ++added_;
  for (std::size_t at = 0; at < width_; at += cells_at_once)
    for (std::size_t i = at; i < at + cells_at_once; i += 2) {
      sum_[i] += weight.least * static_cast<double>(std::fabs(c[i]));
      sum_[i + 1] += weight.most * static_cast<double>(c[i + 1]);
      signs_[i] |= std::bit_cast<std::uint32_t>(c[i]);
    }
}

void Shares::add_open(ShareId s) {
  for (std::size_t i = 0; i < rights_; ++i) {
    const ShareBounds b = at(s, i);
    if (b.known.most > 0 || b.perhaps_more) signs_[2 * i] |= sign;
  }
}

void Shares::add_at_most(ShareId s) {
  add_open(s);
  for (std::size_t i = 0; i < rights_; ++i) sum_[2 * i + 1] = std::max(sum_[2 * i + 1], at(s, i).known.most);
}

/// Turns the bounds outward. Content worth more than the whole is all of it.
void Shares::settle() {
  if (settled_) return;
  settled_ = true;
  const double slack = added_ == 0 ? 0 : 0x1p-23 + static_cast<double>(added_ + 20) * 0x1p-51;
  for (std::size_t i = 0; i < width_; i += 2) {
    const double least = sum_[i] * (1 - slack), most = sum_[i + 1] * (1 + slack);
    sum_[i] = least < smallest ? 0 : std::min(least, 1.0);
    sum_[i + 1] = most > 0 ? std::clamp(most, smallest, 1.0) : 0;
  }
}

void Shares::reach(ShareId technology, const std::vector<bool>& reaches) {
  settle();
  for (std::size_t i = 0; i < rights_; ++i) {
    if (!reaches[i]) continue;
    const ShareBounds t = at(technology, i);
    if (t.known.least > 0) sum_[2 * i] = 1;
    if (t.known.most > 0) sum_[2 * i + 1] = 1;
    if (t.perhaps_more) signs_[2 * i] |= sign;
  }
}

void Shares::also(ShareId own) {
  settle();
  for (std::size_t i = 0; i < rights_; ++i) {
    const ShareBounds o = at(own, i);
    sum_[2 * i] = std::max(sum_[2 * i], o.known.least);
    sum_[2 * i + 1] = std::max(sum_[2 * i + 1], o.known.most);
    if (o.perhaps_more) signs_[2 * i] |= sign;
  }
}

/// Of what is altogether under a right no more can be.
ShareId Shares::finish() {
  settle();
  for (std::size_t i = 0; i < width_; i += 2) {
    finished_[i] = cell(sum_[i], (signs_[i] & sign) != 0 && sum_[i] != 1);
    finished_[i + 1] = static_cast<float>(sum_[i + 1]);
  }
  return kept(finished_);
}

ShareId Shares::kept(const std::vector<float>& row) {
  if (std::all_of(row.begin(), row.end(), [](float c) { return c == 0 && !std::signbit(c); })) return none();
  cells_.insert(cells_.end(), row.begin(), row.end());
  return {rows_++};
}

}  // namespace sekisho
