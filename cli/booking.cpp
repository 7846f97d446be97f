#include "booking.h"

#include <fmt/format.h>
#include <sekisho/register.h>

#include "event_file.h"
#include "files.h"
#include "recorded.h"
#include "tell.h"

namespace sekisho::cli {
namespace {

/// What became of a booking, and the exit code.
int told(const BookingPlace& place, const BookingResult& result) {
  print_reports(result.reports, true);
  if (result.ok)
    fmt::print("{}\n", place.format == "json" ? result.json : result.line);
  else if (place.format == "json")
    fmt::print("{}\n", result.refused ? result.json : reports_json(result.reports));
  return result.ok ? int{exit_ok} : exit_code_of(result.reports);
}

using Make = std::function<BookingResult(const SourceText& events)>;

int into_register(const BookingPlace& place, const Make& make) {
  BookingResult result;
  OpenRegister r;
  RegisterOutcome done = r.open(place.events);
  if (done.ok)
    done = r.append_if(
        [&](const std::string& events) {
          result = make({place.events, events});
          return result.ok ? std::optional(result.line) : std::nullopt;
        },
        {place.by, now()});
  print_reports(done.reports, true);
  if (!done.ok) return exit_code_of(done);
  if (result.ok && done.proposed)
    tell("proposed as entry {}: it holds once another officer confirms it (`register confirm`)\n",
         done.number);
  return told(place, result);
}

}  // namespace

int book_made(const Make& make, const BookingPlace& place) {
  if (place.append && place.events == "-") {
    tell("error: nothing can be appended to standard input; name a file with `--events`\n");
    return exit_usage;
  }
  if (place.append && is_register(place.events)) return into_register(place, make);
  // Locked before it is read: what is left may not change until the line stands.
  int code = exit_ok;
  auto file = place.append ? EventFile::open(place.events) : std::nullopt;
  if (place.append && !file) return exit_files;
  const auto events = file ? file->read() : read_recorded(place.events, "", code);
  if (!events) return file ? int{exit_files} : code;
  const BookingResult result = make(*events);
  if (result.ok && file && !file->append(result.line)) return exit_files;
  return told(place, result);
}

int book_event(const Json& event, const BookingPlace& place) {
  std::optional<SourceText> world;
  if (!place.world.empty() && !(world = read_file(place.world))) return exit_files;
  const SourceText typed{"the new event", to_line(event) + "\n"};
  return book_made([&](const SourceText& events) { return would_book(events, world, typed); }, place);
}

}  // namespace sekisho::cli
