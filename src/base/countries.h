#pragma once
#include <span>
#include <string_view>

namespace sekisho {

/// The two-letter codes of ISO 3166-1, with the former codes SU, YU, CS, DD, and XK; in order.
/// @source ISO 3166-1 alpha-2, ISO 3166-3
std::span<const std::string_view> country_codes();
bool is_country_code(std::string_view text);
inline constexpr const char* how_states_are_written =
    "states are codes of ISO 3166-1, such as GB for the United Kingdom";

}  // namespace sekisho
