// Judged facts that nobody found, under constraints that speak of them: the diagrams and the search, held
// against every completion and every reading written out; and what the answer tells as needed.

#include <doctest/doctest.h>
#include <sekisho/proof.h>
#include <sekisho/sekisho.h>

#include <bit>
#include <nlohmann/json.hpp>
#include <random>

#include "engine/completions.h"
#include "oracle/loaded.h"
#include "oracle/search.h"
#include "support.h"

using namespace sekisho;

namespace {

constexpr unsigned plain_facts = 3, judged_facts = 3;

/// Facts as bits: plain ones first, then judged ones.
using Bits = unsigned;
struct Clause {
  std::vector<std::pair<unsigned, bool>> literals;
  bool holds(Bits all) const {
    return std::any_of(literals.begin(), literals.end(),
                       [&](const auto& l) { return ((all >> l.first & 1) != 0) == l.second; });
  }
};

class ConstrainedMaker {
 public:
  explicit ConstrainedMaker(unsigned seed) : random_(seed) {}
  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
  static std::string name(unsigned fact) {
    return fact < plain_facts ? fmt::format("f{}", fact) : fmt::format("j{}", fact - plain_facts);
  }
  std::string literals(std::size_t count, const char* joined, Clause* clause = nullptr) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
      const unsigned fact = below(plain_facts + judged_facts);
      const bool yes = below(2) == 0;
      if (clause != nullptr) clause->literals.emplace_back(fact, yes);
      out += fmt::format("{}{}{}", i > 0 ? joined : "", yes ? "" : "not ", name(fact));
    }
    return out;
  }
  std::string book(std::vector<Clause>& constraints) {
    std::string t = "authority x.gov of XK \"Government\"\n";
    for (unsigned f = 0; f < plain_facts + judged_facts; ++f)
      t += fmt::format("fact {} is yes or no\n  asks \"?\"\n{}", name(f),
                       f < plain_facts ? "" : "  judged by x.gov\n");
    for (unsigned c = 0; c < 1 + below(3); ++c) {
      constraints.emplace_back();
      const std::string any = literals(2 + below(2), " or ", &constraints.back());
      t += fmt::format("constraint c{} \"c\" always {}\n", c, any);
    }
    t += fmt::format(
        "regime x.r \"R\"\n  authority x.gov\n  force statute\n  cite \"1\"\n  unlinked opposites strictest "
        "prevails\n"
        "  otherwise {}\n",
        below(2) == 0 ? "prohibited" : "permitted");
    for (unsigned r = 0; r < 2 + below(3); ++r) {
      const unsigned kind = below(3);
      t += fmt::format("{} r{}\n  cite \"{}\"\n{}  when {}\n{}", kind == 0 ? "route" : "rule", r, r,
                       kind == 0   ? "  permits\n"
                       : kind == 1 ? "  prohibits\n"
                                   : "",
                       literals(1 + below(2), below(2) == 0 ? " and " : " or "),
                       kind == 2 ? fmt::format("  needs permit n{} from x.gov\n", r) : "");
    }
    return t;
  }

 private:
  std::mt19937 random_;
};

/// The line of everything found, in any way.
class ReadWhole {
 public:
  explicit ReadWhole(const Space& space) : space_(space), search_(space) {}
  Finding finding(Bits all) {
    State s = Reader(space_).start();
    for (unsigned f = 0; f < plain_facts + judged_facts; ++f) {
      const VarId v = space_.fact_var(space_.law().find_fact(ConstrainedMaker::name(f)));
      if (!v.valid()) continue;
      s.free[v.index] = true;
      const std::vector<Value>& domain = space_[v].domain;
      for (std::size_t k = 0; k < domain.size(); ++k)
        if (domain[k].number == static_cast<std::int64_t>(all >> f & 1)) s.leave(v, k);
    }
    const RegimeReading r = search_.reader().read(space_.regimes()[0], s);
    REQUIRE(r.low == r.high);
    return r.low;
  }

 private:
  const Space& space_;
  Search search_;
};

}  // namespace

