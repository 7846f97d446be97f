// What the register refuses to record as a decision.
#include "sekisho/register.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>
#include "base/json.h"

#include <filesystem>

using namespace sekisho;

TEST_CASE("what nobody could repeat is recorded as no decision, and what lacks a word throws nothing") {
  const std::string place =
      std::filesystem::temp_directory_path() / fmt::format("sekisho_decisions_{}.register", getpid());
  OpenRegister r;
  REQUIRE(r.create(place, "test.example").ok);
  const auto answer = [](const char* question, const char* needs) {
    return fmt::format(R"({{"question":{},"finding":"permitted","best":"permitted","worst":"permitted",)"
                       R"("regimes":[],"needs":{},"provisos":[],"obligations":[],)"
                       R"("lines":[{{"premises":{{"facts":{{}}}}}}]}})",
                       question, needs);
  };
  const auto record = [&](const DecideRequest& request, const std::string& json) {
    const RegisterOutcome done = r.record_decision(request, json, false, {"officer", 1});
    return done.ok ? done.text : done.reports.front().code;
  };
  DecideRequest plain;
  CHECK(record(plain, answer("{}", "[]")) == "decision");
  CHECK(record(plain, answer("{}", R"([{"need":"n","status":"open"}])")) == "proposed decision");
  CHECK(record(plain, answer(R"({"hypothetical":true})", "[]")) == "SK3510");
  CHECK(record(plain, answer(R"({"readings":{"w":"yes"}})", "[]")) == "SK3510");
  DecideRequest draft, read;
  draft.hypothetical = true;
  read.readings = {"w=yes"};
  CHECK(record(draft, answer("{}", "[]")) == "SK3510");
  CHECK(record(read, answer("{}", "[]")) == "SK3510");
  CHECK(record(plain, "{}") == "SK3018");
  for (const char* lines : {"[]", "[1]", "[{}]", R"([{"premises":{"facts":[]}}])"}) {
    Json without = *parse_json(answer("{}", "[]"));
    without["lines"] = *parse_json(lines);
    CHECK(record(plain, to_line(without)) == "SK3018");
  }
  for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(place + tail);
}

TEST_CASE("what is given as one line and is not one event is not recorded") {
  const std::string place =
      std::filesystem::temp_directory_path() / fmt::format("sekisho_lines_{}.register", getpid());
  OpenRegister r;
  REQUIRE(r.create(place, "test.example").ok);
  const auto made = [](const char* id) {
    return fmt::format(
        R"({{"event":"make","id":"{0}","on":"2024-01-01","gives":[{{"lot":"{0}","item":"i","quantity":"1 pieces"}}]}})",
        id);
  };
  const auto record = [&](const std::vector<std::string>& lines) {
    const RegisterOutcome done = r.append(lines, {"officer", 1});
    return done.ok ? std::string() : done.reports.front().code;
  };
  CHECK(record({made("a") + "\n" + made("b")}) == "SK3510");
  CHECK(record({made("a") + "\n" + made("b"), ""}) == "SK3510");
  CHECK(record({"", made("a")}) == "SK3510");
  CHECK(record({made("a") + "\n"}) == "SK3510");
  CHECK(r.size().number == 0);
  CHECK(record({made("a"), made("b")}).empty());
  CHECK(r.size().number == 2);
  for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(place + tail);
}
