#pragma once
#include <span>

#include "base/diagnostics.h"
#include "law/rulebook.h"
#include "law/tree.h"

namespace sekisho {

/// Resolves and types the files of one or more rulebooks, taken together. What cannot be resolved
/// is reported and left out; a Law made with errors must not be decided on.
Law check(std::span<const tree::File> files, Diagnostics& diags);

}  // namespace sekisho
