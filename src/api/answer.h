#pragma once
#include <map>
#include <set>
#include <tuple>

#include "api/answer_facts.h"
#include "engine/completions.h"
#include "law/assessed_states.h"

namespace sekisho {

/// How much of the law of the day an answer is made from: all of it, or what is left of it with what is
/// known. The finding, and all that completions of what is known decide, come out the same; what another
/// value of a known fact would give is asked of the law with that fact open, and left out where that is too
/// large too.
enum class LawRead : std::uint8_t { whole, with_what_is_known };

/// The answer on one line, with everything it rests on. Shape: schemas/answer.schema.json.
/// @fails SK4001, SK4003
class LineAnswer {
 public:
  LineAnswer(const Sources& sources, const LineQuestion& line, const std::string& line_id,
             std::size_t node_limit, LawRead law, Diagnostics& diags);
  LineAnswer(const LineAnswer&) = delete;  // its parts refer to each other
  LineAnswer& operator=(const LineAnswer&) = delete;

  bool ok() const { return ok_; }
  /// Whether the law, as much of it as is read, has more nodes than allowed.
  bool too_large() const { return !engine_.ok(); }
  /// The line as JSON.
  Json json();
  FindingSet joint() const { return joint_; }
  /// States that have a say but no rulebook in force here.
  const std::vector<std::string>& unassessed() const { return unassessed_; }
  /// Whether the finding is the whole answer: some law is in force, and some of every state that has a say.
  bool assessed() const;
  bool assessed_without(VarId changed, const std::vector<std::string>& left_open) const;
  /// Adds what can be read two ways by its name, whatever is said of it.
  void open_to_readings(std::set<std::string>& names) const;
  /// The smallest `because`, remedies and contrasts; after `json`. Null where the finding is open, and where
  /// not the whole law is read.
  /// @param most_questions  to ask the diagrams for each of them before it is given up as not proved minimum
  Json minimum(std::uint64_t most_questions);
  /// What is not said because the law is too large for it; after all else.
  const Json& left_out() const { return left_out_; }

 private:
  struct RegimeAnswer {
    FindingSet findings;
    RegimeOutcome outcome;  // of one completion with the best finding
    RegimeReading reading;  // of what is known
  };
  /// Other values of a fact by what they give: best and worst finding, and facts that would change along.
  using Changes = std::map<std::tuple<Finding, Finding, std::vector<std::string>>, std::vector<std::string>>;

  // answer.cpp
  void decide();
  void report_contradiction();
  void assess_states();
  Json coverage();
  Json regime(std::size_t g);

  // answer_opened.cpp
  Truth always(const std::vector<std::size_t>& regimes, const State& opened, const State& alone, Finding f);
  std::pair<Finding, Finding> bounds(const std::vector<std::size_t>& regimes, const State& state);
  Completions* law_with(const State& opened, std::size_t& spare);
  /// Notes a part of the answer that would need more: `what` it is, of which `regime` or other `fact`.
  void leave_out(const Json& what);

  // answer_derivation.cpp
  void drop(VarId v, State& s) const;
  Json because(const std::vector<std::size_t>& regimes, Finding f);
  Json set_value(FactId set) const;
  Json routes(std::size_t g);
  Json route(std::size_t g, const RuleUse& u);
  Json first_failing(const RuleUse& u);
  Json phrase(ProgramId part, Truth stands) const;
  Json derivation(std::size_t g) const;
  Json engagement(std::size_t g) const;
  Json step(std::size_t g, std::size_t i, const RuleUse& u) const;
  Json effects_defeated(std::size_t g, std::size_t i, const RuleUse& u) const;
  bool read_away(const RuleUse& u) const;

  // answer_needs.cpp
  RegimeOutcome outcome(std::size_t g, State completion);
  /// A judged fact and how it must be found, as a need.
  OpenNeed to_be_found(std::size_t g, const std::pair<VarId, bool>& to_find) const;
  RuleId better_by(std::size_t g, const OpenNeed& n);
  RuleId reader_of(std::size_t g, VarId judged) const;
  Json needs(std::size_t g);
  Json need(const OpenNeed& n, std::size_t g) const;
  Json settled_by(VarId need) const;
  std::set<VarId> needs_if_applies(std::size_t g, std::vector<OpenNeed>& needs);
  void findings_if_applies(std::size_t g, std::vector<OpenNeed>& needs, std::set<VarId>& sometimes);
  Json provisos(std::size_t g);
  Json proviso_of_law(const BoundProviso& b) const;
  RuleId text_binding(ProvisoId p) const;
  std::string argument(const std::string& named) const;
  void add_provisos_of_acts(std::size_t g, Json& out);
  Json obligations(std::size_t g) const;

  // answer_missing.cpp
  /// The facts that can still change the answer, best question first; with `ask`'s words.
  Json missing();
  std::vector<VarId> open_questions();
  Json question(VarId v) const;
  Json question(FactId fact) const;
  void ask_what_runs(Json& missing) const;
  Json matters_to(VarId v) const;
  std::vector<bool> narrowing(std::size_t g);
  double closer(VarId v);
  double closeness(const State& s);
  Json unsettled() const;

  // answer_changes.cpp, answer_minimum.cpp
  /// What another value of one fact would give: remedies where the applicant may choose the fact and the
  /// finding gets better, else contrasts.
  Json changes(bool applicant);
  std::set<VarId> changeable(bool applicant) const;
  std::vector<VarId> of_one_fact(VarId v) const;
  State opened_with_tied(VarId v) const;
  Changes other_values(VarId v, bool applicant, Completions& law);
  Changes other_values_or_left_out(VarId v, bool applicant);
  std::vector<std::string> open_along(VarId v, bool applicant, State& other, Completions& law);
  bool unread_say(VarId v, std::size_t value) const;
  Json minimum_because(std::uint64_t most_questions);
  Json minimum_change(bool applicant, std::uint64_t most_questions);

  // answer_reliance.cpp
  std::set<VarId> relied_on() const;
  Json weakest();
  std::string not_before() const;
  std::string recheck_by();

  const LineQuestion& line_;
  const Law& law_;
  AssessedStates assessed_states_;
  std::string id_;
  Space space_;
  Reader reader_;
  State start_;
  LawRead law_read_;
  std::size_t node_limit_;
  Completions engine_;  // of states within `start_`, or of all where the whole law is read
  Diagnostics& diags_;
  AnswerFacts facts_;  // of `start_`
  std::vector<RegimeAnswer> regimes_;
  std::vector<std::size_t> all_;
  FindingSet joint_;
  std::vector<std::string> unassessed_;
  std::vector<std::vector<bool>> matters_;         // of each regime, each variable
  std::vector<VarId> because_;                     // the facts of the joint answer
  std::optional<Completions> opened_;              // the law with other values than what is known
  std::size_t spare_for_one_, spare_for_several_;  // that may still be made for such
  Json left_out_ = Json::array();                  // what would have needed more
  bool ok_ = true;
};

}  // namespace sekisho
