// Answers are checked by the second reader: true ones pass, and whatever in them is replayed cannot be
// changed.
#include "sekisho/proof.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>

#include "base/json.h"
#include "oracle/judge.h"

using namespace sekisho;

namespace {

const char* const small_law = R"(authority xk.office of XK "Office"
authority xk.council of XK "Council"
fact departure is country
  asks "From where?"
fact destination is country
  asks "To where?"
fact kind is one of sale, lease, grant
  asks "What kind?"
fact armed is yes or no
  asks "Are they armed?"
fact price is money
  asks "At what price?"
fact code is code of "1", "2"
  asks "Under which code?"
fact licensors is set of country
  asks "Who licensed them?"
fact consignee is party
  asks "Who receives them?"
fact destination.fighting of destination is yes or no
  asks "Is there fighting?"
  judged by xk.council
constraint armed_is_listed "armed goods are under code 1" always armed implies code is under "1"
list xk.friends of country "friends"
  complete to 2021-12-31
  member US in force 2010-01-01 on
  member PL in force between 2020-01-01 and 2020-12-31 on
  unsettled "the day was not published"
define friendly "friendly and without fighting" means destination is in xk.friends and not destination.fighting
regime xk.export "Export Act"
  authority xk.office
  force statute
  governs when departure is XK and code is under "1"
  otherwise prohibited liftable by exception single_exception from xk.council
  unlinked opposites strictest prevails
  cite "Export Act, 1"
  cite "Export Act, 2"
route to_friends
  in force 2010-01-01 to 2022-12-31
  cite "Export Act, 3"
  permits when friendly
  needs permit export_permit from xk.office implies inspection
  needs approval inspection from xk.office
  binds no_passing_on(holder: consignee)
  owes report "what was delivered" to xk.office within 30 days of delivery
route unarmed_to_friends
  in force 2023-01-01 on
  cite "Export Act, 3, as amended"
  permits when friendly and not armed
rule bar_on_armed
  cite "Export Act, 4"
  prohibits when armed
rule leases_may_go
  cite "Export Act, 5"
  needs decision lease_decision from xk.office
  when kind is lease
  notwithstanding prohibition of bar_on_armed
rule no_dear_lease
  cite "Export Act, 6"
  needs decision dear_goods from xk.council
  when price is more than 1_000 USD and kind is lease
  notwithstanding leases_may_go
rule licensors_agree
  cite "Export Act, 7"
  needs consent licensors_consent from xk.council
  when some s in licensors has (s is not destination)
proviso no_passing_on(holder)
  cite "Export Act, 12"
  needs consent passing_on from xk.council
  when consignee is not within holder
  lapses when destination is in xk.friends
rule not_where_fighting in group later_transfers
  cite "Export Act, 13"
  prohibits when destination.fighting
regime xk.grants "Grants Act"
  authority xk.council
  force policy
  governs when kind is grant
  otherwise permitted
  unlinked opposites error
  cite "Grants Act, 1"
)";

const char* const world = R"(world: 1
parties:
  friend_gov: {name: Friend, country: US}
  friend_army: {name: Army, country: US, part_of: friend_gov}
items:
  gun: {name: Gun, facts: {armed: yes, code: "1.2"}}
lots:
  old: {item: gun, made_in: XK, provisos: [{proviso: xk.export.no_passing_on, with: {holder: friend_gov}, bound_on: 2019-01-01}],
        attestations: [{jurisdiction: XK, by: friend_gov, on: 2019-01-01}]}
  unsure: {item: gun, made_in: US}
records:
  - {authority: xk.office, complete_to: 2030-01-01}
instruments:
  - {id: permit, authority: xk.office, issued: 2020-01-01, state: granted, answers: [export_permit], scope: {destination: US},
     provisos: [{proviso: xk.export.no_passing_on, with: {holder: friend_gov}}]}
  - {id: peace, authority: xk.council, issued: 2020-01-01, finds: {destination.fighting: no}, scope: {destination: [US, KE]}}
  - {id: war, authority: xk.council, issued: 2020-01-01, finds: {destination.fighting: yes}, scope: {destination: UA}}
)";

const Rulebooks& small_books() {
  static const Rulebooks all(std::vector<SourceText>{{"small.law", small_law}});
  return all;
}

Json decide(const Rulebooks& rulebooks, const std::string& transfer, const std::string& on,
            std::optional<SourceText> in = SourceText{"world", world}, bool hidden = false) {
  DecideRequest request;
  request.world = std::move(in);
  request.transfer = {"transfer", transfer};
  request.on = on;
  request.without_instruments = hidden;
  const DecideResult result = rulebooks.decide(request);
  for (const Report& r : result.reports) INFO(r.message);
  REQUIRE(result.ok);
  return Json::parse(result.json);
}
Json decide(const std::string& transfer, const std::string& on = "2021-06-01") {
  return decide(small_books(), transfer, on);
}

/// Values changed to what no answer holds are refused however few readings of the law are allowed.
constexpr std::size_t few_readings = 100;

ProofResult checked(const Json& answer) {
  return check_proof(small_books(), {"answer", answer.dump()});
}
ProofResult checked_briefly(const Json& answer) {
  return check_proof(small_books(), {"answer", answer.dump()}, few_readings);
}
std::string messages(const ProofResult& p) {
  std::string all;
  for (const Report& r : p.reports) all += r.code + " " + r.message + "\n";
  return all;
}

/// Transfers that are permitted, barred, open, later, of several lines.
const std::vector<std::string>& transfers() {
  static const std::vector<std::string> all{
      "{transfer: 1, from: XK, to: US, kind: sale, facts: {armed: no, code: \"1.1\", licensors: [US]}}",
      "{transfer: 1, from: XK, to: US, kind: lease, consignee: friend_army, facts: {price: 2000 USD, "
      "licensors: [US, PL]}, "
      "lines: [{id: gun, item: gun}]}",
      "{transfer: 1, from: XK, to: PL, kind: sale, facts: {armed: no, code: {under: \"1\"}}}",
      "{transfer: 1, from: XK, to: US, kind: lease, facts: {armed: yes, code: \"1.1\", price: {between: [500 "
      "USD, 2000 USD]}}}",
      "{transfer: 1, from: US, to: UA, kind: grant, consignee: friend_army, lines: [{id: a, lot: old}]}",
      "{transfer: 1, from: US, to: KE, kind: sale, lines: [{id: a, lot: old}, {id: b, lot: unsure}]}",
      "{transfer: 1, from: XK, facts: {kind: {one_of: [sale, lease]}, code: \"1\", licensors: {known: [US], "
      "complete: no}}}",
      "{transfer: 1, kind: grant}",
      "{transfer: 1, from: XK, to: US, kind: lease, facts: {armed: yes, code: \"1\", price: 10 USD, "
      "licensors: [PL]}}",
      "{transfer: 1, from: XK, to: US, via: [XK, KE], kind: sale, facts: {armed: no, code: \"1.1\", "
      "licensors: [US]}}"};
  return all;
}

