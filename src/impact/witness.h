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
    VarId var;
    std::string what;
    bool holds;
    std::optional<Date> on, after;
  };
  Json transfer, world;
  std::vector<Reading> readings;
  /// @param asked  levels on which the finding of that side may hang, its facts being those of the witness
  Json readings_on(Date day, const Compiled& law, const std::vector<bool>& asked) const;
};
/// Of a finding, or of constraints, where every fact is as in the witness: the levels on which it may still
/// hang.
std::vector<bool> hangs_on(Compiled& law, Ref asks, const std::vector<Values>& witness);

WitnessFiles witness_files(const Compiled& law, const std::vector<Values>& witness, Date day);

}  // namespace sekisho
