#include <fmt/format.h>
#include <sekisho/licences.h>
#include <sekisho/lots.h>
#include <sekisho/register.h>

#include <algorithm>
#include <chrono>
#include <map>
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
  std::string location, world, on, known_on, format = "text";
};

std::string today() {
  using namespace std::chrono;
  const year_month_day d(floor<days>(system_clock::now()));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                     static_cast<unsigned>(d.day()));
}

/// What of an answer an officer acts on.
struct Stands {
  std::string finding, compliance, best, worst;
  std::vector<std::string> open_needs, provisos, obligations;
  std::map<std::string, std::string> regimes;  // those that are engaged: of each its own finding
  explicit Stands(const Json& answer)
      : finding(text_at(answer, "finding")),
        compliance(text_at(answer, "compliance")),
        best(text_at(answer, "best")),
        worst(text_at(answer, "worst")) {
    for (const Json& n : answer["needs"])
      if (n["status"] != "met") open_needs.push_back(text_at(n, "need"));
    for (const Json& p : answer["provisos"]) provisos.push_back(text_at(p, "proviso"));
    for (const Json& b : answer["obligations"])
      obligations.push_back(fmt::format("{}: {}", text_at(b, "by"), text_at(b, "text")));
    for (const Json& r : answer["regimes"])
      if (text_at(r, "finding") != "not_engaged") regimes[text_at(r, "regime")] = text_at(r, "finding");
  }
  friend bool operator==(const Stands&, const Stands&) = default;
  std::string words() const {
    std::string out = best == worst ? finding : fmt::format("{} ({} to {})", finding, best, worst);
    const auto part = [&](const char* what, const std::vector<std::string>& of) {
      if (!of.empty()) out += fmt::format(", {}: {}", what, fmt::join(of, ", "));
    };
    part("open", open_needs);
    part("binds", provisos);
    part("owed", obligations);
    std::vector<std::string> own_findings;
    for (const auto& [regime, own] : regimes) own_findings.push_back(fmt::format("{} {}", regime, own));
    if (!own_findings.empty()) out += fmt::format("; {}", fmt::join(own_findings, ", "));
    return out;
  }
  Json json() const {
    return {{"finding", finding},       {"best", best},         {"worst", worst},
            {"open_needs", open_needs}, {"provisos", provisos}, {"obligations", obligations},
            {"regimes", regimes}};
  }
};

/// Lots whose last movement would stand otherwise; null where the events cannot be read.
Json changed_holdings(const Rulebooks& books, const LotRequest& request) {
  const LotResult all = holdings(books, request);
  if (!all.ok) return nullptr;
  Json out = Json::array();
  const Json answers = read_json(all.json);
  for (const Json& h : answers["holdings"])
    if (h["then"] != h["now"]) out.push_back(h);
  return out;
}
/// Authorisations whose state on the day is not the one at the end of what is recorded; null as above.
Json changed_accounts(LicenceRequest request, const std::string& on) {
  std::map<std::string, std::string> recorded;
  Json out = Json::array();
  for (const std::string& day : {std::string(), on}) {
    request.on = day;
    const LicenceResult all = licence_list(request);
    if (!all.ok) return nullptr;
    const Json answers = read_json(all.json);
    for (const Json& a : answers["authorisations"]) {
      const std::string id = text_at(a, "authorisation"), state = text_at(a, "state");
      const auto [then, fresh] = recorded.try_emplace(id, state);
      if (!fresh && then->second != state)
        out.push_back({{"authorisation", id}, {"then", then->second}, {"now", state}});
    }
  }
  return out;
}
void print_changes(const Json& holdings, const Json& accounts, const std::string& on) {
  const auto words = [](const Json& s) {
    return s["compliance"].is_null()
               ? text_at(s, "finding")
               : fmt::format("{} ({})", text_at(s, "compliance"), text_at(s, "finding"));
  };
  if (holdings.is_null() || accounts.is_null())
    fmt::print(
        "holdings and accounts are not looked at: their events cannot be read; `--world` names what they "
        "speak "
        "of, and\n`lot movements` and `licence list` say what is wrong\n");
  for (const Json& h : holdings)
    fmt::print("lot {}{}, moved by {}\n  on {}: {}\n  on {}: {}\n", text_at(h, "lot"),
               h["holder"].is_null() ? "" : " of " + text_at(h, "holder"), text_at(h, "event"),
               text_at(h, "moved_on"), words(h["then"]), on, words(h["now"]));
  for (const Json& a : accounts)
    fmt::print("authorisation {}\n  as recorded: {}\n  on {}: {}\n", text_at(a, "authorisation"),
               text_at(a, "then"), on, text_at(a, "now"));
}