/// Every value of an answer, with its place.
void each_leaf(Json& at, const std::string& place,
               const std::function<void(Json&, const std::string&)>& visit) {
  if (at.is_structured() && !at.empty()) {
    for (auto it = at.begin(); it != at.end(); ++it)
      each_leaf(*it, place + "/" + (at.is_object() ? it.key() : "#"), visit);
    return;
  }
  visit(at, place);
}
bool mentions(const std::string& place, std::initializer_list<const char*> keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const char* k) { return place.find(k) != std::string::npos; });
}

}  // namespace

TEST_CASE("every answer of a rulebook with each construct is replayed") {
  for (const std::string& t : transfers())
    for (const char* on : {"2020-06-01", "2021-06-01", "2023-06-01"})
      for (const bool hidden : {false, true}) {
        const ProofResult p = checked(decide(small_books(), t, on, SourceText{"world", world}, hidden));
        INFO(t, " ", on, "\n", messages(p));
        CHECK(p.whole);
      }
}

TEST_CASE("whatever is replayed cannot be changed: each value of an answer, one by one") {
  std::size_t changed = 0;
  for (const std::size_t i : {0, 1, 4, 5, 6}) {
    const std::string& t = transfers()[i];
    Json answer = decide(t);
    each_leaf(answer, "", [&](Json& leaf, const std::string& place) {
      // What is taken as given, said to be unchecked, or words beside what is checked.
      if (mentions(place, {"/premises/", "/coverage/", "/question/", "/from", "/by", "/source", "/claims",
                           "/fails_on/text", "/used", "/not_before", "/recheck_by", "/rulebooks/#/name"}))
        return;
      const Json before = leaf;
      leaf = before == "forged" ? "other" : "forged";
      const ProofResult p = checked_briefly(answer);
      INFO(t, "\n", place, " was ", before.dump());
      CHECK(p.refused);
      leaf = before;
      ++changed;
    });
  }
  CHECK(changed > 300);
}

