#pragma once
#include <string>
#include <string_view>

#include "register/entry.h"
#include "register/problem.h"

// A register as text: a first line that says what it is, then one JSON object an entry (docs/register.md).

namespace sekisho {

std::string export_heading(std::string_view origin);
/// @returns the origin. @fails SK3508
Result<std::string> read_export_heading(std::string_view line);

std::string export_line(const Entry& e);
/// @param number  of the line, from 1, for what is reported
/// @fails SK3508; SK3506 where the body does not fit its commitment
Result<Entry> read_export_line(std::string_view line, std::size_t number);

/// `2026-01-31T23:59:59.000001Z`
std::string to_time(std::int64_t microseconds);
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace sekisho
