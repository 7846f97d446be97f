#include "impact/impact.h"

#include <algorithm>
#include <cstdlib>
#include <unordered_map>

namespace sekisho {
namespace {

Ref finding_of(Compiled& law, const Side& side) {
  return side.regime.valid() ? law.regimes()[side.view][side.regime.index].finding : law.joint(side.view);
}

/// The share of the box in which a diagram is yes.
class Share {
 public:
  Share(Diagrams& store, std::span<const Values> box) : store_(store), box_(box) {}
  double of(Ref r) {
    if (r.is_leaf()) return r == no_leaf ? 0 : 1;
    if (const auto it = done_.find(r.bits); it != done_.end()) return it->second;
    const Level at = store_.level(r);
    double sum = 0;
    for (std::size_t i = 0; i < store_.size(at); ++i)
      if (box_[at].test(i)) sum += of(store_.children(r)[i]);
    return done_[r.bits] = sum / static_cast<double>(std::max<std::size_t>(box_[at].count(), 1));
  }

 private:
  Diagrams& store_;
  std::span<const Values> box_;
  std::unordered_map<std::uint32_t, double> done_;
};

int steps(const Statement& s) {
  return std::abs(static_cast<int>(s.after) - static_cast<int>(s.before));
}

}  // namespace

Impact impact_between(Compiled& law, const Side& before, const Side& after, std::span<const Values> box) {
  Diagrams& store = law.store();
  const Ref first = finding_of(law, before), second = finding_of(law, after);
  const Ref possible = store.within(law.care(), box);
  // What neither side reads is no part of what differs: only what it makes possible for the rest counts.
  std::vector<bool> unread = store.support(first);
  const std::vector<bool> read_after = store.support(second);
  for (Level l = 0; l < unread.size(); ++l) unread[l] = !unread[l] && !read_after[l];
  const Ref care = store.exists(possible, unread);
  Impact out;
  if (store.leaves(store.join(Join::differ, first, second), care, box) < 2) return out;  // no change: proved
  Share share(store, box);
  for (std::uint32_t b = 0; b < finding_count; ++b)
    for (std::uint32_t a = 0; a < finding_count; ++a) {
      if (a == b) continue;
      const Ref region = store.join(Join::both, store.where(first, b), store.where(second, a));
      const Ref must = store.join(Join::both, region, care);
      if (must == no_leaf) continue;
      const Ref may = store.join(Join::either, region, store.negate(care));
      for (Cube& c : irredundant_cover(store, must, may, box)) {
        Statement s;
        s.regime = before.regime;
        s.before = static_cast<Finding>(b);
        s.after = static_cast<Finding>(a);
        const Ref held = store.join(Join::both, as_diagram(store, c, box), must);
        s.breadth = share.of(held);
        store.path(store.join(Join::both, held, possible), box, s.witness);
        for (Values& v : s.witness) {  // what the path does not ask is free: the first value serves
          const std::size_t one = v._Find_first();
          v.reset();
          v.set(one);
        }
        s.when = std::move(c);
        out.statements.push_back(std::move(s));
      }
    }
  std::stable_sort(out.statements.begin(), out.statements.end(), [](const Statement& x, const Statement& y) {
    return steps(x) != steps(y) ? steps(x) > steps(y) : x.breadth > y.breadth;
  });
  out.nodes = store.nodes();
  return out;
}

}  // namespace sekisho
