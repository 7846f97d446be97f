#include "law/stretches.h"

#include <set>

namespace sekisho {
namespace {

class Edges {
 public:
  void add(const std::vector<Window>& windows) {
    for (const Window& w : windows) {
      begins(w.from.earliest);
      begins(w.from.latest);
      ends(w.to.earliest);
      ends(w.to.latest);
    }
  }
  void begins(Date d) {
    if (d == far_past)
      always_ = true;
    else
      days_.insert(d);
  }
  void ends(Date d) {
    if (const Date next{d.days + 1}; next < far_future) days_.insert(next);
  }
  std::vector<Date> run() && {
    if (always_ || days_.empty()) days_.insert(days_.empty() ? Date{} : Date{days_.begin()->days - 1});
    return {days_.begin(), days_.end()};
  }

 private:
  std::set<Date> days_;
  bool always_ = false;
};

}  // namespace

std::vector<Date> stretches(const Law& law) {
  Edges edges;
  for (const Regime& r : law.regimes) edges.add(r.windows);
  for (const Rule& r : law.rules) {
    edges.add(r.windows);
    for (const Defeat& d : r.defeats) edges.add(d.windows);
  }
  for (const List& l : law.lists) {
    for (const ListMember& m : l.members) edges.add(m.windows);
    if (l.complete_to) edges.ends(*l.complete_to);
  }
  for (const Threshold& t : law.thresholds)
    for (const ThresholdStep& s : t.steps) edges.add(s.windows);
  return std::move(edges).run();
}

}  // namespace sekisho
