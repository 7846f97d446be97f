#include <fmt/format.h>
#include <sekisho/register.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "command.h"
#include "files.h"
#include "json.h"
#include "recorded.h"
#include "words.h"

namespace sekisho::cli {
namespace {

struct WatchOptions {
  RulebookOptions rules;
  std::string location, on, format = "text";
};

std::string today() {
  using namespace std::chrono;
  const year_month_day d(floor<days>(system_clock::now()));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                     static_cast<unsigned>(d.day()));
}

/// What of an answer an officer acts on.
struct Stands {
  std::string finding, compliance;
  std::vector<std::string> open_needs;
  explicit Stands(const Json& answer)
      : finding(answer["finding"].get<std::string>()),
        compliance(answer["compliance"].is_string() ? answer["compliance"].get<std::string>() : "") {
    for (const Json& n : answer["needs"])
      if (n["status"] != "met") open_needs.push_back(n["need"].get<std::string>());
  }
  friend bool operator==(const Stands&, const Stands&) = default;
  std::string words() const {
    return open_needs.empty() ? finding : fmt::format("{}, open: {}", finding, fmt::join(open_needs, ", "));
  }
};

/// Each decision that holds, decided again: the transfer on that day, under its law, lists and events.
int watch(WatchOptions& o) {
  if (o.on.empty()) o.on = today();
  if (!days_exist({o.on})) return exit_usage;
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  OpenRegister r;
  std::vector<RecordedDecision> decisions;
  std::vector<WaitingProposal> waiting;
  RegisterOutcome read = r.open(o.location);
  if (read.ok) read = r.standing(decisions, waiting);
  print_reports(read.reports, true);
  if (!read.ok) return exit_code_of(read);

  Json changed = Json::array();
  for (RecordedDecision& d : decisions) {
    d.request.on = d.request.law_of = o.on;
    d.request.known_on.clear();
    if (d.own_events) d.request.events = SourceText{o.location, read.text};
    const DecideResult again = books->decide(d.request);
    const Stands before(read_json(d.json));
    Json now;
    if (again.ok) {
      const Stands after(read_json(again.json));
      if (after == before) continue;
      now = {{"finding", after.finding}, {"open_needs", after.open_needs}};
      if (o.format == "text")
        fmt::print("entry {}, {}, decided by {}\n  then: {}\n  on {}: {}\n", d.entry, d.request.transfer.name,
                   d.by, before.words(), o.on, after.words());
    } else if (o.format == "text") {
      fmt::print("entry {}, {}, decided by {}\n  then: {}\n  on {}: cannot be decided any more\n", d.entry,
                 d.request.transfer.name, d.by, before.words(), o.on);
      print_reports(again.reports, false);
    }
    changed.push_back({{"entry", d.entry},
                       {"transfer", d.request.transfer.name},
                       {"by", d.by},
                       {"then", {{"finding", before.finding}, {"open_needs", before.open_needs}}},
                       {"now", now}});
  }
  const auto proposed = std::count_if(waiting.begin(), waiting.end(),
                                      [](const WaitingProposal& w) { return w.kind == "proposed decision"; });
  if (o.format == "json") {
    fmt::print("{}\n", Json{{"schema", "sekisho-watch/1"},
                            {"on", o.on},
                            {"decisions", decisions.size()},
                            {"waiting", proposed},
                            {"changed", changed}}
                           .dump(2));
    return exit_ok;
  }
  fmt::print("{} decisions, {} of them would be answered otherwise on {}\n", decisions.size(), changed.size(),
             o.on);
  if (proposed > 0)
    fmt::print("{} more wait for another officer and are not looked at (`register waiting`)\n", proposed);
  return exit_ok;
}

}  // namespace

void add_watch(App& app, Outcome& outcome) {
  App* c = app.add_subcommand(
      "watch", "recorded decisions that the law, the lists or the events of a day would answer otherwise");
  auto o = std::make_shared<WatchOptions>();
  c->add_option("--register", o->location, "the register that holds them")->required();
  c->add_option("--on", o->on, "the day (today)");
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones (files or folders)");
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  c->footer(
      "Example: sekisho register init --register exports.register --origin exports.example \\\n"
      "           && sekisho decide examples/patriot/finished-to-us.yaml --world examples/patriot/world.yaml "
      "\\\n"
      "           --on 2023-12-21 --record exports.register --by officer_1 \\\n"
      "           && sekisho register confirm --register exports.register --entry 0 --by officer_2 \\\n"
      "           --reason \"weighed\" && sekisho watch --register exports.register --on 2023-12-22");
  c->callback([o, &outcome] { outcome.exit_code = watch(*o); });
}

}  // namespace sekisho::cli
