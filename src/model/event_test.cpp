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
          .found() == "1:54 SK3005, 1:137 SK3005, 1:114 SK3004");
}

TEST_CASE("a line that breaks off anywhere is refused and nothing more happens") {
  const std::string whole = std::string(made);
  for (std::size_t n = 1; n < whole.size(); ++n) CHECK(Read(whole.substr(0, n)).events.empty());
}