TEST_CASE("each way of forging is refused with its place") {
  struct Forgery {
    std::string name;
    std::size_t transfer;
    std::function<void(Json&)> forge;
    const char* says;
  };
  const auto rule = [](Json& j, const std::string& name) -> Json& {
    for (Json& r : j["regimes"])
      for (Json& e : r["derivation"])
        if (e["rule"] == name) return e;
    FAIL("no rule ", name);
    return j;
  };
  const auto turn = [](Json& j) -> Json& { return j["lines"][0]["turns_on"].at(0); };
  const std::vector<Forgery> all{
      {"a finding", 1, [](Json& j) { j["regimes"][0]["finding"] = "permitted"; }, "`regimes[0].finding`"},
      {"the best", 2, [](Json& j) { j["regimes"][0]["best"] = "not_engaged"; }, "`regimes[0].best`"},
      {"the worst", 2, [](Json& j) { j["regimes"][0]["worst"] = "permitted"; }, "`regimes[0].worst`"},
      {"the joint finding", 1, [](Json& j) { j["lines"][0]["finding"] = j["finding"] = "permitted"; },
       "`lines[0].finding`"},
      {"the whole answer", 1, [](Json& j) { j["best"] = "permitted"; }, "`best`"},
      {"a status", 1, [&](Json& j) { rule(j, "xk.export.bar_on_armed")["status"] = "inactive"; },
       "the answer says `inactive`, the replay finds `active`"},
      {"what defeats a rule", 1,
       [&](Json& j) { rule(j, "xk.export.leases_may_go")["defeated_by"] = {"xk.export.bar_on_armed"}; },
       "the answer says `xk.export.bar_on_armed`, the replay finds `xk.export.no_dear_lease`"},
      {"a defeat", 1,
       [&](Json& j) { rule(j, "xk.export.bar_on_armed")["defeated_by"] = {"xk.export.leases_may_go"}; },
       "finds the rule not defeated"},
      {"a rule left out", 1, [](Json& j) { j["regimes"][0]["derivation"].erase(2); }, "is left out"},
      {"the last rule left out", 1,
       [](Json& j) { j["regimes"][0]["derivation"].erase(j["regimes"][0]["derivation"].size() - 1); },
       "`regimes[0].derivation`: the rule `xk.export.not_where_fighting` is left out"},
      {"a rule invented", 1,
       [](Json& j) {
         Json& d = j["regimes"][0]["derivation"];
         d.push_back(d.back());
         d.back()["rule"] = "xk.export.grace";
       },
       "no rule `xk.export.grace` of this regime is in force here"},
      {"the order of defeat", 1,
       [](Json& j) { std::swap(j["regimes"][0]["derivation"][3], j["regimes"][0]["derivation"][4]); },
       "is left out"},
      {"a citation", 1, [&](Json& j) { rule(j, "xk.export.bar_on_armed")["cite"] = "Export Act, 99"; },
       ".cite`"},
      {"a value read", 1, [&](Json& j) { rule(j, "xk.export.bar_on_armed")["reads"][0]["value"] = "no"; },
       "reads[0].value`: the answer says `no`, the replay finds `yes`"},
      {"a value read left out", 1,
       [&](Json& j) { rule(j, "xk.export.bar_on_armed")["reads"] = Json::array(); },
       "it reads `armed`, which is left out"},
      {"a premise", 1, [](Json& j) { j["lines"][0]["premises"]["facts"]["armed"]["one_of"] = {"no"}; },
       "the replay finds"},
      {"an act", 0, [](Json& j) { j["lines"][0]["premises"]["acts"][0]["state"] = "refused"; },
       "the replay finds"},
      {"an act of another authority", 0,
       [](Json& j) { j["lines"][0]["premises"]["acts"][0]["authority"] = "xk.council"; }, "the replay finds"},
      {"a need's state", 2, [](Json& j) { j["regimes"][0]["needs"][0]["state"] = "granted"; },
       "`regimes[0].needs[0].state`"},
      {"a need's status", 2, [](Json& j) { j["regimes"][0]["needs"][0]["status"] = "met"; },
       "`regimes[0].needs[0].status`"},
      {"a need's posture", 2, [](Json& j) { j["regimes"][0]["needs"][0]["posture"] = "approval_presumed"; },
       "`regimes[0].needs[0].posture`"},
      {"the title of an authority", 2,
       [](Json& j) { j["regimes"][0]["needs"][0]["authority_title"] = "Prime Minister"; },
       "`regimes[0].needs[0].authority_title`"},
      {"an act that settles a need", 2,
       [](Json& j) {
         j["regimes"][0]["needs"][0]["settled_by"].push_back(
             {{"instrument", "forged"}, {"state", "granted"}, {"covers", "yes"}, {"scope", Json::array()}});
       },
       "no act of this name speaks of it"},
      {"an act that speaks of a need left out", 0,
       [](Json& j) {
         for (Json& n : j["regimes"][0]["needs"]) n["settled_by"] = Json::array();
       },
       "the act `permit` is left out"},
      {"what takes a prohibition away", 8,
       [&](Json& j) { rule(j, "xk.export.bar_on_armed").erase("effects_defeated"); },
       "what takes effects of this rule away is left out"},
      {"what another value gives", 1, [&](Json& j) { turn(j)["best"] = "permitted_with_provisos"; },
       "with this the replay finds"},
      {"another value", 1, [&](Json& j) { turn(j)["instead"] = {turn(j)["now"]}; },
       "with this the replay finds"},
      {"what would have to change along", 1, [&](Json& j) { turn(j)["along_with"] = {"nothing"}; },
       "turns_on[0]"},
      {"the value that it has now", 1, [&](Json& j) { turn(j)["now"] = "JP"; }, "`lines[0].turns_on[0].now`"},
      {"who can change it", 1, [&](Json& j) { turn(j)["changed_by"] = "applicant"; },
       "`lines[0].turns_on[0].changed_by`"},
      {"advice that is none", 1,
       [&](Json& j) {
         const Json one = turn(j);
         for (Json* part : {&j, &j["lines"][0]}) (*part)["remedies"].push_back(one);
       },
       "the applicant cannot change this fact"},
      {"how a route fails", 2,
       [](Json& j) {
         for (Json& r : j["regimes"][0]["routes"])
           if (r.contains("fails_on")) r["fails_on"]["status"] = "unmet";
       },
       ".fails_on.status`"},
      {"a key of its own", 1, [](Json& j) { j["verdict"] = "PERMITTED"; },
       "`verdict`: no answer has this key"},
      {"part of the question left out", 1, [](Json& j) { j["question"].erase("hypothetical"); },
       "there is no `hypothetical`"},
      {"whether acts were read", 1, [](Json& j) { j["question"]["instruments"] = "hidden"; },
       "the premises say otherwise"},
      {"a reading taken in secret", 1,
       [](Json& j) {
         j["lines"][0]["premises"]["readings"] = {{"xk.export.bar_on_armed", "yes"}};
       },
       "do not take the same readings"},
      {"a reading that was not taken", 1,
       [](Json& j) {
         j["question"]["readings"] = {{"bar", "no"}};
       },
       "do not take the same readings"},
      {"an open need left out", 8,
       [](Json& j) {
         for (Json* needs : {&j["regimes"][0]["needs"], &j["needs"], &j["lines"][0]["needs"]})
           std::erase_if(needs->get_ref<Json::array_t&>(),
                         [](const Json& n) { return n["need"] == "lease_decision"; });
       },
       "`regimes[0].needs`: more is needed"},
      {"every need left out", 8,
       [](Json& j) { j["regimes"][0]["needs"] = j["needs"] = j["lines"][0]["needs"] = Json::array(); },
       "something must be authorised, and no need is open"},
      {"a proviso of the lot", 4, [](Json& j) { j["lines"][0]["premises"]["carried"] = Json::array(); },
       "the replay finds"},
      {"the parties of a proviso", 4,
       [](Json& j) { j["lines"][0]["premises"]["carried"][0]["with"]["holder"] = "elsewhere"; },
       "the rule `xk.export.no_passing_on` is left out"},
      {"a reason cut short", 4, [](Json& j) { j["regimes"][0]["because"].erase(0); },
       "on these alone the finding could be"},
      {"a regime left out", 1, [](Json& j) { j["regimes"].erase(1); }, "the regime `xk.grants` is left out"},
      {"a regime twice", 1, [](Json& j) { j["regimes"].push_back(j["regimes"][0]); },
       "no rulebook has this regime"},
      {"the law day in the question", 1, [](Json& j) { j["question"]["law_of"] = "2023-06-01"; },
       "`question.law_of`"},
      {"the law day", 0,
       [](Json& j) { j["question"]["law_of"] = j["lines"][0]["premises"]["law_of"] = "2023-06-01"; },
       "left out"},
      {"a route", 0, [](Json& j) { j["regimes"][0]["routes"][0]["status"] = "unmet"; },
       "`regimes[0].routes[0].status`"},
      {"a route left out", 0, [](Json& j) { j["regimes"][0]["routes"] = Json::array(); },
       "the route `xk.export.to_friends` is left out"},
      {"a state", 1, [](Json& j) { j["states"][0]["worst"] = "permitted"; }, "`states`"},
      {"a state without rulebook", 4,
       [](Json& j) { j["lines"][0]["premises"]["states_with_a_say"] = {"XK"}; }, "the replay finds"},
      {"every proviso left out", 0,
       [](Json& j) {
         j["provisos"] = j["lines"][0]["provisos"] = j["regimes"][0]["provisos"] = Json::array();
       },
       "is left out"},
      {"somebody else is held to a proviso", 0,
       [](Json& j) {
         for (Json* where : {&j["provisos"], &j["lines"][0]["provisos"], &j["regimes"][0]["provisos"]})
           for (Json& p : *where) p["with"]["holder"] = "anybody";
       },
       "that binds this"},
      {"the route that is used", 0,
       [](Json& j) {
         for (Json& r : j["regimes"][0]["routes"]) r["used"] = !r["used"].get<bool>();
       },
       "that binds this"},
      {"an obligation left out", 0,
       [](Json& j) {
         j["obligations"] = j["lines"][0]["obligations"] = j["regimes"][0]["obligations"] = Json::array();
       },
       "obliges to is left out"},
      {"a state on the way left out", 9, [](Json& j) { j["lines"][0]["premises"]["in_transit"] = {"KE"}; },
       "`coverage.not_encoded`"},
      {"a line left out", 5, [](Json& j) { j["lines"].erase(1); }, ""},
  };
  for (const Forgery& f : all) {
    Json answer = decide(transfers()[f.transfer]);
    const Json before = answer;
    f.forge(answer);
    INFO(f.name);
    REQUIRE((answer != before));
    const ProofResult p = checked(answer);
    INFO(messages(p));
    REQUIRE(p.refused);
    CHECK(p.reports.front().code == "SK6003");
    CHECK(messages(p).find(f.says) != std::string::npos);
  }
}

