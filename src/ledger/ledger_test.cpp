#include "ledger/ledger.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <random>

using namespace sekisho;

namespace {

namespace fs = std::filesystem;

/// A register in a file that goes with it.
struct ScratchLedger {
  std::string file = fs::temp_directory_path() / fmt::format("sekisho-ledger-{}-{}", getpid(), ++made);
  Register record = make(file);
  Ledger ledger{record};
  ScratchLedger() = default;
  ScratchLedger(const ScratchLedger&) = delete;
  ScratchLedger& operator=(const ScratchLedger&) = delete;
  ~ScratchLedger() {
    for (const char* tail : {"", "-wal", "-shm"}) fs::remove(file + tail);
  }
  static Register make(const std::string& file) {
    auto s = create_store(file, "test.example");
    REQUIRE(s);
    return Register(std::move(*s));
  }
  static inline int made = 0;
};

Hash fresh_salt() {
  static std::uint8_t n = 0;
  return Hash{++n, 9};
}
std::string loss(const std::string& id) {
  return R"({"event":"lose","id":")" + id + R"(","on":"2024-01-01","takes":[{"lot":"l"}]})";
}
std::string correction(const std::string& id, const std::string& of, const std::string& reason) {
  return R"({"event":"correct","id":")" + id + R"(","on":"2024-01-02",)" +
         (reason.empty() ? "" : R"("reason":")" + reason + R"(",)") + R"("of":")" + of +
         R"(","withdrawn":"yes"})";
}
Result<Sequence> record(ScratchLedger& s, const std::string& line, const std::string& by, std::int64_t now) {
  std::size_t proposed = 0;
  return s.ledger.record_events({line}, by, now, fresh_salt(), proposed);
}
std::vector<std::string> bodies(const std::vector<Holding>& holdings) {
  std::vector<std::string> out;
  out.reserve(holdings.size());
  for (const Holding& h : holdings) out.push_back(h.body);
  return out;
}

}  // namespace

TEST_CASE("a correction changes nothing until another officer confirms it") {
  ScratchLedger s;
  const std::string first = loss("e1"), wrong = correction("c1", "e1", "it was found");
  REQUIRE(record(s, first, "a", 10));
  const auto proposal = record(s, wrong, "a", 20);
  REQUIRE(proposal);
  REQUIRE(bodies(s.ledger.standing()->events) == std::vector{first});
  REQUIRE(s.ledger.standing()->waiting.size() == 1);
  const auto settle = [&](Sequence at, const std::string& by, const std::string& why) {
    return s.ledger.settle(at, Verdict::confirm, by, why, 30, fresh_salt());
  };
  CHECK(settle(*proposal, "a", "I say so").problem().code == &code::four_eyes);
  CHECK(settle(*proposal, "", "I say so").problem().code == &code::four_eyes);
  CHECK(settle(*proposal, "b", "").problem().code == &code::four_eyes);
  CHECK(settle(0, "b", "seen").problem().code == &code::four_eyes);
  CHECK(settle(9, "b", "seen").problem().code == &code::no_such_entry);
  REQUIRE(s.ledger.standing()->events.size() == 1);
  REQUIRE(settle(*proposal, "b", "seen"));
  const auto after = s.ledger.standing();
  REQUIRE(bodies(after->events) == std::vector{first, wrong});
  REQUIRE(after->events[1].confirmed_by == "b");
  REQUIRE(after->waiting.empty());
  CHECK(settle(*proposal, "c", "again").problem().code == &code::four_eyes);
  CHECK(s.ledger.standing(29)->events.size() == 1);  // as known before it was confirmed
  CHECK(s.ledger.standing(30)->events.size() == 2);
  CHECK(s.ledger.standing(9)->events.empty());
}

TEST_CASE("a rejected proposal never holds, and a proposal says who and why") {
  ScratchLedger s;
  const auto proposal = record(s, correction("c1", "e1", "found"), "a", 1);
  REQUIRE(proposal);
  REQUIRE(s.ledger.settle(*proposal, Verdict::reject, "b", "not so", 2, fresh_salt()));
  CHECK(s.ledger.standing()->events.empty());
  CHECK(s.ledger.standing()->waiting.empty());
  CHECK(s.ledger.settle(*proposal, Verdict::confirm, "c", "yes so", 3, fresh_salt()).problem().code ==
        &code::four_eyes);
  CHECK(record(s, correction("c2", "e1", ""), "a", 4).problem().code == &code::four_eyes);
  CHECK(record(s, correction("c2", "e1", "found"), "", 4).problem().code == &code::four_eyes);
  CHECK(s.ledger.record_decision("{}", "", 5, fresh_salt(), false).problem().code == &code::four_eyes);
  CHECK(*s.record.size() == 2);
}

