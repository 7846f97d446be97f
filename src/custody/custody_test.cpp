// Lots as events made them: what flows and what does not, and that nothing appears or is lost.
#include "custody/custody.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <random>
#include <set>

#include "model/event_reader.h"
#include "oracle/loaded.h"

using namespace sekisho;

namespace {

/// Provisos that stay with the lot, and provisos that see through, of several regimes; rights of the US.
const Law& law() {
  static const judge::Loaded made([] {
    std::string text = R"(
authority office of JP "Office"
right us_parts "American parts" of US
  arises where made in US
  flows by share of value
  cite "1"
right us_design "American design" of US
  arises where made under licence from US
  flows through every incorporation and into what is made with it
  cite "2"
right us_soil "made on American soil" of US
  in force 2020-01-01 on
  arises where made in US
  flows with the lot
  cite "3"
)";
    for (const char* regime : {"p", "q", "p0", "p1", "p2"}) {
      text += fmt::format("regime {} \"R\" authority office otherwise permitted cite \"1\"\n", regime);
      for (const char* flow : {"stay", "other", "through"})
        text +=
            fmt::format("proviso {} cite \"2\" needs consent c from office lapses never flows {}\n", flow,
                        std::string_view(flow) == "through" ? "through every incorporation" : "with the lot");
    }
    return text;
  }());
  REQUIRE_FALSE(made.diags.has_errors());
  return made.law;
}

struct Kept {
  Sources sources;
  Diagnostics diags;
  std::vector<Event> events;
  Custody custody;
  explicit Kept(const std::string& lines, const std::string& until = "2100-01-01")
      : events(read_events(sources, sources.add("events.jsonl", lines), diags)),
        custody(events, *parse_date(until), law(), {}, diags) {}
  std::string codes() const {
    std::string out;
    for (const Diagnostic& d : diags.all()) out += fmt::format("{}{}", out.empty() ? "" : " ", d.code->code);
    return out;
  }
  const LotState& lot(const std::string& number) const {
    const auto at = custody.lot(number);
    REQUIRE_MESSAGE(at.has_value(), number);
    return custody.states()[*at];
  }
  Lot as_lot(const std::string& number) const {
    REQUIRE_MESSAGE(custody.lot(number).has_value(), number);
    return custody.as_lot(*custody.lot(number));
  }
  /// The rights on a lot, with the share where they are counted; `+` where more may be in it.
  std::string rights(const std::string& number) const {
    std::string out;
    for (const RightOn& r : as_lot(number).rights)
      out += fmt::format("{}{}{}{}", out.empty() ? "" : ", ", r.right, r.share ? " " + r.fraction : "",
                         r.more_possible ? "+" : "");
    return out;
  }
  std::string lies_on(const std::string& number) const {
    std::set<std::string> names;
    for (const ProvisoOn& p : as_lot(number).provisos) names.insert(p.proviso);
    for (const Attestation& a : as_lot(number).attestations) names.insert("attested " + a.jurisdiction);
    return fmt::format("{}", fmt::join(names, ", "));
  }
};

int next_id = 0;
std::string event(const std::string& kind, const std::string& on, const std::string& rest) {
  return fmt::format(R"({{"event":"{}","id":"e{}","on":"{}"{}}})", kind, next_id++, on, rest) + "\n";
}
std::string make(const std::string& lot, int pieces, const std::string& item = "gyro") {
  return event(
      "make", "2020-01-01",
      fmt::format(
          R"(,"gives":[{{"lot":"{}","item":"{}","quantity":"{} pieces"}}],"made_in":"JP","maker":"m")", lot,
          item, pieces));
}
std::string attest(const std::string& lot, const std::string& on = "2020-02-01") {
  return event("attest", on, fmt::format(R"(,"by":"m","lot":"{}","jurisdiction":"JP")", lot));
}
std::string bind(const std::string& lot, const std::string& proviso, const std::string& on = "2020-03-01") {
  return event(
      "transfer", on,
      fmt::format(R"(,"takes":[{{"lot":"{}"}}],"to":"b","country":"US","binds":[{{"proviso":"{}"}}])", lot,
                  proviso));
}

}  // namespace

TEST_CASE("a lot that moves keeps what lies on it; a part too, and the rest keeps the number") {
  const Kept k(make("l", 10) + attest("l") + bind("l", "p.stay") +
               event("transfer", "2020-04-01",
                     R"(,"takes":[{"lot":"l","quantity":"3 pieces","as":"part"}],"to":"c","country":"PL")"));
  REQUIRE(k.codes() == "");
  CHECK(k.lies_on("l") == "attested JP, p.stay");
  CHECK(k.lies_on("part") == "attested JP, p.stay");
  CHECK(to_string(k.lot("l").quantity) == "7 pieces");
  CHECK(k.lot("l").country == "US");
  CHECK(k.lot("part").country == "PL");
  CHECK(to_string(k.as_lot("part").provisos.front().bound_on.value()) == "2020-03-01");
}

TEST_CASE("only what sees through is brought along into what is built, and no attestation is") {
  const Kept k(
      make("a", 1) + attest("a") + bind("a", "p.stay") + bind("a", "q.through", "2020-03-02") +
      event(
          "assemble", "2020-05-01",
          R"(,"takes":[{"lot":"a"}],"gives":[{"lot":"s","item":"seeker","quantity":"1 pieces"}],"made_in":"US")"));
  REQUIRE(k.codes() == "");
  CHECK(k.lies_on("s") == "q.through");
  CHECK(k.lot("s").made_in == "US");
  CHECK_FALSE(k.custody.lot("a").has_value());
}

TEST_CASE("what is taken out bears what lay on the whole, and nobody says where it was made") {
  const Kept k(make("a", 1) + attest("a") + bind("a", "p.stay") +
               event("disassemble", "2020-05-01",
                     R"(,"takes":[{"lot":"a"}],"gives":[{"lot":"x","item":"part","quantity":"2 pieces"}])"));
  REQUIRE(k.codes() == "");
  CHECK(k.lies_on("x") == "attested JP, p.stay");
  CHECK(k.lot("x").made_in == "");
}

