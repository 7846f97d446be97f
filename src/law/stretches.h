#pragma once
#include <vector>

#include "law/rulebook.h"

namespace sekisho {

/// The first day of each stretch in which no date of the law falls, in order. Law that was always in force
/// begins with a stretch whose day lies before every date.
std::vector<Date> stretches(const Law& law);

}  // namespace sekisho
