#include "engine/cover.h"

#include <algorithm>
#include <map>

#include "engine/branches.h"
#include "engine/needed.h"

namespace sekisho {
namespace {

/// Allows every value that does not lead outside, level after level. What can be reached above a level is
/// known from the levels before it, as they were widened; what leads outside below it from the cube as it
/// was.
class Widening {
 public:
  Widening(const Diagrams& store, Ref outside, std::span<const Values> box)
      : box_(box),
        outside_(store, outside, box),
        at_level_(box.size()),
        leads_(outside_.nodes()),
        reached_(outside_.nodes(), 0) {}

  /// @param c  holds nothing outside
  void widen(Cube& c) {
    if (outside_.is_empty()) {
      c.assign(box_.begin(), box_.end());
      return;
    }
    ++walk_;
    reach(outside_.root());
    for (Level l = 0; l < c.size(); ++l) {
      if (c[l] != box_[l]) {
        Values out;
        for (const Branches::Place n : at_level_[l])
          for (const Branches::Branch& b : outside_.of(n))
            if (leads(b.to, c)) out |= b.values;
        c[l] = box_[l] & ~out;
      }
      for (const Branches::Place n : at_level_[l])
        for (const Branches::Branch& b : outside_.of(n))
          if ((b.values & c[l]).any()) reach(b.to);
      at_level_[l].clear();
    }
  }

 private:
  void reach(Branches::Place n) {
    if (n == Branches::yes || reached_[n] == walk_) return;
    reached_[n] = walk_;
    at_level_[outside_.level(n)].push_back(n);
  }
  /// Whether the outside is met from a node in the cube.
  bool leads(Branches::Place n, const Cube& c) {
    if (n == Branches::yes) return true;
    if (leads_[n].walk == walk_) return leads_[n].yes;
    bool any = false;
    for (const Branches::Branch& b : outside_.of(n)) {
      any = (b.values & c[outside_.level(n)]).any() && leads(b.to, c);
      if (any) break;
    }
    leads_[n] = {walk_, any};
    return any;
  }

  /// What was found of a node in a walk.
  struct Leads {
    std::uint32_t walk = 0;
    bool yes = false;
  };
  std::span<const Values> box_;
  Branches outside_;
  std::vector<std::vector<Branches::Place>> at_level_;  // nodes that are reached
  std::vector<Leads> leads_;
  std::vector<std::uint32_t> reached_;  // of each node, the last walk that came to it
  std::uint32_t walk_ = 0;
};

class Cover {
 public:
  Cover(Diagrams& store, std::span<const Values> box, std::size_t most)
      : store_(store), box_(box), most_(most) {}

  std::vector<Cube> run(Ref must, Ref may) {
    std::vector<Cube> cubes = between(must, may);
    Widening widening(store_, store_.negate(may), box_);
    for (Cube& c : cubes) widening.widen(c);
    // The narrowest first: what wider cubes already hold is dropped.
    std::stable_sort(cubes.begin(), cubes.end(),
                     [&](const Cube& a, const Cube& b) { return limits(a) > limits(b); });
    const std::vector<bool> needed = needed_cubes(store_, cubes, must);
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
    for (std::size_t g = 0; g < groups.size() && out.size() < most_; ++g)
      for (Cube c : between(without(left[g], everywhere), groups[g].second)) {
        if (out.size() == most_) break;
        Values held_for;
        for (std::size_t k = 0; k < groups.size(); ++k)
          if (!meets(outside[k], c)) {
            held_for |= values[k];
            left[k] = without(left[k], c);
          }
        c[at] = held_for;
        out.push_back(std::move(c));
      }
    if (out.size() == most_) return done_[key] = out;
    Ref rest = no_leaf;
    for (const Ref l : left) rest = either(rest, l);
    for (Cube& c : between(both(rest, everywhere), everywhere))
      if (out.size() < most_) out.push_back(std::move(c));
    return done_[key] = out;
  }

  // A walk marks the nodes from which it met nothing with its number; a yes ends it at once.
  bool meets(Ref a, const Cube& c) {
    ++walk_;
    barren_.resize(store_.nodes(), 0);
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

  Diagrams& store_;
  std::span<const Values> box_;
  std::size_t most_;
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

std::vector<Cube> irredundant_cover(Diagrams& store, Ref must, Ref may, std::span<const Values> box,
                                    std::size_t most) {
  return Cover(store, box, most).run(store.projected(must, box), store.projected(may, box));
}

}  // namespace sekisho
