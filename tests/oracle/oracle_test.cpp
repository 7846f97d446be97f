// The engine against a judge that shares no code with it. Random small rulebooks are made as plain
// data; one text of them goes through lexer, parser, checker and engine, and the data itself is judged
// here, one complete assignment at a time, straight from docs/language.md, section 3. For every state
// of partial knowledge the findings over all completions must be the same.

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "engine/completions.h"
#include "impact/impact.h"
#include "law/checker.h"
#include "law/lexer.h"
#include "law/parser.h"
#include "oracle/search.h"

using namespace sekisho;

namespace {

// Facts 0 to 2 are yes/no, 3 is one of three, 4 is judged (0 no, 1 yes, 2 no finding).
constexpr int fact_count = 5;
constexpr int judged = 4;
constexpr int sizes[fact_count] = {2, 2, 2, 3, 3};
using Assignment = std::array<int, fact_count>;

struct Literal {
  int fact;
  int value;
  bool negated;
};
enum class Effect { prohibits, permits, permits_with_need, binds, needs };
struct Link {
  int over;     // the rule that is defeated
  bool effect;  // only its need, where it has one
};
struct RuleData {
  Effect effect;
  bool any;  // literals joined by `or`
  std::vector<Literal> literals;
  std::vector<Link> links;  // to later rules
  int in_force = 0;         // on both days; 1 only on the first, 2 only on the second
};
struct Book {
  std::vector<RuleData> rules;
  bool otherwise_prohibited;
  bool constrained;  // f0 implies not f1
};

// --- the judge ---

bool holds(const Literal& l, const Assignment& a) {
  return (a[l.fact] == l.value) != l.negated;
}
bool holds(const RuleData& r, const Assignment& a) {
  const auto one = [&](const Literal& l) { return holds(l, a); };
  return r.any ? std::any_of(r.literals.begin(), r.literals.end(), one)
               : std::all_of(r.literals.begin(), r.literals.end(), one);
}

/// The finding of one reading, in which the judged fact is yes or no.
Finding judge_reading(const Book& book, const Assignment& a, int day) {
  const std::size_t n = book.rules.size();
  std::vector<bool> active(n), defeated(n, false), need_gone(n, false);
  for (std::size_t i = 0; i < n; ++i) {
    const int only = book.rules[i].in_force;
    active[i] = (only == 0 || only == day) && holds(book.rules[i], a) && !defeated[i];
    if (!active[i]) continue;
    for (const Link& l : book.rules[i].links)
      (l.effect ? need_gone : defeated)[static_cast<std::size_t>(l.over)] = true;
  }
  Finding strictest = Finding::permitted;
  Finding base = book.otherwise_prohibited ? Finding::prohibited : Finding::permitted;
  bool route = false, provisos = false;
  for (std::size_t i = 0; i < n; ++i) {
    if (!active[i]) continue;
    const Finding own = need_gone[i] ? Finding::permitted : Finding::authorisation_required;
    switch (book.rules[i].effect) {
      case Effect::prohibits: strictest = Finding::prohibited; break;
      case Effect::needs: strictest = std::max(strictest, own); break;
      case Effect::binds: provisos = true; break;
      case Effect::permits:
      case Effect::permits_with_need: {
        const Finding f = book.rules[i].effect == Effect::permits ? Finding::permitted : own;
        base = route ? std::min(base, f) : f;
        route = true;
        break;
      }
    }
  }
  const Finding f = std::max(strictest, base);
  return provisos ? std::max(f, Finding::permitted_with_provisos) : f;
}

Finding judge(const Book& book, Assignment a, int day = 1) {
  if (a[judged] != 2) return judge_reading(book, a, day);
  a[judged] = 0;
  const Finding no = judge_reading(book, a, day);
  a[judged] = 1;
  const Finding yes = judge_reading(book, a, day);
  return no == yes ? no : std::max(std::min(no, yes), Finding::authorisation_required);
}

std::set<Finding> judge_all(const Book& book, const std::array<int, fact_count>& known) {
  std::set<Finding> found;
  Assignment a;
  const auto fill = [&](auto&& self, int f) -> void {
    if (f == fact_count) {
      if (!(book.constrained && a[0] == 1 && a[1] == 1)) found.insert(judge(book, a));
      return;
    }
    for (int v = 0; v < sizes[f]; ++v)
      if (known[f] < 0 || known[f] == v) {
        a[f] = v;
        self(self, f + 1);
      }
  };
  fill(fill, 0);
  return found;
}

// --- the same as text, through the engine ---

std::string text_of(const Book& book) {
  std::string t =
      "authority x.gov of XK \"Government\"\n"
      "fact f0 is yes or no\n  asks \"0\"\nfact f1 is yes or no\n  asks \"1\"\nfact f2 is yes or no\n  asks "
      "\"2\"\n"
      "fact f3 is one of v0, v1, v2\n  asks \"3\"\nfact f4 is yes or no\n  asks \"4\"\n  judged by x.gov\n"
      "regime x.r \"R\"\n  authority x.gov\n  force statute\n  cite \"1\"\n  unlinked opposites strictest "
      "prevails\n";
  t += book.otherwise_prohibited ? "  otherwise prohibited\n" : "  otherwise permitted\n";
  if (book.constrained) t += "constraint c \"c\" always f0 implies not f1\n";
  t += "proviso p(holder)\n  cite \"2\"\n  needs consent later from x.gov\n  lapses never\n";
  for (std::size_t i = 0; i < book.rules.size(); ++i) {
    const RuleData& r = book.rules[i];
    const bool route = r.effect == Effect::permits || r.effect == Effect::permits_with_need;
    t += fmt::format("{} r{}\n  cite \"3\"\n", route ? "route" : "rule", i);
    std::string when;
    for (const Literal& l : r.literals) {
      if (!when.empty()) when += r.any ? " or " : " and ";
      if (l.fact == 3)
        when += fmt::format("f3 is {}v{}", l.negated ? "not " : "", l.value);
      else
        when += fmt::format("{}f{}", (l.value == 1) != l.negated ? "" : "not ", l.fact);
    }
    if (r.in_force != 0) t += r.in_force == 1 ? "  in force 2000-01-01 to 2019-12-31\n" : "  in force 2020-01-01 on\n";
    if (route) t += "  permits\n";
    if (r.effect == Effect::prohibits) t += "  prohibits\n";
    t += "  when " + when + "\n";
    if (r.effect == Effect::needs || r.effect == Effect::permits_with_need)
      t += fmt::format("  needs permit n{} from x.gov\n", i);
    if (r.effect == Effect::binds) t += "  binds p(holder: \"someone\")\n";
    for (const Link& l : r.links)
      t += l.effect ? fmt::format("  notwithstanding need n{} of r{}\n", l.over, l.over)
                    : fmt::format("  notwithstanding r{}\n", l.over);
  }
  return t;
}

struct Loaded {
  Sources sources;
  Diagnostics diags;
  Law law;
  explicit Loaded(const std::string& text) {
    const SourceId id = sources.add("book.law", text);
    const std::vector<Token> tokens = lex(sources, id, diags);
    const tree::File file = parse(sources, tokens, diags);
    law = check(sources, std::span(&file, 1), diags);
  }
};

/// A rulebook with what is known, ready for either engine.
struct Asked {
  World nothing;
  Question q;
  Diagnostics diags;
  std::optional<Space> space;
  State state;