namespace {

/// What stands in the regimes of an answer on one line, said again of the line and the whole.
void say_again(Json& j) {
  for (const char* key : {"needs", "provisos", "obligations"}) {
    Json all = Json::array();
    for (const Json& r : j["regimes"])
      for (const Json& e : r[key]) all.push_back(e);
    j[key] = j["lines"][0][key] = all;
  }
  for (const char* key : {"because", "missing", "remedies", "turns_on"}) j[key] = j["lines"][0][key];
}
Json& need_called(Json& j, const std::string& name) {
  for (Json& r : j["regimes"])
    for (Json& n : r["needs"])
      if (n["need"] == name) return n;
  FAIL("no need ", name);
  return j;
}
using Forge = std::function<void(Json&)>;
/// A true answer is replayed, and what was made of it is refused in these words.
void refuses(const Rulebooks& books, const Json& answer, const std::string& name, const Forge& forge,
             const std::string& says) {
  INFO(name);
  const auto check = [&](const Json& j) { return check_proof(books, {"answer", j.dump()}); };
  const ProofResult right = check(answer);
  INFO(messages(right));
  REQUIRE(right.whole);
  Json forged = answer;
  forge(forged);
  say_again(forged);
  REQUIRE((forged != answer));
  const ProofResult p = check(forged);
  INFO(messages(p));
  REQUIRE(p.refused);
  CHECK(messages(p).find(says) != std::string::npos);
}

/// A law of one regime.
Rulebooks books_of(const std::string& facts, const std::string& rules) {
  return Rulebooks(
      std::vector<SourceText>{{"one.law", "authority xk.office of XK \"Office\"\n" + facts +
                                              "regime xk.r \"R\"\n  authority xk.office\n  force statute\n"
                                              "  otherwise permitted\n  cite \"R, 1\"\n" +
                                              rules}});
}
Json decide_alone(const Rulebooks& books, const std::string& transfer) {
  return decide(books, transfer, "2020-01-01", std::nullopt);
}

}  // namespace

TEST_CASE("a need that no provision has, or has otherwise, is refused") {
  const Json permitted = decide(transfers()[0]);
  const Json open = decide(small_books(), transfers()[0], "2021-06-01", SourceText{"world", world}, true);
  const Json barred = decide(
      "{transfer: 1, from: XK, to: KE, kind: sale, facts: {armed: no, code: \"1.1\", licensors: [KE]}}");
  struct Case {
    const char* name;
    const Json& answer;
    Forge forge;
    const char* says;
  };
  const std::vector<Case> all{
      {"of a rule that does not apply", permitted,
       [](Json& j) {
         Json n = need_called(j, "export_permit");
         n["need"] = "lease_decision";
         n["kind"] = "decision";
         n["for"] = "xk.export.leases_may_go";
         n["cite"] = "Export Act, 5";
         n["state"] = "none";
         n["status"] = "open";
         n["settled_by"] = Json::array();
         j["regimes"][0]["needs"].push_back(n);
       },
       "no provision that stands, or may, needs this"},
      {"a citation", permitted, [](Json& j) { need_called(j, "inspection")["cite"] = "Export Act, 5"; },
       "no provision of this name and citation that stands, or may, needs it"},
      {"the state of a step that a final act shows", permitted,
       [](Json& j) { need_called(j, "inspection")["state"] = "FORGED"; }, "the replay finds `granted`"},
      {"the status of such a step", permitted,
       [](Json& j) { need_called(j, "inspection")["status"] = "refused"; }, "the replay finds `met`"},
      {"that a final act shows it", permitted, [](Json& j) { need_called(j, "inspection").erase("implied"); },
       "a final act shows this step"},
      {"a step that no act shows", open,
       [](Json& j) {
         Json& n = need_called(j, "inspection");
         n["implied"] = true;
         n["state"] = "granted";
         n["status"] = "met";
       },
       "no final act shows this step"},
      {"that it would lift a bar", permitted,
       [](Json& j) { need_called(j, "export_permit")["would_lift"] = true; }, "would lift a bar"},
      {"that it would not lift one", barred,
       [](Json& j) { need_called(j, "single_exception").erase("would_lift"); }, "would lift a bar"},
      {"that it lifts one otherwise than yes", barred,
       [](Json& j) { need_called(j, "single_exception")["would_lift"] = false; },
       "needs[0].would_lift`: the answer says `false`"},
      {"how a scope fits", permitted,
       [](Json& j) { need_called(j, "export_permit")["settled_by"][0]["scope"][0]["match"] = "unmatched"; },
       "the replay finds `matched`"},
      {"a scope left out", permitted,
       [](Json& j) { need_called(j, "export_permit")["settled_by"][0]["scope"] = Json::array(); },
       "the scope by `destination` is left out"},
      {"what no act is", permitted,
       [](Json& j) { need_called(j, "export_permit")["settled_by"][0]["assumed"] = false; }, ".assumed`"},
  };
  for (const Case& c : all) refuses(small_books(), c.answer, c.name, c.forge, c.says);
}

