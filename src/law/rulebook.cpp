#include "law/rulebook.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/ascii.h"
#include "base/by_name.h"

namespace sekisho {
namespace {

constexpr std::array<std::string_view, finding_count> finding_names{
    "not_engaged", "permitted", "permitted_with_provisos", "authorisation_required", "prohibited"};
constexpr std::array<std::string_view, 4> changed_by_words{"nobody", "applicant", "authority", "legislator"};

constexpr std::int64_t scale = 10'000;
/// After the last digit that can be written: the share is more than it says, by less than one in that digit.
constexpr std::string_view more_digits = "…";

/// An amount in ten-thousandths; nullopt if it has more decimals, other signs, or is too large.
std::optional<std::int64_t> read_amount(std::string_view text) {
  std::int64_t whole = 0;
  int decimals = -1;
  bool after_digit = false;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  for (char c : text) {
    if ((c == '_' || c == '.') && after_digit && decimals < 0) {
      if (c == '.') decimals = 0;
      after_digit = false;
      continue;
    }
    if (!is_digit(c) || decimals == 4 || whole > 90'000'000'000'000) return std::nullopt;
    whole = whole * 10 + (c - '0');
    after_digit = true;
    if (decimals >= 0) ++decimals;
  }
  if (!after_digit) return std::nullopt;
  for (int i = std::max(decimals, 0); i < 4; ++i) whole *= 10;
  return negative ? -whole : whole;
}

std::string show_amount(std::int64_t n) {
  std::string s = fmt::format("{}{}", n < 0 && n > -scale ? "-" : "", n / scale);
  std::int64_t rest = n % scale < 0 ? -(n % scale) : n % scale;
  if (rest == 0) return s;
  s += fmt::format(".{:04}", rest);
  while (s.back() == '0') s.pop_back();
  return s;
}

bool is_capitals(std::string_view t, std::size_t letters) {
  return t.size() == letters && std::all_of(t.begin(), t.end(), is_capital);
}

template <class Store>
auto find_named(const Store& store, const std::string& name) {
  return std::find_if(store.begin(), store.end(), [&](const auto& x) { return x.name == name; });
}
template <class I, class Store>
I id_of_name(const Store& store, const std::string& name) {
  const auto it = find_named(store, name);
  return it == store.end() ? I{} : I{static_cast<std::uint32_t>(it - store.begin())};
}

}  // namespace

std::string_view to_string(Finding f) {
  return finding_names[static_cast<std::size_t>(f)];
}

std::optional<Finding> parse_finding(std::string_view text) {
  return by_name<Finding>(finding_names, text);
}

std::string_view to_string(ChangedBy who) {
  return changed_by_words[static_cast<std::size_t>(who)];
}

std::optional<ChangedBy> parse_changed_by(std::string_view word) {
  return by_name<ChangedBy>(changed_by_words, word);
}

std::string_view to_string(NeedKind kind) {
  static constexpr std::array<std::string_view, 8> names{"finding",  "permit",    "approval", "consent",
                                                         "decision", "exception", "waiver",   "notification"};
  return names[static_cast<std::size_t>(kind)];
}

std::optional<Prevails> parse_prevails(std::string_view word) {
  static constexpr std::array<std::string_view, 3> words{"latest", "strictest", "granted"};
  return by_name<Prevails>(words, word);
}

std::string_view to_string(Posture posture) {
  static constexpr std::array<std::string_view, 5> names{"", "approval_presumed", "case_by_case",
                                                         "denial_presumed", "denial"};
  return names[static_cast<std::size_t>(posture)];
}

std::string effect_name(const Law& law, const Rule& rule, const Defeat& d) {
  switch (d.part) {
    case tree::Part::permission: return "permission";
    case tree::Part::prohibition: return "prohibition";
    case tree::Part::need: return "need " + law[rule.needs[d.effect].need].name;
    case tree::Part::proviso: return "proviso " + law[rule.binds[d.effect].proviso].name;
    case tree::Part::obligation: return "obligation " + rule.owes[d.effect].kind;
    default: return "the whole";
  }
}

FactId Law::find_fact(const std::string& name) const {
  const auto it = fact_names.find(name);
  return it == fact_names.end() ? FactId{} : it->second;
}
ProvisoId Law::find_proviso(const std::string& name) const {
  return id_of_name<ProvisoId>(provisos, name);
}
NeedId Law::find_need(const std::string& name) const {
  return id_of_name<NeedId>(needs, name);
}
RightId Law::find_right(const std::string& name) const {
  return id_of_name<RightId>(rights, name);
}
AuthorityId Law::find_authority(const std::string& name) const {
  return id_of_name<AuthorityId>(authorities, name);
}

std::optional<Value> read_value(const Type& type, std::string_view text) {
  switch (type.kind) {
    case FactType::yes_no:
      if (text == "yes" || text == "true") return Value{1, {}};
      if (text == "no" || text == "false") return Value{0, {}};
      return std::nullopt;
    case FactType::country:
      if (!is_capitals(text, 2)) return std::nullopt;
      return Value{0, std::string(text)};
    case FactType::choice: {
      const auto it = std::find(type.choices.begin(), type.choices.end(), text);
      if (it == type.choices.end()) return std::nullopt;
      return Value{it - type.choices.begin(), {}};
    }
    case FactType::date: {
      const auto d = parse_date(text);
      if (!d) return std::nullopt;
      return Value{d->days, {}};
    }
    case FactType::money: {
      const std::size_t space = text.find(' ');
      if (space == std::string_view::npos || !is_capitals(text.substr(space + 1), 3)) return std::nullopt;
      const auto n = read_amount(text.substr(0, space));
      if (!n || *n < 0) return std::nullopt;
      return Value{*n, std::string(text.substr(space + 1))};
    }
    case FactType::share: {
      if (!text.ends_with('%')) return std::nullopt;
      text.remove_suffix(1);
      const bool and_more = text.ends_with(more_digits);
      if (and_more) text.remove_suffix(more_digits.size());
      const auto n = read_amount(text);
      if (!n || *n > Value::whole_share) return std::nullopt;
      const Value share{*n * 2 + (and_more ? 1 : 0), {}};
      return type.allows(share) ? std::optional(share) : std::nullopt;
    }
    case FactType::number: {
      if (!type.unit.empty() && text.ends_with(" " + type.unit)) text.remove_suffix(type.unit.size() + 1);
      const auto n = read_amount(text);
      if (!n) return std::nullopt;
      return Value{*n, {}};
    }
    case FactType::code:
      if (!is_code(text)) return std::nullopt;
      [[fallthrough]];
    default:
      if (text.empty() || !type.allows({0, std::string(text)})) return std::nullopt;
      return Value{0, std::string(text)};
  }
}

bool is_code(std::string_view text) {
  char before = '.';
  for (const char c : text) {
    if (c <= ' ' || c > '~' || (c == '.' && before == '.')) return false;
    before = c;
  }
  return before != '.';
}

bool Type::allows(const Value& v) const {
  if (kind == FactType::money) return v.number >= 0;
  if (kind == FactType::share) return v.number >= 0 && v.number <= Value::whole_share;
  return roots.empty() || std::any_of(roots.begin(), roots.end(), [&](const std::string& r) {
           return v.text == r || v.text.starts_with(r + ".");
         });
}

std::string show_value(const Type& type, const Value& v) {
  switch (type.kind) {
    case FactType::yes_no: return v.number != 0 ? "yes" : "no";
    case FactType::choice: return type.choices[static_cast<std::size_t>(v.number)];
    case FactType::date: return to_string(Date{static_cast<std::int32_t>(v.number)});
    case FactType::money: return show_amount(v.number) + " " + v.text;
    case FactType::share: {
      if (v.number % 2 == 0) return show_amount(v.number / 2) + "%";
      const std::int64_t below = (v.number - 1) / 2;  // with every digit, since more would follow
      return fmt::format("{}{}.{:04}{}%", below < 0 ? "-" : "", std::abs(below) / scale,
                         std::abs(below) % scale, more_digits);
    }
    case FactType::number: return show_amount(v.number) + (type.unit.empty() ? "" : " " + type.unit);
    default: return v.text;
  }
}

std::string describe(const Type& type) {
  static constexpr std::array<std::string_view, 11> names{"yes or no", "a state",  "a party", "an item",
                                                          "a lot",     "a code",   "a day",   "money",
                                                          "a share",   "a number", "one of "};
  std::string s(names[static_cast<std::size_t>(type.kind)]);
  if (type.kind == FactType::choice) s += fmt::format("{}", fmt::join(type.choices, ", "));
  if (!type.roots.empty()) s += fmt::format(" under {}", fmt::join(type.roots, ", "));
  if (type.kind == FactType::number) s += " in " + type.unit;
  return type.is_set ? "a set of: " + s : s;
}

}  // namespace sekisho
