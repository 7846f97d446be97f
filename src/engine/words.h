#pragma once
#include <memory>
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

/// Cubes of one law in words; what its lists say is looked up once.
class Wording {
 public:
  /// @param day  lists are read as of this day
  Wording(const Compiled& law, std::span<const Values> box, Date day);
  ~Wording();
  std::vector<Phrase> of(const Cube& cube) const;

 private:
  class Words;
  std::unique_ptr<Words> words_;
};
/// One cube only.
std::vector<Phrase> in_words(const Compiled& law, const Cube& cube, std::span<const Values> box, Date day);

}  // namespace sekisho
