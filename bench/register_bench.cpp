// The register: durable appends in batches and one by one, and verifying. A batch is on the disk when its
// append returns; the disk is whatever holds the folder for temporary files. Beside it, in the same run, what
// the database alone does with the same rows in the same transactions: no hash, no chain, no tree.
//
// SEKISHO_BENCH_POSTGRES names a database (`postgresql:///NAME?host=…`), new and empty, for the same figures.

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <numeric>

#include "register/register.h"
#include "timing.h"

namespace {

using namespace sekisho;
using namespace sekisho::bench;
namespace fs = std::filesystem;

constexpr std::size_t total = 500'000, at_once = 10'000;

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

/// The same rows into the same table by themselves.
double plain_sqlite(const std::string& file, const std::vector<NewEntry>& batch) {
  sqlite3* db = nullptr;
  if (sqlite3_open(file.c_str(), &db) != SQLITE_OK) std::abort();
  sqlite3_exec(
      db,
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE e(i INTEGER PRIMARY KEY, body TEXT)",
      nullptr, nullptr, nullptr);
  sqlite3_stmt* s = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO e(body) VALUES(?)", -1, &s, nullptr);
  const double start = wall();
  for (std::size_t done = 0; done < total; done += at_once) {
    sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    for (const NewEntry& e : batch) {
      sqlite3_bind_text(s, 1, e.body.data(), static_cast<int>(e.body.size()), SQLITE_STATIC);
      sqlite3_step(s);
      sqlite3_reset(s);
    }
    sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
  }
  const double took = wall() - start;
  sqlite3_finalize(s);
  sqlite3_close(db);
  return took;
}

void measure(const char* name, const std::string& location) {
  auto store = create_store(location, "bench.example");
  if (!store) {
    fmt::print("{}: skipped: {}\n", name, store.problem().message);
    return;
  }
  Register r(std::move(*store));
  std::uint8_t seed = 0;
  double took = 0;
  const double computed_before = computed();
  double making = 0;
  for (std::size_t done = 0; done < total; done += at_once) {
    const double making_from = computed();
    const std::vector<NewEntry> batch = entries(done, at_once);
    making += computed() - making_from;
    const double start = wall();
    if (!r.append(batch, Hash{++seed, 1})) std::abort();
    took += wall() - start;
  }
  const double worked = computed() - computed_before - making;
  fmt::print(
      "{:<12} {:>9.0f} entries/s in batches of {}, by the clock ({:.0f}/s by processor time of the client)\n",
      name, total / took, at_once, total / worked);
  std::vector<double> single;
  for (std::size_t i = 0; i < 1000; ++i) {
    const std::vector<NewEntry> one = entries(total + i, 1);
    const double start = wall();
    if (!r.append(one, Hash{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8), 2}))
      std::abort();
    single.push_back((wall() - start) * 1e3);
  }
  std::sort(single.begin(), single.end());
  fmt::print("{:<12} {:>9.2f} ms for one entry (median), {:.2f} ms p99\n", name, single[500], single[990]);
  const double start = wall();
  const auto v = r.verify({}, [](std::uint64_t) {});
  if (!v || !v->flaws.empty()) std::abort();
  fmt::print("{:<12} {:>9.0f} entries/s verified\n", name,
             static_cast<double>(v->entries) / (wall() - start));
}

}  // namespace

int main() {
  const fs::path folder = fs::temp_directory_path() / fmt::format("sekisho-bench-{}", getpid());
  fs::create_directories(folder);
  const std::vector<NewEntry> batch = entries(0, at_once);
  fmt::print("bodies of {} bytes, {} entries, in {}\n", batch.front().body.size(), total,
             folder.parent_path().string());
  measure("SQLite", folder / "r.register");
  fmt::print("{:<12} {:>9.0f} rows/s by SQLite alone, bodies only\n", "",
             total / plain_sqlite(folder / "plain.db", batch));
  if (const char* server = std::getenv("SEKISHO_BENCH_POSTGRES"))
    measure("PostgreSQL", server);
  else
    fmt::print("PostgreSQL   skipped: SEKISHO_BENCH_POSTGRES names no database\n");
  fs::remove_all(folder);
}
