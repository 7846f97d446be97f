// The engine, the slow search and the judge, held against each other on random rulebooks and states of
// knowledge.

#include <doctest/doctest.h>

#include <optional>
#include <utility>

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

/// All that is said of one state of knowledge: the findings, jointly and of each regime; whether each rule
/// can apply and can fail to; whether, with each finding, each thing that a rule brings can stand and can
/// fail to. What never is so is left out.
struct Stands {
  bool can = false, can_fail = false;
  friend bool operator==(const Stands&, const Stands&) = default;
};
struct RegimeSaid {
  std::set<Finding> findings;
  std::map<std::size_t, Stands> rules;
  std::map<std::tuple<Finding, std::size_t, int>, Stands> parts;  // as in judge::Answer
  friend bool operator==(const RegimeSaid&, const RegimeSaid&) = default;
};
struct AllSaid {
  std::set<Finding> joint;
  std::vector<RegimeSaid> regimes;
  friend bool operator==(const AllSaid&, const AllSaid&) = default;
};
void leave_out(AllSaid& said) {
  for (RegimeSaid& r : said.regimes) {
    std::erase_if(r.rules, [](const auto& rule) { return !rule.second.can; });
    std::erase_if(r.parts, [](const auto& part) { return !part.second.can; });
  }
}

AllSaid judge_says(const Book& book, const Known& known) {
  AllSaid out;
  out.joint = judge_all(book, known);
  for (std::size_t g = 0; g < book.regimes.size() && !out.joint.empty(); ++g) {
    const RegimeData& regime = book.regimes[g];
    RegimeSaid r;
    const std::vector<SeenRule> seen = judge_rules(book, g, known);
    for (std::size_t i = 0; i < seen.size(); ++i) r.rules[i] = {seen[i].ever, !seen[i].always};
    each(book, known, [&](const Assignment& a) {
      const Answer answer = judge::judge(regime, a);
      r.findings.insert(answer.finding);
      if (answer.finding == Finding::prohibited) return;
      for (std::size_t i = 0; i < seen.size(); ++i)
        for (const int kind : {0, 1, 2}) {
          Stands& s = r.parts[{answer.finding, i, kind}];
          (answer.parts.contains({static_cast<int>(i), kind}) ? s.can : s.can_fail) = true;
        }
    });
    out.regimes.push_back(std::move(r));
  }
  leave_out(out);
  return out;
}