TEST_CASE("merged lots bear the provisos of each, and are attested only where each is") {
  const Kept k(
      make("a", 2) + make("b", 3) + attest("a") + bind("a", "p.stay") + bind("b", "q.other") +
      event(
          "merge", "2020-05-01",
          R"(,"takes":[{"lot":"a"},{"lot":"b"}],"gives":[{"lot":"c","item":"gyro","quantity":"5 pieces"}])"));
  REQUIRE(k.codes() == "");
  CHECK(k.lies_on("c") == "p.stay, q.other");
  CHECK(k.lot("c").made_in == "JP");
}

TEST_CASE("a repaired lot bears what was put in where that sees through; the part taken out bears all") {
  const Kept k(
      make("a", 1) + make("spare", 1) + attest("a") + bind("a", "p.stay") + bind("spare", "q.through") +
      event(
          "repair", "2020-05-01",
          R"(,"takes":[{"lot":"a"},{"lot":"spare"}],"gives":[{"lot":"a","item":"gyro","quantity":"1 pieces"},{"lot":"old","item":"gyro","quantity":"1 pieces"}])"));
  REQUIRE(k.codes() == "");
  CHECK(k.lies_on("a") == "p.stay, q.through");
  CHECK(k.lies_on("old") == "attested JP, p.stay");
}

TEST_CASE("a number comes back after all that bore it has gone") {
  const Kept k(make("l", 1) + bind("l", "p.stay") +
               event("destroy", "2020-06-01", R"(,"takes":[{"lot":"l"}])") +
               event("make", "2020-07-01", R"(,"gives":[{"lot":"l","item":"gyro","quantity":"1 pieces"}])"));
  REQUIRE(k.codes() == "");
  CHECK(k.lies_on("l") == "");
  CHECK(k.custody.graph().origins(*k.custody.lot("l")).empty());
}

TEST_CASE("what was lent comes back, others come in its place, and no more than was lent") {
  const std::string lent =
      make("l", 4) + make("other", 9) +
      R"({"event":"lend","id":"loan","on":"2020-02-01","takes":[{"lot":"l"}],"to":"b","country":"US","due":"2021-01-01"})"
      "\n";
  const auto back = [](const char* kind, const char* lot, int pieces) {
    return event(kind, "2020-03-01",
                 fmt::format(R"(,"of":"loan","takes":[{{"lot":"{}","quantity":"{} pieces","as":"{}_back"}}])",
                             lot, pieces, lot));
  };
  const Kept k(lent + back("return", "l", 3) + back("return_substitute", "other", 1));
  REQUIRE(k.codes() == "");
  CHECK(k.custody.loans().front().out.ten_thousandths == 0);
  CHECK(k.lot("l_back").country == "JP");
  CHECK(k.lot("l_back").holder == "m");
  CHECK(Kept(lent + back("return", "other", 1)).codes() == "SK3005");
  CHECK(Kept(lent + back("return_substitute", "other", 5)).codes() == "SK3209");
}

TEST_CASE("what stayed at home or is back already cannot come back") {
  const std::string lent =
      make("l", 4) +
      R"({"event":"lend","id":"loan","on":"2020-02-01","takes":[{"lot":"l","quantity":"2 pieces","as":"out"}],"to":"b"})"
      "\n";
  const auto back = [](const char* of, const char* lot, const char* as) {
    return event(
        "return", "2020-03-01",
        fmt::format(R"(,"of":"{}","takes":[{{"lot":"{}","quantity":"1 pieces","as":"{}"}}])", of, lot, as));
  };
  const Kept rest(lent + back("loan", "l", "x"));
  CHECK(rest.codes() == "SK3005");
  CHECK(to_string(rest.custody.loans().front().out) == "2 pieces");
  CHECK(Kept(lent + back("loan", "out", "x")).codes() == "");
  CHECK(Kept(lent + back("loan", "out", "x") + back("loan", "x", "y")).codes() == "SK3005");
  // What the first return left with the borrower is still out.
  CHECK(Kept(lent + back("loan", "out", "x") +
             event("return", "2020-03-02", R"(,"of":"loan","takes":[{"lot":"out"}])"))
            .codes() == "");
  // Lent anew, it is out for the second loan alone.
  const std::string again =
      R"({"event":"lend","id":"loan2","on":"2020-04-01","takes":[{"lot":"x"}],"to":"b"})"
      "\n";
  const auto second = [&](const char* of) {
    return Kept(lent + back("loan", "out", "x") + again +
                event("return", "2020-05-01", fmt::format(R"(,"of":"{}","takes":[{{"lot":"x"}}])", of)))
        .codes();
  };
  CHECK(second("loan2") == "");
  CHECK(second("loan") == "SK3005");
}

TEST_CASE("what is out comes back though it was merged with what is out by another lending") {
  const Kept k(
      make("l", 10) +
      R"({"event":"lend","id":"ln","on":"2020-02-01","takes":[{"lot":"l"}],"to":"b"})"
      "\n" +
      event("return", "2020-03-01", R"(,"of":"ln","takes":[{"lot":"l","quantity":"5 pieces","as":"back"}])") +
      R"({"event":"lend","id":"ln2","on":"2020-04-01","takes":[{"lot":"back"}],"to":"b"})"
      "\n" +
      event(
          "merge", "2020-05-01",
          R"(,"takes":[{"lot":"back"},{"lot":"l"}],"gives":[{"lot":"m","item":"gyro","quantity":"10 pieces"}])") +
      event("return", "2020-06-01", R"(,"of":"ln2","takes":[{"lot":"m","quantity":"5 pieces","as":"x"}])") +
      event("return", "2020-06-02", R"(,"of":"ln","takes":[{"lot":"m"}])"));
  REQUIRE(k.codes() == "");
  for (const Loan& l : k.custody.loans()) CHECK(l.out.ten_thousandths == 0);
}

