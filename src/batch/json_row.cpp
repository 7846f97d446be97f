#include "batch/json_row.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <deque>

namespace sekisho {

namespace dom = simdjson::dom;

struct JsonRow::Reader {
  dom::parser parser;
  std::string text;                 // with room behind it, as the parser wants
  std::deque<std::string> written;  // cells that do not stand in the text as they are
  std::vector<std::string_view> keys;

  std::string_view write(std::string cell) { return written.emplace_back(std::move(cell)); }
  /// @returns why the value is no cell; empty if `cell` holds it
  std::string cell(std::string_view key, dom::element value, std::string_view& cell);
  std::string list(std::string_view key, dom::array parts, std::string_view& cell);
  std::string key_twice(std::span<const Field> fields);
};

std::string JsonRow::Reader::cell(std::string_view key, dom::element value, std::string_view& cell) {
  switch (value.type()) {
    case dom::element_type::STRING: cell = value.get_string().value_unsafe(); return {};
    case dom::element_type::BOOL: cell = value.get_bool().value_unsafe() ? "yes" : "no"; return {};
    case dom::element_type::INT64: cell = write(std::to_string(value.get_int64().value_unsafe())); return {};
    case dom::element_type::UINT64:
      cell = write(std::to_string(value.get_uint64().value_unsafe()));
      return {};
    case dom::element_type::DOUBLE:
      cell = write(fmt::format("{}", value.get_double().value_unsafe()));
      return {};
    case dom::element_type::NULL_VALUE: cell = {}; return {};
    case dom::element_type::ARRAY: return list(key, value.get_array().value_unsafe(), cell);
    default: return fmt::format("`{}` is an object", key);
  }
}

std::string JsonRow::Reader::list(std::string_view key, dom::array parts, std::string_view& cell) {
  std::string all;
  for (const dom::element part : parts) {
    if (!part.is_string()) return fmt::format("`{}` holds what is no text", key);
    const std::string_view member = part.get_string().value_unsafe();
    if (is_blank(member) || member.find(';') != std::string_view::npos)
      return fmt::format(
          "`{}` is no member of `{}`: a list names one value each, and is `[]` where there is none", member,
          key);
    if (!all.empty()) all += ';';
    all += member;
  }
  cell = all.empty() ? std::string_view("none") : write(std::move(all));
  return {};
}

JsonRow::JsonRow() : reader_(std::make_unique<Reader>()) {}
JsonRow::~JsonRow() = default;
JsonRow::JsonRow(JsonRow&&) noexcept = default;

std::string JsonRow::read(std::string_view text) {
  fields_.clear();
  reader_->written.clear();
  reader_->text.assign(text);
  reader_->text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  dom::element top;
  if (reader_->parser.parse(reader_->text.data(), text.size(), false).get(top) != simdjson::SUCCESS)
    return "this is no JSON";
  dom::object object;
  if (top.get(object) != simdjson::SUCCESS) return "a row is an object";
  for (const auto& [key, value] : object) {
    Field f{key, {}};
    if (std::string wrong = reader_->cell(key, value, f.cell); !wrong.empty()) return wrong;
    fields_.push_back(f);
  }
  return reader_->key_twice(fields_);
}

/// @returns that a key stands twice, where one does
std::string JsonRow::Reader::key_twice(std::span<const Field> fields) {
  keys.clear();
  for (const Field& f : fields) keys.push_back(f.key);
  std::sort(keys.begin(), keys.end());
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  return twice == keys.end() ? std::string() : fmt::format("`{}` stands twice", *twice);
}

}  // namespace sekisho
