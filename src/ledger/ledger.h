#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

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

/// Kinds of entries besides `dispose`.
inline constexpr std::string_view event_entry = "event", decision_entry = "decision",
                                  proposed_event = "proposed event", proposed_decision = "proposed decision",
                                  confirmation = "confirm", rejection = "reject";

enum class Verdict : std::uint8_t { confirm, reject };

/// An entry that holds: recorded and, where it needs that, confirmed.
struct Holding {
  Sequence entry = 0;
  std::string by, confirmed_by;  // the second is empty where nobody has to
  std::string body;
};

/// A proposal that nobody has confirmed or rejected.
struct Waiting {
  Sequence entry = 0;
  std::int64_t recorded = 0;
  std::string by, kind, body;
};

struct Holdings {
  std::vector<Holding> events, decisions;  // in the order in which they came to hold
  std::vector<Waiting> waiting;
};

class Ledger {
 public:
  explicit Ledger(Register& record) : record_(record) {}

  /// Records events, one canonical line each. Those that need four eyes are proposed.
  /// @param proposed  told how many
  /// @fails SK3512 a proposal without who makes it or without a reason
  Result<Sequence> record_events(const std::vector<std::string>& lines, const std::string& by,
                                 std::int64_t now, const Hash& salts_from, std::size_t& proposed);
  /// Records one event that `make` gives after it has read all that hold; no other writer comes between, so
  /// that what it found free is still free when it is taken.
  /// @param make      nothing: nothing is recorded
  /// @param proposed  told whether it needs four eyes
  Result<std::optional<Sequence>> record_if(
      const std::function<std::optional<std::string>(const std::vector<Holding>& events)>& make,
      const std::string& by, std::int64_t now, const Hash& salts_from, bool& proposed);
  /// Records a decision. @param discretionary  its case is open, or somebody's discretion decides it
  Result<Sequence> record_decision(const std::string& body, const std::string& by, std::int64_t now,
                                   const Hash& salts_from, bool discretionary);
  /// @fails SK3509; SK3512 no proposal, settled already, of one's own, or without a name or a reason
  Result<Sequence> settle(Sequence proposal, Verdict verdict, const std::string& by,
                          const std::string& reason, std::int64_t now, const Hash& salts_from);

  /// @param until  how things were known then: up to the first entry that was recorded later
  /// @fails SK3506 where a body is not what it was recorded with
  Result<Holdings> standing(std::int64_t until = INT64_MAX);

 private:
  Result<NewEntry> entry_of(const std::string& line, const std::string& by, std::int64_t now);
  Register& record_;
};

}  // namespace sekisho
