#pragma once
#include "api/body.h"
#include "model/event.h"
#include "sekisho/sekisho.h"

namespace sekisho {

/// A world as its file tells it; an empty one where there is no file. @returns nullopt after a report
std::optional<World> read_world_file(Sources& sources, const std::optional<SourceText>& file,
                                     Diagnostics& diags);

/// A file of events, perhaps with a world, read for questions that need no rulebook.
struct OpenedEvents {
  Sources sources;
  Diagnostics diags;
  World world;
  std::vector<Event> events;

  OpenedEvents(const SourceText& file, const std::optional<SourceText>& world_file);
  bool ok() const { return !diags.has_errors(); }
};

}  // namespace sekisho
