#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/reading.h"
#include "register/register.h"

// What a register makes of what is recorded in it. Most events hold once they are recorded. Some need four
// eyes: one officer proposes them, another confirms or rejects them, and until then they change nothing. What
// needs them: a correction of what was recorded; the lifting of a stop; a decision on a case that is open or
// that somebody's discretion decides.
//
// Example: entry 7 proposes to withdraw the delivery of entry 3, by officer_1, with a reason. The lot still
// counts as delivered. Entry 8 confirms it, by officer_2: from there on the lot was never delivered. Whoever
// asks what was known before entry 8 still hears of a delivery.

namespace sekisho {

/// What is said of a proposal without a reason, and its cure.
inline constexpr const char* no_reason = "it has to be said why";
inline constexpr const char* give_reason = "say it as `reason` of the event";

enum class Verdict : std::uint8_t { confirm, reject };

/// What was recorded of what was asked. `first` is the next free sequence where nothing was.
struct Recorded {
  Sequence first = 0;
  std::size_t entries = 0, proposed = 0;
};

/// An event that was read and found sound, in its canonical line.
struct SoundEvent {
  std::string line;
  bool four_eyes = false;  // another officer has to confirm it; it says why it is
};
/// @fails SK3510 no event; SK3512 one that needs four eyes, without a reason
Result<SoundEvent> sound_event(std::string line);

class Ledger {
 public:
  explicit Ledger(Register& record) : record_(record) {}

  /// @param size  how many entries the register has
  using MakeEvents = std::function<Result<std::vector<SoundEvent>>(Sequence size)>;
  /// Records what `make` gives while no other writer can come between: what it read still holds when its
  /// events are recorded. Those that need four eyes are proposed.
  /// @fails SK3510 a name that is no officer's
  Result<Recorded> record_events(const MakeEvents& make, const std::string& by, std::int64_t now,
                                 const Hash& salts_from);
  /// Records a decision. @param discretionary  its case is open, or somebody's discretion decides it
  Result<Sequence> record_decision(const std::string& body, const std::string& by, std::int64_t now,
                                   const Hash& salts_from, bool discretionary);
  /// Proposes how long entries are kept before disposal may take them: `ledger/retention.h`.
  /// @param years  from 1 to `longest_retention` @fails SK3510 other years; SK3512 without a name or a reason
  Result<Sequence> propose_retention(unsigned years, const std::string& reason, const std::string& by,
                                     std::int64_t now, const Hash& salts_from);
  /// @param may_hold  asked, before an event is confirmed, whether it fits what holds
  /// @fails SK3509; SK3512 no proposal, settled already, of one's own, or without a name or a reason
  using MayHold = std::function<Failure(const Holdings& now, const std::string& event)>;
  Result<Sequence> settle(Sequence proposal, Verdict verdict, const std::string& by,
                          const std::string& reason, std::int64_t now, const Hash& salts_from,
                          const MayHold& may_hold);
  /// Takes the body of an entry away and records that and why. @fails SK3509; SK3510 it holds, waits or
  /// is kept
  Result<Disposed> dispose(Sequence entry, const std::string& by, const std::string& reason, std::int64_t now,
                           const Hash& salts_from);

  /// @param until  how things were known then: up to the first entry that was recorded later
  /// @fails SK3506 an entry that cannot be what was recorded; SK3513
  Result<Holdings> standing(std::int64_t until = INT64_MAX);

 private:
  Failure read(Reading& into);
  Register& record_;
};

}  // namespace sekisho
