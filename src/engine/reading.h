#pragma once
#include <array>
#include <set>

#include "engine/space.h"

// The meaning of the law, read straight from docs/language.md, section 3: what the rules of one day
// say when some variables are settled and others are not. With everything settled the reading is the
// answer; before that it gives bounds, by Kleene's strong logic (`p or not p` stays unknown while p
// is), and the search splits until the bounds meet.

namespace sekisho {

enum class Truth : std::uint8_t { no, unknown, yes };
inline Truth operator!(Truth t) {
  return static_cast<Truth>(2 - static_cast<int>(t));
}
inline Truth truth(bool b) {
  return b ? Truth::yes : Truth::no;
}

/// What is still possible for each variable; a variable is settled when one value is left.
/// `reading` holds the judged facts that are read one way or the other while no finding exists.
struct State {
  std::vector<Values> possible;
  std::vector<std::pair<VarId, bool>> reading;
  std::vector<bool> free;  // instruments are not consulted for this need or judged fact
  /// Leaves a variable one value.
  void leave(VarId v, std::size_t value) {
    possible[v.index].reset();
    possible[v.index].set(value);
  }
};

/// A need that stands, with what its authority has done about it.
struct OpenNeed {
  VarId need;   // or the judged fact that must be found
  RuleId rule;  // none: the regime's default
  NeedState state = NeedState::none;
  bool state_known = true;
  Posture posture = Posture::none;
  bool met = false, refused = false, implied = false;
  bool must_find = false;  // judged: the value that must be found
  bool lifts = false;      // it would lift a prohibition
  friend bool operator==(const OpenNeed&, const OpenNeed&) = default;
};

struct BoundProviso {
  RuleId rule;
  std::size_t bind = 0;
  friend auto operator<=>(const BoundProviso&, const BoundProviso&) = default;
};

/// What one regime says.
struct RegimeOutcome {
  Finding finding = Finding::not_engaged;
  bool later = false;  // engaged by a proviso on the lot
  std::vector<OpenNeed> needs;
  std::vector<BoundProviso> provisos;
  std::vector<std::pair<RuleId, std::size_t>> duties;
  std::vector<std::pair<RuleId, std::size_t>> waits;
  RuleId route;  // the route used, if any
  friend bool operator==(const RegimeOutcome&, const RegimeOutcome&) = default;
};

/// Bounds on what one regime says, and the variables that keep them apart.
struct RegimeReading {
  Truth main = Truth::no, later = Truth::no;
  Truth group = Truth::no;  // whether `later_transfers` is read: provisos outlive their regime, it does not
  std::vector<Truth> condition, active;  // of each rule of the regime, then of each proviso
  Finding low = Finding::not_engaged, high = Finding::not_engaged;
  bool settled = true;           // every part of the answer is decided
  std::vector<VarId> undecided;  // variables that could decide it, once for each reading
  std::vector<VarId> pending;    // judged facts without a finding that could decide it
  std::vector<VarId> activity;   // variables that could decide which rules are active
};

class Reader {
 public:
  explicit Reader(const Space& space) : space_(space) {}

  State start() const;
  /// Truth of a program; unsettled variables that it reads are added to `undecided`/`pending`.
  Truth read(ProgramId program, const State& state);
  RegimeReading read(const RegimeUse& regime, const State& state);
  /// The outcome where nothing but judged facts without a finding is undecided: those are read both
  /// ways, and where that changes the finding an authority has to make it.
  RegimeOutcome outcome(const RegimeUse& regime, State& state);
  Truth constraints(const State& state);
  /// Whether the constraints, as far as they are decided, leave some reading of the judged facts that nobody
  /// found.
  bool readable(const State& state);
  /// Values still possible for a variable, instruments included.
  Values possible(VarId v, const State& state);

  /// Whether a need of a rule is met by the final act that another of its needs asks for.
  bool implied(const RuleUse& u, std::size_t need, const State& state);

  std::vector<VarId>& undecided() { return undecided_; }
  std::vector<VarId>& pending() { return pending_; }
  std::uint64_t steps() const { return steps_; }

 private:
  class Weighing;
  struct Strictness {
    Finding low, high;
  };
  Truth literal(const Node& n, const State& state);
  Truth relation(const Node& n, const State& state);
  Truth quantifier(const Node& n, const State& state);
  Truth binary(VarId v, const State& state);  // of a no/yes variable
  Truth binds(const ProvisoUse& p, const State& state);
  Truth rule_active(const RegimeUse& regime, std::size_t i, const RegimeReading& r, const State& state,
                    Truth gate);
  Truth effect_defeated(const RuleUse& u, tree::Part part, std::size_t effect, const RegimeReading& r);
  Strictness need_strictness(VarId need, const State& state);
  Truth granted_with_provisos(VarId need, const State& state);
  void settle(VarId v, const State& state);
  void ask_nothing() {
    undecided_.clear();
    pending_.clear();
  }
  RegimeOutcome settled_outcome(const RegimeUse& regime, const RegimeReading& r, const State& state);
  void add_needs(const RuleUse& u, const RegimeReading& r, const State& state, RegimeOutcome& out,
                 bool proviso);
  OpenNeed open_need(VarId need, RuleId rule, const State& state);
  /// One way of reading judged facts that nobody found, and whether the constraints let them be found so.
  struct ReadOneWay {
    std::vector<std::pair<VarId, bool>> reading;
    RegimeOutcome outcome;
    bool findable;
  };
  void readings(const RegimeUse& regime, State& state, std::vector<ReadOneWay>& out);

  const Space& space_;
  std::vector<VarId> undecided_, pending_;
  std::uint64_t steps_ = 0;
};

}  // namespace sekisho
