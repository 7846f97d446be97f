#pragma once
#include "sekisho/sekisho.h"

namespace sekisho {

/// A regime as it reads on a day (every day if empty), woven to a page in Markdown: citations, sources,
/// dates, force and addressee, phrases, cases and lists, for counsel to check and sign. nullopt: no such
/// regime.
std::optional<std::string> page(const Rulebooks& books, std::string_view regime, std::string_view day);

}  // namespace sekisho
