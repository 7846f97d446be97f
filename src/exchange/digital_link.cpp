#include "exchange/digital_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/ascii.h"

namespace sekisho {
namespace {

constexpr std::string_view domain = "https://id.gs1.org";

bool all_digits(std::string_view s) {
  return std::all_of(s.begin(), s.end(), is_digit);
}

/// The check digit of GS1: weights 3 and 1 from the right.
char check_digit(std::string_view digits) {
  int sum = 0;
  bool triple = true;
  for (auto it = digits.rbegin(); it != digits.rend(); ++it, triple = !triple)
    sum += (*it - '0') * (triple ? 3 : 1);
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}
std::string checked(std::string_view digits) {
  return std::string(digits) + check_digit(digits);
}

/// What a URN may hold bare and a path of a Digital Link may not.
std::string path_text(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (std::string_view("!()*+,:;=").find(c) != std::string_view::npos)
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  return out;
}

/// At most so many parts: what is finest, a serial number, may hold the sign that parts them.
std::vector<std::string_view> parts_of(std::string_view text, char between, std::size_t most) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t end = out.size() + 1 < most ? text.find(between) : std::string_view::npos;
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

using Parts = std::vector<std::string_view>;

/// Company prefix and reference, `digits` together, with the check digit; nothing for any other form.
std::optional<std::string> number(std::string_view company, std::string_view reference, std::size_t digits) {
  const std::string all = std::string(company) + std::string(reference);
  if (all.size() != digits || !all_digits(all) || company.empty()) return std::nullopt;
  return checked(all);
}
/// As `number`, with the first digit of the reference (indicator, extension) put in front.
std::optional<std::string> number_with_front(std::string_view company, std::string_view reference,
                                             std::size_t digits) {
  if (reference.empty() || company.empty()) return std::nullopt;
  const std::string front = std::string(reference.substr(0, 1)) + std::string(company);
  return number(front, reference.substr(1), digits);
}

std::optional<DigitalLink> link(std::string key, const std::optional<std::string>& value,
                                std::string_view suffix = {}, std::string qualifier = {},
                                std::string_view qualifier_value = {}) {
  if (!value) return std::nullopt;
  DigitalLink out{std::move(key), *value + path_text(suffix), {}, {}};
  if (!qualifier_value.empty()) {
    out.qualifier = std::move(qualifier);
    out.qualifier_value = path_text(qualifier_value);
  }
  return out;
}

std::optional<DigitalLink> of_trade_item(std::string_view scheme, const Parts& p) {
  if (scheme == "itip" && p.size() == 5) {
    const auto gtin = number_with_front(p[0], p[1], 13);
    if (!gtin || p[2].size() != 2 || p[3].size() != 2 || !all_digits(p[2]) || !all_digits(p[3]))
      return std::nullopt;
    return link("8006", *gtin + std::string(p[2]) + std::string(p[3]), {}, "21", p[4]);
  }
  if (p.size() != 3) return std::nullopt;
  const auto gtin = number_with_front(p[0], p[1], 13);
  if (scheme == "sgtin") return link("01", gtin, {}, "21", p[2]);
  if (scheme == "lgtin") return link("01", gtin, {}, "10", p[2]);
  if (scheme == "upui") return link("01", gtin, {}, "235", p[2]);
  return std::nullopt;
}

std::optional<DigitalLink> of_two_parts(std::string_view scheme, const Parts& p) {
  const std::string joined = std::string(p[0]) + std::string(p[1]);
  if (scheme == "sscc") return link("00", number_with_front(p[0], p[1], 17));
  if (scheme == "gsrn") return link("8018", number(p[0], p[1], 17));
  if (scheme == "gsrnp") return link("8017", number(p[0], p[1], 17));
  if (scheme == "gsin") return link("402", number(p[0], p[1], 16));
  if (scheme == "pgln") return link("417", number(p[0], p[1], 12));
  if (scheme == "giai") return link("8004", std::string(), joined);
  if (scheme == "ginc") return link("401", std::string(), joined);
  return std::nullopt;
}

std::optional<DigitalLink> of_three_parts(std::string_view scheme, const Parts& p) {
  if (scheme == "sgln")
    return link("414", number(p[0], p[1], 12), {}, "254", p[2] == "0" ? std::string_view() : p[2]);
  if (scheme == "gdti") return link("253", number(p[0], p[1], 12), p[2]);
  if (scheme == "sgcn") return link("255", number(p[0], p[1], 12), p[2]);
  if (scheme == "grai") {
    const auto asset = number(p[0], p[1], 12);
    return asset ? link("8003", "0" + *asset, p[2]) : std::nullopt;
  }
  if (scheme == "cpi")
    return link("8010", std::string(), std::string(p[0]) + std::string(p[1]), "8011", p[2]);
  return std::nullopt;
}

std::size_t parts_of_scheme(std::string_view scheme) {
  constexpr std::array<std::string_view, 7> two{"sscc", "gsrn", "gsrnp", "gsin", "pgln", "giai", "ginc"};
  if (scheme == "itip") return 5;
  return std::find(two.begin(), two.end(), scheme) == two.end() ? 3 : 2;
}

std::optional<DigitalLink> read_urn(std::string_view scheme, std::string_view text, bool pattern) {
  Parts parts = parts_of(text, '.', parts_of_scheme(scheme));
  if (pattern) {  // `*` for the finest part; a pattern that is wider names no class of goods
    if (parts.empty() || parts.back() != "*" || std::count(parts.begin(), parts.end(), "*") != 1)
      return std::nullopt;
    parts.back() = {};
  }
  if (auto item = of_trade_item(scheme, parts)) return item;
  if (parts.size() == 2) return of_two_parts(scheme, parts);
  if (parts.size() == 3) return of_three_parts(scheme, parts);
  return std::nullopt;
}

struct Key {
  std::string_view number, name;
  std::size_t digits;                          // with which the value begins
  bool more;                                   // characters may follow them
  std::array<std::string_view, 2> qualifiers;  // the finest first
};
constexpr std::array primary_keys{
    Key{"00", "sscc", 18, false, {}},
    Key{"01", "gtin", 14, false, {"21", "10"}},
    Key{"253", "gdti", 13, true, {}},
    Key{"255", "gcn", 13, true, {}},
    Key{"401", "ginc", 0, true, {}},
    Key{"402", "gsin", 17, false, {}},
    Key{"414", "gln", 13, false, {"254"}},
    Key{"417", "party", 13, false, {}},
    Key{"8003", "grai", 14, true, {}},
    Key{"8004", "giai", 0, true, {}},
    Key{"8006", "itip", 18, false, {"21", "10"}},
    Key{"8010", "cpid", 0, true, {"8011"}},
    Key{"8017", "gsrnp", 18, false, {}},
    Key{"8018", "gsrn", 18, false, {}},
};
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> qualifier_names{
    {{"ser", "21"}, {"lot", "10"}, {"tpx", "235"}, {"glnx", "254"}, {"cpsn", "8011"}, {"cpv", "22"}}};

std::string_view qualifier_number(std::string_view word) {
  for (const auto& [name, value] : qualifier_names)
    if (word == name) return value;
  return word;
}

std::optional<std::string> key_value(const Key& k, std::string_view text) {
  std::string value(text);
  if (k.number == "01" && all_digits(value) &&
      (value.size() == 8 || value.size() == 12 || value.size() == 13))
    value.insert(0, 14 - value.size(), '0');
  if (value.empty() || value.size() < k.digits || (!k.more && value.size() != k.digits) ||
      !all_digits(std::string_view(value).substr(0, k.digits)))
    return std::nullopt;
  return value;
}

std::optional<DigitalLink> read_link(std::string_view uri) {
  uri.remove_prefix(uri.find("://") + 3);
  uri = uri.substr(0, uri.find_first_of("?#"));
  const Parts p = parts_of(uri, '/', uri.size() + 1);
  for (std::size_t i = 1; i + 1 < p.size(); ++i) {
    const auto* k = std::find_if(primary_keys.begin(), primary_keys.end(),
                                 [&](const Key& x) { return p[i] == x.number || p[i] == x.name; });
    const auto value = k == primary_keys.end() ? std::nullopt : key_value(*k, p[i + 1]);
    if (!value) continue;
    DigitalLink out{std::string(k->number), *value, {}, {}};
    const auto qualify = [&](std::string_view wanted) {
      for (std::size_t q = i + 2; q + 1 < p.size() && out.qualifier.empty(); q += 2)
        if (!wanted.empty() && qualifier_number(p[q]) == wanted && !p[q + 1].empty()) {
          out.qualifier = wanted;
          out.qualifier_value = p[q + 1];
        }
    };
    for (const std::string_view wanted : k->qualifiers) qualify(wanted);
    if (k->number == "01") qualify("235");
    return out;
  }
  return std::nullopt;
}

}  // namespace

std::string DigitalLink::uri() const {
  std::string out = fmt::format("{}/{}/{}", domain, key, value);
  if (!qualifier.empty()) out += fmt::format("/{}/{}", qualifier, qualifier_value);
  return out;
}

std::optional<std::string> DigitalLink::mended_gtin() const {
  constexpr std::size_t digits = 14;
  if ((key != "01" && key != "8006") || value.size() < digits) return std::nullopt;
  const std::string gtin = checked(std::string_view(value).substr(0, digits - 1));
  return value.starts_with(gtin) ? std::nullopt : std::optional(gtin);
}

std::optional<DigitalLink> read_digital_link(std::string_view uri) {
  for (const std::string_view base : {"urn:epc:id:", "urn:epc:class:", "urn:epc:idpat:"}) {
    if (!uri.starts_with(base)) continue;
    const std::string_view rest = uri.substr(base.size());
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    return read_urn(rest.substr(0, colon), rest.substr(colon + 1), base == "urn:epc:idpat:");
  }
  if (uri.starts_with("http://") || uri.starts_with("https://")) return read_link(uri);
  return std::nullopt;
}

std::string canonical_uri(std::string_view uri) {
  const auto link = read_digital_link(uri);
  return link ? link->uri() : std::string(uri);
}

}  // namespace sekisho
