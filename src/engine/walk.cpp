#include "engine/walk.h"

#include <algorithm>
#include <utility>

namespace sekisho {
namespace {

// Keys of what is asked of one diagram alone: the other half is no node.
constexpr std::uint64_t care_alone = ~std::uint64_t{0} << 32, without_care = ~std::uint32_t{0};
// Most walks find what they look for at once. One that does not looks ahead from here on.
constexpr std::size_t most_met_blindly = 32;

std::uint64_t pair_key(Ref a, Ref care) {
  return std::uint64_t{a.bits} << 32 | care.bits;
}

}  // namespace

// --- boxes ---

Box::Box(std::span<const Values> values) : only_(values.size(), open), values_(values.size()) {
  for (Level l = 0; l < values.size(); ++l) widen(l, values[l]);
  widened_.clear();
}

Values Box::values(Level l) const {
  if (!settled(l)) return values_[l];
  Values one;
  one.set(only_[l]);
  return one;
}

void Box::widen(Level l, const Values& values) {
  only_[l] = values.count() == 1 ? static_cast<std::uint16_t>(values._Find_first()) : open;
  if (settled(l)) return;
  values_[l] = values;
  widened_.push_back(l);
}

void Box::back_to(const Box& blank) {
  std::copy(blank.only_.begin(), blank.only_.end(), only_.begin());
  for (const Level l : widened_) values_[l] = blank.values_[l];
  widened_.clear();
}

// --- walks ---

Walk::Walk(const Diagrams& store, std::span<const std::uint64_t> below)
    : store_(store), below_(below), met_(1 << 8) {}

void Walk::begin() {
  marked_ = 0;
  if (++question_ != 0) return;
  std::fill(met_.begin(), met_.end(), Met{});  // the numbers have come round
  question_ = 1;
}

std::size_t Walk::place(std::uint64_t key) const {
  const std::uint64_t h = (key ^ key >> 29) * 0x9E37'79B9'7F4A'7C15;
  std::size_t at = (h >> 32) & (met_.size() - 1);
  while (met_[at].question == question_ && met_[at].key != key) at = (at + 1) & (met_.size() - 1);
  return at;
}

bool Walk::mark(std::uint64_t key, bool feasible, std::uint64_t leaves) {
  if (2 * marked_ >= met_.size()) {
    const std::vector<Met> old = std::exchange(met_, std::vector<Met>(2 * met_.size()));
    for (const Met& m : old)
      if (m.question == question_) met_[place(m.key)] = m;
  }
  Met& m = met_[place(key)];
  if (m.question == question_) return false;
  m = {key, question_, feasible, leaves};
  ++marked_;
  return true;
}

/// Whether the care has a yes below a node.
bool Walk::feasible(Ref care, const Box& box) {
  while (!care.is_leaf() && box.settled(store_.level(care)))
    care = store_.child(care, box.only(store_.level(care)));
  if (care.is_leaf()) return care != no_leaf;
  const std::uint64_t key = care_alone | care.bits;
  if (const Met& m = met_[place(key)]; m.question == question_) return m.feasible;
  const Values values = box.values(store_.level(care));
  bool any = false;
  for (std::size_t i = values._Find_first(); i < store_.size(store_.level(care)) && !any;
       i = values._Find_next(i))
    any = feasible(store_.child(care, i), box);
  mark(key, any);
  return any;
}

/// The leaves that are met from a node where nothing else is asked: no more are met in the care.
std::uint64_t Walk::reached(Ref a, const Box& box) {
  while (!a.is_leaf() && box.settled(store_.level(a))) a = store_.child(a, box.only(store_.level(a)));
  if (a.is_leaf()) return below(a);
  const std::uint64_t key = std::uint64_t{a.bits} << 32 | without_care;
  if (const Met& m = met_[place(key)]; m.question == question_) return m.leaves;
  const Values values = box.values(store_.level(a));
  std::uint64_t out = 0;
  for (std::size_t i = values._Find_first(); i < store_.size(store_.level(a)); i = values._Find_next(i))
    out |= reached(store_.child(a, i), box);
  mark(key, false, out);
  return out;
}

/// @param found  what would be no news
/// @returns whether `done` is content with what was found
template <class Done>
bool Walk::visit(Ref a, Ref care, const Box& box, std::uint64_t& found, const Done& done) {
  constexpr Level none = ~Level{0};
  Level la = none, lc = none, at = none;
  while (true) {
    if (care == no_leaf || (below(a) & ~found) == 0) return false;
    if (a.is_leaf()) {
      if (!feasible(care, box)) return false;
      found |= below(a);
      return done(found);
    }
    la = store_.level(a);
    lc = care.is_leaf() ? none : store_.level(care);
    at = std::min(la, lc);
    const std::uint16_t only = box.only(at);
    if (only == Box::open) break;
    if (la == at) a = store_.child(a, only);
    if (lc == at) care = store_.child(care, only);
  }
  if (marked_ > most_met_blindly && (reached(a, box) & ~found) == 0) return false;
  if (!mark(pair_key(a, care))) return false;
  const Values values = box.values(at);
  std::pair<Ref, Ref> last{no_leaf, no_leaf};
  for (std::size_t i = values._Find_first(); i < store_.size(at); i = values._Find_next(i)) {
    const std::pair<Ref, Ref> next{la == at ? store_.child(a, i) : a,
                                   lc == at ? store_.child(care, i) : care};
    if (next != last && visit(next.first, next.second, box, found, done)) return true;
    last = next;
  }
  return false;
}

std::uint64_t Walk::leaves(Ref a, Ref care, const Box& box, std::uint64_t enough) {
  begin();
  std::uint64_t found = 0;
  visit(a, care, box, found, [&](std::uint64_t f) { return (f & enough) == enough; });
  return found;
}

bool Walk::stays_within(Ref a, Ref care, const Box& box, std::uint64_t allowed) {
  begin();
  std::uint64_t found = allowed;
  return !visit(a, care, box, found, [](std::uint64_t) { return true; });
}

void Walk::asked(Ref a, const Box& box, std::vector<Level>& asked) const {
  while (!a.is_leaf() && box.settled(store_.level(a))) {
    asked.push_back(store_.level(a));
    a = store_.child(a, box.only(store_.level(a)));
  }
}

}  // namespace sekisho
