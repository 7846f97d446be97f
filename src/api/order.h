#pragma once
#include <span>

#include "api/body.h"

namespace sekisho {

/// The names that an order file keeps, if every text it was found for is among `texts`; else none.
std::vector<std::string> kept_order(std::string_view order_file, std::span<const SourceText> texts);

/// Tells what a search for an order met. That the law is too large is cured elsewhere by such a search, which
/// would lead in a circle here.
void tell_of_search(const Diagnostics& met, Diagnostics& out);

}  // namespace sekisho
