// The engine, the slow search and the judge, held against each other on random rulebooks and states of
// knowledge.

#include <doctest/doctest.h>

#include <optional>

#include "audit/audit.h"
#include "engine/completions.h"
#include "impact/impact.h"
#include "oracle/asked.h"
#include "oracle/judge.h"
#include "oracle/loaded.h"
#include "oracle/search.h"
#include "support.h"

using namespace sekisho;
using namespace sekisho::judge;

namespace {

std::set<Finding> judge_all(const Book& book, const Known& known) {
  std::set<Finding> out;
  each(book, known, [&](const Assignment& a) { out.insert(judge::judge(book, a)); });
  return out;
}
std::set<Finding> judge_all(const Book& book, std::size_t regime, const Known& known) {
  std::set<Finding> out;
  each(book, known, [&](const Assignment& a) { out.insert(judge::judge(book.regimes[regime], a).finding); });
  return out;
}
/// On the diagrams.
std::set<Finding> engine_all(const Law& law, const Known& known) {
  Asked a(law, known);
  Completions engine(*a.space, a.diags);
  REQUIRE(engine.ok());
  return as_set(engine.findings(a.all(), a.state));
}

/// Two assignments that differ in one place alone and have different answers.
std::array<bool, place_count> judge_matters(const Book& book, std::size_t regime, const Known& known) {
  std::map<Assignment, Answer> answers;
  each(book, known, [&](const Assignment& a) { answers.emplace(a, judge::judge(book.regimes[regime], a)); });
  std::array<bool, place_count> out{};
  for (const auto& [a, answer] : answers)
    for (std::size_t p = 0; p < place_count; ++p) {
      Assignment b = a;
      for (b[p] = 0; b[p] < a[p] && !out[p]; ++b[p])
        if (const auto it = answers.find(b); it != answers.end()) out[p] = !(it->second == answer);
    }
  return out;
}

}  // namespace

