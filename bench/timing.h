#pragma once
#include <time.h>

#include <algorithm>

namespace sekisho::bench {

/// Seconds that this thread has computed: what else the machine does in the meantime does not count.
inline double computed() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// Seconds of the quickest of `rounds` runs: what disturbs a run only makes it slower.
template <class Work>
double best_of(int rounds, const Work& work) {
  double best = 1e300;
  for (int i = 0; i < rounds; ++i) {
    const double start = computed();
    work();
    best = std::min(best, computed() - start);
  }
  return best;
}

}  // namespace sekisho::bench
