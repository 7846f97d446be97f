#include <fmt/format.h>

#include <memory>
#include <sstream>

#include "command.h"
#include "files.h"
#include "render.h"
#include "sekisho/page.h"

namespace sekisho::cli {
namespace {

struct Options {
  RulebookOptions rules;
  std::string regime, on, from, to, format = "text";
};

bool days_exist(std::initializer_list<std::string> days) {
  for (const std::string& d : days)
    if (!d.empty() && !is_day(d)) {
      fmt::print(stderr, "error: there is no day `{}`; write it like 2023-12-22\n", d);
      return false;
    }
  return true;
}

int show(const Options& o) {
  if (!days_exist({o.on})) return exit_usage;
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  const auto text = o.format == "markdown" ? page(*books, o.regime, o.on) : books->show(o.regime, o.on);
  if (!text) {
    std::string all;
    for (const std::string& r : books->regimes()) all += " " + r;
    fmt::print(stderr, "error: there is no regime `{}`; there are:{}\n", o.regime, all);
    return exit_usage;
  }
  fmt::print("{}", *text);
  return exit_ok;
}

/// The words that leave or enter the law, marked as such.
void print_text(const std::string& text, char mark) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) fmt::print("  {} {}\n", mark, line);
}

int diff(const Options& o) {
  if (!days_exist({o.from, o.to})) return exit_usage;
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  const std::string json = books->difference(o.from, o.to, o.regime);
  if (o.format == "json") {
    fmt::print("{}\n", json);
    return exit_ok;
  }
  const Json changes = read_json(json)["changes"];
  for (const Json& c : changes) {
    fmt::print("{} {}: {} -> {} ({}) [{}]\n", c["kind"].get<std::string>(), c["name"].get<std::string>(),
               c["before"].get<std::string>(), c["after"].get<std::string>(),
               c["in_force"].get<std::string>(), c["cite"].get<std::string>());
    if (c["kind"] != "member" && c["kind"] != "link")
      print_text(c["text"].get<std::string>(), c["after"] == "not in force" ? '-' : '+');
  }
  if (changes.empty()) fmt::print("no change of text between {} and {}\n", o.from, o.to);
  return exit_ok;
}

}  // namespace

void add_law(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("law", "read the rulebooks: as of a day, or what changed");
  c->require_subcommand();
  auto o = std::make_shared<Options>();
  App* s = c->add_subcommand("show", "a rulebook as it reads on a day");
  s->add_option("regime", o->regime, "such as jp.transfer")->required();
  s->add_option("--on", o->on, "the day; left out: every version");
  s->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  s->add_option("--format", o->format, "text: the rulebook's own words; markdown: a page to read and sign")
      ->one_of({"text", "markdown"});
  s->footer(
      "Example: sekisho law show jp.transfer --on 2023-12-22\n"
      "Example: sekisho law show jp.transfer --on 2023-12-22 --format markdown");
  s->callback([o, &outcome] { outcome.exit_code = show(*o); });
  App* d = c->add_subcommand("diff", "the change of text between two days");
  d->add_option("--from", o->from, "the earlier day")->required();
  d->add_option("--to", o->to, "the later day")->required();
  d->add_option("--regime", o->regime, "one regime only");
  d->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  d->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  d->footer("Example: sekisho law diff --from 2023-12-21 --to 2023-12-22");
  d->callback([o, &outcome] { outcome.exit_code = diff(*o); });
  add_law_order(*c, outcome);
}

}  // namespace sekisho::cli
