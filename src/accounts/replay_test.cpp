#include "accounts/replay.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>

#include "model/event_reader.h"
#include "support.h"

using namespace sekisho;
using sekisho::test::day;

namespace {

constexpr const char* granted =
    R"({"event":"authorise","id":"g","on":"2024-01-01","authorisation":"permit","kind":"licence","state":"granted","authority":"x.office","valid":{"to":"2025-12-31"},"limits":[{"quantity":"10 pieces"}]})";

/// Parties of which is told that they are there, and no more.
World told_of_parties() {
  World w;
  for (const char* id : {"unit", "other", "another"}) w.parties.push_back({id, "", "", "", "", {}, {}});
  return w;
}

/// A file of events, replayed.
struct Replay {
  Sources sources;
  Diagnostics diags;
  std::vector<Event> events;
  Accounts accounts;
  explicit Replay(const std::vector<std::string>& lines, const char* on = "2025-06-30",
                  const World& world = told_of_parties()) {
    std::string text;
    for (const std::string& l : lines) text += l + "\n";
    events = read_events(sources, sources.add("events.jsonl", text), diags);
    REQUIRE(!diags.has_errors());
    accounts = replay_accounts(events, day(on), world, diags);
  }
  /// Each diagnostic as `line code`, one after the other.
  std::string found() const {
    std::string out;
    for (const Diagnostic& d : diags.all())
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", sources.locate(d.at).line, d.code->code);
    return out;
  }
  std::string free() const {
    return to_string(accounts.book.balances("permit", day("2025-06-30")).at(0).free);
  }
};

std::string reserve(const char* id, const char* on, const char* quantity, const char* more = "") {
  return fmt::format(
      R"({{"event":"reserve","id":"{}","on":"{}","lines":[{{"item":"gyro","consignee":"unit","quantity":"{}","under":["permit"]{}}}]}})",
      id, on, quantity, more);
}
std::string take(const char* kind, const char* id, const char* on, const char* of) {
  return fmt::format(R"({{"event":"{}","id":"{}","on":"{}","of":"{}"}})", kind, id, on, of);
}

}  // namespace

TEST_CASE("events about authorisations are booked in the order of their days, however they were recorded") {
  std::vector<std::string> lines{granted,
                                 reserve("r", "2024-03-01", "6 pieces"),
                                 take("draw", "d", "2024-03-02", "r"),
                                 reserve("q", "2024-04-01", "3 pieces"),
                                 take("free", "f", "2024-04-02", "q"),
                                 take("expire", "x", "2026-01-01", "permit")};
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(lines.begin(), lines.end(), random);
    const Replay r(lines, "2026-02-01");
    CHECK(r.found() == "");
    CHECK(r.free() == "4 pieces");
    CHECK(r.accounts.booked.size() == 6);
    CHECK(r.accounts.book.state("permit", day("2026-02-01")) == AuthorisationState::expired);
    CHECK(r.accounts.book.audit().empty());
  }
}

TEST_CASE("up to a day only what was so by then counts") {
  const std::vector<std::string> lines{granted, reserve("r", "2024-03-01", "6 pieces")};
  CHECK(Replay(lines, "2024-02-29").free() == "10 pieces");
  CHECK(Replay(lines, "2024-03-01").free() == "4 pieces");
}

