#include "api/opened_events.h"

#include "model/event_reader.h"
#include "model/reader.h"

namespace sekisho {

OpenedEvents::OpenedEvents(const SourceText& file, const std::optional<SourceText>& world_file) {
  if (world_file) {
    const auto doc = read_document(sources, sources.add(world_file->name, world_file->text), diags);
    auto read = doc ? read_world(*doc, diags) : std::nullopt;
    if (!read) return;
    world = std::move(*read);
  }
  events = read_events(sources, sources.add(file.name, file.text), diags);
}

}  // namespace sekisho
