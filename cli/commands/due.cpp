#include <fmt/format.h>
#include <sekisho/licences.h>

#include <memory>

#include "answer.h"
#include "command.h"
#include "files.h"
#include "json.h"
#include "recorded.h"
#include "tell.h"
#include "words.h"

namespace sekisho::cli {
namespace {

struct DueOptions {
  DueRequest request;
  std::string events, world, known_on, format = "text";
};

void print(const Json& j) {
  for (const Json& o : j["owed"])
    fmt::print("{} {}: {} {}: {}{}\n",
               !o["day"].is_null()                 ? text_at(o, "day")
               : text_at(o, "what") == "condition" ? "before use"
                                                   : "no day said",
               text_at(o, "status"), words(text_at(o, "what")), text_at(o, "of"), text_at(o, "says"),
               o["by"].is_null() ? "" : " (" + text_at(o, "by") + ")");
  if (j["owed"].empty()) fmt::print("nothing is owed\n");
}

/// Of a register also what was decided, which obliges somebody, too.
int read_events(DueOptions& o) {
  if (!is_register(o.events))
    return read_recorded(o.events, o.known_on, o.world, o.request.events, o.request.world);
  int code = exit_ok;
  auto standing = read_standing(o.events, o.known_on, code);
  if (!standing) return code;
  o.request.events = std::move(standing->events);
  o.request.decisions.emplace();
  for (RecordedDecision& d : standing->decisions)
    o.request.decisions->push_back({fmt::format("{}", d.entry), std::move(d.json)});
  return o.world.empty() || (o.request.world = read_file(o.world)) ? exit_ok : exit_files;
}

int answer(DueOptions& o) {
  if (!days_exist({o.request.on, o.request.until, o.known_on})) return exit_usage;
  if (!o.request.until.empty() && o.request.until < o.request.on) {
    tell("error: `--until {}` is before `--on {}`; what is overdue on a day is told without it\n",
         o.request.until, o.request.on);
    return exit_usage;
  }
  const int code = read_events(o);
  return code == exit_ok ? show_answer(due(o.request), o.format, print) : code;
}

}  // namespace

void add_due(App& app, Outcome& outcome) {
  App* c = app.add_subcommand(
      "due", "what is owed on a day: returns, reports, notices, verifications, conditions, and what ends");
  auto o = std::make_shared<DueOptions>();
  c->add_option("--events", o->events, "what happened: a file of events (docs/events.md), `-`, or a register")
      ->required();
  c->add_option("--world", o->world, "parties that the events name, and what belongs to what (YAML)");
  c->add_option("--on", o->request.on, "as of this day")->required();
  add_known_on(*c, o->known_on);
  c->add_option("--until", o->request.until, "what is due by this day; left out: on whatever day");
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  c->footer(
      "Example: sekisho due --on 2024-12-01 --events examples/licences/events.jsonl \\\n"
      "           --world examples/licences/world.yaml");
  c->callback([o, &outcome] { outcome.exit_code = answer(*o); });
}

}  // namespace sekisho::cli
