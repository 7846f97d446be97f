#include "base/json_text.h"

#include <algorithm>

namespace sekisho {
namespace {

std::string_view trimmed(std::string_view token) {
  while (!token.empty() && std::string_view(" \t\r\n").find(token.back()) != std::string_view::npos)
    token.remove_suffix(1);
  return token;
}

/// What stands between quotes, where it stands there as it is meant; nothing where it has escapes.
/// @param raw  behind the first quote. @pre another one follows
std::optional<std::string_view> plain(const char* raw) {
  const char* end = raw;
  while (*end != '"' && *end != '\\') ++end;
  if (*end == '\\') return std::nullopt;
  return std::string_view(raw, static_cast<std::size_t>(end - raw));
}

std::string_view text_of(JsonText::Value v) {
  const auto as_is = plain(v.raw_json_token().data() + 1);
  if (!as_is) return v.get_string();
  v.get_raw_json_string().value();  // it is read
  return *as_is;
}

}  // namespace

bool SeenKeys::contains(std::string_view key) const {
  const auto* const end = few_.begin() + count_;
  return std::find(few_.begin(), end, key) != end || more_.contains(key);
}
bool SeenKeys::insert(std::string_view key) {
  if (contains(key)) return false;
  if (count_ < few_.size())
    few_[count_++] = key;
  else
    more_.insert(key);
  return true;
}

TextSpan JsonText::span(const char* at, std::size_t length) const {
  if (!where_.source.valid()) return where_;
  const std::size_t size = where_.end - where_.begin;
  const std::size_t from = at ? std::min(static_cast<std::size_t>(at - begin_), size) : size;
  const auto begin = static_cast<std::uint32_t>(where_.begin + from);
  return {where_.source, begin,
          static_cast<std::uint32_t>(std::min(begin + length, std::size_t{where_.end}))};
}

TextSpan JsonText::place(Value v) {
  const std::string_view token = trimmed(v.raw_json_token());
  return span(token.data(), token.size());
}

bool JsonText::read(std::string_view text, std::size_t after, TextSpan where,
                    FunctionRef<void(Object)> visit) {
  where_ = where;
  const std::size_t before = diags_.all().size();
  if (after < simdjson::SIMDJSON_PADDING) {
    padded_.assign(text);
    padded_.append(simdjson::SIMDJSON_PADDING, ' ');
    begin_ = padded_.data();
  } else {
    begin_ = text.data();
  }
  try {
    simdjson::ondemand::document doc =
        parser_.iterate(begin_, text.size(), text.size() + simdjson::SIMDJSON_PADDING);
    try {
      visit(doc.get_object());
      const auto rest = doc.current_location();
      if (rest.error() || diags_.all().size() > before) return true;  // there is none, or it was not read
      diags_.emit(code::not_json, span(rest.value_unsafe(), 1), "something stands behind the object");
    } catch (const simdjson::simdjson_error& e) {
      const auto at = doc.current_location();
      diags_.emit(code::not_json, span(at.error() ? nullptr : at.value_unsafe(), 1), e.what());
    }
  } catch (const simdjson::simdjson_error& e) {
    diags_.emit(code::not_json, span(begin_, 1), e.what());
  }
  return false;
}

std::string JsonText::peek(Object& object, std::string_view key) {
  std::string found;
  auto value = object.find_field_unordered(key);
  if (!value.error()) {
    Value v = value.value_unsafe();
    if (v.type() == simdjson::ondemand::json_type::string) found = text_of(v);
  } else if (value.error() != simdjson::NO_SUCH_FIELD) {
    throw simdjson::simdjson_error(value.error());
  }
  object.reset().value();
  return found;
}

void JsonText::keys(Object object, OnKey on_key) {
  SeenKeys seen;
  for (auto field : object) {
    const char* at = field.key().raw();
    const auto as_is = plain(at);
    const std::string_view key = as_is ? *as_is : std::string_view(field.unescaped_key());
    if (seen.insert(key))
      on_key(key, span(at, key.size()), field.value());
    else
      diags_.emit(code::key_twice, span(at, key.size()), key);
  }
}

std::optional<JsonText::Object> JsonText::object(Value v, std::string_view what) {
  if (v.type() == simdjson::ondemand::json_type::object) return v.get_object().value();
  diags_.emit(code::wrong_form, place(v), what);
  return std::nullopt;
}

void JsonText::object(Value v, std::string_view what, OnKey on_key) {
  if (const auto o = object(v, what)) keys(*o, on_key);
}

void JsonText::list(Value v, std::string_view what, FunctionRef<void(Value)> visit) {
  if (v.type() == simdjson::ondemand::json_type::array) {
    for (auto element : v.get_array()) visit(element.value());
    return;
  }
  diags_.emit(code::wrong_form, place(v), what);
}

std::string JsonText::scalar(Value v) {
  switch (v.type()) {
    case simdjson::ondemand::json_type::string: return std::string(text_of(v));
    case simdjson::ondemand::json_type::number: {
      std::string token(trimmed(v.raw_json_token()));
      v.get_double().value();  // reads it, so that `1.2.3` is refused
      return token;
    }
    case simdjson::ondemand::json_type::boolean: return v.get_bool() ? "yes" : "no";
    default: diags_.emit(code::wrong_form, place(v), "one value"); return {};
  }
}

Doc JsonText::document(Value v) {
  return document(v, 0);
}

Doc JsonText::document(Value v, std::size_t depth) {
  Doc d;
  d.at = place(v);
  if (depth > document_depth_limit) {
    diags_.emit(code::document_too_deep, d.at, document_depth_limit);
    return d;
  }
  switch (v.type()) {
    case simdjson::ondemand::json_type::object:
      d.form = Doc::Form::map;
      keys(v.get_object(), [&](std::string_view key, TextSpan at, Value value) {
        Doc name;
        name.form = Doc::Form::scalar;
        name.text = key;
        name.at = at;
        d.entries.push_back({std::move(name), document(value, depth + 1)});
      });
      return d;
    case simdjson::ondemand::json_type::array:
      d.form = Doc::Form::list;
      for (auto element : v.get_array()) d.items.push_back(document(element.value(), depth + 1));
      return d;
    case simdjson::ondemand::json_type::null:
      if (!v.is_null()) diags_.emit(code::wrong_form, d.at, "null");
      return d;
    default:
      d.form = Doc::Form::scalar;
      d.text = scalar(v);
      return d;
  }
}

}  // namespace sekisho
