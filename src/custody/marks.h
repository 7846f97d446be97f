#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "law/rulebook.h"

// Sets of what lies on goods, each set kept once. Very many lots bear few different sets, so a state of a lot
// holds the number of its set, and what two sets come to is remembered.

namespace sekisho {

/// A proviso that was bound, a right that arose, or an attestation that was given.
using MarkId = Id<struct MarkTag>;
using MarkSetId = Id<struct MarkSetTag>;

/// How a mark passes on.
struct MarkKind {
  Flow flow;
  std::uint32_t attests = UINT32_MAX;  // the number of a jurisdiction: an attestation for it
  bool is_attestation() const { return attests != UINT32_MAX; }
};

class MarkSets {
 public:
  MarkSets();
  MarkId add(MarkKind kind);
  /// In any order, each once or more often.
  MarkSetId of(std::span<const MarkId> marks);
  static MarkSetId none() { return {0}; }
  std::span<const MarkId> marks(MarkSetId s) const;
  const MarkKind& kind(MarkId m) const { return kinds_[m.index]; }

  /// What lies on goods of two kinds that become one: the marks of both; of attestations those for whose
  /// jurisdiction each has one.
  MarkSetId united(MarkSetId a, MarkSetId b) { return either_way(Op::united, a, b); }
  /// What lies on a whole after the part is built into it: its own marks, and those of the part that see
  /// through. It stays attested only for what the part is attested for too.
  MarkSetId built_into(MarkSetId whole, MarkSetId part) {
    if (!reaching(whole).attested) return and_also(whole, reaching(part).seeing_through);
    return cached(Op::built_into, whole, reaching(part).all);
  }
  /// What lies on goods that were made with technology: their own marks, and those that reach its products.
  MarkSetId made_with(MarkSetId goods, MarkSetId technology) {
    return cached(Op::made_with, goods, technology);
  }
  MarkSetId and_also(MarkSetId a, MarkSetId b) { return either_way(Op::and_also, a, b); }

  std::size_t count() const { return starts_.size() - 1; }
  /// Bytes in use.
  std::size_t memory() const;

 private:
  enum class Op : std::uint8_t { united, built_into, made_with, and_also };
  struct Remembered {
    std::uint64_t key = UINT64_MAX;
    MarkSetId value;
  };
  MarkSetId cached(Op op, MarkSetId a, MarkSetId b);
  MarkSetId either_way(Op op, MarkSetId a, MarkSetId b) {
    const bool ordered = a.index < b.index;
    return cached(op, {ordered ? a.index : b.index}, {ordered ? b.index : a.index});
  }
  MarkSetId computed(Op op, MarkSetId a, MarkSetId b);
  bool attested(MarkSetId s, std::uint32_t jurisdiction) const;
  /// Of a part's marks those that can matter to what it is built into: fewer sets than there are of parts.
  struct Reaching {
    MarkSetId all, seeing_through;  // not valid: not asked for yet
    bool attested = false;
  };
  const Reaching& reaching(MarkSetId part) {
    if (!reaching_[part.index].all.valid()) find_reaching(part);
    return reaching_[part.index];
  }
  void find_reaching(MarkSetId part);
  MarkSetId kept(std::span<const MarkId> ascending);
  void grow_table();

  std::vector<MarkKind> kinds_;
  std::vector<std::uint32_t> starts_;  // of each set in `elements_`; and the end of the last
  std::vector<MarkId> elements_;       // each set ascending
  std::vector<MarkSetId> table_;       // by hash, the next free place where it is taken
  std::vector<Reaching> reaching_;     // of each set
  std::vector<Remembered> remembered_;
  std::vector<MarkId> scratch_, passed_;
};

}  // namespace sekisho
