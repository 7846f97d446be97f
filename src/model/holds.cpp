#include "model/holds.h"

#include <algorithm>
#include <set>

namespace sekisho {

bool names_one(const Hold& hold, std::span<const Concern> concerns) {
  return std::find(concerns.begin(), concerns.end(), Concern{hold.kind, hold.name}) != concerns.end();
}

Holds::Holds(std::span<const Event> recorded, const std::vector<const Event*>& events, Diagnostics& diags) {
  std::map<std::string_view, std::size_t> by_id;
  for (const Event* e : events)
    if (std::holds_alternative<Stop>(e->body)) {
      by_id.emplace(e->id, stops_.size());
      stops_.push_back({e});
    }
  for (const Event* e : events) {
    const auto* lift = std::get_if<Lift>(&e->body);
    if (lift == nullptr) continue;
    const auto stop = by_id.find(lift->of);
    if (stop == by_id.end() || e->on < stops_[stop->second].stop->on)
      diags.emit(code::no_such_event, e->at, "stop before it", lift->of)
          .fix("name a `stop` that stands; `sekisho stop list` shows them");
    else if (stops_[stop->second].lift == nullptr)
      stops_[stop->second].lift = e;
  }
  if (stops_.empty()) return;
  std::map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    const Event& e = recorded[i];
    first.emplace(e.id, i);
    places_[&e] = i;
    if (const auto* c = std::get_if<Correct>(&e.body))
      for (const Event& instead : c->instead)
        if (const auto of = first.find(c->of); of != first.end()) places_[&instead] = of->second;
  }
  learn_items(events);
  follow_lots(events);
  list_bound();
}

void Holds::learn_items(const std::vector<const Event*>& events) {
  for (const Event* e : events) {
    if (const auto* entered = std::get_if<Enter>(&e->body))
      for (const Lot& l : entered->world.lots) items_[l.id] = l.item;
    const Goods* g = e->goods();
    if (g == nullptr) continue;
    for (const LotTaken& t : g->takes)
      if (!t.as.empty()) items_[t.as] = item_of(t.lot);
    for (const LotGiven& l : g->gives) items_[l.lot] = l.item;
  }
}

std::string Holds::item_of(std::string_view lot) const {
  const auto it = items_.find(lot);
  return it == items_.end() ? std::string() : it->second;
}

bool Holds::before(const Event& stop, const Event& event) const {
  return stop.on < event.on || (stop.on == event.on && recorded_at(stop) < recorded_at(event));
}

namespace {

/// How much still bears a number, as far as events say; and the event that took the last of it.
struct Bearing {
  std::optional<Amount> left;
  std::size_t gone;

  void made(std::optional<Amount> quantity, std::size_t never) {
    left = std::move(quantity);
    gone = never;
  }
  void taken(const Event& e, std::size_t place, const LotTaken& t) {
    const bool keeps = t.as.empty() || t.as == t.lot;
    if (e.kind == EventKind::inventory || e.kind == EventKind::release || (moves(e.kind) && keeps)) return;
    const bool whole = !t.quantity && t.serials.empty();
    const std::int64_t amount =
        t.quantity ? t.quantity->ten_thousandths : static_cast<std::int64_t>(t.serials.size()) * one_whole;
    if (left) left->ten_thousandths -= whole ? left->ten_thousandths : amount;
    if (whole || (left && left->ten_thousandths <= 0)) gone = place;
  }
};

}  // namespace

/// Of each stop of a lot the place of the event that took the last of it before it was stopped, else behind
/// all.
std::map<std::size_t, std::size_t> Holds::gone_before(const StopsOfLots& stops_of,
                                                      const std::vector<const Event*>& events) const {
  std::map<std::size_t, Bearing> bearing;
  for (const auto& [lot, stops] : stops_of)
    for (const std::size_t i : stops) bearing[i] = {std::nullopt, events.size()};
  const auto each = [&](const Event& e, std::string_view lot, const auto& change) {
    if (const auto stops = stops_of.find(lot); stops != stops_of.end())
      for (const std::size_t i : stops->second)
        if (!before(*stops_[i].stop, e)) change(bearing[i]);
  };
  for (std::size_t k = 0; k < events.size(); ++k) {
    const Event& e = *events[k];
    const Goods* g = e.goods();
    if (g == nullptr) continue;
    for (const LotTaken& t : g->takes) {
      each(e, t.lot, [&](Bearing& b) { b.taken(e, k, t); });
      if (!t.as.empty() && t.as != t.lot)
        each(e, t.as, [&](Bearing& b) { b.made(t.quantity, events.size()); });
    }
    for (const LotGiven& l : g->gives) each(e, l.lot, [&](Bearing& b) { b.made(l.quantity, events.size()); });
  }
  std::map<std::size_t, std::size_t> out;
  for (const auto& [stop, b] : bearing) out[stop] = b.gone;
  return out;
}

