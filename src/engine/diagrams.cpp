#include "engine/diagrams.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace sekisho {
namespace {

constexpr std::size_t first_table = 1 << 10;

std::uint64_t mix(std::uint64_t h, std::uint64_t x) {
  h = (h ^ x) * 0x9E37'79B9'7F4A'7C15;
  return h ^ (h >> 32);
}

}  // namespace

Diagrams::Diagrams(std::vector<std::uint16_t> sizes, std::size_t node_limit, std::vector<Values> asked)
    : sizes_(std::move(sizes)),
      asked_(std::move(asked)),
      limit_(node_limit),
      table_(first_table),
      cache_(first_table) {}

// --- nodes ---

std::size_t Diagrams::place(Level level, std::span<const Ref> children) const {
  std::uint64_t h = level;
  std::size_t i = 0;
  for (; i + 1 < children.size(); i += 2)
    h = mix(h, std::uint64_t{children[i].bits} << 32 | children[i + 1].bits);
  if (i < children.size()) h = mix(h, children[i].bits);
  std::size_t at = h & (table_.size() - 1);
  while (table_[at] != 0) {
    const Node& n = nodes_[table_[at] - 1];
    if (n.level == level && std::equal(children.begin(), children.end(), edges_.begin() + n.first)) break;
    at = (at + 1) & (table_.size() - 1);
  }
  return at;
}

void Diagrams::grow_table() {
  table_.assign(table_.size() * 2, 0);
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) table_[place(nodes_[i].level, children({i}))] = i + 1;
  if (cache_.size() < (std::size_t{1} << 22)) cache_.assign(table_.size(), {});
}

Ref Diagrams::make(Level level, std::span<const Ref> children) {
  if (asked_.empty()) return made(level, children);
  const Values& asked = asked_[level];
  const Ref first = children[asked._Find_first()];
  if (asked.count() == 1) return first;
  std::vector<Ref> to(children.begin(), children.end());
  for (std::size_t i = 0; i < to.size(); ++i)
    if (!asked.test(i)) to[i] = first;
  return made(level, to);
}

Ref Diagrams::made(Level level, std::span<const Ref> children) {
  assert(level < sizes_.size() && children.size() == sizes_[level]);
  if (std::all_of(children.begin(), children.end(), [&](Ref c) { return c == children.front(); }))
    return children.front();
  const std::size_t at = place(level, children);
  if (table_[at] != 0) return {table_[at] - 1};
  // A node's number leaves a bit for leaves, and the place of its edges has 32.
  if (nodes_.size() >= std::min<std::size_t>(limit_, Ref::leaf_bit - 1) ||
      edges_.size() + children.size() > std::numeric_limits<std::uint32_t>::max())
    throw TooManyNodes();
  const Ref made{static_cast<std::uint32_t>(nodes_.size())};
  nodes_.push_back({static_cast<std::uint32_t>(edges_.size()), level});
  edges_.insert(edges_.end(), children.begin(), children.end());
  table_[at] = made.bits + 1;
  if (nodes_.size() * 2 > table_.size()) grow_table();
  return made;
}

Ref Diagrams::is(Level level, const Values& yes) {
  std::vector<Ref> to(sizes_[level]);
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = yes.test(i) ? yes_leaf : no_leaf;
  return make(level, to);
}

// --- two diagrams ---

Ref Diagrams::joined_leaf(Join op, Ref a, Ref b) const {
  switch (op) {
    case Join::both: return std::min(a, b);
    case Join::either: return std::max(a, b);
    case Join::differ: return a == b ? no_leaf : yes_leaf;
    case Join::change: return a == b ? no_leaf : Ref::leaf(a.value() * change_base + b.value());
    case Join::guard: return a == no_leaf ? no_leaf : b;
    case Join::sum: return Ref::leaf(a.value() + b.value());
    case Join::better: return a.value() / 2 == b.value() / 2 ? std::max(a, b) : std::min(a, b);
    default: {
      const auto required = static_cast<std::uint32_t>(Finding::authorisation_required);
      return a == b ? a : Ref::leaf(std::max(a.value(), required));
    }
  }
}

Diagrams::Kept& Diagrams::kept(Join op, std::uint64_t operands) {
  return cache_[mix(static_cast<std::uint64_t>(op), operands) & (cache_.size() - 1)];
}

