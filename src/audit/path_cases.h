#pragma once
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/diagnostics.h"
#include "law/rulebook.h"

// Cases made from the law itself: for each rule, one for each way in which it comes to apply, fails to, or is
// defeated.
//
// THE IDEA. A rule's diagram says for which facts it applies. An irredundant cover of it (engine/cover.h) is
// a list of ways: each gives the fewest facts that make the rule apply whatever the others are, so a case
// that gives just those must `decide` it in every completion. The cover of the opposite gives the ways in
// which it `leaves` the rule: each literal that fails, each rule that defeats it.
//
// AN EXAMPLE. `prohibits when armed and (destination is in E or lent)` gives
//     given armed, destination is one of (those in E)   decides …
//     given armed, lent                                 decides …
//     given not armed                                   leaves …
//     given destination is (another), not lent          leaves …
//
// Each way is then followed to the mildest finding that it can have, where the rule shows by itself: the
// facts that settle it are added and `finds` says it. On both sides of each day on which the rule comes or
// goes stands a case, so a date that moves is noticed; with facts that are possible on that day, for
// constraints read lists, which change too.
//
// WHAT IS BOUNDED. At most `paths` ways of each rule, each kind and each stretch of constant law; ways that
// stay the same over several stretches are told on the first and the last day of the run. What only a reading
// of unsettled law decides is no case; links that take away an obligation change no finding, so the case
// shows only that both rules apply. All that is passed over is listed.

namespace sekisho {

struct PathOptions {
  RegimeId regime;         // none: all
  std::optional<Date> on;  // none: every stretch of constant law
  std::size_t paths = 8;
};

struct PathCase {
  enum class Shows : std::uint8_t { applies, fails, defeated, finding, not_yet, no_longer };
  Shows shows = Shows::applies;
  RegimeId regime;
  RuleId rule, by;  // none: about the regime; the rule that defeats it
  Date on;
  std::vector<std::string> given;  // as the language writes it
  std::vector<CaseGiven> facts;    // the same, read
  std::vector<RuleId> decides, leaves;
  std::optional<Finding> finds;  // under `regime`
  friend bool operator==(const PathCase& a, const PathCase& b) {
    const auto all = [](const PathCase& c) {
      return std::tie(c.shows, c.regime, c.rule, c.by, c.on, c.given, c.decides, c.leaves, c.finds);
    };
    return all(a) == all(b);
  }
};

struct PathCases {
  std::vector<PathCase> cases;        // regime by regime, rule by rule, by day
  std::vector<std::string> left_out;  // what is passed over, and why
};

/// @emits SK4001
PathCases path_cases(const Law& law, const PathOptions& options, Diagnostics& out);

}  // namespace sekisho
