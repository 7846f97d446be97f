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
  struct Range {
    std::string in, from, to;  // of an amount its currency; bounds are in it, an empty one is none
  };
  std::vector<Range> ranges;  // of an ordered fact, instead of values
  std::string text;           // `destination is in jp.group_a`
};

/// One value of a variable as people read it; classes of unnamed values are `another`.
std::string value_name(const Law& law, const Variable& v, std::size_t i);

/// What a value is told as: one that it is an example of, or all those that it stands for.
enum class ToldAs : std::uint8_t { example, all_it_stands_for };

/// An element of a set as people read it.
std::string element_name(const Law& law, const Variable& member);

/// Cubes of one law in words, values told as all that they stand for; what its lists say is looked up once.
class Wording {
 public:
  /// @param day  lists are read as of this day
  Wording(const Compiled& law, std::span<const Values> box, Date day,
          ToldAs told_as = ToldAs::all_it_stands_for);
  ~Wording();
  /// They live as long as this.
  std::vector<const Phrase*> of(const Cube& cube) const;

 private:
  class Words;
  std::unique_ptr<Words> words_;
};
/// One cube only, which is an example.
std::vector<Phrase> in_words(const Compiled& law, const Cube& cube, std::span<const Values> box, Date day);

}  // namespace sekisho
