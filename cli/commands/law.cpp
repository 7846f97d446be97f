#include <fmt/format.h>

#include <memory>
#include <sstream>

#include "command.h"
#include "files.h"
#include "render.h"
#include "sekisho/page.h"
#include "tell.h"
#include "words.h"

namespace sekisho::cli {
namespace {

struct LawOptions {
  RulebookOptions rules;
  std::string regime, on, from, to, format = "text";
  std::size_t paths = 8;
  std::vector<std::string> answers;
};

/// @returns the exit code
int told(const TextResult& result) {
  print_reports(result.reports, false);
  fmt::print("{}", result.text);
  return result.ok ? exit_ok : exit_usage;
}

int show(const LawOptions& o) {
  if (!days_exist({o.on})) return exit_usage;
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  return told(o.format == "markdown" ? page(*books, o.regime, o.on) : books->show(o.regime, o.on));
}

int cases(const LawOptions& o) {
  if (!days_exist({o.on})) return exit_usage;
  if (o.paths == 0) {
    tell("error: `--paths 0` tells nothing; give 1 or more\n");
    return exit_usage;
  }
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  const CasesResult made = books->cases({o.regime, o.on, o.paths});
  print_reports(made.reports, false);
  if (!made.ok) {
    const int code_of = exit_code_of(made.reports);
    return code_of == exit_wrong ? int{exit_usage} : code_of;
  }
  fmt::print("{}{}", o.format == "json" ? made.json : made.law, o.format == "json" ? "\n" : "");
  return exit_ok;
}

/// The words that leave or enter the law, or stand in it otherwise than before, marked as such.
void print_text(const std::string& text, char mark) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) fmt::print("  {} {}\n", mark, printable(line));
}

int diff(const LawOptions& o) {
  if (!days_exist({o.from, o.to}) || !in_order(o.from, o.to)) return exit_usage;
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  const TextResult result = books->difference(o.from, o.to, o.regime);
  if (!result.ok) return told(result);
  if (o.format == "json") {
    fmt::print("{}\n", result.text);
    return exit_ok;
  }
  const Json changes = read_json(result.text)["changes"];
  for (const Json& c : changes) {
    fmt::print("{} {}: {} -> {} ({}) [{}]\n", shown(c["kind"]), shown(c["name"]), shown(c["before"]),
               shown(c["after"]), shown(c["in_force"]), shown(c["cite"]));
    if (c["kind"] != "member" && c["kind"] != "link")
      print_text(c["text"].get<std::string>(), c["after"] == "not in force"    ? '-'
                                               : c["before"] == "not in force" ? '+'
                                                                               : '~');
  }
  if (changes.empty()) fmt::print("no change of text between {} and {}\n", o.from, o.to);
  return exit_ok;
}

std::string names(const std::vector<std::string>& all) {
  return fmt::format("{}", fmt::join(all, ", "));
}

void print_coverage(const Json& regime) {
  const auto name_of_regime = regime["regime"].get<std::string>();
  const auto name = [&](const Json& rule) {
    return rule.get<std::string>().substr(name_of_regime.size() + 1);
  };
  std::vector<std::string> never_active, never_else, never_decisive;
  fmt::print("\n{:<46} active inactive defeated undecided\n", name_of_regime);
  for (const Json& r : regime["rules"]) {
    fmt::print("  {:<44} {:>6} {:>8} {:>8} {:>9}\n", name(r["rule"]), r["active"].get<int>(),
               r["inactive"].get<int>(), r["defeated"].get<int>(), r["undecided"].get<int>());
    if (r["active"] == 0) never_active.push_back(name(r["rule"]));
    if (r["inactive"] == 0 && r["defeated"] == 0) never_else.push_back(name(r["rule"]));
  }
  for (const Json& l : regime["links"]) {
    const auto link = fmt::format("{} over {} of {}", name(l["by"]), shown(l["effect"]), name(l["over"]));
    fmt::print("  link: {}: decisive {} times\n", link, l["decisive"].get<int>());
    if (l["decisive"] == 0) never_decisive.push_back(link);
  }
  if (!never_active.empty()) fmt::print("  never active: {}\n", names(never_active));
  if (!never_else.empty()) fmt::print("  never seen not to apply: {}\n", names(never_else));
  if (!never_decisive.empty()) fmt::print("  links never decisive: {}\n", names(never_decisive));
}

int coverage(const LawOptions& o) {
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  if (!o.regime.empty() && !is_regime(*books, o.regime)) return exit_usage;
  CoverageRequest request{o.regime, {}};
  for (const std::string& path : o.answers) {
    auto file = read_file(path);
    if (!file) return exit_files;
    request.answers.push_back(std::move(*file));
  }
  const CoverageResult result = books->coverage(request);
  print_reports(result.reports, false);
  if (!result.ok) return exit_code_of(result.reports);
  if (o.format == "json") {
    fmt::print("{}\n", result.json);
    return exit_ok;
  }
  const Json json = read_json(result.json);
  fmt::print("{} cases in the rulebooks, {} answers\n", json["cases"].get<int>(), json["answers"].get<int>());
  for (const Json& regime : json["regimes"]) print_coverage(regime);
  return exit_ok;
}

}  // namespace

void add_law(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("law", "read the rulebooks: as of a day, or what changed");
  c->require_subcommand();
  c->footer("Example: sekisho law show jp.transfer --on 2023-12-22");
  auto o = std::make_shared<LawOptions>();
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
  App* d = c->add_subcommand("diff",
                             "the change of text between two days: + enters, - leaves, ~ stands otherwise");
  d->add_option("--from", o->from, "the earlier day")->required();
  d->add_option("--to", o->to, "the later day")->required();
  d->add_option("--regime", o->regime, "one regime only");
  d->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  d->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  d->footer("Example: sekisho law diff --from 2023-12-21 --to 2023-12-22");
  d->callback([o, &outcome] { outcome.exit_code = diff(*o); });
  add_law_order(*c, outcome);
  App* g =
      c->add_subcommand("cases", "cases made from the law: each way in which a rule applies or does not");
  g->add_option("regime", o->regime, "one regime only, such as jp.transfer");
  g->add_option("--on", o->on, "the law of one day; left out: of every stretch of constant law");
  g->add_option("--paths", o->paths, "ways told of each rule, at most");
  g->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  g->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  g->footer("Example: sekisho law cases jp.transfer --on 2023-12-22");
  g->callback([o, &outcome] { outcome.exit_code = cases(*o); });
  App* v = c->add_subcommand("coverage", "which rules and links the cases of the rulebooks show at work");
  v->add_option("regime", o->regime, "one regime only, such as jp.transfer");
  v->add_option("--answers", o->answers, "answers of `decide --format json` that count too");
  v->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  v->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  v->footer("Example: sekisho law coverage jp.transfer");
  v->callback([o, &outcome] { outcome.exit_code = coverage(*o); });
}

}  // namespace sekisho::cli
