#pragma once
#include "proof/reading.h"

// One regime replayed: which of its rules are active, which are defeated and by what, and between which
// findings it lies. docs/language.md, section 3, rule by rule.

namespace sekisho::proof {

inline constexpr std::size_t most_unfound = 8;  // judged facts that are read both ways at once

struct Range {
  Finding low = Finding::not_engaged, high = Finding::not_engaged;
  bool one() const { return low == high; }
  friend bool operator==(const Range&, const Range&) = default;
};

/// One effect of a rule that a rule with a link over it takes away, or may.
struct EffectLost {
  const Defeat* link;
  Truth gone;  // yes or unknown
};

struct RuleReading {
  const Rule* rule = nullptr;
  Truth met = Truth::no;                        // its condition, where the regime is engaged
  Truth active = Truth::no;                     // and it is there, and nothing defeats it
  Truth alone = Truth::no;                      // its condition by itself
  std::vector<std::string> defeated_by;         // active rules with a link over it
  std::vector<std::string> permission_gone_by;  // those that take it, or its permission, away
  std::vector<EffectLost> effects_lost;         // while the rule itself stands
};

/// How something stands, in the words of an answer.
inline std::string_view word(Truth t, std::string_view yes, std::string_view no) {
  return t == Truth::yes ? yes : t == Truth::no ? no : "unknown";
}

/// Whether a link takes an effect of it away.
Truth lost(const RuleReading& r, tree::Part part, std::size_t effect);

struct RegimeReading {
  bool there = false;  // there is something of it to read
  Truth main = Truth::no, later = Truth::no;
  Truth group = Truth::no;            // of `later_transfers`: provisos outlive their regime, its rules do not
  std::vector<RuleReading> rules;     // those in force, each after all that can defeat it
  std::vector<RuleReading> provisos;  // on the lot
  Range finding;
  std::vector<Matter> open, unfound;
};

/// What the ways of reading judged facts that nobody found give: at best, of those that the constraints let
/// be found, and at worst.
struct Readings {
  Range best, worst;
  bool some = false;            // there are such facts
  Truth findable = Truth::yes;  // some of these ways may be found; if not, the best is of all
};

/// Which constraints: all, or those that speak of judged facts.
enum class Constraining : std::uint8_t { all, judged };

/// Whether the constraints hold; judged facts that nobody found may be read so that they do, all of them by
/// one reading.
/// @param open  matters that would tell
Truth constraints(const Case& c, const Known& known, Constraining which, std::vector<Matter>& open,
                  std::size_t depth = most_unfound);

/// With judged facts that nobody found left unknown.
RegimeReading read_regime(const Case& c, const Known& known, const Regime& regime);

/// The finding with those facts read both ways: where it hangs on them, the authority has to find.
/// @param open  matters that keep its ends apart
Range finding(const Case& c, const Known& known, const Regime& regime, std::vector<Matter>& open);

/// As above, with what each of the two ways leaves.
Readings readings(const Case& c, const Known& known, const Regime& regime, std::vector<Matter>& open);

}  // namespace sekisho::proof