TEST_CASE("an event that is refused books nothing and is reported at its line, each reason once") {
  const Replay r({granted, reserve("a", "2024-03-01", "11 pieces"), reserve("b", "2026-03-01", "1 kg"),
                  take("draw", "c", "2024-03-02", "nobody"), reserve("d", "2024-03-03", "10 pieces")},
                 "2026-06-30");
  CHECK(r.found() == "2 SK3301, 4 SK3302, 3 SK3304, 3 SK3307");
  CHECK(r.accounts.refused.size() == 3);
  CHECK(r.accounts.refused[0].why[0].lacks == Amount{10'000, "pieces"});
  CHECK(r.free() == "0 pieces");
}

TEST_CASE("a correction makes another book, and reports what it makes impossible") {
  const std::vector<std::string> lines{granted, reserve("r", "2024-03-01", "6 pieces"),
                                       take("draw", "d", "2024-03-02", "r"),
                                       reserve("q", "2024-04-01", "3 pieces")};
  auto corrected = lines;
  corrected.push_back(R"({"event":"correct","id":"c1","on":"2024-05-01","of":"r","instead":)" +
                      reserve("r", "2024-03-01", "7 pieces") + "}");
  const Replay seven(corrected);
  CHECK(seven.found() == "");
  CHECK(seven.free() == "0 pieces");
  corrected.push_back(R"({"event":"correct","id":"c2","on":"2024-05-02","of":"r","instead":)" +
                      reserve("r", "2024-03-01", "8 pieces") + "}");
  const Replay eight(corrected);
  CHECK(eight.found() == "4 SK3301");  // the later reservation finds too little left
  CHECK(eight.free() == "2 pieces");
  corrected.emplace_back(R"({"event":"correct","id":"c3","on":"2024-05-03","of":"r","withdrawn":"yes"})");
  const Replay withdrawn(corrected);
  CHECK(withdrawn.found() == "3 SK3302");  // nothing is there to draw
  CHECK(withdrawn.free() == "7 pieces");
}

TEST_CASE("what a party belongs to is known from the world and from what was entered") {
  const std::string scoped =
      R"({"event":"authorise","id":"g","on":"2024-01-01","authorisation":"permit","kind":"licence","state":"granted","authority":"x.office","scope":{"consignee":"army","end_user":"army"},"limits":[{"quantity":"10 pieces","consignees":"army"}]})";
  const std::string use = reserve("r", "2024-03-01", "6 pieces", R"(,"facts":{"end_user":"unit"})");
  CHECK(Replay({scoped, use}).found() == "2 SK3305, 2 SK3305");
  World world;
  world.parties.push_back({"unit", "", "", "corps", "", {}, {}});
  world.parties.push_back({"corps", "", "", "army", "", {}, {}});
  CHECK(Replay({scoped, use}, "2025-06-30", world).free() == "4 pieces");
  const std::string entered =
      R"({"event":"enter","id":"w","on":"2024-01-02","parties":{"unit":{"name":"U","part_of":"army"}}})";
  CHECK(Replay({scoped, entered, use}).free() == "4 pieces");
  CHECK(Replay({scoped, use, entered}).found() == "2 SK3305, 2 SK3305");  // not when it was recorded
  world.parties[1].part_of = "unit";                                      // a ring belongs to nothing more
  CHECK(Replay({scoped, use}, "2025-06-30", world).found() == "2 SK3305, 2 SK3305");
}

TEST_CASE("a day of movement later than the day of the record counts in its own period") {
  const std::string yearly =
      R"({"event":"authorise","id":"g","on":"2024-01-01","authorisation":"permit","kind":"licence","state":"granted","authority":"x.office","limits":[{"quantity":"10 pieces","per":"year"}]})";
  const std::string use =
      R"({"event":"reserve","id":"r","on":"2024-12-01","for":"2025-01-10","lines":[{"quantity":"6 pieces","under":["permit"]}]})";
  const Replay r({yearly, use});
  CHECK(to_string(r.accounts.book.balances("permit", day("2024-12-31"))[0].free) == "10 pieces");
  CHECK(to_string(r.accounts.book.balances("permit", day("2025-01-01"))[0].free) == "4 pieces");
}

TEST_CASE("each reason of a refusal has its code") {
  const std::string closed =
      R"({"event":"authorise","id":"g","on":"2024-01-01","authorisation":"permit","kind":"licence","state":"granted","authority":"x.office","answers":["export"],"conditions":[{"text":"lodged"}]})";
  CHECK(
      Replay(
          {closed,
           reserve(
               "r", "2024-03-01", "1 pieces",
               R"(,"needs":[{"need":"export","from":"y.office"},{"need":"retransfer","from":"x.office"}])")})
          .found() == "2 SK3304, 2 SK3306, 2 SK3306");
  CHECK(Replay({granted, reserve("r", "2024-03-01", "5 pieces"), take("draw", "d", "2024-03-02", "r"),
                take("draw", "e", "2024-03-03", "r"), take("restore", "b", "2024-03-04", "d")})
            .found() == "4 SK3308, 5 SK3310");
  CHECK(
      Replay(
          {granted,
           R"({"event":"reserve","id":"r","on":"2024-03-01","until":"2024-03-05","lines":[{"quantity":"1 pieces","under":["permit"]}]})",
           take("draw", "d", "2024-03-06", "r"), take("expire", "x", "2024-03-05", "r")})
          .found() == "4 SK3311, 3 SK3309");
}

TEST_CASE("what is stopped is neither reserved nor drawn on until another day on which it is lifted") {
  const std::string stop = R"({"event":"stop","id":"s","on":"2024-04-01","party":"unit"})";
  const std::string lift = R"({"event":"lift","id":"l","on":"2024-05-01","of":"s"})";
  const std::vector<std::string> before{granted, reserve("r", "2024-03-01", "6 pieces")};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> all = before;
    all.insert(all.end(), more.begin(), more.end());
    return Replay(all).found();
  };
  CHECK(with({stop, take("draw", "d", "2024-04-02", "r")}) == "4 SK3313");
  CHECK(with({stop, take("draw", "d", "2024-03-31", "r")}) == "");  // it had moved before
  CHECK(with({take("draw", "d", "2024-04-02", "r"), stop}) == "");  // recorded before anybody knew
  CHECK(with({stop, lift, take("draw", "d", "2024-05-01", "r")}) == "");
  CHECK(with({stop, lift, take("draw", "d", "2024-04-30", "r")}) == "5 SK3313");  // recorded late
  CHECK(with({stop, take("free", "f", "2024-04-02", "r")}) == "");                // nothing moves by it
  CHECK(with({stop, reserve("q", "2024-04-02", "1 pieces")}) == "4 SK3313");
  CHECK(with({lift}) == "3 SK3202");
  // Withdrawn by a correction, it never was; a draw that is put right was put so after the stop.
  CHECK(with({stop, R"({"event":"correct","id":"c","on":"2024-04-01","of":"s","withdrawn":"yes"})",
              take("draw", "d", "2024-04-02", "r")}) == "");
  CHECK(with({take("draw", "d", "2024-04-02", "r"), stop,
              R"({"event":"correct","id":"c","on":"2024-04-05","of":"d","instead":)" +
                  take("draw", "d", "2024-04-03", "r") + "}"}) == "5 SK3313");
  for (const char* what : {R"("item":"gyro")", R"("authorisation":"permit")"})
    CHECK(with({R"({"event":"stop","id":"s","on":"2024-04-01",)" + std::string(what) + "}",
                take("draw", "d", "2024-04-02", "r")}) == "4 SK3313");
  CHECK(with({R"({"event":"stop","id":"s","on":"2024-04-01","item":"other"})",
              take("draw", "d", "2024-04-02", "r")}) == "");
}

TEST_CASE("what is parted, merged or built from a stopped lot is stopped with it") {
  const auto lots = [](std::string more, const char* used) {
    return Replay({granted, std::move(more),
                   reserve("r", "2024-04-10", "1 pieces",
                           fmt::format(R"(,"facts":{{"lot":"{}"}})", used).c_str())})
        .found();
  };
  const std::string stop = R"({"event":"stop","id":"s","on":"2024-04-01","lot":"L"})";
  const auto event = [](const char* kind, const char* on, const char* rest) {
    return fmt::format(R"({{"event":"{}","id":"e{}","on":"{}",{}}})", kind, on, on, rest);
  };
  const std::string split = event(
      "split", "2024-04-02",
      R"("takes":[{"lot":"L"}],"gives":[{"lot":"L1","item":"gyro","quantity":"2 pieces"},{"lot":"L2","item":"gyro","quantity":"2 pieces"}])");
  const std::string merge = event(
      "merge", "2024-04-03",
      R"("takes":[{"lot":"L1"},{"lot":"Z"}],"gives":[{"lot":"M","item":"gyro","quantity":"3 pieces"}])");
  const std::string part =
      event("transfer", "2024-04-02", R"("takes":[{"lot":"L","quantity":"1 pieces","as":"P"}],"to":"unit")");
  CHECK(lots(stop + "\n" + split, "L1") == "4 SK3313");
  CHECK(lots(stop + "\n" + split + "\n" + merge, "M") == "5 SK3313");
  CHECK(lots(stop + "\n" + part, "P") == "4 SK3313");
  CHECK(lots(stop + "\n" + part, "L") == "4 SK3313, 4 SK3313");  // no event made L: it may be P, too
  const std::string other =
      event("make", "2024-01-02", R"("gives":[{"lot":"Z","item":"gyro","quantity":"2 pieces"}])");
  CHECK(lots(other + "\n" + stop + "\n" + split, "Z") == "");
  // Parted before it was stopped, the part is not what was stopped; nor after the stop was lifted.
  CHECK(lots(event("split", "2024-03-02",
                   R"("takes":[{"lot":"L","quantity":"2 pieces"}],)"
                   R"("gives":[{"lot":"L1","item":"gyro","quantity":"2 pieces"}])") +
                 "\n" + stop,
             "L1") == "");
  // Where nothing bears the number any more, what came of it is meant.
  const std::string whole =
      event("split", "2024-03-02",
            R"("takes":[{"lot":"L"}],"gives":[{"lot":"L1","item":"gyro","quantity":"2 pieces"}])");
  const std::string renamed =
      event("transfer", "2024-03-03", R"("takes":[{"lot":"L1","as":"N"}],"to":"unit")");
  CHECK(lots(whole + "\n" + stop, "L1") == "4 SK3313");
  const std::string made =
      event("make", "2024-03-01", R"("gives":[{"lot":"L","item":"gyro","quantity":"2 pieces"}])") + "\n";
  const auto taken = [&](const char* quantity) {
    return event("split", "2024-03-02",
                 fmt::format(R"("takes":[{{"lot":"L","quantity":"{}"}}],)"
                             R"("gives":[{{"lot":"L1","item":"gyro","quantity":"{}"}}])",
                             quantity, quantity)
                     .c_str()) +
           "\n";
  };
  CHECK(lots(made + taken("2 pieces") + stop, "L1") == "5 SK3313");
  CHECK(lots(made + taken("1 pieces") + stop, "L1") == "");
  CHECK(lots(whole + "\n" + renamed + "\n" + stop, "N") == "5 SK3313");
  CHECK(lots(whole + "\n" + renamed + "\n" +
                 event("make", "2024-03-04", R"("gives":[{"lot":"L","item":"gyro","quantity":"2 pieces"}])") +
                 "\n" + stop,
             "N") == "");
  CHECK(lots(stop + "\n" + split + "\n" + R"({"event":"lift","id":"l","on":"2024-04-05","of":"s"})", "L1") ==
        "");
}

TEST_CASE("of a lot used up before its stop, in however many parts, all that came of it is stopped") {
  const auto event = [](const char* kind, const char* on, const char* rest) {
    return fmt::format(R"({{"event":"{}","id":"e{}","on":"{}",{}}})", kind, on, on, rest) + "\n";
  };
  const auto found = [](const std::string& events, const char* used) {
    const Replay r(
        {granted, events + R"({"event":"stop","id":"s","on":"2024-04-01","lot":"L"})",
         reserve("r", "2024-04-10", "1 pieces", fmt::format(R"(,"facts":{{"lot":"{}"}})", used).c_str())});
    return r.found().empty() ? "" : r.found().substr(r.found().find(' ') + 1);
  };
  const std::string made =
      event("make", "2024-01-02",
            R"("gives":[{"lot":"L0","item":"gyro","quantity":"2 pieces","serials":["a","b"]}])");
  const std::string renamed =
      event("transfer", "2024-01-03", R"("takes":[{"lot":"L0","as":"L"}],"to":"unit")");
  const std::string by_serials =
      event("transfer", "2024-01-03", R"("takes":[{"lot":"L0","serials":["a","b"],"as":"L"}],"to":"unit")");
  const auto split = [&](const char* taken) {
    return event("split", "2024-01-04",
                 fmt::format(R"("takes":[{{"lot":"L",{}}}],)"
                             R"("gives":[{{"lot":"X","item":"gyro","quantity":"1 pieces"}}])",
                             taken)
                     .c_str());
  };
  for (const std::string& l : {renamed, by_serials}) {
    CHECK(found(made + l + split(R"("quantity":"2 pieces")"), "X") == "SK3313");
    CHECK(found(made + l + split(R"("serials":["a","b"])"), "X") == "SK3313");
    CHECK(found(made + l + split(R"("serials":["a"])"), "X") == "");
  }
  const std::string one = made + renamed + split(R"("quantity":"1 pieces")");
  CHECK(found(one, "X") == "");
  CHECK(found(one + event("destroy", "2024-01-05", R"("takes":[{"lot":"L"}])"), "X") == "SK3313");
}

TEST_CASE("what is recorded after a stop is bound by it, whether back-dated or as a correction") {
  const std::string made =
      R"({"event":"make","id":"m","on":"2024-01-01","gives":[{"lot":"L","item":"gyro","quantity":"9 pieces"}]})";
  const std::string stop = R"({"event":"stop","id":"s","on":"2024-04-01","lot":"L"})";
  const std::string split =
      R"({"event":"split","id":"p","on":"2024-03-01","takes":[{"lot":"L","quantity":"2 pieces"}],)"
      R"("gives":[{"lot":"X","item":"gyro","quantity":"2 pieces"}]})";
  const std::string use = reserve("r", "2024-04-10", "1 pieces", R"(,"facts":{"lot":"X"})");
  CHECK(Replay({granted, made, split, stop, use}).found() == "");
  CHECK(Replay({granted, made, stop, split, use}).found() == "5 SK3313");
  // Booked before the parting was recorded, it stands: nobody could know.
  CHECK(Replay({granted, made, split, stop, use,
                R"({"event":"destroy","id":"x","on":"2024-03-02","takes":[{"lot":"L"}]})"})
            .found() == "");

  const auto corrected = [](const std::string& of, const std::string& instead) {
    return R"({"event":"correct","id":"c","on":"2024-04-20","of":")" + of + R"(","instead":)" + instead + "}";
  };
  const std::string party = R"({"event":"stop","id":"s","on":"2024-04-01","party":"unit"})";
  const std::string other =
      R"({"event":"reserve","id":"r","on":"2024-03-01","lines":[{"item":"gyro","consignee":"other","quantity":"1 pieces","under":["permit"]}]})";
  const std::string for_unit = reserve("r", "2024-03-01", "1 pieces");
  CHECK(Replay({granted, other, party, corrected("r", for_unit)}).found() == "");  // of a day before it
  CHECK(Replay({granted, other, party, corrected("r", reserve("r", "2024-04-02", "1 pieces"))}).found() ==
        "4 SK3313");
  CHECK(Replay({granted, for_unit, made, party, corrected("m", take("draw", "m", "2024-04-02", "r"))})
            .found() == "5 SK3313");
  // A stop that is put right binds what is recorded from then on.
  const std::string wrong = R"({"event":"stop","id":"s","on":"2024-04-01","party":"acme"})";
  const std::string draw = take("draw", "d", "2024-04-02", "r");
  CHECK(Replay({granted, for_unit, wrong, draw, corrected("s", party)}).found() == "");
  CHECK(Replay({granted, for_unit, wrong, corrected("s", party), draw}).found() == "5 SK3313");
  // What was booked once a stop was lifted stands, though the lifting is put right later.
  const std::string lift = R"({"event":"lift","id":"l","on":"2024-04-02","of":"s"})";
  const std::string better = R"({"event":"lift","id":"l","on":"2024-04-02","of":"s","reason":"looked into"})";
  CHECK(Replay({granted, for_unit, party, lift, draw, corrected("l", better)}).found() == "");
}

TEST_CASE("a stop finds reserved goods under the names that they took since") {
  const auto found = [](const char* what, const std::string& between, const char* of = "A") {
    return Replay(
               {granted,
                R"({"event":"make","id":"m","on":"2024-01-01","gives":[{"lot":"A","item":"gyro","quantity":"9 pieces"},{"lot":"B","item":"gyro","quantity":"1 pieces"}]})",
                R"({"event":"transfer","id":"p","on":"2024-02-01","takes":[{"lot":"A","quantity":"2 pieces","as":"P"}],"to":"unit"})",
                reserve("r", "2024-03-01", "1 pieces", fmt::format(R"(,"facts":{{"lot":"{}"}})", of).c_str()),
                fmt::format(R"({{"event":"stop","id":"s","on":"2024-04-01","lot":"{}"}})", what) +
                    (between.empty() ? "" : "\n" + between),
                take("draw", "d", "2024-05-01", "r")})
        .found();
  };
  const std::string renamed =
      R"({"event":"transfer","id":"t","on":"2024-03-02","takes":[{"lot":"A","as":"A2"}],"to":"unit"})";
  const std::string merged =
      R"({"event":"merge","id":"t","on":"2024-04-02","takes":[{"lot":"A"},{"lot":"B"}],"gives":[{"lot":"M","item":"gyro","quantity":"8 pieces"}]})";
  CHECK(found("A2", renamed) == "7 SK3313");
  CHECK(found("B", merged) == "7 SK3313");
  CHECK(found("B", "") == "");
  CHECK(found("P", renamed) == "");  // parted before they were reserved
  // Whoever reserves what bears its number no more means what came of it.
  CHECK(
      Replay(
          {granted,
           R"({"event":"make","id":"m","on":"2024-01-01","gives":[{"lot":"A","item":"gyro","quantity":"9 pieces"}]})",
           renamed, R"({"event":"stop","id":"s","on":"2024-04-01","lot":"A2"})",
           reserve("r", "2024-04-02", "1 pieces", R"(,"facts":{"lot":"A"})")})
          .found() == "5 SK3313");
}

TEST_CASE("a draw is held against every state and lot that its reservation named") {
  CHECK(Replay({granted,
                reserve("r", "2024-03-01", "1 pieces", R"(,"facts":{"destination":"US","via":["SG","MY"]})"),
                R"({"event":"stop","id":"s","on":"2024-04-01","state":"MY"})",
                take("draw", "d", "2024-04-02", "r")})
            .found() == "4 SK3313");
}

TEST_CASE("nothing is reserved on an authorisation that has ended, for a day before it did either") {
  const std::string revoked = std::string(granted)
                                  .replace(std::string(granted).find("granted"), 7, "revoked")
                                  .replace(std::string(granted).find("2024-01-01"), 10, "2024-05-02");
  const auto booked = [](const char* on) {
    return fmt::format(
        R"({{"event":"reserve","id":"r","on":"{}","for":"2024-04-01","lines":[{{"quantity":"1 pieces","under":["permit"]}}]}})",
        on);
  };
  const std::string ended = R"({"event":"authorise","id":"h",)" + revoked.substr(revoked.find("\"on\""));
  CHECK(Replay({granted, ended, booked("2024-05-01")}).found() == "");
  CHECK(Replay({granted, ended, booked("2024-05-10")}).found() == "3 SK3304");
  CHECK(Replay({granted, booked("2026-01-01")}, "2026-02-01").found() == "2 SK3304");
}

TEST_CASE("nothing is taken past a stop by leaving unsaid what it concerns") {
  const std::string l9_is_a_gyro =
      R"({"event":"make","id":"m","on":"2024-01-01","gives":[{"lot":"l9","item":"gyro","quantity":"9 pieces"}]})";
  const auto found = [](const char* what, const char* line, const std::string& before = "") {
    return Replay(
               {before +
                    R"({"event":"authorise","id":"g","on":"2024-01-01","authorisation":"permit","kind":"licence","state":"granted","authority":"office","holder":"maker","limits":[{"quantity":"10 pieces"}]})",
                R"({"event":"stop","id":"s","on":"2024-04-01",)" + std::string(what) + "}",
                R"({"event":"reserve","id":"r","on":"2024-04-02","until":"2024-12-31","lines":[{"quantity":"1 pieces","under":["permit"])" +
                    std::string(line) + "}]}"})
        .found();
  };
  CHECK(found(R"("party":"maker")", R"(,"item":"gyro","consignee":"unit")") == "3 SK3313");  // its holder
  CHECK(found(R"("party":"other")", R"(,"item":"gyro","consignee":"unit")") == "");
  CHECK(found(R"("party":"other")", R"(,"item":"gyro")") == "3 SK3313");
  CHECK(found(R"("item":"other")", R"(,"item":"gyro","consignee":"unit")") == "");
  CHECK(found(R"("item":"other")", R"(,"consignee":"unit")") == "3 SK3313");
  CHECK(found(R"("authorisation":"other")", "") == "");
  const std::string l1_is_a_gyro =
      R"({"event":"make","id":"m1","on":"2024-01-01","gives":[{"lot":"l1","item":"gyro","quantity":"9 pieces"}]})"
      "\n";
  const char* of_l1 = R"(,"item":"gyro","consignee":"unit","facts":{"lot":"l1"})";
  CHECK(found(R"("lot":"l9")", of_l1, l1_is_a_gyro) == "");
  CHECK(found(R"("lot":"l9")", of_l1) == "3 SK3313");  // nobody knows such a lot: it may be any
  // What a lot is counts, whatever the line says that it is.
  const char* of_another = R"(,"item":"other","consignee":"unit","facts":{"lot":"l1"})";
  CHECK(found(R"("item":"gyro")", of_another, l1_is_a_gyro) == "4 SK3313");
  CHECK(found(R"("item":"gyro")", of_another) == "");
  CHECK(found(R"("item":"other")", R"(,"consignee":"unit","facts":{"lot":"l1"})", l1_is_a_gyro) == "");
  CHECK(found(R"("state":"UA")", R"(,"item":"gyro","consignee":"unit")") == "3 SK3313");
  CHECK(found(R"("state":"UA")", R"(,"item":"gyro","consignee":"unit","facts":{"departure":"JP"})") ==
        "3 SK3313");
  CHECK(found(R"("state":"UA")", R"(,"item":"gyro","consignee":"unit","facts":{"destination":"US"})") == "");
  const char* by_another = R"(,"item":"gyro","consignee":"unit","facts":{"authorisation":["consent"]})";
  CHECK(found(R"("authorisation":"consent")", by_another) == "3 SK3313");
  CHECK(found(R"("lot":"l9")", R"(,"item":"gyro","consignee":"unit","facts":{"lot":"l9"})") == "3 SK3313");
  CHECK(found(R"("lot":"l9")", R"(,"item":"gyro","consignee":"unit")") == "3 SK3313");  // it may be a gyro
  const std::string made = l9_is_a_gyro + "\n";
  CHECK(found(R"("lot":"l9")", R"(,"item":"gyro","consignee":"unit")", made) == "4 SK3313");
  CHECK(found(R"("lot":"l9")", R"(,"consignee":"unit")", made) == "4 SK3313");
  CHECK(found(R"("lot":"l9")", R"(,"item":"other","consignee":"unit")", made) == "");
}

TEST_CASE("a stop of a state or of a whole body holds what is there or belongs to it") {
  World world;
  world.parties.push_back({"unit", "", "KE", "army", "", {}, {}});
  world.parties.push_back({"army", "", "", "", "", {}, {}});
  for (const char* what : {R"("party":"army")", R"("state":"KE")"})
    CHECK(Replay({granted, R"({"event":"stop","id":"s","on":"2024-04-01",)" + std::string(what) + "}",
                  reserve("r", "2024-04-02", "1 pieces")},
                 "2025-06-30", world)
              .found() == "3 SK3313");
  CHECK(Replay({granted, R"({"event":"stop","id":"s","on":"2024-04-01","state":"KE"})",
                reserve("r", "2024-04-02", "1 pieces", R"(,"facts":{"destination":"KE"})")})
            .found() == "3 SK3313");
}

TEST_CASE("what a line says that a party belongs to does not stand against what is recorded of it") {
  World world;
  world.parties.push_back({"sub", "", "KE", "bad", "", {}, {}});
  world.parties.push_back({"bad", "", "", "", "", {}, {}});
  const std::string scoped = std::string(granted).insert(std::string(granted).find("\"limits\""),
                                                         R"("scope":{"consignee":"good"},)");
  const auto found = [&](const char* facts, const World& known, const char* stop = "") {
    return Replay({scoped, R"({"event":"reserve","id":"r","on":"2024-04-02","lines":[{"item":"gyro",)"
                           R"("quantity":"1 pieces","under":["permit"],"facts":{)" +
                               std::string(facts) + "}}]}" + stop},
                  "2025-06-30", known)
        .found();
  };
  CHECK(found(R"("consignee":["sub","good"])", {}) == "");
  CHECK(found(R"("consignee":["sub","good"])", world) == "2 SK3305");
  CHECK(found(R"("consignee":"good","destination":["KE","US"])", world) == "");
  // A stop is met by all that is said, and by all that is recorded of it.
  const auto stopped = [&](const char* what, const char* facts) {
    return Replay({granted, R"({"event":"stop","id":"s","on":"2024-04-01",)" + std::string(what) + "}",
                   reserve("r", "2024-04-02", "1 pieces", facts)},
                  "2025-06-30", world)
        .found();
  };
  CHECK(stopped(R"("item":"gyro")", R"(,"facts":{"item":["gyro","other"],"lot":"z"})") == "3 SK3313");
  CHECK(stopped(R"("item":"other")", R"(,"facts":{"item":["gyro","other"],"lot":"z"})") == "3 SK3313");
  CHECK(stopped(R"("party":"bad")", R"(,"facts":{"end_user":["unit","bad"]})") == "3 SK3313");
  CHECK(stopped(R"("party":"bad")", R"(,"facts":{"end_user":["sub","good"]})") == "3 SK3313");
  CHECK(stopped(R"("state":"KE")", R"(,"facts":{"destination":["US","KE"]})") == "3 SK3313");
  CHECK(stopped(R"("state":"FR")", R"(,"facts":{"destination":["US","KE"]})") == "");
}

namespace {

std::string becomes(const char* id, const char* on, const char* state, const char* more = "",
                    int pieces = 10) {
  return fmt::format(
      R"({{"event":"authorise","id":"{}","on":"{}","authorisation":"permit","kind":"licence","state":"{}","authority":"x.office","valid":{{"to":"2025-12-31"}},"limits":[{{"quantity":"{} pieces"}}]{}}})",
      id, on, state, pieces, more);
}
std::string part(const char* kind, const char* id, const char* on, const char* of, int pieces) {
  return fmt::format(R"({{"event":"{}","id":"{}","on":"{}","of":"{}","parts":[{{"quantity":"{} pieces"}}]}})",
                     kind, id, on, of, pieces);
}

}  // namespace

TEST_CASE("what is learned late of an authorisation undoes no use, and binds what is recorded afterwards") {
  const std::vector<std::string> before{granted, reserve("r", "2024-03-01", "6 pieces"),
                                        part("draw", "d", "2024-04-10", "r", 2)};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), before.begin(), before.end());
    return Replay(more);
  };
  const std::string suspended = becomes("s", "2024-04-01", "suspended");
  CHECK(with({suspended}).found() == "4 SK3316");
  CHECK(with({suspended}).free() == "4 pieces");
  CHECK(with({suspended, part("draw", "e", "2024-04-10", "r", 1)}).found() == "5 SK3304, 4 SK3316");
  CHECK(with({suspended, becomes("t", "2024-05-01", "granted"), part("draw", "e", "2024-05-02", "r", 1)})
            .found() == "4 SK3316");
  // Revoked, it frees what is left, and not what was drawn since.
  const std::string revoked = becomes("v", "2024-04-01", "revoked");
  CHECK(with({revoked}).found() == "4 SK3316");
  CHECK(with({revoked}).free() == "8 pieces");
  CHECK(with({revoked}).accounts.book.audit().empty());
  CHECK(with({revoked, part("draw", "e", "2024-04-11", "r", 1)}).found() == "5 SK3308, 5 SK3304, 4 SK3316");
  CHECK(with({part("draw", "e", "2024-04-11", "r", 1), part("draw", "f", "2024-04-12", "r", 3), revoked})
            .free() == "4 pieces");
  CHECK(with({part("draw", "e", "2024-04-11", "r", 5), revoked}).found() ==
        "4 SK3308, 5 SK3316");  // of the four that were left
  CHECK(with({part("free", "f", "2024-04-11", "r", 1), revoked}).found() == "5 SK3316");
  // Set aside in the meantime: as over as if it had been there.
  const Replay meanwhile = with({reserve("q", "2024-04-05", "1 pieces"), revoked});
  CHECK(meanwhile.found() == "5 SK3316, 5 SK3316");
  CHECK(!meanwhile.accounts.book.reservation("q")->open());
  CHECK(
      with({reserve("q", "2024-04-05", "1 pieces"), take("draw", "e", "2024-04-06", "q"), revoked}).free() ==
      "7 pieces");
  // Narrower, or shorter.
  CHECK(with({becomes("n", "2024-04-01", "amended", R"(,"scope":{"consignee":"another"})")}).found() ==
        "4 SK3316");
  CHECK(with({becomes("n", "2024-04-01", "amended", R"(,"at_issuer":"not_found")")}).found() == "4 SK3316");
  // Acts that do not say again what was asked, or ask more.
  const auto needed = [&](const std::string& late) {
    return Replay(
        {becomes("g", "2024-01-01", "granted", R"(,"answers":["permit"],"restores":"on_return")"),
         reserve("r", "2024-03-01", "6 pieces", R"(,"needs":[{"need":"permit","from":"x.office"}])"),
         part("draw", "d", "2024-04-10", "r", 4), part("restore", "b", "2024-04-12", "d", 1), late});
  };
  CHECK(needed(suspended).found() == "5 SK3316");
  CHECK(needed(becomes("n", "2024-04-01", "amended", R"(,"restores":"on_return")")).found() == "5 SK3316");
  CHECK(needed(revoked).free() == "7 pieces");
  CHECK(
      Replay(
          {granted,
           R"({"event":"reserve","id":"r","on":"2024-03-01","lines":[{"item":"gyro","quantity":"6 pieces","under":["permit"]}]})",
           part("draw", "d", "2024-04-10", "r", 4),
           R"({"event":"authorise","id":"v","on":"2024-04-01","authorisation":"permit","kind":"licence","state":"revoked","authority":"x.office","limits":[{"quantity":"4 pieces","each_consignee":"yes"}]})"})
          .found() == "4 SK3316");
  // Of the same day, whichever was recorded first; a correction counts from when it was.
  const std::string same = becomes("s", "2024-04-10", "suspended");
  CHECK(with({same}).found() == "4 SK3316");
  CHECK(with({same, part("draw", "e", "2024-04-10", "r", 1)}).found() == "5 SK3304, 4 SK3316");
  CHECK(with({same, fmt::format(R"({{"event":"correct","id":"c","on":"2024-06-01","of":"d","instead":{}}})",
                                part("draw", "d", "2024-04-10", "r", 3))})
            .found() == "5 SK3304");
  // Suspended anew, after what lifted the first suspension was put right.
  CHECK(Replay({granted, becomes("s", "2024-03-01", "suspended"), becomes("t", "2024-04-01", "granted"),
                reserve("u", "2024-04-10", "3 pieces"),
                fmt::format(R"({{"event":"correct","id":"c","on":"2024-06-01","of":"t","instead":{}}})",
                            becomes("t", "2024-04-01", "granted", R"(,"title":"anew")")),
                becomes("s2", "2024-04-05", "suspended")})
            .found() == "6 SK3316");
  // What ended is free but for what was drawn of it, and stays ended whatever else ended it.
  const std::vector<std::string> ended{
      granted, reserve("r", "2024-02-01", "10 pieces"), part("draw", "d", "2024-06-10", "r", 2),
      becomes("x", "2024-04-01", "expired"), becomes("a", "2024-05-01", "amended")};
  const auto since = [&](std::vector<std::string> more) {
    more.insert(more.begin(), ended.begin(), ended.end());
    return Replay(more);
  };
  CHECK(since({}).found() == "4 SK3316");
  CHECK(since({}).free() == "8 pieces");
  CHECK(since({reserve("q", "2024-05-02", "8 pieces")}).found() == "4 SK3316");
  CHECK(since({reserve("q", "2024-05-02", "9 pieces")}).found() == "3 SK3301");
  CHECK(since({part("draw", "e", "2024-05-03", "r", 8), becomes("x2", "2024-03-20", "expired"),
               becomes("a2", "2024-03-25", "amended")})
            .found() == "6 SK3308, 4 SK3316");
}

