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
  std::size_t at = 0;               // behind the number that was read last
  std::deque<std::string> written;  // cells that do not stand in the text as they are
  std::vector<std::string_view> keys;

  /// @returns why the value is no cell; empty if `cell` holds it
  std::string cell(std::string_view key, dom::element value, Cell& cell);
  std::string list(std::string_view key, dom::array members, Cell& cell);
  bool single(dom::element value, std::string_view& said);
  std::string_view next_number();
  std::string key_twice(std::span<const Field> fields);
};

std::string JsonRow::Reader::cell(std::string_view key, dom::element value, Cell& cell) {
  if (value.is_null() || single(value, cell.text)) return {};
  if (value.is_array()) return list(key, value.get_array().value_unsafe(), cell);
  return fmt::format("`{}` is an object", key);
}

/// What one value says, as text.
bool JsonRow::Reader::single(dom::element value, std::string_view& said) {
  switch (value.type()) {
    case dom::element_type::STRING: said = value.get_string().value_unsafe(); return true;
    case dom::element_type::BOOL: said = value.get_bool().value_unsafe() ? "yes" : "no"; return true;
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE: said = next_number(); return true;
    default: return false;
  }
}

/// A number's own text, for 1.10 is another code than 1.1. The parser keeps its value alone; but it found the
/// text sound, and values are read in the order in which they stand.
std::string_view JsonRow::Reader::next_number() {
  const auto begins = [](char c) { return c == '-' || (c >= '0' && c <= '9'); };
  for (bool in_text = false; in_text || !begins(text[at]); ++at)
    if (in_text && text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      in_text = !in_text;
  const std::size_t from = at;
  at = std::min(text.find_first_of(",]} \t\r\n", from), text.size());
  return std::string_view(text).substr(from, at - from);
}

std::string JsonRow::Reader::list(std::string_view key, dom::array members, Cell& cell) {
  std::string all;
  for (const dom::element member : members) {
    std::string_view one;
    if (!single(member, one))
      return fmt::format("`{}` holds {}: each member of a list is one value", key,
                         member.is_null()    ? "null"
                         : member.is_array() ? "a list"
                                             : "an object");
    add_member(all, one);
  }
  cell = Cell::list(written.emplace_back(std::move(all)));
  return {};
}

JsonRow::JsonRow() : reader_(std::make_unique<Reader>()) {}
JsonRow::~JsonRow() = default;
JsonRow::JsonRow(JsonRow&&) noexcept = default;

std::string JsonRow::read(std::string_view text) {
  fields_.clear();
  reader_->written.clear();
  reader_->at = 0;
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
