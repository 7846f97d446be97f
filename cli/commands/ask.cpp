#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <set>

#include "command.h"
#include "files.h"
#include "render.h"

namespace sekisho::cli {
namespace {

struct Options {
  bool overwrite = false;
  RulebookOptions rules;
  DecideRequest request;
  std::string transfer, world, answers;
};

/// What was known, with the answers after it: a transfer file that `decide` reads.
std::string as_transfer(const Options& o, const std::vector<std::pair<std::string, std::string>>& given) {
  std::string out =
      o.transfer.empty() ? "transfer: 1\ntitle: \"answers of sekisho ask\"\n" : o.request.transfer.text;
  if (!out.ends_with('\n')) out += '\n';
  if (!o.request.on.empty() && !out.starts_with("on:") && out.find("\non:") == std::string::npos)
    out += fmt::format("on: {}\n", o.request.on);
  if (given.empty()) return out;
  if (out.find("\nanswers:") == std::string::npos) out += "answers:\n";
  for (const auto& [fact, v] : given) {
    std::string quoted;
    for (const char c : v) quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    out +=
        v.starts_with('[') ? fmt::format("  {}: {}\n", fact, v) : fmt::format("  {}: \"{}\"\n", fact, quoted);
  }
  return out;
}

int ask(Options& o) {
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  o.request.transfer = {"the questions", "transfer: 1\n"};
  if (!o.transfer.empty()) {
    auto t = read_file(o.transfer);
    if (!t) return exit_files;
    o.request.transfer = std::move(*t);
  }
  if (!o.world.empty()) {
    auto w = read_file(o.world);
    if (!w) return exit_files;
    o.request.world = std::move(*w);
  }
  if (!o.answers.empty() && o.answers != o.transfer && access(o.answers.c_str(), F_OK) == 0 && !o.overwrite) {
    fmt::print(stderr, "error: `{}` exists; choose another name, or say `--overwrite`\n", o.answers);
    return exit_usage;
  }
  const bool person = isatty(STDIN_FILENO) != 0;
  std::vector<std::pair<std::string, std::string>> given;
  std::set<std::string> skipped;
  for (const std::string& k : o.request.known)
    if (const std::size_t eq = k.find('='); eq != std::string::npos)
      given.emplace_back(k.substr(0, eq), k.substr(eq + 1));
  const std::size_t from_flags = given.size();
  while (true) {
    const DecideResult r = books->decide(o.request);
    if (!r.ok) {
      print_reports(r.reports, true);
      if (given.size() == from_flags) return exit_wrong;
      fmt::print(stderr, "that answer is left out; here is the question again\n");
      given.pop_back();
      o.request.known.pop_back();
      continue;
    }
    const Json answer = read_json(r.json);
    const Json* question = nullptr;
    for (const Json& m : answer["missing"])
      if (m["kind"] == "fact" && !skipped.contains(m["fact"].get<std::string>())) {
        question = &m;
        break;
      }
    if (!question) {
      fmt::print("\n{}",
                 render_text(answer, isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr));
      break;
    }
    const std::string fact = (*question)["fact"].get<std::string>();
    std::string matters;
    for (const Json& m : (*question)["matters_to"])
      matters += (matters.empty() ? "" : ", ") + m.get<std::string>();
    fmt::print("{}\n  {}: {}; it can change the answer under {} (now {} to {})\n{}",
               (*question)["asks"].get<std::string>(), fact, (*question)["type"].get<std::string>(), matters,
               answer["best"].get<std::string>(), answer["worst"].get<std::string>(),
               person ? "  (empty: not known) > " : "");
    std::fflush(stdout);
    std::string line;
    if (!std::getline(std::cin, line)) {
      fmt::print("\nno more answers; so far: {} to {}\n", answer["best"].get<std::string>(),
                 answer["worst"].get<std::string>());
      break;
    }
    if (line.empty() || line == "unknown") {
      skipped.insert(fact);
      continue;
    }
    given.emplace_back(fact, line);
    o.request.known.push_back(fmt::format("{}={}", fact, line));
  }
  if (!o.answers.empty()) {
    if (!write_file(o.answers, as_transfer(o, given))) return exit_files;
    fmt::print("answers kept in {}: `sekisho decide {}` reads them\n", o.answers, o.answers);
  }
  return exit_ok;
}

}  // namespace

void add_ask(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("ask", "ask only what still matters, best question first");
  auto o = std::make_shared<Options>();
  c->add_option("transfer", o->transfer, "what is known already (YAML)");
  c->add_option("--world", o->world, "parties, goods and acts of authorities (YAML)");
  c->add_option("--on", o->request.on, "the day of the transfer");
  c->add_option("--known", o->request.known, "FACT=VALUE");
  c->add_option("--answers", o->answers, "keep the answers in this file");
  c->add_flag("--overwrite", o->overwrite, "write over an existing file of answers");
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  c->footer(
      "Example: sekisho ask --on 2023-12-22 --known departure=JP --answers my-transfer.yaml\n"
      "Piped: printf 'US\\nyes\\n' | sekisho ask --on 2023-12-22 --known departure=JP");
  c->callback([o, &outcome] { outcome.exit_code = ask(*o); });
}

}  // namespace sekisho::cli