TEST_CASE(
    "of judged facts that nobody found only what the constraints let be found makes the finding better") {
  ConstrainedMaker make(20140617);
  int needs = 0, ruled_out = 0, open = 0, contradictory = 0;
  for (int i = 0; i < test::rounds(400, 20'000); ++i) {
    std::vector<Clause> constraints;
    const std::string text = make.book(constraints);
    const judge::Loaded loaded(text);
    REQUIRE_FALSE(loaded.diags.has_errors());
    const Rulebooks books({{"book.law", text}});
    REQUIRE(books.ok());
    INFO(text);
    Bits known = 0, values = 0;
    nlohmann::json facts = nlohmann::json::object();
    const World nothing;
    Question q = question_of_law(loaded.law, nothing, *parse_date("2020-01-01"));
    for (unsigned f = 0; f < plain_facts; ++f) {
      if (make.below(3) == 0) continue;
      known |= 1u << f;
      values |= make.below(2) << f;
      facts[ConstrainedMaker::name(f)] = (values >> f & 1) != 0 ? "yes" : "no";
      q.facts.push_back({loaded.law.find_fact(ConstrainedMaker::name(f)),
                         Knowledge::Form::alternatives,
                         {{values >> f & 1, {}}},
                         true});
    }
    Diagnostics diags;
    const Space space(q, diags);
    const State start = Reader(space).start();
    Completions engine(space, diags);
    Search search(space);
    ReadWhole read(space);
    INFO(facts.dump());

    std::set<Finding> expected;
    std::map<Bits, Finding> found;  // in each completion
    std::set<std::pair<unsigned, bool>>
        findable;  // of each judged fact, how it can be found in some completion
    for (Bits plain = 0; plain < 1u << plain_facts; ++plain) {
      if ((plain & known) != values) continue;
      Finding best = Finding::prohibited, worst = Finding::not_engaged, thought = Finding::prohibited;
      bool some = false;
      for (Bits judged = 0; judged < 1u << judged_facts; ++judged) {
        const Bits all = plain | judged << plain_facts;
        const Finding f = read.finding(all);
        worst = std::max(worst, f);
        thought = std::min(thought, f);
        if (!std::all_of(constraints.begin(), constraints.end(),
                         [&](const Clause& c) { return c.holds(all); }))
          continue;
        some = true;
        best = std::min(best, f);
        for (unsigned j = 0; j < judged_facts; ++j) findable.emplace(j, (judged >> j & 1) != 0);
      }
      if (!some) continue;
      ruled_out += thought < best;
      found[plain] = best == worst ? best : std::max(best, Finding::authorisation_required);
      expected.insert(found[plain]);
    }
    const auto as_set = [](const FindingSet& of) {
      std::set<Finding> out;
      for (std::size_t f = 0; f < finding_count; ++f)
        if (of.has[f]) out.insert(static_cast<Finding>(f));
      return out;
    };
    REQUIRE(as_set(engine.findings({0}, start)) == expected);
    REQUIRE(as_set(search.findings({0}, start)) == expected);
    contradictory += expected.empty();
    if (expected.empty()) continue;
    open += expected.size() > 1;
    DecideRequest request;
    request.transfer = {"transfer", nlohmann::json{{"transfer", 1}, {"facts", facts}}.dump()};
    request.on = "2020-01-01";
    const DecideResult decided = books.decide(request);
    REQUIRE(decided.ok);
    const nlohmann::json answer = nlohmann::json::parse(decided.json);
    for (const nlohmann::json& n : answer.at("needs")) {
      if (n.at("kind") != "finding") continue;
      const auto fact = static_cast<unsigned>(n.at("need").get<std::string>()[1] - '0');
      INFO(n.dump());
      REQUIRE(findable.contains({fact, n.at("finding") == "yes"}));
      ++needs;
    }
    // What tells two completions apart by itself is asked.
    const nlohmann::json& missing = answer.at("missing");
    for (const auto& [plain, f] : found)
      for (unsigned fact = 0; fact < plain_facts; ++fact) {
        const auto other = found.find(plain ^ 1u << fact);
        if (other == found.end() || other->second == f) continue;
        const auto asks = [&](const auto& m) { return m.at("fact") == ConstrainedMaker::name(fact); };
        REQUIRE(std::any_of(missing.begin(), missing.end(), asks));
      }
    const ProofResult proof = check_proof(books, {"answer", decided.json});
    for (const Report& r : proof.reports) {  // that may be said of a right answer: docs/proof.md
      INFO(decided.json);
      INFO(r.message);
      REQUIRE(r.message.find("more ") != std::string::npos);
    }
  }
  CHECK(needs > 50);
  CHECK(ruled_out > 5);
  CHECK(open > 20);
}
