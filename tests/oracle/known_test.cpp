// What is left of the law with what is known, held against the whole law and the search.

#include <doctest/doctest.h>
#include <sekisho/sekisho.h>

#include <nlohmann/json.hpp>
#include <random>

#include "oracle/asked.h"
#include "oracle/loaded.h"
#include "oracle/search.h"
#include "support.h"

using namespace sekisho;
using namespace sekisho::judge;

namespace {

/// What the diagrams say of one state, as far as it takes no other value of what is known.
struct Says {
  std::vector<FindingSet> findings;  // of each regime, then jointly
  std::vector<std::pair<bool, bool>> activity;
  std::vector<std::vector<bool>> matters;
  std::vector<std::tuple<std::size_t, std::size_t, bool, bool>> standing;
  std::vector<std::vector<Values>> witnesses;
  std::vector<std::pair<VarId, bool>> needed;
  friend bool operator==(const Says&, const Says&) = default;
};
Says says(Completions& engine, const std::vector<std::size_t>& all, const State& state) {
  Says out;
  for (const std::size_t g : all) {
    const std::size_t rules = engine.space().regimes()[g].rules.size();
    out.findings.push_back(engine.findings({g}, state));
    for (std::size_t i = 0; i < rules; ++i) out.activity.push_back(engine.activity(g, i, state));
    out.matters.push_back(engine.matters(g, state));
    for (std::size_t f = 0; f < finding_count; ++f) {
      if (!out.findings.back().has[f]) continue;
      for (const auto& [rule, part, can_stand, can_fail] :
           engine.standing(g, std::vector<bool>(rules, true), state, static_cast<Finding>(f)))
        out.standing.emplace_back(rule, part.effect, can_stand, can_fail);
      State witness = *engine.witness(g, state, static_cast<Finding>(f));
      out.witnesses.push_back(witness.possible);
      for (const auto& n : engine.findings_needed(g, witness, witness.reading)) out.needed.push_back(n);
    }
  }
  out.findings.push_back(engine.findings(all, state));
  return out;
}

/// Rules of five to seven literals over forty flags: each may meet every other, and their diagrams multiply.
std::string entangled_law(int rules) {
  std::mt19937 random(20231222);
  const auto below = [&](unsigned n) { return random() % n; };
  std::string t =
      "authority x.gov of XK \"Government\"\nfact departure is country\n  asks \"from?\"\n"
      "fact destination is country\n  asks \"to?\"\n";
  for (int f = 0; f < 40; ++f)
    t += fmt::format("fact f{} is yes or no\n  asks \"f{}?\"\n  changed by applicant\n", f, f);
  t += "constraint tied \"one of two\"\n  always f0 or f1\n"
       "regime x.r \"Regime\"\n  authority x.gov\n  force statute\n  in force always\n  otherwise permitted\n"
       "  unlinked opposites strictest prevails\n  cite \"a\"\n";
  for (int r = 0; r < rules; ++r) {
    t += fmt::format("rule r{}\n  in force always\n  cite \"{}\"\n", r, r);
    std::set<std::string> when;
    for (const std::size_t literals = 5 + below(3); when.size() < literals;)
      when.insert(fmt::format("{}f{}", below(3) == 0 ? "not " : "", below(40)));
    std::string all;
    for (const std::string& l : when) all += (all.empty() ? "" : " and ") + l;
    t += below(5) < 2 ? "  prohibits when " + all + "\n"
                      : fmt::format("  needs permit p{} from x.gov\n  when {}\n", r, all);
    if (r > 0 && below(3) == 0) t += fmt::format("  notwithstanding r{}\n", below(static_cast<unsigned>(r)));
  }
  return t;
}

}  // namespace

