#include "model/lot_trails.h"

#include <algorithm>
#include <set>

namespace sekisho {

LotTrails::LotTrails(std::span<const Event> recorded, const std::vector<const Event*>& events)
    : places_(recorded), events_(events) {
  for (std::size_t k = 0; k < events_.size(); ++k) {
    const Event& e = *events_[k];
    const Goods* g = e.goods();
    if (g == nullptr) continue;
    for (const LotTaken& t : g->takes) {
      std::vector<Touch>& own = touches_[t.lot];
      std::optional<std::int64_t> left = own.empty() ? std::nullopt : own.back().left;
      const bool whole = !t.quantity && t.serials.empty();
      const std::int64_t part =
          t.quantity ? t.quantity->ten_thousandths : static_cast<std::int64_t>(t.serials.size()) * one_whole;
      const std::optional<std::int64_t> taken = whole ? left : part;
      const bool keeps = t.as.empty() || t.as == t.lot;
      const bool stays = e.kind == EventKind::inventory || e.kind == EventKind::release;
      if (!stays && !(moves(e.kind) && keeps)) {
        if (whole)
          left = 0;
        else if (left)
          left = std::max<std::int64_t>(0, *left - part);
      }
      own.push_back({k, left});
      if (keeps) continue;
      touches_[t.as].push_back({k, taken});
      std::vector<Item>& part_is = items_[t.as];
      const auto of = items_.find(t.lot);
      Item is = of == items_.end() || of->second.empty() ? Item{} : of->second.back();
      is.recorded = std::max(is.recorded, recorded_at(e));
      part_is.push_back(std::move(is));
    }
    for (const LotGiven& l : g->gives) {
      touches_[l.lot].push_back({k, l.quantity.ten_thousandths});
      items_[l.lot].push_back({l.item, recorded_at(e)});
    }
  }
}

std::string LotTrails::item_of(std::string_view lot, std::size_t before) const {
  const auto it = items_.find(lot);
  if (it == items_.end()) return {};
  const auto told = std::find_if(it->second.rbegin(), it->second.rend(),
                                 [&](const Item& i) { return before == SIZE_MAX || i.recorded < before; });
  return told == it->second.rend() ? std::string() : told->name;
}

bool LotTrails::after(const Event& since, const Event& e) const {
  return since.on < e.on || recorded_at(since) < recorded_at(e);
}

std::vector<LotTrails::Found> LotTrails::became(std::string_view lot, const Event& since) const {
  return walk(lot, since, touches_);
}
std::vector<LotTrails::Found> LotTrails::watched_of(std::string_view lot, const Event& since) const {
  return walk(lot, since, to_watched_);
}

void LotTrails::watch(std::span<const std::string> lots) {
  to_watched_.clear();
  std::set<std::string_view> leading(lots.begin(), lots.end());  // to one that is watched, by later events
  for (std::size_t k = events_.size(); k-- > 0;) {
    const Goods* g = events_[k]->goods();
    if (g == nullptr) continue;
    const bool gives = std::any_of(g->gives.begin(), g->gives.end(),
                                   [&](const LotGiven& l) { return leading.contains(l.lot); });
    std::set<std::string_view> from;
    for (const LotTaken& t : g->takes)
      if (gives || (!t.as.empty() && leading.contains(t.as))) from.insert(t.lot);
    for (const std::string_view of : from) to_watched_[of].push_back({k, std::nullopt});
    leading.merge(from);
  }
  for (auto& [lot, touches] : to_watched_) std::reverse(touches.begin(), touches.end());
}

/// Whether nothing bore a lot's number any more, by the last that was told of it by then.
bool LotTrails::gone_by(std::string_view lot, const Event& since) const {
  const auto own = touches_.find(lot);
  if (own == touches_.end()) return false;
  const auto later = std::partition_point(own->second.begin(), own->second.end(),
                                          [&](const Touch& t) { return events_[t.event]->on <= since.on; });
  const auto last = std::find_if(std::make_reverse_iterator(later), own->second.rend(),
                                 [&](const Touch& t) { return !after(since, *events_[t.event]); });
  return last != own->second.rend() && last->left == 0;
}

std::vector<LotTrails::Found> LotTrails::walk(std::string_view lot, const Event& since,
                                              const Touches& ways) const {
  if (!ways.contains(lot)) return {};
  std::set<std::pair<std::size_t, std::string_view>> open;  // events yet to follow, and which lot they touch
  const auto follow = [&](std::string_view of, std::size_t from, const auto& counts) {
    if (const auto own = ways.find(of); own != ways.end())
      for (const Touch& t : own->second)
        if (t.event >= from && counts(t)) open.emplace(t.event, own->first);
  };
  const bool gone = gone_by(lot, since);
  follow(lot, 0, [&](const Touch& t) { return gone || after(since, *events_[t.event]); });
  std::vector<Found> out;
  std::map<std::string_view, std::size_t> places;  // of lots in `out`
  while (!open.empty()) {
    const std::size_t k = open.begin()->first;
    const std::string_view of = open.begin()->second;
    open.erase(open.begin());
    // Of several ways the one counts that was known first.
    const std::size_t before = of == lot ? 0 : out[places.at(of)].recorded;
    const std::size_t recorded = std::max(before, recorded_at(*events_[k]));
    const auto hand_on = [&](const std::string& to) {
      if (to == lot) return;
      const auto [place, fresh] = places.emplace(to, out.size());
      if (!fresh) {
        out[place->second].recorded = std::min(out[place->second].recorded, recorded);
        return;
      }
      out.push_back({to, recorded});
      follow(to, k + 1, [](const Touch&) { return true; });
    };
    const Goods& g = *events_[k]->goods();
    bool taken = false;
    for (const LotTaken& t : g.takes) {
      if (t.lot != of) continue;
      taken = true;
      if (!t.as.empty()) hand_on(t.as);
    }
    if (!taken) continue;
    for (const LotGiven& l : g.gives) hand_on(l.lot);
  }
  return out;
}

}  // namespace sekisho