/// Each decision that holds, decided again: the transfer on that day, under its law, lists and events.
int watch(WatchOptions& o) {
  if (o.on.empty()) o.on = today();
  if (!days_exist({o.on, o.known_on})) return exit_usage;
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  std::optional<SourceText> world;
  if (!o.world.empty() && !(world = read_file(o.world))) return exit_files;
  const auto standing = read_standing(o.location, o.known_on, code);
  if (!standing) return code;
  const std::vector<RecordedDecision>& decisions = standing->decisions;
  std::vector<NamedDecision> questions = named(decisions);
  for (NamedDecision& q : questions) {
    q.request.on = q.request.law_of = o.on;
    q.request.known_on = o.known_on;
  }
  Json changed = Json::array();
  books->decide_each(questions, standing->events, [&](std::size_t i, const DecideResult& again) {
    const RecordedDecision& d = decisions[i];
    const std::string &transfer = d.request.transfer.name, shown_transfer = printable(transfer);
    const Stands before(read_json(d.json));
    Json now;
    if (again.ok) {
      const Stands after(read_json(again.json));
      if (after == before) return;
      now = after.json();
      if (o.format == "text")
        fmt::print("entry {}, {}, decided by {}\n  then: {}\n  on {}: {}\n", d.entry, shown_transfer,
                   printable(d.by), before.words(), o.on, after.words());
    } else if (o.format == "text") {
      fmt::print("entry {}, {}, decided by {}\n  then: {}\n  on {}: cannot be decided any more\n", d.entry,
                 shown_transfer, printable(d.by), before.words(), o.on);
      print_reports(again.reports, false);
    }
    changed.push_back(
        {{"entry", d.entry}, {"transfer", transfer}, {"by", d.by}, {"then", before.json()}, {"now", now}});
  });
  const Json held = changed_holdings(*books, {standing->events, world, {}, o.on});
  const Json accounts = changed_accounts({standing->events, world, {}, {}}, o.on);
  const bool read = !held.is_null() && !accounts.is_null();
  const auto proposed = std::count_if(standing->waiting.begin(), standing->waiting.end(),
                                      [](const WaitingProposal& w) { return w.kind == "proposed decision"; });
  if (o.format == "json") {
    fmt::print("{}\n", to_lines(Json{{"schema", "sekisho-watch/1"},
                                     {"on", o.on},
                                     {"decisions", decisions.size()},
                                     {"waiting", proposed},
                                     {"changed", changed},
                                     {"holdings", held},
                                     {"accounts", accounts}}));
    return read ? exit_ok : exit_wrong;
  }
  print_changes(held, accounts, o.on);
  fmt::print("{} decisions, {} of them would be answered otherwise on {}\n", decisions.size(), changed.size(),
             o.on);
  if (proposed > 0)
    fmt::print("{} more wait for another officer and are not looked at (`register waiting`)\n", proposed);
  return read ? exit_ok : exit_wrong;
}

}  // namespace

void add_watch(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("watch",
                              "decisions, holdings and accounts of a register that the law, the lists or the "
                              "events of a day would answer otherwise");
  auto o = std::make_shared<WatchOptions>();
  c->add_option("--register", o->location, "the register that holds them")->required();
  c->add_option("--world", o->world, "parties, items and agreements that its events name (YAML)");
  c->add_option("--on", o->on, "the day (today)");
  add_known_on(*c, o->known_on);
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones (files or folders)");
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  c->footer(
      "Example: sekisho register init --register watched.register --origin exports.example \\\n"
      "           && sekisho decide examples/patriot/finished-to-us.yaml --world examples/patriot/world.yaml "
      "\\\n"
      "           --on 2023-12-21 --record watched.register --by officer_1 \\\n"
      "           && sekisho register confirm --register watched.register --entry 0 --by officer_2 \\\n"
      "           --reason \"weighed\" && sekisho watch --register watched.register --on 2023-12-22");
  c->callback([o, &outcome] { outcome.exit_code = watch(*o); });
}

}  // namespace sekisho::cli
