#pragma once
#include "api/body.h"
#include "api/line_question.h"
#include "api/shared_events.h"
#include "base/json.h"

namespace sekisho {

/// A transfer that was read, with all that is asked of it.
struct Asked {
  const World& world;
  bool has_world;
  const Transfer& transfer;
  Days days;
  const std::vector<KnownByHand>& by_hand;
  const Readings& readings;
  bool without_instruments = false, performed = false, hypothetical = false;
  std::size_t minimum = 0;  // as in DecideRequest
  std::size_t node_limit = DecideRequest{}.node_limit;
};

/// What the files of a request say, with the goods as they are on its day.
struct RequestRead {
  std::shared_ptr<const World> world;
  Transfer transfer;
  bool performed = false;
};
/// @param sources  a copy of those of the events or, where there are none, of the rulebooks
/// @param events   of the request, or nullptr
/// @returns nullopt after a report
std::optional<RequestRead> read_request(Sources& sources, const DecideRequest& request, SharedEvents* events,
                                        Diagnostics& diags);

/// @param sources  the rulebooks' and those that the transfer and the world were read from
/// @returns as schemas/answer.schema.json says; nullopt after a report
std::optional<Json> answer_to(const Rulebooks::Body& body, const Sources& sources, const Asked& asked,
                              Diagnostics& diags);

/// Of each, `yes` or `no`.
Json readings_json(const Readings& readings);

/// What is said where diagrams need more nodes than allowed.
std::vector<Report> too_many_nodes(const Sources& sources, std::size_t limit);

}  // namespace sekisho
