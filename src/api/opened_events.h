#pragma once
#include "api/body.h"
#include "model/event.h"
#include "sekisho/sekisho.h"

namespace sekisho {

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
