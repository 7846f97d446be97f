#include <fmt/format.h>
#include <sekisho/epcis.h>
#include <sekisho/events.h>

#include <memory>

#include "command.h"
#include "files.h"

namespace sekisho::cli {
namespace {

int lines(const SourceText& file) {
  const EventLines read = is_epcis(file) ? events_of_epcis(file) : canonical_events(file);
  for (const std::string& line : read.lines) fmt::print("{}\n", line);
  print_reports(read.reports, true);
  return read.ok ? exit_ok : exit_wrong;
}

int epcis(const SourceText& file) {
  const EpcisText written = epcis_of_events(file);
  fmt::print("{}", written.text);
  print_reports(written.reports, true);
  return written.ok ? exit_ok : exit_wrong;
}

int hashes(const SourceText& file) {
  const EpcisHashes all = epcis_hashes(file);
  for (const EpcisHash& h : all.hashes) fmt::print("{}\n", h.hash);
  print_reports(all.reports, true);
  return all.ok ? exit_ok : exit_wrong;
}

struct EventsOptions {
  std::string path;
  std::string as = "lines";
};

int run(const EventsOptions& o) {
  const auto file = read_file(o.path);
  if (!file) return exit_files;
  if (o.as == "epcis") return epcis(*file);
  return o.as == "epcis-hashes" ? hashes(*file) : lines(*file);
}

}  // namespace

void add_events(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("events", "read a file of events: what is wrong, and each canonical line");
  auto options = std::make_shared<EventsOptions>();
  c->add_option("file", options->path,
                "one JSON object a line, or an EPCIS 2.0 document in JSON; `-` reads standard input")
      ->required();
  c->add_option("--as", options->as,
                "lines, an EPCIS document (epcis), or the hash of each event of one (epcis-hashes)")
      ->one_of({"lines", "epcis", "epcis-hashes"});
  c->footer(
      "Example: sekisho events examples/patriot/events.jsonl\n"
      "Example: sekisho events examples/patriot/events.jsonl --as epcis\n"
      "Piped: sekisho events examples/patriot/events.jsonl --as epcis | sekisho events -\n"
      "Piped: sekisho events examples/patriot/events.jsonl --as epcis | sekisho events - --as epcis-hashes");
  c->callback([options, &outcome] { outcome.exit_code = run(*options); });
}

}  // namespace sekisho::cli
