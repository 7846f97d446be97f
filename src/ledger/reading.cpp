#include "ledger/reading.h"

#include <algorithm>
#include <array>
#include <map>

#include "ledger/officer.h"
#include "model/event_writer.h"
#include "model/recorded_places.h"

namespace sekisho {
namespace {

constexpr std::array kinds{event_entry,        decision_entry, proposed_event, proposed_decision,
                           proposed_retention, confirmation,   rejection,      disposal};

}  // namespace

Problem altered(const Flaw& f) {
  return problem(code::register_altered,
                 f.sequence ? fmt::format("entry {}: {}", *f.sequence, f.says) : f.says);
}

bool needs_four_eyes(const Event& e) {
  return family_of(e.kind) == EventFamily::correct || family_of(e.kind) == EventFamily::lift;
}

std::optional<Flaw> Reading::check(const Entry& e) const {
  if (std::find(kinds.begin(), kinds.end(), e.head.kind) == kinds.end())
    return Flaw{e.sequence, fmt::format("nothing of the kind `{}` is recorded", e.head.kind)};
  if (names_nobody(e.head.by)) return Flaw{e.sequence, "it does not say who recorded it"};
  if (e.head.recorded < last_) return Flaw{e.sequence, "its time is before that of the entry before it"};
  return {};
}

std::optional<Flaw> Reading::name_taken(Sequence by, const std::string& id) {
  if (id.empty()) return {};  // it is gone
  const auto next = static_cast<std::uint32_t>(events_.size());
  const std::uint32_t first =
      names_.add(id, next, [&](std::uint32_t place) -> std::string_view { return events_[place].name.id; });
  if (first == next) return {};
  return Flaw{by, fmt::format("the event of entry {} is called `{}`, too", events_[first].said.entry, id)};
}

std::optional<Flaw> Reading::settle(const Entry& e) {
  const auto it = e.head.about ? waiting_.find(*e.head.about) : waiting_.end();
  if (it == waiting_.end() || same_officer(it->second.said.by, e.head.by))
    return Flaw{e.sequence, "it settles no proposal of somebody else"};
  if (e.body)
    if (const auto said = parse_json(e.body->text);
        !said || !said->is_object() || says_nothing(text_at(*said, "reason")))
      return Flaw{e.sequence, "it settles a proposal and does not say why"};
  Proposal& p = it->second;
  std::optional<Flaw> taken;
  if (e.head.kind == confirmation) {
    if (p.said.kind == proposed_event) taken = name_taken(it->first, p.name.id);
    Holding held{it->first, p.said.by, e.head.by, std::move(p.said.body)};
    if (p.said.kind == proposed_event) {
      if (!p.gone && !p.name.corrects.empty()) last_correction_[p.name.corrects] = events_.size();
      events_.push_back({std::move(held), std::move(p.name), p.gone});
    } else if (p.said.kind == proposed_retention) {
      const auto years = Retention::read(held.body);
      if (!years) return Flaw{e.sequence, "what it confirms is gone, and says how long entries are kept"};
      retentions_.push_back({*years, it->first});
    } else if (!p.gone)
      out_.decisions.push_back(std::move(held));
  }
  settled_.insert(it->first);
  waiting_.erase(it);
  return taken;
}

std::optional<Flaw> Reading::dispose(const Entry& e) {
  const auto said = parse_json(e.body ? e.body->text : std::string());
  Named& gone = disposed_[*e.head.about];
  gone = said && said->is_object() ? Named{text_at(*said, "event"), text_at(*said, "of")} : Named();
  if (said && said->is_object() && said->contains("kept_by") && said->at("kept_by").is_number_unsigned())
    gone.kept_by = said->at("kept_by").get<Sequence>();
  if (past_ || retentions_.empty()) return {};
  const auto kept = retentions_.back().keeps(recorded_[*e.head.about], e.head.recorded);
  return kept ? std::optional(
                    Flaw{e.sequence, fmt::format("it disposes of entry {}, which {}", *e.head.about, *kept)})
              : std::nullopt;
}

std::optional<Flaw> Reading::take(Entry&& e) {
  last_ = std::max(last_, e.head.recorded);
  past_ = past_ || e.head.recorded > until_;
  recorded_.push_back(e.head.recorded);
  if (e.head.kind == disposal && e.head.about && *e.head.about < e.sequence)
    if (auto flaw = dispose(e)) return flaw;
  if (past_) return {};
  if (!e.body) bodiless_.push_back(e.sequence);
  if (e.head.kind == confirmation || e.head.kind == rejection) return settle(e);
  const bool event = e.head.kind == event_entry || e.head.kind == proposed_event;
  const bool retention = e.head.kind == proposed_retention;
  const bool proposal = event ? e.head.kind == proposed_event : retention || e.head.kind == proposed_decision;
  if (!event && !proposal && e.head.kind != decision_entry) return {};
  Named name;
  std::string body = e.body ? std::move(e.body->text) : std::string();
  if (event && e.body) {
    auto read = reader_.read(body);
    if (!read) return Flaw{e.sequence, "what it says is no event"};
    if (!proposal && needs_four_eyes(*read))
      return Flaw{e.sequence, fmt::format("a `{}` is proposed and confirmed, and this one was not",
                                          to_string(read->kind))};
    if (const auto* c = std::get_if<Correct>(&read->body)) name.corrects = c->of;
    name.id = std::move(read->id);
    if (!proposal)
      if (auto flaw = name_taken(e.sequence, name.id)) return flaw;
  }
  if (retention && e.body && !Retention::read(body))
    return Flaw{e.sequence, "it does not say how long entries are kept, and why"};
  if (proposal)
    waiting_[e.sequence] = {
        {e.sequence, e.head.recorded, std::move(e.head.by), std::move(e.head.kind), std::move(body)},
        std::move(name),
        !e.body};
  else if (event)
    events_.push_back({{e.sequence, std::move(e.head.by), "", std::move(body)}, std::move(name), !e.body});
  else if (e.body)
    out_.decisions.push_back({e.sequence, std::move(e.head.by), "", std::move(body)});
  return {};
}

const Reading::Held* Reading::instead_of(const Named& name, std::size_t place) const {
  const auto it = last_correction_.find(name.subject());
  return it != last_correction_.end() && it->second > place ? &events_[it->second] : nullptr;
}

Result<Json> Reading::may_go(Sequence entry, std::int64_t now) const {
  const auto refused = [&](std::string_view why, const char* cure) {
    Problem p = problem(code::not_recordable, fmt::format("entry {} {}", entry, why));
    p.cure = cure;
    return p;
  };
  if (waits(entry)) return refused("waits for a second officer", "confirm or reject it first");
  if (std::any_of(retentions_.begin(), retentions_.end(),
                  [&](const Retention& r) { return r.said_by == entry; }))
    return refused("says how long entries are kept", "it stays on record");
  if (!retentions_.empty() && entry < recorded_.size())
    if (const auto kept = retentions_.back().keeps(recorded_[entry], std::max(now, last_)))
      return refused(*kept,
                     "wait until then; where that is longer than the law asks, `sekisho register retain` "
                     "proposes another period");
  const auto it =
      std::find_if(events_.begin(), events_.end(), [&](const Held& h) { return h.said.entry == entry; });
  if (it == events_.end()) return Json::object();
  const Held* instead = instead_of(it->name, static_cast<std::size_t>(it - events_.begin()));
  if (instead == nullptr)
    return refused(
        "holds, and answers are made of it",
        "record a correction that withdraws it or says only what may stay; once another officer has "
        "confirmed that, this can be disposed of");
  if (tells_otherwise_of_parties(*it))
    return refused(
        "says where parties are or belong, by which what was booked before its correction stands",
        "it stays on record; one that says the same of that, and less of the rest, can replace it");
  if (!it->gone && breaks_chain(*it))
    return refused("stands between others, and what it says puts the last in its place in the record",
                   "dispose of what it corrects first");
  Json says{{"event", it->name.id}};
  if (!it->name.corrects.empty()) says["of"] = it->name.corrects;
  if (each_asks_no_more(*it, *instead)) says["kept_by"] = instead->said.entry;
  return says;
}

/// What an event holds after its correction, or as it is.
static std::optional<Event> text_of(const std::string& body) {
  Diagnostics none;
  auto e = EventReader(none).read(body);
  auto* c = e ? std::get_if<Correct>(&e->body) : nullptr;
  if (c == nullptr) return e;
  if (c->instead.empty()) return std::nullopt;
  Event instead = std::move(c->instead.front());
  return instead;
}
/// Whether of an event and its corrections up to the last each asks no more than the one before; what is gone
/// of them is passed over.
bool Reading::each_asks_no_more(const Held& event, const Held& last) const {
  const Held* before = &event;
  for (const Held& h : events_) {
    if (&h <= &event || h.gone || h.name.corrects != event.name.subject()) continue;
    if (!stays_in_place(*before, h)) return false;
    if (&h == &last) return true;
    before = &h;
  }
  return false;
}
/// Whether without a correction the next would count from another place of the record: that of the one before
/// it, or no more from there.
bool Reading::breaks_chain(const Held& correction) const {
  const Held *before = nullptr, *next = nullptr;
  for (const Held& h : events_) {
    if (h.gone || h.name.subject() != correction.name.subject()) continue;
    if (&h < &correction)
      before = &h;
    else if (&h > &correction && next == nullptr)
      next = &h;
  }
  if (before == nullptr || next == nullptr) return false;
  const bool stays = stays_in_place(*before, correction) && stays_in_place(correction, *next);
  return stays != stays_in_place(*before, *next);
}
bool Reading::stays_in_place(const Held& event, const Held& correction) {
  const auto was = event.gone ? std::nullopt : text_of(event.said.body), is = text_of(correction.said.body);
  return was && is && asks_no_more(*is, *was);
}
/// Whether the event, as it was told from time to time, says various things of where parties are or belong.
bool Reading::tells_otherwise_of_parties(const Held& event) const {
  const auto parties = [](const Held& h) {
    std::set<std::array<std::string, 3>> out;
    if (const auto e = text_of(h.said.body))
      if (const auto* entered = std::get_if<Enter>(&e->body))
        for (const Party& p : entered->world.parties) out.insert({p.id, p.part_of, p.country});
    return out;
  };
  if (event.gone) return false;
  const auto told = parties(event);
  return std::any_of(events_.begin(), events_.end(), [&](const Held& h) {
    return !h.gone && h.name.subject() == event.name.subject() && parties(h) != told;
  });
}

/// What stands in the place of events that were disposed of is known from the disposals.
Failure Reading::name_gone() {
  for (const Sequence s : bodiless_)
    if (!disposed_.contains(s)) return altered({s, not_disposed});
  for (std::size_t i = 0; i < events_.size(); ++i) {
    Held& h = events_[i];
    if (!h.gone) continue;
    h.name = disposed_.at(h.said.entry);
    if (!h.name.id.empty() && instead_of(h.name, i) != nullptr) continue;
    Problem p = problem(code::needed_and_gone, h.said.entry);
    p.cure =
        "import an export that was made before it was disposed of, or ask as known before it was recorded";
    return p;
  }
  return {};
}

bool Reading::keeps_place(const Held& gone, const Held& last) {
  // What it was put right by when it went kept its place; so does what asks no more than that.
  std::optional<Sequence> by = gone.name.kept_by;
  while (by && *by != last.said.entry) {
    const auto it =
        std::find_if(events_.begin(), events_.end(), [&](const Held& h) { return h.said.entry == *by; });
    if (it == events_.end()) return false;
    if (!it->gone) return stays_in_place(*it, last);
    by = it->name.kept_by;
  }
  return by.has_value();
}

/// The events that hold; what was corrected and disposed of is given as its last correction has it.
void Reading::list_events() {
  std::map<std::string, const Held*> replaced;  // by its name: the correction that still says what it was
  std::set<Sequence> in_place;                  // corrections that are listed where what they correct stood
  out_.events.reserve(events_.size());
  for (std::size_t i = 0; i < events_.size(); ++i) {
    Held& h = events_[i];
    const auto of = replaced.find(h.name.corrects);
    // The last correction stays, since what it says counts from there, unless it says that nothing was.
    const bool stays = !h.gone && (of == replaced.end() || of->second == &h);
    if (stays) {
      if (!in_place.contains(h.said.entry)) out_.events.push_back(std::move(h.said));
      continue;
    }
    out_.gone.push_back(h.name.id);
    if (!h.gone || !h.name.corrects.empty()) continue;
    const Held& last = *instead_of(h.name, i);
    const auto e = reader_.read(last.said.body);  // as it was read when it was taken
    const auto& instead = std::get<Correct>(e->body).instead;
    replaced[h.name.id] = instead.empty() ? nullptr : &last;
    for (const Event& one : instead)
      out_.events.push_back({last.said.entry, last.said.by, last.said.confirmed_by, write_event(one)});
    if (keeps_place(h, last) && in_place.insert(last.said.entry).second) out_.events.push_back(last.said);
  }
}

Result<Holdings> Reading::finish() {
  if (auto f = name_gone()) return *f;
  list_events();
  out_.waiting.reserve(waiting_.size());
  for (auto& [s, p] : waiting_) out_.waiting.push_back(std::move(p.said));
  return std::move(out_);
}

}  // namespace sekisho