TEST_CASE("how a judged fact must be found is replayed where the answer is open too") {
  const Rulebooks books = books_of(
      "fact armed is yes or no\n  asks \"armed?\"\n"
      "fact fighting is yes or no\n  asks \"fighting?\"\n  judged by xk.office\n",
      "rule a\n  cite \"R, 2\"\n  prohibits when fighting\n"
      "rule b\n  cite \"R, 3\"\n  prohibits when armed\n");
  const Json open = decide_alone(books, "{transfer: 1, facts: {armed: {one_of: [yes, no]}}}");
  REQUIRE(open["best"] == "authorisation_required");
  REQUIRE(open["worst"] == "prohibited");
  const auto fighting = [](Json& j) -> Json& { return need_called(j, "fighting"); };
  const auto refused = [&](const char* name, const Forge& forge, const char* says) {
    refuses(books, open, name, forge, says);
  };
  refused(
      "the other finding", [&](Json& j) { fighting(j)["finding"] = "yes"; },
      "found so, nothing comes out better than found otherwise");
  refused(
      "the same again", [](Json& j) { j["regimes"][0]["needs"].push_back(j["regimes"][0]["needs"][0]); },
      "it is told twice");
  refused(
      "both ways, of which one is no better",
      [](Json& j) {
        Json other = j["regimes"][0]["needs"][0];
        other["finding"] = "yes";
        j["regimes"][0]["needs"].push_back(other);
      },
      "found so, nothing comes out better than found otherwise");
  refused(
      "its kind", [&](Json& j) { fighting(j)["kind"] = "permit"; }, "the replay finds `finding`");
  refused(
      "a state", [&](Json& j) { fighting(j)["state"] = "granted"; }, "the replay finds `none`");
  refused(
      "who reads it",
      [&](Json& j) {
        fighting(j)["for"] = "xk.r.b";
        fighting(j)["cite"] = "R, 3";
      },
      "no provision of this name and citation that may apply reads it");
}

TEST_CASE("a change that names nothing else, or promises nothing better, is refused") {
  const Rulebooks books = books_of(
      "fact y is yes or no\n  asks \"y?\"\n  changed by applicant\n"
      "fact n is one of low, middle, high\n  asks \"n?\"\n  changed by applicant\n",
      "rule a\n  cite \"R, 2\"\n  needs permit p from xk.office\n  when y and n is high\n");
  const auto advice = [](const char* fact, const char* now, const Json& instead, const char* finding) {
    return Json{{"fact", fact},    {"now", now},       {"instead", instead},
                {"best", finding}, {"worst", finding}, {"changed_by", "applicant"}};
  };
  const auto advised = [&](const Json& answer, const char* name, const Json& one, const char* says) {
    refuses(
        books, answer, name, [&](Json& j) { j["lines"][0]["remedies"] = Json::array({one}); }, says);
  };
  const Json free = decide_alone(books, "{transfer: 1, facts: {y: no, n: high}}");
  const Json bound = decide_alone(books, "{transfer: 1, facts: {y: yes, n: high}}");
  REQUIRE(bound["remedies"].size() == 2);
  advised(free, "nothing instead", advice("y", "no", Json::array(), "not_engaged"),
          "no other value is named");
  advised(free, "for the worse", advice("y", "no", {"yes"}, "authorisation_required"),
          "this promises nothing better");
  advised(free, "of no effect", advice("n", "high", {"middle"}, "permitted"), "this promises nothing better");
  advised(bound, "what it is", advice("n", "high", {"high"}, "authorisation_required"),
          "it has this value, or may");
  advised(bound, "twice", advice("y", "yes", {"no", "no"}, "permitted"), "this value is named twice");
  const Json open = decide_alone(books, "{transfer: 1, facts: {y: yes, n: {one_of: [low, high]}}}");
  advised(open, "of an open answer", advice("y", "yes", {"no"}, "permitted"), "the finding is open");
}

TEST_CASE("whether the law of a state is read that has a say is judged by the facts as they are changed") {
  const Rulebooks books =
      books_of("fact departure is country\n  asks \"From?\"\n",
               "rule a\n  cite \"R, 2\"\n  needs permit p from xk.office\n  when departure is XK\n");
  Json answer = decide_alone(books, "{transfer: 1, from: FR}");
  REQUIRE(answer["finding"] == "not_assessed");
  REQUIRE(answer["turns_on"].size() == 1);
  REQUIRE(answer["turns_on"][0]["instead"] == Json({"XK"}));
  const auto with_worst = [&](const char* worst) {
    answer["turns_on"][0]["worst"] = answer["lines"][0]["turns_on"][0]["worst"] = worst;
    return check_proof(books, {"answer", answer.dump()});
  };
  CHECK(with_worst("authorisation_required").whole);
  CHECK(messages(with_worst("prohibited"))
            .find("the replay finds `authorisation_required` to `authorisation_required`") !=
        std::string::npos);
}

namespace {

/// A law of one regime whose constraint ties `y` to where goods leave, or to what a set holds.
Rulebooks tied_books(const std::string& constraint, const std::string& rule,
                     const char* changed_by = "authority") {
  return books_of(fmt::format("fact departure is country\n  asks \"From?\"\n  changed by {0}\n"
                              "fact via is set of country\n  asks \"Through?\"\n"
                              "fact lic is set of country\n  asks \"Licensors?\"\n"
                              "fact y is yes or no\n  asks \"y?\"\n  changed by {0}\n"
                              "constraint c \"tied to y\" always {1}\n",
                              changed_by, constraint),
                  "rule a\n  cite \"R, 2\"\n  needs permit p from xk.office\n  when " + rule + "\n");
}
const Json& change_of(const Json& answer, const char* list, const char* fact) {
  for (const Json& c : answer[list])
    if (c["fact"] == fact) return c;
  FAIL("no change of ", fact);
  return answer;
}

}  // namespace

