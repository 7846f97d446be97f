#include "sekisho/events.h"

#include "api/body.h"
#include "model/event_reader.h"
#include "model/event_writer.h"

namespace sekisho {

EventLines canonical_events(const SourceText& file) {
  Sources sources;
  Diagnostics diags;
  const SourceId id = sources.add(file.name, file.text);
  EventLines out;
  for (const Event& e : read_events(sources, id, diags)) out.lines.push_back(write_event(e));
  out.reports = reports_of(sources, diags);
  out.ok = !diags.has_errors();
  return out;
}

}  // namespace sekisho