TEST_CASE("a limit below what was used before it was told is recorded, and leaves nothing to use") {
  const auto lowered = [](const char* on, int pieces) { return becomes("low", on, "amended", "", pieces); };
  const std::vector<std::string> used{granted, reserve("r", "2024-03-01", "8 pieces"),
                                      part("draw", "d", "2024-03-02", "r", 6)};
  const auto with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = used;
    all.insert(all.end(), more.begin(), more.end());
    return Replay(all);
  };
  for (const char* on : {"2024-02-01", "2024-03-02", "2024-04-01"}) {  // before, on and after the use
    INFO(on);
    const std::string low = lowered(on, 5);
    CHECK(with({low}).found().substr(0, 8) == "4 SK3316");
    CHECK(with({low}).free() == "-3 pieces");
    CHECK(with({low, reserve("q", "2024-04-02", "1 pieces")}).found().find("5 SK3301") != std::string::npos);
    // Not by a day before it, either, nor by one before all uses: it was known.
    CHECK(with({low, reserve("q", "2024-03-02", "1 pieces")}).found().find("SK3301") != std::string::npos);
    CHECK(with({low, reserve("q", "2024-02-15", "1 pieces")}).found().find("SK3301") != std::string::npos);
    CHECK(with({low, part("draw", "e", "2024-04-02", "r", 1)}).found().find("5 SK3301") != std::string::npos);
    const std::string freed = part("free", "f", "2024-04-02", "r", 2);
    CHECK(with({low, freed}).free() == "-1 pieces");
    const std::string more = becomes("up", "2024-05-01", "amended", "", 7);
    CHECK(with({low, freed, more, reserve("q", "2024-05-01", "1 pieces")}).free() == "0 pieces");
    CHECK(with({low, freed, more, reserve("q", "2024-05-01", "2 pieces")}).found().find("7 SK3301") !=
          std::string::npos);
  }
  // What was used in time by what was known.
  CHECK(with({reserve("q", "2024-03-03", "2 pieces"), lowered("2024-03-01", 9)}).free() == "-1 pieces");
}

