#pragma once

namespace sekisho {

// Of ASCII, whatever the locale: what these read is the same everywhere.

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || is_capital(c);
}

}  // namespace sekisho
