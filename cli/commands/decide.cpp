#include <fmt/format.h>
#include <sekisho/register.h>
#include <unistd.h>

#include <memory>

#include "booking.h"
#include "command.h"
#include "files.h"
#include "recorded.h"
#include "render.h"
#include "tell.h"
#include "words.h"

namespace sekisho::cli {
namespace {

struct DecideOptions {
  RulebookOptions rules;
  DecideRequest request;
  std::string transfer, world, events, record, reserve, until, by, format = "text";
  std::string from, to, kind;
  bool minimum = false;
  std::size_t questions = 10'000;
};

/// The register into which the answer goes, before anything is decided or set aside.
/// @returns the exit code, after a message
int open_record(const DecideOptions& o, OpenRegister& into) {
  if (o.by.empty()) {
    tell("error: `--record` needs `--by`: the officer who decides\n");
    return exit_usage;
  }
  if (o.request.hypothetical) {
    tell("error: an answer under a draft is no decision and is not recorded\n");
    return exit_usage;
  }
  if (!o.request.readings.empty()) {
    tell("error: an answer by one reading of unsettled law is no decision and is not recorded\n");
    return exit_usage;
  }
  const RegisterOutcome opened = into.open(o.record);
  print_reports(opened.reports, true);
  return exit_code_of(opened);
}

/// What was asked and answered, into a register. @returns the exit code, after a message
int record(const DecideOptions& o, OpenRegister& into, const DecideResult& result) {
  const bool own_events = !o.events.empty() && same_register(o.events, o.record);
  const RegisterOutcome done = into.record_decision(o.request, result.json, own_events, {o.by, now()});
  print_reports(done.reports, true);
  if (!done.ok && !o.reserve.empty())
    tell("`{}` is reserved all the same: `sekisho licence release` undoes it\n", o.reserve);
  if (!done.ok) return exit_code_of(done);
  tell("recorded as entry {}, {}\n", done.number,
       done.text == "decision" ? "a decision"
                               : "a proposed decision that another officer confirms (`register confirm`)");
  return exit_ok;
}

void show(const DecideOptions& o, const DecideResult& result) {
  if (!result.ok && o.format == "json") fmt::print("{}\n", reports_json(result.reports));
  print_reports(result.reports, true);
  if (!result.ok) return;
  if (o.format == "json") {
    fmt::print("{}\n", result.json);
  } else {
    const Json answer = read_json(result.json);
    const bool colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
    fmt::print("{}", o.format == "markdown" ? render_markdown(answer) : render_text(answer, colour));
  }
}

/// Decides by what is recorded now, and sets aside what the answer permits; nobody else records in between.
/// @returns the exit code
int decide_and_reserve(const DecideOptions& o, const Rulebooks& books, DecideRequest& request,
                       DecideResult& result) {
  return book_made(
      [&](const SourceText& events) {
        request.events = events;
        result = books.decide(request);
        if (!result.ok) return BookingResult{false, false, result.reports, {}, {}};
        show(o, result);
        const ReservationResult r = reservation_of(request, result.json, {o.reserve, o.by, o.until});
        if (!r.ok) return BookingResult{false, false, r.reports, {}, {}};
        return would_book(events, request.world, {"the reservation", r.event + "\n"});
      },
      {o.events, o.world, o.by, o.format, true});
}

int decide(DecideOptions& o) {
  int exit_code = exit_ok;
  if (!days_exist({o.request.on, o.request.law_of, o.request.known_on, o.until})) return exit_usage;
  const auto books = load(o.rules, exit_code);
  if (!books) return exit_code;
  auto transfer = o.transfer.empty() ? std::optional(SourceText{"the command line", "transfer: 1\n"})
                                     : read_file(o.transfer);
  if (!transfer) return exit_files;
  o.request.transfer = std::move(*transfer);
  if (!o.world.empty()) {
    auto world = read_file(o.world);
    if (!world) return exit_files;
    o.request.world = std::move(*world);
  }
  if (!o.reserve.empty() && o.events.empty()) {
    tell("error: `--reserve` needs `--events`: the authorisations that goods are drawn on\n");
    return exit_usage;
  }
  if (!o.events.empty() && !(o.request.events = read_recorded(o.events, o.request.known_on, exit_code)))
    return exit_code;
  const auto known = [&](const char* fact, const std::string& v) {
    if (!v.empty()) o.request.known.push_back(fmt::format("{}={}", fact, v));
  };
  known("departure", o.from);
  known("destination", o.to);
  known("kind", o.kind);
  if (o.minimum) o.request.minimum = o.questions;
  o.request.hypothetical = !o.rules.drafts.empty();
  OpenRegister into;
  if (!o.record.empty() && (exit_code = open_record(o, into)) != exit_ok) return exit_code;
  DecideResult result;
  if (!o.reserve.empty()) {
    exit_code = decide_and_reserve(o, *books, o.request, result);
    if (exit_code != exit_ok) return exit_code;
  } else {
    result = books->decide(o.request);
    show(o, result);
  }
  if (!result.ok) return exit_code_of(result.reports);
  return o.record.empty() ? exit_ok : record(o, into, result);
}

}  // namespace

void add_decide(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("decide", "may these goods go, on this day, and why?");
  auto o = std::make_shared<DecideOptions>();
  c->add_option("transfer", o->transfer,
                "the transfer (YAML); `-` reads standard input; left out: flags alone");
  c->add_option("--world", o->world, "parties, goods and acts of authorities (YAML)");
  c->add_option(
      "--events,--register", o->events,
      "what happened to lots and authorisations up to the day: a file of events (docs/events.md) or a "
      "register");
  c->add_option("--on", o->request.on,
                "the day of the transfer, and of the law unless --law-of says otherwise");
  c->add_option("--law-of", o->request.law_of, "read rules, lists and findings as of this day");
  c->add_option("--known-on", o->request.known_on, "leave out what was recorded after this day");
  c->add_option("--from", o->from, "state of departure")->kind("STATE");
  c->add_option("--to", o->to, "state of destination")->kind("STATE");
  c->add_option("--kind", o->kind, "kind of transfer");
  c->add_option("--known", o->request.known,
                "FACT=VALUE, over what the files say; `unknown` forgets, `A|B` leaves both");
  c->add_option(
      "--reading", o->request.readings,
      "WHAT=yes or WHAT=no: reads unsettled law so, by what an answer calls it; the answer is marked");
  c->add_flag("--without-instruments", o->request.without_instruments,
              "hide what authorities answered about this transfer");
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones (files or folders)");
  c->add_option("--draft", o->rules.drafts, "a draft of law laid over the rulebooks; the answer is marked");
  c->add_option("--nodes", o->request.node_limit,
                "the most nodes of diagrams to make before giving up with SK4001");
  c->add_flag("--minimum", o->minimum,
              "also the fewest facts the finding rests on, and the fewest changes that give another");
  c->add_option("--questions", o->questions,
                "with --minimum: so many questions for each; beyond it the set is not proved minimum");
  c->add_option("--record", o->record, "a register that keeps this decision with all that repeats it");
  c->add_option("--by", o->by, "with --record or --reserve: the officer who decides");
  c->add_option(
      "--reserve", o->reserve,
      "where the answer permits: a reservation of this name on the recorded authorisations that settle "
      "its needs, on all their limits or on none; written to --events");
  c->add_option("--until", o->until, "with --reserve: held to that day");
  c->add_option("--format", o->format, "text, json or markdown")->one_of({"text", "json", "markdown"});
  c->footer(
      "Example: sekisho decide examples/patriot/finished-to-us.yaml --world examples/patriot/world.yaml --on "
      "2023-12-21\n"
      "Example: sekisho decide --from JP --to PH --on 2020-08-28 --known goods.form=finished\n"
      "Example: sekisho decide --from JP --to US --on 2023-12-21 --minimum\n"
      "Example: sekisho decide examples/patriot/japanese-made-onward-to-ukraine.yaml --world "
      "examples/patriot/world.yaml --events examples/patriot/events.jsonl --on 2025-12-02");
  c->callback([o, &outcome] { outcome.exit_code = decide(*o); });
}

}  // namespace sekisho::cli