TEST_CASE("decisions hold at once, discretionary ones when they are confirmed") {
  ScratchLedger s;
  REQUIRE(s.ledger.record_decision("clear", "a", 1, fresh_salt(), false));
  const auto open = s.ledger.record_decision("open", "a", 2, fresh_salt(), true);
  REQUIRE(open);
  CHECK(bodies(s.ledger.standing()->decisions) == std::vector<std::string>{"clear"});
  REQUIRE(s.ledger.settle(*open, Verdict::confirm, "b", "weighed", 3, fresh_salt()));
  CHECK(bodies(s.ledger.standing()->decisions) == std::vector<std::string>{"clear", "open"});
  CHECK(s.ledger.standing()->events.empty());
}

TEST_CASE("a confirmation of one's own, written past the ledger, is found") {
  ScratchLedger s;
  const auto proposal = record(s, correction("c1", "e1", "found"), "a", 1);
  const NewEntry forged{{2, "a", std::string(confirmation), *proposal}, "{}"};
  REQUIRE(s.record.append(std::span(&forged, 1), fresh_salt()));
  CHECK(s.ledger.standing().problem().code == &code::register_altered);
}

TEST_CASE("what holds is what a reader who keeps lists by hand would say, on random histories") {
  std::mt19937 dice(77);
  for (int history = 0; history < 40; ++history) {
    ScratchLedger s;
    std::vector<std::string> holds;
    std::map<Sequence, std::pair<std::string, std::string>> open;  // by, body
    for (int step = 0; step < 25; ++step) {
      const std::string by = dice() % 2 ? "a" : "b";
      const std::string id = fmt::format("e{}", step);
      if (const auto kind = dice() % 3; kind == 0) {
        REQUIRE(record(s, loss(id), by, step));
        holds.push_back(loss(id));
      } else if (kind == 1 || open.empty()) {
        const auto at = record(s, correction(id, "e0", "why"), by, step);
        REQUIRE(at);
        open[*at] = {by, correction(id, "e0", "why")};
      } else {
        const auto it = std::next(open.begin(), static_cast<std::ptrdiff_t>(dice() % open.size()));
        const bool confirm = dice() % 2 != 0;
        const bool done{s.ledger.settle(it->first, confirm ? Verdict::confirm : Verdict::reject, by, "why",
                                        step, fresh_salt())};
        REQUIRE(done == (by != it->second.first));
        if (!done) continue;
        if (confirm) holds.push_back(it->second.second);
        open.erase(it);
      }
    }
    const auto standing = s.ledger.standing();
    REQUIRE(standing);
    REQUIRE(bodies(standing->events) == holds);
    REQUIRE(standing->waiting.size() == open.size());
  }
}

TEST_CASE("an event that hangs on what is recorded is recorded with it or not at all") {
  ScratchLedger s;
  REQUIRE(record(s, loss("e1"), "a", 1));
  bool proposed = true;
  const auto second = [&](std::size_t wanted) {
    return s.ledger.record_if(
        [&](const std::vector<Holding>& events) {
          return events.size() == wanted ? std::optional(loss("e2")) : std::nullopt;
        },
        "b", 2, fresh_salt(), proposed);
  };
  CHECK(*second(0) == std::nullopt);
  CHECK(*s.record.size() == 1);
  CHECK(*second(1) == std::optional<Sequence>(1));
  CHECK(!proposed);
  CHECK(bodies(s.ledger.standing()->events) == std::vector{loss("e1"), loss("e2")});
  const auto wrong =
      s.ledger.record_if([](const std::vector<Holding>&) { return std::optional<std::string>("nothing"); },
                         "b", 3, fresh_salt(), proposed);
  CHECK(wrong.problem().code == &code::not_recordable);
  CHECK(s.record.verify({}, [](std::uint64_t) {})->flaws.empty());
}

TEST_CASE("a stop holds at once, its lifting when another officer confirms it") {
  ScratchLedger s;
  const std::string stop =
      R"({"event":"stop","id":"s1","on":"2024-01-02","by":"a","reason":"diversion reported","party":"p"})";
  const std::string lift =
      R"({"event":"lift","id":"s2","on":"2024-02-02","by":"a","reason":"cleared","of":"s1"})";
  REQUIRE(record(s, stop, "a", 1));
  REQUIRE(bodies(s.ledger.standing()->events) == std::vector{stop});
  const auto proposal = record(s, lift, "a", 2);
  REQUIRE(proposal);
  CHECK(bodies(s.ledger.standing()->events) == std::vector{stop});
  CHECK(!s.ledger.settle(*proposal, Verdict::confirm, "a", "sure", 3, fresh_salt()));
  REQUIRE(s.ledger.settle(*proposal, Verdict::confirm, "b", "seen", 3, fresh_salt()));
  CHECK(bodies(s.ledger.standing()->events) == std::vector{stop, lift});
}