namespace {

std::string enter(const char* id, const char* unit) {
  return fmt::format(
      R"({{"event":"enter","id":"{}","on":"2024-01-01","parties":{{"unit":{{"name":"U"{}}},"evil":{{"name":"E"}},"good":{{"name":"G"}}}}}})",
      id, unit);
}
std::string correct(const char* of, const std::string& instead) {
  return fmt::format(R"({{"event":"correct","id":"c_{}","on":"2024-06-01","of":"{}","instead":{}}})", of, of,
                     instead);
}
constexpr const char* evil_is_stopped = R"({"event":"stop","id":"s","on":"2024-01-02","party":"evil"})";
constexpr const char* of_evil = R"(,"part_of":"evil")";
constexpr const char* of_good = R"(,"part_of":"good")";

}  // namespace

TEST_CASE("what a party belongs to, learned late, undoes no use, and binds later ones") {
  const std::string use = reserve("r", "2024-03-01", "6 pieces"),
                    more = reserve("q", "2024-03-02", "1 pieces");
  const std::vector<std::string> used{granted, enter("n1", ""), evil_is_stopped, use, enter("n2", of_evil)};
  CHECK(Replay(used).found() == "");
  auto later = used;
  later.push_back(more);
  CHECK(Replay(later).found() == "6 SK3313");
  // Put right, too, it counts from when it was put right.
  CHECK(Replay({granted, enter("n1", ""), evil_is_stopped, use, correct("n1", enter("n1", of_evil)), more})
            .found() == "6 SK3313");
  // Of a party of which nobody told, nobody knows that it is no part of what is stopped; before the stop it
  // was no question.
  CHECK(Replay({granted, evil_is_stopped, use}, "2025-06-30", {}).found() == "3 SK3313");
  CHECK(Replay({granted, use, evil_is_stopped, enter("n", of_evil)}, "2025-06-30", {}).found() == "");
  CHECK(Replay({granted, use, evil_is_stopped, enter("n", of_evil), take("draw", "d", "2024-03-02", "r")},
               "2025-06-30", {})
            .found() == "5 SK3313");
  CHECK(Replay({granted, R"({"event":"stop","id":"s","on":"2024-01-02","item":"engine"})",
                reserve("r", "2024-03-01", "6 pieces", R"(,"facts":{"lot":"z"})")},
               "2025-06-30", {})
            .found() == "");
}