  Asked(const Law& law, const std::array<int, fact_count>& known) {
    q.law = &law;
    q.world = &nothing;
    q.clean_for = {"XK"};
    q.law_day = q.transfer_day = *parse_date("2019-06-01");
    for (int f = 0; f < fact_count; ++f)
      if (f != judged && known[f] >= 0)
        q.facts.push_back(
            {law.find_fact(fmt::format("f{}", f)), Knowledge::Form::alternatives, {{known[f], {}}}, true});
    q.silence_is_none = true;
    space.emplace(q, diags);
    state = Reader(*space).start();
    const VarId j = space->fact_var(law.find_fact("f4"));
    if (!j.valid()) return;
    state.free[j.index] = true;
    if (known[judged] < 0) return;
    state.possible[j.index].reset();
    state.possible[j.index].set(static_cast<std::size_t>(known[judged]));
  }
};

std::set<Finding> as_set(const FindingSet& found) {
  std::set<Finding> out;
  for (int f = 0; f < static_cast<int>(finding_count); ++f)
    if (found[static_cast<Finding>(f)]) out.insert(static_cast<Finding>(f));
  return out;
}
/// By splitting, straight from the meaning.
std::set<Finding> search_all(const Law& law, const std::array<int, fact_count>& known) {
  Asked a(law, known);
  return as_set(Search(*a.space).findings({0}, a.state));
}
/// On the diagrams.
std::set<Finding> engine_all(const Law& law, const std::array<int, fact_count>& known) {
  Asked a(law, known);
  Completions engine(*a.space, a.diags);
  REQUIRE(engine.ok());
  return as_set(engine.findings({0}, a.state));
}

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  Book book() {
    Book b;
    b.otherwise_prohibited = below(2) == 0;
    b.constrained = below(3) == 0;
    const int n = 1 + below(4);
    for (int i = 0; i < n; ++i) {
      RuleData r;
      r.effect = static_cast<Effect>(below(5));
      r.any = below(3) == 0;
      r.in_force = below(4) == 0 ? 1 + below(2) : 0;
      const int literals = 1 + below(3);
      for (int k = 0; k < literals; ++k) {
        const int f = below(fact_count);
        r.literals.push_back({f, f == judged ? 1 : f == 3 ? below(3) : 1, below(3) == 0});
      }
      b.rules.push_back(std::move(r));
    }
    for (int i = 0; i < n; ++i)
      for (int k = i + 1; k < n; ++k) {
        const Effect e = b.rules[static_cast<std::size_t>(k)].effect;
        const bool has_need = e == Effect::needs || e == Effect::permits_with_need;
        if (below(2) == 0)
          b.rules[static_cast<std::size_t>(i)].links.push_back({k, has_need && below(3) == 0});
      }
    return b;
  }
  std::array<int, fact_count> knowledge() {
    std::array<int, fact_count> known{};
    for (int f = 0; f < fact_count; ++f) known[f] = below(2) == 0 ? -1 : below(sizes[f]);
    return known;
  }

