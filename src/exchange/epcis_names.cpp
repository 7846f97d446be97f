#include "exchange/epcis_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "exchange/digital_link.h"

namespace sekisho {
namespace {

bool stays(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (stays(c))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_value(text[i + 2]);
    if (low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

/// Written by hand rather than by EPCIS's own test, so that a lot called `a:b` is no URI.
bool is_own_uri(std::string_view name) {
  const bool scheme = name.starts_with("urn:") || name.starts_with("http://") ||
                      name.starts_with("https://") || name.starts_with("ni:///");
  return scheme && std::all_of(name.begin(), name.end(),
                               [](char c) { return c > ' ' && c < 127 && c != '"' && c != '<' && c != '>'; });
}

}  // namespace

std::string epcis_uri(std::string_view kind, std::string_view name) {
  if (is_own_uri(name) && !name.starts_with(sekisho_namespace) && canonical_uri(name) == name &&
      name.back() != ':')
    return std::string(name);
  return fmt::format("{}{}/{}", sekisho_namespace, kind, encoded(name));
}

std::string epcis_name(std::string_view kind, std::string_view uri) {
  const std::string base = fmt::format("{}{}/", sekisho_namespace, kind);
  if (uri.starts_with(base) && uri.size() > base.size()) return decoded(uri.substr(base.size()));
  return canonical_uri(uri);
}

}  // namespace sekisho
