#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "register/entry.h"

// Neighbouring entries in one row of bytes. A database spends more on a row than on what an entry says; so
// entries that are recorded together lie together, and an entry recorded alone is a pack of one.
//
// Numbers are big-endian: how many entries, 4 bytes; where each one ends, counted from where the first
// begins, 4 bytes each; then the entries. An entry is
//
//   8      microseconds since 1970-01-01 UTC
//   1      1 where it is about another one, 2 where its body is there, 3 for both
//   1 + n  who recorded it, after its length
//   1 + n  kind, after its length
//   8      the entry it is about, if any
//   32     the body's hash
//   32     its leaf
//   32, n  the body's salt and its text, if they are there
//
// Example: three events of one batch are a pack of three, from entry 17 on. When the second is disposed of,
// the pack is written anew without that body. Its sequence is where an entry stands, so it is not written.

namespace sekisho {

/// A pack and the sequence of its first entry.
struct PackRow {
  Sequence first = 0;
  std::string raw;
};

/// A pack holds so many entries and, if there are several, so many bytes: what a reader of one of them reads
/// in a moment.
inline constexpr std::size_t most_pack_entries = 256, most_pack_bytes = 1U << 20;

/// @pre the entries are neighbours, in order
PackRow pack(std::span<const Entry> entries);
/// All of them, in as many packs as it takes.
std::vector<PackRow> packs(std::span<const Entry> entries);

/// The entries of a pack, each read by itself: where one was altered, the others are read still.
class Pack {
 public:
  /// @param raw  lives as long as this
  Pack(Sequence first, std::string_view raw);
  Sequence first() const { return first_; }
  Sequence behind() const { return first_ + count_; }
  /// @returns nullopt where the bytes are no entry. @pre first() <= s < behind()
  std::optional<Entry> entry(Sequence s) const;

 private:
  std::uint64_t end_of(std::uint64_t place) const;
  Sequence first_;
  std::uint64_t count_ = 0;
  std::string_view ends_, entries_;
};

}  // namespace sekisho
