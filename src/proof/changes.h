#pragma once
#include "proof/check.h"
#include "proof/words.h"

namespace sekisho::proof {

/// What an answer says that another value of one fact would give: of `remedies`, facts that the applicant may
/// change, and of `turns_on`, others. Each value is put into the premises, and the law read again.
/// @param assessed  the law of every state with a say is loaded: else the worst is not known
void check_changes(const Premises& premises, const Page& line, bool assessed, Words& words, Verdict& verdict,
                   std::size_t most_readings, const Law& law);

}  // namespace sekisho::proof
