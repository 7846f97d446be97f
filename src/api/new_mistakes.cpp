#include "api/new_mistakes.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "accounts/replay.h"
#include "api/body.h"
#include "api/held.h"
#include "api/known_names.h"
#include "api/opened_events.h"
#include "custody/custody.h"
#include "ledger/ledger.h"
#include "ledger/officer.h"
#include "model/corrections.h"
#include "model/event_reader.h"
#include "model/recorded_places.h"

namespace sekisho {
namespace {

class Growing {
 public:
  Growing(const Holdings& recorded, std::size_t more, const std::optional<SourceText>& world)
      : reserved_(reserved_names(recorded)) {
    auto read = read_world_file(sources_, world, diags_);
    if (!read) return;
    world_ = std::move(*read);
    events_.reserve(recorded.events.size() + more + 1);  // those that exist are moved no more
    read_events(sources_, sources_.add("the register", lines_of(recorded.events)), diags_, events_);
    before_ = events_.size();
  }

  /// @fails SK3510 a line that is not one event
  Result<Examined> with(const std::vector<std::string>& more, bool has_world) {
    Examined out;
    out.told = told_of(more, has_world);
    if (!out.sound()) return out;
    if (!one_each_) return problem(code::not_recordable, "a line is no event in its canonical form");
    out.four_eyes = std::move(four_eyes_);
    return out;
  }

 private:
  using Events = std::vector<Event>::iterator;

  std::vector<Report> told_of(const std::vector<std::string>& more, bool has_world) {
    if (diags_.has_errors()) return reports_of(sources_, diags_);
    Diagnostics told;
    read_events(sources_, sources_.add(new_events, lines_of(more)), told, events_);
    const auto first = events_.begin() + static_cast<std::ptrdiff_t>(before_);
    note(more, {first, events_.end()});
    for (auto e = first; e != events_.end(); ++e)
      if (reserved_.contains(e->id))
        told.emit(code::event_twice, e->at, e->id)
            .fix("give the new one another name: an event that waits or was disposed of has this one");
    for (auto e = first; e != events_.end(); ++e)
      if (needs_four_eyes(*e) && says_nothing(e->reason))
        told.emit(code::four_eyes, e->at, no_reason).fix(give_reason);
    if (told.has_errors()) return reports_of(sources_, told);
    const auto four_eyes =
        std::stable_partition(first, events_.end(), [](const Event& e) { return !needs_four_eyes(e); });
    std::vector<Report> out = grown(four_eyes);
    if (out.empty() && four_eyes != events_.end()) out = grown(events_.end());
    if (out.empty()) out = unknown_stops(has_world);
    if (out.empty()) {
      for (Report& r : stopped_movements()) warnings_.push_back(std::move(r));
      return std::move(warnings_);
    }
    for (Report& r : out) {
      if (!has_world && r.code.starts_with("SK33"))
        r.fixes.emplace_back("where it hangs on what a party belongs to, name the parties with `--world`");
      if (r.fixes.empty())
        r.fixes.emplace_back(
            "put the new events right, or first `correct` what is recorded otherwise than it was");
    }
    return out;
  }

  /// What is asked of each new event, before any is moved.
  void note(const std::vector<std::string>& more, std::span<const Event> added) {
    one_each_ = added.size() == more.size();
    four_eyes_.reserve(added.size());
    std::size_t begin = 0;
    for (std::size_t i = 0; i < added.size() && one_each_; ++i) {
      one_each_ = added[i].at.begin == begin && added[i].at.end == begin + more[i].size();
      begin += more[i].size() + 1;
      four_eyes_.push_back(needs_four_eyes(added[i]));
    }
  }