TEST_CASE("what was made of lent goods, or taken out of them, is not what was lent") {
  const auto codes = [](const std::string& more) {
    return Kept(make("l", 2) +
                R"({"event":"lend","id":"ln","on":"2020-02-01","takes":[{"lot":"l"}],"to":"b"})"
                "\n" +
                more)
        .codes();
  };
  const std::string built =
      event("assemble", "2020-03-01",
            R"(,"takes":[{"lot":"l"}],"gives":[{"lot":"s","item":"seeker","quantity":"2 pieces"}])");
  const std::string taken_out =
      event("disassemble", "2020-03-01",
            R"(,"takes":[{"lot":"l"}],"gives":[{"lot":"s","item":"ring","quantity":"2 pieces"}])");
  const std::string back = R"(,"of":"ln","takes":[{"lot":"s"}])";
  CHECK(codes(built + event("return", "2020-04-01", back)) == "SK3005");
  CHECK(codes(taken_out + event("return", "2020-04-01", back)) == "SK3005");
  CHECK(codes(built + event("return_substitute", "2020-04-01", back)) == "");
  // Worked on, it is of its item still.
  CHECK(codes(event("assemble", "2020-03-01",
                    R"(,"takes":[{"lot":"l"}],"gives":[{"lot":"s","item":"gyro","quantity":"2 pieces"}])") +
              event("return", "2020-04-01", back)) == "");
}

TEST_CASE("who gives is held against who holds: the holder, what it belongs to, or a part of it") {
  const auto given_by = [](const char* from) {
    return Kept(
        R"({"event":"enter","id":"p","on":"2019-01-01","parties":{"m":{"name":"M","part_of":"group"},)"
        R"("group":{"name":"G"},"works":{"name":"W","part_of":"m"},"other":{"name":"O","part_of":"group"}}})"
        "\n" +
        make("l", 4) +
        event("transfer", "2020-02-01", fmt::format(R"(,"takes":[{{"lot":"l"}}],"to":"b"{})", from)));
  };
  for (const char* from : {"", R"(,"from":"m")", R"(,"from":"group")", R"(,"from":"works")"})
    CHECK(given_by(from).codes() == "");
  const Kept k = given_by(R"(,"from":"other")");
  CHECK(k.codes() == "SK3212");
  CHECK_FALSE(k.diags.has_errors());
  CHECK(k.lot("l").holder == "b");
}

TEST_CASE("a serial number is that of one piece of its item, as long as the piece is there") {
  const auto piece = [](const char* lot, const char* item = "gyro") {
    return fmt::format(R"({{"lot":"{}","item":"{}","quantity":"1 pieces","serials":["a"]}})", lot, item);
  };
  const auto given = [](const std::string& lots) { return fmt::format(R"(,"gives":[{}])", lots); };
  const auto one = [&](const char* lot, const char* item = "gyro", const char* on = "2020-01-01") {
    return event("make", on, given(piece(lot, item)));
  };
  CHECK(Kept(one("l") + one("m")).codes() == "SK3211");
  CHECK(Kept(one("l") + one("m", "bolt")).codes() == "");
  CHECK(Kept(event("make", "2020-01-01", given(piece("l") + "," + piece("m")))).codes() == "SK3211");
  const std::string moved = event("transfer", "2020-01-02", R"(,"takes":[{"lot":"l","as":"k"}],"to":"b")");
  CHECK(Kept(one("l") + moved + one("m", "gyro", "2020-01-03")).codes() == "SK3211");
  const std::string lost = event("lose", "2020-01-02", R"(,"takes":[{"lot":"l"}])");
  CHECK(Kept(one("l") + lost + one("m", "gyro", "2020-01-03")).codes() == "");
  const auto taken = [&](const char* kind, const std::string& more) {
    return Kept(one("l") + event(kind, "2020-02-01", R"(,"takes":[{"lot":"l"}])" + more)).codes();
  };
  // The copy of what stays has no number of it.
  CHECK(taken("release", R"(,"to":"b")" + given(piece("m"))) == "SK3211");
  CHECK(taken("disassemble", given(piece("m"))) == "");
}

TEST_CASE("what goes into goods does not come out of them as itself, with less on it than lay there") {
  const auto gives = [](const std::string& lots) { return fmt::format(R"("gives":[{}])", lots); };
  const std::string engine = R"({"lot":"e","item":"engine","quantity":"1 pieces"})";
  const auto gyro = [](const char* lot, const char* serial) {
    return fmt::format(R"({{"lot":"{}","item":"gyro","quantity":"1 pieces","serials":["{}"]}})", lot, serial);
  };
  const std::string made =
      event("make", "2020-01-01", "," + gives(engine + "," + gyro("n", "s"))) + bind("n", "p.stay");
  const auto codes = [&](const char* kind, const char* takes, const std::string& lots) {
    return Kept(made + event(kind, "2020-06-01", fmt::format(R"(,"takes":[{}],)", takes) + gives(lots)))
        .codes();
  };
  const char* const both = R"({"lot":"e"},{"lot":"n"})";
  CHECK(codes("repair", both, engine) == "");
  CHECK(codes("repair", both, engine + "," + gyro("old", "r")) == "");
  CHECK(codes("repair", both, engine + "," + gyro("n", "s")) == "SK3005 SK3211");
  CHECK(codes("repair", both, engine + "," + gyro("n", "r")) == "SK3005");
  CHECK(codes("repair", both, engine + "," + gyro("m", "s")) == "SK3211");
  CHECK(codes("repair", both, gyro("n", "s")) == "");
  const char* const one = R"({"lot":"n"})";
  CHECK(codes("assemble", one, gyro("m", "s")) == "SK3211");
  CHECK(codes("assemble", one, gyro("n", "s")) == "SK3005 SK3211");
  CHECK(codes("assemble", one, R"({"lot":"n","item":"gyro","quantity":"1 pieces"})") == "SK3005");
  CHECK(codes("assemble", one, R"({"lot":"n","item":"radar","quantity":"1 pieces"})") == "");
  // Repaired, it is itself, and so it is where it was taken apart.
  for (const char* kind : {"repair", "disassemble"})
    CHECK(Kept(made + event(kind, "2020-06-01", R"(,"takes":[{"lot":"n"}],)" + gives(gyro("n", "s"))))
              .lies_on("n") == "p.stay");
}