/// What became of stopped lots, event after event.
void Holds::follow_lots(const std::vector<const Event*>& events) {
  StopsOfLots stops_of;
  for (std::size_t i = 0; i < stops_.size(); ++i)
    if (const Stop& what = std::get<Stop>(stops_[i].stop->body); what.kind == HeldKind::lot)
      stops_of[what.name].insert(i);
  if (stops_of.empty()) return;
  const auto gone = gone_before(stops_of, events);
  for (std::size_t k = 0; k < events.size(); ++k) {
    const Event* e = events[k];
    const Goods* g = e->goods();
    if (g == nullptr) continue;
    const auto hand_on = [&](const std::set<std::size_t>& stops, std::string_view to) {
      for (const std::size_t i : stops)
        if ((before(*stops_[i].stop, *e) || k >= gone.at(i)) && stops_of[to].insert(i).second)
          stops_[i].became.emplace_back(to);
    };
    std::set<std::size_t> taken;
    for (const LotTaken& t : g->takes) {
      const auto of = stops_of.find(t.lot);
      if (of == stops_of.end()) continue;
      const std::set<std::size_t> stops = of->second;
      taken.insert(stops.begin(), stops.end());
      if (!t.as.empty()) hand_on(stops, t.as);
    }
    for (const LotGiven& l : g->gives) hand_on(taken, l.lot);
  }
}

std::size_t Holds::recorded_at(const Event& e) const {
  const auto it = places_.find(&e);
  return it == places_.end() ? SIZE_MAX : it->second;
}

void Holds::list_bound() {
  for (std::size_t i = 0; i < stops_.size(); ++i) {
    bound_.push_back({i, std::get<Stop>(stops_[i].stop->body).name});
    for (const std::string& lot : stops_[i].became) bound_.push_back({i, lot});
  }
  for (std::size_t i = 0; i < bound_.size(); ++i)
    bound_of_[{std::get<Stop>(stops_[bound_[i].stop].stop->body).kind, bound_[i].name}].push_back(i);
}

Hold Holds::hold(const Bound& b) const {
  const Event& e = *stops_[b.stop].stop;
  const Stop& what = std::get<Stop>(e.body);
  Hold out{what.kind, b.name, e.id, e.by, e.reason, e.on, {}, {}};
  if (what.kind == HeldKind::lot) out.item = item_of(b.name);
  if (b.name != what.name) out.came_of = what.name;
  return out;
}

std::vector<Hold> Holds::on(Date day) const {
  std::vector<Hold> out;
  for (const Bound& b : bound_)
    if (const Standing& s = stops_[b.stop]; s.stop->on <= day && (s.lift == nullptr || day < s.lift->on))
      out.push_back(hold(b));
  return out;
}

bool Holds::binds(const Standing& s, const Event& event) const {
  const std::size_t place = recorded_at(event);
  const bool stopped = recorded_at(*s.stop) < place && s.stop->on <= event.on;
  const bool lifted = s.lift != nullptr && recorded_at(*s.lift) < place && s.lift->on <= event.on;
  return stopped && !lifted;
}

std::vector<Hold> Holds::against(const Event& event) const {
  std::vector<Hold> out;
  for (const Bound& b : bound_)
    if (binds(stops_[b.stop], event)) out.push_back(hold(b));
  return out;
}

std::vector<Hold> Holds::against(const Event& event, std::span<const Concern> concerns) const {
  std::set<std::size_t> named;
  for (const Concern& c : concerns)
    if (const auto it = bound_of_.find(c); it != bound_of_.end())
      named.insert(it->second.begin(), it->second.end());
  std::vector<Hold> out;
  for (const std::size_t i : named)
    if (binds(stops_[bound_[i].stop], event)) out.push_back(hold(bound_[i]));
  return out;
}

}  // namespace sekisho
