#include <doctest/doctest.h>

#include <algorithm>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "exchange/digital_link.h"
#include "exchange/epcis_hash.h"
#include "exchange/epcis_mapping.h"
#include "exchange/epcis_time.h"
#include "model/event_reader.h"
#include "model/event_writer.h"

using namespace sekisho;
namespace fs = std::filesystem;

namespace {

// Documents and hashes: a few are kept beside the tests (its SOURCE.md says whence), SEKISHO_EPCIS names the
// folder of all, laid out alike.
const char* const kept_data = SEKISHO_TESTS "/epcis";
const char* public_data() {
  return std::getenv("SEKISHO_EPCIS");
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::stringstream in(text);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) out.push_back(line);
  return out;
}

std::vector<fs::path> files_below(const fs::path& folder, std::initializer_list<std::string_view> ends) {
  std::vector<fs::path> out;
  for (const auto& e : fs::recursive_directory_iterator(folder))
    if (std::find(ends.begin(), ends.end(), e.path().extension().string()) != ends.end())
      out.push_back(e.path());
  std::sort(out.begin(), out.end());
  return out;
}

struct ReadDocument {
  Sources sources;
  Diagnostics diags;
  EpcisDocument document;
  explicit ReadDocument(std::string text) {
    const SourceId id = sources.add("d.json", std::move(text));
    document = read_epcis(sources, id, diags);
  }
  std::vector<std::string> hashes() const {
    std::vector<std::string> out;
    for (const EpcisEvent& e : document.events)
      out.push_back(epcis_hash(epcis_prehash(sources, e, document.ignored)));
    return out;
  }
  std::vector<std::string> lines() {
    std::vector<std::string> out;
    for (const Event& e : events_of_epcis(sources, document, diags)) out.push_back(write_event(e));
    return out;
  }
  /// Each diagnostic's code, one after the other.
  std::string found() const {
    std::string out;
    for (const Diagnostic& d : diags.all()) out += (out.empty() ? "" : " ") + std::string(d.code->code);
    return out;
  }
};

std::string document_with(const std::string& event) {
  return R"({"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument",)"
         R"("schemaVersion":"2.0","creationDate":"2020-01-01T00:00:00Z","epcisBody":{"eventList":[)" +
         event + "]}}";
}

std::vector<Event> events_in(const std::string& text, Diagnostics& diags) {
  Sources sources;
  const SourceId id = sources.add("e.jsonl", text);
  return read_events(sources, id, diags);
}

/// Out as EPCIS and in again: nothing is said of it, and each line is the same.
void comes_back(const std::string& text) {
  Diagnostics diags;
  const std::vector<Event> events = events_in(text, diags);
  REQUIRE(diags.all().empty());
  ReadDocument back(epcis_of_events(events));
  CHECK(back.found() == "");
  const std::vector<std::string> lines = back.lines();
  CHECK(back.found() == "");
  REQUIRE(lines.size() == events.size());
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i] == write_event(events[i]));
}

struct Documents {
  std::size_t taken = 0, refused = 0;
};
Documents documents_read(const fs::path& data) {
  Documents out;
  for (const fs::path& p : files_below(data, {".json", ".jsonld"})) {
    CAPTURE(p.string());
    const std::string text = text_of(p);
    CHECK(looks_like_epcis(text));
    const ReadDocument read(text);
    const bool invalid = p.string().find("Invalid") != std::string::npos;
    CHECK(read.diags.has_errors() == invalid);
    ++(invalid ? out.refused : out.taken);
  }
  return out;
}

std::size_t hashes_held(const fs::path& data) {
  std::size_t held = 0;
  for (const fs::path& p : files_below(data / "event_hash" / "examples", {".jsonld"})) {
    CAPTURE(p.string());
    const auto expected = lines_of(text_of(fs::path(p).replace_extension(".hashes")));
    CHECK(ReadDocument(text_of(p)).hashes() == expected);
    held += expected.size();
  }
  for (const fs::path& p : files_below(data / "event_hash" / "expected_equal", {".json"})) {
    const auto hashes = ReadDocument(text_of(p)).hashes();
    REQUIRE(hashes.size() > 1);
    for (const std::string& h : hashes) CHECK(h == hashes.front());
  }
  return held;
}

std::size_t events_that_come_back(const fs::path& data) {
  std::size_t events = 0;
  for (const fs::path& p : files_below(data, {".json", ".jsonld"})) {
    std::string text;
    for (const std::string& line : ReadDocument(text_of(p)).lines()) {
      text += line + "\n";
      ++events;
    }
    CAPTURE(p.string());
    comes_back(text);
  }
  return events;
}

