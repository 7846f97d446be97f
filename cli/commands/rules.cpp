#include <fmt/format.h>

#include <memory>

#include "command.h"
#include "files.h"
#include "render.h"

namespace sekisho::cli {
namespace {

struct RulesOptions {
  RulebookOptions rules;
  std::string word, format = "text";
};

int rules(const RulesOptions& o) {
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  Json chosen = Json::array();
  for (const Json& r : read_json(books->rules()))
    if (to_line(r).find(o.word) != std::string::npos) chosen.push_back(r);
  if (o.format == "json") {
    fmt::print("{}\n", to_lines(chosen));
    return exit_ok;
  }
  for (const Json& r : chosen) {
    fmt::print("{} ({}), in force {}\n    {}\n", shown(r["rule"]), shown(r["kind"]), shown(r["in_force"]),
               shown(r["cite"]));
    const std::string whom = shown(r["addressee"]);
    fmt::print("    force {}{}\n", shown(r["force"]), whom.empty() ? "" : ", to the " + whom);
    std::string reads;
    for (const Json& f : r["reads"]) reads += (reads.empty() ? "" : ", ") + shown(f);
    if (!reads.empty()) fmt::print("    reads {}\n", reads);
  }
  if (chosen.empty()) fmt::print("no rule speaks of `{}`\n", o.word);
  return exit_ok;
}

}  // namespace

void add_rules(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("rules", "which rules speak of what");
  auto o = std::make_shared<RulesOptions>();
  c->add_option("word", o->word, "a fact, a need, an authority, a word of the citation");
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  c->footer("Example: sekisho rules destination.fighting");
  c->callback([o, &outcome] { outcome.exit_code = rules(*o); });
}

}  // namespace sekisho::cli