TEST_CASE("a fact that gives a say and is left open may give it to a state whose law nobody reads") {
  struct Case {
    const char *name, *constraint, *rule, *transfer, *along;
  };
  for (const Case& c : {Case{"departure", "departure is US implies y", "departure is US",
                             "{transfer: 1, from: US, facts: {y: yes}}", "departure"},
                        Case{"from where the law is read", "departure is XK implies y", "y",
                             "{transfer: 1, from: XK, facts: {y: yes}}", "departure"},
                        Case{"the states on the way", "(some s in via has (s is KE)) implies y", "y",
                             "{transfer: 1, from: XK, via: [KE], facts: {y: yes}}", "via"}}) {
    INFO(c.name);
    const Rulebooks books = tied_books(c.constraint, c.rule);
    const Json answer = decide_alone(books, c.transfer);
    const Json& change = change_of(answer, "turns_on", "y");
    CHECK(change["along_with"] == Json({c.along}));
    CHECK(change["worst"] == "prohibited");
    refuses(
        books, answer, "the law of every state is read",
        [](Json& j) {
          for (Json& one : j["lines"][0]["turns_on"])
            if (one["fact"] == "y") one["worst"] = one["best"];
        },
        "to `prohibited`");
  }
  // It is no remedy either.
  const Json answer = decide_alone(tied_books("departure is XK implies y", "y", "applicant"),
                                   "{transfer: 1, from: XK, facts: {y: yes}}");
  REQUIRE(answer["finding"] == "authorisation_required");
  CHECK(answer["remedies"].empty());
}

TEST_CASE("what a set holds is left open as a whole, and no member that stands for others has a name") {
  const Rulebooks books = tied_books(
      "lic is empty implies y", "(departure is US and lic is not empty) or every q in lic has (q is PL)");
  const Json answer =
      decide_alone(books, "{transfer: 1, facts: {lic: [], y: yes, departure: {one_of: [XK, PL]}}}");
  CHECK(change_of(answer, "turns_on", "y")["along_with"] == Json({"lic"}));
  for (const char* along : {"AG in lic", "PL in lic", "p"})
    refuses(
        books, answer, along, [&](Json& j) { j["lines"][0]["turns_on"][0]["along_with"] = {along}; },
        "the premises say nothing of this, or it was named before");
}

TEST_CASE("what is in one set, in another and in both can be of values that nobody names") {
  const Rulebooks books =
      books_of("fact a is set of country\n  asks \"a?\"\nfact b is set of country\n  asks \"b?\"\n",
               "rule x\n  cite \"R, 2\"\n  prohibits when (some q in a has (q is not in b)) and\n"
               "    (some q in b has (q is not in a)) and (some q in a has (q is in b))\n");
  const Json answer = decide_alone(books, "{transfer: 1}");
  REQUIRE(answer["worst"] == "prohibited");
  const ProofResult p = check_proof(books, {"answer", answer.dump()});
  INFO(messages(p));
  CHECK(p.whole);
}

TEST_CASE("nothing can be added to what an answer tells") {
  const auto rule = [](Json& j, const std::string& name) -> Json& {
    for (Json& r : j["regimes"])
      for (Json& e : r["derivation"])
        if (e["rule"] == name) return e;
    FAIL("no rule ", name);
    return j;
  };
  const auto also_reads = [&](const char* of, const char* fact, const char* value) {
    return [&rule, of, fact, value](Json& j) {
      rule(j, of)["reads"].push_back({{"fact", fact}, {"value", value}});
    };
  };
  const auto also_because = [](const char* fact, const Json& value) {
    return [fact, value](Json& j) { j["lines"][0]["because"].push_back({{"fact", fact}, {"value", value}}); };
  };
  const auto again = [](Json& list) {
    REQUIRE_FALSE(list.empty());
    const Json first = list[0];
    list.push_back(first);
  };
  const Json permitted = decide(transfers()[0]), barred = decide(transfers()[1]),
             open = decide(transfers()[2]), asked = decide(transfers()[6]);
  struct Case {
    const char* name;
    const Json& answer;
    Forge forge;
    const char* says;
  };
  const std::vector<Case> all{
      {"a fact that a rule does not read", barred, also_reads("xk.export.bar_on_armed", "kind", "lease"),
       "reads[1]`: `kind` is not read here"},
      {"a fact that a regime does not read", barred,
       [](Json& j) {
         j["regimes"][1]["derivation"][0]["reads"].push_back({{"fact", "armed"}, {"value", "yes"}});
       },
       "`armed` is not read here"},
      {"a need that no condition can read", barred,
       also_reads("xk.export.bar_on_armed", "lease_decision", "none"), "`lease_decision` is not read here"},
      {"a fact read twice", barred, [&](Json& j) { again(rule(j, "xk.export.bar_on_armed")["reads"]); },
       "it is told twice"},
      {"a member that a set has not", barred,
       also_reads("xk.export.licensors_agree", "KE in licensors", "no"), "it is not known to be in it"},
      {"a member of a set that a rule does not read", barred,
       also_reads("xk.export.bar_on_armed", "US in licensors", "yes"), "`US in licensors` is not read here"},
      {"what a list says", permitted, [&](Json& j) { again(rule(j, "xk.export.to_friends")["registers"]); },
       ".registers`"},
      {"a fact that a route does not fail on", open,
       [](Json& j) {
         for (Json& r : j["regimes"][0]["routes"])
           if (r.contains("fails_on"))
             r["fails_on"]["reads"].push_back({{"fact", "licensors"}, {"value", nullptr}});
       },
       "`licensors` is not read here"},
      {"what a route that is met fails on", permitted,
       [](Json& j) {
         j["regimes"][0]["routes"][0]["fails_on"] = {
             {"text", "not armed"}, {"status", "unmet"}, {"reads", Json::array()}};
       },
       "the replay finds that it does not fail"},
      {"what defeats a route", permitted,
       [](Json& j) { j["regimes"][0]["routes"][0]["defeated_by"] = {"xk.export.bar_on_armed"}; },
       "the replay finds the route not defeated"},
      {"what a route needs", permitted,
       [](Json& j) { j["regimes"][0]["routes"][0]["needs"].push_back("lease_decision"); },
       "`regimes[0].routes[0].needs`"},
      {"a reason that nobody knows", permitted, also_because("price", nullptr),
       "nothing is known of it that could be a reason"},
      {"a member as a reason", permitted, also_because("US in licensors", "yes"),
       "nothing is known of it that could be a reason"},
      {"a reason twice", permitted, [&](Json& j) { again(j["lines"][0]["because"]); }, "it is told twice"},
      {"a reason of what is open", open, also_because("armed", "no"),
       "the finding is open, and has no reasons"},
      {"a need twice", permitted, [&](Json& j) { again(j["regimes"][0]["needs"]); }, "it is told twice"},
      {"an act twice", permitted, [&](Json& j) { again(need_called(j, "export_permit")["settled_by"]); },
       "no act of this name speaks of it"},
      {"a scope twice", permitted,
       [&](Json& j) { again(need_called(j, "export_permit")["settled_by"][0]["scope"]); },
       "the act has no scope of this fact, or it was said before"},
      {"a proviso twice", permitted, [&](Json& j) { again(j["regimes"][0]["provisos"]); },
       "it is told twice"},
      {"an obligation twice", permitted, [&](Json& j) { again(j["regimes"][0]["obligations"]); },
       "it is told twice"},
      {"a proviso of an act that covers something else", open,
       [](Json& j) {
         j["regimes"][0]["provisos"].push_back({{"proviso", "xk.export.no_passing_on"},
                                                {"with", {{"holder", "friend_gov"}}},
                                                {"bound_by", "permit"},
                                                {"cite", ""},
                                                {"lapses", "never"}});
       },
       "the replay finds no `permit` that binds this"},
      {"a change twice", barred, [&](Json& j) { again(j["lines"][0]["turns_on"]); },
       "this value is named twice"},
      {"a question twice", asked, [&](Json& j) { again(j["lines"][0]["missing"]); }, "it is asked twice"},
      {"a question of what is known", asked,
       [](Json& j) {
         Json& missing = j["lines"][0]["missing"];
         for (Json& q : missing)
           if (q["fact"] == "destination") q["fact"] = "code";
         for (Json& q : missing)
           if (q["fact"] == "code") {
             q["asks"] = "Under which code?";
             q["type"] = "code of 1, 2";
           }
       },
       "the premises say it"},
      {"a question that nothing asks", asked,
       [](Json& j) {
         j["lines"][0]["missing"].push_back({{"fact", "the fee"},
                                             {"kind", "record"},
                                             {"asks", "Has the fee been paid?"},
                                             {"type", "yes or no"},
                                             {"matters_to", {"xk.export"}}});
       },
       "no question of this kind is called `the fee`"},
      {"the words of a question", asked,
       [](Json& j) {
         for (Json& q : j["lines"][0]["missing"])
           if (q["kind"] == "fact") q["asks"] = "Is the fee paid?";
       },
       ".asks`"},
      {"to what a question matters", asked,
       [](Json& j) { j["lines"][0]["missing"][0]["matters_to"].push_back("xk.fees"); },
       "no rulebook has the regime `xk.fees`"},
  };
  for (const Case& c : all) refuses(small_books(), c.answer, c.name, c.forge, c.says);
}

