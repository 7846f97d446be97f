#include <fmt/format.h>
#include <sekisho/events.h>

#include <memory>

#include "command.h"
#include "files.h"

namespace sekisho::cli {
namespace {

int canonical(const std::string& path) {
  const auto file = read_file(path);
  if (!file) return exit_files;
  const EventLines read = canonical_events(*file);
  for (const std::string& line : read.lines) fmt::print("{}\n", line);
  print_reports(read.reports, true);
  return read.ok ? exit_ok : exit_wrong;
}

}  // namespace

void add_events(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("events", "read a file of events: what is wrong, and each canonical line");
  auto path = std::make_shared<std::string>();
  c->add_option("file", *path, "one JSON object a line; `-` reads standard input")->required();
  c->footer("Example: sekisho events examples/patriot/events.jsonl");
  c->callback([path, &outcome] { outcome.exit_code = canonical(*path); });
}

}  // namespace sekisho::cli
