#include "recorded.h"

#include <chrono>
#include <fstream>
#include <utility>

#include "files.h"

namespace sekisho::cli {
namespace {

constexpr std::string_view sqlite_begins("SQLite format 3\0", 16);

}  // namespace

bool is_register(const std::string& location) {
  if (location.starts_with("postgresql://") || location.starts_with("postgres://")) return true;
  if (location == "-") return false;
  std::ifstream in(location, std::ios::binary);
  std::string begins(sqlite_begins.size(), '\0');
  in.read(begins.data(), static_cast<std::streamsize>(begins.size()));
  return in && begins == sqlite_begins;
}

std::optional<SourceText> read_recorded(const std::string& location, const std::string& known_on,
                                        int& exit_code) {
  exit_code = exit_files;
  if (!is_register(location)) {
    auto file = read_file(location);
    if (file) exit_code = exit_ok;
    return file;
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