  std::vector<Report> mistakes(std::span<const Event> events) {
    Diagnostics told;
    const std::vector<const Event*> holding = corrected(events, told);
    const Accounts accounts = replay_accounts(events, holding, far_future, world_, told);
    beside_refused(accounts, events, told);
    const Law no_law;  // what lies on goods does not make them be there
    const Custody goods(holding, far_future, no_law, world_, told);
    return reports_of(sources_, told);
  }
  /// What was recorded and reads as refused counts nothing, and its room is no room: on its authorisations
  /// nothing more is booked until that is put right. What puts a booking right is no new one.
  void beside_refused(const Accounts& accounts, std::span<const Event> events, Diagnostics& told) const {
    if (accounts.refused.empty()) return;
    const RecordedPlaces places(events);
    std::map<std::string_view, const Reserve*> reservations;
    for (const Event* e : accounts.booked)
      if (const auto* r = std::get_if<Reserve>(&e->body)) reservations.emplace(e->id, r);
    for (const RefusedEvent& r : accounts.refused)
      if (const auto* reserve = std::get_if<Reserve>(&r.event->body))
        reservations.emplace(r.event->id, reserve);
    std::map<std::string, const Event*, std::less<>> refused;  // of authorisations
    for (const RefusedEvent& r : accounts.refused) {
      if (places.of(*r.event) >= before_) continue;
      for (const std::string& id : booked_on(*r.event, reservations)) refused.emplace(id, r.event);
      if (const auto* a = std::get_if<Authorise>(&r.event->body))
        refused.emplace(a->text.instrument.id, r.event);
      if (const auto* x = std::get_if<Expire>(&r.event->body)) refused.emplace(x->of, r.event);
    }
    if (refused.empty()) return;
    for (const Event* e : accounts.booked) {
      if (places.of(*e) < before_) continue;
      std::set<std::string, std::less<>> had;  // the authorisations of what it puts right
      if (const std::size_t first = places.first_of(*e); first < before_)
        had = booked_on(events[first], reservations);
      for (const std::string& id : booked_on(*e, reservations))
        if (const auto it = refused.find(id); it != refused.end() && !had.contains(id)) {
          told.emit(code::beside_refused, e->at, e->id, it->second->id, id)
              .fix("name the parties as they were when that was recorded, with `--world`, or `correct` it");
          break;
        }
    }
  }
  /// The authorisations that a reservation or a draw is booked on.
  static std::set<std::string, std::less<>> booked_on(
      const Event& e, const std::map<std::string_view, const Reserve*>& reservations) {
    std::set<std::string, std::less<>> out;
    const auto* reserve = std::get_if<Reserve>(&e.body);
    const auto* draw = e.kind == EventKind::draw ? std::get_if<Take>(&e.body) : nullptr;
    if (draw != nullptr)
      if (const auto of = reservations.find(draw->of); of != reservations.end()) reserve = of->second;
    if (reserve != nullptr)
      for (const ReservedLine& l : reserve->lines) out.insert(l.under.begin(), l.under.end());
    return out;
  }
  /// @param end  behind the events that are looked at
  std::vector<Report> grown(Events end) {
    std::vector<Report> now = mistakes({events_.begin(), end});
    warnings_.clear();
    std::copy_if(now.begin(), now.end(), std::back_inserter(warnings_),
                 [](const Report& r) { return !r.is_error && r.place.file == new_events; });
    std::erase_if(now, [](const Report& r) { return !r.is_error; });
    if (now.empty()) return now;
    // What accounts and goods both tell is told once.
    std::set<std::tuple<std::string, std::string, std::string, unsigned>> known;
    const auto told_before = [&](const Report& r) {
      return !known.emplace(r.code, r.message, r.place.file, r.place.line).second;
    };
    for (const Report& r : mistakes(std::span(events_).first(before_))) told_before(r);
    std::erase_if(now, told_before);
    return now;
  }

