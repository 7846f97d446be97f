#pragma once
#include <string_view>

#include "base/json.h"
#include "law/rulebook.h"

namespace sekisho {

/// What is said of a finding: the one that every completion has, `open` between two, `not_assessed` where law
/// is missing that could say something stricter.
struct FindingWords {
  std::string_view finding, best, worst;
};

/// @param assessed  whether some law is in force, and some of every state that has a say
FindingWords finding_words(Finding best, Finding worst, bool assessed);
Json finding_json(const FindingWords& words);

}  // namespace sekisho