TEST_CASE("what is taken apart or repaired gives no more of an item than it took") {
  const std::string made =
      event("make", "2020-01-01", R"(,"gives":[{"lot":"l","item":"gyro","quantity":"9 pieces"}])");
  const auto kept = [&](const char* kind, const char* gives) {
    return Kept(made +
                event(kind, "2020-01-02", fmt::format(R"(,"takes":[{{"lot":"l"}}],"gives":[{}])", gives)))
        .codes();
  };
  CHECK(kept("disassemble", R"({"lot":"m","item":"gyro","quantity":"10 pieces"})") == "SK3207");
  CHECK(kept("disassemble", R"({"lot":"m","item":"gyro","quantity":"9 pieces"})") == "");
  CHECK(kept("disassemble", R"({"lot":"m","item":"bolt","quantity":"100 pieces"})") == "");
  CHECK(
      kept(
          "repair",
          R"({"lot":"l","item":"gyro","quantity":"9 pieces"},{"lot":"m","item":"gyro","quantity":"1 pieces"})") ==
      "SK3207");
  CHECK(
      kept(
          "repair",
          R"({"lot":"l","item":"gyro","quantity":"9 pieces"},{"lot":"m","item":"bolt","quantity":"1 pieces"})") ==
      "");
}

TEST_CASE("what a repair gives with other numbers is told by the numbers") {
  const Kept k(
      event("make", "2020-01-01",
            R"(,"gives":[{"lot":"l","item":"gyro","quantity":"2 pieces","serials":["a","b"]}])") +
      event(
          "repair", "2020-02-01",
          R"(,"takes":[{"lot":"l"}],"gives":[{"lot":"l","item":"gyro","quantity":"2 pieces","serials":["a","z"]}])"));
  REQUIRE(k.codes() == "SK3207");
  CHECK(k.diags.all().front().message.ends_with("takes the pieces a, b and gives the pieces a, z"));
}

TEST_CASE("numbered pieces keep their numbers through split, repair and return") {
  const std::string numbered =
      event("make", "2020-01-01",
            R"(,"gives":[{"lot":"l","item":"gyro","quantity":"3 pieces","serials":["a","b","c"]}])");
  const Kept k(numbered + event("transfer", "2020-02-01",
                                R"(,"takes":[{"lot":"l","serials":["b"],"as":"m"}],"to":"b")"));
  REQUIRE(k.codes() == "");
  CHECK(k.lot("m").serials == std::vector<std::string>{"b"});
  CHECK(k.lot("l").serials == std::vector<std::string>{"a", "c"});
  CHECK(Kept(numbered + event("lose", "2020-02-01", R"(,"takes":[{"lot":"l","serials":["z"]}])")).codes() ==
        "SK3206");
  CHECK(Kept(numbered + event("lose", "2020-02-01", R"(,"takes":[{"lot":"l","quantity":"1 pieces"}])"))
            .codes() == "SK3005");
  CHECK(
      Kept(
          numbered +
          event(
              "split", "2020-02-01",
              R"(,"takes":[{"lot":"l"}],"gives":[{"lot":"x","item":"gyro","quantity":"3 pieces","serials":["a","b","z"]}])"))
          .codes() == "SK3207");
}

TEST_CASE("an event that cannot be is reported and happens to nothing") {
  const std::string made = make("l", 4);
  const auto codes = [&](const std::string& more) { return Kept(made + more).codes(); };
  CHECK(codes(event("lose", "2020-02-01", R"(,"takes":[{"lot":"m"}])")) == "SK3203");
  CHECK(codes(event("lose", "2019-02-01", R"(,"takes":[{"lot":"l"}])")) == "SK3203");
  CHECK(codes(make("l", 1)) == "SK3204");
  CHECK(codes(event("lose", "2020-02-01", R"(,"takes":[{"lot":"l","quantity":"5 pieces"}])")) == "SK3205");
  CHECK(codes(event("lose", "2020-02-01", R"(,"takes":[{"lot":"l","quantity":"1 kg"}])")) == "SK3205");
  CHECK(codes(event("split", "2020-02-01",
                    R"(,"takes":[{"lot":"l"}],"gives":[{"lot":"x","item":"gyro","quantity":"3 pieces"}])")) ==
        "SK3207");
  CHECK(codes(event("split", "2020-02-01",
                    R"(,"takes":[{"lot":"l"}],"gives":[{"lot":"x","item":"bolt","quantity":"4 pieces"}])")) ==
        "SK3207");
  CHECK(codes(event("transfer", "2020-02-01", R"(,"takes":[{"lot":"l","quantity":"1 pieces"}],"to":"b")")) ==
        "SK3208");
  CHECK(codes(event("inventory", "2020-02-01", R"(,"takes":[{"lot":"l","quantity":"9 pieces"}])")) ==
        "SK3210");
  CHECK(codes(R"({"event":"correct","id":"c","on":"2020-01-01","of":"none","withdrawn":"yes"})") == "SK3202");
  const Kept k(
      made +
      event(
          "merge", "2020-02-01",
          R"(,"takes":[{"lot":"l"},{"lot":"m"}],"gives":[{"lot":"x","item":"gyro","quantity":"4 pieces"}])"));
  CHECK(to_string(k.lot("l").quantity) == "4 pieces");
}

TEST_CASE("what was so on a day is asked of that day; a late correction changes what came after") {
  const std::string lines =
      make("l", 4) +
      R"({"event":"transfer","id":"t","on":"2020-02-01","takes":[{"lot":"l"}],"to":"b","country":"US"})"
      "\n" +
      event("transfer", "2020-03-01", R"(,"takes":[{"lot":"l"}],"to":"c","country":"PL")");
  CHECK(Kept(lines, "2020-01-31").lot("l").country == "JP");
  CHECK(Kept(lines, "2020-02-29").lot("l").country == "US");
  CHECK(Kept(lines).lies_on("l") == "");
  const std::string late =
      R"({"event":"correct","id":"c","on":"2020-09-01","of":"t","instead":{"event":"transfer","on":"2020-02-01","takes":[{"lot":"l"}],"to":"b","country":"US","binds":[{"proviso":"p.stay"}]}})"
      "\n";
  CHECK(Kept(lines + late).lies_on("l") == "p.stay");
  CHECK(Kept(lines + late).lot("l").country == "PL");
}