TEST_CASE("a party leaves what it belongs to by a correction alone, not by being entered again") {
  const std::string use = reserve("r", "2024-03-01", "6 pieces");
  CHECK(Replay({granted, enter("n1", of_evil), evil_is_stopped, enter("n2", of_good), use}).found() ==
        "5 SK3313");
  CHECK(Replay({granted, enter("n1", of_good), evil_is_stopped, enter("n2", of_evil), use}).found() ==
        "5 SK3313");
  const std::string right = correct("n1", enter("n1", of_good));
  CHECK(Replay({granted, enter("n1", of_evil), evil_is_stopped, right, use}).found() == "");
  // What a scope covered by what was known stays covered.
  const std::string scoped = std::string(granted).insert(std::string(granted).find("\"limits\""),
                                                         R"("scope":{"consignee":"evil"},)");
  CHECK(Replay({scoped, enter("n1", of_evil), use, right}).found() == "");
  CHECK(Replay({scoped, enter("n1", of_evil), right, use}).found() == "4 SK3305");
  // In every state that was told of it.
  const std::string ke = R"({"event":"stop","id":"s","on":"2024-01-02","state":"KE"})";
  for (const bool first : {true, false})
    CHECK(Replay({granted, enter("n1", first ? R"(,"country":"KE")" : R"(,"country":"US")"), ke,
                  enter("n2", first ? R"(,"country":"US")" : R"(,"country":"KE")"), use})
              .found() == "5 SK3313");
}

