#include "sekisho/epcis.h"

#include "api/body.h"
#include "exchange/epcis_hash.h"
#include "exchange/epcis_mapping.h"
#include "model/event_reader.h"
#include "model/event_writer.h"

namespace sekisho {
namespace {

std::vector<Event> events_of(const Sources& sources, SourceId id, Diagnostics& diags) {
  if (!looks_like_epcis(sources.text(id))) return read_events(sources, id, diags);
  return events_of_epcis(sources, read_epcis(sources, id, diags), diags);
}

}  // namespace

bool is_epcis(const SourceText& file) {
  return looks_like_epcis(file.text);
}

EventLines events_of_epcis(const SourceText& file) {
  Sources sources;
  Diagnostics diags;
  const SourceId id = sources.add(file.name, file.text);
  const std::vector<Event> events = events_of_epcis(sources, read_epcis(sources, id, diags), diags);
  EventLines out;
  out.lines.reserve(events.size());
  for (const Event& e : events) out.lines.push_back(write_event(e));
  out.reports = reports_of(sources, diags);
  out.ok = !diags.has_errors();
  return out;
}

EpcisText epcis_of_events(const SourceText& file) {
  Sources sources;
  Diagnostics diags;
  const SourceId id = sources.add(file.name, file.text);
  const std::vector<Event> events = events_of(sources, id, diags);
  EpcisText out;
  out.reports = reports_of(sources, diags);
  out.ok = !diags.has_errors();
  if (out.ok) out.text = epcis_of_events(events);
  return out;
}

EpcisHashes epcis_hashes(const SourceText& file) {
  Sources sources;
  Diagnostics diags;
  SourceId id = sources.add(file.name, file.text);
  EpcisHashes out;
  if (!looks_like_epcis(file.text)) {
    const std::vector<Event> events = read_events(sources, id, diags);
    id = sources.add(file.name, epcis_of_events(events));
  }
  const EpcisDocument document = read_epcis(sources, id, diags);
  out.hashes.reserve(document.events.size());
  for (const EpcisEvent& e : document.events) {
    std::string prehash = epcis_prehash(sources, e, document.ignored);
    out.hashes.push_back({epcis_hash(prehash), std::move(prehash)});
  }
  out.reports = reports_of(sources, diags);
  out.ok = !diags.has_errors();
  return out;
}

}  // namespace sekisho
