// Smallest sets, held against trying every set.

#include "engine/smallest.h"

#include <doctest/doctest.h>

#include <bit>
#include <optional>

#include "oracle/asked.h"
#include "oracle/judge.h"
#include "oracle/loaded.h"
#include "support.h"

using namespace sekisho;
using namespace sekisho::judge;

namespace {

constexpr unsigned all_of(std::size_t place) {
  return (1u << sizes[place]) - 1;
}

/// A random question with one finding, and the facts that it is told.
struct Told {
  Book book;
  Known known;
  std::optional<Loaded> loaded;
  std::optional<Asked> asked;
  std::optional<Completions> engine;
  Finding finding{};
  std::vector<FactVars> facts;
  std::vector<std::vector<std::size_t>> places;  // of each fact

  /// @param settled  most facts are told one value
  bool make(Maker& maker, bool settled) {
    book = maker.book();
    known = maker.knowledge();
    for (const std::size_t p : {0, 1, 2, choice, second_choice})
      if (settled && maker.below(5) != 0) known[p] = 1u << maker.below(sizes[p]);
    const auto found = judge_all(book, known);
    if (found.size() != 1) return false;
    finding = *found.begin();
    loaded.emplace(text_of(book));
    asked.emplace(loaded->law, known);
    engine.emplace(*asked->space, asked->diags);
    for (const std::size_t p : {0, 1, 2, choice, judged, second_choice}) add({p});
    add({member, member + 1, member + 2});
    return true;
  }
  void add(const std::vector<std::size_t>& of) {
    FactVars vars;
    bool is_known = false;
    for (const std::size_t p : of) {
      is_known = is_known || known[p] != all_of(p);
      if (asked->var[p].valid()) vars.push_back(asked->var[p]);
    }
    if (!is_known || vars.empty()) return;
    facts.push_back(vars);
    places.push_back(of);
  }
};

}  // namespace

TEST_CASE(
    "the smallest set that is enough is as small as trying all sets finds, or is not called the smallest") {
  Maker make(77);
  int proved = 0, given_up = 0;
  for (int i = 0; i < 2'000; ++i) {
    const auto count = static_cast<std::size_t>(1 + make.below(9));
    std::vector<unsigned> enough_sets;
    for (int k = 1 + make.below(5); k > 0; --k)
      enough_sets.push_back(static_cast<unsigned>(make.below(1 << count)));
    std::vector<std::size_t> all(count);
    for (std::size_t k = 0; k < count; ++k) all[k] = k;
    const auto is_enough = [&](const std::vector<std::size_t>& s) {
      unsigned bits = 0;
      for (const std::size_t x : s) bits |= 1u << x;
      return std::any_of(enough_sets.begin(), enough_sets.end(),
                         [&](unsigned e) { return (e & ~bits) == 0; });
    };
    int fewest = static_cast<int>(count);
    for (const unsigned e : enough_sets) fewest = std::min(fewest, std::popcount(e));
    Effort effort{i % 2 == 0 ? 100'000u : static_cast<unsigned>(make.below(40))};
    const Smallest found = smallest_enough(count, all, is_enough, effort);
    REQUIRE(is_enough(found.set));
    if (i % 2 == 0) REQUIRE(found.proved);
    if (found.proved) REQUIRE(static_cast<int>(found.set.size()) == fewest);
    REQUIRE(effort.asked <= effort.most);
    (found.proved ? proved : given_up) += 1;
  }
  CHECK(proved > 1'000);
  CHECK(given_up > 100);
}

TEST_CASE("the fewest facts that a finding rests on are as few as the judge finds") {
  Maker make(91);
  int smaller = 0, compared = 0;
  for (int i = 0; i < test::rounds(400, 20'000); ++i) {
    Told t;
    if (!t.make(make, false)) continue;
    std::vector<std::size_t> all(t.facts.size());
    for (std::size_t k = 0; k < all.size(); ++k) all[k] = k;
    Effort effort;
    const Smallest found =
        smallest_because(*t.engine, t.asked->all(), t.asked->state, t.facts, all, t.finding, effort);
    const auto told_only = [&](unsigned facts) {
      Known known = t.known;
      for (std::size_t k = 0; k < t.facts.size(); ++k)
        for (const std::size_t p : t.places[k])
          if ((facts >> k & 1) == 0) known[p] = all_of(p);
      return known;
    };
    int fewest = 99;
    unsigned chosen = 0;
    for (const std::size_t k : found.set) chosen |= 1u << k;
    for (unsigned s = 0; s < 1u << t.facts.size(); ++s)
      if (std::popcount(s) < fewest && judge_all(t.book, told_only(s)).size() == 1) fewest = std::popcount(s);
    INFO(text_of(t.book));
    REQUIRE(found.proved);
    REQUIRE(static_cast<int>(found.set.size()) == fewest);
    REQUIRE(judge_all(t.book, told_only(chosen)) == std::set<Finding>{t.finding});
    smaller += found.set.size() < all.size();
    ++compared;
  }
  CHECK(compared > 100);
  CHECK(smaller > 50);
}

TEST_CASE("the fewest changes that give a better finding are as few as the judge finds") {
  Maker make(92);
  std::array<int, 6> by_size{};
  for (int i = 0; i < test::rounds(400, 20'000); ++i) {
    Told t;
    if (!t.make(make, true)) continue;
    std::vector<Changeable> facts;
    std::vector<std::size_t> places;
    for (const std::size_t p : {0, 1, 2, choice, second_choice}) {
      const VarId v = t.asked->var[p];
      if (!v.valid() || std::popcount(t.known[p]) != 1) continue;
      Changeable c{v, {}};
      for (std::size_t k = 0; k < (*t.asked->space)[v].domain.size(); ++k)
        if (!t.asked->state.possible[v.index].test(k)) c.values.push_back(k);
      if (c.values.empty()) continue;
      facts.push_back(c);
      places.push_back(p);
    }
    Effort effort;
    effort.most = 100'000;
    const SmallestChange found = smallest_change(
        *t.engine, t.asked->all(), t.asked->state, facts,
        [&](const FindingSet& f) { return f.worst() < t.finding; },
        [&](const FindingSet& f) { return !f.empty() && f.best() < t.finding; }, effort);
    std::size_t fewest = 0;
    const auto change = [&](auto&& self, std::size_t k, const Known& known, std::size_t changed) -> void {
      if (k == places.size()) {
        const auto all = judge_all(t.book, known);
        if (!all.empty() && *all.rbegin() < t.finding && (fewest == 0 || changed < fewest)) fewest = changed;
        return;
      }
      self(self, k + 1, known, changed);
      for (int v = 0; v < sizes[places[k]]; ++v) {
        Known other = known;
        other[places[k]] = 1u << v;
        if (other[places[k]] != known[places[k]]) self(self, k + 1, other, changed + 1);
      }
    };
    change(change, 0, t.known, 0);
    INFO(text_of(t.book));
    REQUIRE(found.proved);
    REQUIRE(found.change.size() == fewest);
    ++by_size[fewest];
  }
  CHECK(by_size[0] > 20);
  CHECK(by_size[1] > 20);
  CHECK(by_size[2] > 3);
}