TEST_CASE("a draw is held to what is known of its parties when it is recorded") {
  const std::string limited =
      R"({"event":"authorise","id":"g","on":"2024-01-01","authorisation":"permit","kind":"licence","state":"granted","authority":"x.office","limits":[{"quantity":"100 pieces"},{"quantity":"5 pieces","consignees":"evil"}]})";
  const std::vector<std::string> known{limited, enter("n1", ""), reserve("r", "2024-03-01", "50 pieces"),
                                       part("draw", "d1", "2024-04-01", "r", 10), enter("n2", of_evil)};
  const auto with = [&](const std::string& draw) {
    auto all = known;
    all.push_back(draw);
    return Replay(all);
  };
  CHECK(Replay(known).found() == "");
  CHECK(with(take("draw", "d", "2024-05-01", "r")).found() == "6 SK3301");
  CHECK(with(part("draw", "d", "2024-05-01", "r", 6)).found() == "6 SK3301");
  const Replay five = with(part("draw", "d", "2024-05-01", "r", 5));
  CHECK(five.found() == "");
  CHECK(to_string(five.accounts.book.balances("permit", day("2024-06-01")).at(1).free) == "0 pieces");
  CHECK(five.accounts.book.audit().empty());
  const std::string scoped = std::string(granted).insert(std::string(granted).find("\"limits\""),
                                                         R"("scope":{"consignee":"unit"},)");
  CHECK(Replay({scoped, reserve("r", "2024-03-01", "5 pieces"), enter("n2", of_evil),
                take("draw", "d", "2024-03-02", "r")})
            .found() == "");
}