Ref Diagrams::join(Join op, Ref a, Ref b) {
  if (a.is_leaf() && b.is_leaf()) return joined_leaf(op, a, b);
  if (a == b && op != Join::sum && op != Join::guard)
    return op == Join::differ || op == Join::change ? no_leaf : a;
  if (op == Join::guard) {
    if (a.is_leaf()) return a == no_leaf ? no_leaf : b;
    if (b == no_leaf) return no_leaf;
  } else if (op == Join::both || op == Join::either) {
    // Nothing is below 0: it decides what is least and leaves the greatest as it is.
    if (a == no_leaf || b == no_leaf) return op == Join::both ? no_leaf : a == no_leaf ? b : a;
    if (b < a) std::swap(a, b);
  } else if (op == Join::differ && b < a) {
    std::swap(a, b);
  }
  const std::uint64_t operands = std::uint64_t{a.bits} << 32 | b.bits;
  if (const Kept& k = kept(op, operands); k.operands == operands && k.op == op) return k.result;
  const Level la = a.is_leaf() ? ~Level{0} : level(a), lb = b.is_leaf() ? ~Level{0} : level(b);
  const Level at = std::min(la, lb);
  const std::size_t first = to_.size(), size = sizes_[at];
  to_.resize(first + size);
  std::pair<Ref, Ref> last;
  for (std::size_t i = 0; i < size; ++i) {
    const std::pair<Ref, Ref> next{la == at ? child(a, i) : a, lb == at ? child(b, i) : b};
    const Ref joined = i > 0 && next == last ? to_[first + i - 1] : join(op, next.first, next.second);
    to_[first + i] = joined;
    last = next;
  }
  const Ref made = make(at, std::span<const Ref>(to_).subspan(first));
  to_.resize(first);
  kept(op, operands) = {operands, op, made};
  return made;
}

Ref Diagrams::negate(Ref a) {
  return join(Join::differ, a, yes_leaf);
}

Ref Diagrams::choose(Ref condition, Ref yes, Ref no) {
  return join(Join::either, join(Join::guard, condition, yes), join(Join::guard, negate(condition), no));
}

// --- one diagram ---

/// Rebuilds a diagram from its leaves up: `leaf(value)` and `inner(level, children)` give the new nodes, and
/// `step(node)` the node that is rebuilt in the place of another. They may join, but rebuild nothing else.
template <class Leaf, class Inner, class Step>
Ref Diagrams::rebuild(Ref a, const Leaf& leaf, const Inner& inner, const Step& step) {
  if (++walk_ == 0) {
    made_.clear();
    ++walk_;
  }
  if (made_.size() < nodes_.size()) made_.resize(nodes_.size());
  return rebuilt(a, leaf, inner, step);
}

template <class Leaf, class Inner>
Ref Diagrams::rebuild(Ref a, const Leaf& leaf, const Inner& inner) {
  return rebuild(a, leaf, inner, [](Ref r) { return r; });
}

template <class Leaf, class Inner, class Step>
Ref Diagrams::rebuilt(Ref from, const Leaf& leaf, const Inner& inner, const Step& step) {
  const Ref a = step(from);
  if (a.is_leaf()) return leaf(a);
  if (const Made& m = made_[a.bits]; m.walk == walk_) return m.result;
  const Level at = level(a);
  const std::size_t first = to_.size(), size = sizes_[at];
  to_.resize(first + size);
  for (std::size_t i = 0; i < size; ++i) {
    const Ref to = i > 0 && child(a, i) == child(a, i - 1) ? to_[first + i - 1]
                                                           : rebuilt(child(a, i), leaf, inner, step);
    to_[first + i] = to;
  }
  const Ref made = inner(at, std::span(to_).subspan(first));
  to_.resize(first);
  made_[a.bits] = {walk_, made};
  return made;
}

Ref Diagrams::map(Ref a, std::span<const std::uint32_t> to) {
  return rebuild(
      a, [&](Ref leaf) { return Ref::leaf(to[leaf.value()]); },
      [&](Level at, std::span<const Ref> c) { return make(at, c); });
}

