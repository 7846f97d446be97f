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
    law = check(sources, std::span(&file, 1), diags);
  }
};

}  // namespace sekisho::judge
