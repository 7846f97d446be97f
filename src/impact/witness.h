#pragma once
#include <string>

#include "base/json.h"
#include "engine/compiler.h"

// Witnesses as files that `decide` reads.

namespace sekisho {

/// A completion as a transfer and a world, and the readings of unsettled law that it rests on.
struct WitnessFiles {
  Json transfer, world;
  std::vector<std::string> readings;
};
WitnessFiles witness_files(const Compiled& law, const std::vector<Values>& witness, Date day);

}  // namespace sekisho
