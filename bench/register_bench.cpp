// The register: durable appends in batches and one by one, and verifying. A batch is on the disk when its
// append returns; the disk is whatever holds the folder for temporary files. Beside it, in the same run and
// taking turns with it, what SQLite alone does with the same rows in the same transactions: no hash, no
// chain, no tree. Of the turns the quickest counts, for both.
//
// `with every check` is what an officer waits for: a command reads the whole record before it adds to it.
//
// SEKISHO_BENCH_POSTGRES names a database (`postgresql:///NAME?host=…`), new and empty, for the same figures;
// bench/run starts a server for it.

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sekisho/register.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "register/register.h"
#include "timing.h"

namespace {

using namespace sekisho;
using namespace sekisho::bench;
namespace fs = std::filesystem;

constexpr std::size_t total = 300'000, at_once = 10'000, singles = 1'000;
constexpr int turns = 3;

double wall() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// As long as the events of the example are on average.
std::vector<NewEntry> entries(std::size_t from, std::size_t n) {
  std::vector<NewEntry> out;
  out.reserve(n);
  for (std::size_t i = from; i < from + n; ++i)
    out.push_back(
        {{1'700'000'000'000'000 + static_cast<std::int64_t>(i), "officer_1", "event", std::nullopt},
         fmt::format(
             R"({{"event":"transfer","id":"movement_{:09}","on":"2025-11-20","by":"jp_mod","takes":[{{"lot":"lot_{:09}","quantity":"10 pieces","as":"lot_{:09}_us"}}],"from":"jp_mod","to":"us_government","kind":"sale","country":"US","source":"https://example.org/decision"}})",
             i, i, i)});
  return out;
}

struct Speed {
  double batches = 0;          // seconds for `total` entries
  std::vector<double> single;  // milliseconds for one entry, each
  double worked = 0;           // seconds that the client computed, in the turn of `batches`
  void print(const char* name) {
    std::sort(single.begin(), single.end());
    fmt::print("{:<26} {:>8.0f} entries/s in batches; one entry {:.2f} ms (median), {:.2f} ms p99", name,
               total / batches, single[single.size() / 2], single[single.size() * 99 / 100]);
    if (worked > 0) fmt::print("; computing alone {:.0f}/s", total / worked);
    fmt::print("\n");
  }
};

/// @param append  seconds that it takes to put entries on the disk, which it makes itself
template <class Append>
void measure(Speed& best, const Append& append) {
  double took = 0, worked = 0;
  for (std::size_t done = 0; done < total; done += at_once) {
    std::vector<NewEntry> batch = entries(done, at_once);
    const double start = wall(), computed_before = computed();
    append(std::move(batch));
    took += wall() - start;
    worked += computed() - computed_before;
  }
  if (best.batches == 0 || took < best.batches) {
    best.batches = took;
    best.worked = worked;
  }
  for (std::size_t i = 0; i < singles; ++i) {
    std::vector<NewEntry> one = entries(total + i, 1);
    const double start = wall();
    append(std::move(one));
    best.single.push_back((wall() - start) * 1e3);
  }
}

/// SQLite by itself: the tables of a register, filled as every program would fill them.
class SqliteAlone {
 public:
  explicit SqliteAlone(const std::string& file) {
    if (sqlite3_open(file.c_str(), &db_) != SQLITE_OK) std::abort();
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE entry(sequence INTEGER PRIMARY KEY, recorded INTEGER NOT NULL, author TEXT NOT NULL,"
        "                   kind TEXT NOT NULL, about INTEGER, commitment BLOB NOT NULL, leaf BLOB NOT NULL);"
        "CREATE TABLE body(sequence INTEGER PRIMARY KEY, salt BLOB NOT NULL, said TEXT NOT NULL);");
    sqlite3_prepare_v2(db_, "INSERT INTO entry VALUES(?, ?, ?, ?, ?, ?, ?)", -1, &entry_, nullptr);
    sqlite3_prepare_v2(db_, "INSERT INTO body VALUES(?, ?, ?)", -1, &body_, nullptr);
  }
  SqliteAlone(const SqliteAlone&) = delete;
  SqliteAlone& operator=(const SqliteAlone&) = delete;
  ~SqliteAlone() {
    sqlite3_finalize(entry_);
    sqlite3_finalize(body_);
    sqlite3_close(db_);
  }
  void append(const std::vector<NewEntry>& batch) {
    const Hash some{};
    run("BEGIN IMMEDIATE");
    for (const NewEntry& e : batch) {
      sqlite3_bind_int64(entry_, 1, next_);
      sqlite3_bind_int64(entry_, 2, e.head.recorded);
      text(entry_, 3, e.head.by);
      text(entry_, 4, e.head.kind);
      sqlite3_bind_blob(entry_, 6, some.data(), sizeof some, SQLITE_STATIC);
      sqlite3_bind_blob(entry_, 7, some.data(), sizeof some, SQLITE_STATIC);
      step(entry_);
      sqlite3_bind_int64(body_, 1, next_++);
      sqlite3_bind_blob(body_, 2, some.data(), sizeof some, SQLITE_STATIC);
      text(body_, 3, e.body);
      step(body_);
    }
    run("COMMIT");
  }

 private:
  void run(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) std::abort();
  }
  static void text(sqlite3_stmt* s, int place, const std::string& t) {
    sqlite3_bind_text(s, place, t.data(), static_cast<int>(t.size()), SQLITE_STATIC);
  }
  static void step(sqlite3_stmt* s) {
    if (sqlite3_step(s) != SQLITE_DONE) std::abort();
    sqlite3_reset(s);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt *entry_ = nullptr, *body_ = nullptr;
  std::int64_t next_ = 0;
};

std::uint64_t appended = 0;  // batches, each with salts of its own

/// A new register. @returns how many entries are verified in a second
double measure_register(Speed& best, const std::string& location) {
  auto store = create_store(location, "bench.example");
  if (!store) {
    fmt::print("{}\n", store.problem().message);
    std::exit(1);
  }
  Register r(std::move(*store));
  measure(best, [&](std::vector<NewEntry> batch) {
    Hash seed{1};
    std::memcpy(seed.data() + 1, &++appended, sizeof appended);
    if (!r.append(std::move(batch), seed)) std::abort();
  });
  const double start = wall();
  const auto v = r.verify({}, [](std::uint64_t) {});
  if (!v || !v->flaws.empty()) std::abort();
  return static_cast<double>(v->entries) / (wall() - start);
}

/// `register append` as the public face does it: all is read, and accounts and goods are counted anew, before
/// anything is recorded.
void measure_checked(const std::string& location) {
  constexpr std::size_t lots = 50'000;
  std::vector<std::string> events;
  events.reserve(2 * lots);
  for (std::size_t i = 0; i < lots; ++i) {
    events.push_back(fmt::format(
        R"({{"event":"make","id":"make_{0:09}","on":"2025-11-19","by":"mhi","gives":[{{"lot":"lot_{0:09}","item":"pac3","quantity":"10 pieces"}}],"made_in":"JP","maker":"mhi"}})",
        i));
    events.push_back(fmt::format(
        R"({{"event":"transfer","id":"movement_{0:09}","on":"2025-11-20","by":"jp_mod","takes":[{{"lot":"lot_{0:09}"}}],"from":"mhi","to":"jp_mod","kind":"sale","country":"JP"}})",
        i));
  }
  OpenRegister r;
  const Recorder by{"officer_1", 1'700'000'000'000'000};
  const double start = wall();
  if (!r.create(location, "bench.example").ok || !r.append(events, by).ok) std::abort();
  const double all = wall() - start;
  std::vector<double> single;
  for (std::size_t i = 0; i < 5; ++i) {
    const std::string one = fmt::format(
        R"({{"event":"transfer","id":"again_{0}","on":"2025-11-21","by":"jp_mod","takes":[{{"lot":"lot_{0:09}"}}],"from":"jp_mod","to":"us","kind":"sale","country":"US"}})",
        i);
    const double before = wall();
    if (!r.append({one}, by).ok) std::abort();
    single.push_back(wall() - before);
  }
  std::sort(single.begin(), single.end());
  fmt::print("{:<26} {:>8.0f} events/s, {} at once; one more {:.0f} ms (median of {})\n", "with every check",
             static_cast<double>(events.size()) / all, events.size(), single[single.size() / 2] * 1e3,
             single.size());
}

/// Takes what was measured out of a database, so that it is new for what is measured next.
void empty_again(const char* server) {
  PGconn* db = PQconnectdb(server);
  PQsetNoticeProcessor(
      db, [](void*, const char*) {}, nullptr);
  PGresult* done = PQexec(db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  if (PQresultStatus(done) != PGRES_COMMAND_OK) std::abort();
  PQclear(done);
  PQfinish(db);
}

/// Reservations over four limits each, recorded at once with every check: booked, then on the disk.
void measure_reservations(const char* name, const std::string& location) {
  constexpr std::size_t licences = 100, reservations = 100'000;
  std::vector<std::string> granted, asked;
  for (std::size_t i = 0; i < licences; ++i)
    granted.push_back(fmt::format(
        R"({{"event":"authorise","id":"grant_{0}","on":"2024-01-01","authorisation":"licence_{0}","kind":"licence","state":"granted","authority":"xk.office","limits":[{{"quantity":"1000000 pieces"}},{{"quantity":"1000000 pieces","per":"year"}},{{"quantity":"1000000 pieces","items":["item"],"each_consignee":"yes"}},{{"value":"1000000000 USD"}}]}})",
        i));
  asked.reserve(reservations);
  for (std::size_t i = 0; i < reservations; ++i)
    asked.push_back(fmt::format(
        R"({{"event":"reserve","id":"reservation_{}","on":"2024-02-01","lines":[{{"item":"item","consignee":"consignee_{}","quantity":"1 pieces","value":"2500 USD","under":["licence_{}"]}}]}})",
        i, i % 37, i * 7919 % licences));
  OpenRegister r;
  const Recorder by{"officer_1", 1'700'000'000'000'000};
  if (!r.create(location, "bench.example").ok || !r.append(granted, by).ok) std::abort();
  const double start = wall();
  if (!r.append(asked, by).ok) std::abort();
  fmt::print(
      "{:<26} {:>8.0f} reservations/s over four limits, with every check and on the disk, {} at once\n", name,
      static_cast<double>(reservations) / (wall() - start), reservations);
}

}  // namespace

int main() {
  const fs::path folder = fs::temp_directory_path() / fmt::format("sekisho-bench-{}", getpid());
  fs::create_directories(folder);
  fmt::print("{} entries with bodies of {} bytes in batches of {}, then {} one by one, in {}; {} turns\n",
             total, entries(0, 1).front().body.size(), at_once, singles, folder.parent_path().string(),
             turns);
  Speed sqlite, alone, postgres;
  double verified = 0;
  for (int turn = 0; turn < turns; ++turn) {
    const std::string file = folder / fmt::format("{}.register", turn),
                      plain = folder / fmt::format("{}.db", turn);
    verified = std::max(verified, measure_register(sqlite, file));
    {
      SqliteAlone db(plain);
      measure(alone, [&](const std::vector<NewEntry>& batch) { db.append(batch); });
    }
    fs::remove(file);
    fs::remove(plain);
  }
  measure_checked(folder / "checked.register");
  measure_reservations("SQLite", folder / "reserved.register");
  fs::remove_all(folder);
  sqlite.print("SQLite");
  alone.print("SQLite alone, same rows");
  fmt::print("{:<26} {:>8.0f} entries/s verified\n", "SQLite", verified);
  if (const char* server = std::getenv("SEKISHO_BENCH_POSTGRES")) {
    verified = measure_register(postgres, server);
    postgres.print("PostgreSQL");
    fmt::print("{:<26} {:>8.0f} entries/s verified\n", "PostgreSQL", verified);
    empty_again(server);
    measure_reservations("PostgreSQL", server);
  } else {
    fmt::print("PostgreSQL   skipped: SEKISHO_BENCH_POSTGRES names no database\n");
  }
}