TEST_CASE("constraints on judged facts that nobody found are satisfied by one reading of them") {
  const Rulebooks books = books_of(
      "fact y is yes or no\n  asks \"y?\"\nfact z is yes or no\n  asks \"z?\"\n"
      "fact breach is yes or no\n  asks \"breach?\"\n  judged by xk.office\n"
      "constraint c0 \"y only in breach\" always y implies breach\n"
      "constraint c1 \"breach only with z\" always breach implies z\n",
      "rule a\n  cite \"R, 2\"\n  prohibits when y\n"
      "rule b\n  cite \"R, 3\"\n  needs permit p from xk.office\n  when breach\n");
  refuses(
      books, decide_alone(books, "{transfer: 1, facts: {y: yes, z: yes}}"), "what no reading satisfies",
      [](Json& j) { j["lines"][0]["premises"]["facts"]["z"]["one_of"] = {"no"}; },
      "the premises contradict each other");
}

TEST_CASE(
    "what a regime governs has no citation, no effect and no source, and no rule has what the law omits") {
  const Json answer = decide(transfers()[1]);
  for (const char* key :
       {"cite", "source", "force", "effect", "addressee", "defeated_by", "effects_defeated", "registers"})
    refuses(
        small_books(), answer, key,
        [&](Json& j) { j["regimes"][0]["derivation"][0][key] = "Forged Act, 99"; },
        "no answer has this key here");
  for (const char* key : {"source", "addressee"})
    refuses(
        small_books(), answer, key,
        [&](Json& j) { j["regimes"][0]["derivation"][1][key] = "http://forged.example"; },
        std::string("the law states no ") + key);
}

TEST_CASE("a key that no answer has is refused wherever it stands") {
  Json answer = decide(transfers()[0]);
  std::size_t added = 0;
  const std::function<void(Json&, const std::string&)> each = [&](Json& at, const std::string& place) {
    if (mentions(place, {"/facts", "/with", "/part_of", "/finds", "/premises/acts/#/scope"})) return;
    if (at.is_object()) {
      at["released_by"] = "officer 7";
      const ProofResult p = checked_briefly(answer);
      INFO(place);
      CHECK(p.refused);
      at.erase("released_by");
      ++added;
    }
    if (at.is_structured())
      for (auto it = at.begin(); it != at.end(); ++it)
        each(*it, place + "/" + (at.is_object() ? it.key() : "#"));
  };
  each(answer, "");
  CHECK(added > 50);
}

TEST_CASE("the several values that a fact may have stand in any order") {
  const Rulebooks books = books_of("fact who is country\n  asks \"Who?\"\n",
                                   "rule a\n  cite \"R, 2\"\n  prohibits when who is PL\n");
  for (const char* values : {"US, DE", "DE, US"}) {
    const Json answer =
        decide_alone(books, fmt::format("{{transfer: 1, facts: {{who: {{one_of: [{}]}}}}}}", values));
    REQUIRE(answer["turns_on"].size() == 1);
    const ProofResult p = check_proof(books, {"answer", answer.dump()});
    INFO(messages(p));
    CHECK(p.whole);
  }
}

TEST_CASE("states without rulebook are those of all lines") {
  const Rulebooks books =
      books_of("fact departure is country\n  asks \"From?\"\n",
               "rule a\n  cite \"R, 2\"\n  needs permit p from xk.office\n  when departure is XK\n");
  // What another departure gives is no part of this: another line has it.
  Json answer = decide_alone(books,
                             "{transfer: 1, lines: [{id: a, facts: {departure: XK}}, "
                             "{id: b, facts: {departure: FR}}]}");
  CHECK(answer["coverage"]["not_encoded"] == Json({"FR"}));
  answer["turns_on"] = answer["lines"][0]["turns_on"] = answer["lines"][1]["turns_on"] = Json::array();
  const auto check = [&] { return check_proof(books, {"answer", answer.dump()}); };
  INFO(messages(check()));
  CHECK(check().whole);
  answer["coverage"]["not_encoded"] = Json::array();
  CHECK(check().refused);
}

