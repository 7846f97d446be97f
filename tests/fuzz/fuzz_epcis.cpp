// The EPCIS reader, the event hash and the mapping on any bytes. Besides not crashing: events that come of a
// document come back the same when they are written as EPCIS and read again.
#include <cstdint>
#include <cstdlib>

#include "exchange/epcis_hash.h"
#include "exchange/epcis_mapping.h"
#include "model/event_writer.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Sources sources;
  Diagnostics diags;
  const SourceId id = sources.add("fuzz.json", std::string(reinterpret_cast<const char*>(data), size));
  looks_like_epcis(sources.text(id));
  const EpcisDocument document = read_epcis(sources, id, diags);
  for (const EpcisEvent& e : document.events) epcis_hash(epcis_prehash(sources, e, document.ignored));
  const std::vector<Event> events = events_of_epcis(sources, document, diags);
  for (const Diagnostic& d : diags.all())
    if (d.at.source.valid()) sources.locate(d.at);
  Diagnostics none;
  const SourceId again = sources.add("again.json", epcis_of_events(events));
  const std::vector<Event> back = events_of_epcis(sources, read_epcis(sources, again, none), none);
  if (back.size() != events.size()) std::abort();
  for (std::size_t i = 0; i < back.size(); ++i)
    if (write_event(back[i]) != write_event(events[i])) std::abort();
  return 0;
}
