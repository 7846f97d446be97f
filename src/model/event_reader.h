#pragma once
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "model/event.h"

namespace sekisho {

/// Reads events, one JSON object a line. Every key is known or reported. What an event names (lots, parties)
/// is not looked up here.
class EventReader {
 public:
  explicit EventReader(Diagnostics& diags);
  ~EventReader();
  /// @param text   one event, without its line end
  /// @param after  bytes that may be read behind it; 0 is always right, more is quicker
  /// @param where  its place, or a source of `none`
  /// @returns nullopt after a report
  std::optional<Event> read(std::string_view text, std::size_t after = 0, TextSpan where = {});
  /// The same into an event that is new. @returns false after a report
  bool read_into(Event& event, std::string_view text, std::size_t after, TextSpan where);

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

/// Every event of a file; blank lines are passed over, lines that are wrong are reported and left out.
std::vector<Event> read_events(const Sources& sources, SourceId source, Diagnostics& diags);
/// The same behind others.
void read_events(const Sources& sources, SourceId source, Diagnostics& diags, std::vector<Event>& into);

}  // namespace sekisho
