#pragma once
#include <array>
#include <map>
#include <span>
#include <vector>

#include "base/diagnostics.h"
#include "law/rulebook.h"

// What cases show of the law: which rules were seen to apply and which not, and for which links it was seen
// that they alone decide.

namespace sekisho {

/// How a rule stands in one answer. Undecided: it applies in some completions of what is known.
enum class Status : std::uint8_t { active, inactive, defeated, undecided };
inline constexpr std::size_t status_count = 4;

/// One answer: the rules of the regimes that were engaged.
struct Observed {
  Date on;  // day of law
  std::map<RuleId, Status> rules;
};
/// A case of the rulebooks, decided.
/// @emits SK4001
Observed observe(const Law& law, const Case& c, Diagnostics& out);

struct RuleCoverage {
  RuleId rule;
  std::array<std::size_t, status_count> seen{};  // answers, by status
};
struct LinkCoverage {
  RuleId over, under;
  const Defeat* link;
  std::size_t decisive = 0;  // answers in which, without the link, what it defeats would stand
};
struct Coverage {
  std::vector<RuleCoverage> rules;
  std::vector<LinkCoverage> links;
};
Coverage coverage(const Law& law, std::span<const Observed> answers);

}  // namespace sekisho