// --- rights, as a rulebook says they arise and flow ---
namespace {

std::string made_of(const std::string& rest, const std::string& gives) {
  return event("assemble", "2020-05-01", fmt::format(R"(,"takes":[{}],"gives":[{}])", rest, gives));
}
/// Ten pieces worth `usd`, made in a state.
std::string worth(const std::string& lot, const std::string& made_in, int usd) {
  return event(
      "make", "2020-01-01",
      fmt::format(
          R"(,"gives":[{{"lot":"{}","item":"gyro","quantity":"10 pieces","value":"{} USD"}}],"made_in":"{}")",
          lot, usd, made_in));
}

}  // namespace

TEST_CASE("a share of value is an exact fraction: parts of lots count by so much as was taken of them") {
  const Kept k(worth("us", "US", 100) + worth("jp", "JP", 50) +
               made_of(R"({"lot":"us","quantity":"3 pieces"},{"lot":"jp"})",
                       R"({"lot":"set","item":"seeker","quantity":"1 pieces","value":"90 USD"})"));
  REQUIRE(k.codes() == "");
  CHECK(k.rights("us") == "us_soil, us_parts 1");
  CHECK(k.rights("set") == "us_parts 1/3");
}

TEST_CASE("a share passes on through every level, whatever its size, and with parts and rests of lots") {
  std::string lines = worth("us", "US", 1);
  std::string below = "us";
  for (int level = 1; level <= 6; ++level) {  // each a tenth of the next
    const std::string set = fmt::format("set{}", level);
    lines +=
        made_of(fmt::format(R"({{"lot":"{}"}})", below),
                fmt::format(R"({{"lot":"{}","item":"seeker","quantity":"10 pieces","value":"1{:0{}} USD"}})",
                            set, 0, level));
    below = set;
  }
  const Kept k(lines + event("transfer", "2020-06-01",
                             R"(,"takes":[{"lot":"set6","quantity":"3 pieces","as":"part"}],"to":"b")"));
  REQUIRE(k.codes() == "");
  CHECK(k.rights("set6") == "us_parts 1/1000000");
  CHECK(k.rights("part") == "us_parts 1/1000000");
}

TEST_CASE("where a value is not known, or in another currency, more may be in it: never nothing") {
  const auto unpriced = [](const char* lot) {
    return made_of(R"({"lot":"us","quantity":"1 pieces"})",
                   fmt::format(R"({{"lot":"{}","item":"seeker","quantity":"1 pieces"}})", lot));
  };
  const Kept k(
      worth("us", "US", 100) + worth("other", "US", 10) + make("made_in_jp", 2) + unpriced("a") +
      unpriced("part_of_c") + unpriced("whole_of_x") +
      made_of(R"({"lot":"us","quantity":"1 pieces"})",
              R"({"lot":"b","item":"seeker","quantity":"1 pieces","value":"100 EUR"})") +
      made_of(R"({"lot":"part_of_c"},{"lot":"other"})",
              R"({"lot":"c","item":"seeker","quantity":"1 pieces","value":"100 USD"})") +
      event(
          "disassemble", "2020-06-01",
          R"(,"takes":[{"lot":"whole_of_x"}],"gives":[{"lot":"x","item":"part","quantity":"1 pieces","value":"1 USD"}])"));
  REQUIRE(k.codes() == "");
  CHECK(k.rights("a") == "us_parts 0+");
  CHECK(k.rights("b") == "us_parts 0+");
  CHECK(k.rights("c") == "us_parts 1/10+");
  CHECK(k.rights("x") == "us_parts 0+");
  CHECK(k.rights("made_in_jp") == "");
}

TEST_CASE("a third of a value that cannot be parted in money is a third all the same") {
  const Kept k(
      event("make", "2020-01-01",
            R"(,"gives":[{"lot":"us","item":"gyro","quantity":"3 pieces","value":"1 USD"}],"made_in":"US")") +
      event("transfer", "2020-02-01",
            R"(,"takes":[{"lot":"us","quantity":"1 pieces","as":"one"}],"to":"b")") +
      made_of(R"({"lot":"one"})", R"({"lot":"set","item":"seeker","quantity":"1 pieces","value":"1 USD"})"));
  REQUIRE(k.codes() == "");
  CHECK(k.rights("set") == "us_parts 1/3");
  const RightOn r = k.as_lot("set").rights.front();
  Type share;
  share.kind = FactType::share;
  CHECK(show_value(share, {*r.share, {}}) == "33.3333…%");
  CHECK(read_value(share, "33.3333…%") == Value{*r.share, {}});
  CHECK(read_value(share, "33.3333%")->number < *r.share);
  CHECK(read_value(share, "33.3334%")->number > *r.share);
}

TEST_CASE("merged lots bear a share by their values; repaired ones what nobody can say") {
  const std::string lots = worth("us", "US", 30) + worth("jp", "JP", 60);
  CHECK(
      Kept(
          lots +
          event(
              "merge", "2020-05-01",
              R"(,"takes":[{"lot":"us"},{"lot":"jp"}],"gives":[{"lot":"c","item":"gyro","quantity":"20 pieces"}])"))
          .rights("c") == "us_soil, us_parts 1/3");
  const auto repaired = [&](const std::string& put_in, const std::string& taken_out) {
    return Kept(
               lots +
               event(
                   "repair", "2020-05-01",
                   fmt::format(
                       R"(,"takes":[{{"lot":"jp"}}{}],"gives":[{{"lot":"jp","item":"gyro","quantity":"10 pieces"}}{}])",
                       put_in, taken_out)))
        .rights("jp");
  };
  CHECK(repaired("", "") == "");
  CHECK(repaired(R"(,{"lot":"us"})", "") == "us_parts 0+");
}

