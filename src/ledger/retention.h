#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "register/entry.h"

// How long a register keeps what was recorded, before disposal may take it away. The law says how long, the
// register which period was chosen: one officer proposes it, another confirms it, and from there on nothing
// is disposed of that is younger. It counts for what was recorded before it, too, and the last one counts.
//
// Example: entry 4 proposes five years, entry 5 confirms them. Entry 1, of 2024-02-29, may go from
// 2029-02-28 on.

namespace sekisho {

inline constexpr unsigned longest_retention = 100;  // years

/// What a register keeps, and which entry says so.
struct Retention {
  unsigned years = 0;
  Sequence said_by = 0;

  /// The body of a proposal to keep it so. @pre years is from 1 to `longest_retention`
  static std::string body(unsigned years, const std::string& reason);
  /// @returns nothing for a body that proposes no retention
  static std::optional<unsigned> read(const std::string& body);
  /// Why something that was recorded at a time is not disposed of at another; nothing where it may be.
  /// @param recorded, now  microseconds since 1970-01-01 UTC
  std::optional<std::string> keeps(std::int64_t recorded, std::int64_t now) const;
};

}  // namespace sekisho
