// Whole answers of the public library, held against the judge: findings, needs, what is bound and owed,
// remedies.

#include <doctest/doctest.h>
#include <sekisho/sekisho.h>

#include <bit>
#include <nlohmann/json.hpp>

#include "oracle/judge.h"
#include "oracle/written.h"
#include "support.h"

using namespace sekisho;
using namespace sekisho::judge;

namespace {

/// A transfer of which the cells are told, and what the authority found.
DecideRequest request_of(const Book& book, const Written& w) {
  nlohmann::json world{{"world", 1}, {"instruments", nlohmann::json::array()}},
      facts = nlohmann::json::object();
  world["records"].push_back({{"authority", "x.gov"}, {"complete_to", "2030-01-01"}});
  const auto find = [&](bool yes) -> nlohmann::json& {
    world["instruments"].push_back({{"id", fmt::format("act {}", world["instruments"].size())},
                                    {"authority", "x.gov"},
                                    {"issued", "2019-01-01"},
                                    {"finds", {{"f4", yes ? "yes" : "no"}}}});
    return world["instruments"].back();
  };
  for (const auto& [fact, cell] : w.cells) {
    if (cell.empty()) continue;
    if (fact == "s") {
      facts[fact] = nlohmann::json::array();
      for (std::size_t v = 0; v < 3; ++v)
        if (w.known[member + v] == 2) facts[fact].push_back(fmt::format("v{}", v));
    } else if (fact != "f4") {
      facts[fact] = cell;
    } else if (!book.found_for && cell != "none") {
      find(cell == "yes");
    }
  }
  for (std::size_t v = 0; book.found_for && v < 3; ++v)
    if ((*book.found_for)[v] != 2) find((*book.found_for)[v] == 1)["scope"]["f3"] = fmt::format("v{}", v);
  DecideRequest out;
  out.on = "2019-06-01";
  out.world = SourceText{"world", world.dump()};
  out.transfer = {"transfer", nlohmann::json{{"transfer", 1}, {"facts", facts}}.dump()};
  return out;
}

/// Over the completions in which a regime has its best finding, how something that a rule brings stands.
struct Stood {
  bool can = false, can_fail = false;
};
Stood judged_standing(const Book& book, std::size_t g, const Known& known, Finding best, int rule, int kind) {
  Stood out;
  each(book, known, [&](const Assignment& a) {
    const Answer answer = judge::judge(book.regimes[g], a);
    if (answer.finding == best) (answer.parts.contains({rule, kind}) ? out.can : out.can_fail) = true;
  });
  return out;
}

using Remedy = std::tuple<std::string, std::string, std::string, std::string>;  // fact, value, best, worst
std::set<Remedy> judged_remedies(const Book& book, const Known& known) {
  std::set<Remedy> out;
  const std::set<Finding> now = judge_all(book, known);
  if (now.size() != 1) return out;
  for (const std::size_t p : {std::size_t{0}, std::size_t{1}, std::size_t{choice}}) {
    if (std::popcount(known[p]) != 1) continue;
    for (int v = 0; v < sizes[p]; ++v) {
      Known other = known;
      other[p] = 1u << v;
      if (other[p] == known[p]) continue;
      if (judge_all(book, other).empty() && p != choice) other[1 - p] = 3;  // what the constraint ties to it
      const std::set<Finding> then = judge_all(book, other);
      if (then.empty() || *then.rbegin() >= *now.begin()) continue;
      out.emplace(fmt::format("f{}", p), sizes[p] == 2 ? (v == 1 ? "yes" : "no") : fmt::format("v{}", v),
                  to_string(*then.begin()), to_string(*then.rbegin()));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("the findings, needs, provisos, obligations and remedies of an answer are what the judge finds") {
  Maker make(20140401);
  int needs = 0, sometimes = 0, provisos = 0, duties = 0, remedies = 0, contradictions = 0;
  for (int i = 0; i < test::rounds(200, 10'000); ++i) {
    Book book = make.book();
    const Rulebooks books({{"book.law", text_of(book)}});
    REQUIRE(books.ok());
    INFO(text_of(book));
    for (int k = 0; k < 3; ++k) {
      Written w = write(make);
      book.found_for.reset();
      if (k == 2) make.find_for_choice(book, w.known);
      const DecideRequest request = request_of(book, w);
      INFO(request.world->text);
      INFO(request.transfer.text);
      const DecideResult decided = books.decide(request);
      const std::set<Finding> joint = judge_all(book, w.known);
      REQUIRE(decided.ok == !joint.empty());
      if (joint.empty()) {
        ++contradictions;
        continue;
      }
      const nlohmann::json answer = nlohmann::json::parse(decided.json);
      REQUIRE(answer.at("best") == to_string(*joint.begin()));
      REQUIRE(answer.at("worst") == to_string(*joint.rbegin()));
      for (std::size_t g = 0; g < book.regimes.size(); ++g) {
        const nlohmann::json& said = answer.at("regimes").at(g);
        const std::set<Finding> found = judge_all(book, g, w.known);
        REQUIRE(said.at("regime") == fmt::format("x.r{}", g));
        REQUIRE(said.at("best") == to_string(*found.begin()));
        REQUIRE(said.at("worst") == to_string(*found.rbegin()));
        if (*found.begin() == Finding::prohibited) continue;
        const std::vector<RuleData>& rules = book.regimes[g].rules;
        for (int r = 0; r < static_cast<int>(rules.size()); ++r) {
          const RuleData& rule = rules[static_cast<std::size_t>(r)];
          const auto standing = [&](int kind) {
            return judged_standing(book, g, w.known, *found.begin(), r, kind);
          };
          const auto listed = [&](const char* list, const char* key,
                                  const std::string& name) -> const nlohmann::json* {
            for (const nlohmann::json& j : said.at(list))
              if (j.at(key) == name) return &j;
            return nullptr;
          };
          const std::string name = fmt::format("x.r{}.r{}", g, r);
          INFO(name);
          // Where nobody found what is judged, one reading with the best finding is told. Of routes one is
          // enough: the needs of others are told only where it may be closed.
          const bool one_reading = w.known[judged] != 4 && !book.found_for;
          const Stood need = standing(0), bound = standing(1), owed = standing(2);
          const nlohmann::json* j = listed("needs", "need", fmt::format("n{}_{}", g, r));
          if (j) REQUIRE(need.can);
          if (rule.effect == Effect::needs && one_reading) {
            REQUIRE((j != nullptr) == need.can);
            if (j) REQUIRE(j->contains("if_applies") == need.can_fail);
          }
          needs += j != nullptr;
          sometimes += j != nullptr && j->contains("if_applies");
          // What is bound and owed is that of one completion.
          for (const auto& [list, key, stands] :
               {std::tuple("provisos", "bound_by", bound), std::tuple("obligations", "by", owed)}) {
            const bool told = listed(list, key, name) != nullptr;
            if (told) REQUIRE(stands.can);
            if (stands.can && !stands.can_fail && one_reading) REQUIRE(told);
            (list == std::string("provisos") ? provisos : duties) += told;
          }
        }
      }
      std::set<Remedy> told;
      for (const nlohmann::json& r : answer.at("remedies"))
        for (const nlohmann::json& value : r.at("instead"))
          told.emplace(r.at("fact"), value, r.at("best"), r.at("worst"));
      REQUIRE((told == judged_remedies(book, w.known)));
      remedies += static_cast<int>(told.size());
    }
  }
  CHECK(needs > 50);
  CHECK(sometimes > 5);
  CHECK(provisos > 20);
  CHECK(duties > 20);
  CHECK(remedies > 20);
  CHECK(contradictions > 0);
}

namespace {

using nlohmann::json;

/// An answer without what is left out of another, and what that decides.
json without(json answer, const json& left_out) {
  const auto drop_changes = [&](json& changes, const json& fact) {
    std::erase_if(changes.get_ref<json::array_t&>(), [&](const json& c) { return c.at("fact") == fact; });
  };
  answer.erase("left_out");
  for (json& line : answer.at("lines")) line.erase("left_out");
  for (const json& l : left_out) {
    const std::string what = l.at("what");
    for (json* part : {&answer, &answer.at("lines").at(0)}) {
      if (what == "minimum") part->erase("minimum");
      if (what == "remedies" || what == "turns_on") drop_changes(part->at(what), l.at("fact"));
      if (what == "because" && l.at("regime").is_null()) part->erase("because");
    }
    if (what != "because") continue;
    answer.erase("recheck_by");
    answer.erase("coverage");
    answer.at("lines").at(0).erase("recheck_by");
    for (json& r : answer.at("regimes"))
      if (r.at("regime") == l.at("regime") || answer.at("regimes").size() == 1) r.erase("because");
  }
  return answer;
}

}  // namespace

TEST_CASE("an answer for which the whole law is too large is the same but for what it says is left out") {
  Maker make(1976);
  int same = 0, less = 0, refused = 0;
  for (int i = 0; i < test::rounds(60, 3000); ++i) {
    Book book = make.book();
    const Rulebooks books({{"book.law", text_of(book)}});
    Written w = write(make);
    if (i % 3 == 2) make.find_for_choice(book, w.known);
    DecideRequest request = request_of(book, w);
    request.minimum = 1000;
    const DecideResult whole = books.decide(request);
    if (!whole.ok) continue;
    const json expected = json::parse(whole.json);
    REQUIRE_FALSE(expected.contains("left_out"));
    for (request.node_limit = 8; request.node_limit < 1000; request.node_limit += request.node_limit / 4) {
      const DecideResult decided = books.decide(request);
      if (!decided.ok) {
        REQUIRE(decided.reports.front().code == "SK4001");
        ++refused;
        continue;
      }
      const json answer = json::parse(decided.json), left_out = answer.value("left_out", json::array());
      INFO(text_of(book));
      INFO(request.transfer.text);
      INFO(left_out.dump());
      REQUIRE(without(answer, left_out) == without(expected, left_out));
      (left_out.empty() ? same : less) += 1;
    }
  }
  CHECK(same > 100);
  CHECK(less > 100);
  CHECK(refused > 10);
}
