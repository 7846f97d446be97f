#pragma once
#include <span>
#include <string>

#include "law/checker.h"
#include "law/lexer.h"
#include "law/parser.h"

namespace sekisho::judge {

/// A rulebook from its text.
struct Loaded {
  Sources sources;
  Diagnostics diags;
  Law law;
  explicit Loaded(const std::string& text) {
    const SourceId id = sources.add("book.law", text);
    const std::vector<Token> tokens = lex(sources, id, diags);
    const tree::File file = parse(sources, tokens, diags);
    law = check(std::span(&file, 1), diags);
  }
};

/// The place of a rule among those of its regime, by its name.
inline std::size_t place_of(const Law& law, RuleId r) {
  return static_cast<std::size_t>(law[r].name.back() - '0');
}

}  // namespace sekisho::judge
