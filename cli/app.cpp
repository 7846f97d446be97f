#include "app.h"

#include <fmt/format.h>

#include <sekisho/sekisho.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "files.h"
#include "tell.h"

namespace sekisho::cli {
namespace {

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> all;
  for (const CLI::Option* o : app.get_options()) {
    const std::vector<std::string>& names = o->get_lnames();
    for (const std::string& name : names) all.push_back("--" + name);
  }
  return all;
}
std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> all;
  for (const CLI::App* c : app.get_subcommands({})) all.push_back(c->get_name());
  return all;
}
/// The command that the words have named so far.
const CLI::App& named(const CLI::App& app) {
  const std::vector<CLI::App*> below = app.get_subcommands();
  return below.empty() ? app : named(*below.front());
}
std::string whole_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? "sekisho" : whole_name(*app.get_parent()) + " " + app.get_name();
}

std::string unknown(std::string_view what, const std::string& word, const std::vector<std::string>& known) {
  const std::string near = word_meant(word, known);
  return fmt::format("unknown {} `{}`{}", what, word, near.empty() ? "" : "; did you mean `" + near + "`?");
}

/// What is wrong with the words, and what would be right.
std::string wrong_use(const CLI::App& root, const CLI::ParseError& e) {
  const CLI::App& app = named(root);
  const std::vector<std::string> left = root.remaining(true), commands = commands_of(app);
  const auto option =
      std::find_if(left.begin(), left.end(), [](const std::string& w) { return w.starts_with('-'); });
  if (option != left.end()) return unknown("option", *option, options_of(app));
  if (!commands.empty() && !left.empty()) return unknown("command", left.front(), commands);
  if (!commands.empty()) return fmt::format("one of these is missing: {}", fmt::join(commands, ", "));
  if (!left.empty()) return fmt::format("`{}` is one word too many", left.front());
  // CLI11 says `Could not convert: --nodes = abc`.
  std::string said = e.what();
  if (const std::size_t is = said.rfind(" = ");
      dynamic_cast<const CLI::ConversionError*>(&e) && is != said.npos) {
    const std::size_t colon = said.find(": ");
    return fmt::format("`{}` is no whole number that `{}` can be", said.substr(is + 3),
                       said.substr(colon + 2, is - colon - 2));
  }
  return said;
}

// CLI11 reads `-1` as the greatest count there is.
std::string not_negative(const std::string& text) {
  return text.starts_with('-') ? fmt::format("`{}` is below zero", text) : "";
}
std::string not_empty(const std::string& text) {
  return text.empty() ? "a word that is empty says nothing; leave it out" : "";
}

/// What help calls the value of an option or argument of this name.
std::string kind_of(const std::string& name) {
  static const std::map<std::string, std::vector<std::string>> kinds{
      {"FILE",
       {"--world", "--events", "--events,--register", "--register", "--record", "--rules", "--draft",
        "--mapping", "--checkpoint", "--key", "--out", "--refused", "--answers", "--pending", "transfer",
        "answer", "file", "in", "paths"}},
      {"DAY", {"--on", "--law-of", "--known-on", "--until", "--for", "--from", "--to"}},
      {"FACT=VALUE", {"--known", "--fact"}},
      {"NEED=AUTHORITY", {"--need"}},
      {"COLUMN=FACT", {"--column"}},
      {"WHAT=yes|no", {"--reading"}},
      {"WORD", {"--format", "--as", "--rows", "word"}},
      {"TEXT", {"--reason", "--source"}},
      {"AMOUNT", {"--quantity", "--value"}}};
  for (const auto& [kind, names] : kinds)
    if (std::find(names.begin(), names.end(), name) != names.end()) return kind;
  return "NAME";
}
}  // namespace

Option* Option::kind(const std::string& name) {
  option_->type_name(name);
  return this;
}

Option* Option::required() {
  option_->required();
  return this;
}

Option* Option::one_of(std::vector<std::string> words) {
  option_->check(CLI::IsMember(std::move(words)));
  return this;
}

Option* Option::at_most(unsigned most) {
  option_->check(
      [most](const std::string& text) {
        return text.size() > 9 || std::strtoul(text.c_str(), nullptr, 10) > most
                   ? fmt::format("{} is more than {}", text, most)
                   : "";
      },
      "");
  return this;
}

Option* Option::excludes(Option* other) {
  option_->excludes(other->option_);
  return this;
}

App::App(const std::string& about) : own_(std::make_unique<CLI::App>(about, "sekisho")), app_(own_.get()) {}
App::App(CLI::App* app) : app_(app) {}
App::~App() = default;

App* App::add_subcommand(const std::string& name, const std::string& about) {
  CLI::App* below = app_->add_subcommand(name, about);
  below->footer("");  // CLI11 hands on that of the command above, whose example is not of this one
  below_.push_back(std::unique_ptr<App>(new App(below)));
  return below_.back().get();
}

void App::require_subcommand() {
  app_->require_subcommand(1);
}

Option* App::keep(CLI::Option* option) {
  options_.emplace_back(option);
  return &options_.back();
}

Option* App::add_option(const std::string& name, std::string& value, const std::string& help) {
  return keep(app_->add_option(name, value, help)->check(not_empty, "")->type_name(kind_of(name)));
}
Option* App::add_option(const std::string& name, unsigned& value, const std::string& help) {
  return keep(app_->add_option(name, value, help)->check(not_negative, "")->type_name("N"));
}
Option* App::add_option(const std::string& name, std::size_t& value, const std::string& help) {
  return keep(app_->add_option(name, value, help)->check(not_negative, "")->type_name("N"));
}
Option* App::add_option(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  CLI::Option* o = app_->add_option(name, values, help)->type_name(kind_of(name));
  if (name.starts_with('-')) o->allow_extra_args(false);
  return keep(o);
}

Option* App::add_flag(const std::string& name, bool& value, const std::string& help) {
  return keep(app_->add_flag(name, value, help));
}

void App::footer(const std::string& text) {
  app_->footer(text);
}

void App::callback(std::function<void()> run) {
  app_->callback(std::move(run));
}

void App::set_version(const std::string& text) {
  app_->set_version_flag("--version", text);
}

int App::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app_->exit(e);  // help or version was asked for
    tell("error: {}\n`{} --help` says what it takes.\n", wrong_use(*app_, e), whole_name(named(*app_)));
    return exit_usage;
  }
  return exit_ok;
}

}  // namespace sekisho::cli