/// Events of every kind that happens to goods, with names that are URIs, that look like ours and that are
/// neither.
class Made {
 public:
  explicit Made(unsigned seed) : random_(seed) {}
  std::string event(int n) {
    const std::string kind =
        any({"make", "assemble", "disassemble", "split", "merge", "transfer", "release", "lend", "return",
             "return_substitute", "repair", "consume", "destroy", "lose", "inventory"});
    const bool back = kind == "return" || kind == "return_substitute";
    const bool onward = kind == "transfer" || kind == "release" || kind == "lend";
    std::string out =
        "{" + pair("event", kind) + "," + pair("id", any({"e", "urn:uuid:", "a/b c:"}) + std::to_string(n)) +
        "," + pair("on", "20" + std::to_string(10 + roll(20)) + "-0" + std::to_string(1 + roll(9)) + "-11");
    if (kind != "make") out += ",\"takes\":" + list([&] { return taken(); });
    if (kind == "make" || kind == "assemble" || kind == "disassemble" || kind == "split" || kind == "merge" ||
        kind == "release" || kind == "repair")
      out += ",\"gives\":" + list([&] { return given(); });
    if (back) out += "," + pair("of", "lent");
    if (onward || (back && roll(2))) out += "," + pair("to", name());
    if (kind == "make" && roll(2)) out += "," + pair("made_in", "JP") + "," + pair("maker", name());
    if ((onward || back) && roll(2))
      out += "," + pair("from", name()) + R"(,"country":"US","under":["p"],"facts":{"x":["a","b"]})";
    if (onward && roll(2)) out += R"(,"kind":"sale","binds":[{"proviso":"x.keep","with":{"holder":"b"}}])";
    if (roll(2)) out += "," + pair("note", "a \\\"note\\\"") + "," + pair("by", name());
    return out + "}";
  }

 private:
  unsigned roll(unsigned n) { return static_cast<unsigned>(random_() % n); }
  std::string any(std::vector<std::string> of) { return of[roll(static_cast<unsigned>(of.size()))]; }
  static std::string pair(const std::string& key, const std::string& value) {
    return "\"" + key + "\":\"" + value + "\"";
  }
  template <class Write>
  std::string list(Write write) {
    listed_.clear();
    std::string out = "[" + write();
    for (unsigned n = roll(3); n > 0; --n) out += "," + write();
    return out + "]";
  }
  std::string name() {
    return any({"l1", "l2", "a:b", "=q", "x y/z %41", "https://id.gs1.org/01/04012345123456/21/x1",
                "https://id.gs1.org/01/04012345123456/10/L", "urn:epc:id:sgtin:4012345.011111.1",
                "lot/serial/z", "https://id.gs1.org/00/040123451111111110",
                "https://sekisho.example/epcis/lot/l1"});
  }
  std::string amount() { return any({"1 pieces", "3 pieces", "2.50 KGM", "0.0001 pieces", "12 kg"}); }
  /// One that the list does not have yet.
  std::string lot_name() {
    for (;;)
      if (const auto [it, is_new] = listed_.insert(name()); is_new) return *it;
  }
  std::string taken() {
    std::string out = "{" + pair("lot", lot_name());
    const unsigned how = roll(4);
    if (how == 1) out += "," + pair("quantity", amount());
    if (how == 2) out += R"(,"serials":["a","b/1"])";
    if (how == 3) out += R"(,"quantity":"2 sets","serials":["a","b/1"])";
    return out + (roll(3) ? "" : "," + pair("as", name())) + "}";
  }
  std::string given() {
    const std::string out = "{" + pair("lot", lot_name()) + "," +
                            pair("item", any({"gyro", "https://id.gs1.org/01/04012345123456"})) + ",";
    if (roll(3) == 0) return out + R"("quantity":"2 pieces","serials":["a","b"]})";
    return out + pair("quantity", amount()) + (roll(2) ? "}" : R"(,"value":"10.50 USD"})");
  }
  std::mt19937 random_;
  std::set<std::string> listed_;
};

constexpr const char* commissioned =
    R"({"type":"ObjectEvent","eventID":"urn:uuid:1","eventTime":"2020-01-02T00:00:00Z","eventTimeZoneOffset":"+00:00",)"
    R"("action":"ADD","bizStep":"commissioning","disposition":"active","epcList":["urn:epc:id:sgtin:4012345.011111.1"]})";

}  // namespace

TEST_CASE("EPCIS documents are read, and those that the standard forbids are refused") {
  const auto [taken, refused] = documents_read(kept_data);
  CHECK(taken > 9);
  CHECK(refused > 3);
}

TEST_CASE("event hashes of EPCIS are those that its author gives") {
  CHECK(hashes_held(kept_data) >= 6);
}

