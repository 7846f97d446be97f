#include "api/new_mistakes.h"

#include <fmt/ranges.h>

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
#include "model/recorded_places.h"

namespace sekisho {
namespace {

class Growing {
 public:
  Growing(const Holdings& recorded, const std::optional<SourceText>& world)
      : reserved_(reserved_names(recorded)),
        read_({"the register", lines_of(recorded.events)}, world),
        before_(read_.events.size()) {}

  std::vector<Report> with(const std::vector<std::string>& more, bool has_world) {
    if (!read_.ok()) return reports_of(read_.sources, read_.diags);
    Diagnostics told;
    std::vector<Event> added = read_events(
        read_.sources, read_.sources.add(new_events, fmt::format("{}\n", fmt::join(more, "\n"))), told);
    for (const Event& e : added)
      if (reserved_.contains(e.id))
        told.emit(code::event_twice, e.at, e.id)
            .fix("give the new one another name: an event that waits or was disposed of has this one");
    for (const Event& e : added)
      if (needs_four_eyes(e) && says_nothing(e.reason))
        told.emit(code::four_eyes, e.at, no_reason).fix(give_reason);
    if (told.has_errors()) return reports_of(read_.sources, told);
    const auto four_eyes =
        std::stable_partition(added.begin(), added.end(), [](const Event& e) { return !needs_four_eyes(e); });
    std::vector<Report> out = grown(added.begin(), four_eyes);
    if (out.empty() && four_eyes != added.end()) out = grown(four_eyes, added.end());
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

 private:
  using Events = std::vector<Event>::iterator;

  std::vector<Report> mistakes(std::span<const Event> events) {
    Diagnostics told;
    const Accounts accounts = replay_accounts(events, far_future, read_.world, told);
    beside_refused(accounts, events, told);
    const Law no_law;  // what lies on goods does not make them be there
    const Custody goods(events, far_future, no_law, read_.world, told);
    return reports_of(read_.sources, told);
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
  std::vector<Report> grown(Events first, Events last) {
    read_.events.insert(read_.events.end(), std::make_move_iterator(first), std::make_move_iterator(last));
    std::vector<Report> now = mistakes(read_.events);
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
    for (const Report& r : mistakes(std::span(read_.events).first(before_))) told_before(r);
    std::erase_if(now, told_before);
    return now;
  }

  /// The new events, and what their corrections say instead.
  template <class Visit>
  void each_new(const Visit& visit) const {
    for (const Event& e : std::span(read_.events).subspan(before_)) {
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
    const bool corrected_some = std::any_of(read_.events.begin() + static_cast<std::ptrdiff_t>(before_),
                                            read_.events.end(), corrects);
    if (stops.empty() && !corrected_some) return {};
    Diagnostics told;
    const KnownNames now(read_.world, read_.events);
    check_names(stops, now, has_world, told);
    if (corrected_some) left_nameless(now, told);
    return reports_of(read_.sources, told);
  }
  /// Stops that stand and name what was known before the new events and is no more.
  void left_nameless(const KnownNames& now, Diagnostics& told) const {
    Diagnostics none;
    const std::vector<const Event*> events = corrected(read_.events, none);
    std::set<std::string, std::less<>> standing;
    for (const Hold& h : Holds(read_.events, events, none).on(far_future)) standing.insert(h.stop);
    if (standing.empty()) return;
    const KnownNames before(read_.world, std::span(read_.events).first(before_));
    for (const Event* e : events)
      if (const auto* s = std::get_if<Stop>(&e->body);
          s && standing.contains(e->id) && before.knows(*s) && !now.knows(*s))
        told.emit(untold(s->kind), e->at, to_string(s->kind), s->name)
            .fix(fmt::format("first `correct` the stop `{}`, which would stop nothing", e->id));
  }

  /// Warnings of movements among the new events.
  std::vector<Report> stopped_movements() const {
    const auto is_stop = [](const Event& e) { return std::holds_alternative<Stop>(e.body); };
    if (std::none_of(read_.events.begin(), read_.events.end(), is_stop)) return {};
    Diagnostics told, known;  // what is wrong with them was told already
    const std::vector<const Event*> events = corrected(read_.events, known);
    const Holds holds(read_.events, events, known);
    World world = read_.world;
    for (const Event* e : events)
      if (const auto* entered = std::get_if<Enter>(&e->body)) join(world, entered->world, known);
    each_new([&](const Event& e) {
      if (!moves(e.kind)) return;
      for (const Hold& h : met_by(world, holds, e))
        told.emit(code::moves_stopped, e.at, e.id, to_string(h.kind), h.name, h.stop)
            .fix("what happened is recorded; `lot movements` says whether it was lawful");
    });
    return reports_of(read_.sources, told);
  }

  std::set<std::string, std::less<>> reserved_;
  OpenedEvents read_;
  std::size_t before_;
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

std::string lines_of(const std::vector<Holding>& events) {
  std::string text;
  for (const Holding& h : events) {
    text += h.body;
    text += '\n';
  }
  return text;
}

std::vector<Report> new_mistakes(const Holdings& recorded, const std::vector<std::string>& more,
                                 const std::optional<SourceText>& world) {
  return Growing(recorded, world).with(more, world.has_value());
}

}  // namespace sekisho
