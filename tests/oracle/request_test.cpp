// Single requests under the law of a day, held against the judge on small rulebooks and against the splitting
// search on the shipped ones.

#include <doctest/doctest.h>
#include <sekisho/day_law.h>

#include <deque>
#include <nlohmann/json.hpp>

#include "api/body.h"
#include "base/countries.h"
#include "batch/request.h"
#include "oracle/asked.h"
#include "oracle/judge.h"
#include "oracle/loaded.h"
#include "oracle/search.h"
#include "oracle/written.h"
#include "support.h"

using namespace sekisho;
using namespace sekisho::judge;

namespace {

const Date a_day = *parse_date("2019-06-01");

/// Any order of variables is as right as any other; a name that is none is passed over.
VariableOrder any_order(const Plan& plan, Maker& make) {
  VariableOrder out{"nothing of that name"};
  for (Level l = 0; l < plan.compiled().store().levels(); ++l)
    out.insert(out.begin() + make.below(static_cast<int>(out.size()) + 1),
               plan.compiled().name(plan.compiled().variable(l)));
  return out;
}

void tell(Request& request, const Law& law, const std::string& fact, const std::string& cell) {
  const FactId f = law.find_fact(fact);
  const Said& said = request.cells().said(f, cell);
  REQUIRE(said.wrong == "");
  request.tell(f, said);
}

}  // namespace

