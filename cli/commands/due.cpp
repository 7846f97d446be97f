#include <fmt/format.h>
#include <sekisho/licences.h>

#include <memory>

#include "command.h"
#include "files.h"
#include "json.h"
#include "recorded.h"

namespace sekisho::cli {
namespace {

struct Options {
  DueRequest request;
  std::string events, world, format = "text";
};

std::string text(const Json& j, const char* key) {
  return j[key].is_string() ? j[key].get<std::string>() : "";
}
/// `reservation_ends` as two words.
std::string words(std::string what) {
  for (char& c : what)
    if (c == '_') c = ' ';
  return what;
}

void print(const Json& j) {
  for (const Json& o : j["owed"])
    fmt::print("{} {}: {} {}: {}{}\n", o["day"].is_null() ? "before use" : text(o, "day"), text(o, "status"),
               words(text(o, "what")), text(o, "of"), text(o, "says"),
               o["by"].is_null() ? "" : " (" + text(o, "by") + ")");
  if (j["owed"].empty()) fmt::print("nothing is owed\n");
}

int answer(Options& o) {
  for (const std::string& day : {o.request.on, o.request.until})
    if (!day.empty() && !is_day(day)) {
      fmt::print(stderr, "error: there is no day `{}`; write it like 2023-12-22\n", day);
      return exit_usage;
    }
  int code = exit_ok;
  auto events = read_recorded(o.events, "", code);
  if (!events) return code;
  o.request.events = std::move(*events);
  if (!o.world.empty() && !(o.request.world = read_file(o.world))) return exit_files;
  const LicenceResult result = due(o.request);
  print_reports(result.reports, true);
  if (!result.ok) {
    if (o.format == "json") fmt::print("{}\n", reports_json(result.reports));
    return exit_wrong;
  }
  if (o.format == "json")
    fmt::print("{}\n", result.json);
  else
    print(read_json(result.json));
  return exit_ok;
}

}  // namespace

void add_due(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("due", "what is owed on a day: returns, reports, conditions, and what ends");
  auto o = std::make_shared<Options>();
  c->add_option("--events", o->events, "what happened: a file of events (docs/events.md), `-`, or a register")
      ->required();
  c->add_option("--world", o->world, "parties that the events name, and what belongs to what (YAML)");
  c->add_option("--on", o->request.on, "as of this day")->required();
  c->add_option("--until", o->request.until, "what is due by this day; left out: on whatever day");
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  c->footer(
      "Example: sekisho due --on 2024-12-01 --events examples/licences/events.jsonl \\\n"
      "           --world examples/licences/world.yaml");
  c->callback([o, &outcome] { outcome.exit_code = answer(*o); });
}

}  // namespace sekisho::cli
