#include "model/holds.h"

#include <algorithm>
#include <map>

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
  if (!stops_.empty()) trails_.emplace(recorded, events);
}

template <class Binds>
std::vector<Hold> Holds::where(const Binds& binds, std::size_t known) const {
  std::vector<Hold> out;
  for (const Standing& s : stops_) {
    if (!binds(s)) continue;
    const Stop& what = std::get<Stop>(s.stop->body);
    const Hold hold{what.kind, what.name, s.stop->id, s.stop->by, s.stop->reason, s.stop->on, {}, {}};
    out.push_back(hold);
    if (what.kind != HeldKind::lot) continue;
    out.back().item = trails_->item_of(what.name);
    for (const std::string& lot : trails_->became(what.name, *s.stop, known)) {
      out.push_back(hold);
      out.back().name = lot;
      out.back().came_of = what.name;
      out.back().item = trails_->item_of(lot);
    }
  }
  return out;
}

std::vector<Hold> Holds::on(Date day) const {
  return where(
      [&](const Standing& s) { return s.stop->on <= day && (s.lift == nullptr || day < s.lift->on); },
      SIZE_MAX);
}

bool Holds::binds(const Standing& s, const Event& event) const {
  const std::size_t place = trails_->recorded_at(event);
  const auto known_then = [&](const Event& e) { return trails_->recorded_at(e) < place && e.on <= event.on; };
  return known_then(*s.stop) && (s.lift == nullptr || !known_then(*s.lift));
}

std::vector<Hold> Holds::against(const Event& event) const {
  if (!trails_) return {};
  return where([&](const Standing& s) { return binds(s, event); }, trails_->recorded_at(event));
}

std::vector<Hold> Holds::against(const Event& event, std::span<const Concern> concerns) const {
  if (!trails_) return {};
  // Of another thing than a lot a stop names just that, which is soon seen.
  const auto may_name = [&](const Standing& s) {
    const Stop& what = std::get<Stop>(s.stop->body);
    return what.kind == HeldKind::lot ||
           std::find(concerns.begin(), concerns.end(), Concern{what.kind, what.name}) != concerns.end();
  };
  std::vector<Hold> out =
      where([&](const Standing& s) { return may_name(s) && binds(s, event); }, trails_->recorded_at(event));
  std::erase_if(out, [&](const Hold& h) { return !names_one(h, concerns); });
  return out;
}

}  // namespace sekisho
