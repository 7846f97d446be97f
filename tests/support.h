#pragma once
#include <cstdlib>

#include "base/date.h"

// What many tests say.

namespace sekisho::test {

inline Date day(const char* text) {
  return *parse_date(text);
}

/// How many rounds a test makes: more in the long set (SEKISHO_LONG_TESTS=1).
inline int rounds(int usual, int in_long_set) {
  return std::getenv("SEKISHO_LONG_TESTS") != nullptr ? in_long_set : usual;
}

}  // namespace sekisho::test
