// Where lots went: what is watched is found as if all had been walked.
#include "model/lot_trails.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>

#include "model/event_reader.h"

using namespace sekisho;

TEST_CASE("of what a lot became, what is watched is found with all that is known of it") {
  std::mt19937 random(11);
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  const auto lot = [&] { return fmt::format("l{}", below(7)); };
  std::size_t found = 0;
  for (int world = 0; world < 400; ++world) {
    std::string lines;
    for (int i = 0; i < 14; ++i) {
      const std::string taken = lot(), other = lot();
      const std::string head =
          fmt::format(R"("id":"e{}","on":"2020-01-{:02}","takes":[{{"lot":"{}")", i, 1 + below(9), taken);
      const std::string gives =
          fmt::format(R"("gives":[{{"lot":"{}","item":"g","quantity":"{} pieces"}}])", lot(), below(3));
      switch (below(4)) {
        case 0:
          lines += fmt::format(R"({{"event":"transfer",{},"quantity":"1 pieces","as":"{}"}}],"to":"b"}})",
                               head, other);
          break;
        case 1: lines += fmt::format(R"({{"event":"destroy",{}}}]}})", head); break;
        case 2:
          lines += fmt::format(R"({{"event":"merge",{}}},{{"lot":"{}"}}],{}}})", head, other, gives);
          break;
        default: lines += fmt::format(R"({{"event":"split",{}}}],{}}})", head, gives); break;
      }
      lines += "\n";
    }
    Sources sources;
    Diagnostics diags;
    const std::vector<Event> recorded = read_events(sources, sources.add("e.jsonl", lines), diags);
    std::vector<const Event*> events;
    events.reserve(recorded.size());
    for (const Event& e : recorded) events.push_back(&e);
    std::stable_sort(events.begin(), events.end(),
                     [](const Event* a, const Event* b) { return a->on < b->on; });
    LotTrails trails(recorded, events);
    const std::vector<std::string> watched{lot(), lot()};
    trails.watch(watched);
    const auto those = [&](const std::vector<LotTrails::Found>& all) {
      std::set<std::pair<std::string, std::size_t>> out;
      for (const LotTrails::Found& f : all)
        if (f.lot == watched[0] || f.lot == watched[1]) out.emplace(f.lot, f.recorded);
      return out;
    };
    for (const Event& since : recorded)
      for (int i = 0; i < 7; ++i) {
        const std::string of = fmt::format("l{}", i);
        const auto all = those(trails.became(of, since));
        CHECK(those(trails.watched_of(of, since)) == all);
        found += all.size();
      }
  }
  CHECK(found > 1000);
}
