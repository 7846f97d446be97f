#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho {

/// An instant as `xsd:dateTimeStamp` says it: milliseconds since 1970-01-01T00:00Z, the fourth decimal
/// rounded.
struct EpcisTime {
  std::int64_t milliseconds = 0;
};
/// @returns nullopt for any other form and for a day or time that does not exist
std::optional<EpcisTime> parse_epcis_time(std::string_view text);
/// `+02:00` in minutes.
std::optional<int> parse_epcis_offset(std::string_view text);
/// In UTC with milliseconds, as the event hash takes it: `2020-03-04T10:00:30.000Z`.
std::string to_string(EpcisTime t);

}  // namespace sekisho
