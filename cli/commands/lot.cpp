#include <fmt/format.h>
#include <sekisho/lots.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "command.h"
#include "files.h"
#include "json.h"
#include "recorded.h"
#include "words.h"

namespace sekisho::cli {
namespace {

struct LotOptions {
  RulebookOptions rules;
  LotRequest request;
  std::string events, world, known_on, format = "text";
};

/// What `lot_pedigree` found, printed by the parts that each command shows.
class Pedigree {
 public:
  explicit Pedigree(const Json& j) : j_(j) {
    for (const Json& s : j["states"]) states_[s["state"].get<int>()] = &s;
  }

  void history() const {
    for (const Json& i : j_["history"]) {
      const Json& s = state(i);
      print(s, 0);
      lies_on(s);
    }
  }
  void trace() const {
    struct Step {
      int number, deep;
      std::string how;
    };
    std::set<int> told;
    std::vector<Step> open{{last(), 0, ""}};  // the next one last
    while (!open.empty()) {
      const Step step = std::move(open.back());
      open.pop_back();
      const Json& s = state(step.number);
      const Json& parents = s["parents"];
      print(s, step.deep, step.how);
      if (!told.insert(step.number).second) {
        if (!parents.empty()) fmt::print("{}as above\n", indent(step.deep + 1));
        continue;
      }
      for (auto p = parents.rbegin(); p != parents.rend(); ++p)
        open.push_back({(*p)["state"].get<int>(), step.deep + 1, text_at(*p, "how")});
    }
  }
  void where_used() const {
    for (const Json& i : j_["used_in"]) print(state(i), 0);
    if (j_["used_in"].empty()) fmt::print("nothing came of `{}`\n", text_at(j_, "lot"));
  }
  void rights() const {
    const Json& s = state(last());
    print(s, 0);
    if (j_["now"].is_null()) fmt::print("  it is no longer there; this is what lay on it at the end\n");
    fmt::print("  made in {}{}{}\n",
               s["made_in"].is_null() ? "a state that nobody named" : text_at(s, "made_in"),
               part(" by ", text_at(s, "maker")), part(" under ", text_at(s, "made_under")));
    lies_on(s);
    if (s["attestations"].empty())
      fmt::print(
          "  nobody attests where all that is in it comes from: further provisos and rights may lie on it\n");
  }

 private:
  const Json& state(const Json& number) const { return *states_.at(number.get<int>()); }
  const Json& state(int number) const { return *states_.at(number); }
  int last() const { return j_["now"].is_null() ? j_["history"].back().get<int>() : j_["now"].get<int>(); }
  /// What stands deeper than a line is wide says how deep.
  static std::string indent(int deep) {
    constexpr int most = 30;
    return std::string(static_cast<std::size_t>(std::min(deep, most)) * 2, ' ') +
           (deep > most ? fmt::format("({} deep) ", deep) : "");
  }
  static void print(const Json& s, int deep, const std::string& how = "") {
    fmt::print("{}{}{}: {} {}{}{}; {} {} ({})\n", indent(deep), text_at(s, "lot"), part(", ", how),
               text_at(s, "quantity"), text_at(s, "item"), part(", held by ", text_at(s, "holder")),
               part(" in ", text_at(s, "country")), text_at(s, "on"), text_at(s, "event"),
               text_at(s, "kind"));
  }
  static void lies_on(const Json& s) {
    for (const Json& p : s["provisos"]) {
      std::string with;
      for (const auto& [parameter, party] : p["with"].items())
        with += fmt::format("{}{} {}", with.empty() ? "" : ", ", parameter, shown(party));
      fmt::print("  {}{}, bound on {}{}\n", text_at(p, "proviso"), with.empty() ? "" : " (" + with + ")",
                 text_at(p, "bound_on"), part(" by ", text_at(p, "by")));
    }
    for (const Json& r : s["rights"]) fmt::print("  {}\n", right_words(r));
    for (const Json& a : s["attestations"])
      fmt::print("  provenance complete for {}{}{}\n", text_at(a, "jurisdiction"),
                 part(", on the word of ", text_at(a, "by")), part(" of ", text_at(a, "on")));
  }
  static std::string right_words(const Json& r) {
    const bool more = r["more_possible"].get<bool>();
    const std::string name = fmt::format("{}, a right of {}", text_at(r, "right"), text_at(r, "state"));
    if (!r.contains("share")) return more ? name + ": perhaps, the law is unsettled" : name;
    return fmt::format("{}: {}{} of the value, {}", name, more ? "at least " : "",
                       text_at(r["share"], "fraction"), text_at(r["share"], "at_least"));
  }

