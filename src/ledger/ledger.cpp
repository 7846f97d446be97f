#include "ledger/ledger.h"

#include <algorithm>
#include <future>
#include <utility>

#include "base/json.h"
#include "ledger/officer.h"
#include "ledger/retention.h"
#include "model/event_reader.h"

namespace sekisho {
namespace {

Failure unnamed(const std::string& by, const std::string& reason, const char* cure) {
  if (const auto flaw = name_flaw(by)) return problem(code::four_eyes, *flaw);
  if (!says_nothing(reason)) return {};
  Problem p = problem(code::four_eyes, no_reason);
  p.cure = cure;
  return p;
}
Failure nobody(const std::string& by) {
  const auto flaw = name_flaw(by);
  if (!flaw) return {};
  Problem p = problem(code::not_recordable, *flaw);
  if (by.empty()) p.cure = "name the officer with `--by`";
  return p;
}

}  // namespace

Result<SoundEvent> sound_event(std::string line) {
  Diagnostics none;
  const auto e = EventReader(none).read(line);
  if (!e) return problem(code::not_recordable, "a line is no event in its canonical form");
  const bool two = needs_four_eyes(*e);
  if (two && says_nothing(e->reason)) {
    Problem p = problem(code::four_eyes, no_reason);
    p.cure = give_reason;
    return p;
  }
  return SoundEvent{std::move(line), two};
}

Result<Recorded> Ledger::record_events(const MakeEvents& make, const std::string& by, std::int64_t now,
                                       const Hash& salts_from) {
  if (auto f = nobody(by)) return *f;
  Recorded done;
  const auto first = record_.append_if(
      [&]() -> Result<std::vector<NewEntry>> {
        const auto size = record_.size();
        if (!size) return size.problem();
        auto events = make(*size);
        if (!events) return events.problem();
        std::vector<NewEntry> entries;
        entries.reserve(events->size());
        for (SoundEvent& e : *events) {
          const std::string_view kind = e.four_eyes ? proposed_event : event_entry;
          done.proposed += e.four_eyes;
          entries.push_back({{now, by, std::string(kind), std::nullopt}, std::move(e.line)});
        }
        done.entries = entries.size();
        return entries;
      },
      salts_from);
  if (!first) return first.problem();
  done.first = *first;
  return done;
}

Result<Sequence> Ledger::record_decision(const std::string& body, const std::string& by, std::int64_t now,
                                         const Hash& salts_from, bool discretionary) {
  if (const auto flaw = name_flaw(by)) return problem(code::four_eyes, *flaw);
  const NewEntry e{{now, by, std::string(discretionary ? proposed_decision : decision_entry), std::nullopt},
                   body};
  return record_.append({e}, salts_from);
}

Result<Sequence> Ledger::propose_retention(unsigned years, const std::string& reason, const std::string& by,
                                           std::int64_t now, const Hash& salts_from) {
  if (auto f = unnamed(by, reason, "say it with `--reason`")) return *f;
  if (years < 1 || years > longest_retention)
    return problem(code::not_recordable,
                   fmt::format("entries are kept for 1 to {} years, not {}", longest_retention, years));
  const NewEntry e{{now, by, std::string(proposed_retention), std::nullopt}, Retention::body(years, reason)};
  return record_.append({e}, salts_from);
}

Failure Ledger::read(Reading& into) {
  // While some entries are read and verified, those before them are taken by somebody else.
  constexpr std::size_t at_once = 8192;
  std::optional<Flaw> flaw;
  std::vector<Entry> entries;
  std::future<void> taking;
  const auto take = [&](std::vector<Entry>&& those) {
    for (Entry& e : those)
      if (!flaw) flaw = into.take(std::move(e));
  };
  const Failure failed = record_.read(0, behind_all, [&](Entry&& e) {
    entries.push_back(std::move(e));
    if (entries.size() < at_once) return true;
    if (taking.valid()) taking.get();
    if (flaw) return false;
    taking = std::async(std::launch::async | std::launch::deferred, take, std::exchange(entries, {}));
    entries.reserve(at_once);
    return true;
  });
  if (taking.valid()) taking.get();
  take(std::move(entries));
  return flaw ? Failure(altered(*flaw)) : failed;  // it stands before what could not be read
}

Result<Sequence> Ledger::settle(Sequence proposal, Verdict verdict, const std::string& by,
                                const std::string& reason, std::int64_t now, const Hash& salts_from,
                                const MayHold& may_hold) {
  if (auto f = unnamed(by, reason, "say it with `--reason`")) return *f;
  const std::string_view kind = verdict == Verdict::confirm ? confirmation : rejection;
  const NewEntry e{{now, by, std::string(kind), proposal}, to_line({{"reason", reason}})};
  // Read with the writers' lock held: of two who settle one proposal at once, the second finds it settled.
  return record_.append_if(
      [&]() -> Result<std::vector<NewEntry>> {
        const auto size = record_.size();
        if (!size) return size.problem();
        if (proposal >= *size) return problem(code::no_such_entry, *size, proposal);
        Reading reading;
        if (auto f = read(reading)) return *f;
        const auto now_standing = reading.finish();
        if (!now_standing) return now_standing.problem();
        const auto& waiting = now_standing->waiting;
        const auto asked = std::find_if(waiting.begin(), waiting.end(),
                                        [&](const Waiting& w) { return w.entry == proposal; });
        if (asked == waiting.end())
          return problem(code::four_eyes,
                         fmt::format("entry {} {}", proposal,
                                     reading.settled(proposal) ? "is settled already" : "proposes nothing"));
        if (same_officer(asked->by, by))
          return problem(code::four_eyes,
                         fmt::format("`{}` proposed entry {} and cannot settle it", asked->by, proposal));
        if (verdict == Verdict::confirm && asked->kind == proposed_event)
          if (auto f = may_hold(*now_standing, asked->body)) return *f;
        return std::vector{e};
      },
      salts_from);
}

Result<Disposed> Ledger::dispose(Sequence entry, const std::string& by, const std::string& reason,
                                 std::int64_t now, const Hash& salts_from) {
  if (auto f = nobody(by)) return *f;
  if (says_nothing(reason)) return problem(code::not_recordable, "a disposal says why");
  return record_.dispose_if(
      entry,
      [&]() -> Result<NewEntry> {
        Reading reading;
        if (auto f = read(reading)) return *f;
        Json says{{"reason", reason}};
        const auto instead = reading.may_go(entry, now);
        if (!instead) return instead.problem();
        says.update(*instead);
        return NewEntry{{now, by, std::string(disposal), entry}, to_line(says)};
      },
      salts_from);
}

Result<Holdings> Ledger::standing(std::int64_t until) {
  Reading reading(until);
  if (auto f = read(reading)) return *f;
  return reading.finish();
}

}  // namespace sekisho