TEST_CASE("goods are set aside for a day by what was recorded of that day, whatever day they are booked on") {
  const std::string booked =
      R"({"event":"reserve","id":"r","on":"2024-03-01","for":"2024-04-10","lines":[{"item":"gyro","consignee":"unit","quantity":"6 pieces","under":["permit"]}]})";
  const std::string narrow = becomes("n", "2024-04-01", "amended", R"(,"scope":{"consignee":"another"})");
  for (const char* state : {"suspended", "revoked"}) {
    const std::string act = becomes("a", "2024-04-01", state);
    CHECK(Replay({granted, act, booked}).found() == "3 SK3304");
    CHECK(Replay({granted, booked, act}).found() == "");
  }
  CHECK(Replay({granted, narrow, booked}).found() == "3 SK3305");
  CHECK(Replay({granted, booked, narrow}).found() == "");
  CHECK(Replay(
            {granted, becomes("a", "2024-04-01", "suspended"), becomes("b", "2024-04-05", "granted"), booked})
            .found() == "");
  CHECK(Replay({granted, becomes("a", "2024-04-11", "suspended"), booked}).found() == "");
  const std::string stop = R"({"event":"stop","id":"s","on":"2024-04-01","party":"unit"})";
  CHECK(Replay({granted, stop, booked}).found() == "3 SK3313");
  CHECK(Replay({granted, booked, stop}).found() == "");
}

TEST_CASE("a line cannot name a lot and say that it is of another item") {
  const std::string made =
      R"({"event":"make","id":"m","on":"2024-01-01","gives":[{"lot":"L","item":"gyro","quantity":"9 pieces"}]})";
  const std::string parted =
      R"({"event":"transfer","id":"t","on":"2024-01-02","takes":[{"lot":"L","quantity":"2 pieces","as":"P"}],"to":"unit"})";
  const auto use = [](const char* item, const char* facts) {
    return fmt::format(
        R"({{"event":"reserve","id":"r","on":"2024-03-01","lines":[{{{}"quantity":"1 pieces","under":["permit"],"facts":{{{}}}}}]}})",
        item, facts);
  };
  const auto found = [&](const char* item, const char* facts) {
    return Replay({granted, made, parted, use(item, facts)}).found();
  };
  CHECK(found(R"("item":"gyro",)", R"("lot":"L")") == "");
  CHECK(found("", R"("lot":"L")") == "");
  CHECK(found(R"("item":"bolt",)", R"("lot":"unknown")") == "");
  CHECK(found(R"("item":"bolt",)", R"("lot":"L")") == "4 SK3305");
  CHECK(found(R"("item":"bolt",)", R"("lot":"P")") == "4 SK3305");
  CHECK(found("", R"("lot":"L","item":"bolt")") == "4 SK3305");
  CHECK(found("", R"("lot":"L","item":["gyro","bolt"])") == "4 SK3305");
  // Learned after the use, it undoes nothing, and binds the draw.
  const std::string bolt = use(R"("item":"bolt",)", R"("lot":"L")");
  CHECK(Replay({granted, bolt, made}).found() == "");
  CHECK(Replay({granted, bolt, made, take("draw", "d", "2024-03-02", "r")}).found() == "4 SK3305");
}

TEST_CASE("what is put right to ask no more than it did stands by what was known when it was recorded") {
  const std::vector<std::string> used{granted, reserve("r", "2024-03-01", "6 pieces"),
                                      part("draw", "d", "2024-04-10", "r", 4)};
  const auto with = [&](const std::vector<std::string>& more) {
    auto all = used;
    all.insert(all.end(), more.begin(), more.end());
    return Replay(all);
  };
  const std::string suspended = becomes("s", "2024-04-01", "suspended");
  const std::string fewer = correct("d", part("draw", "d", "2024-04-10", "r", 3));
  CHECK(with({suspended, fewer}).found() == "4 SK3316");
  CHECK(with({R"({"event":"stop","id":"s","on":"2024-04-01","party":"unit"})", fewer}).found() == "");
  CHECK(with({suspended, correct("d", part("draw", "d", "2024-04-10", "r", 5))}).found() == "5 SK3304");
  CHECK(with({suspended, correct("d", part("draw", "d", "2024-04-11", "r", 3))}).found() == "5 SK3304");
  const std::string early = becomes("s", "2024-02-01", "suspended");
  CHECK(with({early, correct("r", reserve("r", "2024-03-01", "5 pieces"))}).found() == "4 SK3316, 4 SK3316");
  CHECK(with({early, correct("r", reserve("r", "2024-03-01", "5 pieces", R"(,"facts":{"lot":"z"})"))})
            .found()
            .find("5 SK3304") != std::string::npos);
  // As much as at first is no more, whatever it was put right to in between; but for the same words.
  const auto again = [](int pieces) {
    return fmt::format(R"({{"event":"correct","id":"again","on":"2024-06-02","of":"d","instead":{}}})",
                       part("draw", "d", "2024-04-10", "r", pieces));
  };
  CHECK(with({suspended, fewer, again(4)}).found() == "6 SK3304");
  CHECK(with({suspended, fewer, again(5)}).found() == "6 SK3304");
  CHECK(with({suspended, fewer, again(2)}).found() == "4 SK3316");
}

TEST_CASE("an act that is put right counts as it reads now, from when it was first recorded or since") {
  const std::string right =
      fmt::format(R"({{"event":"correct","id":"c","on":"2024-06-01","of":"g","instead":{}}})",
                  becomes("g", "2024-01-01", "granted"));
  const std::string narrow =
      fmt::format(R"({{"event":"correct","id":"c","on":"2024-06-01","of":"g","instead":{}}})",
                  becomes("g", "2024-01-01", "granted", R"(,"scope":{"consignee":"another"})"));
  const std::vector<std::string> used{granted, reserve("r", "2024-03-01", "6 pieces"),
                                      becomes("s", "2024-02-01", "suspended")};
  const auto with = [&](const std::string& correction) {
    std::vector<std::string> all = used;
    all.push_back(correction);
    return Replay(all).found();
  };
  CHECK(with(right) == "3 SK3316");
  CHECK(with(narrow) == "2 SK3304");  // it never covered this
  // A suspension whose day is put right, as if it were told then.
  const std::vector<std::string> since{
      granted, becomes("s", "2024-03-10", "suspended"), reserve("r", "2024-03-01", "6 pieces"),
      fmt::format(R"({{"event":"correct","id":"c","on":"2024-06-01","of":"s","instead":{}}})",
                  becomes("s", "2024-02-10", "suspended"))};
  CHECK(Replay(since).found() == "4 SK3316");
}

