#include "custody/marks.h"

#include <algorithm>

namespace sekisho {
namespace {

constexpr int remembered_bits = 16;

/// Its upper bits hang on every bit of `h`.
std::uint64_t spread(std::uint64_t h) {
  return h * 0x9e3779b97f4a7c15;
}
std::uint64_t mixed(std::uint64_t h) {
  h = spread(h);
  return h ^ (h >> 29);
}
std::uint64_t hash_of(std::span<const MarkId> marks) {
  std::uint64_t h = marks.size();
  for (const MarkId m : marks) h = mixed(h ^ m.index);
  return h;
}

}  // namespace

MarkSets::MarkSets() : starts_{0}, table_(64), remembered_(std::size_t{1} << remembered_bits) {
  of({});
}

MarkId MarkSets::add(MarkKind kind) {
  kinds_.push_back(kind);
  return {static_cast<std::uint32_t>(kinds_.size() - 1)};
}

MarkSetId MarkSets::of(std::span<const MarkId> marks) {
  scratch_.assign(marks.begin(), marks.end());
  std::sort(scratch_.begin(), scratch_.end());
  scratch_.erase(std::unique(scratch_.begin(), scratch_.end()), scratch_.end());
  return kept(scratch_);
}

MarkSetId MarkSets::kept(std::span<const MarkId> ascending) {
  if (count() * 2 >= table_.size()) grow_table();
  std::size_t at = hash_of(ascending) % table_.size();
  for (; table_[at] != MarkSetId(); at = (at + 1) % table_.size()) {
    const std::span<const MarkId> other = marks(table_[at]);
    if (std::equal(other.begin(), other.end(), ascending.begin(), ascending.end())) return table_[at];
  }
  const MarkSetId id{static_cast<std::uint32_t>(count())};
  elements_.insert(elements_.end(), ascending.begin(), ascending.end());
  starts_.push_back(static_cast<std::uint32_t>(elements_.size()));
  reaching_.emplace_back();
  return table_[at] = id;
}

void MarkSets::grow_table() {
  std::vector<MarkSetId> larger(table_.size() * 2);
  for (std::uint32_t s = 0; s < count(); ++s) {
    std::size_t at = hash_of(marks({s})) % larger.size();
    while (larger[at] != MarkSetId()) at = (at + 1) % larger.size();
    larger[at] = {s};
  }
  table_ = std::move(larger);
}

std::span<const MarkId> MarkSets::marks(MarkSetId s) const {
  return {elements_.data() + starts_[s.index], elements_.data() + starts_[s.index + 1]};
}

MarkSetId MarkSets::cached(Op op, MarkSetId a, MarkSetId b) {
  if (a == b) return a;  // by all four rules
  const std::uint64_t key =
      (static_cast<std::uint64_t>(op) << 62) | (static_cast<std::uint64_t>(a.index) << 31) | b.index;
  // What the same set comes to with neighbours lies together.
  const std::uint64_t start = spread(key >> 31) >> (64 - remembered_bits);
  Remembered& r = remembered_[start ^ (b.index & ((1U << remembered_bits) - 1))];
  if (r.key != key) r = {key, computed(op, a, b)};
  return r.value;
}

bool MarkSets::attested(MarkSetId s, std::uint32_t jurisdiction) const {
  const std::span<const MarkId> all = marks(s);
  return std::any_of(all.begin(), all.end(), [&](MarkId m) { return kind(m).attests == jurisdiction; });
}

void MarkSets::find_reaching(MarkSetId part) {
  Reaching r;
  for (const bool attestations : {true, false}) {
    scratch_.clear();
    for (const MarkId m : marks(part))
      if (kind(m).is_attestation() ? attestations : kind(m).flow.built_in == Incorporation::sees_through)
        scratch_.push_back(m);
    const MarkSetId set = kept(scratch_);
    (attestations ? r.all : r.seeing_through) = set;
  }
  r.attested = r.all != r.seeing_through;
  reaching_[part.index] = r;
}

MarkSetId MarkSets::computed(Op op, MarkSetId a, MarkSetId b) {
  scratch_.clear();
  passed_.clear();
  const bool both_must_be_attested = op == Op::united || op == Op::built_into;
  for (const MarkId m : marks(a))
    if (!both_must_be_attested || !kind(m).is_attestation() || attested(b, kind(m).attests))
      scratch_.push_back(m);
  for (const MarkId m : marks(b)) {
    const MarkKind& k = kind(m);
    bool passes = false;
    switch (op) {
      case Op::united: passes = !k.is_attestation() || attested(a, k.attests); break;
      case Op::built_into: passes = !k.is_attestation(); break;
      case Op::made_with: passes = !k.is_attestation() && k.flow.products; break;
      case Op::and_also: passes = true; break;
    }
    if (passes) passed_.push_back(m);
  }
  const auto middle = static_cast<std::ptrdiff_t>(scratch_.size());
  scratch_.insert(scratch_.end(), passed_.begin(), passed_.end());
  std::inplace_merge(scratch_.begin(), scratch_.begin() + middle, scratch_.end());
  scratch_.erase(std::unique(scratch_.begin(), scratch_.end()), scratch_.end());
  return kept(scratch_);
}

std::size_t MarkSets::memory() const {
  return kinds_.size() * sizeof(MarkKind) + starts_.size() * sizeof(std::uint32_t) +
         elements_.size() * sizeof(MarkId) + remembered_.size() * sizeof(Remembered) +
         reaching_.size() * sizeof(Reaching) + table_.size() * sizeof(MarkSetId);
}

}  // namespace sekisho
