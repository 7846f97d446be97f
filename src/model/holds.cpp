#include "model/holds.h"

#include <algorithm>
#include <map>
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
  trails_.emplace(recorded, events);
  bind();
}

void Holds::bind() {
  for (std::size_t i = 0; i < stops_.size(); ++i) {
    const Stop& what = std::get<Stop>(stops_[i].stop->body);
    bound_.push_back({i, what.name, 0});
    if (what.kind == HeldKind::lot)
      for (LotTrails::Found& in : trails_->became(what.name, *stops_[i].stop))
        bound_.push_back({i, std::move(in.lot), in.recorded});
  }
  std::vector<std::string> lots;
  for (std::size_t i = 0; i < bound_.size(); ++i) {
    const HeldKind kind = std::get<Stop>(stops_[bound_[i].stop].stop->body).kind;
    bound_of_[{kind, bound_[i].name}].push_back(i);
    of_kind_[static_cast<std::size_t>(kind)].push_back(i);
    if (kind != HeldKind::lot) continue;
    lots_of_[trails_->item_of(bound_[i].name)].push_back(i);
    lots.push_back(bound_[i].name);
  }
  trails_->watch(lots);
}

Hold Holds::hold(const Bound& b) const {
  const Event& e = *stops_[b.stop].stop;
  const Stop& what = std::get<Stop>(e.body);
  Hold out{what.kind, b.name, e.id, e.by, e.reason, e.on, {}, {}};
  if (what.kind == HeldKind::lot) out.item = trails_->item_of(b.name);
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

bool Holds::binds_on(const Bound& b, std::size_t place, Date day) const {
  const auto known_then = [&](const Event& e) { return trails_->recorded_at(e) < place && e.on <= day; };
  const Standing& s = stops_[b.stop];
  return b.recorded < place && known_then(*s.stop) && (s.lift == nullptr || !known_then(*s.lift));
}
/// What is set aside is for a later day, and its own day is as whoever records it says.
bool Holds::binds(const Bound& b, const Event& event) const {
  const std::size_t place = trails_->recorded_at(event);
  const auto* r = std::get_if<Reserve>(&event.body);
  return binds_on(b, place, event.on) || (r != nullptr && r->moves && binds_on(b, place, *r->moves));
}

std::vector<Hold> Holds::against(const Event& event) const {
  std::vector<Hold> out;
  for (const Bound& b : bound_)
    if (binds(b, event)) out.push_back(hold(b));
  return out;
}

std::optional<Hold> Holds::first_among(const std::vector<std::size_t>& places, const Event& event,
                                       std::span<const Concern> but) const {
  for (const std::size_t i : places)
    if (binds(bound_[i], event))
      if (Hold h = hold(bound_[i]); !names_one(h, but)) return h;
  return std::nullopt;
}
std::optional<Hold> Holds::first_of(HeldKind kind, const Event& event, std::span<const Concern> but) const {
  return first_among(of_kind_[static_cast<std::size_t>(kind)], event, but);
}
std::optional<Hold> Holds::first_lot_of(std::span<const std::string> items, const Event& event,
                                        std::span<const Concern> but) const {
  for (const std::string& item : items) {
    if (item.empty()) return first_of(HeldKind::lot, event, but);
    for (const std::string& of : {item, std::string()})
      if (const auto lots = lots_of_.find(of); lots != lots_of_.end())
        if (auto h = first_among(lots->second, event, but)) return h;
  }
  return std::nullopt;
}

std::vector<Hold> Holds::against(const Event& event, std::span<const Concern> concerns) const {
  std::set<std::size_t> named;
  for (const Concern& c : concerns)
    if (const auto it = bound_of_.find(c); it != bound_of_.end())
      named.insert(it->second.begin(), it->second.end());
  std::vector<Hold> out;
  for (const std::size_t i : named)
    if (binds(bound_[i], event)) out.push_back(hold(bound_[i]));
  return out;
}

}  // namespace sekisho
