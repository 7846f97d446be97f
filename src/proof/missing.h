#pragma once
#include "proof/check.h"
#include "proof/premises.h"

namespace sekisho::proof {

/// What an answer says is still to ask. That a question matters, and which are left out, is not replayed; but
/// each is of something that the premises leave open, asked once and in the words of the vocabulary.
void check_missing(const Law& law, const Premises& premises, const Page& said);

}  // namespace sekisho::proof
