#pragma once
#include "base/json.h"
#include "model/world.h"

namespace sekisho {

/// A proviso by its name, `with` the party for each of its parameters.
Json proviso_json(const ProvisoOn& p);

}  // namespace sekisho
