#include <fmt/format.h>

#include <memory>

#include "command.h"
#include "files.h"

namespace sekisho::cli {
namespace {

struct CheckOptions {
  std::vector<std::string> paths;
  std::string format = "text";
  bool quick = false;
  std::size_t node_limit = most_nodes;
};

int check(const CheckOptions& o) {
  auto texts = o.paths.empty() ? std::optional(shipped_rulebooks()) : read_rulebooks(o.paths);
  if (!texts) return exit_files;
  const std::size_t files = texts->size();
  const Rulebooks books(std::move(*texts), order_beside(o.paths));
  std::vector<Report> all = books.reports();
  if (books.ok() && !o.quick)
    for (Report& r : books.prove(o.node_limit)) all.push_back(std::move(r));
  std::size_t errors = 0;
  for (const Report& r : all) errors += r.is_error;
  if (o.format == "json") {
    fmt::print("{}\n", reports_json(all));
  } else {
    print_reports(all, true);
    fmt::print("{} files, {} errors, {} warnings\n", files, errors, all.size() - errors);
  }
  return errors == 0 ? int{exit_ok} : exit_code_of(all);
}

}  // namespace

void add_check(App& app, Outcome& outcome) {
  App* c = app.add_subcommand(
      "check", "check rulebooks: grammar, names, types, dates, cases; prove what never matters");
  auto o = std::make_shared<CheckOptions>();
  c->add_option("paths", o->paths, "files or folders; left out: the shipped rulebooks");
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  c->add_flag("--quick", o->quick, "only read: decide no cases, prove nothing");
  c->add_option("--nodes", o->node_limit,
                "the most nodes of diagrams for one day's law before giving up with SK4001");
  c->footer("Example: sekisho check rulebooks");
  c->callback([o, &outcome] { outcome.exit_code = check(*o); });
}

}  // namespace sekisho::cli
