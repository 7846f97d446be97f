#include "engine/needed.h"

#include <algorithm>
#include <bit>

// Whether a cube holds something that no other does.
//
// THE IDEA. Go down through the values that the cube allows, and keep of the others those that allow all that
// was chosen so far. Where none is left, what follows is held by the cube alone; where one of them allows all
// that the cube does from here on, nothing is. The others are a set of bits: for each value of each level
// those that allow it, so that a step down is an intersection of a few words.
//
// AN EXAMPLE. Of `a`, `b` and `not a and not b`, the third is asked: with a = no the first falls away, with
// b = no the second, and none is left. Asked of `c` beside `a` and `not a`: with either value of a one of
// them allows all that is left, so `c` holds nothing alone.
//
// WHAT IT COSTS. Found soon, mostly, because the value that the fewest others allow is tried first. To see
// that there is nothing can take a step for each combination of values, so after some steps the diagram of
// what the cube must hold is taken instead and the others are taken from it, which costs their nodes.

namespace sekisho {
namespace {

class Needed {
 public:
  Needed(Diagrams& store, std::span<const Cube> cubes, std::size_t steps)
      : store_(store),
        cubes_(cubes),
        words_((cubes.size() + 63) / 64),
        most_steps_(steps),
        alive_(words_, 0) {
    std::size_t values = 0;
    first_.reserve(store.levels());
    for (Level l = 0; l < store.levels(); ++l) {
      first_.push_back(values);
      values += store.size(l);
    }
    allow_.assign(values * words_, 0);
    for (std::size_t j = 0; j < cubes.size(); ++j) {
      alive_[j / 64] |= std::uint64_t{1} << j % 64;
      for (Level l = 0; l < store.levels(); ++l)
        for (std::size_t v = cubes[j][l]._Find_first(); v < store.size(l); v = cubes[j][l]._Find_next(v))
          allow(l, v)[j / 64] |= std::uint64_t{1} << j % 64;
    }
    all_below_.resize((store.levels() + 1) * words_);
    at_level_.resize(store.levels() * words_);
  }

  std::vector<bool> run(Ref must) {
    std::vector<bool> needed;
    needed.reserve(cubes_.size());
    for (std::size_t i = 0; i < cubes_.size(); ++i) {
      alive_[i / 64] &= ~(std::uint64_t{1} << i % 64);
      needed.push_back(holds_alone(cubes_[i], must));
      if (needed[i]) alive_[i / 64] |= std::uint64_t{1} << i % 64;
    }
    return needed;
  }

 private:
  enum class Found : std::uint8_t { no, yes, gave_up };
  /// A value to go on with, and where the others that allow it lie among `sets_`.
  struct Step {
    std::size_t others, at;
    Ref child;
  };

  std::uint64_t* allow(Level l, std::size_t value) { return allow_.data() + (first_[l] + value) * words_; }

  bool holds_alone(const Cube& c, Ref must) {
    sets_ = alive_;
    // From the last level up: which others allow all of the cube at a level, and at all from there on.
    std::fill(all_below_.end() - static_cast<std::ptrdiff_t>(words_), all_below_.end(), ~std::uint64_t{0});
    for (Level l = static_cast<Level>(store_.levels()); l-- > 0;) {
      std::vector<std::uint64_t> some(words_, 0);
      std::uint64_t* const all = at_level_.data() + l * words_;
      std::fill(all, all + words_, ~std::uint64_t{0});
      for (std::size_t v = c[l]._Find_first(); v < store_.size(l); v = c[l]._Find_next(v))
        for (std::size_t w = 0; w < words_; ++w) {
          all[w] &= allow(l, v)[w];
          some[w] |= allow(l, v)[w];
        }
      for (std::size_t w = 0; w < words_; ++w) {
        all_below_[l * words_ + w] = all_below_[(l + 1) * words_ + w] & all[w];
        sets_[w] &= some[w];  // the rest is apart from the cube
      }
    }
    if (held(0, 0)) return false;
    steps_ = most_steps_;
    const Found found = alone(must, 0, 0, c);
    return found == Found::gave_up ? remains(c, must) : found == Found::yes;
  }
  /// Whether one of the set allows from a level on all that the cube does.
  bool held(std::size_t set, Level from) const {
    for (std::size_t w = 0; w < words_; ++w)
      if ((sets_[set + w] & all_below_[from * words_ + w]) != 0) return true;
    return false;
  }
  std::size_t count(std::size_t set) const {
    std::size_t n = 0;
    for (std::size_t w = 0; w < words_; ++w) n += static_cast<std::size_t>(std::popcount(sets_[set + w]));
    return n;
  }
  bool tells_apart(std::size_t set, Level l) const {
    for (std::size_t w = 0; w < words_; ++w)
      if ((sets_[set + w] & ~at_level_[l * words_ + w]) != 0) return true;
    return false;
  }

