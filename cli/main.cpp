#include <sekisho/sekisho.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <new>
#include <string>

#include "command.h"
#include "files.h"

namespace {

/// A standard stream that is closed is opened to nothing, the wrong way round: else the next file that is
/// opened takes its number, and what is printed goes into that. Writing to it fails, as reading does.
void keep_standard_numbers() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0) open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace sekisho::cli;
  keep_standard_numbers();
  App app(
      "sekisho: may these goods go from here to there, on this day, for this use, and why?\n"
      "Law in, proposed transfer in; finding with derivation out. A finding is no legal advice and\n"
      "no release: releasing goods is a named officer's act.");
  app.set_version(std::string(sekisho::version()));
  app.require_subcommand();
  app.footer(
      "Exit codes: 0 an answer, whatever it says; 1 a rulebook, world, transfer or event is wrong,\n"
      "or an answer or a booking is refused; 2 wrong use; 3 a file cannot be read or written; 4 the law "
      "needs\n"
      "more nodes (--nodes) or memory, or a check more readings (--readings), than allowed; 130 stopped by\n"
      "Ctrl-C.\n\n"
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
  } catch (const std::bad_alloc&) {
    std::fputs(
        "error: there is not enough memory for this\n"
        "   fix: let the program have more of it, or ask for less at once\n",
        stderr);
    return exit_too_much;
  } catch (const std::exception& e) {
    if (std::ferror(stdout) != 0) return told_all(exit_files);  // fmt's, where the stream is full or closed
    std::fprintf(stderr, "error: %s\n", e.what());
    return exit_files;
  }
  return told_all(outcome.exit_code);
}
