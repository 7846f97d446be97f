#include "custody/marks.h"

#include <algorithm>

namespace sekisho {
namespace {

constexpr std::size_t remembered_count = 1 << 16;

std::uint64_t mixed(std::uint64_t h) {
  h *= 0x9e3779b97f4a7c15;
  return h ^ (h >> 29);
}
std::uint64_t hash_of(std::span<const MarkId> marks) {
  std::uint64_t h = marks.size();
  for (const MarkId m : marks) h = mixed(h ^ m.index);
  return h;
}

}  // namespace

MarkSets::MarkSets() : starts_{0}, remembered_(remembered_count) {
  of({});
}

MarkId MarkSets::add(MarkKind kind) {
  kinds_.push_back(kind);
  return {static_cast<std::uint32_t>(kinds_.size() - 1)};
}

MarkSetId MarkSets::of(std::vector<MarkId> marks) {
  std::sort(marks.begin(), marks.end());
  marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
  const std::uint64_t h = hash_of(marks);
  const auto [from, to] = by_hash_.equal_range(h);
  for (auto it = from; it != to; ++it) {
    const std::span<const MarkId> other = this->marks(it->second);
    if (std::equal(other.begin(), other.end(), marks.begin(), marks.end())) return it->second;
  }
  const MarkSetId id{static_cast<std::uint32_t>(starts_.size() - 1)};
  elements_.insert(elements_.end(), marks.begin(), marks.end());
  starts_.push_back(static_cast<std::uint32_t>(elements_.size()));
  by_hash_.emplace(h, id);
  return id;
}

std::span<const MarkId> MarkSets::marks(MarkSetId s) const {
  return {elements_.data() + starts_[s.index], elements_.data() + starts_[s.index + 1]};
}

MarkSetId MarkSets::cached(Op op, MarkSetId a, MarkSetId b) {
  if (a == none() && b == none()) return none();
  const std::uint64_t key =
      (static_cast<std::uint64_t>(op) << 62) | (static_cast<std::uint64_t>(a.index) << 31) | b.index;
  Remembered& r = remembered_[mixed(key) % remembered_count];
  if (r.key != key) r = {key, computed(op, a, b)};
  return r.value;
}

bool MarkSets::attested(MarkSetId s, std::uint32_t jurisdiction) const {
  const std::span<const MarkId> all = marks(s);
  return std::any_of(all.begin(), all.end(), [&](MarkId m) { return kind(m).attests == jurisdiction; });
}

MarkSetId MarkSets::computed(Op op, MarkSetId a, MarkSetId b) {
  std::vector<MarkId> out;
  const bool both_must_be_attested = op == Op::united || op == Op::built_into;
  for (const MarkId m : marks(a))
    if (!both_must_be_attested || !kind(m).is_attestation() || attested(b, kind(m).attests)) out.push_back(m);
  for (const MarkId m : marks(b)) {
    const MarkKind& k = kind(m);
    bool passes = false;
    switch (op) {
      case Op::united: passes = !k.is_attestation() || attested(a, k.attests); break;
      case Op::built_into:
        passes = !k.is_attestation() && k.flow.built_in == Incorporation::sees_through;
        break;
      case Op::made_with: passes = !k.is_attestation() && k.flow.products; break;
      case Op::and_also: passes = true; break;
    }
    if (passes) out.push_back(m);
  }
  return of(std::move(out));
}

std::size_t MarkSets::memory() const {
  return kinds_.size() * sizeof(MarkKind) + starts_.size() * sizeof(std::uint32_t) +
         elements_.size() * sizeof(MarkId) + remembered_.size() * sizeof(Remembered) +
         by_hash_.size() * 4 * sizeof(void*);
}

}  // namespace sekisho
