#include "impact/impact.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <unordered_map>

#include "engine/coarse.h"

namespace sekisho {
namespace {

Ref finding_of(Compiled& law, const Side& side) {
  return side.regime.valid() ? law.regimes()[side.view][side.regime.index].finding : law.joint(side.view);
}

/// The share of the box in which a diagram is yes and a cube holds.
class Share {
 public:
  Share(const Diagrams& store, std::span<const Values> box) : store_(store), box_(box) {}
  double of(Ref r, const Cube& cube) {
    cube_ = &cube;
    done_.clear();
    return below(0, r);
  }

 private:
  /// What the cube leaves of a share at the levels from `l` on, above the node.
  double below(Level l, Ref r) {
    const Level at = r.is_leaf() ? static_cast<Level>(box_.size()) : store_.level(r);
    double share = r == no_leaf ? 0 : r.is_leaf() ? 1 : at_node(r);
    for (Level k = at; k-- > l;)
      if ((*cube_)[k] != box_[k])
        share *= static_cast<double>((*cube_)[k].count()) / static_cast<double>(box_[k].count());
    return share;
  }
  double at_node(Ref r) {
    if (const auto it = done_.find(r.bits); it != done_.end()) return it->second;
    const Level at = store_.level(r);
    const Values& in = (*cube_)[at];
    double sum = 0, last_share = 0;
    Ref last = no_leaf;
    for (std::size_t i = in._Find_first(); i < store_.size(at); i = in._Find_next(i)) {
      if (const Ref child = store_.child(r, i); child != last) {
        last = child;
        last_share = below(at + 1, child);
      }
      sum += last_share;
    }
    return done_[r.bits] = sum / static_cast<double>(std::max<std::size_t>(box_[at].count(), 1));
  }

  const Diagrams& store_;
  std::span<const Values> box_;
  const Cube* cube_ = nullptr;
  std::unordered_map<std::uint32_t, double> done_;
};

int steps(const Statement& s) {
  return std::abs(static_cast<int>(s.after) - static_cast<int>(s.before));
}

}  // namespace

Impact impact_between(Compiled& law, const Side& before, const Side& after, std::span<const Values> box) {
  Diagrams& store = law.store();
  const Ref first = store.fixed(finding_of(law, before), box);
  const Ref second = store.fixed(finding_of(law, after), box);
  const Ref possible = store.within(law.care(), box);
  // What neither side reads is no part of what differs: only what it makes possible for the rest counts.
  std::vector<bool> unread = store.support(first);
  const std::vector<bool> read_after = store.support(second);
  for (Level l = 0; l < unread.size(); ++l) unread[l] = !unread[l] && !read_after[l];
  const Ref care = store.exists(possible, unread);
  Impact out;
  // Both findings as one number: which pairs are met at all, and where each is.
  std::array<std::uint32_t, finding_count> times{};
  for (std::uint32_t f = 0; f < finding_count; ++f) times[f] = f * finding_count;
  const Ref pairs = store.join(Join::sum, store.map(first, times), second);
  const std::uint64_t met = store.leaves(pairs, care, box);
  Share share(store, box);
  for (std::uint32_t b = 0; b < finding_count; ++b)
    for (std::uint32_t a = 0; a < finding_count; ++a) {
      const std::uint32_t pair = times[b] + a;
      if (a == b || (met >> pair & 1) == 0) continue;  // no change: proved
      const Ref region = store.where(pairs, pair);
      const Ref must = store.join(Join::both, region, care);
      const Ref shown = store.join(Join::both, must, possible);
      Coarse kinds(law, std::array{region, law.constraints()}, box, store.limit());
      Diagrams& coarse = kinds.store();
      const Ref region_of_kinds = kinds.of(region), care_of_kinds = kinds.of(care);
      const Ref must_of_kinds = coarse.join(Join::both, region_of_kinds, care_of_kinds);
      const Ref may_of_kinds = coarse.join(Join::either, region_of_kinds, coarse.negate(care_of_kinds));
      for (const Cube& c : irredundant_cover(coarse, must_of_kinds, may_of_kinds, kinds.all())) {
        Statement s;
        s.regime = before.regime;
        s.before = static_cast<Finding>(b);
        s.after = static_cast<Finding>(a);
        s.when = kinds.fine(c);
        s.breadth = share.of(must, s.when);
        store.path(shown, s.when, s.witness);
        for (Values& v : s.witness) {  // what the path does not ask is free: the first value serves
          const std::size_t one = v._Find_first();
          v.reset();
          v.set(one);
        }
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
