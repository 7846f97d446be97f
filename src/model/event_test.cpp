#include <doctest/doctest.h>

#include "model/event_reader.h"
#include "model/event_writer.h"

using namespace sekisho;

namespace {

struct Read {
  Sources sources;
  Diagnostics diags;
  std::vector<Event> events;
  explicit Read(std::string text) {
    const SourceId id = sources.add("events.jsonl", std::move(text));
    events = read_events(sources, id, diags);
  }
  /// Each diagnostic as `line:column code`, one after the other.
  std::string found() const {
    std::string out;
    for (const Diagnostic& d : diags.all()) {
      const Place p = sources.locate(d.at);
      out += fmt::format("{}{}:{} {}", out.empty() ? "" : ", ", p.line, p.column, d.code->code);
    }
    return out;
  }
};

constexpr const char* made =
    R"({"event":"make","id":"e1","on":"2020-01-02","by":"maker","gives":[{"lot":"l1","item":"gyro","quantity":"2 pieces","serials":["a","b"],"value":"10.50 USD"}],"made_in":"JP","source":"log \"1\"\n"})";
constexpr const char* moved =
    R"({"event":"transfer","id":"e2","on":"2020-02-02","takes":[{"lot":"l1","quantity":"1 pieces","as":"l2"}],"from":"a","to":"b","country":"US","binds":[{"proviso":"x.keep","with":{"holder":"b"},"by":"act"}],"under":["permit"]})";

}  // namespace

