#include "model/event_values.h"

#include <charconv>

namespace sekisho {

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
Amount EventValues::amount(Value v, TextSpan at, std::string_view example) {
  const auto a = parse_amount(json.scalar(v));
  if (a && a->ten_thousandths > 0) return *a;
  diags().emit(code::wrong_form, at, example);
  return {};
}
std::string EventValues::state(Value v, TextSpan at) {
  std::string s = json.scalar(v);
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (s.size() != 2 || !capital(s[0]) || !capital(s[1]))
    diags().emit(code::wrong_form, at, "a state as two capital letters, such as JP");
  return s;
}
std::vector<std::string> EventValues::texts(Value v, std::string_view what) {
  std::vector<std::string> out;
  json.list(v, what, [&](Value e) { out.push_back(json.scalar(e)); });
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
std::vector<std::string> EventValues::text_or_texts(Value v, std::string_view what) {
  simdjson::ondemand::json_type type{};
  if (v.type().get(type) == simdjson::SUCCESS && type == simdjson::ondemand::json_type::array)
    return texts(v, what);
  return {text(v)};
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
