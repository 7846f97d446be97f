#pragma once
#include "sekisho/sekisho.h"

namespace sekisho {

/// A regime as it reads on a day (every day if empty), woven to a page in Markdown: citations, sources,
/// dates, force and addressee, phrases, cases and lists, for counsel to check and sign.
/// @fails SK3012 no day, SK3013 no regime
TextResult page(const Rulebooks& books, const std::string& regime, const std::string& day);

}  // namespace sekisho
