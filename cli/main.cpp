#include <sekisho/sekisho.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <string>
#include <system_error>

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
  // An answer that did not get out is none.
  const auto told_all = [](int code) {
    std::cout.flush();
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout) return code;
    cannot_write("standard output", std::strerror(errno));
    return int{exit_files};
  };
  try {
    if (const int code = app.parse(argc, argv); code != exit_ok) return code;
  } catch (const std::system_error& e) {  // fmt's, where its stream is full or closed
    cannot_write("standard output", e.code().message());
    return exit_files;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return exit_files;
  }
  return told_all(outcome.exit_code);
}
