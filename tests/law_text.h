#pragma once
#include <string>

#include "law/checker.h"
#include "law/lexer.h"
#include "law/parser.h"

namespace sekisho::test {

/// The law of one text. @param wrong  told whether it is refused
inline Law law_of(const std::string& text, bool* wrong = nullptr) {
  Sources sources;
  Diagnostics diags;
  const SourceId id = sources.add("test.law", text);
  const tree::File file = parse(sources, lex(sources, id, diags), diags);
  Law law = check(sources, std::span(&file, 1), diags);
  if (wrong != nullptr) *wrong = diags.has_errors();
  return law;
}

}  // namespace sekisho::test