TEST_CASE("engine, search and judge agree on random rulebooks, knowledge and every regime") {
  Maker make(20231222);
  int compared = 0, contradictory = 0, wide = 0;
  const int books = test::rounds(2500, 250'000);
  for (int i = 0; i < books; ++i) {
    const Book book = make.book();
    const Loaded loaded(text_of(book));
    REQUIRE_FALSE(loaded.diags.has_errors());
    for (int k = 0; k < 4; ++k) {
      const Known known = make.knowledge();
      Asked a(loaded.law, known);
      Completions engine(*a.space, a.diags);
      Search search(*a.space);
      const auto expected = judge_all(book, known);
      const auto fast = as_set(engine.findings(a.all(), a.state));
      if (expected.empty()) {
        CHECK_FALSE(engine.consistent(a.state));
        ++contradictory;
      } else if (expected != fast || expected != as_set(search.findings(a.all(), a.state))) {
        INFO(text_of(book));
        CHECK(expected == fast);
        REQUIRE(expected == as_set(search.findings(a.all(), a.state)));
      }
      for (std::size_t g = 0; g < book.regimes.size() && !expected.empty(); ++g)
        REQUIRE(judge_all(book, g, known) == as_set(engine.findings({g}, a.state)));
      wide += expected.size() > 1;
      ++compared;
    }
  }
  CHECK(compared == books * 4);
  CHECK(wide > compared / 4);
  CHECK(contradictory < compared / 10);
}

TEST_CASE("what matters is what the judge sees matter") {
  Maker make(8);
  int yes = 0, no = 0;
  for (int i = 0; i < test::rounds(250, 20'000); ++i) {
    const Book book = make.book(3);
    const Loaded loaded(text_of(book));
    const Known known = make.knowledge();
    Asked a(loaded.law, known);
    Completions engine(*a.space, a.diags);
    for (std::size_t g = 0; g < book.regimes.size(); ++g) {
      const auto expected = judge_matters(book, g, known);
      const std::vector<bool> found = engine.matters(g, a.state);
      for (std::size_t p = 0; p < place_count; ++p) {
        const bool here = a.var[p].valid() && found[a.var[p].index];
        INFO(text_of(book));
        INFO("place ", p, " regime ", g);
        REQUIRE(expected[p] == here);
        (here ? yes : no) += 1;
      }
    }
  }
  CHECK(yes > 200);
  CHECK(no > 200);
}

TEST_CASE("impact is exactly where the judge finds otherwise on the second day") {
  Maker make(4711);
  int changes = 0, none = 0, bounds = 0;
  Known everything{};
  for (std::size_t p = 0; p < place_count; ++p) everything[p] = (1u << sizes[p]) - 1;
  for (int i = 0; i < test::rounds(120, 4000); ++i) {
    const Book book = make.book();
    const Loaded loaded(text_of(book));
    Asked asked(loaded.law, everything, {{*parse_date("2019-06-01"), {}}, {*parse_date("2020-06-01"), {}}});
    Compiled compiled(*asked.space, Relations::own_variables, {}, asked.diags);
    std::vector<Values> possible;
    for (const Variable& v : asked.space->variables())
      possible.push_back(v.kind == VarKind::need ? Values(1) : v.known);
    const std::vector<Values> box = compiled.box(possible);
    const Impact impact = impact_between(compiled, {0, {}}, {1, {}}, box);
    const auto holds_in = [&](const Cube& cube, const Assignment& a) {
      for (int p = 0; p < place_count; ++p) {
        const VarId v = asked.var[static_cast<std::size_t>(p)];
        if (v.valid() && !cube[compiled.level(v)].test(asked.value_of(p, a))) return false;
      }
      for (std::size_t r = 0; r < compiled.relations().size(); ++r) {  // f3 is f5; f3 is in s
        const VarId v{static_cast<std::uint32_t>(asked.space->variables().size() + r)};
        const bool same = compiled.relations()[r].b.valid();
        const bool holds =
            same ? a[choice] == a[second_choice] : a[static_cast<std::size_t>(member + a[choice])] == 1;
        if (!cube[compiled.level(v)].test(holds ? 1 : 0)) return false;
      }
      return true;
    };
    std::vector<bool> needed(impact.statements.size(), false);
    struct Seen {
      Assignment assignment;
      Finding before, after;
    };
    std::vector<Seen> seen;
    each(book, everything, [&](const Assignment& a) {
      const Finding before = judge::judge(book, a, 1), after = judge::judge(book, a, 2);
      seen.push_back({a, before, after});
      bool told = false;
      std::vector<std::size_t> by;
      for (std::size_t k = 0; k < impact.statements.size(); ++k) {
        const Statement& s = impact.statements[k];
        if (!holds_in(s.when, a)) continue;
        REQUIRE(s.before == before);
        REQUIRE(s.after == after);
        told = true;
        by.push_back(k);
      }
      if (by.size() == 1) needed[by.front()] = true;
      if (told != (before != after)) {
        INFO(text_of(book));
        REQUIRE(told == (before != after));
      }
      (told ? changes : none) += 1;
    });
    // None can be left out, and no value added.
    CHECK(std::all_of(needed.begin(), needed.end(), [](bool n) { return n; }));
    for (const Statement& s : impact.statements)
      for (Level l = 0; l < box.size(); ++l)
        for (std::size_t v = 0; v < compiled.store().size(l); ++v) {
          if (s.when[l].test(v) || !box[l].test(v)) continue;
          Cube wider = s.when;
          wider[l] = Values();
          wider[l].set(v);
          REQUIRE(std::any_of(seen.begin(), seen.end(), [&](const Seen& x) {
            return holds_in(wider, x.assignment) && (x.before != s.before || x.after != s.after);
          }));
          ++bounds;
        }
  }
  CHECK(changes > 1000);
  CHECK(none > 1000);
  CHECK(bounds > 300);
}

namespace {

/// What the judge sees of a regime on every day and in every assignment: what `sekisho check` has to prove.
std::set<std::string> judge_audit(const Book& book) {
  std::set<std::string> out;
  Known everything{};
  for (std::size_t p = 0; p < place_count; ++p) everything[p] = (1u << sizes[p]) - 1;
  everything[judged] = 3;  // found or not; without a finding it is read as either
  for (std::size_t g = 0; g < book.regimes.size(); ++g) {
    const RegimeData& regime = book.regimes[g];
    const std::size_t n = regime.rules.size();
    const auto name = [&](std::size_t i) { return fmt::format("x.r{}.r{}", g, i); };
    std::vector<bool> applies(n, false), always(n, true);
    std::vector<std::vector<bool>> matters(n), clash(n, std::vector<bool>(n, false));
    for (std::size_t i = 0; i < n; ++i) matters[i].assign(regime.rules[i].links.size(), false);
    for (const int day : {1, 2})
      each(book, everything, [&](const Assignment& a) {
        const Activity now = activity(regime, a, day);
        for (std::size_t i = 0; i < n; ++i) {
          const int in_force = regime.rules[i].in_force;
          if (now.active[i]) applies[i] = true;
          if (!now.met[i] && (in_force == 0 || in_force == day)) always[i] = false;
          for (std::size_t k = 0; k < matters[i].size(); ++k) {
            if (matters[i][k]) continue;
            RegimeData without = regime;
            without.rules[i].links.erase(without.rules[i].links.begin() + static_cast<std::ptrdiff_t>(k));
            const Activity then = activity(without, a, day);
            const auto over = static_cast<std::size_t>(regime.rules[i].links[k].over);
            const bool need = regime.rules[i].links[k].effect;
            matters[i][k] = need ? now.active[over] && now.need_gone[over] != then.need_gone[over]
                                 : now.active[over] != then.active[over];
          }
        }
      });
    for (std::size_t i = 0; i < n; ++i) {
      if (!applies[i]) out.insert(fmt::format("SK2303 {}", name(i)));
      if (applies[i] && always[i]) out.insert(fmt::format("SK2307 {}", name(i)));
      for (std::size_t k = 0; k < matters[i].size(); ++k)
        if (!matters[i][k])
          out.insert(fmt::format("SK2304 {} {}", name(i),
                                 name(static_cast<std::size_t>(regime.rules[i].links[k].over))));
    }
  }
  return out;
}

/// The same of the program's own words.
std::set<std::string> told(const Law& law, const std::set<std::string>& codes) {
  Diagnostics diags;
  audit(law, diags);
  std::set<std::string> out;
  for (const Diagnostic& d : diags.all()) {
    std::string s(d.code->code);
    if (!codes.contains(s)) continue;
    for (std::size_t at = d.message.find('`'); at != std::string::npos; at = d.message.find('`', at)) {
      const std::size_t end = d.message.find('`', at + 1);
      s += fmt::format(" {}", std::string_view(d.message).substr(at + 1, end - at - 1));
      at = end + 1;
    }
    out.insert(s);
  }
  return out;
}

}  // namespace

TEST_CASE("what check says of rules and links is what the judge sees in every assignment") {
  Maker make(1967);
  std::map<std::string, int> met;
  for (int i = 0; i < test::rounds(250, 5000); ++i) {
    const Book book = make.book();
    const Loaded loaded(text_of(book));
    const auto expected = judge_audit(book);
    INFO(text_of(book));
    REQUIRE(expected == told(loaded.law, {"SK2303", "SK2304", "SK2307"}));
    for (const std::string& s : expected) ++met[s.substr(0, 6)];
  }
  CHECK(met["SK2303"] > 10);
  CHECK(met["SK2304"] > 10);
  CHECK(met["SK2307"] > 10);
}

TEST_CASE("without a rule that is wholly shadowed every finding stays") {
  Maker make(1976);
  int shadowed = 0;
  Known everything{};
  for (std::size_t p = 0; p < place_count; ++p) everything[p] = (1u << sizes[p]) - 1;
  for (int i = 0; i < test::rounds(1000, 5000); ++i) {
    const Book book = make.book();
    const Loaded loaded(text_of(book));
    for (const std::string& s : told(loaded.law, {"SK2305"})) {  // SK2305 x.r0.r1 x.r0.r2
      const auto g = static_cast<std::size_t>(s[10] - '0'), r = static_cast<std::size_t>(s[13] - '0');
      Book without = book;
      RegimeData& regime = without.regimes[g];
      regime.rules[r].literals = {{Form::is, 0, 1, false}, {Form::is, 0, 1, true}};
      regime.rules[r].any = false;  // never met
      INFO(text_of(book));
      INFO(s);
      for (const int day : {1, 2})
        REQUIRE([&] {
          bool same = true;
          each(book, everything, [&](const Assignment& a) {
            same = same && judge::judge(book, a, day) == judge::judge(without, a, day);
          });
          return same;
        }());
      ++shadowed;
    }
  }
  CHECK(shadowed > 5);
}

TEST_CASE("on every small rulebook engine and judge agree") {
  // One literal a rule, over two facts; every effect, every link, both defaults.
  const std::array<Effect, 5> effects{Effect::prohibits, Effect::permits, Effect::needs,
                                      Effect::permits_with_need, Effect::binds};
  const int most_rules = test::rounds(2, 4);
  Known known{};
  for (std::size_t p = 0; p < place_count; ++p) known[p] = 1;
  known[0] = known[1] = 3;
  int books = 0;
  for (int n = 1; n <= most_rules; ++n) {
    const int pairs = n * (n - 1) / 2, facts = n == 4 ? 1 : 2;
    const int choices = 2 * facts * static_cast<int>(effects.size());
    int rules = 1;
    for (int i = 0; i < n; ++i) rules *= choices;
    for (int chosen = 0; chosen < rules; ++chosen)
      for (int links = 0; links < 1 << pairs; ++links) {
        RegimeData regime;
        regime.otherwise_prohibited = (chosen + links) % 2 == 0;
        int rest = chosen;
        for (int i = 0; i < n; ++i) {
          RuleData r;
          r.literals = {{Form::is, rest / 2 % facts, 1, rest % 2 == 1}};
          r.effect = effects[static_cast<std::size_t>(rest / (2 * facts)) % effects.size()];
          rest /= choices;
          regime.rules.push_back(r);
        }
        int pair = 0;
        for (int i = 0; i < n; ++i)
          for (int k = i + 1; k < n; ++k, ++pair)
            if (links >> pair & 1) regime.rules[static_cast<std::size_t>(i)].links.push_back({k, false});
        const Book book{{regime}, false};
        const Loaded loaded(text_of(book));
        REQUIRE_FALSE(loaded.diags.has_errors());
        Asked a(loaded.law, known);
        Completions engine(*a.space, a.diags);
        for (std::uint32_t f0 = 1; f0 <= 3; ++f0)
          for (std::uint32_t f1 = 1; f1 <= 3; ++f1) {
            Known some = known;
            some[0] = f0;
            some[1] = f1;
            State state = a.state;
            for (const std::size_t p : {0, 1})
              if (a.var[p].valid())
                for (std::size_t v = 0; v < (*a.space)[a.var[p]].domain.size(); ++v)
                  if ((some[p] >> (*a.space)[a.var[p]].domain[v].number & 1) == 0)
                    state.possible[a.var[p].index].reset(v);
            if (judge_all(book, some) != as_set(engine.findings(a.all(), state))) {
              INFO(text_of(book));
              REQUIRE(judge_all(book, some) == as_set(engine.findings(a.all(), state)));
            }
          }
        ++books;
      }
  }
  CHECK(books == (most_rules == 2 ? 20 + 400 * 2 : 20 + 400 * 2 + 8000 * 8 + 10000 * 64));
}

TEST_CASE("narrowing the knowledge of a fact never adds a possible finding") {
  Maker make(7);
  int narrowed = 0;
  for (int i = 0; i < 300; ++i) {
    const Book book = make.book();
    const Loaded loaded(text_of(book));
    const Known known = make.knowledge();
    const auto wide = engine_all(loaded.law, known);
    for (const std::size_t p : {0, 1, 2, choice, judged, second_choice})
      for (int v = 0; v < sizes[p]; ++v) {
        if ((known[p] >> v & 1) == 0) continue;
        Known narrow = known;
        narrow[p] = 1u << v;
        const auto found = engine_all(loaded.law, narrow);
        ++narrowed;
        CHECK(std::includes(wide.begin(), wide.end(), found.begin(), found.end()));
      }
  }
  CHECK(narrowed > 1000);
}

TEST_CASE("a planted fault is caught") {
  const auto caught = [](auto plant) {
    Maker make(99);
    for (int i = 0; i < 400; ++i) {
      const Book book = make.book();
      Book wrong = book;
      if (!plant(wrong)) continue;
      const Loaded loaded(text_of(wrong));
      for (int k = 0; k < 4; ++k) {
        const Known known = make.knowledge();
        if (judge_all(book, known) != engine_all(loaded.law, known)) return true;
      }
    }
    return false;
  };
  const auto first = [](Book& b) -> RuleData& { return b.regimes[0].rules[0]; };
  SUBCASE("a flipped literal") {
    CHECK(
        caught([&](Book& b) { return first(b).literals[0].negated = !first(b).literals[0].negated, true; }));
  }
  SUBCASE("a dropped link") {
    CHECK(
        caught([&](Book& b) { return first(b).links.empty() ? false : (first(b).links.pop_back(), true); }));
  }
  SUBCASE("a shifted date") {
    CHECK(caught([&](Book& b) { return first(b).in_force == 1 ? (first(b).in_force = 2, true) : false; }));
  }
  SUBCASE("two swapped leaves") {
    CHECK(caught([&](Book& b) {
      return first(b).effect == Effect::needs ? (first(b).effect = Effect::prohibits, true) : false;
    }));
  }
  SUBCASE("a forgotten constraint") {
    CHECK(caught([](Book& b) { return b.constrained ? (b.constrained = false, true) : false; }));
  }
  SUBCASE("a default turned round") {
    CHECK(caught([](Book& b) {
      return b.regimes[0].otherwise_prohibited = !b.regimes[0].otherwise_prohibited, true;
    }));
  }
  SUBCASE("unsettled law taken for settled") {
    CHECK(caught([&](Book& b) { return first(b).unsettled >= 0 ? (first(b).unsettled = -1, true) : false; }));
  }
}