  const Json& j_;
  std::map<int, const Json*> states_;
};

void print_movements(const Json& j) {
  for (const Json& m : j["movements"]) {
    fmt::print("{} {}: {} ({})\n", text_at(m, "on"), text_at(m, "event"), text_at(m, "compliance"),
               text_at(m, "finding"));
    std::string lots;
    for (const Json& l : m["lots"]) lots += (lots.empty() ? "" : ", ") + shown(l);
    fmt::print("  {}, {} to {}, {} to {}\n", lots, m["from"].is_null() ? "?" : text_at(m, "from"),
               m["to"].is_null() ? "?" : text_at(m, "to"), text_at(m, "exporter"), text_at(m, "consignee"));
    if (m.contains("held"))
      for (const Json& h : m["held"]) fmt::print("  against a stop: {}\n", stop_text(h));
    if (m.contains("spent"))
      for (const Json& s : m["spent"]) fmt::print("  covers nothing of it: {}\n", shown(s));
    for (const Json& g : m["grounds"])
      fmt::print("  {} {}: {}\n", text_at(g, "effect"), text_at(g, "rule"), text_at(g, "cite"));
    for (const Json& f : m["missing"]) fmt::print("  not known: {}\n", text_at(f, "fact"));
    for (const Json& s : m["not_encoded"]) fmt::print("  no rulebook of {} is loaded\n", shown(s));
  }
}

using Print = std::function<void(const Json&)>;
using Ask = LotResult (*)(const Rulebooks&, const LotRequest&);

int answer(LotOptions& o, Ask ask, const Print& print) {
  if (!days_exist({o.request.on, o.known_on})) return exit_usage;
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  code = read_recorded(o.events, o.known_on, o.world, o.request.events, o.request.world);
  if (code != exit_ok) return code;
  const LotResult result = ask(*books, o.request);
  print_reports(result.reports, true);
  if (!result.ok) {
    if (o.format == "json") fmt::print("{}\n", reports_json(result.reports));
    return exit_code_of(result.reports);
  }
  const Json j = read_json(result.json);
  if (o.format == "json")
    fmt::print("{}\n", result.json);
  else if (o.format == "dot")
    fmt::print("{}", pedigree_dot(result));
  else if (o.format == "svg")
    fmt::print("{}", pedigree_svg(result));
  else if (o.format == "prov")
    fmt::print("{}\n", pedigree_prov(result));
  else
    print(j);
  return exit_ok;
}

const char* const on_events = " --events examples/patriot/events.jsonl --world examples/patriot/world.yaml";

std::shared_ptr<LotOptions> common(App* c) {
  auto o = std::make_shared<LotOptions>();
  c->add_option("--events", o->events,
                "what happened to lots: a file of events (docs/events.md), `-`, or a register")
      ->required();
  c->add_option("--world", o->world, "parties, items and agreements that the events name (YAML)");
  c->add_option("--on", o->request.on, "up to this day; left out: everything");
  add_known_on(*c, o->known_on);
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones (files or folders)");
  return o;
}

void add_pedigree(App* lot, const char* name, const char* about, void (Pedigree::*print)() const,
                  Outcome& outcome) {
  App* c = lot->add_subcommand(name, about);
  auto o = common(c);
  c->add_option("lot", o->request.lot, "the lot's number")->required();
  c->add_option("--format", o->format,
                "text, json, svg for a picture, dot for Graphviz, prov for W3C PROV-JSON")
      ->one_of({"text", "json", "svg", "dot", "prov"});
  c->footer(fmt::format("Example: sekisho lot {} refilled_us_stock{}", name, on_events));
  c->callback([o, print, &outcome] {
    outcome.exit_code = answer(*o, &lot_pedigree, [print](const Json& j) { (Pedigree(j).*print)(); });
  });
}

}  // namespace

void add_lot(App& app, Outcome& outcome) {
  App* lot = app.add_subcommand("lot", "where goods come from and what lies on them, from events");
  lot->require_subcommand();
  add_pedigree(lot, "rights", "what lies on a lot now: provisos, and who attests where it comes from",
               &Pedigree::rights, outcome);
  add_pedigree(lot, "history", "each state that a lot was in", &Pedigree::history, outcome);
  add_pedigree(lot, "trace", "what a lot came of, back to the making", &Pedigree::trace, outcome);
  add_pedigree(lot, "where-used", "what came of a lot", &Pedigree::where_used, outcome);
  App* m =
      lot->add_subcommand("movements", "each movement decided on its day: compliant, a breach, undetermined");
  auto o = common(m);
  m->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  m->footer(fmt::format("Example: sekisho lot movements{}", on_events));
  m->callback([o, &outcome] { outcome.exit_code = answer(*o, &movements, &print_movements); });
}

}  // namespace sekisho::cli