TEST_CASE("with what is known as constants the law says the same, in fewer nodes") {
  Maker make(1967);
  int narrower = 0, open = 0;
  std::size_t nodes = 0, left_nodes = 0;
  for (int i = 0; i < test::rounds(600, 60'000); ++i) {
    Book book = make.book();
    const Loaded loaded(text_of(book));
    Known known = make.knowledge();
    if (i % 4 == 3) make.find_for_choice(book, known);
    Asked a(loaded.law, known, {}, book);
    Completions whole(*a.space, a.diags);
    Completions left(*a.space, a.diags, default_node_limit, Extent::whole_answer, a.state.possible);
    REQUIRE(left.ok());
    nodes += whole.compiled().store().nodes();
    left_nodes += left.compiled().store().nodes();
    INFO(text_of(book));
    REQUIRE(whole.consistent(a.state) == left.consistent(a.state));
    if (!whole.consistent(a.state)) continue;
    REQUIRE((says(whole, a.all(), a.state) == says(left, a.all(), a.state)));
    Search search(*a.space);
    REQUIRE(left.findings(a.all(), a.state) == search.findings(a.all(), a.state));
    open += !left.findings(a.all(), a.state).single();
    for (std::uint32_t v = 0; v < a.space->variables().size(); ++v) {  // and so with more known
      const Values possible = Reader(*a.space).possible(VarId{v}, a.state);
      if (possible.count() < 2) continue;
      State more = a.state;
      more.leave(VarId{v}, possible._Find_first());
      if (!whole.consistent(more)) continue;
      REQUIRE((says(whole, a.all(), more) == says(left, a.all(), more)));
      ++narrower;
    }
  }
  CHECK(open > 100);
  CHECK(narrower > 500);
  CHECK(left_nodes < nodes);
}

TEST_CASE("law that is too large is decided with what is known, as the search decides it") {
  constexpr std::size_t node_limit = 20'000;
  const std::string text = entangled_law(80);
  const Loaded loaded(text);
  REQUIRE_FALSE(loaded.diags.has_errors());
  const Rulebooks books({{"book.law", text}});
  REQUIRE(books.ok());
  std::mt19937 random(7);
  int settled = 0, open = 0;
  for (int i = 0; i < test::rounds(24, 400); ++i) {
    const World nothing;
    Question q = question_of_law(loaded.law, nothing, *parse_date("2020-01-01"));
    nlohmann::json facts = nlohmann::json::object();
    const unsigned unknown = i % 4 == 0 ? 0 : 3 * static_cast<unsigned>(i % 4);
    for (int f = 0; f < 40; ++f) {
      if (random() % 40 < unknown) continue;
      const bool yes = random() % 2 == 0;
      q.facts.push_back(
          {loaded.law.find_fact(fmt::format("f{}", f)), Knowledge::Form::alternatives, {{yes, {}}}, true});
      facts[fmt::format("f{}", f)] = yes ? "yes" : "no";
    }
    Diagnostics diags;
    const Space space(q, diags);
    REQUIRE_FALSE(Completions(space, diags, node_limit).ok());
    Search search(space);
    const State start = Reader(space).start();
    const FindingSet expected = search.findings({0}, start);
    REQUIRE_FALSE(search.gave_up());
    DecideRequest request;
    request.transfer = {"transfer", nlohmann::json{{"transfer", 1}, {"facts", facts}}.dump()};
    request.on = "2020-01-01";
    request.node_limit = node_limit;
    const DecideResult decided = books.decide(request);
    INFO(request.transfer.text);
    if (expected.empty()) {
      CHECK(decided.reports.front().code == "SK4003");
      continue;
    }
    if (!decided.ok) {  // with much unknown it is too large all the same
      REQUIRE(decided.reports.front().code == "SK4001");
      continue;
    }
    const nlohmann::json answer = nlohmann::json::parse(decided.json);
    REQUIRE(answer.at("best") == to_string(expected.best()));
    REQUIRE(answer.at("worst") == to_string(expected.worst()));
    (expected.single() ? settled : open) += 1;
    if (!expected.single()) continue;
    // What it rests on is enough, and with another value of a fact the finding is what is said.
    State enough = start;
    for (std::uint32_t v = 0; v < space.variables().size(); ++v) {
      const auto& because = answer.at("because");
      if (std::none_of(because.begin(), because.end(),
                       [&](const auto& f) { return f.at("fact") == space[VarId{v}].name; }))
        enough.possible[v] = space[VarId{v}].all;
    }
    REQUIRE(search.always({0}, enough, expected.best()));
    for (const nlohmann::json& r : answer.at("remedies")) {
      if (r.contains("along_with")) continue;
      State other = start;
      const VarId v = space.fact_var(loaded.law.find_fact(r.at("fact")));
      other.possible[v.index].flip(0).flip(1);
      const FindingSet then = search.findings({0}, other);
      REQUIRE(r.at("best") == to_string(then.best()));
      REQUIRE(r.at("worst") == to_string(then.worst()));
    }
  }
  CHECK(settled > 3);
  CHECK(open > 3);
}