TEST_CASE("long random records: no act that is told late undoes what was accepted before") {
  std::mt19937 random(7);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const auto a_day = [&] { return fmt::format("2024-{:02}-{:02}", 2 + pick(4), 1 + pick(28)); };
  std::size_t late = 0, refused = 0;
  for (int turn = 0; turn < 60; ++turn) {
    std::vector<std::string> lines{granted};
    std::vector<std::string> reservations;
    for (int step = 0; step < 14; ++step) {
      const std::string id = fmt::format("e{}", step), on = a_day();
      const std::string of = reservations.empty() ? "none" : reservations[random() % reservations.size()];
      static constexpr std::array states{"suspended", "granted", "amended", "revoked"};
      const int kind = pick(7);
      std::string line = kind < 2   ? reserve(id.c_str(), on.c_str(), "3 pieces")
                         : kind < 5 ? part("draw", id.c_str(), on.c_str(), of.c_str(), 1 + pick(2))
                         : kind < 6 ? part("free", id.c_str(), on.c_str(), of.c_str(), 1)
                                    : becomes(id.c_str(), on.c_str(), states[random() % states.size()], "",
                                              pick(2) == 0 ? 10 : 4 + pick(6));
      lines.push_back(line);
      const Replay now(lines);
      CHECK(now.accounts.book.audit().empty());
      late += now.accounts.book.late().size();
      bool used = false;  // what was accepted and is refused now
      for (const RefusedEvent& r : now.accounts.refused) {
        if (r.event != &now.events.back()) used = true;
        ++refused;
      }
      // A use that comes before others may take their room; an act may not.
      if (kind == 6 && used)
        for (const RefusedEvent& r : now.accounts.refused) {
          INFO(line << " after " << fmt::format("{}", fmt::join(lines, "\n")));
          CHECK(std::holds_alternative<Authorise>(r.event->body));
        }
      if (!now.accounts.refused.empty())
        lines.pop_back();  // as a register does
      else if (kind < 2)
        reservations.push_back(id);
    }
  }
  CHECK(late > 50);
  CHECK(refused > 50);
}

TEST_CASE("a line of which nothing is left gives nothing more, by its name neither") {
  const std::string all = R"({"event":"draw","id":"d","on":"2024-03-02","of":"r","parts":[{"line":"1"}]})",
                    again = R"({"event":"draw","id":"e","on":"2024-03-03","of":"r","parts":[{"line":"1"}]})";
  const Replay drawn({granted, reserve("r", "2024-03-01", "6 pieces"), all, again});
  CHECK(drawn.found() == "4 SK3308");
  const Replay freed(
      {granted, reserve("r", "2024-03-01", "6 pieces"), take("free", "f", "2024-03-02", "r"), again});
  CHECK(freed.found() == "4 SK3308");
}

TEST_CASE("of a reservation those lines end that are on what ends, and no others") {
  const auto act = [](const char* id, const char* on, const char* of, const char* state) {
    return fmt::format(
        R"({{"event":"authorise","id":"{}","on":"{}","authorisation":"{}","kind":"licence","state":"{}","authority":"x.office","limits":[{{"quantity":"10 pieces"}}]}})",
        id, on, of, state);
  };
  const std::string two =
      R"({"event":"reserve","id":"r","on":"2024-03-01","lines":[{"line":"a","quantity":"6 pieces","under":["ended"]},{"line":"b","quantity":"10 pieces","under":["permit"]}]})";
  const std::vector<std::string> common{act("e", "2024-01-01", "ended", "granted"),
                                        act("g", "2024-01-01", "permit", "granted"), two,
                                        act("e2", "2024-04-01", "ended", "revoked")};
  const auto with = [&](const std::string& last) {
    std::vector<std::string> lines = common;
    lines.push_back(last);
    return Replay(lines);
  };
  CHECK(with(reserve("q", "2024-05-01", "1 pieces")).found() == "5 SK3301");
  CHECK(with(R"({"event":"draw","id":"d","on":"2024-05-01","of":"r","parts":[{"line":"b"}]})").found() == "");
  CHECK(with(R"({"event":"draw","id":"d","on":"2024-05-01","of":"r","parts":[{"line":"a"}]})")
            .found()
            .substr(0, 8) == "5 SK3308");
  // A draw of both that was recorded before it was told that one had ended stands, of both.
  std::vector<std::string> late = common;
  late.insert(late.begin() + 3, take("draw", "d", "2024-05-01", "r"));
  const Replay both(late);
  CHECK(both.found() == "5 SK3316");
  CHECK(both.free() == "0 pieces");
  CHECK(both.accounts.book.audit().empty());
}

TEST_CASE("an act told late is held against what was used before it, whatever days that was of") {
  const auto act = [](const char* id, const char* on, const char* state, const char* most) {
    return fmt::format(
        R"({{"event":"authorise","id":"{}","on":"{}","authorisation":"permit","kind":"licence","state":"{}","authority":"x.office","limits":[{{"quantity":"{} pieces"}}]}})",
        id, on, state, most);
  };
  for (const char* state : {"amended", "suspended"})
    for (const bool later_first : {true, false}) {
      const Replay r({act("g", "2024-01-02", "granted", "100"),
                      reserve("r1", later_first ? "2024-01-11" : "2024-01-06", "10 pieces"),
                      act("g2", "2024-01-03", "amended", "200"),
                      reserve("r2", later_first ? "2024-01-06" : "2024-01-11", "150 pieces"),
                      act("g3", "2024-01-04", state, "100")});
      INFO(state, later_first);
      CHECK(r.accounts.refused.empty());
      CHECK(r.free() == "-60 pieces");
      const Replay then({act("g", "2024-01-02", "granted", "100"),
                         reserve("r1", later_first ? "2024-01-11" : "2024-01-06", "10 pieces"),
                         act("g2", "2024-01-03", "amended", "200"),
                         reserve("r2", later_first ? "2024-01-06" : "2024-01-11", "150 pieces"),
                         act("g3", "2024-01-04", state, "100"), reserve("r3", "2024-01-13", "1 pieces")});
      CHECK(then.accounts.refused.size() == 1);
    }
}

TEST_CASE("only a lifting that is put right to lift the same stop keeps its place") {
  const std::string stop = R"({"event":"stop","id":"s","on":"2024-01-02","party":"unit","reason":"x"})",
                    other = R"({"event":"stop","id":"o","on":"2024-01-02","party":"other","reason":"x"})",
                    lift = R"({"event":"lift","id":"l","on":"2024-02-01","of":"s","reason":"x"})";
  const auto lifts = [](const char* id, const char* of, const char* what) {
    return fmt::format(
        R"({{"event":"correct","id":"{0}","on":"2024-06-01","of":"{1}","reason":"x","instead":{{"event":"lift","id":"{1}","on":"2024-02-02","of":"{2}","reason":"x"}}}})",
        id, of, what);
  };
  const std::string use = reserve("r", "2024-03-01", "1 pieces");
  CHECK(Replay({granted, stop, lift, use, lifts("c", "l", "s")}).found() == "");
  const std::string of_other = R"({"event":"lift","id":"l","on":"2024-02-01","of":"o","reason":"x"})";
  CHECK(Replay({granted, stop, other, of_other, use, lifts("c", "l", "s")}).found() == "5 SK3313");
  const std::string another = R"({"event":"stop","id":"l","on":"2024-01-03","party":"another","reason":"x"})";
  CHECK(Replay({granted, stop, another, use, lifts("c", "l", "s")}).found() == "4 SK3313");
}
