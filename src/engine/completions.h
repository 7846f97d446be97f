#pragma once
#include <array>
#include <optional>

#include "engine/compiler.h"
#include "engine/finding_set.h"
#include "engine/reading.h"

// Questions over all completions of what is known, answered on the diagrams of one space. What the oracle
// finds by splitting is here a walk: the diagram of what is asked beside the diagram of what is possible.

namespace sekisho {

/// What is possible: knowledge of each variable, the constraints, and what instruments say.
struct Possible {
  std::vector<Values> box;  // by level
  Ref care;
};

class Completions {
 public:
  /// @param asked  as for Compiled: no state that is asked about may leave more possible
  /// @fails SK4001
  Completions(const Space& space, Diagnostics& diags, std::size_t node_limit = default_node_limit,
              Extent extent = Extent::whole_answer, const std::vector<Values>& asked = {});

  bool ok() const { return compiled_.ok(); }
  Compiled& compiled() { return compiled_; }
  const RegimeDiagrams& regime(std::size_t g) const { return compiled_.regimes().front()[g]; }
  const Space& space() const { return compiled_.space(); }

  Possible possible(const State& state);
  bool consistent(const State& state);
  /// The findings that completions have, jointly over the regimes: the strictest counts.
  FindingSet findings(const std::vector<std::size_t>& regimes, const State& state);
  bool always(const std::vector<std::size_t>& regimes, const State& state, Finding f);
  /// Whether a rule (or, after the rules, a proviso) can apply, and whether it can fail to.
  std::pair<bool, bool> activity(std::size_t regime, std::size_t rule, const State& state);
  /// Whether a route permits in every completion, by some reading of the judged facts that nobody found.
  bool permits_by_findings(std::size_t regime, std::size_t rule, const State& state);
  /// Whether how judged facts can be found hangs on nothing that is open.
  bool findable_is_settled(const State& state) const;
  /// For each variable, whether two completions that differ in it (and in what follows from it) have
  /// different answers: another finding, or another need, proviso or obligation of a transfer that is not
  /// barred.
  std::vector<bool> matters(std::size_t regime, const State& state);
  /// Whether of a judged fact that nobody found in some completions the finding yes is the better, in others
  /// no.
  bool either_is_better(std::size_t regime, const State& state, VarId judged);
  /// Judged facts without a finding that would have to be found, and how, for the best finding that some
  /// reading of them gives: none of them can be left out. `reading` becomes that reading of all of them.
  std::vector<std::pair<VarId, bool>> findings_needed(std::size_t regime, const State& completion,
                                                      std::vector<std::pair<VarId, bool>>& reading);
  /// One completion in which the regime has the finding; nullopt if there is none.
  std::optional<State> witness(std::size_t regime, const State& state, Finding f);
  /// A part of what a rule (or, after the rules, a proviso) brings, and whether it can stand and can fail to
  /// in completions in which the regime has the finding.
  struct Standing {
    std::size_t rule;
    const RulePart& part;
    bool can_stand, can_fail;
  };
  /// @param of  the rules that are asked about, then the provisos
  std::vector<Standing> standing(std::size_t regime, const std::vector<bool>& of, const State& state,
                                 Finding f);

 private:
  Ref finding(const std::vector<std::size_t>& regimes);
  /// Where completions have the finding.
  Ref having(std::size_t regime, Finding f, const Possible& p);
  /// Whether a rule fails to apply (1) and applies (2) in completions, with the judged facts that nobody
  /// found read one way (`either`) or every way (`both`).
  std::uint64_t applies(std::size_t regime, std::size_t rule, const Possible& p, Join readings);
  /// Where a part stands: of several readings of judged facts the best counts, and among equals it stands if
  /// it does in one of them. @param costs  of `twice_the_finding`
  Ref stands(const RulePart& part, Ref costs);
  Ref twice_the_finding(std::size_t regime);
  std::vector<Ref> components(std::size_t regime);
  /// Where a judged fact that nobody found can be found yes and comes out worse as no, and where it can be
  /// found no and comes out worse as yes, by the best readings of the others.
  std::array<Ref, 2> worse_readings(std::size_t regime, Level judged);
  /// Where two leaves of `of` are possible for values of `v` alone; `follows` are variables that follow from
  /// others.
  bool matters(Ref of, std::uint64_t leaves, const Possible& p, Ref feasible, VarId v,
               const std::vector<bool>& follows);

  Compiled compiled_;
  std::optional<Ref> joint_;
};

}  // namespace sekisho
