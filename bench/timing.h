#pragma once
#include <algorithm>
#include <chrono>

namespace sekisho::bench {

/// Seconds of the quickest of `rounds` runs: what disturbs a run only makes it slower.
template <class Work>
double best_of(int rounds, const Work& work) {
  using Clock = std::chrono::steady_clock;
  double best = 1e300;
  for (int i = 0; i < rounds; ++i) {
    const auto start = Clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

}  // namespace sekisho::bench
