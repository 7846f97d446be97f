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
    const Ref outside = store_.negate(may);
    for (Cube& c : cubes) widen(c, outside);
    // The narrowest first: what wider cubes already hold is dropped.
    std::stable_sort(cubes.begin(), cubes.end(),
                     [&](const Cube& a, const Cube& b) { return limits(a) > limits(b); });
    const std::vector<bool> needed = needed_of(cubes, must);
    std::vector<Cube> out;
    for (std::size_t i = 0; i < cubes.size(); ++i)
      if (needed[i]) out.push_back(std::move(cubes[i]));
    return out;
  }

 private:
  Ref both(Ref a, Ref b) { return store_.join(Join::both, a, b); }
  Ref either(Ref a, Ref b) { return store_.join(Join::either, a, b); }
  Ref without(Ref a, Ref b) { return both(a, store_.negate(b)); }

  // --- without a cube ---

  Ref without(Ref a, const Cube& c) {
    if (!meets(a, c)) return a;
    limited_.clear();
    for (Level l = 0; l < c.size(); ++l)
      if (c[l] != box_[l]) limited_.push_back(l);
    ++taking_;
    taken_.resize(std::max(taken_.size(), store_.nodes()));
    return take(a, c, 0);
  }
  /// @param k  place among the limited levels of the first that is still to be looked at
  Ref take(Ref a, const Cube& c, std::size_t k) {
    if (a == no_leaf || k == limited_.size()) return no_leaf;
    const Level own = a.is_leaf() ? ~Level{0} : store_.level(a), next = limited_[k];
    if (!a.is_leaf() && a.bits < taken_.size())
      if (const Taken& t = taken_[a.bits]; t.taking == taking_ && t.k == k) return t.result;
    const Level at = std::min(own, next);
    const std::size_t below = at == next ? k + 1 : k, first = box_[at]._Find_first();
    std::vector<Ref> to(store_.size(at));
    for (std::size_t i = 0; i < to.size(); ++i) {
      const Ref child = own == at ? store_.child(a, i) : a;
      const bool same =
          i > 0 && child == (own == at ? store_.child(a, i - 1) : a) &&
          c[at].test(box_[at].test(i) ? i : first) == c[at].test(box_[at].test(i - 1) ? i - 1 : first);
      to[i] = same ? to[i - 1] : c[at].test(box_[at].test(i) ? i : first) ? take(child, c, below) : child;
    }
    const Ref made = store_.make(at, to);
    if (!a.is_leaf() && a.bits < taken_.size())
      taken_[a.bits] = {taking_, static_cast<std::uint32_t>(k), made};
    return made;
  }

  // --- which are needed ---

  /// A cube that holds something alone is needed, whatever becomes of the others. Only the rest has to be
  /// looked at one after the other.
  std::vector<bool> needed_of(const std::vector<Cube>& cubes, Ref must) {
    std::vector<bool> needed;
    needed.reserve(cubes.size());
    std::vector<Cube> rest;
    Ref left = must;
    for (std::size_t i = 0; i < cubes.size(); ++i) needed.push_back(holds_alone(cubes, i, must));
    for (std::size_t i = 0; i < cubes.size(); ++i)
      if (!needed[i]) rest.push_back(cubes[i]);
    if (rest.empty()) return needed;
    for (std::size_t i = 0; i < cubes.size(); ++i)
      if (needed[i]) left = without(left, cubes[i]);
    std::vector<bool> of_rest(rest.size(), false);
    thin(rest, 0, rest.size(), left, of_rest);
    std::size_t next = 0;
    for (std::size_t i = 0; i < cubes.size(); ++i)
      if (!needed[i]) needed[i] = of_rest[next++];
    return needed;
  }

  /// Another cube, and the last level at which it does not allow all that the one in question does.
  struct Other {
    const Cube* cube;
    Level last;
  };
  /// Whether a cube surely holds something that must be held and no other does: found by going down to it,
  /// with the cubes that allow what was chosen so far. Gives up after some steps, so that `false` says
  /// nothing.
  bool holds_alone(const std::vector<Cube>& cubes, std::size_t one, Ref must) {
    const Cube& c = cubes[one];
    std::vector<Other> others;
    for (std::size_t j = 0; j < cubes.size(); ++j) {
      if (j == one) continue;
      Other o{&cubes[j], 0};
      bool apart = false, holds_all = true;
      for (Level l = 0; l < c.size() && !apart; ++l) {
        apart = (c[l] & cubes[j][l]).none();
        if ((c[l] & ~cubes[j][l]).none()) continue;
        holds_all = false;
        o.last = l;
      }
      if (apart) continue;
      if (holds_all) return false;
      others.push_back(o);
    }
    steps_ = most_steps;
    return alone(must, 0, c, others);
  }
  bool alone(Ref r, Level l, const Cube& c, const std::vector<Other>& others) {
    if (r == no_leaf) return false;
    if (others.empty()) return meets(r, c);
    const Level own = r.is_leaf() ? ~Level{0} : store_.level(r);
    while (own != l && std::all_of(others.begin(), others.end(),
                                   [&](const Other& o) { return (c[l] & ~(*o.cube)[l]).none(); }))
      ++l;
    // The values that the fewest others allow come first.
    std::vector<std::pair<std::size_t, std::size_t>> values;
    for (std::size_t i = c[l]._Find_first(); i < store_.size(l); i = c[l]._Find_next(i)) {
      const auto allow =
          std::count_if(others.begin(), others.end(), [&](const Other& o) { return (*o.cube)[l].test(i); });
      values.emplace_back(static_cast<std::size_t>(allow), i);
    }
    std::sort(values.begin(), values.end());
    std::vector<Other> still, last_still;
    Ref last_child = no_leaf;
    for (const auto& [allow, i] : values) {
      const Ref child = own == l ? store_.child(r, i) : r;
      still.clear();
      bool held = child == no_leaf;  // or one of them holds all that is left
      for (const Other& o : others) {
        if (!(*o.cube)[l].test(i)) continue;
        still.push_back(o);
        held = held || o.last <= l;
      }
      const std::size_t cost = others.size() + 8;
      steps_ -= std::min(steps_, cost);
      if (steps_ == 0) return false;
      if (held) continue;
      const bool again = child == last_child && still.size() == last_still.size() &&
                         std::equal(still.begin(), still.end(), last_still.begin(),
                                    [](const Other& a, const Other& b) { return a.cube == b.cube; });
      if (!again && alone(child, l + 1, c, still)) return true;
      last_child = child;
      last_still = still;
    }
    return false;
  }

  /// Marks the cubes of [first, last) that are needed, one after the other: each against those before it that
  /// are needed and all after it.
  /// @param left  what must be held and no other cube holds
  void thin(const std::vector<Cube>& cubes, std::size_t first, std::size_t last, Ref left,
            std::vector<bool>& needed) {
    if (left == no_leaf || first == last) return;
    if (last - first == 1) {
      needed[first] = meets(left, cubes[first]);
      return;
    }
    const std::size_t middle = first + (last - first) / 2;
    Ref of_first = left;
    for (std::size_t k = last; k-- > middle && of_first != no_leaf;) of_first = without(of_first, cubes[k]);
    thin(cubes, first, middle, of_first, needed);
    for (std::size_t k = first; k < middle; ++k)
      if (needed[k]) left = without(left, cubes[k]);
    thin(cubes, middle, last, left, needed);
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
    std::vector<Ref> left, outside;
    left.reserve(groups.size());
    outside.reserve(groups.size());
    for (const auto& [m, y] : groups) {
      left.push_back(m);
      outside.push_back(store_.negate(y));
    }
    for (std::size_t g = 0; g < groups.size(); ++g)
      for (Cube c : between(without(left[g], everywhere), groups[g].second)) {
        Values held_for;
        for (std::size_t k = 0; k < groups.size(); ++k)
          if (!meets(outside[k], c)) {
            held_for |= values[k];
            left[k] = without(left[k], c);
          }
        c[at] = held_for;
        out.push_back(std::move(c));
      }
    Ref rest = no_leaf;
    for (const Ref l : left) rest = either(rest, l);
    for (Cube& c : between(both(rest, everywhere), everywhere)) out.push_back(std::move(c));
    return done_[key] = out;
  }

  /// Allows every value that does not lead outside, level after level.
  void widen(Cube& c, Ref outside) {
    for (Level l = 0; l < c.size(); ++l) {
      if (c[l] == box_[l]) continue;
      Values out = c[l];
      begin();
      reach(outside, l, c, out);
      c[l] |= box_[l] & ~out;
    }
  }

  // A walk marks the nodes from which it met nothing with its number; a yes ends it at once.
  void begin() {
    ++walk_;
    barren_.resize(store_.nodes(), 0);
  }
  bool meets(Ref a, const Cube& c) {
    begin();
    return leads(a, c);
  }
  /// Whether a leaf other than 0 is met in the cube.
  bool leads(Ref a, const Cube& c) {
    if (a.is_leaf()) return a != no_leaf;
    if (barren_[a.bits] == walk_) return false;
    const Level at = store_.level(a);
    Ref last = no_leaf;
    for (std::size_t i = c[at]._Find_first(); i < store_.size(at); i = c[at]._Find_next(i)) {
      const Ref child = store_.child(a, i);
      if (child != last && leads(child, c)) return true;
      last = child;
    }
    barren_[a.bits] = walk_;
    return false;
  }
  /// Adds to `out` the values of level `at` with which a leaf other than 0 is met in the rest of the cube.
  void reach(Ref a, Level at, const Cube& c, Values& out) {
    if (a.is_leaf() || store_.level(a) > at) {
      if (leads(a, c)) out = box_[at];
      return;
    }
    if (barren_[a.bits] == walk_) return;
    barren_[a.bits] = walk_;
    const Level l = store_.level(a);
    for (std::size_t i = 0; i < store_.size(l) && out != box_[at]; ++i) {
      if (l != at && c[l].test(i)) reach(store_.child(a, i), at, c, out);
      if (l == at && box_[l].test(i) && !out.test(i) && leads(store_.child(a, i), c)) out.set(i);
    }
  }

  Diagrams& store_;
  std::span<const Values> box_;
  std::map<std::pair<Ref, Ref>, std::vector<Cube>> done_;
  std::vector<std::uint32_t> barren_;  // of each node, the last walk that met nothing from it
  std::uint32_t walk_ = 0;
  /// What was made of a node when a cube was taken from it.
  struct Taken {
    std::uint32_t taking = 0, k = 0;
    Ref result;
  };
  std::vector<Taken> taken_;  // of each node
  std::uint32_t taking_ = 0;
  std::vector<Level> limited_;  // by the cube that is being taken
  static constexpr std::size_t most_steps = 100'000;
  std::size_t steps_ = 0;  // left in the search for what a cube holds alone
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
