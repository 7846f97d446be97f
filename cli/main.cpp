#include <sekisho/sekisho.h>

#include <cstdio>
#include <exception>
#include <string>

#include "command.h"
#include "files.h"

int main(int argc, char** argv) {
  using namespace sekisho::cli;
  App app(
      "sekisho: may these goods go from here to there, on this day, for this use, and why?\n"
      "Law in, proposed transfer in; finding with derivation out. A finding is no legal advice and\n"
      "no release: releasing goods is a named officer's act.");
  app.set_version(std::string(sekisho::version()));
  app.require_subcommand();
  app.footer(
      "Exit codes: 0 an answer, whatever it says; 1 a rulebook, world, transfer or event is wrong,\n"
      "or a booking is refused; 2 wrong use; 3 a file cannot be read or written; 4 the law needs more nodes "
      "than allowed;\n130 "
      "stopped by Ctrl-C.\n\n"
      "Example: sekisho decide examples/patriot/finished-to-us.yaml \\\n"
      "           --world examples/patriot/world.yaml --on 2023-12-22");
  Outcome outcome;
#define COMMAND(NAME) add_##NAME(app, outcome);
#include "commands.def"
#undef COMMAND
  try {
    if (const int code = app.parse(argc, argv); code != exit_ok) return code;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return exit_files;
  }
  return outcome.exit_code;
}
