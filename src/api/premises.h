#pragma once
#include "api/line_question.h"
#include "base/json.h"

namespace sekisho {

/// What the answer on a line takes as given, for whoever checks it. @see docs/proof.md
Json premises_json(const LineQuestion& line);

}  // namespace sekisho
