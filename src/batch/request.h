#pragma once
#include "batch/cells.h"
#include "batch/finer.h"

// One request at a time under the law of one day, which was compiled before the first came. Where everything
// that makes a difference is known and the law has tables, the finding and the rules are one look into them.
// Else the finding is one walk down a diagram; a rule is another, and most end at their first fact. A minimal
// set of facts that the finding rests on begins with the facts that the walk asked, and drops what is not
// needed, the last first.

namespace sekisho {

/// How a rule stands in the completions of what is known.
enum class RuleStands : std::uint8_t {
  idle,       // it applies in none
  defeated,   // nor that, though its condition is met in all
  undecided,  // it applies in some
  applies,    // in all
};

/// What is told of one transfer, and what follows. Each thread has its own. Nothing that is not told is
/// known, but authorities have granted and found nothing.
class Request {
 public:
  /// @param plan  of the law; threads share it
  /// @param finer  of plans that its own values ask for; threads share them, too
  Request(const Law& law, const Plan& plan, FinerPlans& finer);
  ~Request();

  void clear();
  /// @param said  of the same fact, from `cells()`; must live until `clear`
  void tell(FactId fact, const Said& said) { tell(Ready(fact, said)); }
  /// What is said of a fact, so laid that telling it touches one place of memory.
  struct Ready {
    Ready(FactId of, const Said& what) : fact(of), said(&what), settles(what.settles.size()) {
      if (settles == 1) only = what.settles.front();
    }
    FactId fact;
    const Said* said;
    std::size_t settles;   // how many levels
    Said::Settles only{};  // where it is one
  };
  void tell(const Ready& ready) {
    if (ready.settles == 1)
      box_.settle(ready.only.level, ready.only.value);
    else if (ready.said->known)
      Cells::know(*ready.said, box_);
    else
      return;
    if (said_of_[ready.fact.index] == nullptr) told_.push_back(ready.fact);
    said_of_[ready.fact.index] = ready.said;
    stale_ = true;
  }
  /// @returns why the cell cannot be read; empty if it could
  std::string tell_provisos(Cell cell);
  bool told(FactId fact) const { return said_of_[fact.index] != nullptr; }
  Cells& cells() { return cells_; }

  /// Over all completions, jointly over the regimes; empty: the facts contradict each other.
  FindingSet findings();
  /// Whether some law is in force, and some of every state that is told to have a say.
  bool assessed() const;
  /// How each rule of the plan stands; all are idle where facts contradict each other.
  void rules(std::vector<RuleStands>& out);
  /// Told facts that alone leave the findings as they are, none of which can be left out.
  /// @param provisos  becomes whether what lies on the lot is one of them
  void because(std::vector<FactId>& out, bool& provisos);

 private:
  /// A request with the same told, under a plan that tells its values apart where the first cannot.
  struct Finer;
  /// Everything that follows at once from what is told.
  void settle();
  void settle_finer();
  RuleStands by_diagrams(const PlannedRule& r);
  void widen(std::span<const Level> levels);
  void narrow_again(std::span<const Level> levels);
  void asked_facts(std::vector<FactId>& out, bool& provisos) const;
  bool provisos_told() const { return !is_blank(provisos_.cell()); }

  const Law& law_;
  const Plan& plan_;
  FinerPlans& finer_plans_;
  Ref joint_, care_;
  Cells cells_;
  Walk walk_;
  Box box_;                           // what is told
  Box kinds_, wider_;                 // the same by kinds, and with less told
  std::vector<const Said*> said_of_;  // of each fact
  std::vector<FactId> told_;
  std::vector<FactId> have_a_say_;
  std::vector<std::vector<Level>> levels_of_;  // of each fact, those that it has a part in
  std::vector<Level> carried_;                 // of provisos
  std::vector<std::uint16_t> before_;          // of levels opened last
  std::vector<std::uint8_t> classes_;
  bool stale_ = true;
  KeptCell provisos_;  // as they were told; blank: nothing was
  std::map<const Plan*, std::unique_ptr<Finer>> kept_finer_;
  Finer* finer_ = nullptr;  // of those, where one is needed
  bool beyond_ = false;     // it is needed, and the law grows too large for it: all is undecided
  std::optional<Tables::Verdict> verdict_;  // where all is known and there are tables
  FindingSet findings_;
};

}  // namespace sekisho
