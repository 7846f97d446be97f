#include "answer.h"

#include <fmt/format.h>

#include "files.h"

namespace sekisho::cli {

int show_answer(const LicenceResult& result, const std::string& format,
                const std::function<void(const Json&)>& print) {
  print_reports(result.reports, true);
  if (!result.ok) {
    if (format == "json") fmt::print("{}\n", reports_json(result.reports));
    return exit_wrong;
  }
  if (format == "json")
    fmt::print("{}\n", result.json);
  else
    print(read_json(result.json));
  return exit_ok;
}

}  // namespace sekisho::cli
