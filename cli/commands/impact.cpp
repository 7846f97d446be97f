#include <fmt/format.h>
#include <sekisho/register.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "command.h"
#include "files.h"
#include "recorded.h"
#include "render.h"
#include "tell.h"
#include "words.h"

namespace sekisho::cli {
namespace {

struct ImpactOptions {
  RulebookOptions rules;
  ImpactRequest request;
  std::string on, world, location, known_on, format = "text";
  std::vector<std::string> pending;
};

/// Cases whose answer changes, with what authorities have done.
void print_answers(const Json& touches) {
  const auto bounds = [](const Json& b) {
    const std::string best = words(b["best"]), worst = words(b["worst"]);
    return best == worst ? best : fmt::format("open, {} to {}", best, worst);
  };
  bool any = false;
  for (const Json& t : touches) {
    if (!t.contains("answers")) continue;
    for (const Json& a : t["answers"]) {
      fmt::print("{} {}: {}: {} -> {}\n", words(t["kind"]), shown(t["id"]), shown(a["regime"]),
                 bounds(a["before"]), bounds(a["after"]));
      any = true;
    }
  }
  if (any) fmt::print("\n");
}

void print_text(const Json& answer) {
  const std::string from = shown(answer["from"]), to = shown(answer["to"]);
  print_answers(answer["touches"]);
  if (!answer["change"].get<bool>()) {
    fmt::print("no change: proved for every completion of the facts, before any authority has acted\n");
    return;
  }
  std::size_t inexact = 0;
  for (const Json& s : answer["statements"]) {
    const std::string regime = s["regime"].is_null() ? "jointly" : shown(s["regime"]);
    const std::string before = words(shown(s["before"])), after = words(shown(s["after"]));
    if (answer["against"].is_null())
      fmt::print("{}: {} -> {}\n", regime, before, after);
    else
      fmt::print("{}: {}, {}: {}\n", regime, before, shown(answer["against"]), after);
    if (!s["exact"].get<bool>()) {
      fmt::print("    in some of the cases where\n");
      ++inexact;
    }
    for (const Json& p : s["when"]) fmt::print("    {}\n", shown(p["text"]));
    for (const Json& r : s["touches"])
      fmt::print("  touches {} {}\n", words(shown(r["kind"])), shown(r["id"]));
  }
  fmt::print("\n{} statements, complete: where none of them holds, the finding is the same on both sides\n",
             answer["statements"].size());
  const bool one_sided = std::any_of(
      answer["statements"].begin(), answer["statements"].end(),
      [](const Json& s) { return s["before"] == "no_such_case" || s["after"] == "no_such_case"; });
  if (one_sided) fmt::print("no such case: on that side the constraints of the vocabulary leave none\n");
  if (inexact > 0)
    fmt::print(
        "{} of them not exact: which of the cases they describe change cannot be told in these words\n",
        inexact);
  if (from == to)
    fmt::print(
        "a case of each: `witness` of --format json, decided by `decide transfer.yaml --world world.yaml`\n");
  else
    fmt::print(
        "a case of each: `witness` of --format json, decided by `decide transfer.yaml --world world.yaml "
        "--law-of {}` "
        "and `--law-of {}`\n",
        from, to);
  const bool by_readings =
      std::any_of(answer["statements"].begin(), answer["statements"].end(), [](const Json& s) {
        const Json& readings = s["witness"]["readings"];
        return !readings["before"].empty() || !readings["after"].empty();
      });
  if (by_readings)
    fmt::print(
        "and what nobody can know taken as the `readings` of its side say, each `--reading WHAT=yes|no`\n");
}

int impact(ImpactOptions& o) {
  if (!days_exist({o.request.from, o.request.to, o.on, o.known_on})) return exit_usage;
  if (!in_order(o.request.from, o.request.to)) return exit_usage;
  if (!o.known_on.empty() && o.location.empty()) {
    tell("error: `--known-on` asks a register: name it with `--register`\n");
    return exit_usage;
  }
  const bool two_days = !o.request.from.empty() && !o.request.to.empty();
  const bool one_day = !o.on.empty() && (!o.rules.drafts.empty() || !o.request.against.empty());
  if ((two_days && !o.on.empty()) || two_days == one_day ||
      (!o.request.against.empty() && o.request.regime.empty())) {
    tell(
        "error: compare two days (--from, --to), a draft (--draft, --on) or two regimes (--regime, "
        "--against, "
        "--on)\n");
    return exit_usage;
  }
  if (one_day) o.request.to = o.on;
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  for (const std::string& regime : {o.request.regime, o.request.against})
    if (!regime.empty() && !is_regime(*books, regime)) return exit_usage;
  if (const auto drafts = read_rulebooks(o.rules.drafts))
    for (const SourceText& t : *drafts) o.request.drafts.push_back(t.name);
  if (!o.world.empty()) {
    auto w = read_file(o.world);
    if (!w) return exit_files;
    o.request.world = std::move(*w);
  }
  if (!o.location.empty()) {
    auto standing = read_standing(o.location, o.known_on, code);
    if (!standing) return code;
    o.request.events = std::move(standing->events);
    o.request.decisions = named(standing->decisions);
  }
  for (const std::string& path : o.pending) {
    auto t = read_file(path);
    if (!t) return exit_files;
    o.request.pending.push_back(std::move(*t));
  }
  const ImpactResult result = books->impact(o.request);
  if (!result.ok) {
    if (o.format == "json") fmt::print("{}\n", reports_json(result.reports));
    print_reports(result.reports, true);
    return exit_code_of(result.reports);
  }
  print_reports(result.reports, true);
  if (o.format == "json")
    fmt::print("{}\n", result.json);
  else
    print_text(read_json(result.json));
  return exit_ok;
}

}  // namespace

void add_impact(App& app, Outcome& outcome) {
  App* c =
      app.add_subcommand("impact", "what a change of law changes, exactly: two days, a draft, two regimes");
  auto o = std::make_shared<ImpactOptions>();
  c->add_option("--from", o->request.from, "the earlier day");
  c->add_option("--to", o->request.to, "the later day");
  c->add_option("--on", o->on, "the day, for a draft or two regimes");
  c->add_option("--draft", o->rules.drafts, "law that only the second side has");
  c->add_option("--regime", o->request.regime, "one regime only");
  c->add_option("--against", o->request.against, "another regime to hold it against");
  c->add_option("--world", o->world, "which holdings and decisions of this world the change touches (YAML)");
  c->add_option(
      "--register", o->location,
      "which goods and recorded decisions of this register it touches; `--world` has their parties");
  add_known_on(*c, o->known_on);
  c->add_option("--pending", o->pending, "a pending transfer (YAML)");
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  c->add_option("--nodes", o->request.node_limit,
                "the most nodes of diagrams to make before giving up with SK4001");
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  c->footer(
      "Example: sekisho impact --from 2023-12-21 --to 2023-12-22 --regime jp.transfer\n"
      "Example: sekisho impact --from 2023-12-21 --to 2023-12-22 --world examples/patriot/world.yaml\n"
      "Example: sekisho register init --register impact.register --origin exports.example \\\n"
      "           && sekisho register append examples/patriot/events.jsonl --register impact.register --by "
      "officer_1 \\\n"
      "           && sekisho impact --from 2023-12-21 --to 2023-12-22 --register impact.register \\\n"
      "           --world examples/patriot/world.yaml");
  c->callback([o, &outcome] { outcome.exit_code = impact(*o); });
}

}  // namespace sekisho::cli
