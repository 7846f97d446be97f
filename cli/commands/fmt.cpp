#include <fmt/format.h>

#include <memory>

#include "command.h"
#include "files.h"

namespace sekisho::cli {
namespace {

struct FmtOptions {
  std::vector<std::string> paths;
  bool check = false;
};

int format_files(const FmtOptions& o) {
  const auto texts = read_rulebooks(o.paths);
  if (!texts) return exit_files;
  int code = exit_ok;
  for (const SourceText& t : *texts) {
    const Rulebooks one({t});
    const auto formatted = one.formatted(0);
    if (!formatted) {
      std::vector<Report> grammar;
      for (const Report& r : one.reports())
        if (r.code < "SK2") grammar.push_back(r);
      print_reports(grammar, false);
      code = exit_wrong;
    } else if (t.name == "standard input") {
      fmt::print("{}", *formatted);
    } else if (*formatted != t.text) {
      if (o.check) {
        fmt::print("{}: not in the one layout; `sekisho fmt {}` mends it\n", t.name, t.name);
        code = exit_wrong;
      } else if (!write_file(t.name, *formatted)) {
        return exit_files;
      } else {
        fmt::print("{}: formatted\n", t.name);
      }
    }
  }
  return code;
}

}  // namespace

void add_fmt(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("fmt", "give rulebooks their one layout; no answer changes");
  auto o = std::make_shared<FmtOptions>();
  c->add_option("paths", o->paths, "files or folders; `-` reads standard input and prints")->required();
  c->add_flag("--check", o->check, "change nothing; exit 1 if a file is laid out otherwise");
  c->footer("Example: sekisho fmt --check rulebooks");
  c->callback([o, &outcome] { outcome.exit_code = format_files(*o); });
}

}  // namespace sekisho::cli
