// The register on files that fail: short writes, no space, errors, lost synchronisations, loss of power, at
// every writing operation in turn. What was acknowledged is there, what was not is there whole or not at all,
// and `verify` finds nothing wrong.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "register/faulty_files.h"
#include "register/register.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

namespace fs = std::filesystem;

const Hash some_salt{7};

NewEntry batch_entry(const std::string& text) {
  return {{1'000'000, "officer", "event", std::nullopt}, text};
}
std::vector<NewEntry> batch(unsigned number, unsigned length) {
  std::vector<NewEntry> out;
  for (unsigned i = 0; i < length; ++i)
    out.push_back(batch_entry(fmt::format("batch {} entry {} of {}", number, i, length)));
  return out;
}
constexpr unsigned lengths[] = {3, 1, 300, 2, 40};  // the third completes a tile

struct Folder {
  fs::path path = fs::temp_directory_path() / fmt::format("sekisho-faults-{}", getpid());
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

/// Appends the batches to a new register. @returns how many entries were acknowledged, and the checkpoint
/// then
struct Run {
  std::uint64_t acknowledged = 0;
  std::optional<Checkpoint> last;
  unsigned operations = 0;
};
Run run(const std::string& file, const Faults& faults) {
  for (const char* tail : {"", "-wal", "-shm"}) fs::remove(file + tail);
  Run out;
  {
    auto created = create_sqlite(file, "test", faulty_files());
    REQUIRE(created);
  }
  arm(faults);
  {
    auto store = open_sqlite(file, faulty_files());
    if (store) {
      Register r(std::move(*store));
      for (unsigned b = 0; b < std::size(lengths); ++b)
        if (r.append(batch(b, lengths[b]), some_salt)) {
          out.acknowledged += lengths[b];
          if (auto c = r.checkpoint(out.acknowledged)) out.last = *c;
        }
    }
  }
  out.operations = operations();
  if (faults.kind == Fault::power_cut || faults.kind == Fault::lost_sync) cut_power();
  disarm();
  fs::remove(file + "-shm");  // memory, gone with the process
  return out;
}

/// What is in the register, batch by batch. Fails the test where a batch is there in part.
std::uint64_t whole_batches(Register& r) {
  std::vector<std::string> bodies;
  REQUIRE(!r.read(0, 1U << 20, [&](Entry&& e) {
    bodies.push_back(e.body ? e.body->text : "");
    return true;
  }));
  std::size_t at = 0;
  for (unsigned b = 0; b < std::size(lengths); ++b) {
    const std::vector<NewEntry> wanted = batch(b, lengths[b]);
    if (at == bodies.size() || bodies[at] != wanted.front().body) continue;  // refused, or lost whole
    for (const NewEntry& e : wanted) {
      REQUIRE(at < bodies.size());
      REQUIRE(bodies[at++] == e.body);
    }
  }
  REQUIRE(at == bodies.size());
  return bodies.size();
}

}  // namespace

TEST_CASE("a register on files that fail at every step keeps what it acknowledged and nothing half") {
  const Folder folder;
  const std::string file = folder.path / "r.register";
  const unsigned steps = run(file, {}).operations;
  REQUIRE(steps > 20);
  unsigned refused = 0, unacknowledged = 0;
  for (const Fault kind : {Fault::short_write, Fault::no_space, Fault::io_error, Fault::power_cut})
    for (unsigned at = 1; at <= steps; ++at) {
      CAPTURE(static_cast<int>(kind));
      CAPTURE(at);
      const Run done = run(file, {kind, at, at % 5});
      if (done.acknowledged < 346) ++refused;
      auto store = open_sqlite(file, "");
      REQUIRE(store);
      Register r(std::move(*store));
      const auto v = done.last ? r.verify(std::span(&*done.last, 1), [](std::uint64_t) {})
                               : r.verify({}, [](std::uint64_t) {});
      REQUIRE(v);
      for (const Flaw& f : v->flaws) MESSAGE(f.says);
      REQUIRE(v->flaws.empty());
      const std::uint64_t there = whole_batches(r);
      REQUIRE(there >= done.acknowledged);
      if (there > done.acknowledged) ++unacknowledged;
      REQUIRE(r.append(std::vector{batch_entry("goes on")}, some_salt));
    }
  CHECK(refused > steps);  // the faults do strike
  MESSAGE(refused, " of ", 4 * steps, " runs refused something; in ", unacknowledged,
          " a batch was there unacknowledged");
}

TEST_CASE("a disk that lies about synchronising loses whole batches, and a kept checkpoint says so") {
  const Folder folder;
  const std::string file = folder.path / "r.register";
  const unsigned steps = run(file, {}).operations;
  unsigned lost = 0, told = 0;
  for (unsigned at = 1; at <= steps; ++at) {
    CAPTURE(at);
    const Run done = run(file, {Fault::lost_sync, at, 0});
    auto store = open_sqlite(file, "");
    REQUIRE(store);
    Register r(std::move(*store));
    const auto alone = r.verify({}, [](std::uint64_t) {});
    REQUIRE(alone);
    if (alone->flaws.empty()) {
      if (whole_batches(r) == done.acknowledged) continue;
      ++lost;
    }
    const auto v = r.verify(std::span(&*done.last, 1), [](std::uint64_t) {});
    REQUIRE(v);
    REQUIRE(!v->flaws.empty());
    ++told;
  }
  CHECK(lost > 0);
  CHECK(told >= lost);
}

TEST_CASE(
    "a disposal that was recorded is told, whatever fails then, and the next opening wipes its traces") {
  const Folder folder;
  const std::string file = folder.path / "r.register";
  unsigned refused = 0, traces = 0;
  bool struck = true;
  for (unsigned at = 1; struck; ++at) {
    CAPTURE(at);
    for (const char* tail : {"", "-wal", "-shm"}) fs::remove(file + tail);
    auto created = create_sqlite(file, "test", faulty_files());
    REQUIRE(created);
    Register r(std::move(*created));
    REQUIRE(r.append(batch(0, 3), some_salt));
    arm({Fault::io_error, at, 1});
    const auto told = r.dispose({{1'000'000, "keeper", std::string(disposal), 1}, "ended"}, some_salt);
    struck = operations() >= at;
    disarm();
    REQUIRE(*r.size() == (told ? 4 : 3));
    refused += !told;
    traces += told && told->traces;
    auto again = open_sqlite(file, "");  // `r` lies there as if its process had died
    REQUIRE(again);
    Register opened(std::move(*again));
    const auto v = opened.verify({}, [](std::uint64_t) {});
    REQUIRE(v);
    REQUIRE(v->flaws.empty());
    REQUIRE(v->disposed == (told ? 1 : 0));
    if (!told) continue;
    std::string raw;
    for (const char* tail : {"", "-wal"}) {
      std::ifstream in(file + tail, std::ios::binary);
      raw.append(std::istreambuf_iterator<char>(in), {});
    }
    REQUIRE(raw.find(batch(0, 3)[1].body) == std::string::npos);
    REQUIRE(raw.find(batch(0, 3)[0].body) != std::string::npos);
  }
  CHECK(refused > 0);
  CHECK(traces > 0);
}
