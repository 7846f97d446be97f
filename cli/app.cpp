#include "app.h"

#include <CLI/CLI.hpp>

#include "files.h"

namespace sekisho::cli {

Option* Option::required() {
  option_->required();
  return this;
}

Option* Option::one_of(std::vector<std::string> words) {
  option_->check(CLI::IsMember(std::move(words)));
  return this;
}

App::App(const std::string& about) : own_(std::make_unique<CLI::App>(about)), app_(own_.get()) {}
App::App(CLI::App* app) : app_(app) {}
App::~App() = default;

App* App::add_subcommand(const std::string& name, const std::string& about) {
  below_.push_back(std::unique_ptr<App>(new App(app_->add_subcommand(name, about))));
  return below_.back().get();
}

void App::require_subcommand() {
  app_->require_subcommand(1);
}

Option* App::keep(CLI::Option* option) {
  options_.emplace_back(option);
  return &options_.back();
}

template <class T>
Option* App::option(const std::string& name, T& value, const std::string& help) {
  return keep(app_->add_option(name, value, help));
}

Option* App::add_option(const std::string& name, std::string& value, const std::string& help) {
  return option(name, value, help);
}
Option* App::add_option(const std::string& name, unsigned& value, const std::string& help) {
  return option(name, value, help);
}
Option* App::add_option(const std::string& name, std::size_t& value, const std::string& help) {
  return option(name, value, help);
}
Option* App::add_option(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  CLI::Option* o = app_->add_option(name, values, help);
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
    return app_->exit(e) == 0 ? exit_ok : exit_usage;
  }
  return exit_ok;
}

}  // namespace sekisho::cli
