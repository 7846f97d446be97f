#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ledger/holdings.h"
#include "register/problem.h"
#include "sekisho/sekisho.h"

namespace sekisho {

/// Events as a file of them.
std::string lines_of(const std::vector<Holding>& events);
std::string lines_of(const std::vector<std::string>& events);

/// As what new events are named where something is wrong with them.
inline constexpr const char* new_events = "the new events";

/// Names that no other event may take though no event that holds has them: of what waits or was disposed of.
std::set<std::string, std::less<>> reserved_names(const Holdings& recorded);

/// New events as they were found.
struct Examined {
  std::vector<Report> told;
  std::vector<bool> four_eyes;  // of each, whether it needs them; empty where it is told of errors
  bool sound() const;
};

/// What would be wrong in every later answer if events came to hold: names taken twice, corrections and
/// liftings of what is not there, bookings that an authorisation does not bear, goods that are not where an
/// event takes them from. What was wrong before is not told again. Where nothing is wrong, warnings tell
/// which of them move what is stopped, as far as events say: what happened is recorded all the same.
/// @param more   one canonical line each; what needs four eyes comes last, as if it were confirmed
/// @param world  parties that bookings name
/// @fails SK3510 besides what is told: a line that is not one event
Result<Examined> examine(const Holdings& recorded, const std::vector<std::string>& more,
                         const std::optional<SourceText>& world);

}  // namespace sekisho
