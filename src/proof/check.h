#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "law/rulebook.h"
#include "proof/page.h"

// A small second reader of the law checks an answer. It shares no code with the compiler and the engine: it
// has the checked rulebooks (src/law) and the answer file, and reads the one over the premises that stand in
// the other.
//
// An answer says: on these premises the rules `a` and `b` are active, `c` is defeated by `b`, the regime's
// finding is `authorisation_required` because the destination is US, and the need `permit` is open. Each of
// these sentences is replayed:
//   - the rulebooks are those that the answer was derived from, by digest;
//   - every regime that has something to read on the day of law is there, and no other;
//   - in each, every rule in force is there, after those that defeat it, with its citation and effect; it is
//     active, defeated (by which), inactive or unknown as the replay finds it; what it reads, the premises
//     say;
//   - best and worst finding are those that completions of the premises have, for each regime and jointly;
//   - the facts of a `because` alone leave no other finding possible;
//   - needs have the state that the acts in the premises give them, and once the open ones are met nothing
//     more stands in the way;
//   - with another value of a fact the finding is what `remedies` and `turns_on` say.
//
// Counter-example: an answer of `permitted` in which `c` is called inactive. The replay reads the condition
// of `c` over the same premises, finds it met, and refuses the answer at `regimes[0].derivation[3].status`.
//
// The premises are taken as given. That they are true of the goods, and that the acts in them were made, a
// checker of law cannot tell. What it costs: one reading of a regime is linear in its text; best and worst
// need as many readings as there are completions to tell apart, at most `most_readings` for each sentence. A
// sentence that would need more is called unsettled, never checked.

namespace sekisho::proof {

/// A rulebook text by name and digest.
struct TextDigest {
  std::string name, digest;
};

struct Verdict {
  std::vector<Remark> malformed;      // this is no answer; nothing was replayed
  std::vector<Remark> other_text;     // it was derived from other rulebooks; nothing was replayed
  std::vector<Remark> refused;        // the replay finds otherwise
  std::vector<Remark> unsettled;      // would need more readings than allowed
  std::map<std::string, bool> taken;  // what the answer takes to be so though nobody can know it
  std::size_t regimes = 0, rules = 0, values = 0, findings = 0, reasons = 0, needs = 0,
              changes = 0;  // that were replayed
  /// Says what could not be settled of a part of the answer.
  void leave_open(const Page& at, std::string what) { unsettled.push_back({at.place(), std::move(what)}); }
};

Verdict check(const Law& law, const std::vector<TextDigest>& texts, std::string_view answer,
              std::size_t most_readings);

}  // namespace sekisho::proof
