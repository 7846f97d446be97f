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
  const auto done = s.ledger.record_events(
      [&](Sequence) -> Result<std::vector<SoundEvent>> {
        auto e = sound_event(line);
        return e ? Result(std::vector{*e}) : e.problem();
      },
      by, now, fresh_salt());
  if (!done) return done.problem();
  return done->first;
}
const Ledger::MayHold always = [](const Holdings&, const std::string&) { return Failure(); };
Result<Sequence> confirm(ScratchLedger& s, Sequence at, const std::string& by, std::int64_t now) {
  return s.ledger.settle(at, Verdict::confirm, by, "seen", now, fresh_salt(), always);
}
/// An event as it was at first, and the correction of it that says less.
std::string stop(const std::string& rest) {
  return R"({"event":"stop","id":"s1","on":"2024-01-02",)" + rest + R"("party":"p"})";
}
std::string less(const std::string& id) {
  return R"({"event":"correct","id":")" + id +
         R"(","on":"2024-02-02","reason":"the informant's name is needed no more","of":"s1","instead":{"event":"stop","on":"2024-01-02","party":"p"}})";
}
Result<Disposed> dispose(ScratchLedger& s, Sequence entry, std::int64_t now) {
  return s.ledger.dispose(entry, "keeper", "retention ended", now, fresh_salt());
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
    return s.ledger.settle(at, Verdict::confirm, by, why, 30, fresh_salt(), always);
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
  REQUIRE(s.ledger.settle(*proposal, Verdict::reject, "b", "not so", 2, fresh_salt(), {}));
  CHECK(s.ledger.standing()->events.empty());
  CHECK(s.ledger.standing()->waiting.empty());
  CHECK(s.ledger.settle(*proposal, Verdict::confirm, "c", "yes so", 3, fresh_salt(), always).problem().code ==
        &code::four_eyes);
  CHECK(record(s, correction("c2", "e1", ""), "a", 4).problem().code == &code::four_eyes);
  CHECK(record(s, correction("c2", "e1", "found"), "", 4).problem().code == &code::not_recordable);
  CHECK(s.ledger.record_decision("{}", "", 5, fresh_salt(), false).problem().code == &code::four_eyes);
  CHECK(*s.record.size() == 2);
}

TEST_CASE("decisions hold at once, discretionary ones when they are confirmed") {
  ScratchLedger s;
  REQUIRE(s.ledger.record_decision("clear", "a", 1, fresh_salt(), false));
  const auto open = s.ledger.record_decision("open", "a", 2, fresh_salt(), true);
  REQUIRE(open);
  CHECK(bodies(s.ledger.standing()->decisions) == std::vector<std::string>{"clear"});
  REQUIRE(s.ledger.settle(*open, Verdict::confirm, "b", "weighed", 3, fresh_salt(), always));
  CHECK(bodies(s.ledger.standing()->decisions) == std::vector<std::string>{"clear", "open"});
  CHECK(s.ledger.standing()->events.empty());
}

TEST_CASE("a confirmation of one's own, written past the ledger, is found") {
  ScratchLedger s;
  const auto proposal = record(s, correction("c1", "e1", "found"), "a", 1);
  const NewEntry forged{{2, "a", std::string(confirmation), *proposal}, "{}"};
  REQUIRE(s.record.append({forged}, fresh_salt()));
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
                                        step, fresh_salt(), always)};
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

TEST_CASE("events that hang on what is recorded are recorded with it or not at all") {
  ScratchLedger s;
  REQUIRE(record(s, loss("e1"), "a", 1));
  const auto second = [&](std::size_t wanted) {
    return s.ledger.record_events(
        [&](Sequence size) {
          return Result(size == wanted ? std::vector{*sound_event(loss("e2"))} : std::vector<SoundEvent>());
        },
        "b", 2, fresh_salt());
  };
  CHECK(second(0)->entries == 0);
  CHECK(*s.record.size() == 1);
  CHECK(second(1)->first == 1);
  CHECK(bodies(s.ledger.standing()->events) == std::vector{loss("e1"), loss("e2")});
  CHECK(record(s, "nothing", "b", 3).problem().code == &code::not_recordable);
  CHECK(record(s, loss("e3"), "b ", 3).problem().code == &code::not_recordable);
  CHECK(record(s, loss("e3"), "", 3).problem().code == &code::not_recordable);
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
  CHECK(!s.ledger.settle(*proposal, Verdict::confirm, "a", "sure", 3, fresh_salt(), always));
  REQUIRE(s.ledger.settle(*proposal, Verdict::confirm, "b", "seen", 3, fresh_salt(), always));
  CHECK(bodies(s.ledger.standing()->events) == std::vector{stop, lift});
}

