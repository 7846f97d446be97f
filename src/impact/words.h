#pragma once
#include <string>

#include "engine/compiler.h"
#include "engine/cover.h"

// Statements in the words of the rulebooks, and witnesses as files that `decide` reads.

namespace sekisho {

/// What a cube asks of one variable.
struct Phrase {
  std::string fact;
  std::vector<std::string> values;  // that it allows, or leaves out where `excluded`
  bool excluded = false;
  std::string text;  // `destination is in jp.group_a`
};

/// @param day  lists are read as of this day
std::vector<Phrase> in_words(const Compiled& law, const Cube& cube, std::span<const Values> box, Date day);

/// A completion as a transfer and a world, and the readings of unsettled law that it rests on.
struct WitnessFiles {
  std::string transfer, world;  // JSON
  std::vector<std::string> readings;
};
WitnessFiles witness_files(const Compiled& law, const std::vector<Values>& witness, Date day);

}  // namespace sekisho
