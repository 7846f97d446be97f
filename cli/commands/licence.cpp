#include <fmt/format.h>
#include <sekisho/licences.h>
#include <unistd.h>

#include <cmath>
#include <memory>

#include "answer.h"
#include "booking.h"
#include "command.h"
#include "files.h"
#include "json.h"
#include "recorded.h"
#include "tell.h"
#include "words.h"

namespace sekisho::cli {
namespace {

constexpr const char* example = "examples/licences/events.jsonl --world examples/licences/world.yaml";

struct LicenceOptions {
  std::string events, world, format = "text", on, known_on, id;
};
/// The words of one event, as they were typed.
struct Booking {
  LicenceOptions common;
  std::string of, moves, until, by, source, item, consignee, line, quantity, value;
  std::vector<std::string> under, facts, needs;
  bool append = false;
};

std::string list_of(const Json& values) {
  std::string out;
  for (const Json& v : values) out += (out.empty() ? "" : ", ") + shown(v);
  return out;
}

// --- showing ---
/// The number of an amount: for the length of a bar alone.
double number(const std::string& amount) {
  return std::stod(amount);
}
/// Drawn, reserved and free in thirty steps; what is above nothing has at least one. Empty off a terminal.
std::string bar(const Json& b) {
  if (isatty(STDOUT_FILENO) == 0) return {};
  constexpr int steps = 30;
  const double granted = number(text_at(b, "granted"));
  const auto length = [&](const char* key) {
    const double n = number(text_at(b, key));
    if (n == 0) return 0;
    // What is left of it has a step too.
    return n >= granted ? steps
                        : std::clamp(static_cast<int>(std::lround(n / granted * steps)), 1, steps - 1);
  };
  const int drawn = length("drawn"), reserved = std::min(length("reserved"), steps - std::min(steps, drawn));
  std::string out;
  for (int i = 0; i < steps; ++i) out += i < drawn ? "█" : i < drawn + reserved ? "▒" : "░";
  return out + " ";
}
std::string balance(const Json& b) {
  return fmt::format("{}{}{}: {} drawn, {} reserved, {} free", text_at(b, "limit"),
                     part(", for ", text_at(b, "consignee")), part(", in ", text_at(b, "period")),
                     text_at(b, "drawn"), text_at(b, "reserved"), text_at(b, "free"));
}
std::string valid(const Json& a) {
  const Json& v = a["valid"];
  return fmt::format("valid from {}{}", text_at(v, "from"),
                     v["to"].is_null() ? " without end" : " to " + text_at(v, "to"));
}

void print_list(const Json& j) {
  for (const Json& a : j["authorisations"]) {
    fmt::print("{}: {} of {}{}, {}, {}\n", text_at(a, "authorisation"), text_at(a, "kind"),
               text_at(a, "authority"), part(" to ", text_at(a, "holder")), text_at(a, "state"), valid(a));
    if (const Json& b = a["tightest"]; !b.is_null()) fmt::print("  {}{}\n", bar(b), balance(b));
  }
  if (j["authorisations"].empty()) fmt::print("no authorisation is recorded\n");
}

void print_terms(const Json& a) {
  fmt::print("{}: {} of {}{}, {}, {}\n", text_at(a, "authorisation"), text_at(a, "kind"),
             text_at(a, "authority"), part(" to ", text_at(a, "holder")), text_at(a, "state"), valid(a));
  const auto line = [](const char* what, const std::string& says) {
    if (!says.empty()) fmt::print("  {}: {}\n", what, says);
  };
  line("title", text_at(a, "title"));
  line("signed by", text_at(a, "signatory"));
  line("on re-export", text_at(a, "reexport"));
  line("answers", list_of(a["answers"]));
  for (const auto& [fact, values] : a["scope"].items())
    fmt::print("  only for {} {}\n", fact, list_of(values));
  for (const Json& c : a["conditions"])
    fmt::print("  condition{}: {}{}\n", part(" for ", text_at(c, "by")), text_at(c, "text"),
               c["met_on"].is_null() ? ", not met" : ", met on " + text_at(c, "met_on"));
  for (const Json& r : a["reports"])
    fmt::print("  report{}: {}, due {}{}\n", part(" to ", text_at(r, "to")), text_at(r, "text"),
               text_at(r, "due"), part(", given on ", text_at(r, "given_on")));
  for (const Json& p : a["provisos"]) {
    std::string with;
    for (const auto& [parameter, party] : p["with"].items())
      with += fmt::format("{}{} {}", with.empty() ? "" : ", ", parameter, shown(party));
    fmt::print("  proviso: {}{}\n", text_at(p, "proviso"), with.empty() ? "" : " (" + with + ")");
  }
  if (a["restores_on_return"].get<bool>()) fmt::print("  returned goods give their balance back\n");
  if (text_at(a, "at_issuer") == "not_found")
    fmt::print("  it was not found at its issuer: it covers nothing\n");
  if (a["assumed"].get<bool>()) fmt::print("  assumed: not read in a source\n");
}

std::string left(const Json& line) {
  std::string out;
  for (const char* measure : {"quantity", "value"})
    if (!line[measure].is_null())
      out += fmt::format("{}{} of {}", out.empty() ? "" : ", ", text_at(line[measure], "left"),
                         text_at(line[measure], "asked"));
  return out;
}

void print_show(const Json& j) {
  const Json& a = j["authorisation"];
  print_terms(a);
  fmt::print("balances on {}:\n", text_at(j, "on"));
  for (const Json& b : a["balances"]) fmt::print("  {}{}\n", bar(b), balance(b));
  if (a["balances"].empty()) fmt::print("  it has no limits\n");
  if (!a["reservations"].empty()) fmt::print("reserved:\n");
  for (const Json& r : a["reservations"])
    for (const Json& l : r["lines"])
      fmt::print("  {}: {} left{}{}, for {}{}\n", text_at(r, "reservation"), left(l),
                 part(", ", text_at(l, "item")), part(" for ", text_at(l, "consignee")), text_at(r, "for"),
                 part(", held to ", text_at(r, "until")));
  fmt::print("history:\n");
  for (const Json& h : a["history"])
    fmt::print("  {} {}: {} {}{}\n", text_at(h, "on"), text_at(h, "event"), text_at(h, "kind"),
               text_at(h, "says"), part(", by ", text_at(h, "by")));
}

int ask(const LicenceOptions& o, LicenceResult (*question)(const LicenceRequest&),
        void (*print)(const Json&)) {
  if (!days_exist({o.on, o.known_on})) return exit_usage;
  LicenceRequest request;
  request.id = o.id;
  request.on = o.on;
  const int code = read_recorded(o.events, o.known_on, o.world, request.events, request.world);
  return code == exit_ok ? show_answer(question(request), o.format, print) : code;
}

// --- booking ---
/// `NAME=VALUE` parted; after a message nullopt.
std::optional<std::pair<std::string, std::string>> parted(const std::string& word, const char* form) {
  const std::size_t at = word.find('=');
  if (at != std::string::npos && at > 0 && at + 1 < word.size())
    return std::pair(word.substr(0, at), word.substr(at + 1));
  tell("error: `{}` is not {}\n", word, form);
  return std::nullopt;
}

/// What every booking says of itself.
Json begun(const Booking& b, const char* kind) {
  Json e{{"event", kind}, {"id", b.common.id}, {"on", b.common.on}};
  put(e, "by", b.by);
  put(e, "source", b.source);
  return e;
}
std::optional<Json> reserve_event(const Booking& b) {
  Json e = begun(b, "reserve"), line = Json::object();
  put(e, "for", b.moves);
  put(e, "until", b.until);
  put(line, "item", b.item);
  put(line, "consignee", b.consignee);
  put(line, "quantity", b.quantity);
  put(line, "value", b.value);
  line["under"] = b.under;
  for (const std::string& word : b.needs) {
    const auto need = parted(word, "NEED=AUTHORITY, such as export_permit=jp.meti");
    if (!need) return std::nullopt;
    line["needs"].push_back({{"need", need->first}, {"from", need->second}});
  }
  for (const std::string& word : b.facts) {
    const auto fact = parted(word, "FACT=VALUE, such as destination=US");
    if (!fact) return std::nullopt;
    line["facts"][fact->first] = fact->second;
  }
  e["lines"] = Json::array({line});
  return e;
}
std::optional<Json> take_event(const Booking& b, const char* kind) {
  Json e = begun(b, kind), some = Json::object();
  e["of"] = b.of;
  put(some, "line", b.line);
  put(some, "quantity", b.quantity);
  put(some, "value", b.value);
  if (!some.empty()) e["parts"] = Json::array({some});
  return e;
}

int book(const Booking& b, const std::optional<Json>& event) {
  if (!event || !days_exist({b.common.on, b.moves, b.until})) return exit_usage;
  return book_event(*event, {b.common.events, b.common.world, b.by, b.common.format, b.append});
}

// --- the commands ---
void reading(App* c, LicenceOptions& o) {
  c->add_option("--events", o.events,
                "what authorities and officers did: a file of events (docs/events.md), `-`, or a register")
      ->required();
  c->add_option("--world", o.world,
                "parties and items that the events name, and what belongs to what (YAML)");
  c->add_option("--format", o.format, "text or json")->one_of({"text", "json"});
}
App* add_view(App* licence, const char* name, const char* about, const std::shared_ptr<LicenceOptions>& o) {
  App* c = licence->add_subcommand(name, about);
  reading(c, *o);
  c->add_option("--on", o->on, "up to this day and as of it; left out: the day of the last event");
  add_known_on(*c, o->known_on);
  return c;
}
App* add_booking(App* licence, const char* name, const char* about, const std::shared_ptr<Booking>& b) {
  App* c = licence->add_subcommand(name, about);
  reading(c, b->common);
  c->add_option("--id", b->common.id, "the record's name, which no other has")->required();
  c->add_option("--on", b->common.on, "the day on which it is so")->required();
  c->add_option("--by", b->by, "who says so; in a register who records it");
  c->add_option("--source", b->source, "where it is told");
  c->add_option("--quantity", b->quantity, "such as `10 pieces`");
  c->add_option("--value", b->value, "such as `2500.00 USD`");
  c->add_flag("--append", b->append, "write the event to the file or register too; others wait meanwhile");
  return c;
}
void add_take(App* licence, const char* name, const char* kind, const char* about, const char* shown,
              Outcome& outcome) {
  auto b = std::make_shared<Booking>();
  App* c = add_booking(licence, name, about, b);
  c->add_option("reservation", b->of, "of which reservation")->required();
  c->add_option("--line", b->line, "which line of it, where it has several");
  c->footer(fmt::format("Without amounts: all that is left.\n\nExample: sekisho licence {} {} --events {}",
                        name, shown, example));
  c->callback([b, kind, &outcome] { outcome.exit_code = book(*b, take_event(*b, kind)); });
}

}  // namespace

void add_licence(App& app, Outcome& outcome) {
  App* licence =
      app.add_subcommand("licence", "authorisations as accounts: what is granted, reserved, drawn and left");
  licence->require_subcommand();
  auto l = std::make_shared<LicenceOptions>();
  App* list = add_view(licence, "list", "every authorisation with its state and tightest balance", l);
  list->footer(fmt::format("Example: sekisho licence list --events {}", example));
  list->callback([l, &outcome] { outcome.exit_code = ask(*l, &licence_list, &print_list); });

  auto s = std::make_shared<LicenceOptions>();
  App* show = add_view(licence, "show", "one authorisation: terms, balances, what is reserved, history", s);
  show->add_option("id", s->id, "the authorisation's name")->required();
  show->footer(fmt::format("Example: sekisho licence show meti_permit --events {}", example));
  show->callback([s, &outcome] { outcome.exit_code = ask(*s, &licence_show, &print_show); });

  auto b = std::make_shared<Booking>();
  App* reserve = add_booking(licence, "reserve",
                             "sets goods aside on every limit of every authorisation named, or on none", b);
  reserve->add_option("--under", b->under, "an authorisation; may stand several times")->required();
  reserve->add_option("--item", b->item, "of what");
  reserve->add_option("--consignee", b->consignee, "for whom");
  reserve->add_option("--for", b->moves, "the day for which the goods are to move; left out: `--on`");
  reserve->add_option("--until", b->until, "held to that day");
  reserve->add_option("--fact", b->facts, "FACT=VALUE of which a scope speaks; may stand several times");
  reserve->add_option("--need", b->needs, "NEED=AUTHORITY that has to be answered; may stand several times");
  reserve->footer(
      fmt::format("What is refused names each limit that lacks and by how much; the exit code is then 1.\n\n"
                  "Example: sekisho licence reserve --id r9 --on 2024-11-01 --under meti_permit \\\n"
                  "           --under end_use_certificate --item pac3 --consignee us_government \\\n"
                  "           --fact destination=US --fact end_user=us_forces --quantity \"1 pieces\" \\\n"
                  "           --value \"4000000 USD\" \\\n"
                  "           --events {}",
                  example));
  reserve->callback([b, &outcome] { outcome.exit_code = book(*b, reserve_event(*b)); });
  add_take(licence, "draw", "draw", "goods move: reserved becomes drawn",
           "second_shipment --id d9 --on 2024-11-20 --quantity \"2 pieces\" --value \"8000000 USD\"",
           outcome);
  add_take(licence, "release", "free", "goods will not move: what is reserved is free again",
           "second_shipment --id f9 --on 2024-11-20", outcome);
}

}  // namespace sekisho::cli
