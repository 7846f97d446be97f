#pragma once
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/diagnostics.h"
#include "base/json.h"
#include "base/name_table.h"
#include "ledger/holdings.h"
#include "ledger/retention.h"
#include "model/event_reader.h"
#include "register/register.h"

// Walks the entries of a register in order and knows which hold, which wait, and what disposal took away.
//
// What holds is never disposed of: answers about goods, stops and authorisations are made of it. An event
// whose retention has ended is first corrected by one that says only what answers still need, or withdrawn;
// another officer confirms that, as with every correction; then what was recorded first may go.
//
// Example: entry 3 is the delivery `d1` with its end user. Entry 9 proposes `d1` without the end user, entry
// 10 confirms that, entry 11 disposes of entry 3 and says that it was `d1`. Whoever reads finds the event of
// entry 9 in the place of entry 3. As known before entry 10, what was delivered cannot be said any more, and
// that is what is told.

namespace sekisho {

Problem altered(const Flaw& f);

/// Whether another officer has to confirm it: a correction, and the lifting of a stop.
bool needs_four_eyes(const Event& e);

class Reading {
 public:
  /// @param until  entries recorded later are read only for what they disposed of
  explicit Reading(std::int64_t until = INT64_MAX) : until_(until) {}

  /// That nobody can have recorded this by the rules: an unknown kind, no name, a time before the last one.
  /// @pre called before `take`
  std::optional<Flaw> check(const Entry& e) const;
  /// @returns why the entry cannot be what was recorded
  std::optional<Flaw> take(Entry&& e);

  bool waits(Sequence s) const { return waiting_.contains(s); }
  bool settled(Sequence s) const { return settled_.contains(s); }
  /// What a disposal of the entry has to say besides its reason, so that whoever reads later knows what
  /// stands in its place. @param now  microseconds since 1970-01-01 UTC
  /// @fails SK3510 it holds, waits or is kept
  Result<Json> may_go(Sequence entry, std::int64_t now) const;
  /// @fails SK3506 a body that is gone and of which nothing says that it was disposed of; SK3513
  Result<Holdings> finish();

 private:
  struct Named {
    std::string id, corrects;  // the second of a correction alone
    /// Of an event that was disposed of: its correction that counts from the place of the event.
    std::optional<Sequence> kept_by = {};
    /// The event of which this, or that what it corrects, is the text.
    const std::string& subject() const { return corrects.empty() ? id : corrects; }
  };
  struct Proposal {
    Waiting said;
    Named name;
    bool gone;
  };
  struct Held {
    Holding said;
    Named name;
    bool gone;
  };
  /// The latest correction of what an event says, after the one at `place`; nullptr if there is none.
  const Held* instead_of(const Named& name, std::size_t place) const;
  std::optional<Flaw> settle(const Entry& e);
  /// @pre e disposes of an entry before it
  std::optional<Flaw> dispose(const Entry& e);
  /// That another event which holds has the name already; else the next one that holds has it.
  std::optional<Flaw> name_taken(Sequence by, const std::string& id);
  bool each_asks_no_more(const Held& event, const Held& last) const;
  bool breaks_chain(const Held& correction) const;
  static bool stays_in_place(const Held& event, const Held& correction);
  bool tells_otherwise_of_parties(const Held& event) const;
  Failure name_gone();
  /// Whether the last correction of what is gone counts from where that stood.
  bool keeps_place(const Held& gone, const Held& last);
  void list_events();

  std::int64_t until_, last_ = INT64_MIN;
  bool past_ = false;
  Diagnostics told_;
  EventReader reader_{told_};
  std::map<Sequence, Proposal> waiting_;
  std::set<Sequence> settled_;
  std::vector<Retention> retentions_;   // that were confirmed; the last counts
  std::vector<std::int64_t> recorded_;  // of each entry, when
  std::vector<Held> events_;
  std::unordered_map<std::string, std::size_t>
      last_correction_;  // of each event the place of its last that is there
  std::vector<Sequence> bodiless_;
  std::map<Sequence, Named> disposed_;
  NameTable names_;  // of events that hold, by their places among them
  Holdings out_;
};

}  // namespace sekisho
