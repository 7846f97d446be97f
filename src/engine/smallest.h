#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "engine/completions.h"

// Smallest sets: of facts that are enough for a finding, of changes that bring another. Sets from which
// nothing can be left out are quick to find; the smallest of them is as hard as the hardest problems that can
// be checked quickly, so the search has a bound and says whether it came to an end.
//
// THE IDEA. What is not enough, however large, leaves out something of every set that is. So take the
// smallest set that has a part in everything left out so far and ask whether it is enough. If so, nothing
// smaller can be. If not, add to it what leaves it not enough, and what is still left out is one thing more
// to have a part in.
//
// AN EXAMPLE. {a, b} and {c} are each enough. Nothing is asked of the first candidate, {}: not enough; nor is
// {b}, and with it c and a are left out. Next {c}: enough, and the smallest.
//
// A. Ignatiev et al., Smallest MUS Extraction with Minimal Hitting Set Dualization (2015).

namespace sekisho {

/// How much searching is allowed, and how much was done.
struct Effort {
  std::uint64_t most = 10'000, asked = 0;
  bool spent() const { return asked >= most; }
  bool ask() {
    if (spent()) return false;
    ++asked;
    return true;
  }
};

struct Smallest {
  std::vector<std::size_t> set;
  bool proved = false;  // else the bound was met: there may be a smaller one
};
/// @param enough  a set that is
/// @param is_enough  whether a set is; with more it stays so
Smallest smallest_enough(std::size_t count, std::vector<std::size_t> enough,
                         const std::function<bool(const std::vector<std::size_t>&)>& is_enough,
                         Effort& effort);

/// One fact, told with all its variables: one, or of a set each member.
using FactVars = std::vector<VarId>;

/// The fewest of the facts known in `state` that alone give the finding.
/// @param enough  places among `facts` of some that do
Smallest smallest_because(Completions& engine, const std::vector<std::size_t>& regimes, const State& state,
                          const std::vector<FactVars>& facts, std::vector<std::size_t> enough, Finding f,
                          Effort& effort);

/// A fact that may be changed, to one of these values.
struct Changeable {
  VarId fact;
  std::vector<std::size_t> values;
};
struct SmallestChange {
  std::vector<std::pair<VarId, std::size_t>> change;  // empty: none, proved or not
  FindingSet findings;                                // with it
  bool proved = false;
};
/// The fewest facts with other values that bring what is wanted.
/// @param wanted    of the findings with a change
/// @param possible  of the findings of several changes together: false only where none of them is wanted
SmallestChange smallest_change(Completions& engine, const std::vector<std::size_t>& regimes,
                               const State& state, const std::vector<Changeable>& facts,
                               const std::function<bool(const FindingSet&)>& wanted,
                               const std::function<bool(const FindingSet&)>& possible, Effort& effort);

}  // namespace sekisho
