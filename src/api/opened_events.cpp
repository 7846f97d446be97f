#include "api/opened_events.h"

#include "model/event_reader.h"
#include "model/reader.h"

namespace sekisho {

std::optional<World> read_world_file(Sources& sources, const std::optional<SourceText>& file,
                                     Diagnostics& diags) {
  if (!file) return World{};
  const auto doc = read_document(sources, sources.add(file->name, file->text), diags);
  return doc ? read_world(*doc, diags) : std::nullopt;
}

OpenedEvents::OpenedEvents(const SourceText& file, const std::optional<SourceText>& world_file) {
  auto read = read_world_file(sources, world_file, diags);
  if (!read) return;
  world = std::move(*read);
  events = read_events(sources, sources.add(file.name, file.text), diags);
}

}  // namespace sekisho
