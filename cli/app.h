#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// A command as it says of itself what it takes: options, help and what it does. Behind it stands CLI11, which
// app.cpp alone includes: it is large, and every command would pay for it again.

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace sekisho::cli {

class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}
  Option* required();
  /// What help calls its value, where that does not hang on the option's name alone.
  Option* kind(const std::string& name);
  /// No other word is a value of it.
  Option* one_of(std::vector<std::string> words);
  Option* at_most(unsigned most);
  /// Not both.
  Option* excludes(Option* other);

 private:
  CLI::Option* option_;
};

class App {
 public:
  explicit App(const std::string& about);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  App* add_subcommand(const std::string& name, const std::string& about);
  /// One of the subcommands has to be named.
  void require_subcommand();
  /// `name` is `--name` of an option, or the name of an argument by its place.
  Option* add_option(const std::string& name, std::string& value, const std::string& help);
  Option* add_option(const std::string& name, unsigned& value, const std::string& help);
  Option* add_option(const std::string& name, std::size_t& value, const std::string& help);
  /// May stand several times, one value each time; an argument by its place takes all that follow.
  Option* add_option(const std::string& name, std::vector<std::string>& values, const std::string& help);
  Option* add_flag(const std::string& name, bool& value, const std::string& help);
  void footer(const std::string& text);
  void callback(std::function<void()> run);
  void set_version(const std::string& text);

  /// @returns 0, or the exit code of wrong use after a message
  int parse(int argc, char** argv);

 private:
  explicit App(CLI::App* app);
  Option* keep(CLI::Option* option);

  std::unique_ptr<CLI::App> own_;  // of the outermost
  CLI::App* app_;
  std::deque<std::unique_ptr<App>> below_;
  std::deque<Option> options_;
};

}  // namespace sekisho::cli
