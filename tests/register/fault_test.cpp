// The register on files that fail: short writes, no space, errors, lost synchronisations, loss of power, at
// every writing operation in turn. What was acknowledged is there, what was not is there whole or not at all,
// and `verify` finds nothing wrong.
#include <doctest/doctest.h>
#include <sqlite3.h>
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

/// The same register as the first format had it: a row for each entry and one for its body.
void to_first_format(const std::string& file) {
  std::vector<Entry> entries;
  {
    auto store = open_sqlite(file, "");
    REQUIRE(store);
    REQUIRE(!(*store)->read(0, behind_all, [&](Entry&& e) {
      entries.push_back(std::move(e));
      return true;
    }));
  }
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  const auto hex = [](const Hash& h) { return "X'" + to_hex(h) + "'"; };
  std::string sql =
      "BEGIN; DROP TABLE pack; ALTER TABLE register DROP COLUMN digest; PRAGMA user_version = 1;"
      "CREATE TABLE entry(sequence INTEGER PRIMARY KEY, recorded INTEGER NOT NULL, author TEXT NOT NULL,"
      "                   kind TEXT NOT NULL, about INTEGER, commitment BLOB NOT NULL, leaf BLOB NOT NULL);"
      "CREATE TABLE body(sequence INTEGER PRIMARY KEY, salt BLOB NOT NULL, said TEXT NOT NULL);";
  for (const Entry& e : entries) {
    sql += fmt::format("INSERT INTO entry VALUES({}, {}, '{}', '{}', {}, {}, {});", e.sequence,
                       e.head.recorded, e.head.by, e.head.kind,
                       e.head.about ? std::to_string(*e.head.about) : "NULL", hex(e.commitment), hex(e.leaf));
    if (e.body)
      sql +=
          fmt::format("INSERT INTO body VALUES({}, {}, '{}');", e.sequence, hex(e.body->salt), e.body->text);
  }
  REQUIRE(sqlite3_exec(db, (sql + "COMMIT").c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

}  // namespace

TEST_CASE("a register of the first format, opened on files that fail at every step, loses nothing") {
  const Folder folder;
  const std::string file = folder.path / "r.register", kept = folder.path / "kept";
  Hash root{};
  {
    auto created = create_sqlite(file, "test", "");
    REQUIRE(created);
    Register r(std::move(*created));
    REQUIRE(r.append(batch(0, 700), some_salt));
    REQUIRE(r.dispose({{1'000'000, "keeper", std::string(disposal), 5}, "ended"}, Hash{8}));
    root = r.checkpoint(701)->root;
  }
  to_first_format(file);
  REQUIRE(!fs::exists(file + "-wal"));
  fs::copy_file(file, kept);
  unsigned refused = 0;
  for (const Fault kind :
       {Fault::none, Fault::short_write, Fault::no_space, Fault::io_error, Fault::power_cut}) {
    bool struck = true;
    for (unsigned at = 1; struck; ++at) {
      CAPTURE(static_cast<int>(kind));
      CAPTURE(at);
      for (const char* tail : {"-wal", "-shm"}) fs::remove(file + tail);
      fs::copy_file(kept, file, fs::copy_options::overwrite_existing);
      arm({kind, at, at % 5});
      {
        const auto store = open_sqlite(file, faulty_files());
        REQUIRE((store || kind != Fault::none));
        refused += !store;
      }
      struck = kind != Fault::none && operations() >= at;
      if (kind == Fault::power_cut) cut_power();
      disarm();
      fs::remove(file + "-shm");
      auto again = open_sqlite(file, "");
      REQUIRE(again);
      Register r(std::move(*again));
      const auto v = r.verify({}, [](std::uint64_t) {});
      REQUIRE(v);
      REQUIRE(v->flaws.empty());
      REQUIRE(v->entries == 701);
      REQUIRE(v->disposed == 1);
      REQUIRE(v->root == root);
    }
  }
  CHECK(refused > 20);
}

TEST_CASE("a register of the first format that holds what no program wrote is left as it is") {
  const Folder folder;
  const std::string file = folder.path / "r.register";
  for (const char* more :
       {"INSERT INTO body VALUES(900, zeroblob(32), 'a body of no entry')",
        "INSERT INTO entry SELECT -3, recorded, author, kind, about, commitment, leaf FROM "
        "entry WHERE sequence = 1",
        "UPDATE entry SET author = printf('%.300c', 'a') WHERE sequence = 1"}) {
    CAPTURE(more);
    for (const char* tail : {"", "-wal", "-shm"}) fs::remove(file + tail);
    {
      auto created = create_sqlite(file, "test", "");
      REQUIRE(created);
      Register r(std::move(*created));
      REQUIRE(r.append(batch(0, 3), some_salt));
    }
    to_first_format(file);
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    REQUIRE(sqlite3_exec(db, more, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(db);
    for (int again = 0; again < 2; ++again) {
      const auto store = open_sqlite(file, "");
      REQUIRE(!store);
      REQUIRE(store.problem().code == &code::register_altered);
    }
  }
}

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