TEST_CASE("content of several lots assembled at once is in none of them for certain") {
  const auto set = [](const char* lots) {
    return Kept(worth("us", "US", 10) + made_of(R"({"lot":"us"})", lots));
  };
  const char* both = R"({"lot":"w1","item":"seeker","quantity":"1 pieces","value":"100 USD"},)"
                     R"({"lot":"w2","item":"seeker","quantity":"1 pieces","value":"100 USD"})";
  const Kept k = set(both);
  REQUIRE(k.codes() == "");
  CHECK(k.rights("w1") == "us_parts 0+");
  CHECK(k.rights("w2") == "us_parts 0+");
  CHECK(set(R"({"lot":"w1","item":"seeker","quantity":"2 pieces","value":"200 USD"})").rights("w1") ==
        "us_parts 1/20");
}

TEST_CASE("several lots are split or released one by one, and merged to one: no order of them matters") {
  const auto codes = [](const char* kind, const char* takes, const char* gives) {
    return Kept(worth("us", "US", 10) + worth("jp", "JP", 10) +
                event(kind, "2020-05-01",
                      fmt::format(R"(,"takes":[{}],"gives":[{}]{})", takes, gives,
                                  std::string_view(kind) == "release" ? R"(,"to":"b")" : "")))
        .codes();
  };
  const char* tens = R"({"lot":"x","item":"gyro","quantity":"10 pieces"},)"
                     R"({"lot":"y","item":"gyro","quantity":"10 pieces"})";
  for (const char* takes : {R"({"lot":"us"},{"lot":"jp"})", R"({"lot":"jp"},{"lot":"us"})"})
    for (const char* kind : {"split", "merge", "release"}) CHECK(codes(kind, takes, tens) == "SK3005");
  CHECK(codes("release", R"({"lot":"us"})", tens) == "");
}

TEST_CASE("a right reaches what is made with technology that bears it, if its rulebook says so") {
  const std::string world =
      R"({"event":"enter","id":"w","on":"2019-01-01","agreements":{"licence":{"title":"L","licensor_states":["US"],"source":"s"}}})"
      "\n";
  const Kept k(
      world +
      event(
          "make", "2020-01-01",
          R"(,"gives":[{"lot":"data","item":"drawings","quantity":"1 sets"}],"made_in":"JP","made_under":"licence")") +
      event("make", "2020-02-01",
            R"(,"gives":[{"lot":"l","item":"gyro","quantity":"1 pieces"}],"using":["data"],"made_in":"JP")") +
      made_of(R"({"lot":"l"})", R"({"lot":"set","item":"seeker","quantity":"1 pieces"})"));
  REQUIRE(k.codes() == "");
  CHECK(k.rights("data") == "us_design");
  CHECK(k.rights("set") == "us_design");
  CHECK(Kept(event("make", "2020-02-01",
                   R"(,"gives":[{"lot":"l","item":"gyro","quantity":"1 pieces"}],"using":["data"])"))
            .codes() == "SK3203");
}

TEST_CASE("a right arises only on days on which it is in force") {
  const Kept k(event("make", "2019-12-31",
                     R"(,"gives":[{"lot":"old","item":"gyro","quantity":"1 pieces"}],"made_in":"US")") +
               worth("new", "US", 1));
  CHECK(k.rights("old") == "us_parts 1");
  CHECK(k.rights("new") == "us_soil, us_parts 1");
}

