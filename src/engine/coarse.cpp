#include "engine/coarse.h"

#include <algorithm>
#include <map>

namespace sekisho {
namespace {

constexpr std::uint16_t nowhere = 0xffff;  // outside the box

/// Kinds numbered by their first value, so that their order is that of the values.
void renumber(std::vector<std::uint16_t>& kinds, const Values& box) {
  std::map<std::uint16_t, std::uint16_t> number;
  for (std::size_t i = 0; i < kinds.size(); ++i)
    kinds[i] = box.test(i)
                   ? number.try_emplace(kinds[i], static_cast<std::uint16_t>(number.size())).first->second
                   : nowhere;
}

std::size_t count(const std::vector<std::uint16_t>& kinds) {
  std::size_t n = 0;
  for (const std::uint16_t k : kinds)
    if (k != nowhere) n = std::max<std::size_t>(n, k + std::size_t{1});
  return n;
}

/// Each value of `a` by its own kind and those of what it equals.
bool part(std::vector<std::uint16_t>& a, const std::vector<std::uint16_t>& b,
          const std::vector<std::vector<std::size_t>>& equals, const Values& box) {
  const std::size_t before = count(a);
  std::map<std::pair<std::uint16_t, std::vector<std::uint16_t>>, std::uint16_t> finer;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!box.test(i)) continue;
    std::vector<std::uint16_t> others;
    for (const std::size_t j : equals[i])
      if (b[j] != nowhere) others.push_back(b[j]);
    a[i] = finer.try_emplace({a[i], others}, static_cast<std::uint16_t>(finer.size())).first->second;
  }
  return count(a) != before;
}

}  // namespace

Coarse::Kinds Coarse::kinds(const Compiled& law, std::span<const Ref> roots, std::span<const Values> box) {
  Kinds out = law.store().classes(roots);
  for (Level l = 0; l < out.size(); ++l) {
    const auto& classes = law.stand_ins(l).class_of;
    for (std::size_t i = 0; i < classes.size(); ++i)
      if (classes[i]) out[l][i] = out[l][*classes[i]];
    renumber(out[l], box[l]);
  }
  struct Equal {
    Level a, b;
    std::vector<std::vector<std::size_t>> of_a, of_b;
  };
  std::vector<Equal> relations;
  for (const Compiled::Relation& r : law.relations()) {
    if (!r.a.valid()) continue;
    const Level a = law.level(r.a);
    if (!r.b.valid()) {  // each value hangs on something of its own, but those told by their class alone
      const auto& classes = law.stand_ins(a).class_of;
      for (const Conditional& c : r.conditional)
        if (classes.empty() || !classes[c.value])
          out[a][c.value] = static_cast<std::uint16_t>(max_values + c.value);
      renumber(out[a], box[a]);
      continue;
    }
    Equal e{a, law.level(r.b), {}, {}};
    e.of_a.resize(out[e.a].size());
    e.of_b.resize(out[e.b].size());
    for (const auto& [i, j] : r.equal) {
      e.of_a[i].push_back(j);
      e.of_b[j].push_back(i);
    }
    relations.push_back(std::move(e));
  }
  for (bool more = true; more;) {
    more = false;
    for (const Equal& e : relations) {
      more = part(out[e.a], out[e.b], e.of_a, box[e.a]) || more;
      more = part(out[e.b], out[e.a], e.of_b, box[e.b]) || more;
    }
  }
  for (Level l = 0; l < out.size(); ++l) renumber(out[l], box[l]);
  return out;
}

std::vector<std::uint16_t> Coarse::sizes(const Kinds& kinds, std::span<const Values> box) {
  std::vector<std::uint16_t> out;
  for (Level l = 0; l < box.size(); ++l)
    out.push_back(static_cast<std::uint16_t>(std::max<std::size_t>(count(kinds[l]), 1)));
  return out;
}

Coarse::Coarse(const Compiled& law, std::span<const Ref> roots, std::span<const Values> box,
               std::size_t node_limit)
    : from_(law.store()),
      box_(box.begin(), box.end()),
      kinds_(kinds(law, roots, box)),
      store_(sizes(kinds_, box), node_limit) {
  for (Level l = 0; l < store_.levels(); ++l) {
    all_.emplace_back();
    for (std::size_t k = 0; k < store_.size(l); ++k) all_[l].set(k);
  }
}

Ref Coarse::of(Ref fine) {
  if (fine.is_leaf()) return fine;
  if (const auto it = done_.find(fine.bits); it != done_.end()) return it->second;
  const Level at = from_.level(fine);
  std::vector<Ref> to(store_.size(at), no_leaf);
  std::vector<Ref> last(to.size(), no_leaf);  // most values of a kind lead to the same
  for (std::size_t i = 0; i < from_.size(at); ++i) {
    if (!box_[at].test(i)) continue;
    const std::uint16_t k = kinds_[at][i];
    const Ref child = from_.child(fine, i);
    if (child == last[k]) continue;
    last[k] = child;
    to[k] = store_.join(Join::either, to[k], of(child));
  }
  return done_[fine.bits] = store_.make(at, to);
}

Cube Coarse::fine(const Cube& kinds) const {
  Cube out(kinds.size());
  for (Level l = 0; l < kinds.size(); ++l)
    for (std::size_t i = 0; i < kinds_[l].size(); ++i)
      if (box_[l].test(i) && kinds[l].test(kinds_[l][i])) out[l].set(i);
  return out;
}

}  // namespace sekisho
