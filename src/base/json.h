#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

// JSON as a value, keys in the order in which they were written. Its members are compiled once, in json.cpp:
// every file that used them would compile them again.

extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace sekisho {

using Json = nlohmann::ordered_json;

/// @returns nullopt if the text is not JSON
std::optional<Json> parse_json(std::string_view text);
/// On one line; bytes that are no UTF-8 are replaced.
std::string to_line(const Json& j);
/// On lines of its own, as it is printed; bytes that are no UTF-8 are replaced.
std::string to_lines(const Json& j);
/// The text under a key; empty where there is none.
std::string text_at(const Json& j, const char* key);
/// The list under a key; an empty one where there is none.
const Json& list_at(const Json& j, const char* key);
Json text_or_null(const std::string& s);
/// An object with room for so many members: one that grows beyond its room copies all that it holds.
Json with_room(std::size_t members);
/// To a list that does not hold it yet.
void add_once(Json& list, const Json& value);

}  // namespace sekisho