  /// The new events, and what their corrections say instead.
  template <class Visit>
  void each_new(const Visit& visit) const {
    for (const Event& e : std::span(events_).subspan(before_)) {
      visit(e);
      if (const auto* c = std::get_if<Correct>(&e.body))
        for (const Event& instead : c->instead) visit(instead);
    }
  }
  /// New stops, corrections among them, of what nobody told of; and those of which it is told no more, which
  /// would stop nothing.
  std::vector<Report> unknown_stops(bool has_world) const {
    std::vector<Event> stops;
    each_new([&](const Event& e) {
      if (e.kind == EventKind::stop) stops.push_back(e);
    });
    const auto corrects = [](const Event& e) { return e.kind == EventKind::correct; };
    const bool corrected_some =
        std::any_of(events_.begin() + static_cast<std::ptrdiff_t>(before_), events_.end(), corrects);
    if (stops.empty() && !corrected_some) return {};
    Diagnostics told;
    const KnownNames now(world_, events_);
    check_names(stops, now, has_world, told);
    if (corrected_some) left_nameless(now, told);
    return reports_of(sources_, told);
  }
  /// Stops that stand and name what was known before the new events and is no more.
  void left_nameless(const KnownNames& now, Diagnostics& told) const {
    Diagnostics none;
    const std::vector<const Event*> events = corrected(events_, none);
    std::set<std::string, std::less<>> standing;
    for (const Hold& h : Holds(events_, events, none).on(far_future)) standing.insert(h.stop);
    if (standing.empty()) return;
    const KnownNames before(world_, std::span(events_).first(before_));
    for (const Event* e : events)
      if (const auto* s = std::get_if<Stop>(&e->body);
          s && standing.contains(e->id) && before.knows(*s) && !now.knows(*s))
        told.emit(untold(s->kind), e->at, to_string(s->kind), s->name)
            .fix(fmt::format("first `correct` the stop `{}`, which would stop nothing", e->id));
  }

  /// Warnings of movements among the new events.
  std::vector<Report> stopped_movements() const {
    const auto is_stop = [](const Event& e) { return std::holds_alternative<Stop>(e.body); };
    if (std::none_of(events_.begin(), events_.end(), is_stop)) return {};
    Diagnostics told, known;  // what is wrong with them was told already
    const std::vector<const Event*> events = corrected(events_, known);
    const Holds holds(events_, events, known);
    World world = world_;
    for (const Event* e : events)
      if (const auto* entered = std::get_if<Enter>(&e->body)) join(world, entered->world, known);
    each_new([&](const Event& e) {
      if (!moves(e.kind)) return;
      for (const Hold& h : met_by(world, holds, e))
        told.emit(code::moves_stopped, e.at, e.id, to_string(h.kind), h.name, h.stop)
            .fix("what happened is recorded; `lot movements` says whether it was lawful");
    });
    return reports_of(sources_, told);
  }

  std::set<std::string, std::less<>> reserved_;
  Sources sources_;
  Diagnostics diags_;
  World world_;
  std::vector<Event> events_;  // those that hold, then the new ones
  std::size_t before_ = 0;     // how many held
  std::vector<bool> four_eyes_;
  bool one_each_ = false;         // each new line is one event
  std::vector<Report> warnings_;  // of new events
};

}  // namespace

std::set<std::string, std::less<>> reserved_names(const Holdings& recorded) {
  std::set<std::string, std::less<>> out(recorded.gone.begin(), recorded.gone.end());
  Diagnostics none;
  EventReader reader(none);
  for (const Waiting& w : recorded.waiting)
    if (w.kind == proposed_event)
      if (const auto e = reader.read(w.body)) out.insert(e->id);
  return out;
}

/// @param body  of an event, its line
template <class T, class Body>
static std::string joined(const std::vector<T>& events, const Body& body) {
  std::size_t size = 0;
  for (const T& e : events) size += body(e).size() + 1;
  std::string text;
  text.reserve(size);
  for (const T& e : events) {
    text += body(e);
    text += '\n';
  }
  return text;
}
std::string lines_of(const std::vector<Holding>& events) {
  return joined(events, [](const Holding& h) -> const std::string& { return h.body; });
}
std::string lines_of(const std::vector<std::string>& events) {
  return joined(events, [](const std::string& line) -> const std::string& { return line; });
}

bool Examined::sound() const {
  return std::none_of(told.begin(), told.end(), [](const Report& r) { return r.is_error; });
}

Result<Examined> examine(const Holdings& recorded, const std::vector<std::string>& more,
                         const std::optional<SourceText>& world) {
  return Growing(recorded, more.size(), world).with(more, world.has_value());
}

}  // namespace sekisho
