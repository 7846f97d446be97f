#pragma once
#include <span>

#include "base/diagnostics.h"
#include "law/lexer.h"
#include "law/tree.h"

namespace sekisho {

/// Reads the tokens of one file. After a mistake it goes on with the next clause or declaration,
/// so that one mistake does not hide the next.
tree::File parse(const Sources& sources, std::span<const Token> tokens, Diagnostics& diags);

}  // namespace sekisho
