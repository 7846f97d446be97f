#pragma once
#include "law/lexer.h"
#include "law/tree.h"

namespace sekisho {

/// The one layout of a file: a declaration at the head of a line after an empty one, each clause on
/// a line of its own, indented by two, long ones folded before `and`, `or` and after commas.
/// Comments stay where they are. The tokens do not change, so no answer can.
/// @param file  parsed from `tokens` without errors
std::string format(const Sources& sources, SourceId source, const std::vector<Token>& tokens,
                   const tree::File& file);

}  // namespace sekisho
