#include "ledger/ledger.h"

#include <map>

#include "base/json.h"
#include "model/event_reader.h"

namespace sekisho {
namespace {

bool needs_four_eyes(const Event& e) {
  return family_of(e.kind) == EventFamily::correct || family_of(e.kind) == EventFamily::lift;
}

/// Walks the entries in order and knows which proposals are settled.
class Reading {
 public:
  /// @returns a problem where the entry cannot be what was recorded
  Failure take(Entry&& e) {
    if (e.body && e.body->commitment() != e.commitment)
      return problem(code::register_altered, fmt::format("entry {}: its body was altered", e.sequence));
    if ((e.head.kind == confirmation || e.head.kind == rejection) && e.head.about) {
      const auto it = waiting_.find(*e.head.about);
      if (it == waiting_.end() || it->second.by == e.head.by)
        return problem(code::register_altered,
                       fmt::format("entry {} settles no proposal of somebody else", e.sequence));
      if (e.head.kind == confirmation)
        hold(it->second.kind == proposed_event,
             {it->first, it->second.by, e.head.by, std::move(it->second.body)});
      waiting_.erase(it);
      return {};
    }
    if (!e.body) return {};  // disposed of
    if (e.head.kind == event_entry || e.head.kind == decision_entry)
      hold(e.head.kind == event_entry, {e.sequence, e.head.by, "", std::move(e.body->text)});
    else if (e.head.kind == proposed_event || e.head.kind == proposed_decision)
      waiting_[e.sequence] = {e.sequence, e.head.recorded, e.head.by, e.head.kind, std::move(e.body->text)};
    return {};
  }
  bool waits(Sequence s) const { return waiting_.contains(s); }
  Holdings finish() {
    out_.waiting.reserve(waiting_.size());
    for (auto& [s, w] : waiting_) out_.waiting.push_back(std::move(w));
    return std::move(out_);
  }

 private:
  void hold(bool event, Holding h) { (event ? out_.events : out_.decisions).push_back(std::move(h)); }
  std::map<Sequence, Waiting> waiting_;
  Holdings out_;
};

Failure unnamed(const std::string& by, const std::string& reason) {
  if (by.empty()) return problem(code::four_eyes, "it has to be said who does it");
  if (reason.empty()) return problem(code::four_eyes, "it has to be said why");
  return {};
}

}  // namespace

Result<NewEntry> Ledger::entry_of(const std::string& line, const std::string& by, std::int64_t now) {
  Diagnostics none;
  const auto e = EventReader(none).read(line);
  if (!e) return problem(code::not_recordable, "a line is no event in its canonical form");
  const bool two = needs_four_eyes(*e);
  if (two)
    if (auto f = unnamed(by, e->reason)) return *f;
  return NewEntry{{now, by, std::string(two ? proposed_event : event_entry), std::nullopt}, line};
}

Result<Sequence> Ledger::record_events(const std::vector<std::string>& lines, const std::string& by,
                                       std::int64_t now, const Hash& salts_from, std::size_t& proposed) {
  std::vector<NewEntry> entries;
  entries.reserve(lines.size());
  proposed = 0;
  for (const std::string& line : lines) {
    auto e = entry_of(line, by, now);
    if (!e) return e.problem();
    proposed += e->head.kind == proposed_event;
    entries.push_back(std::move(*e));
  }
  return record_.append(entries, salts_from);
}

Result<std::optional<Sequence>> Ledger::record_if(
    const std::function<std::optional<std::string>(const std::vector<Holding>&)>& make, const std::string& by,
    std::int64_t now, const Hash& salts_from, bool& proposed) {
  bool made = false;
  const auto at = record_.append_if(
      [&]() -> Result<std::vector<NewEntry>> {
        const auto now_standing = standing();
        if (!now_standing) return now_standing.problem();
        const auto line = make(now_standing->events);
        if (!line) return std::vector<NewEntry>();
        auto e = entry_of(*line, by, now);
        if (!e) return e.problem();
        made = true;
        proposed = e->head.kind == proposed_event;
        return std::vector{std::move(*e)};
      },
      salts_from);
  if (!at) return at.problem();
  return made ? std::optional(*at) : std::nullopt;
}

Result<Sequence> Ledger::record_decision(const std::string& body, const std::string& by, std::int64_t now,
                                         const Hash& salts_from, bool discretionary) {
  if (by.empty()) return problem(code::four_eyes, "it has to be said who decides");
  const NewEntry e{{now, by, std::string(discretionary ? proposed_decision : decision_entry), std::nullopt},
                   body};
  return record_.append(std::span(&e, 1), salts_from);
}

Result<Sequence> Ledger::settle(Sequence proposal, Verdict verdict, const std::string& by,
                                const std::string& reason, std::int64_t now, const Hash& salts_from) {
  if (auto f = unnamed(by, reason)) return *f;
  const std::string_view kind = verdict == Verdict::confirm ? confirmation : rejection;
  const NewEntry e{{now, by, std::string(kind), proposal}, to_line({{"reason", reason}})};
  // Read with the writers' lock held: of two who settle one proposal at once, the second finds it settled.
  return record_.append_if(
      [&]() -> Result<std::vector<NewEntry>> {
        Reading reading;
        Failure failed;
        std::string proposer;
        bool is_proposal = false;
        Sequence size = 0;
        if (auto f = record_.read(0, behind_all, [&](Entry&& entry) {
              ++size;
              if (entry.sequence == proposal) {
                is_proposal = entry.head.kind == proposed_event || entry.head.kind == proposed_decision;
                proposer = entry.head.by;
              }
              failed = reading.take(std::move(entry));
              return !failed;
            }))
          return *f;
        if (failed) return *failed;
        if (proposal >= size) return problem(code::no_such_entry, size, proposal);
        if (!is_proposal) return problem(code::four_eyes, fmt::format("entry {} proposes nothing", proposal));
        if (!reading.waits(proposal))
          return problem(code::four_eyes, fmt::format("entry {} is settled already", proposal));
        if (proposer == by)
          return problem(code::four_eyes,
                         fmt::format("`{}` proposed entry {} and cannot settle it", by, proposal));
        return std::vector{e};
      },
      salts_from);
}

Result<Holdings> Ledger::standing(std::int64_t until) {
  Reading reading;
  Failure failed;
  if (auto f = record_.read(0, behind_all, [&](Entry&& e) {
        if (e.head.recorded > until)
          return false;  // a prefix, so that nothing is settled that was not proposed
        failed = reading.take(std::move(e));
        return !failed;
      }))
    return *f;
  if (failed) return *failed;
  return reading.finish();
}

}  // namespace sekisho
