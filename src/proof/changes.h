#pragma once
#include "proof/check.h"
#include "proof/replay.h"
#include "proof/words.h"

namespace sekisho::proof {

/// What an answer says that another value of one fact would give: of `remedies`, facts that the applicant may
/// change for the better, and of `turns_on`, others. Each value is put into the premises, and the law read
/// again; where the law of some state that then has a say is not loaded, the worst is not known.
/// @param joint  the finding that it would change; none: it was not settled
void check_changes(const Premises& premises, const Page& line, std::optional<Range> joint, Words& words,
                   Verdict& verdict, std::size_t most_readings, const Law& law);

}  // namespace sekisho::proof
