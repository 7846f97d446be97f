#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"

namespace sekisho {

/// The text on one line, with single spaces.
std::string oneline(std::string_view text);
/// `from 2014-04-01 on`, `from between … and … to …, …`
std::string in_force_words(const std::vector<Window>& windows);

}  // namespace sekisho
