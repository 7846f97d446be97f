#include "json.h"

#include <cassert>

#include <sekisho/sekisho.h>

namespace sekisho::cli {

std::optional<Json> try_json(std::string_view text) {
  Json j = Json::parse(text, nullptr, false);
  if (j.is_discarded()) return std::nullopt;
  return j;
}

Json read_json(std::string_view text) {
  auto j = try_json(text);
  assert(j);
  return std::move(*j);
}

std::string to_line(const Json& j) {
  return j.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_lines(const Json& j) {
  return j.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string shown(const Json& text) {
  return printable(text.is_string() ? text.get<std::string>() : to_line(text));
}

std::string text_at(const Json& j, const char* key) {
  const auto it = j.find(key);
  return it != j.end() && it->is_string() ? printable(it->get<std::string>()) : "";
}

void put(Json& j, const char* key, const std::string& value) {
  if (!value.empty()) j[key] = value;
}

}  // namespace sekisho::cli
