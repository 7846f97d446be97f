#pragma once
#include "batch/cells.h"

// One request at a time under the law of one day, which was compiled before the first came. The finding is
// one walk down a diagram; a rule is another, and most end at their first fact. A minimal set of facts that
// the finding rests on begins with the facts that the walk asked, and drops what is not needed, the last
// first.

namespace sekisho {

/// How a rule stands in the completions of what is known.
enum class RuleStands : std::uint8_t {
  idle,       // it applies in none
  defeated,   // nor that, though its condition is met in all
  undecided,  // it applies in some
  applies,    // in all
};

/// The rules of a plan, ready to be asked about. Shared by threads.
class Docket {
 public:
  /// @fails TooManyNodes
  explicit Docket(Plan& plan);

  struct Entry {
    RuleId rule;
    Ref always, ever, met;  // it applies by every, by some reading of what nobody has found; its condition
    bool linked;            // something may defeat it
  };
  const Plan& plan() const { return plan_; }
  std::span<const Entry> rules() const { return rules_; }
  /// Whether some law of the state is in force.
  bool assesses(const std::string& state) const { return states_.contains(state); }

 private:
  const Plan& plan_;
  std::vector<Entry> rules_;
  std::set<std::string> states_;
};

/// What is told of one transfer, and what follows. Each thread has its own. Nothing that is not told is
/// known, but authorities have granted and found nothing.
class Request {
 public:
  Request(const Law& law, const Docket& docket);

  void clear();
  /// @param said  of the same fact, from `cells()`; must live until `clear`
  void tell(FactId fact, const Said& said);
  /// @returns why the cell cannot be read; empty if it could
  std::string tell_provisos(std::string_view cell);
  bool told(FactId fact) const { return said_of_[fact.index] != nullptr; }
  Cells& cells() { return cells_; }

  /// Over all completions, jointly over the regimes; empty: the facts contradict each other.
  FindingSet findings();
  /// Whether some law of every state that is told to have a say is in force.
  bool assessed() const { return assessed_; }
  /// How each rule of the docket stands; all are idle where facts contradict each other.
  void rules(std::vector<RuleStands>& out);
  /// Told facts that alone leave the findings as they are, none of which can be left out.
  /// @param provisos  becomes whether what lies on the lot is one of them
  void because(std::vector<FactId>& out, bool& provisos);

 private:
  void settle();
  RuleStands stands(const Docket::Entry& e);
  void widen(FactId fact);
  void widen_provisos();
  void asked_facts(std::vector<FactId>& out, bool& provisos) const;

  const Docket& docket_;
  Ref joint_, care_;
  Cells cells_;
  Walk walk_;
  Box box_, wider_;
  std::vector<const Said*> said_of_;  // of each fact
  std::vector<FactId> told_;
  std::vector<bool> has_a_say_;  // of each fact
  std::vector<VarId> carried_;
  bool told_provisos_ = false, assessed_ = true, settled_ = false;
  std::optional<FindingSet> findings_;
  std::vector<Level> asked_;
};

}  // namespace sekisho
