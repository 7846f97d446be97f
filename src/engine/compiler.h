#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/diagrams.h"

// The law of a space as diagrams. What a regime says has many parts (its finding, which rules apply, which
// needs stand); each part is a diagram of its own over the same variables in one store. Leaves that were
// whole answers would multiply with each other.
//
// Relations between two facts (`destination is licensor`, `destination is in goods.licensor_states`) are
// variables of their own when the law is compiled for many questions; the care set says what they have to do
// with the facts. For a single question they are written out, so that every variable is a fact.

namespace sekisho {

/// How relations of two facts are written. `told`: also what sets hold is said by variables of its own, so
/// that a region can be told without naming values that only stand for others.
enum class Relations : std::uint8_t { written_out, own_variables, told };

/// How much of the law is compiled: which rules are active, the finding too, or every part of the answer.
enum class Extent : std::uint8_t { activity, finding, whole_answer };

/// The order in which variables are asked: by name, first asked first. Unnamed ones come after, in the found
/// order.
using VariableOrder = std::vector<std::string>;

inline constexpr std::size_t default_node_limit = 4'000'000;

/// One part of what a rule brings, and where it stands.
struct RulePart {
  tree::Part part;
  std::size_t effect;  // its place among the needs, provisos, obligations of the rule
  Ref stands;          // the rule is used and the part is not defeated
};

/// What one regime says, part by part. Judged facts are still to be read in all but `finding`: their value
/// `none` stands for the reading `no` until Diagrams::read_judged has read them.
struct RegimeDiagrams {
  Ref main = no_leaf, later = no_leaf;  // engaged by what it governs, by a proviso on the lot
  std::vector<Ref> condition, active;   // of each rule, then of each proviso
  Ref unread = Ref::leaf(0);            // the finding, judged facts not yet read
  Ref finding = Ref::leaf(0);           // leaves: Finding
  Ref route = Ref::leaf(0);             // 1 + place of the route used among the rules, 0 where there is none
  std::vector<std::vector<RulePart>> parts;  // of each rule, then of each proviso
};

class Compiled {
 public:
  /// @param asked  of each variable of the space the values that any question will ask: what is left of the
  /// law
  ///   with them is compiled and no more. Needs and judged facts stay open all the same: some reading or act
  ///   is always asked of them. Empty: every value of all
  /// @fails SK4001 more nodes than `node_limit`: names the rule at which it happened
  Compiled(const Space& space, Relations relations, const VariableOrder& order, Diagnostics& diags,
           std::size_t node_limit = default_node_limit, Extent extent = Extent::whole_answer,
           const std::vector<Values>& asked = {});

  bool ok() const { return ok_; }
  const Space& space() const { return space_; }
  Diagrams& store() { return *store_; }
  const Diagrams& store() const { return *store_; }
  /// Of each view, each regime.
  const std::vector<std::vector<RegimeDiagrams>>& regimes() const { return regimes_; }
  /// The constraints, of some view where there are several, and what relations are, without what instruments
  /// say.
  Ref care() const { return care_; }
  /// The constraints of a view alone.
  Ref constraints(std::size_t view) const { return constraints_[view]; }
  /// How a view's constraints let judged facts be found, these not yet read: those that speak of such facts.
  Ref findable(std::size_t view) const { return findable_[view]; }
  /// A part of a view's answer by the best readings of some judged facts that nobody found: of those that the
  /// constraints let be found, and `ruled_out` where there is none.
  /// @param op  which of two readings is the better: `both`, the lesser leaf, or `better`
  Ref best_readings(Ref part, const std::vector<bool>& judged, Join op, std::size_t view);
  static constexpr std::uint32_t ruled_out = 2 * finding_count;  // above every leaf of what is read
  /// What the instruments leave for a need or judged fact, by variable; yes for all others.
  Ref said(VarId v) const { return said_[v.index]; }

