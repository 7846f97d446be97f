#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "base/json.h"
#include "ledger/ledger.h"
#include "sekisho/register.h"

using namespace sekisho;

namespace {

/// What `verify` and `import` say of a register to which a program wrote that keeps the chain and not the
/// rules.
struct Forged {
  std::string file =
      std::filesystem::temp_directory_path() / fmt::format("sekisho-forged-{}.register", getpid());
  Forged() = default;
  Forged(const Forged&) = delete;
  Forged& operator=(const Forged&) = delete;
  ~Forged() { remove(); }
  void remove() const {
    for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(file + tail);
  }
  std::vector<std::string> flaws(const std::vector<std::pair<std::string_view, std::string>>& entries) const {
    remove();
    std::vector<NewEntry> all;
    for (const auto& [kind, body] : entries)
      all.push_back({{1, "officer_1", std::string(kind), std::nullopt}, body});
    {
      auto store = create_store(file, "test.example");
      REQUIRE(store);
      REQUIRE(Register(std::move(*store)).append(all, Hash{7}));
    }
    OpenRegister r;
    REQUIRE(r.open(file).ok);
    std::vector<std::string> out, lines;
    for (const Report& p : r.verify({}, {}, [](std::uint64_t) {}).reports) out.push_back(p.message);
    lines.push_back(r.heading().text);
    REQUIRE(r.lines(0, UINT64_MAX, [&](const std::string& line) {
               lines.push_back(line);
               return true;
             }).ok);
    remove();
    OpenRegister back;
    REQUIRE(back.create(file, "test.example").ok);
    std::size_t at = 0;
    const RegisterOutcome imported = back.import([&](std::string& line) {
      if (at == lines.size()) return false;
      line = lines[at++];
      return true;
    });
    CHECK(imported.ok == out.empty());
    if (!out.empty()) CHECK(imported.reports.front().message == out.front());
    return out;
  }
};

std::string loss(const std::string& id) {
  return R"({"event":"lose","id":")" + id + R"(","on":"2024-01-01","takes":[{"lot":"l"}]})";
}

}  // namespace

TEST_CASE("two events of one name, and a decision that nobody can repeat, are no register's") {
  using Flaws = std::vector<std::string>;
  const Forged forged;
  CHECK(forged.flaws({{event_entry, loss("a")}, {event_entry, loss("b")}}).empty());
  CHECK(forged.flaws({{event_entry, loss("a")}, {event_entry, loss("a")}}) ==
        Flaws{"entry 1: the event of entry 0 is called `a`, too"});
  const auto decision = [](const char* answer, const char* on = "2024-01-01") {
    return to_line(Json{{"answer", answer},
                        {"request",
                         {{"transfer", nullptr},
                          {"world", nullptr},
                          {"events", nullptr},
                          {"on", on},
                          {"law_of", ""},
                          {"known_on", ""},
                          {"known", Json::array()},
                          {"own_events", false},
                          {"without_instruments", false}}}});
  };
  const char* whole =
      R"({"finding":"permitted","best":"permitted","worst":"permitted","provisos":[],"obligations":[],)"
      R"("regimes":[{"regime":"x.r","finding":"permitted"}],"needs":[{"need":"p","status":"met"}],)"
      R"("lines":[{"premises":{"facts":{}}}]})";
  CHECK(forged.flaws({{decision_entry, decision(whole)}}).empty());
  for (const std::string& body :
       {std::string("{}"), std::string("no JSON"), std::string(R"({"answer":"{}"})"),
        std::string(R"({"answer":7,"request":{}})"), decision("{}"), decision("[]"), decision(""),
        decision(R"({"finding":"permitted","best":"permitted","worst":"permitted","needs":1})"),
        decision(whole, "not a day")})
    for (const std::string_view kind : {decision_entry, proposed_decision})
      CHECK(forged.flaws({{kind, body}}) == Flaws{"entry 0: it is no decision that can be repeated"});
}
