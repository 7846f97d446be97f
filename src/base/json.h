#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

// JSON as a value, keys in the order in which they were written. Its members are compiled once, in json.cpp:
// every file that used them would compile them again.

extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace sekisho {

using Json = nlohmann::ordered_json;

/// @returns nullopt if the text is not JSON
std::optional<Json> parse_json(std::string_view text);

}  // namespace sekisho
