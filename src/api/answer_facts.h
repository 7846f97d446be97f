#pragma once
#include "api/line_question.h"
#include "base/json.h"
#include "engine/reading.h"

namespace sekisho {

/// `yes` and `no` in the words of what was asked, `unknown` between them.
std::string_view truth_word(Truth t, std::string_view yes, std::string_view no);

/// What is known of the facts of a line, as its answer tells it: each with its value and with who said so.
class AnswerFacts {
 public:
  /// @param start  what is known, instruments included; outlives this, as all the others do
  AnswerFacts(const Sources& sources, const LineQuestion& line, const Space& space, const State& start)
      : sources_(sources), line_(line), law_(*line.question.law), space_(space), start_(start) {}

  /// The text of the law, on one line.
  std::string words(TextSpan at) const;
  std::string show(VarId v, std::size_t value) const;
  /// The fact with what is known of it, and with where that comes from.
  Json value(VarId v) const;
  /// The values of all that a condition reads, but for what says nothing.
  Json reads(ProgramId p) const;
  /// What lists say of the known values that an expression looks up in them.
  Json registers(ExprId e) const;
  /// Adds the variables that a condition reads, each once.
  void collect_vars(ProgramId p, std::vector<VarId>& out) const;
  /// Whether anything is known of it.
  bool known(VarId v) const;
  /// Whether some fact of the question is known to have the value.
  bool have(const Value& v) const;
  /// Facts that a constraint ties to `v`: they may have to change with it.
  std::vector<VarId> tied(VarId v) const;

 private:
  std::optional<Json> known_in_words(VarId v) const;
  Json known_value(VarId v) const;
  void add_provenance(FactId f, Json& j) const;
  void add_acts(VarId v, Json& j) const;
  std::string provenance_of(ProvisoId p) const;

  const Sources& sources_;
  const LineQuestion& line_;
  const Law& law_;
  const Space& space_;
  const State& start_;
};

}  // namespace sekisho
