#pragma once
#include "api/line_question.h"
#include "base/json.h"
#include "engine/completions.h"

namespace sekisho {

/// The answer on one line, with everything it rests on. Shape: schemas/answer.schema.json.
/// @fails SK4001, SK4003
class LineAnswer {
 public:
  LineAnswer(const Sources& sources, const LineQuestion& line, const std::string& line_id,
             std::size_t node_limit, Diagnostics& diags);

  bool ok() const { return ok_; }
  /// The line as JSON.
  Json json();
  FindingSet joint() const { return joint_; }
  /// States that have a say but no rulebook in force here.
  const std::vector<std::string>& unassessed() const { return unassessed_; }
  /// Whether the finding is the whole answer: some law is in force, and some of every state that has a say.
  bool assessed() const;
  /// Adds what can be read two ways by its name, whatever is said of it.
  void open_to_readings(std::set<std::string>& names) const;
  /// The facts that can still change the answer, best question first; with `ask`'s words.
  std::vector<bool> narrowing(std::size_t g);
  Json missing();
  /// The smallest `because`, remedies and contrasts; after `json`. Null where the finding is open.
  /// @param most_questions  to ask the diagrams for each of them before it is given up as not proved minimum
  Json minimum(std::uint64_t most_questions);

 private:
  struct RegimeAnswer {
    FindingSet findings;
    RegimeOutcome outcome;  // of one completion with the best finding
    RegimeReading reading;  // of what is known
  };
  void decide();
  void assess_states();
  bool law_loaded(const std::string& state) const;
  bool unread_say(VarId v, std::size_t value) const;
  double closeness(const State& s);
  RegimeOutcome outcome(std::size_t g, State completion);
  RuleId reader_of(std::size_t g, VarId judged) const;
  std::set<VarId> relied_on() const;
  bool known_value(const Value& v) const;
  Json regime(std::size_t g);
  Json routes(std::size_t g);
  Json derivation(std::size_t g);
  std::set<VarId> needs_if_applies(std::size_t g, std::vector<OpenNeed>& needs);
  /// A judged fact and how it must be found, as a need.
  OpenNeed to_be_found(std::size_t g, const std::pair<VarId, bool>& to_find) const;
  void findings_if_applies(std::size_t g, std::vector<OpenNeed>& needs, std::set<VarId>& sometimes);
  Json need(const OpenNeed& n, std::size_t g);
  Json needs(std::size_t g);
  Json provisos(std::size_t g);
  Json obligations(std::size_t g);
  Json because(const std::vector<std::size_t>& regimes, Finding f);
  Json changes(bool applicant);
  Json minimum_because(std::uint64_t most_questions);
  Json minimum_change(bool applicant, std::uint64_t most_questions);
  bool read_away(const RuleUse& u) const;
  Json unsettled();
  Json coverage();
  Json weakest();
  void registers(ExprId e, Json& out) const;
  RuleId text_binding(ProvisoId p) const;
  std::string provenance_of(ProvisoId p) const;
  Json settled_by(VarId need, const State& state);
  std::string not_before();
  std::string recheck_by();
  Json fact_value(VarId v, const State& state) const;
  std::string show(VarId v, std::size_t value) const;
  Json reads(ProgramId p, const State& state);
  void collect_vars(ProgramId p, std::vector<VarId>& out) const;
  std::string words(TextSpan at) const;
  Json first_failing(const RuleUse& u, const State& state);
  std::optional<Json> known_in_words(VarId v) const;
  bool known_fact(VarId v) const;
  std::vector<VarId> tied(VarId v) const;

  const Sources& sources_;
  const LineQuestion& line_;
  const Law& law_;
  std::string id_;
  Space space_;
  Completions engine_;
  Reader reader_;
  Diagnostics& diags_;
  State start_;
  std::vector<RegimeAnswer> regimes_;
  std::vector<std::size_t> all_;
  FindingSet joint_;
  std::vector<std::string> unassessed_;
  std::vector<std::vector<bool>> matters_;  // of each regime, each variable
  std::vector<VarId> because_;              // the facts of the joint answer
  bool ok_ = true;
};

Json finding_json(const FindingSet& s, bool assessed);

}  // namespace sekisho
