#include <fmt/format.h>
#include <sekisho/proof.h>

#include <memory>

#include "command.h"
#include "files.h"
#include "words.h"

namespace sekisho::cli {
namespace {

struct ProofOptions {
  RulebookOptions rules;
  std::string answer, format = "text";
  std::size_t readings = most_proof_readings;
};

void print(const ProofResult& result, const Json& said) {
  const Json& n = said["replayed"];
  const auto count = [&](const char* key) { return n[key].get<std::size_t>(); };
  if (result.refused) {
    const std::size_t places = result.reports.size() - said["not_settled"].size();
    fmt::print("REFUSED: {} {}\n", places, places == 1 ? "place" : "places");
    return;
  }
  fmt::print("{}\n", result.whole ? "REPLAYED" : "REPLAYED IN PART");
  if (said.contains("readings"))
    for (const auto& [what, way] : said["readings"].items()) fmt::print("{}\n", by_the_reading(what, way));
  fmt::print("the rulebooks are those of the answer; over its premises the replay finds the same in\n");
  fmt::print(
      "  {} regimes, {} rules, {} values read, {} findings, {} sets of reasons, {} needs, "
      "{} changes\n",
      count("regimes"), count("rules"), count("values"), count("findings"), count("reasons"), count("needs"),
      count("changes"));
  if (!result.whole)
    fmt::print("not settled, so not checked: {} of these, named above\n", said["not_settled"].size());
  std::string rest;
  for (const Json& key : said["not_replayed"]) rest += (rest.empty() ? "" : ", ") + shown(key);
  fmt::print("taken as given: the premises\nnot replayed: {}\n", rest);
}

int check(const ProofOptions& o) {
  int code = exit_ok;
  const auto answer = read_file(o.answer);
  if (!answer) return exit_files;
  const auto books = load(o.rules, code);
  if (!books) return code;
  const ProofResult result = check_proof(*books, *answer, o.readings);
  print_reports(result.reports, true);
  if (o.format == "json")
    fmt::print("{}\n", result.json);
  else
    print(result, read_json(result.json));
  return result.refused ? exit_wrong : result.whole ? exit_ok : exit_too_much;
}

}  // namespace

void add_proof(App& app, Outcome& outcome) {
  App* p = app.add_subcommand("proof", "check an answer by a second reader of the law");
  p->require_subcommand();
  auto o = std::make_shared<ProofOptions>();
  App* c = p->add_subcommand("check",
                             "replay what an answer says against the rulebooks, and refuse what is forged");
  c->add_option("answer", o->answer, "what `sekisho decide --format json` printed; `-` reads standard input")
      ->required();
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones (files or folders)");
  c->add_option("--draft", o->rules.drafts, "a draft that was laid over them");
  c->add_option("--readings", o->readings, "the most readings of the law for one sentence of the answer");
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  c->footer(
      "Exit codes: 0 replayed; 1 refused; 2 wrong use; 3 a file cannot be read; 4 replayed in part, the rest "
      "needs\n"
      "more readings than allowed.\n\n"
      "Example: sekisho decide examples/patriot/finished-to-us.yaml --world examples/patriot/world.yaml --on "
      "2023-12-22 --format json | sekisho proof check -");
  c->callback([o, &outcome] { outcome.exit_code = check(*o); });
}

}  // namespace sekisho::cli