TEST_CASE("a second officer is another one, however the name is written") {
  ScratchLedger s;
  REQUIRE(record(s, loss("e1"), "a", 1));
  REQUIRE(record(s, correction("c1", "e1", "found"), "officer_q", 2));
  for (const char* same : {"officer_q", "Officer_Q", "officer_q ", "officer_\uff51", "officer\u200b_q"})
    CHECK(confirm(s, 1, same, 3).problem().code == &code::four_eyes);
  // Earlier programs recorded such names.
  const NewEntry forged{{4, "officer_q ", std::string(confirmation), 1}, "{}"};
  REQUIRE(s.record.append({forged}, fresh_salt()));
  CHECK(s.ledger.standing().problem().code == &code::register_altered);
}

TEST_CASE("a correction that nobody proposed is found") {
  ScratchLedger s;
  REQUIRE(record(s, loss("e1"), "a", 1));
  const NewEntry forged{{2, "a", std::string(event_entry), std::nullopt}, correction("c1", "e1", "found")};
  REQUIRE(s.record.append({forged}, fresh_salt()));
  CHECK(s.ledger.standing().problem().code == &code::register_altered);
}

TEST_CASE("an event is not confirmed where it does not fit what holds by then") {
  ScratchLedger s;
  REQUIRE(record(s, loss("e1"), "a", 1));
  REQUIRE(record(s, correction("c1", "e1", "found"), "a", 2));
  const auto no = [](const Holdings& now, const std::string& event) -> Failure {
    CHECK(now.events.size() == 1);
    CHECK(event == correction("c1", "e1", "found"));
    return problem(code::not_recordable, "no");
  };
  CHECK(!s.ledger.settle(1, Verdict::confirm, "b", "seen", 3, fresh_salt(), no));
  CHECK(s.ledger.standing()->waiting.size() == 1);
  CHECK(confirm(s, 1, "b", 3));
}

TEST_CASE(
    "what holds or waits is not disposed of; what was corrected is, and the last correction stands for it") {
  ScratchLedger s;
  const std::string named = stop(R"("source":"informant N.",)"), bare = stop("");
  REQUIRE(record(s, named, "a", 10));                                // 0
  REQUIRE(record(s, loss("e1"), "a", 11));                           // 1
  REQUIRE(record(s, less("c1"), "a", 20));                           // 2
  CHECK(dispose(s, 0, 21).problem().code == &code::not_recordable);  // it holds
  CHECK(dispose(s, 2, 21).problem().code == &code::not_recordable);  // it waits
  REQUIRE(confirm(s, 2, "b", 30));                                   // 3
  CHECK(dispose(s, 2, 31).problem().code == &code::not_recordable);  // it holds in the place of 0
  REQUIRE(dispose(s, 0, 40));                                        // 4
  const auto now = s.ledger.standing();
  REQUIRE(now);
  // In its place among those of its day; and what it says counts from where the correction stands.
  CHECK(bodies(now->events) == std::vector{bare, loss("e1"), less("c1")});
  CHECK(now->gone == std::vector<std::string>{"s1"});
  CHECK(s.ledger.standing(29).problem().code == &code::needed_and_gone);  // as known then it held
  CHECK(s.ledger.standing(9)->events.empty());
  REQUIRE(record(s, less("c2"), "a", 50));  // 5
  REQUIRE(confirm(s, 5, "b", 51));          // 6
  REQUIRE(dispose(s, 2, 60));               // 7: its correction was corrected
  CHECK(bodies(s.ledger.standing()->events) == std::vector{bare, loss("e1"), less("c2")});
  CHECK(s.ledger.standing(49).problem().code == &code::needed_and_gone);
  REQUIRE(dispose(s, 4, 70).problem().code == &code::not_recordable);  // the disposal
  CHECK(s.record.verify({}, [](std::uint64_t) {})->flaws.empty());
}