  /// @param set  where the others that allow what was chosen above `l` lie among `sets_`; none allows all
  /// below
  Found alone(Ref r, Level l, std::size_t set, const Cube& c) {
    if (r == no_leaf) return Found::no;
    if (count(set) == 0) return meets(r, c) ? Found::yes : Found::no;
    const Level own = r.is_leaf() ? ~Level{0} : store_.level(r);
    while (own != l && !tells_apart(set, l)) ++l;
    const std::size_t before = sets_.size();
    std::vector<Step> steps;
    for (std::size_t v = c[l]._Find_first(); v < store_.size(l); v = c[l]._Find_next(v)) {
      const Ref child = own == l ? store_.child(r, v) : r;
      if (child == no_leaf) continue;
      const std::size_t at = sets_.size();
      sets_.resize(at + words_);
      for (std::size_t w = 0; w < words_; ++w) sets_[at + w] = sets_[set + w] & allow(l, v)[w];
      if (held(at, l + 1))
        sets_.resize(at);
      else
        steps.push_back({count(at), at, child});
    }
    steps_ -= std::min(steps_, steps.size() + 1);
    const auto place = [&](const Step& s) { return sets_.begin() + static_cast<std::ptrdiff_t>(s.at); };
    const auto length = static_cast<std::ptrdiff_t>(words_);
    std::sort(steps.begin(), steps.end(), [&](const Step& a, const Step& b) {
      if (a.others != b.others) return a.others < b.others;
      if (a.child != b.child) return a.child < b.child;
      return std::lexicographical_compare(place(a), place(a) + length, place(b), place(b) + length);
    });
    Found out = Found::no;
    for (std::size_t k = 0; k < steps.size() && out == Found::no; ++k) {
      if (steps_ == 0) out = Found::gave_up;
      const bool again = k > 0 && steps[k].child == steps[k - 1].child &&
                         std::equal(place(steps[k]), place(steps[k]) + length, place(steps[k - 1]));
      if (out == Found::no && !again) out = alone(steps[k].child, l + 1, steps[k].at, c);
    }
    sets_.resize(before);
    return out;
  }
  bool meets(Ref r, const Cube& c) const { return store_.meets(r, yes_leaf, c); }

  /// The same by diagrams: whether something of the region in the cube remains when all others are taken from
  /// it.
  bool remains(const Cube& c, Ref must) {
    Ref left = store_.within(must, c);
    for (std::size_t j = 0; j < cubes_.size() && left != no_leaf; ++j)
      if ((alive_[j / 64] >> j % 64 & 1) != 0)
        left = store_.join(Join::both, left, store_.negate(as_diagram(store_, cubes_[j], c)));
    return store_.meets(left, yes_leaf, c);
  }

  Diagrams& store_;
  std::span<const Cube> cubes_;
  std::size_t words_, most_steps_;
  std::vector<std::uint64_t> alive_;      // [words] those that may still hold something
  std::vector<std::size_t> first_;        // of each level, the place of its first value in `allow_`
  std::vector<std::uint64_t> allow_;      // [value, words]
  std::vector<std::uint64_t> at_level_;   // [level, words] those that allow there all that the cube does
  std::vector<std::uint64_t> all_below_;  // [level + 1, words] those that do from there on
  std::vector<std::uint64_t> sets_;       // the sets of the search, those of the innermost step last
  std::size_t steps_ = 0;                 // left in the search
};

}  // namespace

std::vector<bool> needed_cubes(Diagrams& store, std::span<const Cube> cubes, Ref must, std::size_t steps) {
  return Needed(store, cubes, steps).run(must);
}

}  // namespace sekisho