Ref Diagrams::where(Ref a, std::uint32_t value) {
  return rebuild(
      a, [&](Ref leaf) { return leaf.value() == value ? yes_leaf : no_leaf; },
      [&](Level at, std::span<const Ref> c) { return make(at, c); });
}

Ref Diagrams::exists(Ref a, const std::vector<bool>& over) {
  return rebuild(
      a, [](Ref leaf) { return leaf; },
      [&](Level at, std::span<Ref> c) {
        if (!over[at]) return make(at, c);
        std::sort(c.begin(), c.end());
        const std::vector<Ref> unlike(c.begin(), std::unique(c.begin(), c.end()));  // a join moves `c`
        Ref any = no_leaf;
        for (const Ref r : unlike) any = join(Join::either, any, r);
        return any;
      });
}

Ref Diagrams::read_judged(Ref a, const std::vector<bool>& judged, Join op) {
  if (std::find(judged.begin(), judged.end(), true) == judged.end()) return a;
  return rebuild(
      a, [](Ref leaf) { return leaf; },
      [&](Level at, std::span<const Ref> c) {
        if (!judged[at]) return make(at, c);
        std::vector<Ref> to(c.begin(), c.end());  // a join moves `c`
        to[judged_none] = join(op, to[0], to[1]);
        return make(at, to);
      });
}

Ref Diagrams::within(Ref a, std::span<const Values> box) {
  return rebuild(
      a, [](Ref leaf) { return leaf; },
      [&](Level at, std::span<Ref> c) {
        for (std::size_t i = 0; i < c.size(); ++i)
          if (!box[at].test(i)) c[i] = no_leaf;
        return make(at, c);
      });
}

Ref Diagrams::fixed(Ref a, std::span<const Values> box) {
  std::vector<std::size_t> only;  // of each level, the one value of the box
  only.reserve(box.size());
  for (const Values& v : box) only.push_back(v.count() == 1 ? v._Find_first() : v.size());
  return rebuild(
      a, [](Ref leaf) { return leaf; }, [&](Level at, std::span<const Ref> c) { return make(at, c); },
      [&](Ref r) {
        while (!r.is_leaf() && only[level(r)] < sizes_[level(r)]) r = child(r, only[level(r)]);
        return r;
      });
}

Ref Diagrams::projected(Ref a, std::span<const Values> box) {
  return rebuild(
      a, [](Ref leaf) { return leaf; },
      [&](Level at, std::span<Ref> c) {
        const Ref first = c[box[at]._Find_first()];
        for (std::size_t i = 0; i < c.size(); ++i)
          if (!box[at].test(i)) c[i] = first;
        return make(at, c);
      });
}

// --- questions ---

bool Diagrams::meets(Ref a, Ref care, std::span<const Values> box) const {
  std::unordered_set<std::uint64_t> met;
  const auto visit = [&](auto&& self, Ref x, Ref c) -> bool {
    if (x == no_leaf || c == no_leaf) return false;
    if (x.is_leaf() && c.is_leaf()) return true;
    if (!met.insert(std::uint64_t{x.bits} << 32 | c.bits).second) return false;
    const Level lx = x.is_leaf() ? ~Level{0} : level(x), lc = c.is_leaf() ? ~Level{0} : level(c);
    const Level at = std::min(lx, lc);
    for (std::size_t i = 0; i < sizes_[at]; ++i)
      if (box[at].test(i) && self(self, lx == at ? children(x)[i] : x, lc == at ? children(c)[i] : c))
        return true;
    return false;
  };
  return visit(visit, a, care);
}

