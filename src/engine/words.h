#pragma once
#include <string>
#include <vector>

#include "engine/compiler.h"
#include "engine/cover.h"

// Regions of facts in the words of the rulebooks.

namespace sekisho {

/// What a cube asks of one variable.
struct Phrase {
  std::string fact;
  std::vector<std::string> values;  // that it allows, or leaves out where `excluded`
  bool excluded = false;
  std::string text;  // `destination is in jp.group_a`
};

/// One value of a variable as people read it; classes of unnamed values are `another`.
std::string value_name(const Law& law, const Variable& v, std::size_t i);

/// @param day  lists are read as of this day
std::vector<Phrase> in_words(const Compiled& law, const Cube& cube, std::span<const Values> box, Date day);

}  // namespace sekisho
