#include <fmt/format.h>
#include <sekisho/licences.h>

#include <memory>

#include "answer.h"
#include "booking.h"
#include "command.h"
#include "files.h"
#include "recorded.h"
#include "tell.h"
#include "words.h"

namespace sekisho::cli {
namespace {

constexpr const char* stop_example = "examples/licences/events.jsonl --world examples/licences/world.yaml";

struct StopOptions {
  std::string events, world, format = "text", on, known_on, id, by, reason, source, of;
  std::string state, party, item, lot, authorisation;
  bool append = false;
};

int place(const StopOptions& o) {
  if (!days_exist({o.on})) return exit_usage;
  Json e{{"event", "stop"}, {"id", o.id}, {"on", o.on}, {"by", o.by}, {"reason", o.reason}};
  put(e, "source", o.source);
  const std::size_t before = e.size();
  put(e, "state", o.state);
  put(e, "party", o.party);
  put(e, "item", o.item);
  put(e, "lot", o.lot);
  put(e, "authorisation", o.authorisation);
  if (e.size() != before + 1) {
    tell("error: name one thing to stop: --state, --party, --item, --lot or --authorisation\n");
    return exit_usage;
  }
  return book_event(e, {o.events, o.world, o.by, o.format, o.append});
}

int lift(const StopOptions& o) {
  if (!days_exist({o.on})) return exit_usage;
  Json e{{"event", "lift"}, {"id", o.id}, {"on", o.on}, {"by", o.by}, {"reason", o.reason}, {"of", o.of}};
  put(e, "source", o.source);
  return book_event(e, {o.events, o.world, o.by, o.format, o.append});
}

int list(const StopOptions& o) {
  if (!days_exist({o.on, o.known_on})) return exit_usage;
  LicenceRequest request;
  request.on = o.on;
  const int code = read_recorded(o.events, o.known_on, o.world, request.events, request.world);
  if (code != exit_ok) return code;
  return show_answer(stops(request), o.format, [](const Json& j) {
    for (const Json& h : j["stops"]) fmt::print("{}\n", stop_text(h));
    if (j["stops"].empty()) fmt::print("nothing is stopped\n");
  });
}

App* add_part(App* stop, const char* name, const char* about, const std::shared_ptr<StopOptions>& o) {
  App* c = stop->add_subcommand(name, about);
  c->add_option("--events", o->events, "what is recorded: a file of events (docs/events.md) or a register")
      ->required();
  c->add_option("--world", o->world, "parties and items that the events name (YAML)");
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  return c;
}
void acting(App* c, StopOptions& o) {
  c->add_option("--id", o.id, "the record's name, which no other has")->required();
  c->add_option("--on", o.on, "from this day on")->required();
  c->add_option("--by", o.by, "the officer")->required();
  c->add_option("--reason", o.reason, "why")->required();
  c->add_option("--source", o.source, "where it is told");
  c->add_flag("--append", o.append, "write the event to the file or register too; others wait meanwhile");
}

}  // namespace

void add_stop(App& app, Outcome& outcome) {
  App* stop = app.add_subcommand(
      "stop", "holds a state, party, item, lot or authorisation: nothing of it is released or drawn on");
  stop->require_subcommand();
  auto p = std::make_shared<StopOptions>();
  App* c = add_part(stop, "place", "stops it at once", p);
  acting(c, *p);
  c->add_option("--state", p->state, "what goes to or from this state, such as BY");
  c->add_option("--party", p->party, "what this party, or one that belongs to it, sends or gets");
  c->add_option("--item", p->item, "goods of this item");
  c->add_option("--lot", p->lot, "this lot");
  c->add_option("--authorisation", p->authorisation, "whatever would be drawn on it");
  c->footer(
      fmt::format("What was recorded before stays; whatever is recorded later and is of that day or after is "
                  "refused.\n\nExample: sekisho stop place --id s1 --on 2024-11-01 --party us_forces --by "
                  "officer_ito \\\n           --reason \"diversion reported\" --events {}",
                  stop_example));
  c->callback([p, &outcome] { outcome.exit_code = place(*p); });

  auto l = std::make_shared<StopOptions>();
  App* lifting = add_part(stop, "lift", "ends a stop; in a register another officer must confirm it", l);
  lifting->add_option("stop", l->of, "the name of the stop")->required();
  acting(lifting, *l);
  lifting->footer(
      "Example: sekisho stop lift s1 --id s2 --on 2024-12-01 --by officer_abe --reason \"cleared\" \\\n"
      "           --events examples/licences/stopped.jsonl");
  lifting->callback([l, &outcome] { outcome.exit_code = lift(*l); });

  auto s = std::make_shared<StopOptions>();
  App* listing = add_part(stop, "list", "what is stopped", s);
  listing->add_option("--on", s->on, "on this day; left out: by all that is recorded");
  add_known_on(*listing, s->known_on);
  listing->footer(fmt::format("Example: sekisho stop list --events {}", stop_example));
  listing->callback([s, &outcome] { outcome.exit_code = list(*s); });
}

}  // namespace sekisho::cli