std::uint64_t Diagrams::leaves(Ref a, Ref care, std::span<const Values> box, std::uint64_t enough) const {
  std::unordered_set<std::uint64_t> met;
  std::uint64_t found = 0;
  // Whether `care` has a yes below a node, met or not: needed where `a` has come to its leaf.
  std::unordered_map<std::uint32_t, bool> feasible;
  const auto open = [&](auto&& self, Ref c) -> bool {
    if (c.is_leaf()) return c != no_leaf;
    if (const auto it = feasible.find(c.bits); it != feasible.end()) return it->second;
    bool any = false;
    for (std::size_t i = 0; i < sizes_[level(c)] && !any; ++i)
      any = box[level(c)].test(i) && self(self, children(c)[i]);
    return feasible[c.bits] = any;
  };
  const auto visit = [&](auto&& self, Ref x, Ref c) -> void {
    if (c == no_leaf || (found & enough) == enough) return;
    if (!met.insert(std::uint64_t{x.bits} << 32 | c.bits).second) return;
    if (x.is_leaf()) {
      if ((found >> x.value() & 1) == 0 && open(open, c)) found |= std::uint64_t{1} << x.value();
      return;
    }
    const Level lx = level(x), lc = c.is_leaf() ? ~Level{0} : level(c);
    const Level at = std::min(lx, lc);
    std::pair<Ref, Ref> last{no_leaf, no_leaf};
    for (std::size_t i = 0; i < sizes_[at]; ++i) {
      if (!box[at].test(i)) continue;
      const std::pair<Ref, Ref> next{lx == at ? children(x)[i] : x, lc == at ? children(c)[i] : c};
      if (next != last) self(self, next.first, next.second);
      last = next;
    }
  };
  visit(visit, a, care);
  return found;
}

bool Diagrams::path(Ref a, std::span<const Values> box, std::vector<Values>& out) {
  std::unordered_set<std::uint32_t> dead;
  const auto follow = [&](auto&& self, Ref r) -> bool {
    if (r.is_leaf()) return r != no_leaf;
    if (dead.contains(r.bits)) return false;
    const Level at = level(r);
    Ref last = no_leaf;
    for (std::size_t i = box[at]._Find_first(); i < sizes_[at]; i = box[at]._Find_next(i)) {
      if (child(r, i) != last && self(self, child(r, i))) {
        out[at].reset();
        out[at].set(i);
        return true;
      }
      last = child(r, i);
    }
    dead.insert(r.bits);
    return false;
  };
  out.assign(box.begin(), box.end());
  return follow(follow, a);
}

bool Diagrams::point(Ref a, std::span<const Values> box, std::vector<Values>& out) {
  if (!path(a, box, out)) return false;
  for (Values& v : out) {
    const std::size_t first = v._Find_first();
    v.reset();
    v.set(first);
  }
  return true;
}

std::vector<bool> Diagrams::support(Ref a) const {
  std::vector<bool> asked(sizes_.size());
  std::unordered_set<std::uint32_t> met;
  std::vector<Ref> open{a};
  while (!open.empty()) {
    const Ref r = open.back();
    open.pop_back();
    if (r.is_leaf() || !met.insert(r.bits).second) continue;
    asked[level(r)] = true;
    for (const Ref c : children(r)) open.push_back(c);
  }
  return asked;
}

std::vector<std::vector<std::uint16_t>> Diagrams::classes(std::span<const Ref> roots) const {
  std::vector<std::vector<std::uint16_t>> out;
  for (const std::uint16_t size : sizes_) out.emplace_back(size, std::uint16_t{0});
  std::unordered_set<std::uint32_t> met;
  const auto visit = [&](auto&& self, Ref r) -> void {
    if (r.is_leaf() || !met.insert(r.bits).second) return;
    std::vector<std::uint16_t>& classes = out[level(r)];
    std::map<std::pair<std::uint16_t, Ref>, std::uint16_t> finer;
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const std::pair key{classes[i], children(r)[i]};
      classes[i] = finer.try_emplace(key, static_cast<std::uint16_t>(finer.size())).first->second;
    }
    for (const Ref child : children(r)) self(self, child);
  };
  for (const Ref r : roots) visit(visit, r);
  return out;
}

std::vector<std::uint64_t> Diagrams::leaves_below() const {
  std::vector<std::uint64_t> out;
  out.reserve(nodes_.size());
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {  // each after those that it leads to
    std::uint64_t below = 0;
    for (const Ref c : children({i})) below |= c.is_leaf() ? std::uint64_t{1} << c.value() : out[c.bits];
    out.push_back(below);
  }
  return out;
}

std::size_t Diagrams::count(std::span<const Ref> roots) const {
  std::unordered_set<std::uint32_t> met;
  std::vector<Ref> open(roots.begin(), roots.end());
  while (!open.empty()) {
    const Ref r = open.back();
    open.pop_back();
    if (r.is_leaf() || !met.insert(r.bits).second) continue;
    for (const Ref c : children(r)) open.push_back(c);
  }
  return met.size();
}

}  // namespace sekisho