  /// A variable of the diagrams: one of the space, or a relation after those.
  struct Relation {
    VarId a, b;  // two facts that are compared
    std::string name;
    Ref definition;                                          // over the variables of the space
    std::vector<Conditional> conditional;                    // else: for each value of `a` what it hangs on
    std::vector<std::pair<std::size_t, std::size_t>> equal;  // values of `a` and `b` that are the same
    std::string otherwise;                                   // its denial in words; empty: `not (name)`
  };
  std::size_t variable_count() const { return level_.size(); }
  Level level(VarId v) const { return level_[v.index]; }
  VarId variable(Level l) const { return at_level_[l]; }
  bool is_relation(VarId v) const { return v.index >= space_.variables().size(); }
  const std::vector<Relation>& relations() const { return relation_list_; }
  std::string name(VarId v) const;
  /// That a relation is not so, in words.
  std::string denial(VarId v) const;
  /// Levels of members and of what may have joined a list that speak of one value which only stands for
  /// others.
  const std::vector<bool>& of_stand_ins() const { return of_stand_ins_; }
  /// What sets hold, by level: variables that other variables settle.
  const std::vector<bool>& holdings() const { return holdings_; }
  /// Values of a level that are told by what they stand for; none unless relations are told.
  const Space::StandIns& stand_ins(Level l) const { return stand_ins_[l]; }
  /// Judged facts, by level: what Diagrams::read_judged has to read.
  const std::vector<bool>& judged() const { return judged_; }

  /// The box of a state of knowledge, by level. Relations and what instruments say are left open.
  std::vector<Values> box(const std::vector<Values>& possible) const;
  /// A program as a diagram, judged facts unread.
  Ref program(ProgramId p);
  bool asks_judged(Ref a) const;
  /// Where a rule is there at all, by the reading of unsettled law that it hangs on.
  Ref there(const RuleUse& u) { return u.present.by.valid() ? is_true(u.present.by) : yes_leaf; }
  /// Where a link other than `except` defeats a part of the rule.
  Ref defeated(const RuleUse& u, tree::Part part, std::size_t effect, const RegimeDiagrams& r,
               const Defeat* except = nullptr);
  /// The joint finding of the regimes of a view: the strictest.
  Ref joint(std::size_t view);

 private:
  class Ordering;
  class Holdings;
  /// What some set holds, as a relation: it is so if one of `cases` is.
  struct Holding {
    VarId relation;
    std::vector<std::vector<std::pair<VarId, Values>>> cases;  // each a conjunction
  };
  void gather_relations();
  static std::string relation_key(const Node& n);
  bool is_relation_node(const Node& n) const;
  VarId add_relation(const std::string& key, Relation r);
  /// @pre is_relation(v)
  const Relation& as_relation(VarId v) const { return relation_list_[v.index - space_.variables().size()]; }
  void gather_holdings();
  void mark_holdings();
  void declare(const VariableOrder& order, const std::vector<Values>& asked);
  std::vector<Values> asked_by_level(const std::vector<Values>& asked) const;
  void care_set();
  void instruments();
  template <class Says>
  Ref by_turns(VarId v, Ref silent, const Says& says);
  RegimeDiagrams regime(const RegimeUse& use);
  Ref literal(const Node& n);
  Ref relation(const Node& n);
  Ref written_out(const Node& n);
  Ref is_true(VarId v);
  Ref binds(const ProvisoUse& p);
  Ref need(VarId v);
  Ref granted_with_provisos(VarId v);
  Ref implied(const RuleUse& u, std::size_t k);
  Ref weigh(const RuleUse& u, const RegimeDiagrams& r, bool in_regime);
  Ref open_needs(const RuleUse& u, const RegimeDiagrams& r);
  /// The finding that a rule asks for where it is active, 0 elsewhere. No rule: what the regime says
  /// otherwise.
  struct Asks {
    Ref finding;
    RuleId rule;
  };
  std::vector<Asks> asked_by_rules(const RegimeUse& use, const RegimeDiagrams& r);
  Ref strictest(std::vector<Asks> asks);
  void findings(std::size_t regime);
  void used_parts(const RegimeUse& use, RegimeDiagrams& r);
  void parts_of(const RuleUse& u, Ref used, bool in_regime, RegimeDiagrams& r);
  void gave_up(Diagnostics& diags, std::size_t nodes, std::string_view why, std::string_view cure);

  friend struct FaultPlanter;  // of tests/oracle, which puts faults in to see them caught

  const Space& space_;
  Relations how_;
  Extent extent_;
  std::unique_ptr<Diagrams> store_;
  std::vector<Level> level_;
  std::vector<VarId> at_level_;
  std::vector<bool> judged_, of_stand_ins_, holdings_;
  std::vector<Holding> holding_list_;
  std::vector<Space::StandIns> stand_ins_;
  std::vector<Relation> relation_list_;
  std::map<std::string, VarId> relation_of_;
  std::vector<std::vector<RegimeDiagrams>> regimes_;
  std::map<ProgramId, Ref> programs_;
  std::vector<Ref> said_;
  Ref care_ = yes_leaf;
  std::vector<Ref> constraints_, findable_;  // of each view
  std::string at_rule_;                      // for the message when the store is full
  bool ok_ = true;
};

}  // namespace sekisho
