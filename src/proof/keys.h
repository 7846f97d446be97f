#pragma once
#include "proof/page.h"

namespace sekisho::proof {

/// Notes every key of an answer that no answer has in its place: who reads it would take for replayed what no
/// reader of the law can say anything of.
void check_keys(const Page& answer);

}  // namespace sekisho::proof
