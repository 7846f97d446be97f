#include <fmt/format.h>

#include <memory>

#include "command.h"
#include "files.h"
#include "render.h"

namespace sekisho::cli {
namespace {

struct FactsOptions {
  RulebookOptions rules;
  std::string word, format = "text";
};

int facts(const FactsOptions& o) {
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  Json chosen = Json::array();
  for (const Json& f : read_json(books->facts()))
    if (f["fact"].get<std::string>().find(o.word) != std::string::npos ||
        f["asks"].get<std::string>().find(o.word) != std::string::npos)
      chosen.push_back(f);
  if (o.format == "json") {
    fmt::print("{}\n", to_lines(chosen));
    return exit_ok;
  }
  for (const Json& f : chosen) {
    fmt::print("{}: {}\n    {}\n", shown(f["fact"]), shown(f["type"]), shown(f["asks"]));
    if (!f["judged_by"].is_null())
      fmt::print("    judged: only a finding of {} decides it\n", shown(f["judged_by"]));
    if (!f["from_right"].is_null())
      fmt::print("    custody tells it, of the right {}\n", shown(f["from_right"]));
  }
  if (chosen.empty()) fmt::print("no fact speaks of `{}`\n", o.word);
  return exit_ok;
}

}  // namespace

void add_facts(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("facts", "the vocabulary: every fact, its type and its question");
  auto o = std::make_shared<FactsOptions>();
  c->add_option("word", o->word, "only facts that speak of it");
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  c->footer("Example: sekisho facts licence");
  c->callback([o, &outcome] { outcome.exit_code = facts(*o); });
}

}  // namespace sekisho::cli
