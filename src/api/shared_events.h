#pragma once
#include <memory>

#include "api/body.h"
#include "custody/custody.h"

// Events and rulebooks brought together: lots for questions.

namespace sekisho {

/// The events of a file; what they name exists among them, in the world, or is reported.
/// @fails SK3007, SK3013, SK31xx
std::vector<Event> checked_events(const Rulebooks::Body& body, Sources& sources, const SourceText& file,
                                  const World& world, Diagnostics& diags);

/// A file of events, perhaps with a world, read for questions that need the rulebooks too.
struct OpenedLots {
  Sources sources;
  Diagnostics diags;
  World world;
  std::vector<Event> events;

  OpenedLots(const Rulebooks::Body& body, const SourceText& file,
             const std::optional<SourceText>& world_file);
};

/// Events that several questions are about, read once.
class SharedEvents {
 public:
  SharedEvents(const Rulebooks::Body& body, const SourceText& file);

  /// The rulebooks' and the file.
  const Sources& sources() const { return sources_; }
  /// The world of a file with what was entered, the authorisations that there were, and in place of its lots
  /// those that there were on a day. Asked again of the same it is not made again.
  /// @param sources  a copy of `sources()`, into which the file is read
  /// @returns nullptr after a report
  std::shared_ptr<const World> world(Sources& sources, const std::optional<SourceText>& file, Date on,
                                     Diagnostics& diags);

 private:
  /// A world as it was asked for last.
  struct Last {
    SourceId at;
    std::optional<SourceText> file;
    Date on;
    std::shared_ptr<const World> world;
    Diagnostics told;
  };
  std::shared_ptr<const World> made(World world, Date on, Diagnostics& diags) const;

  const Rulebooks::Body& body_;
  Sources sources_;
  Diagnostics told_;
  std::vector<Event> events_;
  std::optional<Last> last_;
};

/// The world of a file, with what events tell up to a day. @param events  nullptr: there are none
/// @returns nullptr after a report
std::shared_ptr<const World> world_of(SharedEvents* events, Sources& sources,
                                      const std::optional<SourceText>& file, Date on, Diagnostics& diags);

}  // namespace sekisho
