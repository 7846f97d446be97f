#include "engine/cover.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "engine/branches.h"
#include "engine/needed.h"
#include "support.h"

namespace sekisho {
namespace {

/// A small space with every completion of its box written out.
struct SmallSpace {
  std::vector<std::uint16_t> sizes;
  std::vector<Values> box;
  std::vector<std::vector<std::size_t>> completions;

  SmallSpace(std::mt19937& random, bool whole_box) {
    const std::size_t levels = 2 + random() % 4;
    for (std::size_t l = 0; l < levels; ++l) {
      sizes.push_back(static_cast<std::uint16_t>(1 + random() % 4));
      Values v;
      for (std::size_t i = 0; i < sizes.back(); ++i)
        if (whole_box || random() % 4 != 0) v.set(i);
      if (v.none()) v.set(random() % sizes.back());
      box.push_back(v);
    }
    add({});
  }
  void add(std::vector<std::size_t> some) {
    if (some.size() == sizes.size()) {
      completions.push_back(std::move(some));
      return;
    }
    for (std::size_t i = 0; i < sizes[some.size()]; ++i)
      if (box[some.size()].test(i)) {
        some.push_back(i);
        add(some);
        some.pop_back();
      }
  }
  /// A diagram that is yes for about so many of 8.
  Ref random_region(std::mt19937& random, Diagrams& store, unsigned of_eight, Level at = 0) const {
    if (at == sizes.size()) return random() % 8 < of_eight ? yes_leaf : no_leaf;
    std::vector<Ref> to;
    for (std::size_t i = 0; i < sizes[at]; ++i)
      to.push_back(i > 0 && random() % 3 == 0 ? to[random() % i]
                                              : random_region(random, store, of_eight, at + 1));
    return store.make(at, to);
  }
  Cube random_cube(std::mt19937& random) const {
    Cube c = box;
    for (Values& v : c)
      for (std::size_t i = 0; i < max_values; ++i)
        if (v.test(i) && v.count() > 1 && random() % 3 == 0) v.reset(i);
    return c;
  }
};

bool yes(const Diagrams& store, Ref r, const std::vector<std::size_t>& of) {
  while (!r.is_leaf()) r = store.child(r, of[store.level(r)]);
  return r != no_leaf;
}
bool holds(const Cube& c, const std::vector<std::size_t>& completion) {
  for (Level l = 0; l < c.size(); ++l)
    if (!c[l].test(completion[l])) return false;
  return true;
}

}  // namespace

TEST_CASE(
    "a cover holds all that it must and nothing that it may not, needs each cube, and no value can be "
    "added") {
  std::mt19937 random(20);
  std::size_t cubes = 0, several = 0;
  for (int i = 0; i < test::rounds(3'000, 60'000); ++i) {
    const SmallSpace space(random, i % 2 == 0);
    Diagrams store(space.sizes, 100'000);
    const Ref may = space.random_region(random, store, 1 + i % 7);
    const Ref must = store.join(Join::both, may, space.random_region(random, store, 6));
    const std::vector<Cube> cover = irredundant_cover(store, must, may, space.box);
    std::vector<bool> needed(cover.size(), false);
    for (const auto& completion : space.completions) {
      std::vector<std::size_t> by;
      for (std::size_t k = 0; k < cover.size(); ++k)
        if (holds(cover[k], completion)) by.push_back(k);
      const bool must_be = yes(store, must, completion);
      if (!by.empty()) REQUIRE(yes(store, may, completion));
      if (must_be) REQUIRE_FALSE(by.empty());
      if (must_be && by.size() == 1) needed[by.front()] = true;
    }
    for (std::size_t k = 0; k < cover.size(); ++k) {
      REQUIRE(needed[k]);
      for (Level l = 0; l < space.sizes.size(); ++l)
        for (std::size_t v = 0; v < space.sizes[l]; ++v) {
          REQUIRE((space.box[l].test(v) || !cover[k][l].test(v)));
          if (cover[k][l].test(v) || !space.box[l].test(v)) continue;
          Cube wider = cover[k];
          wider[l].set(v);
          REQUIRE(std::any_of(space.completions.begin(), space.completions.end(),
                              [&](const auto& c) { return holds(wider, c) && !yes(store, may, c); }));
        }
    }
    cubes += cover.size();
    several += cover.size() > 3;
  }
  CHECK(cubes > 3'000);
  CHECK(several > 300);
}

TEST_CASE("where a cover takes more cubes than are looked for, some of them are found") {
  std::mt19937 random(23);
  std::size_t fewer = 0;
  for (int i = 0; i < test::rounds(1'000, 20'000); ++i) {
    const SmallSpace space(random, i % 2 == 0);
    Diagrams store(space.sizes, 100'000);
    const Ref may = space.random_region(random, store, 1 + i % 7);
    const Ref must = store.join(Join::both, may, space.random_region(random, store, 6));
    const std::size_t whole = irredundant_cover(store, must, may, space.box).size(), most = 1 + i % 4;
    const std::vector<Cube> some = irredundant_cover(store, must, may, space.box, most);
    REQUIRE(some.size() <= most);
    REQUIRE(some.empty() == (whole == 0));
    for (const auto& completion : space.completions)
      if (std::any_of(some.begin(), some.end(), [&](const Cube& c) { return holds(c, completion); }))
        REQUIRE(yes(store, may, completion));
    fewer += some.size() < whole;
  }
  CHECK(fewer > 150);
}

TEST_CASE("of any cubes those are kept that a slow count keeps, one after the other") {
  std::mt19937 random(21);
  std::size_t kept = 0, left_out = 0;
  for (int i = 0; i < test::rounds(2'000, 40'000); ++i) {
    const SmallSpace space(random, true);
    Diagrams store(space.sizes, 100'000);
    std::vector<Cube> cubes;
    Ref all = no_leaf;
    for (std::size_t k = 0; k < 1 + random() % 90; ++k) {  // more than one word of them
      cubes.push_back(space.random_cube(random));
      all = store.join(Join::either, all, as_diagram(store, cubes.back(), space.box));
    }
    const Ref must = store.join(Join::both, all, space.random_region(random, store, 5));
    std::vector<bool> expected(cubes.size(), true);
    for (std::size_t k = 0; k < cubes.size(); ++k)
      expected[k] = std::any_of(space.completions.begin(), space.completions.end(), [&](const auto& c) {
        if (!yes(store, must, c) || !holds(cubes[k], c)) return false;
        for (std::size_t j = 0; j < cubes.size(); ++j)
          if (j != k && expected[j] && holds(cubes[j], c)) return false;
        return true;
      });
    for (const std::size_t steps : {std::size_t{0}, std::size_t{3}, std::size_t{100'000}}) {
      INFO("steps of the search ", steps);
      REQUIRE(needed_cubes(store, cubes, must, steps) == expected);
    }
    for (const bool e : expected) (e ? kept : left_out) += 1;
  }
  CHECK(kept > 3'000);
  CHECK(left_out > 3'000);
}

TEST_CASE("branches lead where the diagram does") {
  std::mt19937 random(22);
  std::size_t held = 0;
  for (int i = 0; i < test::rounds(500, 10'000); ++i) {
    const SmallSpace space(random, i % 2 == 0);
    Diagrams store(space.sizes, 100'000);
    const Ref r = space.random_region(random, store, 1 + i % 8);
    const Branches branches(store, r, space.box);
    REQUIRE(branches.is_empty() == (r == no_leaf));
    for (const auto& completion : space.completions) {
      bool led = !branches.is_empty();
      Branches::Place at = led ? branches.root() : Branches::yes;
      while (led && at != Branches::yes) {
        std::size_t ways = 0;
        Branches::Place next = at;
        for (const Branches::Branch& b : branches.of(at))
          if (b.values.test(completion[branches.level(at)])) {
            next = b.to;
            ++ways;
          }
        REQUIRE(ways <= 1);
        led = ways == 1;
        at = next;
      }
      REQUIRE(led == yes(store, r, completion));
      held += led;
    }
  }
  CHECK(held > 1'000);
}

}  // namespace sekisho
