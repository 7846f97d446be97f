#pragma once
#include <vector>

#include "base/diagnostics.h"

namespace sekisho {

enum class TokenKind : std::uint8_t {
  name,     // regime, goods.form
  capital,  // JP, USD
  date,
  number,  // 30, 1_000_000, 12.5, 25%
  text,    // "..."
  open,
  close,
  comma,
  colon,
  end,
};

/// `comment_before` says that a comment stands between this token and the one before.
struct Token {
  TokenKind kind;
  bool comment_before = false;
  TextSpan at;
};

/// Cuts a text into tokens; the last is always `end`. Whatever cannot be a token is reported and
/// left out, so that the parser sees the rest.
std::vector<Token> lex(const Sources& sources, SourceId source, Diagnostics& diags);

}  // namespace sekisho