TEST_CASE("an answer is refused beside any other text of the law, and that text is named") {
  const Json answer = decide(transfers()[0]);
  std::string other = small_law;
  other.replace(other.find("prohibits when armed"), 20, "prohibits when not armed");
  const auto beside = [&](std::vector<SourceText> texts) {
    return check_proof(Rulebooks(std::move(texts)), {"answer", answer.dump()});
  };
  const ProofResult changed = beside({{"small.law", other}});
  CHECK(changed.refused);
  CHECK(messages(changed).find("`small.law` has another text here") != std::string::npos);
  const ProofResult more =
      beside({{"small.law", small_law}, {"more.law", "authority zz.office of XK \"Another\"\n"}});
  CHECK(messages(more).find("derived without `more.law`") != std::string::npos);
  CHECK(beside({{"elsewhere/small.law", small_law}}).whole);
  Json twice = answer;
  twice["rulebooks"].push_back(twice["rulebooks"][0]);
  CHECK(messages(checked(twice)).find("this text is named twice") != std::string::npos);
}

TEST_CASE("what is no answer is refused as that, whatever its form") {
  const std::string text = decide(transfers()[1]).dump();
  const auto refused = [&](const std::string& t) {
    const ProofResult p = check_proof(small_books(), {"answer", t});
    INFO(t.substr(0, 60));
    REQUIRE(p.refused);
    return p.reports.front().code;
  };
  for (std::size_t cut = 0; cut < text.size(); cut += 97) CHECK(refused(text.substr(0, cut)) == "SK6001");
  for (const char* t :
       {"", "null", "[]", "{}", "7", "\"answer\"", "{\"schema\": \"sekisho-answer/1\"}", "\xff\xfe",
        "{\"schema\": \"sekisho-answer/2\"}", "{\"schema\": 1e9999}", "{\"schema\": -4e444e"})
    CHECK(refused(t) == "SK6001");
  CHECK(refused(std::string(100'000, '[')) == "SK6001");
  CHECK(refused(std::string(100, '[') + std::string(100, ']')) == "SK6001");
  Json two_forms = decide(transfers()[1]);
  two_forms["lines"][0]["premises"]["facts"]["armed"]["between"] = {"no", "yes"};
  CHECK(refused(two_forms.dump()) == "SK6001");
  std::string twice = text;
  twice.insert(1, "\"finding\":\"permitted\",");
  CHECK(refused(twice) == "SK6001");
}

TEST_CASE("a part of another form is refused with its place: each one of an answer, replaced by each form") {
  Json answer = decide(transfers()[4]);
  std::size_t changed = 0;
  const std::function<void(Json&)> each = [&](Json& at) {
    if (!at.is_structured()) return;
    for (auto it = at.begin(); it != at.end(); ++it) {
      const Json before = *it;
      for (const Json& other : {Json(nullptr), Json("x"), Json::array({1}), Json::object({{"x", 1}})}) {
        *it = other;
        (void)checked_briefly(answer);  // comes to an end, with or without a refusal
        ++changed;
      }
      *it = before;
      each(*it);
    }
  };
  each(answer["lines"]);
  each(answer["regimes"]);
  CHECK(changed > 500);
}

TEST_CASE("what would need more readings than allowed is called unsettled and never checked") {
  const Json answer = decide(transfers()[6]);
  const ProofResult p = check_proof(small_books(), {"answer", answer.dump()}, 2);
  CHECK_FALSE(p.refused);
  CHECK_FALSE(p.whole);
  CHECK(messages(p).find("SK6004") != std::string::npos);
  CHECK(Json::parse(p.json)["result"] == "replayed_in_part");
}

TEST_CASE("random decisions on random rulebooks are replayed") {
  judge::Maker make(20260421);
  const auto yes_no = [](unsigned known) { return known == 1 ? "no" : known == 2 ? "yes" : "unknown"; };
  const auto choice = [](unsigned known) {
    std::string all;
    for (int v = 0; v < 3; ++v)
      if (known >> v & 1) all += fmt::format("{}v{}", all.empty() ? "" : ", ", v);
    return "{one_of: [" + all + "]}";
  };
  int whole = 0;
  for (int i = 0; i < 150; ++i) {
    const judge::Book book = make.book();
    const Rulebooks rulebooks(std::vector<SourceText>{{"book.law", judge::text_of(book)}});
    REQUIRE(rulebooks.ok());
    const judge::Known k = make.knowledge();
    if (book.constrained && k[0] == 2 && k[1] == 2) continue;  // nothing is possible
    std::string members, complete = "yes";
    for (std::size_t v = 0; v < 3; ++v) {
      if (k[judge::member + v] == 2) members += fmt::format("{}v{}", members.empty() ? "" : ", ", v);
      if (k[judge::member + v] == 3) complete = "no";
    }
    const std::string transfer = fmt::format(
        "{{transfer: 1, facts: {{f0: {}, f1: {}, f2: {}, f3: {}, f5: {}, s: {{known: [{}], complete: "
        "{}}}}}}}",
        yes_no(k[0]), yes_no(k[1]), yes_no(k[2]), choice(k[judge::choice]), choice(k[judge::second_choice]),
        members, complete);
    const unsigned j = k[judge::judged];
    std::string w = "world: 1\n";
    if (j == 4) w += "records: [{authority: x.gov, complete_to: 2030-01-01}]\n";
    if (j == 1 || j == 2)
      w += fmt::format("instruments: [{{id: i, authority: x.gov, issued: 2019-01-01, finds: {{f4: {}}}}}]\n",
                       yes_no(j));
    const Json answer = decide(rulebooks, transfer, "2019-06-01", SourceText{"world", w});
    const ProofResult p = check_proof(rulebooks, {"answer", answer.dump()});
    INFO(judge::text_of(book), "\n", transfer, "\n", w, "\n", messages(p));
    CHECK_FALSE(p.refused);
    whole += p.whole ? 1 : 0;
  }
  CHECK(whole > 100);
}