 private:
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("the engine agrees with the judge on random rulebooks and partial knowledge") {
  Maker make(20231222);
  int compared = 0, contradictory = 0;
  for (int i = 0; i < 2500; ++i) {
    const Book book = make.book();
    const Loaded compiled(text_of(book));
    REQUIRE_FALSE(compiled.diags.has_errors());
    for (int k = 0; k < 4; ++k) {
      const auto known = make.knowledge();
      const auto expected = judge_all(book, known), found = engine_all(compiled.law, known);
      if (const auto slow = search_all(compiled.law, known); slow != expected) {
        INFO(text_of(book));
        INFO("known ", known[0], known[1], known[2], known[3], known[4]);
        for (const Finding f : expected) MESSAGE("judge ", to_string(f));
        for (const Finding f : slow) MESSAGE("search ", to_string(f));
        CHECK(expected == slow);
      }
      contradictory += expected.empty();
      ++compared;
      if (expected != found) {
        INFO(text_of(book));
        INFO(known[0], known[1], known[2], known[3], known[4]);
        REQUIRE(expected == found);
      }
    }
  }
  CHECK(compared == 10000);
  CHECK(contradictory < compared / 10);
}

TEST_CASE("impact is exactly where the judge finds otherwise on the second day") {
  Maker make(4711);
  int changes = 0, none = 0;
  for (int i = 0; i < 400; ++i) {
    const Book book = make.book();
    const Loaded loaded(text_of(book));
    World nothing;
    Question q;
    q.law = &loaded.law;
    q.world = &nothing;
    q.clean_for = {"XK"};
    q.silence_is_none = true;
    q.views = {{*parse_date("2019-06-01"), {}}, {*parse_date("2020-06-01"), {}}};
    Diagnostics diags;
    const Space space(q, diags);
    Compiled compiled(space, Relations::own_variables, {}, diags);
    std::vector<Values> possible;
    for (const Variable& v : space.variables()) possible.push_back(v.kind == VarKind::need ? Values(1) : v.known);
    const std::vector<Values> box = compiled.box(possible);
    const Impact impact = impact_between(compiled, {0, RegimeId{0}}, {1, RegimeId{0}}, box);
    // A fact that no rule reads has no variable: every value of it is alike.
    std::array<VarId, fact_count> var;
    for (int f = 0; f < fact_count; ++f) var[f] = space.fact_var(loaded.law.find_fact(fmt::format("f{}", f)));
    const auto holds_in = [&](const Cube& cube, const Assignment& a) {
      for (int f = 0; f < fact_count; ++f) {
        if (!var[f].valid()) continue;
        const Variable& v = space[var[f]];
        std::size_t place = static_cast<std::size_t>(a[f]);
        if (v.kind == VarKind::fact)
          for (std::size_t k = 0; k < v.domain.size(); ++k)
            if (v.domain[k].number == a[f]) place = k;
        if (!cube[compiled.level(var[f])].test(place)) return false;
      }
      return true;
    };
    std::vector<bool> used(impact.statements.size(), false);
    Assignment a;
    const auto each = [&](auto&& self, int f) -> void {
      if (f < fact_count) {
        for (a[f] = 0; a[f] < sizes[f]; ++a[f]) self(self, f + 1);
        return;
      }
      if (book.constrained && a[0] == 1 && a[1] == 1) return;
      const Finding before = judge(book, a, 1), after = judge(book, a, 2);
      bool told = false;
      for (std::size_t k = 0; k < impact.statements.size(); ++k) {
        const Statement& s = impact.statements[k];
        if (!holds_in(s.when, a)) continue;
        CHECK(s.before == before);
        CHECK(s.after == after);
        told = used[k] = true;
      }
      INFO(text_of(book));
      REQUIRE(told == (before != after));
      (told ? changes : none) += 1;
    };
    each(each, 0);
    CHECK(std::all_of(used.begin(), used.end(), [](bool u) { return u; }));
  }
  CHECK(changes > 1000);
  CHECK(none > 1000);
}

TEST_CASE("narrowing the knowledge of a fact never adds a possible finding") {
  Maker make(7);
  int narrowed = 0;
  for (int i = 0; i < 500; ++i) {
    const Book book = make.book();
    const Loaded compiled(text_of(book));
    auto known = make.knowledge();
    const auto wide = engine_all(compiled.law, known);
    for (int f = 0; f < fact_count; ++f) {
      if (known[f] >= 0) continue;
      for (int v = 0; v < sizes[f]; ++v) {
        auto narrow = known;
        narrow[f] = v;
        const auto found = engine_all(compiled.law, narrow);
        ++narrowed;
        CHECK(std::includes(wide.begin(), wide.end(), found.begin(), found.end()));
      }
    }
  }
  CHECK(narrowed > 1000);
}

TEST_CASE(
    "a planted fault is caught: a flipped literal, a dropped link, another effect, a forgotten constraint") {
  const auto caught = [](auto plant) {
    Maker make(99);
    for (int i = 0; i < 400; ++i) {
      const Book book = make.book();
      Book wrong = book;
      if (!plant(wrong)) continue;
      const Loaded compiled(text_of(wrong));
      for (int k = 0; k < 4; ++k) {
        const auto known = make.knowledge();
        if (judge_all(book, known) != engine_all(compiled.law, known)) return true;
      }
    }
    return false;
  };
  CHECK(
      caught([](Book& b) { return b.rules[0].literals[0].negated = !b.rules[0].literals[0].negated, true; }));
  CHECK(
      caught([](Book& b) { return b.rules[0].links.empty() ? false : (b.rules[0].links.pop_back(), true); }));
  CHECK(caught([](Book& b) {
    return b.rules[0].effect == Effect::needs ? (b.rules[0].effect = Effect::prohibits, true) : false;
  }));
  CHECK(caught([](Book& b) { return b.constrained ? (b.constrained = false, true) : false; }));
  CHECK(caught([](Book& b) { return b.otherwise_prohibited = !b.otherwise_prohibited, true; }));
}
