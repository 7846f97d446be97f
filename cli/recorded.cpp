#include "recorded.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <utility>
#include <vector>

#include "files.h"
#include "tell.h"

namespace sekisho::cli {
std::optional<SourceText> read_recorded(const std::string& location, const std::string& known_on,
                                        int& exit_code) {
  exit_code = exit_files;
  if (location == "-" || !is_register(location)) {
    if (!known_on.empty()) {
      tell(
          "error: `--known-on` asks a register: `{}` does not say when its events became known; leave it "
          "out, or record them with `sekisho register append`\n",
          location);
      exit_code = exit_usage;
      return std::nullopt;
    }
    auto file = read_file(location);
    if (file) exit_code = exit_ok;
    return file;
  }
  OpenRegister r;
  RegisterOutcome read = r.open(location);
  if (read.ok) read = r.events(known_on);
  print_reports(read.reports, true);
  exit_code = exit_code_of(read);
  if (!read.ok) return std::nullopt;
  return SourceText{location, std::move(read.text)};
}

int read_recorded(const std::string& location, const std::string& known_on, const std::string& world_path,
                  SourceText& events, std::optional<SourceText>& world) {
  int code = exit_ok;
  auto read = read_recorded(location, known_on, code);
  if (!read) return code;
  events = std::move(*read);
  return world_path.empty() || (world = read_file(world_path)) ? exit_ok : exit_files;
}

std::optional<Standing> read_standing(const std::string& location, const std::string& known_on,
                                      int& exit_code) {
  Standing out;
  OpenRegister r;
  RegisterOutcome read = r.open(location);
  if (read.ok) read = r.standing(known_on, out.decisions, out.waiting);
  print_reports(read.reports, true);
  exit_code = exit_code_of(read);
  if (!read.ok) return std::nullopt;
  out.events = {location, std::move(read.text)};
  return out;
}

std::vector<NamedDecision> named(const std::vector<RecordedDecision>& decisions) {
  std::vector<NamedDecision> out;
  out.reserve(decisions.size());
  for (const RecordedDecision& d : decisions)
    out.push_back({fmt::format("{} {}", d.entry, d.request.transfer.name), d.request, d.own_events});
  return out;
}

bool same_register(const std::string& a, const std::string& b) {
  if (a == b) return true;
  std::error_code no_file;
  if (std::filesystem::equivalent(a, b, no_file)) return true;
  if (!no_file) return false;
  // Of two addresses of a server the registers are asked: entries are salted, and each hangs on those before
  // it. A copy that an import made is the same until something is recorded in either.
  std::vector<std::string> last;
  for (const std::string& location : {a, b}) {
    OpenRegister r;
    if (!is_register(location) || !r.open(location).ok) return false;
    const RegisterOutcome n = r.size();
    std::string said = n.ok ? r.heading().text : std::string();
    if (n.ok && n.number != 0)
      (void)r.lines(n.number - 1, n.number, [&](const std::string& line) {
        said += line;
        return false;
      });
    last.push_back(std::move(said));
  }
  return last[0] == last[1] && !last[0].empty();
}

void add_known_on(App& command, std::string& known_on) {
  command.add_option("--known-on", known_on, "from a register: as known at the end of that day");
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