/// On the diagrams.
AllSaid engine_says(Completions& engine, const State& state) {
  REQUIRE(engine.ok());
  const Law& law = engine.space().law();
  std::vector<std::size_t> all(engine.space().regimes().size());
  for (std::size_t g = 0; g < all.size(); ++g) all[g] = g;
  AllSaid out;
  out.joint = as_set(engine.findings(all, state));
  for (std::size_t g = 0; g < all.size() && !out.joint.empty(); ++g) {
    const std::vector<RuleUse>& rules = engine.space().regimes()[g].rules;
    RegimeSaid r;
    r.findings = as_set(engine.findings({g}, state));
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const auto [can, can_fail] = engine.activity(g, i, state);
      r.rules[place_of(law, rules[i].rule)] = {can, can_fail};
    }
    for (const Finding f : r.findings) {
      if (f == Finding::prohibited) continue;
      for (const auto& [i, part, can, can_fail] :
           engine.standing(g, std::vector<bool>(rules.size(), true), state, f)) {
        const int kind = part.part == tree::Part::need ? 0 : part.part == tree::Part::proviso ? 1 : 2;
        r.parts[{f, place_of(law, rules[i].rule), kind}] = {can, can_fail};
      }
    }
    out.regimes.push_back(std::move(r));
  }
  leave_out(out);
  return out;
}
/// @param book  as for Asked
AllSaid engine_says(const Law& law, const Known& known, const Book& book = {}) {
  Asked a(law, known, {}, book);
  Completions engine(*a.space, a.diags);
  return engine_says(engine, a.state);
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
  int compared = 0, contradictory = 0, wide = 0, many = 0, found = 0;
  std::array<int, 3> parts{};
  const int books = test::rounds(2500, 250'000);
  for (int i = 0; i < books; ++i) {
    Book book = make.book();
    const Loaded loaded(text_of(book));
    REQUIRE_FALSE(loaded.diags.has_errors());
    for (int k = 0; k < 4; ++k) {
      Known known = make.knowledge();
      book.found_for.reset();
      if (k == 3) make.find_for_choice(book, known);
      Asked a(loaded.law, known, {}, book);
      Completions engine(*a.space, a.diags);
      Search search(*a.space);
      const AllSaid expected = judge_says(book, known), said = engine_says(engine, a.state);
      INFO(text_of(book));
      REQUIRE(expected.joint == said.joint);
      REQUIRE((expected == said));
      if (expected.joint.empty())
        CHECK_FALSE(engine.consistent(a.state));
      else
        REQUIRE(expected.joint == as_set(search.findings(a.all(), a.state)));
      contradictory += expected.joint.empty();
      wide += expected.joint.size() > 1;
      many += book.regimes.size() > 2;
      found += book.found_for && a.var[judged].valid();
      for (const RegimeSaid& r : expected.regimes)
        for (const auto& [part, stands] : r.parts) ++parts[static_cast<std::size_t>(std::get<int>(part))];
      ++compared;
    }
  }
  CHECK(compared == books * 4);
  CHECK(wide > compared / 4);
  CHECK(contradictory < compared / 10);
  CHECK(many > compared / 5);
  CHECK(found > compared / 20);
  for (const int p : parts) CHECK(p > compared / 10);
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
  audit(law, default_node_limit, diags);
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

namespace {

/// Every condition over f0 and f1, or over f0 alone: one literal, and two that are joined.
std::vector<RuleData> small_conditions(int facts) {
  std::vector<RuleData> out;
  const auto literal = [](int fact, int negated) { return Literal{Form::is, fact, 1, negated == 1}; };
  const auto add = [&](std::vector<Literal> literals, bool any) {
    RuleData r;
    r.literals = std::move(literals);
    r.any = any;
    out.push_back(std::move(r));
  };
  for (int f = 0; f < facts; ++f)
    for (const int n : {0, 1}) add({literal(f, n)}, false);
  if (facts == 2)
    for (const int both : {0, 1, 2, 3})
      for (const bool any : {false, true}) add({literal(0, both & 1), literal(1, both >> 1)}, any);
  return out;
}

/// Every regime of so many rules: every effect with every condition, every set of links from earlier rules to
/// later ones, both defaults. @returns how many there are
template <class Visit>
int each_regime(int rules, const std::vector<RuleData>& conditions, const Visit& visit) {
  static constexpr std::array<Effect, 5> effects{Effect::prohibits, Effect::permits, Effect::needs,
                                                 Effect::permits_with_need, Effect::binds};
  const int pairs = rules * (rules - 1) / 2, choices = static_cast<int>(conditions.size() * effects.size());
  int all = 1, regimes = 0;
  for (int i = 0; i < rules; ++i) all *= choices;
  for (int chosen = 0; chosen < all; ++chosen)
    for (int links = 0; links < 1 << pairs; ++links)
      for (const bool prohibited : {false, true}) {
        RegimeData regime;
        regime.otherwise_prohibited = prohibited;
        for (int i = 0, rest = chosen; i < rules; ++i, rest /= choices) {
          const auto choice = static_cast<std::size_t>(rest % choices);
          regime.rules.push_back(conditions[choice / effects.size()]);
          regime.rules.back().effect = effects[choice % effects.size()];
        }
        for (int i = 0, pair = 0; i < rules; ++i)
          for (int k = i + 1; k < rules; ++k, ++pair)
            if (links >> pair & 1) regime.rules[static_cast<std::size_t>(i)].links.push_back({k, false});
        visit(regime);
        ++regimes;
      }
  return regimes;
}

/// In every state of knowledge of f0 and f1.
void agree_on(const RegimeData& regime) {
  const Book book{{regime}, false, {}};
  const Loaded loaded(text_of(book));
  REQUIRE_FALSE(loaded.diags.has_errors());
  Known known{};
  for (std::size_t p = 0; p < place_count; ++p) known[p] = 1;
  known[0] = known[1] = 3;
  Asked a(loaded.law, known);
  Completions engine(*a.space, a.diags);
  for (known[0] = 1; known[0] <= 3; ++known[0])
    for (known[1] = 1; known[1] <= 3; ++known[1]) {
      State state = a.state;
      for (const std::size_t p : {0, 1})
        if (a.var[p].valid())
          for (std::size_t v = 0; v < (*a.space)[a.var[p]].domain.size(); ++v)
            if ((known[p] >> (*a.space)[a.var[p]].domain[v].number & 1) == 0)
              state.possible[a.var[p].index].reset(v);
      if (judge_says(book, known) == engine_says(engine, state)) continue;
      INFO(text_of(book));
      REQUIRE(known[0] + 4 * known[1] == 0);
    }
}

}  // namespace

TEST_CASE("on every small rulebook engine and judge agree") {
  const bool long_set = test::rounds(0, 1) == 1;
  const std::vector<RuleData> joined = small_conditions(2), one_fact = small_conditions(1),
                              single(joined.begin(), joined.begin() + 4);
  CHECK(each_regime(1, joined, agree_on) == 60 * 2);
  CHECK(each_regime(2, long_set ? joined : single, agree_on) == (long_set ? 60 * 60 : 20 * 20) * 2 * 2);
  CHECK(each_regime(3, long_set ? single : one_fact, agree_on) == (long_set ? 8000 : 1000) * 8 * 2);
  if (long_set) CHECK(each_regime(4, one_fact, agree_on) == 10'000 * 64 * 2);
}

TEST_CASE("narrowing the knowledge of a fact never adds a possible finding") {
  Maker make(7);
  int narrowed = 0;
  for (int i = 0; i < 300; ++i) {
    const Book book = make.book();
    const Loaded loaded(text_of(book));
    const Known known = make.knowledge();
    const auto wide = engine_says(loaded.law, known).joint;
    for (const std::size_t p : {0, 1, 2, choice, judged, second_choice})
      for (int v = 0; v < sizes[p]; ++v) {
        if ((known[p] >> v & 1) == 0) continue;
        Known narrow = known;
        narrow[p] = 1u << v;
        const auto found = engine_says(loaded.law, narrow).joint;
        ++narrowed;
        CHECK(std::includes(wide.begin(), wide.end(), found.begin(), found.end()));
      }
  }
  CHECK(narrowed > 1000);
}

// --- planted faults ---

namespace sekisho {

/// A friend of the compiled law, to put faults in.
struct FaultPlanter {
  static Ref& finding(Compiled& law, std::size_t g) { return law.regimes_.front()[g].finding; }
  static Ref& care(Compiled& law) { return law.care_; }
};

}  // namespace sekisho

namespace {

const int fault_books = test::rounds(400, 20'000);  // at the most, for each kind of fault
/// How often a fault changed what the judge says of a state of knowledge, and how often engine and judge then
/// differed.
struct Caught {
  int changes = 0, caught = 0;
  bool enough() const { return changes >= test::rounds(100, 5000); }
};

/// A fault planted in the book that the engine compiles, while the judge reads the true one: the same as an
/// engine that reads the true one wrongly.
template <class Plant>
Caught in_the_book(const Plant& plant) {
  Maker make(99);
  Caught out;
  for (int i = 0; i < fault_books && !out.enough(); ++i) {
    const Book book = make.book();
    Book wrong = book;
    RegimeData& regime =
        wrong.regimes[static_cast<std::size_t>(make.below(static_cast<int>(wrong.regimes.size())))];
    if (!plant(wrong, regime,
               regime.rules[static_cast<std::size_t>(make.below(static_cast<int>(regime.rules.size())))]))
      continue;
    const Loaded loaded(text_of(wrong));
    REQUIRE_FALSE(loaded.diags.has_errors());
    for (int k = 0; k < 4; ++k) {
      const Known known = make.knowledge();
      const AllSaid right = judge_says(book, known);
      if (right == judge_says(wrong, known)) continue;
      ++out.changes;
      out.caught += right != engine_says(loaded.law, known);
    }
  }
  return out;
}

/// The leaf of a diagram for one assignment, where authorities have done nothing.
Finding leaf_for(const Asked& asked, const Compiled& law, Ref r, const Assignment& a) {
  while (!r.is_leaf()) {
    const auto at =
        std::find(asked.var.begin(), asked.var.end(), law.variable(law.store().level(r))) - asked.var.begin();
    const bool need = at == place_count;
    r = law.store().child(r, need ? 0 : asked.value_of(static_cast<int>(at), a));
  }
  return static_cast<Finding>(r.value());
}

/// The diagram with the first children of its top node that differ swapped.
Ref children_swapped(Diagrams& store, Ref r) {
  if (r.is_leaf()) return r;
  std::vector<Ref> to(store.children(r).begin(), store.children(r).end());
  std::swap(to.front(), *std::find_if(to.begin(), to.end(), [&](Ref c) { return c != to.front(); }));
  return store.make(store.level(r), to);
}

}  // namespace

TEST_CASE("every planted fault that changes an answer is caught") {
  Caught found;
  SUBCASE("a flipped literal") {
    found = in_the_book([](Book&, RegimeData&, RuleData& r) {
      r.literals.front().negated ^= true;
      return true;
    });
  }
  SUBCASE("a dropped link") {
    found = in_the_book([](Book&, RegimeData&, RuleData& r) {
      if (r.links.empty()) return false;
      r.links.pop_back();
      return true;
    });
  }
  SUBCASE("a shifted date") {
    found = in_the_book([](Book&, RegimeData&, RuleData& r) {
      r.in_force = (r.in_force + 1) % 3;
      return true;
    });
  }
  SUBCASE("a need taken for a prohibition") {
    found = in_the_book([](Book&, RegimeData& g, RuleData& r) {
      if (r.effect != Effect::needs) return false;
      r.effect = Effect::prohibits;
      const auto cuts_its_need = [at = &r - g.rules.data()](const Link& l) {
        return l.effect && l.over == at;
      };
      return std::none_of(g.rules.begin(), g.rules.end(), [&](const RuleData& other) {
        return std::any_of(other.links.begin(), other.links.end(), cuts_its_need);
      });
    });
  }
  SUBCASE("an obligation left out") {
    found = in_the_book([](Book&, RegimeData&, RuleData& r) { return std::exchange(r.owes, false); });
  }
  SUBCASE("a default turned round") {
    found = in_the_book([](Book&, RegimeData& g, RuleData&) {
      g.otherwise_prohibited ^= true;
      return true;
    });
  }
  SUBCASE("unsettled law taken for settled") {
    found = in_the_book([](Book&, RegimeData&, RuleData& r) { return std::exchange(r.unsettled, -1) >= 0; });
  }
  SUBCASE("a link left out of the law that was checked") {
    Maker make(98);
    for (int i = 0; i < fault_books && !found.enough(); ++i) {
      const Book book = make.book();
      Loaded loaded(text_of(book));
      Law& law = loaded.law;
      const auto linked =
          std::find_if(law.rules.begin(), law.rules.end(), [](const Rule& r) { return !r.defeats.empty(); });
      if (linked == law.rules.end()) continue;
      const Defeat left_out = linked->defeats.back();
      linked->defeats.pop_back();
      const RuleId under{static_cast<std::uint32_t>(linked - law.rules.begin())};
      Book wrong = book;
      std::erase_if(wrong.regimes[linked->regime.index].rules[place_of(law, left_out.by)].links,
                    [&](const Link& l) { return l.over == static_cast<int>(place_of(law, under)); });
      for (int k = 0; k < 4; ++k) {
        const Known known = make.knowledge();
        const AllSaid right = judge_says(book, known);
        if (right == judge_says(wrong, known)) continue;
        ++found.changes;
        found.caught += right != engine_says(law, known);
      }
    }
  }
  SUBCASE("a constraint left out of the care set") {
    Maker make(97);
    for (int i = 0; i < fault_books && !found.enough(); ++i) {
      const Book book = make.book();
      if (!book.constrained) continue;
      Book wrong = book;
      wrong.constrained = false;
      const Loaded loaded(text_of(book));
      for (int k = 0; k < 4; ++k) {
        const Known known = make.knowledge();
        const AllSaid right = judge_says(book, known);
        if (right == judge_says(wrong, known)) continue;
        Asked asked(loaded.law, known);
        Completions engine(*asked.space, asked.diags);
        FaultPlanter::care(engine.compiled()) = yes_leaf;
        ++found.changes;
        found.caught += right != engine_says(engine, asked.state);
      }
    }
  }
  SUBCASE("two leaves of a diagram swapped") {
    // What the faulty diagram says is read from it for one assignment after the other.
    Maker make(96);
    for (int i = 0; i < fault_books && !found.enough(); ++i) {
      const Book book = make.book();
      const Loaded loaded(text_of(book));
      const Known known = make.knowledge();
      const AllSaid right = judge_says(book, known);
      Asked asked(loaded.law, known);
      Completions engine(*asked.space, asked.diags);
      Ref& finding = FaultPlanter::finding(engine.compiled(), 0);
      finding = children_swapped(engine.compiled().store(), finding);
      std::set<Finding> wrong;
      each(book, known,
           [&](const Assignment& a) { wrong.insert(leaf_for(asked, engine.compiled(), finding, a)); });
      if (right.joint.empty() || wrong == right.regimes.front().findings) continue;
      ++found.changes;
      found.caught += right != engine_says(engine, asked.state);
    }
  }
  CHECK(found.changes >= 20);
  CHECK(found.caught == found.changes);
}

TEST_CASE("of routes with twenty needs the one with the fewest open is used") {
  // One of 20 needs, one of 19, one of 20 again; the slow reading says which is used.
  const auto route = [](const char* name, int from, int to, const char* when) {
    std::string t = fmt::format("route {}\n  cite \"3\"\n  permits\n  when {}\n", name, when);
    for (int n = from; n < to; ++n) t += fmt::format("  needs permit n{} from x.gov\n", n);
    return t;
  };
  std::string text = text_of(Book{{RegimeData{}}, false, {}});
  text += route("r0", 0, 20, "not f1") + route("r1", 20, 39, "f0 or f1") + route("r2", 39, 59, "f0");
  const Loaded loaded(text);
  REQUIRE_FALSE(loaded.diags.has_errors());
  Known known{};
  for (std::size_t p = 0; p < place_count; ++p) known[p] = 1;
  for (known[0] = 1; known[0] <= 2; ++known[0])
    for (known[1] = 1; known[1] <= 2; ++known[1]) {
      Asked a(loaded.law, known);
      Completions engine(*a.space, a.diags);
      REQUIRE(engine.ok());
      const std::vector<RuleUse>& rules = a.space->regimes().front().rules;
      State completion = a.state;
      const RegimeOutcome expected = Reader(*a.space).outcome(a.space->regimes().front(), completion);
      std::set<VarId> standing;
      for (const auto& s : engine.standing(0, std::vector<bool>(rules.size(), true), a.state,
                                           Finding::authorisation_required))
        if (s.can_stand) standing.insert(rules[s.rule].needs[s.part.effect]);
      std::set<VarId> needs;
      for (const OpenNeed& n : expected.needs) needs.insert(n.need);
      CHECK(standing == needs);
      const bool f0 = known[0] == 2, f1 = known[1] == 2;
      CHECK(standing.size() == (f0 || f1 ? 19 : 20));
    }
}