TEST_CASE("an event is read as it stands and written in one canonical line") {
  const Read r(std::string(made) + "\n\n" + moved + "\n");
  REQUIRE(r.found() == "");
  REQUIRE(r.events.size() == 2);
  const Goods& g = *r.events[0].goods();
  CHECK(r.events[0].source == "log \"1\"\n");
  CHECK(g.gives[0].value == Amount{105'000, "USD"});
  CHECK(g.gives[0].serials == std::vector<std::string>{"a", "b"});
  CHECK(r.events[1].goods()->binds[0].with[0] == std::pair<std::string, std::string>{"holder", "b"});
  CHECK(write_event(r.events[1]) == moved);
  for (const Event& e : r.events) {
    const std::string line = write_event(e);
    const Read again(line);
    REQUIRE(again.found() == "");
    CHECK(write_event(again.events[0]) == line);
  }
}

TEST_CASE("keys may stand in any order, with any white space, and give the same line") {
  const Read a(R"({"on": "2021-01-01", "takes": [ {"lot": "l1"} ],  "id": "x", "event": "lose"})");
  const Read b(R"({"event":"lose","id":"x","on":"2021-01-01","takes":[{"lot":"l1"}]})");
  REQUIRE(a.found() == "");
  CHECK(write_event(a.events[0]) == write_event(b.events[0]));
}

TEST_CASE("a correction holds a whole event, whose id is that of the event corrected") {
  const Read r(
      R"({"event":"correct","id":"c","on":"2022-01-01","of":"e1","instead":{"event":"lose","on":"2021-01-01","takes":[{"lot":"l1"}]}}
{"event":"correct","id":"d","on":"2022-01-01","of":"e1","withdrawn":"yes"})");
  REQUIRE(r.found() == "");
  CHECK(std::get<Correct>(r.events[0].body).instead[0].id == "e1");
  CHECK(std::get<Correct>(r.events[1].body).withdrawn);
}

TEST_CASE("what is entered is read as a world file is, and its names are not looked up") {
  const Read r(
      R"({"event":"enter","id":"w","on":"2020-01-01","parties":{"a":{"name":"A","country":"JP"}},"instruments":[{"id":"i","authority":"x.gov","issued":"2020-01-01","scope":{"consignee":"elsewhere"}}]})");
  REQUIRE(r.found() == "");
  const World& w = std::get<Enter>(r.events[0].body).world;
  CHECK(w.party("a")->country == "JP");
  CHECK(w.instruments[0].scope[0].values[0].value == "elsewhere");
  CHECK(write_event(Read(write_event(r.events[0])).events[0]) == write_event(r.events[0]));
}

TEST_CASE("what is wrong is reported with its place and costs only its own line") {
  CHECK(Read("{\"event\":\"mak\",\"id\":\"a\"}").found() == "1:1 SK3102");
  CHECK(Read(std::string("[1]\n") + made).events.size() == 1);
  CHECK(Read(R"({"event":"lose","id":"x","on":"2021-02-30","takes":[]})").found() ==
        "1:27 SK3012, 1:45 SK3005");
  CHECK(Read(R"({"event":"lose","id":"x","on":"2021-02-03","takes":[{"lott":"l"}],"maker":"m"})").found() ==
        "1:55 SK3003, 1:53 SK3004, 1:68 SK3003");
  CHECK(Read(R"({"event":"lose","id":"x","id":"y","on":"2021-02-03"})").found() == "1:27 SK3006, 1:1 SK3004");
  CHECK(
      Read(
          R"({"event":"merge","id":"x","on":"2021-02-03","takes":[{"lot":"l","quantity":"2 pieces","serials":["a"]}],"gives":[{"lot":"m","item":"i","quantity":"-1 pieces"}]})")
          .found() == "1:54 SK3005, 1:137 SK3005");
}

TEST_CASE("a name is not empty and has no control characters, in whatever event it stands") {
  const auto lost = [](const std::string& id, const std::string& lot) {
    return Read(R"({"event":"lose","id":")" + id + R"(","on":"2021-02-03","takes":[{"lot":")" + lot + "\"}]}")
        .found();
  };
  CHECK(lost("x", "l") == "");
  CHECK(lost("", "l") == "1:22 SK3005");
  CHECK(lost("x", "") == "1:60 SK3005");
  CHECK(lost("x\\u001b[31m", "l") == "1:22 SK3005");
  CHECK(lost("x", "\\u0001") == "1:60 SK3005");
  CHECK(lost("x", "\\u009b") == "1:60 SK3005");
  CHECK(lost("x", "\\uffff") == "1:60 SK3005");
  CHECK(lost("x", "\xc3\xa9 a/b:#") == "");
}

TEST_CASE("what would be left out of the canonical line and may not be is refused") {
  CHECK(Read(R"({"event":"reserve","id":"r","on":"2024-05-07","lines":[]})").found() == "1:48 SK3005");
  CHECK(Read(R"({"event":"enter","id":"w","on":"2020-01-01"})").found() == "1:1 SK3005");
  CHECK(
      Read(
          R"({"event":"authorise","id":"a","on":"2024-04-10","authorisation":"p","kind":"licence","state":"granted","authority":""})")
          .found() == "1:116 SK3005");
  CHECK(
      Read(
          R"({"event":"authorise","id":"a","on":"2024-04-10","authorisation":"","kind":"licence","state":"granted","authority":"x"})")
          .found() == "1:65 SK3005");
  CHECK(Read(R"({"event":"attest","id":"a","on":"2024-01-01","lot":"l","jurisdiction":"JP"})").found() ==
        "1:1 SK3004");
}

TEST_CASE("a line that breaks off anywhere is refused and nothing more happens") {
  const std::string whole = std::string(made);
  for (std::size_t n = 1; n < whole.size(); ++n) CHECK(Read(whole.substr(0, n)).events.empty());
}

namespace {

constexpr const char* authorised =
    R"({"event":"authorise","id":"a","on":"2024-04-10","by":"x.office","authorisation":"permit","kind":"licence","state":"granted","title":"t","authority":"x.office","issued":"2024-04-09","valid":{"from":"2024-05-01","to":"2026-04-09"},"holder":"h","signatory":"s","reexport":"never","answers":["export_permit"],"finds":{"transfer.breach":"no"},"scope":{"destination":["US","GB"],"item":"gyro"},"limits":[{"quantity":"16 pieces","items":["gyro"],"each_consignee":"yes","per":"year"},{"value":"1000.50 USD","consignees":["b"],"within_months":"12"},{"quantity":"1 pieces","per":"month"}],"conditions":[{"text":"lodged","by":"h","met_on":"2024-04-20"},{"text":"insured"}],"reports":[{"text":"yearly","to":"x.office","due":"2025-01-31","given_on":"2025-01-30"}],"provisos":[{"proviso":"x.keep","with":{"holder":"b"}}],"processing_days":"90","restores":"on_return","at_issuer":"confirmed","assumed":"yes","source":"register"})";
constexpr const char* reserved =
    R"({"event":"reserve","id":"r","on":"2024-05-07","by":"o","for":"2024-06-03","until":"2024-06-30","lines":[{"line":"1","item":"gyro","consignee":"b","quantity":"6 pieces","value":"24 USD","under":["permit"],"needs":[{"need":"export_permit","from":"x.office"}],"facts":{"destination":"US","end_user":["unit","army"]}}]})";

}  // namespace

TEST_CASE("what is said of authorisations is read as it stands and written in one canonical line") {
  for (
      const std::string& line :
      {std::string(authorised), std::string(reserved),
       std::string(
           R"({"event":"draw","id":"d","on":"2024-06-03","of":"r","parts":[{"line":"1","quantity":"2 pieces","value":"8 USD"}]})"),
       std::string(R"({"event":"free","id":"f","on":"2024-06-04","of":"r"})"),
       std::string(
           R"({"event":"restore","id":"b","on":"2024-07-04","of":"d","parts":[{"quantity":"1 pieces"}]})"),
       std::string(R"({"event":"expire","id":"x","on":"2026-05-01","of":"permit"})")}) {
    const Read r(line + "\n");
    REQUIRE(r.found() == "");
    CHECK(write_event(r.events[0]) == line);
  }
  const Authorisation a = std::get<Authorise>(Read(authorised).events[0].body).text;
  CHECK(a.instrument.id == "permit");
  CHECK(a.instrument.state == InstrumentState::granted);
  CHECK(a.instrument.valid.from.latest == *parse_date("2024-05-01"));
  CHECK(to_string(a.instrument.limits[0]) == "16 pieces of gyro per year for each consignee");
  CHECK(to_string(a.instrument.limits[1]) == "1000.50 USD to b within any 12 months");
  CHECK(a.conditions[1].met_on == std::nullopt);
  CHECK(a.reports[0].given_on == *parse_date("2025-01-30"));
  const Reserve r = std::get<Reserve>(Read(reserved).events[0].body);
  CHECK(r.lines[0].facts[1].values == std::vector<std::string>{"unit", "army"});
}

TEST_CASE("two texts of one authorisation give one line, whatever is left out") {
  const Read a(
      R"({"limits":[{"quantity":"5.00 pieces","items":"gyro","each_consignee":false}],"on":"2024-04-10","event":"authorise","state":"granted","kind":"licence","authorisation":"p","authority":"x","scope":{"item":["gyro"]},"id":"a","valid":{"from":"2024-04-10"}})");
  const Read b(
      R"({"event":"authorise","id":"a","on":"2024-04-10","authorisation":"p","kind":"licence","state":"granted","authority":"x","issued":"2024-04-10","scope":{"item":"gyro"},"limits":[{"quantity":"5 pieces","items":["gyro"]}]})");
  REQUIRE(a.found() == "");
  REQUIRE(b.found() == "");
  CHECK(write_event(a.events[0]) == write_event(b.events[0]));
}

TEST_CASE("what is wrong in an authorisation or a reservation is reported with its place") {
  const auto authorise = [](const std::string& rest) {
    return Read(R"({"event":"authorise","id":"a","on":"2024-04-10","authorisation":"p","kind":"licence",)" +
                rest + "}\n")
        .found();
  };
  CHECK(authorise(R"("state":"open","authority":"x")") == "1:87 SK3005");
  CHECK(authorise(R"("state":"granted")") == "1:1 SK3004");
  CHECK(authorise(R"("state":"granted","authority":"x","limits":[{"items":["i"]}])") == "1:130 SK3005");
  CHECK(authorise(R"("state":"granted","authority":"x","limits":[{"quantity":"1 pieces","per":"day"}])") ==
        "1:154 SK3005");
  CHECK(
      authorise(
          R"("state":"granted","authority":"x","limits":[{"quantity":"1 pieces","per":"year","within_months":3}])") ==
      "1:167 SK3005");
  CHECK(authorise(
            R"("state":"granted","authority":"x","limits":[{"quantity":"1 pieces","within_months":"x"}])") ==
        "1:154 SK3005");
  CHECK(
      authorise(R"("state":"granted","authority":"x","conditions":[{"by":"a"}],"reports":[{"text":"t"}])") ==
      "1:134 SK3004, 1:157 SK3004");
  CHECK(authorise(R"("state":"granted","authority":"x","restores":"always","issued":"2024-13-01")") ==
        "1:121 SK3005, 1:149 SK3012");
  CHECK(Read(R"({"event":"reserve","id":"r","on":"2024-05-07","lines":[{"quantity":"0 pieces"}]})"
             "\n")
            .found() == "1:58 SK3005, 1:56 SK3004");
  CHECK(Read(R"({"event":"draw","id":"d","on":"2024-05-07","parts":[{"lot":"l"}]})"
             "\n")
            .found() == "1:55 SK3003, 1:1 SK3004");
}

TEST_CASE("a last line that breaks off is told apart from a line that is no JSON") {
  const std::string whole = std::string(made) + "\n" + reserved;
  CHECK(Read(whole).events.size() == 2);  // only the line end is missing
  CHECK(Read(whole.substr(0, whole.size() - 1)).found() == "2:1 SK3312");
  CHECK(Read(whole.substr(0, whole.size() - 1)).events.size() == 1);
  CHECK(Read("{\"event\":\n" + std::string(made)).found() == "1:1 SK3101");
}

TEST_CASE("corrections in one another are refused at the first, however many there are") {
  std::string deep, end;
  for (int i = 0; i < 900; ++i) {
    deep += R"({"event":"correct","id":"r","on":"2024-01-01","of":"r","instead":)";
    end += "}";
  }
  CHECK(Read(deep + "1" + end + "\n").found() == "1:57 SK3005, 1:1 SK3005");
  const std::string last =
      R"({"event":"correct","id":"r","on":"2024-01-01","of":"r","instead":{"of":"r","event":"correct"}})";
  CHECK(Read(last + "\n").found() == "1:57 SK3005, 1:1 SK3005");
}

TEST_CASE(
    "a long file is read as its lines are, one after the other, and what is wrong is told in that order") {
  const std::string no_json = Read("{\n").found().substr(1);  // behind the line
  std::string text, expected;
  std::vector<std::string> ids;
  for (unsigned line = 1; line <= 20'000; ++line) {
    if (line % 2'500 == 0) {
      text += line % 5'000 == 0 ? "{\n" : "\n";
      if (line % 5'000 == 0) expected += fmt::format("{}{}, ", line, no_json);
      continue;
    }
    ids.push_back(fmt::format("event_{}", line));
    text += fmt::format(R"({{"event":"lose","id":"{}","on":"2024-01-01","takes":[{{"lot":"l{}"}}]}})"
                        "\n",
                        ids.back(), line);
  }
  REQUIRE(text.size() > 1U << 20);
  const Read r(text + R"({"event":"lo)");
  std::vector<std::string> found;
  for (const Event& e : r.events) found.push_back(e.id);
  CHECK(found == ids);
  CHECK(r.found() == expected + "20001:1 SK3312");
  CHECK(r.sources.locate(r.events.back().goods()->takes[0].at).line == 19'999);
}