TEST_CASE("a withdrawn event and a rejected proposal can go and leave nothing in their place") {
  ScratchLedger s;
  REQUIRE(record(s, loss("e1"), "a", 1));
  REQUIRE(record(s, correction("c1", "e1", "found"), "a", 2));
  REQUIRE(confirm(s, 1, "b", 3));
  REQUIRE(record(s, correction("c2", "e1", "no"), "a", 4));
  REQUIRE(s.ledger.settle(3, Verdict::reject, "b", "not so", 5, fresh_salt(), {}));
  REQUIRE(dispose(s, 0, 6));
  REQUIRE(dispose(s, 3, 7));
  const auto now = s.ledger.standing();
  REQUIRE(now);
  CHECK(now->events.empty());
  CHECK(now->gone == std::vector<std::string>{"e1", "c1"});
}

TEST_CASE("what a confirmed retention keeps is not disposed of before its day") {
  constexpr std::int64_t day = 86'400'000'000, leap_day = 19'782 * day;  // 2024-02-29
  ScratchLedger s;
  const auto retain = [&](unsigned years, const char* reason, std::int64_t now) {
    return s.ledger.propose_retention(years, reason, "a", now, fresh_salt());
  };
  REQUIRE(record(s, loss("e1"), "a", leap_day));                    // 0
  REQUIRE(record(s, correction("c1", "e1", "no"), "a", leap_day));  // 1
  REQUIRE(confirm(s, 1, "b", leap_day));                            // 2
  CHECK(retain(0, "law", leap_day).problem().code == &code::not_recordable);
  CHECK(retain(101, "law", leap_day).problem().code == &code::not_recordable);
  CHECK(retain(5, "", leap_day).problem().code == &code::four_eyes);
  REQUIRE(retain(5, "law", leap_day));  // 3
  CHECK(confirm(s, 3, "a", leap_day).problem().code == &code::four_eyes);
  REQUIRE(confirm(s, 3, "b", leap_day));        // 4
  const std::int64_t last_kept = 21'607 * day;  // 2029-02-27
  CHECK(dispose(s, 0, last_kept + day - 1).problem().message.find("until 2029-02-28") != std::string::npos);
  CHECK(dispose(s, 3, last_kept + day).problem().code == &code::not_recordable);  // it says how long
  REQUIRE(dispose(s, 0, last_kept + day));                                        // 5
  REQUIRE(retain(1, "another law", last_kept + day));                             // 6
  CHECK(dispose(s, 1, last_kept + day).problem().code == &code::not_recordable);  // it holds
  REQUIRE(s.ledger.settle(6, Verdict::reject, "b", "no", last_kept + day, fresh_salt(), {}));  // 7
  CHECK(dispose(s, 6, last_kept + 2 * day).problem().code == &code::not_recordable);           // kept
  REQUIRE(s.ledger.standing());

  // Written past the ledger.
  REQUIRE(s.record.dispose({{last_kept + 2 * day, "keeper", std::string(disposal), 6}, R"({"reason":"x"})"},
                           fresh_salt()));
  CHECK(s.ledger.standing().problem().message.find("entry 6, which is kept until 2034-02-28") !=
        std::string::npos);
}

TEST_CASE(
    "an event disposed of while it held, by an earlier program, is named by every answer that needs it") {
  ScratchLedger s;
  REQUIRE(record(s, loss("e1"), "a", 1));
  REQUIRE(s.record.dispose({{2, "keeper", std::string(disposal), 0}, R"({"reason":"ended"})"}, fresh_salt()));
  const auto now = s.ledger.standing();
  REQUIRE(!now);
  CHECK(now.problem().code == &code::needed_and_gone);
  CHECK(now.problem().message.find("entry 0") != std::string::npos);
}
