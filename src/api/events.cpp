#include "sekisho/events.h"

#include <set>

#include "api/body.h"
#include "model/event_reader.h"
#include "model/event_writer.h"

namespace sekisho {

EventLines canonical_events(const SourceText& file) {
  Sources sources;
  Diagnostics diags;
  const SourceId id = sources.add(file.name, file.text);
  EventLines out;
  std::set<std::string> ids;
  for (const Event& e : read_events(sources, id, diags)) {
    if (!ids.insert(e.id).second) diags.emit(code::event_twice, e.at, e.id);
    out.lines.push_back(write_event(e));
    out.at.push_back(sources.locate(e.at).line);
  }
  out.reports = reports_of(sources, diags);
  out.ok = !diags.has_errors();
  return out;
}

}  // namespace sekisho
