#include "law/checker.h"

#include "law/checker_passes.h"

namespace sekisho::checking {

Law Checker::run() {
  each([&](const Declaration& d) { declare(d); });
  each([&](const Declaration& d) { header(d); });
  default_addressees();
  each([&](const Declaration& d) { body(d); });
  prevailing();
  each([&](const Declaration& d) { links(d); });
  definition_cycles();
  order_rules();
  each([&](const Declaration& d) { law_case(d); });
  missing_cases();
  return std::move(law_);
}

void Checker::each(const std::function<void(const Declaration&)>& visit) {
  for (const tree::File& f : files_)
    for (const Declaration& d : f.declarations) visit(d);
}

}  // namespace sekisho::checking

namespace sekisho {

Law check(std::span<const tree::File> files, Diagnostics& diags) {
  return checking::Checker(files, diags).run();
}

}  // namespace sekisho
