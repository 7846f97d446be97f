#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "register/hash.h"

// One entry of a register. What it says, its body, lies beside the chain; the chain holds a salted hash of
// it. So a body whose retention has ended can be taken away and every other entry still proves what it did.

namespace sekisho {

using Sequence = std::uint64_t;                            // from 0, without gaps
inline constexpr Sequence behind_all = Sequence{1} << 62;  // every entry stands before it

inline constexpr std::size_t longest_word = 255;  // bytes

/// The years 0 to 9999, which can be written: microseconds since 1970-01-01 UTC.
inline constexpr std::int64_t earliest_time = -62'167'219'200'000'000, latest_time = 253'402'300'799'999'999;

/// What is recorded: by whom, of what kind, and about which earlier entry, if any.
struct EntryHead {
  std::int64_t recorded = 0;  // microseconds since 1970-01-01 UTC, as the recorder's clock had it
  std::string by, kind;       // at most `longest_word` each
  std::optional<Sequence> about;
};

struct Body {
  Hash salt{};
  std::string text;
  /// Salted, so that who holds the chain alone cannot try out what the body may have said.
  Hash commitment() const;
};

struct Entry {
  Sequence sequence = 0;
  EntryHead head;
  Hash commitment{};
  Hash leaf{};               // as the store has it
  std::optional<Body> body;  // none once it was disposed of
};

/// What is hashed of an entry; docs/register.md shows the bytes. `previous` chains it to the entry before,
/// all zero for the first.
Hash leaf_hash(const Entry& e, const Hash& previous);

/// The kind of an entry that disposes of the body of the one it is about.
inline constexpr std::string_view disposal = "dispose";

}  // namespace sekisho
