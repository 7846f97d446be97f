#pragma once
#include <string>

#include "base/json.h"
#include "engine/compiler.h"

// Witnesses as files that `decide` reads.

namespace sekisho {

/// A completion as a transfer and a world, and how it reads what nobody can know.
struct WitnessFiles {
  /// `on`: in the law of this day; none: of every day. `after`: only later.
  struct Reading {
    std::string what;
    bool holds;
    std::optional<Date> on, after;
  };
  Json transfer, world;
  std::vector<Reading> readings;
  Json readings_on(Date day) const;
};
WitnessFiles witness_files(const Compiled& law, const std::vector<Values>& witness, Date day);

}  // namespace sekisho