TEST_CASE("what a document becomes comes back from EPCIS the same") {
  CHECK(events_that_come_back(kept_data) > 2);
}

TEST_SUITE("public EPCIS data") {
  TEST_CASE("all public documents are read or refused" * doctest::skip(!public_data())) {
    const auto [taken, refused] = documents_read(public_data());
    CHECK(taken > 50);
    CHECK(refused > 15);
  }
  TEST_CASE("all public event hashes are held" * doctest::skip(!public_data())) {
    CHECK(hashes_held(public_data()) >= 40);
  }
  TEST_CASE("what any public document becomes comes back" * doctest::skip(!public_data())) {
    CHECK(events_that_come_back(public_data()) > 10);
  }
}

TEST_CASE("random events of every kind of goods come back from EPCIS the same") {
  Made made(7);
  std::string text;
  for (int i = 0; i < 400; ++i) text += made.event(i) + "\n";
  text += R"({"event":"attest","id":"at","on":"2020-01-01","by":"m","lot":"l1","jurisdiction":"JP"})";
  text += "\n";
  text += R"({"event":"correct","id":"c","on":"2020-01-01","of":"e1","withdrawn":"yes"})";
  comes_back(text);
}

TEST_CASE("a commissioned object is made, and nobody says by whom or where") {
  ReadDocument read(document_with(commissioned));
  CHECK(
      read.lines() ==
      std::vector<std::string>{
          R"({"event":"make","id":"urn:uuid:1","on":"2020-01-02","gives":[{"lot":"https://id.gs1.org/01/04012345111118/21/1","item":"https://id.gs1.org/01/04012345111118","quantity":"1 pieces"}]})"});
  CHECK(read.found() == "");
}

TEST_CASE("what is packed moves with what it is packed in, and is built into nothing") {
  const std::string when = R"("eventTime":"2020-01-03T00:00:00Z","eventTimeZoneOffset":"+00:00",)";
  const std::string packing =
      R"({"type":"AggregationEvent",)" + when +
      R"("action":"ADD","bizStep":"packing","parentID":"urn:epc:id:sscc:4012345.0111111111",)"
      R"("childEPCs":["urn:epc:id:sgtin:4012345.011111.1"]})";
  const std::string shipping =
      R"({"type":"ObjectEvent","eventID":"urn:uuid:2",)" + when +
      R"("action":"OBSERVE","bizStep":"shipping","disposition":"in_transit","epcList":["https://example.com/00/040123451111111110"],)"
      R"("destinationList":[{"type":"possessing_party","destination":"urn:epc:id:pgln:4023333.00000"}]})";
  ReadDocument read(document_with(packing + "," + shipping));
  CHECK(
      read.lines() ==
      std::vector<std::string>{
          R"({"event":"transfer","id":"urn:uuid:2","on":"2020-01-03","takes":[{"lot":"https://id.gs1.org/01/04012345111118/21/1"}],"to":"https://id.gs1.org/417/4023333000000"})"});
  CHECK(read.found() == "SK3406");
  // A packing that did not occur packed nothing, and there is no event to withdraw.
  const std::string named = std::string(packing).insert(1, R"("eventID":"urn:uuid:1",)");
  const std::string wrong = std::string(named).insert(
      1, R"("errorDeclaration":{"declarationTime":"2020-01-04T00:00:00Z","reason":"did_not_occur"},)");
  ReadDocument undone(document_with(named + "," + shipping + "," + wrong));
  CHECK(undone.lines().empty());
  CHECK(undone.found() == "SK3406 SK3406 SK3406");
  ReadDocument before(document_with(wrong + "," + named + "," + shipping));
  CHECK(before.lines().empty());
  CHECK(before.found() == "SK3406 SK3406 SK3406");
  ReadDocument alone(document_with(shipping));
  CHECK(alone.lines().empty());
  CHECK(alone.found() == "SK3406");
}

TEST_CASE("a part of a lot that is shipped gets a number of its own, the whole keeps the lot's") {
  const std::string when = R"("eventTime":"2020-01-03T00:00:00Z","eventTimeZoneOffset":"+00:00",)";
  const auto so_many = [&](const std::string& id, const std::string& action, const std::string& step, int n) {
    return R"({"type":"ObjectEvent","eventID":")" + id + "\"," + when + R"("action":")" + action +
           R"(","bizStep":")" + step +
           R"(","quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.011111.L","quantity":)" +
           std::to_string(n) +
           R"(}],"destinationList":[{"type":"possessing_party","destination":"urn:epc:id:pgln:4023333.00000"}]})";
  };
  const std::string made = so_many("urn:x:1", "ADD", "commissioning", 10),
                    part = so_many("urn:x:2", "OBSERVE", "shipping", 4),
                    rest = so_many("urn:x:3", "OBSERVE", "shipping", 6);
  ReadDocument read(document_with(made + "," + part + "," + rest));
  const std::vector<std::string> lines = read.lines();
  REQUIRE(lines.size() == 3);
  CHECK(
      lines[1] ==
      R"({"event":"transfer","id":"urn:x:2","on":"2020-01-03","takes":[{"lot":"https://id.gs1.org/01/04012345111118/10/L","quantity":"4 pieces","as":"https://id.gs1.org/01/04012345111118/10/L#urn:x:2"}],"to":"https://id.gs1.org/417/4023333000000"})");
  CHECK(lines[2].find("\"as\"") == std::string::npos);
  comes_back(lines[0] + "\n" + lines[1] + "\n" + lines[2] + "\n");
  // One that says nothing of a number comes back so too.
  comes_back(
      lines[0] + "\n" +
      R"({"event":"transfer","id":"t","on":"2020-01-03","takes":[{"lot":"https://id.gs1.org/01/04012345111118/10/L","quantity":"4 pieces"}],"to":"b"})"
      "\n");
  // Of a lot that another document makes nobody here can say whether it is the whole.
  ReadDocument alone(document_with(part));
  CHECK(alone.lines().front().find("\"as\"") == std::string::npos);
}

TEST_CASE("what stands twice, in whatever spelling, and a number with a wrong check digit are refused") {
  const auto made = [](const std::string& id, const std::string& epcs) {
    return R"({"type":"ObjectEvent","eventID":")" + id +
           R"(","eventTime":"2020-01-02T00:00:00Z","eventTimeZoneOffset":"+00:00","action":"ADD",)"
           R"("bizStep":"commissioning","epcList":[)" +
           epcs + "]}";
  };
  const auto found = [](const std::string& events) {
    ReadDocument read(document_with(events));
    const std::size_t lines = read.lines().size();
    return std::to_string(lines) + " " + read.found();
  };
  const std::string urn = R"("urn:epc:id:sgtin:4012345.011111.1")",
                    link = R"("https://example.com/01/04012345111118/21/1")";
  CHECK(found(made("urn:x:1", urn)) == "1 ");
  CHECK(found(made("urn:x:1", urn + "," + link)) == "0 SK3006");
  CHECK(found(made("urn:x:1", urn) + "," + made("urn:x:1", R"("urn:epc:id:sgtin:4012345.011111.2")")) ==
        "1 SK3201");
  CHECK(found(made("urn:x:1", R"("https://example.com/01/04012345111119/21/1")")) == "0 SK3402");
}

TEST_CASE("extensions that contradict the fields of their event are refused") {
  Diagnostics diags;
  std::string text = epcis_of_events(events_in(
      R"({"event":"consume","id":"c","on":"2020-01-02","takes":[{"lot":"l1","quantity":"3 pieces","as":"l2"}]})",
      diags));
  const std::size_t at = text.find("\"quantity\": 3");
  REQUIRE(at != std::string::npos);
  text[at + 12] = '2';
  ReadDocument read(text);
  read.lines();
  CHECK(read.found() == "SK3404");
}

TEST_CASE("times of EPCIS are instants, rounded by their fourth decimal") {
  CHECK(to_string(*parse_epcis_time("2020-03-04T11:00:30+01:00")) == "2020-03-04T10:00:30.000Z");
  CHECK(to_string(*parse_epcis_time("1969-12-31T23:59:59.9995Z")) == "1970-01-01T00:00:00.000Z");
  for (const char* wrong : {"22-07-2026", "2020-02-30T00:00:00Z", "2020-01-01T24:00:00Z",
                            "2020-01-01T00:00:00", "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00+15:00", ""})
    CHECK(!parse_epcis_time(wrong));
}

TEST_CASE("a Digital Link keeps the finest level that names goods") {
  CHECK(canonical_uri("https://a.example/x/gtin/9780345418913/lot/7?x=1") ==
        "https://id.gs1.org/01/09780345418913/10/7");
  CHECK(canonical_uri("https://a.example/01/04012345123456/10/7/21/s") ==
        "https://id.gs1.org/01/04012345123456/21/s");
  CHECK(canonical_uri("urn:epc:idpat:sgtin:4012345.011111.*") == "https://id.gs1.org/01/04012345111118");
  CHECK(canonical_uri("urn:epc:id:sgtin:4012345.01111x.1") == "urn:epc:id:sgtin:4012345.01111x.1");
  CHECK(canonical_uri("http://transaction.example/po/12345678") == "http://transaction.example/po/12345678");
}
