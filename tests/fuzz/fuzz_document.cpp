// The YAML and JSON reader, and the readers of worlds and transfers, on any bytes.
#include <cstdint>

#include "model/reader.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Sources sources;
  Diagnostics diags;
  const SourceId id = sources.add("fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size));
  if (const auto doc = read_document(sources, id, diags)) {
    const auto world = read_world(*doc, diags);
    read_transfer(*doc, world.value_or(World{}), diags);
  }
  for (const Diagnostic& d : diags.all())
    if (d.at.source.valid()) sources.locate(d.at);
  return 0;
}