// --- random histories against a naive recursion ---
namespace {

/// Random events that can be, on few lots of one item.
class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}
  std::vector<std::string> history(int length) {
    std::vector<std::string> out;
    lots_.clear();
    day_ = 0;
    for (int i = 0; i < length; ++i) out.push_back(step());
    return out;
  }

 private:
  int any(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  std::string fresh() { return fmt::format("l{}", count_++); }
  std::string when() {
    day_ += any(2);
    return to_string(Date{18'262 + day_});
  }
  std::string one() { return std::next(lots_.begin(), any(static_cast<int>(lots_.size())))->first; }
  static std::string take(const std::string& lot) { return fmt::format(R"({{"lot":"{}"}})", lot); }
  static std::string give(const std::string& lot, int n) {
    return fmt::format(R"({{"lot":"{}","item":"gyro","quantity":"{} pieces"}})", lot, n);
  }
  std::string step() {
    const int what = lots_.size() < 3 ? 0 : any(9);
    if (what == 0) {
      const std::string l = fresh();
      lots_[l] = 2 + any(8);
      return event("make", when(), fmt::format(R"(,"gives":[{}],"made_in":"JP")", give(l, lots_[l])));
    }
    const std::string l = one(), m = one(), n = fresh();
    const int q = lots_[l], part = 1 + any(q);
    switch (what) {
      case 1: {  // part or whole moves, perhaps bound
        const std::string bound = any(2) == 0 ? ""
                                              : fmt::format(R"(,"binds":[{{"proviso":"p{}{}"}}])", any(3),
                                                            any(2) == 0 ? ".through" : ".stay");
        if (part == q)
          return event("transfer", when(),
                       fmt::format(R"(,"takes":[{}],"to":"b","country":"US"{})", take(l), bound));
        lots_[l] -= part;
        lots_[n] = part;
        return event("transfer", when(),
                     fmt::format(R"(,"takes":[{{"lot":"{}","quantity":"{} pieces","as":"{}"}}],"to":"b"{})",
                                 l, part, n, bound));
      }
      case 2:  // merge
        if (l == m) break;
        lots_[n] = q + lots_[m];
        lots_.erase(l);
        lots_.erase(m);
        return event("merge", when(),
                     fmt::format(R"(,"takes":[{},{}],"gives":[{}])", take(l), take(m), give(n, lots_[n])));
      case 3: {  // split
        if (q < 2) break;
        const std::string o = fresh();
        lots_.erase(l);
        lots_[n] = 1;
        lots_[o] = q - 1;
        return event("split", when(),
                     fmt::format(R"(,"takes":[{}],"gives":[{},{}])", take(l), give(n, 1), give(o, q - 1)));
      }
      case 4:  // built into another
        if (l == m) break;
        lots_.erase(l);
        lots_.erase(m);
        lots_[n] = 2;
        return event(
            "assemble", when(),
            fmt::format(R"(,"takes":[{},{}],"gives":[{}],"made_in":"US")", take(l), take(m), give(n, 2)));
      case 5:
        lots_.erase(l);
        lots_[n] = std::min(q, 3);
        return event("disassemble", when(),
                     fmt::format(R"(,"takes":[{}],"gives":[{}])", take(l), give(n, lots_[n])));
      case 6: return attest_line(l);
      case 7:
        lots_[l] -= part;
        if (lots_[l] == 0) lots_.erase(l);
        return event("lose", when(),
                     fmt::format(R"(,"takes":[{{"lot":"{}","quantity":"{} pieces"}}])", l, part));
      default: break;
    }
    return attest_line(l);
  }
  std::string attest_line(const std::string& l) {
    return event("attest", when(), fmt::format(R"(,"by":"m","lot":"{}","jurisdiction":"JP")", l));
  }

  std::mt19937 random_;
  std::map<std::string, int> lots_;
  int count_ = 0, day_ = 0;
};

std::string joined(const std::vector<std::string>& lines) {
  return fmt::format("{}", fmt::join(lines, ""));
}

/// The names of the provisos that lie on a state, from the making on, by the definition alone.
std::set<std::string> recursion(const Custody& c, StateId state) {
  const LotState& s = c.states()[state];
  const std::vector<Origin> origins = c.graph().origins(state);
  std::set<std::string> out;
  for (const Origin& o : origins)
    for (const std::string& name : recursion(c, o.state))
      if (o.how != Descent::built_in || name.ends_with("through")) out.insert(name);
  const bool rest =
      std::any_of(origins.begin(), origins.end(), [](const Origin& o) { return o.how == Descent::rest; });
  if (const Goods* g = s.by->goods(); g != nullptr && !rest)
    for (const ProvisoOn& p : g->binds) out.insert(p.proviso);
  return out;
}
bool attested(const Custody& c, StateId state) {
  if (c.states()[state].by->kind == EventKind::attest) return true;
  const std::vector<Origin> origins = c.graph().origins(state);
  return !origins.empty() && std::all_of(origins.begin(), origins.end(), [&](const Origin& o) {
    return o.how != Descent::built_in && attested(c, o.state);
  });
}

std::string shown(const Custody& c) {
  std::string out;
  for (const Lot& l : c.world().lots) {
    const LotState& s = c.states()[*c.lot(l.id)];
    std::set<std::string> provisos;
    for (const ProvisoOn& p : l.provisos) provisos.insert(p.proviso + to_string(*p.bound_on));
    out += fmt::format("{} {} {} {} [{}] {}\n", l.id, to_string(s.quantity), s.country, s.made_in,
                       fmt::join(provisos, " "), l.attestations.empty() ? "" : "attested");
  }
  return out;
}

/// Lots that an event takes, makes or speaks of.
std::set<std::string> lots_of(const Event& e) {
  std::set<std::string> out;
  if (const Goods* g = e.goods()) {
    for (const LotTaken& t : g->takes) {
      out.insert(t.lot);
      if (!t.as.empty()) out.insert(t.as);
    }
    for (const LotGiven& l : g->gives) out.insert(l.lot);
    out.insert(g->made_with.begin(), g->made_with.end());
    if (!g->of.empty()) out.insert("what was lent by " + g->of);
    if (e.kind == EventKind::lend) out.insert("what was lent by " + e.id);
  }
  if (const auto* a = std::get_if<Attest>(&e.body)) out.insert(a->lot);
  return out;
}

}  // namespace

TEST_CASE("on random histories what lies on each state is what the recursion says") {
  Maker maker(20231222);
  std::size_t bound = 0, free = 0;
  for (int round = 0; round < 60; ++round) {
    const std::string lines = joined(maker.history(40));
    const Kept k(lines);
    INFO(lines);
    REQUIRE(k.codes() == "");
    for (std::uint32_t i = 0; i < k.custody.states().size(); ++i) {
      std::set<std::string> names;
      for (const ProvisoOn& p : k.custody.marks().provisos_on(i)) names.insert(p.proviso);
      CHECK(names == recursion(k.custody, i));
      CHECK(k.custody.marks().attestations_on(i).empty() == !attested(k.custody, i));
      (names.empty() ? free : bound) += 1;
    }
  }
  CHECK(bound > 300);
  CHECK(free > 500);
}

TEST_CASE("what is made and not lost is there: every piece, on random histories") {
  Maker maker(7);
  for (int round = 0; round < 60; ++round) {
    const Kept k(joined(maker.history(40)));
    REQUIRE(k.codes() == "");
    std::int64_t expected = 0, there = 0;
    const auto amount = [](const std::vector<LotGiven>& gives) {
      std::int64_t n = 0;
      for (const LotGiven& l : gives) n += l.quantity.ten_thousandths;
      return n;
    };
    for (const Event* e : k.custody.events()) {
      const Goods* g = e->goods();
      if (g == nullptr || e->kind == EventKind::transfer) continue;
      expected += amount(g->gives);
      for (const LotTaken& t : g->takes)
        expected -= t.quantity ? t.quantity->ten_thousandths
                               : k.custody.states()[*k.custody.taken_by(*e, t.lot)].quantity.ten_thousandths;
    }
    for (const Lot& l : k.custody.world().lots) there += k.lot(l.id).quantity.ten_thousandths;
    CHECK(there == expected);
  }
}

TEST_CASE("an event withdrawn and put back is as if nobody had touched it") {
  Maker maker(11);
  for (int round = 0; round < 40; ++round) {
    const std::vector<std::string> lines = maker.history(30);
    const std::string plain = joined(lines);
    const Kept fresh(plain);
    REQUIRE(fresh.codes() == "");
    const Event& e = fresh.events[static_cast<std::size_t>(round) % fresh.events.size()];
    std::string whole = lines[static_cast<std::size_t>(round) % lines.size()];
    whole.pop_back();
    const std::string wrong = fmt::format(
        R"({{"event":"correct","id":"w{}","on":"2030-01-01","of":"{}","withdrawn":"yes"}})", round, e.id);
    const std::string right = fmt::format(
        R"({{"event":"correct","id":"r{}","on":"2030-01-02","of":"{}","instead":{}}})", round, e.id, whole);
    CHECK(shown(Kept(plain + wrong + "\n" + right + "\n").custody) == shown(fresh.custody));
  }
}

TEST_CASE("events that share no lot may be recorded in any order") {
  Maker maker(17);
  std::mt19937 random(3);
  std::size_t swapped = 0;
  for (int round = 0; round < 40; ++round) {
    const std::vector<std::string> lines = maker.history(30);
    const Kept in_order(joined(lines));
    std::vector<std::pair<std::string, std::set<std::string>>> all;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      // All of one day: what keeps two events in their order is that they share a lot.
      const std::string day = to_string(in_order.events[i].on);
      std::string line = lines[i];
      line.replace(line.find(day), day.size(), "2024-01-01");
      all.emplace_back(line, lots_of(in_order.events[i]));
    }
    const auto text = [&] {
      std::string out;
      for (const auto& [line, lots] : all) out += line;
      return out;
    };
    const Kept first(text());
    REQUIRE(first.codes() == "");
    for (int k = 0; k < 300; ++k) {
      const std::size_t i = random() % (all.size() - 1);
      const auto& a = all[i].second;
      if (std::any_of(a.begin(), a.end(),
                      [&](const std::string& l) { return all[i + 1].second.contains(l); }))
        continue;
      std::swap(all[i], all[i + 1]);
      ++swapped;
    }
    CHECK(shown(Kept(text()).custody) == shown(first.custody));
  }
  CHECK(swapped > 1'000);
}

TEST_CASE("the order of recording does not matter between days") {
  Maker maker(13);
  std::mt19937 random(5);
  for (int round = 0; round < 40; ++round) {
    const std::vector<std::string> lines = maker.history(30);
    const Kept in_order(joined(lines));
    std::map<std::string, std::vector<std::string>> days;
    for (std::size_t i = 0; i < lines.size(); ++i) days[to_string(in_order.events[i].on)].push_back(lines[i]);
    std::vector<std::vector<std::string>> shuffled;
    for (const auto& [day, of_day] : days) shuffled.push_back(of_day);
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    std::string other;
    for (const auto& of_day : shuffled) other += joined(of_day);
    CHECK(shown(Kept(other).custody) == shown(in_order.custody));
  }
}

TEST_CASE("a lending is counted as one amount, and each lot of it comes home to where it was") {
  const std::string made =
      make("l", 4) +
      event("make", "2020-01-01",
            R"(,"made_in":"DE","maker":"n","gives":[{"lot":"k","item":"gyro","quantity":"2 pieces"}])") +
      event("make", "2020-01-01",
            R"(,"made_in":"DE","gives":[{"lot":"p","item":"powder","quantity":"2 kg"}])");
  const auto lend = [](const char* lots) {
    return fmt::format(
               R"({{"event":"lend","id":"loan","on":"2020-02-01","takes":[{}],"to":"b","country":"US"}})",
               lots) +
           "\n";
  };
  CHECK(Kept(made + lend(R"({"lot":"l"},{"lot":"p"})")).codes() == "SK3005");
  const std::string back =
      event("return", "2020-03-01",
            R"(,"of":"loan","takes":[{"lot":"k"},{"lot":"l","quantity":"1 pieces","as":"x"}])");
  const Kept k(made + lend(R"({"lot":"l"},{"lot":"k"})") + back);
  REQUIRE(k.codes() == "");
  CHECK(k.lot("k").holder == "n");
  CHECK(k.lot("k").country == "DE");
  CHECK(k.lot("x").holder == "m");
  CHECK(k.lot("x").country == "JP");
  CHECK(k.lot("l").country == "US");
}

TEST_CASE("amounts whose sum leaves 64 bits are conserved by no event") {
  std::string made, takes;
  for (int i = 0; i < 1845; ++i) {  // together 2^64 ten-thousandths more than what is given
    const char* comma = i == 0 ? "" : ",";
    made += fmt::format(R"({}{{"lot":"l{}","item":"gyro","quantity":"1000000000000 pieces"}})", comma, i);
    takes += fmt::format(R"({}{{"lot":"l{}"}})", comma, i);
  }
  const Kept k(
      event("make", "2020-01-01", fmt::format(R"(,"gives":[{}],"made_in":"JP")", made)) +
      event(
          "merge", "2020-02-01",
          fmt::format(
              R"(,"takes":[{}],"gives":[{{"lot":"all","item":"gyro","quantity":"325592629044.8384 pieces"}}])",
              takes)));
  CHECK(k.codes() == "SK3207");
}

TEST_CASE("two parts that move have two numbers") {
  const auto moved = [](const char* first, const char* second) {
    return Kept(make("l", 4) + make("k", 4) +
                event("transfer", "2020-02-01",
                      fmt::format(R"(,"to":"b","takes":[{{"lot":"l","quantity":"2 pieces","as":"{}"}},)"
                                  R"({{"lot":"k","quantity":"3 pieces","as":"{}"}}])",
                                  first, second)))
        .codes();
  };
  CHECK(moved("x", "y") == "");
  CHECK(moved("x", "x") == "SK3006 SK3006");
}

TEST_CASE("what a repair takes out has no number that another piece of its item has") {
  const auto repaired = [](const char* serial) {
    return Kept(event("make", "2020-01-01",
                      R"(,"gives":[{"lot":"e","item":"engine","quantity":"1 pieces","serials":["E"]},)"
                      R"({"lot":"w","item":"gyro","quantity":"1 pieces","serials":["A"]}])") +
                event("repair", "2020-02-01",
                      fmt::format(R"(,"takes":[{{"lot":"e"}}],"gives":[{{"lot":"e","item":"engine",)"
                                  R"("quantity":"1 pieces","serials":["E"]}},{{"lot":"v","item":"gyro",)"
                                  R"("quantity":"1 pieces","serials":["{}"]}}])",
                                  serial)))
        .codes();
  };
  CHECK(repaired("B") == "");
  CHECK(repaired("A") == "SK3211");
}
