#include "engine/cover.h"

#include <algorithm>
#include <map>

namespace sekisho {
namespace {

class Cover {
 public:
  Cover(Diagrams& store, std::span<const Values> box) : store_(store), box_(box) {}

  std::vector<Cube> run(Ref must, Ref may) {
    std::vector<Cube> cubes = between(must, may);
    for (Cube& c : cubes) widen(c, may);
    // The narrowest first: what wider cubes already hold is dropped.
    std::stable_sort(cubes.begin(), cubes.end(),
                     [&](const Cube& a, const Cube& b) { return limits(a) > limits(b); });
    for (std::size_t i = 0; i < cubes.size();) {
      if (left_over(must, cubes, i))
        ++i;
      else
        cubes.erase(cubes.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return cubes;
  }

 private:
  Ref both(Ref a, Ref b) { return store_.join(Join::both, a, b); }
  Ref either(Ref a, Ref b) { return store_.join(Join::either, a, b); }
  Ref without(Ref a, Ref b) { return both(a, store_.negate(b)); }

  /// Whether some of `must` is held by cube `i` alone.
  bool left_over(Ref must, const std::vector<Cube>& cubes, std::size_t i) {
    Ref left = both(as_diagram(store_, cubes[i], box_), must);
    for (std::size_t k = cubes.size(); k-- > 0 && left != no_leaf;) {  // the widest first
      if (k == i) continue;
      bool apart = false;
      for (Level l = 0; l < box_.size() && !apart; ++l) apart = (cubes[i][l] & cubes[k][l]).none();
      if (!apart && store_.meets(left, yes_leaf, cubes[k]))
        left = without(left, as_diagram(store_, cubes[k], box_));
    }
    return left != no_leaf;
  }

  std::size_t limits(const Cube& c) const {
    std::size_t n = 0;
    for (Level l = 0; l < c.size(); ++l) n += c[l] != box_[l];
    return n;
  }

  /// Cubes between `must` and `may`: first those that need a value of the topmost variable, then the rest
  /// without it.
  std::vector<Cube> between(Ref must, Ref may) {
    if (must == no_leaf) return {};
    if (may == yes_leaf) return {Cube(box_.begin(), box_.end())};
    const auto key = std::make_pair(must, may);
    if (const auto it = done_.find(key); it != done_.end()) return it->second;
    const Level lm = must.is_leaf() ? ~Level{0} : store_.level(must);
    const Level ly = may.is_leaf() ? ~Level{0} : store_.level(may);
    const Level at = std::min(lm, ly);
    // Values that neither diagram tells apart go together.
    std::vector<std::pair<Ref, Ref>> groups;
    std::vector<Values> values;
    for (std::size_t i = 0; i < store_.size(at); ++i) {
      if (!box_[at].test(i)) continue;
      const std::pair<Ref, Ref> below{lm == at ? store_.children(must)[i] : must,
                                      ly == at ? store_.children(may)[i] : may};
      const auto found = std::find(groups.begin(), groups.end(), below);
      const auto g = static_cast<std::size_t>(found - groups.begin());
      if (found == groups.end()) {
        groups.push_back(below);
        values.emplace_back();
      }
      values[g].set(i);
    }
    Ref everywhere = yes_leaf;
    for (const auto& [m, y] : groups) everywhere = both(everywhere, y);
    std::vector<Cube> out;
    std::vector<Ref> left;
    left.reserve(groups.size());
    for (const auto& [m, y] : groups) left.push_back(m);
    for (std::size_t g = 0; g < groups.size(); ++g)
      for (Cube c : between(without(left[g], everywhere), groups[g].second)) {
        const Ref held = as_diagram(store_, c, box_);
        Values held_for;
        for (std::size_t k = 0; k < groups.size(); ++k)
          if (!store_.meets(store_.negate(groups[k].second), yes_leaf, c)) {
            held_for |= values[k];
            left[k] = without(left[k], held);
          }
        c[at] = held_for;
        out.push_back(std::move(c));
      }
    Ref rest = no_leaf;
    for (const Ref l : left) rest = either(rest, l);
    for (Cube& c : between(both(rest, everywhere), everywhere)) out.push_back(std::move(c));
    return done_[key] = out;
  }

  /// Allows every value that stays inside `may`, level after level.
  void widen(Cube& c, Ref may) {
    const Ref outside = store_.negate(may);
    for (Level l = 0; l < c.size(); ++l) {
      if (c[l] == box_[l]) continue;
      Cube wider = c;
      wider[l] = box_[l] & ~c[l];
      c[l] |= wider[l] & ~store_.values_to_yes(outside, l, wider);
    }
  }

  Diagrams& store_;
  std::span<const Values> box_;
  std::map<std::pair<Ref, Ref>, std::vector<Cube>> done_;
};

}  // namespace

Ref as_diagram(Diagrams& store, const Cube& cube, std::span<const Values> box) {
  Ref r = yes_leaf;
  for (Level l = static_cast<Level>(cube.size()); l-- > 0;)
    if (cube[l] != box[l]) {
      std::vector<Ref> to(store.size(l), no_leaf);
      const std::size_t first = box[l]._Find_first();  // values outside the box read as this one
      for (std::size_t i = 0; i < to.size(); ++i)
        if (cube[l].test(box[l].test(i) ? i : first)) to[i] = r;
      r = store.make(l, to);
    }
  return r;
}

std::vector<Cube> irredundant_cover(Diagrams& store, Ref must, Ref may, std::span<const Values> box) {
  return Cover(store, box).run(store.projected(must, box), store.projected(may, box));
}

}  // namespace sekisho
