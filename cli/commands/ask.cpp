#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <memory>
#include <set>

#include "command.h"
#include "files.h"
#include "render.h"
#include "tell.h"
#include "words.h"

namespace sekisho::cli {
namespace {

struct AskOptions {
  bool overwrite = false;
  RulebookOptions rules;
  DecideRequest request;
  std::string transfer, world, answers;
};

std::string quoted(const std::string& v) {
  if (v.starts_with('[')) return v;
  std::string out = "\"";
  for (const char c : v) out += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + "\"";
}

using Answers = std::vector<std::pair<std::string, std::string>>;

/// FACT=VALUE, each parted; what is said last of a fact counts.
Answers answers_of(const std::vector<std::string>& known) {
  Answers out;
  for (const std::string& k : known)
    if (const std::size_t eq = k.find('='); eq != std::string::npos) {
      const std::string fact = k.substr(0, eq);
      std::erase_if(out, [&](const auto& before) { return before.first == fact; });
      out.emplace_back(fact, k.substr(eq + 1));
    }
  return out;
}

/// JSON, which YAML is too, with the answers in it.
std::string with_answers(Json transfer, const std::string& on, const Answers& given) {
  if (!on.empty() && !transfer.contains("on")) transfer["on"] = on;
  for (const auto& [fact, v] : given)
    transfer["answers"][fact] = v.starts_with('[') ? try_json(v).value_or(Json(v)) : Json(v);
  return to_lines(transfer) + "\n";
}

/// Where the entries under `answers:` begin, and how far they are indented; npos if there are none.
std::pair<std::size_t, std::size_t> place_of_answers(const std::string& text) {
  const std::string key = "answers:\n";
  const std::size_t at = text.starts_with(key) ? 0 : text.find("\n" + key);
  if (at == std::string::npos) return {at, 2};
  const std::size_t begin = text.find('\n', at + (at == 0 ? 0 : 1)) + 1;
  const std::size_t word = text.find_first_not_of(' ', begin);
  return {begin, word == std::string::npos || word == begin ? 2 : word - begin};
}

/// Takes what a fact is said to be out of the entries that begin at `at`: its line, and those that belong to
/// it.
void drop_entry(std::string& text, std::size_t at, std::size_t indent, const std::string& fact) {
  const auto line_at = [&](std::size_t begin) {
    return std::string_view(text).substr(begin, text.find('\n', begin) - begin);
  };
  const auto says_it = [&](std::string_view entry) {
    for (const char* quote : {"", "'", "\""})
      if (entry.starts_with(quote + fact + quote + ":")) return true;
    return false;
  };
  while (at < text.size()) {
    const std::string_view line = line_at(at);
    const std::size_t word = line.find_first_not_of(' ');
    if (word < indent && line[word] != '#') return;
    if (word != indent || !says_it(line.substr(word))) {
      at += line.size() + 1;
      continue;
    }
    std::size_t end = at + line.size() + 1;
    while (end < text.size()) {
      const std::string_view next = line_at(end);
      const std::size_t begins = next.find_first_not_of(' ');
      if (begins < indent || (begins == indent && !next.substr(begins).starts_with("- "))) break;
      end += next.size() + 1;
    }
    text.erase(at, end - at);
  }
}

/// What was known with the answers in it: a transfer file that `decide` reads. What was written stays as it
/// was.
std::string as_transfer(const AskOptions& o, const Answers& given) {
  std::string out =
      o.transfer.empty() ? "transfer: 1\ntitle: \"answers of sekisho ask\"\n" : o.request.transfer.text;
  if (const auto json = try_json(out); json && json->is_object())
    return with_answers(*json, o.request.on, given);
  if (!out.ends_with('\n')) out += '\n';
  if (!o.request.on.empty() && !out.starts_with("on:") && out.find("\non:") == std::string::npos)
    out += fmt::format("on: {}\n", o.request.on);
  if (given.empty()) return out;
  auto [at, indent] = place_of_answers(out);
  if (at == std::string::npos) {
    out += "answers:\n";
    at = out.size();
  }
  std::string entries;
  for (const auto& [fact, v] : given) drop_entry(out, at, indent, fact);
  for (const auto& [fact, v] : given)
    entries += fmt::format("{}{}: {}\n", std::string(indent, ' '), fact, quoted(v));
  return out.insert(at, entries);
}

/// Answers can be added to JSON and to YAML whose keys begin lines; not to a map in braces that is no JSON.
bool takes_answers(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \n\r\t");
  if (first != std::string::npos && text[first] == '{') return Json::accept(text);
  const std::size_t at = text.starts_with("answers:") ? 0 : text.find("\nanswers:");
  return at == std::string::npos || text.compare(at == 0 ? 0 : at + 1, 9, "answers:\n") == 0;
}

/// Keeps the answers where they were asked for, once the file of them gives the same finding as they did.
/// @returns the exit code, after a message
int keep(const AskOptions& o, const Rulebooks& books, const Json& answer) {
  if (o.answers.empty()) return exit_ok;
  DecideRequest request = o.request;
  request.transfer = {o.answers, as_transfer(o, answers_of(o.request.known))};
  request.known.clear();
  const DecideResult again = books.decide(request);
  const Json said = again.ok ? read_json(again.json) : Json();
  if (!again.ok || said["best"] != answer["best"] || said["worst"] != answer["worst"]) {
    print_reports(again.reports, false);
    tell(
        "error: answers cannot be added to `{}` so that it says them; `{}` stays as it was\n"
        "   fix: let its keys, and those under `answers`, begin lines of their own\n",
        o.transfer.empty() ? o.request.transfer.name : o.transfer, o.answers);
    return exit_wrong;
  }
  return write_file(o.answers, request.transfer.text) ? exit_ok : exit_files;
}

/// Says that more was answered than asked. What is not there yet is not waited for.
void tell_unread_lines() {
  const int flags = fcntl(STDIN_FILENO, F_GETFL);
  if (flags < 0 || fcntl(STDIN_FILENO, F_SETFL, flags | O_NONBLOCK) != 0) return;
  std::string line;
  if (std::getline(std::cin, line) && !line.empty())
    tell("`{}` and what may follow it is not read: nothing more is asked\n", printable(line));
  (void)fcntl(STDIN_FILENO, F_SETFL, flags);
}

int ask(AskOptions& o) {
  if (!days_exist({o.request.on})) return exit_usage;
  int code = exit_ok;
  const auto books = load(o.rules, code);
  if (!books) return code;
  o.request.transfer = {"the questions", "transfer: 1\n"};
  if (!o.transfer.empty()) {
    auto t = read_file(o.transfer);
    if (!t) return exit_files;
    o.request.transfer = std::move(*t);
    if (!o.answers.empty() && !takes_answers(o.request.transfer.text)) {
      tell(
          "error: answers cannot be added to `{}` as it is written\n   fix: let its keys, and those "
          "under `answers`, begin lines of their own\n",
          o.transfer);
      return exit_wrong;
    }
  }
  if (!o.world.empty()) {
    auto w = read_file(o.world);
    if (!w) return exit_files;
    o.request.world = std::move(*w);
  }
  if (!o.answers.empty() && o.answers != o.transfer && access(o.answers.c_str(), F_OK) == 0 && !o.overwrite) {
    tell("error: `{}` exists; choose another name, or say `--overwrite`\n", o.answers);
    return exit_usage;
  }
  const bool person = isatty(STDIN_FILENO) != 0;
  std::set<std::string> skipped;
  bool answered = false;
  std::vector<std::string> before;  // what was known before the last answer
  while (true) {
    const DecideResult r = books->decide(o.request);
    if (!r.ok) {
      print_reports(r.reports, true);
      if (!answered) return exit_code_of(r.reports);
      tell("that answer is left out; here is the question again\n");
      o.request.known = before;
      continue;
    }
    const Json answer = read_json(r.json);
    if (code = keep(o, *books, answer); code != exit_ok) return code;  // now, so that Ctrl-C loses no answer
    const Json* question = nullptr;
    for (const Json& m : answer["missing"])
      if (m["kind"] == "fact" && !skipped.contains(m["fact"].get<std::string>())) {
        question = &m;
        break;
      }
    if (!question) {
      fmt::print("\n{}",
                 render_text(answer, isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr));
      if (!person) tell_unread_lines();
      break;
    }
    const std::string fact = (*question)["fact"].get<std::string>();
    std::string matters;
    for (const Json& m : (*question)["matters_to"]) matters += (matters.empty() ? "" : ", ") + shown(m);
    fmt::print("{}\n  {}: {}; it can change the answer under {} (now {} to {})\n{}",
               shown((*question)["asks"]), fact, shown((*question)["type"]), matters, shown(answer["best"]),
               shown(answer["worst"]), person ? "  (empty: not known) > " : "");
    std::fflush(stdout);
    std::string line;
    if (!std::getline(std::cin, line)) {
      if (broken(std::cin)) {
        cannot_read("standard input", std::strerror(errno));
        return exit_files;
      }
      fmt::print("\nno more answers; so far: {} to {}\n", shown(answer["best"]), shown(answer["worst"]));
      break;
    }
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line == "unknown") {
      skipped.insert(fact);
      continue;
    }
    // A line may answer another question than the one asked: FACT=VALUE.
    const std::size_t eq = line.find('=');
    const std::string of = eq == std::string::npos ? fact : line.substr(0, eq);
    const std::string with = eq == std::string::npos ? line : line.substr(eq + 1);
    // The last answer to a question is the one that counts.
    before = o.request.known;
    answered = true;
    std::erase_if(o.request.known, [&](const std::string& k) { return k.starts_with(of + "="); });
    o.request.known.push_back(fmt::format("{}={}", of, with));
  }
  if (!o.answers.empty())
    fmt::print("answers kept in {}: `sekisho decide {}` reads them\n", o.answers, o.answers);
  return exit_ok;
}

}  // namespace

void add_ask(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("ask", "ask only what still matters, best question first");
  auto o = std::make_shared<AskOptions>();
  c->add_option("transfer", o->transfer, "what is known already (YAML)");
  c->add_option("--world", o->world, "parties, goods and acts of authorities (YAML)");
  c->add_option("--on", o->request.on, "the day of the transfer");
  c->add_option("--known", o->request.known, "FACT=VALUE");
  c->add_option("--answers", o->answers, "keep the answers in this file");
  c->add_flag("--overwrite", o->overwrite, "write over an existing file of answers");
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  c->footer(
      "Example: sekisho ask --on 2023-12-22 --known departure=JP --answers my-transfer.yaml\n"
      "Piped: printf 'destination=US\\ngoods.form=part\\n' | sekisho ask --on 2023-12-22 --known "
      "departure=JP\n"
      "A line answers the question asked, or another as FACT=VALUE; an empty one leaves it unknown.");
  c->callback([o, &outcome] { outcome.exit_code = ask(*o); });
}

}  // namespace sekisho::cli
