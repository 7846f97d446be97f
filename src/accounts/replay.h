#pragma once
#include <span>
#include <vector>

#include "accounts/book.h"
#include "base/diagnostics.h"
#include "model/event.h"

namespace sekisho {

struct RefusedEvent {
  const Event* event;
  Refusals why;  // never empty
};

/// What events came to on a day.
struct Accounts {
  Book book;
  std::vector<const Event*> booked;  // in the order of their days
  std::vector<RefusedEvent> refused;
};

/// Books what events say of authorisations, corrections among them, up to a day on which it was so. Other
/// events are passed over, but for the parties that they enter: a use by a party is a use by what it belongs
/// to.
/// @param recorded  as recorded; must outlive what is returned
/// @param world     more parties; what nobody tells of belongs to nothing
/// @fails SK3201, SK3202 in what is recorded; SK3301 to SK3311 and SK3313, one for each reason of a refusal:
/// an
///        event that is reported books nothing; SK3316 of what was booked before an act was recorded that
///        refuses it
Accounts replay_accounts(std::span<const Event> recorded, Date on, const World& world, Diagnostics& diags);
/// The same where it is known which of them hold.
/// @param holding  as `corrected` gives them
Accounts replay_accounts(std::span<const Event> recorded, std::vector<const Event*> holding, Date on,
                         const World& world, Diagnostics& diags);

}  // namespace sekisho
