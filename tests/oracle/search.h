#pragma once
#include <array>
#include <optional>

#include "engine/finding_set.h"
#include "engine/reading.h"

// The slow truth: answers over all completions, by splitting straight from the meaning: take a variable that
// the reading still needs, try each of its values, stop where the bounds have met or nothing new can come.
// Exponential in the worst case; a limit on readings turns that into an error that names the facts to blame.

namespace sekisho {

inline constexpr std::uint64_t default_work_limit = 500'000'000;

class Search {
 public:
  /// @param regimes  places in `space.regimes()` that are read together
  Search(const Space& space, std::uint64_t work_limit = default_work_limit);

  /// The findings that completions of `state` have, jointly over the regimes: the strictest counts.
  FindingSet findings(const std::vector<std::size_t>& regimes, const State& state);
  /// True if no completion of `state` has another finding than `f`.
  bool always(const std::vector<std::size_t>& regimes, const State& state, Finding f);
  /// True if two completions that differ in `v` alone have different answers under the regime.
  bool depends(std::size_t regime, const State& state, VarId v);
  /// A completion in which `program` is true (or false); nullopt if there is none.
  std::optional<State> completion(ProgramId program, bool wanted, const State& state);
  /// Whether a rule can be active, and whether it can fail to be, in completions of `state`.
  std::pair<bool, bool> activity(std::size_t regime, std::size_t rule, const State& state);
  bool consistent(const State& state);
  /// What the regime says in some completion that has finding `f`; `witness` becomes that completion.
  RegimeOutcome best_outcome(std::size_t regime, const State& state, Finding f, State& witness);

  bool gave_up() const { return gave_up_; }
  /// The variables that were split most often, for the message when the search gave up.
  std::vector<VarId> most_split() const;
  Reader& reader() { return reader_; }

 private:
  template <class Visit>
  bool split(const State& state, VarId v, Visit visit);
  bool over_limit();
  void collect(const std::vector<std::size_t>& regimes, State state, FindingSet& found,
               const FindingSet& enough);
  bool find_dependence(std::size_t regime, const State& state, VarId v);
  bool find_completion(ProgramId program, bool wanted, State& state);
  bool find_outcome(std::size_t regime, State state, Finding f, RegimeOutcome& out, State& witness);
  void find_activity(std::size_t regime, std::size_t rule, const State& state, bool& can, bool& cannot);
  VarId choose(const std::vector<VarId>& from, const State& state, VarId except = {});
  VarId decides_readings(const State& state, VarId except = {});

  const Space& space_;
  Reader reader_;
  std::uint64_t limit_;
  bool gave_up_ = false;
  std::vector<std::uint32_t> splits_;
};

}  // namespace sekisho
