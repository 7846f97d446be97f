#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

// JSON as a value. Its members are compiled once, in json.cpp.

extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace sekisho::cli {

using Json = nlohmann::ordered_json;

/// Of the library's own making; what a user wrote is read with `try_json`.
Json read_json(std::string_view text);
/// @returns nullopt if the text is not JSON
std::optional<Json> try_json(std::string_view text);
/// As it is printed, on one line or on several; bytes that are no UTF-8 are replaced.
std::string to_line(const Json& j);
std::string to_lines(const Json& j);
/// A text as it may be shown (`printable`); of another value, its JSON.
std::string shown(const Json& text);
/// The text under a key as it may be shown (`printable`); empty where there is none.
std::string text_at(const Json& j, const char* key);

/// Sets a key unless there is nothing to say.
void put(Json& j, const char* key, const std::string& value);

}  // namespace sekisho::cli
