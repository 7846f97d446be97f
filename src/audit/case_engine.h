#pragma once
#include <optional>
#include <utility>

#include "engine/completions.h"

namespace sekisho {

/// What a case of a rulebook asks: the law of its day over what it gives; authorities have said nothing else
/// and nothing lies on the lot but what it carries.
Question case_question(const Law& law, Date on, const std::vector<CaseGiven>& given, const World& nothing);

/// A case, ready to be decided.
class CaseEngine {
 public:
  CaseEngine(const Law& law, const Case& c, Diagnostics& out);
  CaseEngine(const CaseEngine&) = delete;

  bool ok() const { return engine_.ok(); }
  const Space& space() const { return space_; }
  Completions& engine() { return engine_; }
  const State& state() const { return state_; }
  /// The regime, and the place of a rule there (provisos come after rules); nullopt where it is not read on
  /// the day.
  std::optional<std::pair<std::size_t, std::size_t>> place_of(RuleId rule) const;

 private:
  const World nothing_;
  Question question_;
  Space space_;
  Completions engine_;
  State state_;
};

}  // namespace sekisho
