#include "recorded.h"

#include <chrono>
#include <utility>

#include "files.h"

namespace sekisho::cli {
namespace {

constexpr std::string_view sqlite_begins("SQLite format 3\0", 16);

}  // namespace

std::optional<SourceText> read_recorded(const std::string& location, const std::string& known_on,
                                        int& exit_code) {
  exit_code = exit_files;
  const bool server = location.starts_with("postgresql://") || location.starts_with("postgres://");
  if (!server) {
    auto file = read_file(location);
    if (!file) return std::nullopt;
    if (!file->text.starts_with(sqlite_begins)) {
      exit_code = exit_ok;
      return file;
    }
  }
  OpenRegister r;
  RegisterOutcome read = r.open(location);
  if (read.ok) read = r.events(known_on);
  print_reports(read.reports, true);
  if (!read.ok) return std::nullopt;
  exit_code = exit_ok;
  return SourceText{location, std::move(read.text)};
}

std::int64_t now() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

int exit_code_of(const RegisterOutcome& r) {
  if (r.ok) return exit_ok;
  const bool disk =
      !r.reports.empty() && (r.reports.front().code == "SK3501" || r.reports.front().code == "SK3505");
  return disk ? exit_files : exit_wrong;
}

}  // namespace sekisho::cli
