// The event reader on any bytes. Besides not crashing: what is read, written and read again is the same line.
#include <cstdint>
#include <cstdlib>

#include "model/event_reader.h"
#include "model/event_writer.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Sources sources;
  Diagnostics diags;
  const SourceId id = sources.add("fuzz.jsonl", std::string(reinterpret_cast<const char*>(data), size));
  for (const Event& e : read_events(sources, id, diags)) {
    const std::string line = write_event(e);
    Diagnostics none;
    const auto again = EventReader(none).read(line);
    if (!again || write_event(*again) != line) std::abort();
  }
  for (const Diagnostic& d : diags.all())
    if (d.at.source.valid()) sources.locate(d.at);
  return 0;
}
