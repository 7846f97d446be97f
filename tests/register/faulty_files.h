#pragma once
#include <cstdint>
#include <string>

// A file layer for SQLite that fails where it is told to. Below it lie real files; what was written since the
// last synchronisation is remembered, so that a loss of power can take any part of it away again.

namespace sekisho::test {

enum class Fault : std::uint8_t {
  none,
  short_write,  // half of it is written, then an error
  no_space,
  io_error,
  lost_sync,  // says that it synchronised, and did not; the power goes at the end
  power_cut   // nothing works from there on; what was not synchronised is kept in part
};

struct Faults {
  Fault kind = Fault::none;
  unsigned at = 0;         // which writing operation, from 1
  std::uint64_t dice = 1;  // which part of what was not synchronised survives
};

/// The name under which SQLite knows the layer.
const std::string& faulty_files();
void arm(const Faults& f);
/// How many writing operations there were since `arm`.
unsigned operations();
/// The power goes, if it has not: everything not synchronised is lost in part. Close the store first.
void cut_power();
void disarm();

}  // namespace sekisho::test
