#include <algorithm>
#include <array>
#include <set>

#include "base/countries.h"
#include "law/checker_passes.h"

namespace sekisho::checking {

Type Checker::type(const tree::Type& t) {
  static constexpr std::array<std::string_view, 11> names{
      "yes_no", "country", "party", "item", "lot", "code", "date", "money", "share", "number", "choice"};
  Type out;
  const auto it = std::find(names.begin(), names.end(), t.kind);
  out.kind = static_cast<FactType>(it - names.begin());
  out.is_set = t.is_set;
  out.unit = t.unit;
  std::set<std::string> seen;
  for (const Word& c : t.choices) {
    if (!seen.insert(c.text).second)
      diags_.emit(code::duplicate_name, c.at, c.text).fix("delete one of them");
    if (out.kind == FactType::code && !is_code(c.text))
      diags_.emit(code::unknown_value, c.at, c.text, t.kind).fix(how_codes_are_written);
    (out.kind == FactType::code ? out.roots : out.choices).push_back(c.text);
  }
  return out;
}

std::optional<Value> Checker::value(const tree::Value& v, const Type& type, const std::string& of) {
  const Type single = type.element();
  const std::string text = v.kind == tree::ValueKind::money ? v.text + " " + v.currency : v.text;
  auto read = form_fits(v.kind, single.kind) ? read_value(single, text) : std::nullopt;
  if (!read) {
    auto e = diags_.emit(code::unknown_value, v.at, text, of);
    const std::string near = nearest(text, type.choices);
    if (!near.empty())
      e.fix(fmt::format("write `{}`", near), {{v.at, near}});
    else if (single.kind == FactType::code && !is_code(text))
      e.fix(how_codes_are_written);
    else
      e.note(fmt::format("`{}` is {}", of, describe(single)));
  }
  if (read && single.kind == FactType::country && !is_country_code(read->text))
    diags_.emit(code::no_such_state, v.at, text).fix(how_states_are_written);
  return read;
}

std::string Checker::state(const Word& w) {
  if (!w.empty() && !is_country_code(w.text))
    diags_.emit(code::no_such_state, w.at, w.text).fix(how_states_are_written);
  return w.text;
}

bool Checker::form_fits(tree::ValueKind v, FactType t) {
  using tree::ValueKind;
  switch (t) {
    case FactType::yes_no:
    case FactType::choice: return v == ValueKind::name;
    case FactType::country: return v == ValueKind::state;
    case FactType::date: return v == ValueKind::date;
    case FactType::money: return v == ValueKind::money;
    case FactType::share:
    case FactType::number: return v == ValueKind::number;
    default: return v == ValueKind::text;
  }
}

}  // namespace sekisho::checking
