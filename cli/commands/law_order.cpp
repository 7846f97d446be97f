#include <fmt/format.h>

#include <memory>

#include "command.h"
#include "files.h"
#include "json.h"
#include "words.h"

namespace sekisho::cli {
namespace {

struct LawOrderOptions {
  RulebookOptions rules;
  std::string regime, on, format = "text";
  bool find = false;
  std::size_t trials = 400, node_limit = most_nodes;
};

int order(const LawOrderOptions& o) {
  if (!days_exist({o.on})) return exit_usage;
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  if (!o.regime.empty() && !is_regime(*books, o.regime)) return exit_usage;
  const TextResult result = o.find ? books->find_order(o.trials) : books->order(o.regime, o.on, o.node_limit);
  print_reports(result.reports, true);
  if (!result.ok) return exit_code_of(result.reports);
  if (o.find || o.format == "json") {
    fmt::print("{}{}", result.text, o.find ? "" : "\n");
    return exit_ok;
  }
  const Json j = read_json(result.text);
  fmt::print("order of {} on {}: {}\n", o.regime.empty() ? "all regimes" : o.regime, shown(j["on"]),
             shown(j["order"]));
  for (const Json& v : j["variables"])
    fmt::print("  {:<52} {:>3} values {:>7} nodes\n", shown(v["variable"]), v["values"].get<std::size_t>(),
               v["nodes"].get<std::size_t>());
  return exit_ok;
}

}  // namespace

void add_law_order(App& law, Outcome& outcome) {
  App* c =
      law.add_subcommand("order", "the order in which facts are asked, which decides how large the law is");
  auto o = std::make_shared<LawOrderOptions>();
  c->add_option("regime", o->regime, "such as jp.transfer; left out: all regimes jointly");
  c->add_option("--on", o->on, "the law of this day; default: the last day on which it changes");
  c->add_flag("--find", o->find,
              "look for a better one and print it, to be kept as `variables.order` beside the rulebooks");
  c->add_option("--trials", o->trials, "with --find: try so many orders at the most");
  c->add_option("--nodes", o->node_limit,
                "without --find: the most nodes of diagrams to make before giving up with SK4001");
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  c->footer("Example: sekisho law order jp.transfer --on 2023-12-22");
  c->callback([o, &outcome] { outcome.exit_code = order(*o); });
}

}  // namespace sekisho::cli
