#include "model/event_values.h"

#include <algorithm>
#include <charconv>

namespace sekisho {
namespace {

/// U+0000 to U+001F, U+007F to U+009F, and the two that are no characters (U+FFFE, U+FFFF), in UTF-8.
bool has_control_characters(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
    if (byte == 0xef && (text.substr(i, 3) == "\xef\xbf\xbe" || text.substr(i, 3) == "\xef\xbf\xbf"))
      return true;
  }
  return false;
}

}  // namespace

std::string EventValues::name(Value v) {
  const std::size_t before = diags().all().size();
  const TextSpan at = json.place(v);
  std::string t = json.scalar(v);
  if (diags().all().size() == before) must_be_name(t, at);
  return t;
}
void EventValues::must_be_name(const std::string& text, TextSpan at) {
  if (text.empty()) diags().emit(code::wrong_form, at, "a name that is not empty");
  if (has_control_characters(text)) diags().emit(code::wrong_form, at, "a name without control characters");
}
Date EventValues::day(Value v, TextSpan at) {
  const std::string t = json.scalar(v);
  const auto d = parse_date(t);
  if (d) return *d;
  if (looks_like_date(t))
    diags().emit(code::document_date, at, t);
  else
    diags().emit(code::wrong_form, at, "a day such as 2023-12-22");
  return {};
}
Amount EventValues::amount(Value v, TextSpan at, std::string_view what, std::string_view example) {
  const auto a = parse_amount(json.scalar(v));
  if (a && a->ten_thousandths > 0) return *a;
  diags().emit(
      code::wrong_form, at,
      fmt::format("{} above zero and up to a million million, with at most four decimals, such as {}", what,
                  example));
  return {};
}
Amount EventValues::quantity(Value v, TextSpan at) {
  return amount(v, at, "a quantity", "24 pieces");
}
Amount EventValues::money(Value v, TextSpan at) {
  return amount(v, at, "an amount of money", "2500.00 USD");
}
std::string EventValues::state(Value v, TextSpan at) {
  std::string s = json.scalar(v);
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (s.size() != 2 || !capital(s[0]) || !capital(s[1]))
    diags().emit(code::wrong_form, at, "a state as two capital letters, such as JP");
  return s;
}
std::vector<std::string> EventValues::names(Value v, std::string_view what) {
  std::vector<std::string> out;
  const TextSpan at = json.place(v);
  json.list(v, what, [&](Value e) { out.push_back(name(e)); });
  if (out.empty()) diags().emit(code::wrong_form, at, fmt::format("{} that is not empty", what));
  return out;
}
void EventValues::unknown_key(std::string_view key, TextSpan at, const std::vector<std::string>& known) {
  auto e = diags().emit(code::unknown_key, at, key);
  const std::string near = nearest(key, known);
  if (!near.empty()) e.fix(fmt::format("write `{}`", near), {{at, near}});
}
void EventValues::must_have(bool has, std::string_view key, TextSpan at) {
  if (!has) diags().emit(code::missing_key, at, key);
}
void EventValues::must_have_all(std::initializer_list<std::string_view> keys, const SeenKeys& seen,
                                TextSpan at) {
  for (const std::string_view key : keys) must_have(seen.contains(key), key, at);
}
std::vector<std::string> EventValues::text_or_texts(Value v, std::string_view what) {
  simdjson::ondemand::json_type type{};
  if (v.type().get(type) == simdjson::SUCCESS && type == simdjson::ondemand::json_type::array)
    return names(v, what);
  return {name(v)};
}
bool EventValues::yes(Value v, TextSpan at) {
  const std::string word = text(v);
  if (word == "yes" || word == "true") return true;
  if (word != "no" && word != "false") diags().emit(code::wrong_form, at, "yes or no");
  return false;
}
int EventValues::count(Value v, TextSpan at, int least, int most) {
  const std::string word = text(v);
  int n = least - 1;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), n);
  if (read.ec == std::errc{} && read.ptr == word.data() + word.size() && n >= least && n <= most) return n;
  diags().emit(code::wrong_form, at, fmt::format("a whole number from {} to {}", least, most));
  return least;
}

}  // namespace sekisho
