#include "sekisho/events.h"

#include <string_view>

#include "api/body.h"
#include "base/name_table.h"
#include "model/event_reader.h"
#include "model/event_writer.h"

namespace sekisho {

EventLines canonical_events(const SourceText& file) {
  Sources sources;
  Diagnostics diags;
  const SourceId id = sources.add(file.name, file.text);
  EventLines out;
  const std::vector<Event> events = read_events(sources, id, diags);
  NameTable names(events.size());
  const auto name_of = [&](std::uint32_t place) -> std::string_view { return events[place].id; };
  out.lines.reserve(events.size());
  out.at.reserve(events.size());
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    const Event& e = events[i];
    if (names.add(e.id, i, name_of) != i) diags.emit(code::event_twice, e.at, e.id);
    out.lines.push_back(write_event(e));
    out.at.push_back(sources.line(e.at));
  }
  out.reports = reports_of(sources, diags);
  out.ok = !diags.has_errors();
  return out;
}

}  // namespace sekisho
