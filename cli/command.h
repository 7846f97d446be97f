#pragma once
#include "app.h"

namespace sekisho::cli {

/// What a command leaves for main: its exit code.
struct Outcome {
  int exit_code = 0;
};

#define COMMAND(NAME) void add_##NAME(App& app, Outcome& outcome);
#include "commands.def"
#undef COMMAND

/// `law order`, a command below `law`.
void add_law_order(App& law, Outcome& outcome);

}  // namespace sekisho::cli