TEST_CASE("a single request has the findings, the rules and a minimal set of facts as the judge gives them") {
  Maker make(20231223);
  int open = 0, defeated = 0, undecided = 0, dropped = 0, kept = 0, contradictions = 0;
  for (int i = 0; i < (test::rounds(500, 50'000)); ++i) {
    const Book book = make.book();
    Loaded loaded(text_of(book));
    Diagnostics diags;
    if (i % 2 == 1) loaded.law.asked_first = any_order(Plan(loaded.law, a_day, diags), make);
    Plan plan(loaded.law, a_day, diags);
    FinerPlans finer;
    Request request(loaded.law, plan, finer);
    INFO(text_of(book));
    for (int k = 0; k < 6; ++k) {
      const Written w = write(make);
      request.clear();
      for (const auto& [fact, cell] : w.cells) tell(request, loaded.law, fact, cell);
      const std::set<Finding> expected = judge_all(book, w.known);
      REQUIRE(as_set(request.findings()) == expected);
      if (expected.empty()) {
        ++contradictions;
        continue;
      }
      open += expected.size() > 1;
      std::vector<RuleStands> stands;
      request.rules(stands);
      std::map<std::string, SeenRule> seen;
      for (std::size_t g = 0; g < book.regimes.size(); ++g) {
        const std::vector<SeenRule> of = judge_rules(book, g, w.known);
        for (std::size_t r = 0; r < of.size(); ++r) seen[fmt::format("x.r{}.r{}", g, r)] = of[r];
      }
      for (std::size_t r = 0; r < stands.size(); ++r) {
        const auto it = seen.find(loaded.law[plan.rules()[r].rule].name);
        if (it == seen.end()) continue;
        INFO(it->first);
        const RuleStands right = it->second.always                          ? RuleStands::applies
                                 : it->second.ever                          ? RuleStands::undecided
                                 : it->second.met && plan.rules()[r].linked ? RuleStands::defeated
                                                                            : RuleStands::idle;
        REQUIRE(stands[r] == right);
        defeated += right == RuleStands::defeated;
        undecided += right == RuleStands::undecided;
      }
      // Exactly these facts are enough, and with one less they are not.
      std::vector<FactId> because;
      bool provisos = false;
      request.because(because, provisos);
      Known told = w.known;
      const auto forget = [&](Known& known, const std::string& fact) {
        for (const std::size_t p : places_of(fact)) known[p] = (1u << sizes[p]) - 1;
      };
      for (const auto& [fact, cell] : w.cells)
        if (!cell.empty() &&
            std::find(because.begin(), because.end(), loaded.law.find_fact(fact)) == because.end()) {
          forget(told, fact);
          ++dropped;
        }
      REQUIRE(judge_all(book, told) == expected);
      for (const FactId f : because) {
        Known less = told;
        forget(less, loaded.law[f].name);
        INFO(loaded.law[f].name);
        REQUIRE(judge_all(book, less) != expected);
        ++kept;
      }
    }
  }
  CHECK(open > 100);
  CHECK(defeated > 50);
  CHECK(undecided > 100);
  CHECK(dropped > 100);
  CHECK(kept > 100);
  CHECK(contradictions > 0);
}

TEST_CASE("three states that nothing tells apart can all be unlike, and be members of sets") {
  const Loaded loaded(R"(authority xk.a of XK "a"
fact a is country
  asks "a?"
fact b is country
  asks "b?"
fact c is country
  asks "c?"
fact s is set of country
  asks "s?"
fact t is set of country
  asks "t?"
regime x.r "r"
  authority xk.a
  force statute
  in force always
  otherwise permitted
  unlinked opposites strictest prevails cite "x"
  cite "x"
rule two_alike
  in force always
  cite "x"
  prohibits when a is b or b is c or a is c
rule c_in_both
  in force always
  cite "x"
  needs permit p from xk.a
  when c is in s and c is in t
)");
  Diagnostics diags;
  Plan plan(loaded.law, *parse_date("2019-06-01"), diags);
  REQUIRE(plan.ok());
  FinerPlans finer;
  Request request(loaded.law, plan, finer);
  const auto findings = [&](std::initializer_list<std::pair<const char*, const char*>> told) {
    request.clear();
    for (const auto& [fact, cell] : told) tell(request, loaded.law, fact, cell);
    return as_set(request.findings());
  };
  using F = std::set<Finding>;
  constexpr auto free = Finding::permitted, needs = Finding::authorisation_required,
                 bar = Finding::prohibited;
  CHECK(findings({{"a", "FR"}, {"b", "DE"}, {"c", "IT"}, {"s", "none"}}) == F{free});
  CHECK(findings({{"a", "FR"}, {"b", "DE"}, {"c", "FR"}, {"s", "none"}}) == F{bar});
  CHECK(findings({{"a", "FR"}, {"b", "DE"}, {"c", "IT"}, {"s", "IT;FR"}, {"t", "IT"}}) == F{needs});
  CHECK(findings({{"a", "FR"}, {"b", "DE"}, {"c", "IT"}, {"s", "ES;FR"}, {"t", "IT"}}) == F{free});
  CHECK(findings({{"a", "FR"}, {"b", "DE"}, {"s", "ES;FR"}, {"t", "PT"}}) == F{free, bar});
  CHECK(findings({{"a", "FR"}, {"b", "DE"}, {"s", "ES;FR"}, {"t", "ES"}}) == F{free, needs, bar});
}

// --- the shipped rulebooks ---

namespace {

/// A cell for a fact of the shipped vocabulary.
std::string some_cell(const Fact& f, Maker& make) {
  const auto codes = country_codes();
  const auto state = [&] {
    static constexpr std::array<const char*, 8> met{"JP", "US", "UA", "KR", "GB", "PH", "IR", "CN"};
    return make.below(4) != 0
               ? std::string(met[static_cast<std::size_t>(make.below(8))])
               : std::string(codes[static_cast<std::size_t>(make.below(static_cast<int>(codes.size())))]);
  };
  switch (f.type.kind) {
    case FactType::yes_no: return make.below(2) == 0 ? "yes" : "no";
    case FactType::country: {
      if (!f.type.is_set) return state();
      std::string out;
      for (int n = make.below(3); n > 0; --n) out += (out.empty() ? "" : ";") + state();
      return out.empty() ? "none" : out;
    }
    case FactType::choice:
      return f.type.choices[static_cast<std::size_t>(make.below(static_cast<int>(f.type.choices.size())))];
    case FactType::code:
      return f.type.roots.empty()
                 ? "1"
                 : f.type.roots[static_cast<std::size_t>(make.below(static_cast<int>(f.type.roots.size())))];
    case FactType::date: return fmt::format("20{}-01-15", 10 + make.below(20));
    case FactType::money: return fmt::format("{} JPY", 1'000 * make.below(10'000));
    case FactType::share: return fmt::format("{}%", make.below(101));
    case FactType::number: return fmt::format("{}", make.below(100'000));
    default: return fmt::format("p{}", make.below(3));
  }
}

/// Facts told to a request, in the order of the vocabulary. Those that contradict what was told before are
/// left out, but for one time in eight.
std::vector<std::pair<std::string, std::string>> some_facts(const Law& law, Request& request, Maker& make,
                                                            int unknown_of_20) {
  std::vector<std::pair<std::string, std::string>> out;
  const bool wild = make.below(8) == 0;
  const auto tell_all = [&] {
    request.clear();
    for (const auto& [fact, cell] : out) tell(request, law, fact, cell);
  };
  for (const Fact& f : law.facts) {
    if (make.below(20) < unknown_of_20 || (f.judged_by.valid() && make.below(2) == 0)) continue;
    out.emplace_back(f.name, f.name == "departure" && make.below(4) != 0 ? "JP" : some_cell(f, make));
    tell_all();
    if (!wild && request.findings().empty()) out.pop_back();
  }
  tell_all();
  return out;
}

struct ShippedLaw {
  Rulebooks books{shipped_rulebooks()};
  const Law& law = books.body().law;
};

/// The same knowledge as a question of its own.
struct RowQuestion {
  World nothing;
  std::deque<Instrument> acts;
  Question question;
};
void know(RowQuestion& asked, const Law& law, FactId f, const std::string& cell, Date day) {
  Type type = law[f].type;
  type.is_set = false;
  if (law[f].judged_by.valid()) {
    Instrument& act = asked.acts.emplace_back();
    act.issued = day;
    ActingInstrument a;
    a.instrument = &act;
    a.authority = law[f].judged_by;
    a.finds = {{f, cell == "yes"}};
    asked.question.instruments.push_back(a);
    return;
  }
  KnownFact k;
  k.fact = f;
  k.form = law[f].type.is_set ? Knowledge::Form::members : Knowledge::Form::alternatives;
  if (cell != "none")
    for (std::size_t at = 0; at < cell.size();) {
      const std::size_t end = law[f].type.is_set ? std::min(cell.find(';', at), cell.size()) : cell.size();
      k.values.push_back(*read_value(type, cell.substr(at, end - at)));
      at = end + 1;
    }
  asked.question.facts.push_back(std::move(k));
}

}  // namespace

TEST_CASE(
    "a request under the shipped law has the findings and rules that the search over completions finds") {
  const ShippedLaw shipped;
  const Law& law = shipped.law;
  Maker make(4);
  int compared = 0, open = 0, applying = 0;
  for (const char* day : {"1976-03-01", "2014-06-01", "2023-12-22", "2024-06-01"}) {
    Diagnostics diags;
    const Date on = *parse_date(day);
    Plan plan(law, on, diags);
    REQUIRE(plan.ok());
    FinerPlans finer;
    Request request(law, plan, finer);
    for (int k = 0; k < (test::rounds(60, 2'000)); ++k) {
      RowQuestion asked;
      asked.question.law = &law;
      asked.question.world = &asked.nothing;
      asked.question.law_day = asked.question.transfer_day = on;
      asked.question.silence_is_none = true;
      std::string told;
      for (const auto& [fact, cell] : some_facts(law, request, make, k % 4)) {
        know(asked, law, law.find_fact(fact), cell, on);
        told += fmt::format("{} = {}\n", fact, cell);
      }
      if (make.below(2) == 0) {
        REQUIRE(request.tell_provisos("none") == "");
        for (const Authority& a : law.authorities) asked.question.clean_for.push_back(a.state);
      }
      Diagnostics found;
      const Space space(asked.question, found);
      Search search(space, 400'000);
      const State start = search.reader().start();
      std::vector<std::size_t> all;
      for (std::size_t g = 0; g < space.regimes().size(); ++g) all.push_back(g);
      const FindingSet right = search.findings(all, start);
      if (search.gave_up()) continue;
      INFO(day);
      INFO(told);
      REQUIRE(as_set(request.findings()) == as_set(right));
      if (right.empty()) continue;
      ++compared;
      open += !right.single();
      std::vector<RuleStands> stands;
      request.rules(stands);
      std::size_t at = 0;
      for (const std::size_t g : all) {
        const RegimeUse& use = space.regimes()[g];
        for (std::size_t i = 0; i < use.rules.size(); ++i, ++at) {
          const auto [can, cannot] = search.activity(g, i, start);
          if (search.gave_up()) continue;
          INFO(law[use.rules[i].rule].name);
          REQUIRE(law[plan.rules()[at].rule].name == law[use.rules[i].rule].name);
          REQUIRE((stands[at] == RuleStands::applies) == (can && !cannot));
          REQUIRE((stands[at] == RuleStands::undecided) == (can && cannot));
          applying += can && !cannot;
        }
        at += plan.compiled().regimes().front()[g].active.size() - use.rules.size();
      }
    }
  }
  CHECK(compared > 80);
  CHECK(open > 10);
  CHECK(applying > 60);
}

TEST_CASE("the public law of a day says what decide says") {
  const ShippedLaw shipped;
  const DayLaw law(shipped.books, "2023-12-22");
  REQUIRE(law.ok());
  DayLaw::Request request = law.request();
  Maker make(22);
  Diagnostics diags;
  Plan plan(shipped.law, *parse_date("2023-12-22"), diags);
  FinerPlans finer;
  Request inner(shipped.law, plan, finer);
  nlohmann::json world{{"world", 1}, {"records", nlohmann::json::array()}};
  for (const Authority& a : shipped.law.authorities)
    world["records"].push_back({{"authority", a.name}, {"complete_to", "2023-12-22"}});
  for (const char* name : {"p0", "p1", "p2", "p3"}) {  // whatever is named exists
    world["parties"][name] = {{"name", name}};
    world["items"][name] = {{"name", name}};
    world["lots"][name] = {{"item", name}};
  }
  int open = 0;
  for (int k = 0; k < 12; ++k) {
    nlohmann::json facts;
    for (const auto& [fact, cell] : some_facts(shipped.law, inner, make, k % 3)) {
      const Fact& f = shipped.law[shipped.law.find_fact(fact)];
      if (!f.judged_by.valid() && !f.type.is_set) facts[fact] = cell;
    }
    DecideRequest whole;
    whole.on = "2023-12-22";
    whole.world = SourceText{"world", world.dump()};
    whole.transfer = {"transfer", nlohmann::json{{"transfer", 1}, {"facts", facts}}.dump()};
    const DecideResult right = shipped.books.decide(whole);
    request.clear();
    REQUIRE(request.tell_json(facts.dump()));
    const DayLaw::Finding found = request.finding();
    INFO(facts.dump());
    if (!right.ok) {
      REQUIRE(found.contradiction);
      continue;
    }
    const auto answer = nlohmann::json::parse(right.json);
    REQUIRE(found.best == answer["best"].get<std::string>());
    if (found.assessed) REQUIRE(found.worst == answer["worst"].get<std::string>());
    open += found.best != found.worst;
  }
  CHECK(open > 0);
  request.clear();
  CHECK_FALSE(request.tell_json(R"({"destinatoin": "US"})"));
  CHECK(request.why() == "there is no fact `destinatoin`; is `destination` meant?");
  CHECK_FALSE(request.tell_json(R"({"destination": "QQ"})"));
  CHECK_FALSE(request.tell_json("[1]"));
  CHECK(request.why() == "a row is an object");
}

TEST_CASE("a request tells apart the states that it names, though the law names none of them") {
  const Loaded loaded(R"(
authority xk.office of XK "Office"
fact departure is country
  asks "from?"
fact destination is country
  asks "to?"
fact lic is set of country
  asks "licensed?"
fact met is set of country
  asks "met?"
regime xk.r "R"
  authority xk.office
  force statute
  governs when departure is XK
  otherwise prohibited
  cite "1"
route r
  cite "2"
  permits when some s in lic has (s is in met and s is not destination)
)");
  REQUIRE_FALSE(loaded.diags.has_errors());
  Diagnostics diags;
  const Plan plan(loaded.law, a_day, diags);
  REQUIRE(plan.ok());
  FinerPlans finer;
  Request request(loaded.law, plan, finer);
  const auto findings = [&](std::string_view destination, std::string_view lic, std::string_view met) {
    request.clear();
    for (const auto& [fact, cell] : {std::pair{"departure", std::string_view("XK")},
                                     {"destination", destination},
                                     {"lic", lic},
                                     {"met", met}}) {
      const FactId f = loaded.law.find_fact(fact);
      request.tell(f, request.cells().said(f, cell));
    }
    const FindingSet found = request.findings();
    return std::pair{found.best(), found.worst()};
  };
  const auto both = [](Finding best, Finding worst) { return std::pair{best, worst}; };
  const Finding yes = Finding::permitted, no = Finding::prohibited;
  CHECK(findings("AT", "AT", "AT") == both(no, no));
  CHECK(findings("BE", "AT", "AT") == both(yes, yes));
  CHECK(findings("BE", "AT", "DE") == both(no, no));
  CHECK(findings("", "AT;BE", "AT;BE") == both(yes, yes));
  CHECK(findings("", "AT", "") == both(yes, no));
  // More ways of being in a set than the law has places for: the destination may be any of these.
  CHECK(findings("", "AT;BE;CY", "CY;DK;ES;FI") == both(yes, no));
  std::vector<RuleStands> stands;
  request.rules(stands);
  CHECK(stands == std::vector{RuleStands::undecided});
  CHECK(findings("", "AT;BE;CY;DK", "CY;DK;ES;FI") == both(yes, yes));
  request.rules(stands);
  CHECK(stands == std::vector{RuleStands::applies});
  std::vector<FactId> because;
  bool provisos = true;
  request.because(because, provisos);
  CHECK(because == std::vector{loaded.law.find_fact("departure"), loaded.law.find_fact("lic"),
                               loaded.law.find_fact("met")});
  CHECK_FALSE(provisos);
}
