#include <algorithm>

#include "api/answer.h"

// What other values of known facts would give, where the whole law is too large.
//
// THE IDEA. The engine then holds what is left of the law with what is known, in which a known fact is a
// constant; it cannot be asked what would come of another value. For that the law is compiled again with the
// facts in question open and all others still constant. Whether a set of facts is enough for the finding is
// asked in three steps, and most questions end with the first or the second:
//   1. bounds of the reading (reading.h), with no diagram at all: where a bar surely applies, nothing else
//      that is open matters;
//   2. one fact forgotten alone: where that leaves another finding, no set without it is enough;
//   3. the law with all that was forgotten open, which may be as large as the whole.
//
// WHAT IT COSTS. An eighth of the allowed nodes for each of these laws; for all those with one fact open
// together as many as the answer itself is allowed, and as many again for those with several, which are the
// ones that fail. What would need more is named as left out.
//
// A COUNTER-EXAMPLE. Two needs, each of many facts, and one of them always stands: the bounds say "perhaps
// none", no fact alone makes a difference, and only the third step tells that few facts are enough. Where it
// is too large the fact is kept: what `because` names is still enough, but may be more than is needed.

namespace sekisho {

/// Finding bounds over the completions of a state, by reading alone.
std::pair<Finding, Finding> LineAnswer::bounds(const std::vector<std::size_t>& regimes, const State& state) {
  Finding low = Finding::not_engaged, high = Finding::not_engaged;
  const auto may_be_unfound = [&](VarId v) {
    return space_[v].kind == VarKind::judged && reader_.possible(v, state).test(judged_none);
  };
  for (const std::size_t g : regimes) {
    const RegimeReading r = reader_.read(space_.regimes()[g], state);
    // Where a fact that nobody found makes a difference, its authority has to find it.
    const bool judged =
        r.low != r.high &&
        (!r.pending.empty() || std::any_of(r.undecided.begin(), r.undecided.end(), may_be_unfound));
    low = std::max(low, r.low);
    high = std::max({high, r.high, judged ? Finding::authorisation_required : r.high});
  }
  return {low, high};
}

/// The law for questions in which some facts are open that are known; nullptr where it is too large.
/// @param spare  nodes that may still be made for such questions
Completions* LineAnswer::law_with(const State& opened, std::size_t& spare) {
  if (law_read_ == LawRead::whole) return &engine_;
  Diagnostics unsaid;
  const std::size_t most = std::min(spare, node_limit_ / 8);
  opened_.emplace(space_, unsaid, most, Extent::finding, opened.possible);
  spare -= opened_->ok() ? std::min(most, opened_->compiled().store().nodes()) : most;
  return opened_->ok() ? &*opened_ : nullptr;
}

/// Whether every completion of a state has the finding, as all of what is known have.
/// @param alone  what is known with only the last of what is open in `opened` forgotten
Truth LineAnswer::always(const std::vector<std::size_t>& regimes, const State& opened, const State& alone,
                         Finding f) {
  if (law_read_ == LawRead::whole) return truth(engine_.always(regimes, opened, f));
  const auto [low, high] = bounds(regimes, opened);
  if (low == high || f < low || f > high) return truth(low == high && low == f);
  try {
    if (Completions* law = law_with(alone, spare_for_one_); law != nullptr && !law->always(regimes, alone, f))
      return Truth::no;
    if (Completions* law = law_with(opened, spare_for_several_))
      return truth(law->always(regimes, opened, f));
  } catch (const TooManyNodes&) {
  }
  return Truth::unknown;
}

void LineAnswer::leave_out(const Json& what) {
  add_once(left_out_, what);
}

}  // namespace sekisho
