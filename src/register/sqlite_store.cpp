#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "register/format_1.h"
#include "register/store.h"

// One file, in SQLite's write-ahead mode with full synchronisation: a commit returns when its frames are on
// the disk. Disposed bodies are overwritten (`secure_delete`), and so are their traces in the log. A file of
// an earlier format is brought to this one when it is opened, in one transaction; what its entries prove
// stays.

namespace sekisho {
namespace {

constexpr int application_id = 0x53454b49;              // "SEKI"
constexpr std::chrono::milliseconds busy_wait{60'000};  // other writers commit in milliseconds
constexpr std::chrono::milliseconds wipe_wait{1'000};   // for readers; writers wait meanwhile
constexpr int page_bytes = 8192;  // larger ones cost fewer calls a batch, and more bytes an entry alone
// Each time that the log is copied into the file costs two synchronisations.
constexpr std::int64_t log_bytes = 32 << 20;

constexpr const char* pack_table = "CREATE TABLE pack(first INTEGER PRIMARY KEY, entries BLOB NOT NULL)";
constexpr const char* other_tables = R"(
CREATE TABLE register(origin TEXT NOT NULL, digest BLOB NOT NULL);
CREATE TABLE ending(size INTEGER NOT NULL, frontier BLOB NOT NULL, last BLOB NOT NULL);
CREATE TABLE tile(level INTEGER NOT NULL, place INTEGER NOT NULL, hashes BLOB NOT NULL,
                  PRIMARY KEY(level, place)) WITHOUT ROWID;
)";

const std::string rows_in_order = std::string(format_1::rows) + " ORDER BY sequence";

/// A prepared statement in use: reset when it goes. One that could not be prepared is null, and its first
/// step fails.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* s) : s_(s) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() {
    if (s_ == nullptr) return;
    sqlite3_reset(s_);
    sqlite3_clear_bindings(s_);
  }
  void bind(int place, std::int64_t n) { sqlite3_bind_int64(s_, place, n); }
  void text(int place, std::string_view t) {
    sqlite3_bind_text64(s_, place, t.data(), t.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void blob(int place, std::string_view b) {
    sqlite3_bind_blob64(s_, place, b.data(), b.size(), SQLITE_STATIC);
  }
  int step() { return s_ == nullptr ? SQLITE_MISUSE : sqlite3_step(s_); }
  std::int64_t number(int column) { return sqlite3_column_int64(s_, column); }
  bool null(int column) { return sqlite3_column_type(s_, column) == SQLITE_NULL; }
  /// Lives until the next step.
  std::string_view view(int column) {
    const void* at = sqlite3_column_blob(s_, column);
    return {static_cast<const char*>(at), static_cast<std::size_t>(sqlite3_column_bytes(s_, column))};
  }
  Hash hash(int column) { return to_hash(view(column)); }

 private:
  sqlite3_stmt* s_;
};

class SqliteStore : public Store {
 public:
  SqliteStore(std::string path, sqlite3* db) : path_(std::move(path)), db_(db) {
    sqlite3_busy_handler(db_, &try_again, this);
    // A register has none; a file may have been given some.
    sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  }
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  ~SqliteStore() override {
    for (sqlite3_stmt* s : prepared_) sqlite3_finalize(s);
    sqlite3_close(db_);
  }

  Failure run(const char* sql) {
    return sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK ? Failure() : failed();
  }
  Failure settings() {
    // The page size holds for a file that is made now; others keep theirs.
    if (auto f =
            run(fmt::format("PRAGMA page_size = {}; PRAGMA secure_delete = ON; PRAGMA synchronous = FULL; "
                            "PRAGMA fullfsync = ON; PRAGMA cache_size = -65536; PRAGMA cell_size_check = ON; "
                            "PRAGMA journal_mode = WAL",
                            page_bytes)
                    .c_str()))
      return f;
    sqlite3_wal_autocheckpoint(
        db_, static_cast<int>(log_bytes / std::max<std::int64_t>(512, pragma("PRAGMA page_size"))));
    return {};
  }

  Failure create(const std::string& origin) override {
    if (auto f = run("BEGIN IMMEDIATE")) return f;
    const auto undo = [this](Failure f) {
      roll_back();
      return f;
    };
    if (pragma("PRAGMA application_id") == application_id) return undo(problem(code::register_exists, path_));
    for (const char* made : {pack_table, other_tables})
      if (auto f = run(made)) return undo(std::move(f));
    if (auto f = run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", application_id,
                                 format_version)
                         .c_str()))
      return undo(std::move(f));
    {
      Statement s(prepared("INSERT INTO register VALUES(?, ?)"));
      const Hash digest = origin_digest(origin);
      s.text(1, origin);
      s.blob(2, bytes(digest));
      if (s.step() != SQLITE_DONE) return undo(failed());
    }
    {
      Statement s(prepared("INSERT INTO ending VALUES(?, ?, ?)"));
      s.bind(1, 0);
      s.blob(2, "");
      const Hash none{};
      s.blob(3, bytes(none));
      if (s.step() != SQLITE_DONE) return undo(failed());
    }
    return commit();
  }

  /// @returns what reading the file gives
  int first_look() {
    sqlite3_exec(db_, "PRAGMA schema_version", nullptr, nullptr, nullptr);
    return sqlite3_errcode(db_);
  }
  bool read_only() { return sqlite3_db_readonly(db_, "main") == 1; }
  /// That this is a register of a format that is read here, or can be brought to it.
  Failure recognised() {
    const int opened = first_look();
    if (opened == SQLITE_NOTADB) return no_register(path_);
    if (opened != SQLITE_OK) return failed();
    if (pragma("PRAGMA application_id") != application_id) return no_register(path_);
    const auto [v, is] = formats();
    if (v >= format_1::version && v <= format_version && v != is) return format_altered(v, is);
    if (v == format_version || v == without_digest || (v == format_1::version && !read_only())) return {};
    Problem p = problem(code::other_register_format, path_, v, format_version);
    if (v == format_1::version)
      p.cure = "copy it to where it may be written: opened there, it is brought to the new format";
    return p;
  }
  /// Brings a file of an earlier format to this one. Other writers wait.
  Failure upgrade() {
    if (pragma("PRAGMA user_version") == format_version) return {};
    if (auto f = begin()) return f;
    Failure f;
    const auto v = pragma("PRAGMA user_version");  // another program may have done it meanwhile
    if (v == format_1::version) f = repack();
    if (!f && v != format_version) f = keep_digest();
    if (!f) return commit();
    roll_back();
    return f;
  }

  Result<RegisterOrigin> origin() override {
    const bool digest = pragma("PRAGMA user_version") == format_version;
    Statement s(prepared(digest ? "SELECT origin, digest FROM register" : "SELECT origin FROM register"));
    const int step = s.step();
    if (step == SQLITE_ROW)
      return digest ? read_origin(s.view(0), s.view(1)) : RegisterOrigin{std::string(s.view(0))};
    return step == SQLITE_DONE ? row_missing("the origin of the register") : *failed();
  }

  Failure begin() override { return run("BEGIN IMMEDIATE"); }
  Failure commit() override {
    if (auto f = run("COMMIT")) {
      roll_back();
      return f;
    }
    return {};
  }
  Failure begin_reading() override { return run("BEGIN"); }
  bool in_transaction() const override { return sqlite3_get_autocommit(db_) == 0; }
  void roll_back() override { sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr); }
  std::optional<std::string> wipe() override { return empty_log(wipe_wait); }

  /// What was disposed of stands in the log until that begins anew. @param wait  for readers
  std::optional<std::string> empty_log(std::chrono::milliseconds wait) {
    wait_ = wait;
    const int got = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    wait_ = busy_wait;
    if (got == SQLITE_OK) return {};
    return fmt::format("{}; it is tried again whenever the register is opened",
                       (got & 0xff) == SQLITE_BUSY ? "somebody reads the register" : sqlite3_errstr(got));
  }

  Result<RegisterEnd> end() override {
    Statement s(prepared("SELECT size, frontier, last FROM ending"));
    const int step = s.step();
    if (step == SQLITE_ROW) return read_end(s.number(0), s.view(1), s.hash(2));
    return step == SQLITE_DONE ? row_missing("the end of the register") : *failed();
  }
  Failure set_end(const RegisterEnd& end) override {
    const std::string frontier = packed(end.frontier.full());
    Statement s(prepared("UPDATE ending SET size = ?, frontier = ?, last = ?"));
    s.bind(1, static_cast<std::int64_t>(end.frontier.size()));
    s.blob(2, frontier);
    s.blob(3, bytes(end.last));
    return done(s);
  }

  Failure put_packs(std::span<const PackRow> rows) override {
    Failure f;
    for (const PackRow& row : rows)
      if (!f) f = bind_pack(row, "INSERT INTO pack(entries, first) VALUES(?, ?)");
    return f;
  }
  Failure replace_pack(const PackRow& row) override {
    return bind_pack(row, "UPDATE pack SET entries = ? WHERE first = ?");
  }
  Failure put_tile(TileAt at, const std::string& hashes) override {
    Statement s(prepared("INSERT INTO tile VALUES(?, ?, ?)"));
    s.bind(1, at.level);
    s.bind(2, static_cast<std::int64_t>(at.index));
    s.blob(3, hashes);
    return done(s);
  }
  Failure read_packs(Sequence from, Sequence to, const std::function<bool(const Pack&)>& visit) override {
    Statement s(prepared(
        "SELECT first, entries FROM pack "
        "WHERE first >= coalesce((SELECT max(first) FROM pack WHERE first <= ?1), ?1) AND first < ?2 "
        "ORDER BY first"));
    s.bind(1, static_cast<std::int64_t>(from));
    s.bind(2, static_cast<std::int64_t>(to));
    int step = s.step();
    for (; step == SQLITE_ROW; step = s.step())
      if (!visit(Pack(static_cast<Sequence>(s.number(0)), s.view(1)))) return {};
    return step == SQLITE_DONE ? Failure() : failed();
  }
  Result<std::string> tile(TileAt at) override {
    Statement s(prepared("SELECT hashes FROM tile WHERE level = ? AND place = ?"));
    s.bind(1, at.level);
    s.bind(2, static_cast<std::int64_t>(at.index));
    const int step = s.step();
    if (step == SQLITE_ROW) return std::string(s.view(0));
    return step == SQLITE_DONE ? Result<std::string>(std::string()) : Result<std::string>(*failed());
  }

  Result<Rows> rows() override {
    Statement s(
        prepared("SELECT (SELECT count(*) FROM register), (SELECT count(*) FROM ending), "
                 "(SELECT count(*) FROM pack), (SELECT count(*) FROM tile)"));
    if (s.step() != SQLITE_ROW) return *failed();
    return Rows{s.number(0), s.number(1), s.number(2), s.number(3)};
  }

  std::vector<std::string> faults() override {
    std::vector<std::string> out;
    {
      Statement s(
          prepared("SELECT type || ' `' || name || '` is part of no register' FROM sqlite_schema "
                   "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                   "AND NOT (type = 'table' AND name IN ('register', 'ending', 'pack', 'tile'))"));
      int step = s.step();
      for (; step == SQLITE_ROW; step = s.step()) out.emplace_back(s.view(0));
      if (step != SQLITE_DONE) out.emplace_back(sqlite3_errmsg(db_));
    }
    Statement s(prepared("PRAGMA integrity_check(20)"));
    int step = s.step();
    for (; step == SQLITE_ROW; step = s.step())
      if (s.view(0) != "ok") out.emplace_back(s.view(0));
    if (step != SQLITE_DONE) out.emplace_back(sqlite3_errmsg(db_));
    return out;
  }

  /// A statement prepared once; a null one steps to an error that says why.
  sqlite3_stmt* prepared(const char* sql) {
    for (std::size_t i = 0; i < texts_.size(); ++i)
      if (texts_[i] == sql) return prepared_[i];
    sqlite3_stmt* s = nullptr;
    sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, nullptr);
    if (s == nullptr) return s;
    texts_.push_back(sql);
    prepared_.push_back(s);
    return s;
  }

 private:
  /// What the file says, and what its tables are, as of one moment: another program may upgrade it.
  std::pair<std::int64_t, std::int64_t> formats() {
    Statement s(prepared(
        "SELECT user_version, CASE WHEN EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'entry') THEN 1 "
        "WHEN EXISTS (SELECT 1 FROM pragma_table_info('register') WHERE name = 'digest') THEN 3 ELSE 2 END "
        "FROM pragma_user_version"));
    return s.step() == SQLITE_ROW ? std::pair(s.number(0), s.number(1))
                                  : std::pair<std::int64_t, std::int64_t>{-1, -1};
  }
  Failure failed() {
    Problem p = problem(code::register_failed, path_, sqlite3_errmsg(db_));
    const int kind = sqlite3_errcode(db_) & 0xff;
    if (kind == SQLITE_FULL) p.cure = "make room on the disk; what was recorded before is safe";
    if (kind == SQLITE_BUSY) p.cure = "another program holds the register; try again when it has ended";
    if (kind == SQLITE_READONLY || kind == SQLITE_CANTOPEN)
      p.cure = "allow writing to the file and to its folder";
    if (kind == SQLITE_CORRUPT)
      p.cure = "put a copy in its place, or bring back an export with `register import`";
    return p;
  }
  Failure bind_pack(const PackRow& row, const char* sql) {
    Statement s(prepared(sql));
    s.blob(1, row.raw);
    s.bind(2, static_cast<std::int64_t>(row.first));
    return done(s);
  }
  /// Rows of the first format into packs. @pre within a transaction
  Failure repack() {
    if (auto f = run(pack_table)) return f;
    {
      Statement s(prepared(format_1::strangers));
      if (s.step() != SQLITE_ROW) return failed();
      if (s.number(0) != 0) return format_1::cannot_be_brought();
    }
    format_1::Repacking packs(*this);
    {
      Statement s(prepared(rows_in_order.c_str()));
      int step = s.step();
      for (; step == SQLITE_ROW; step = s.step())
        if (auto f = packs.take(format_1::read_row(s))) return f;
      if (step != SQLITE_DONE) return failed();
    }
    if (auto f = packs.finish()) return f;
    return run(format_1::dropped);
  }
  /// The column that the second format did not have. @pre within a transaction
  Failure keep_digest() {
    const auto kept = origin();
    if (!kept) return kept.problem();
    if (auto f = run("ALTER TABLE register ADD COLUMN digest BLOB")) return f;
    {
      Statement s(prepared("UPDATE register SET digest = ?"));
      const Hash digest = origin_digest(kept->text);
      s.blob(1, bytes(digest));
      if (auto f = done(s)) return f;
    }
    return run(fmt::format("PRAGMA user_version = {}", format_version).c_str());
  }
  /// Others use the file. A writer that records one batch after the other leaves it for moments only, so who
  /// waits looks again soon; SQLite's own waiting looks ten times a second and may find it never.
  static int try_again(void* store, int tries) {
    auto& self = *static_cast<SqliteStore*>(store);
    const auto now = std::chrono::steady_clock::now();
    if (tries == 0) self.waits_since_ = now;
    if (now - self.waits_since_ >= self.wait_) return 0;
    std::this_thread::sleep_for(std::chrono::microseconds(500 + 137 * (tries % 8)));
    return 1;
  }
  Failure done(Statement& s) { return s.step() == SQLITE_DONE ? Failure() : failed(); }
  std::int64_t pragma(const char* sql) {
    Statement s(prepared(sql));
    return s.step() == SQLITE_ROW ? s.number(0) : -1;
  }

  std::string path_;
  sqlite3* db_;
  std::chrono::milliseconds wait_ = busy_wait;
  std::chrono::steady_clock::time_point waits_since_;
  std::vector<const char*> texts_;
  std::vector<sqlite3_stmt*> prepared_;
};

/// @param address  of the file, where it is opened by more than its path
Result<std::unique_ptr<SqliteStore>> opened(const std::string& path, const std::string& files, int flags,
                                            const std::string& address = {}) {
  sqlite3* db = nullptr;
  const int got = sqlite3_open_v2((address.empty() ? path : address).c_str(), &db,
                                  flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                  files.empty() ? nullptr : files.c_str());
  auto store = std::make_unique<SqliteStore>(path, db);
  if (got != SQLITE_OK) {
    std::error_code no_file;
    const bool folder = std::filesystem::is_directory(path, no_file);
    const bool nothing = (flags & SQLITE_OPEN_CREATE) == 0 && !std::filesystem::exists(path, no_file);
    Problem p = problem(code::register_unreadable, path,
                        folder    ? "it is a folder"
                        : nothing ? "there is no such file"
                                  : sqlite3_errmsg(db));
    p.cure = folder                              ? "name the file of the register"
             : (flags & SQLITE_OPEN_CREATE) != 0 ? "name a file in a folder that may be written"
             : nothing                           ? "look at the name; `sekisho register init` makes a new one"
                                                 : "see that the file and its folder may be read";
    return p;
  }
  return store;
}

/// Where nothing may be written, not even the files beside it through which readers and writers know of each
/// other: read as a file that nobody writes meanwhile. Were it written, its hashes would not fit.
Result<std::unique_ptr<SqliteStore>> opened_unchanging(const std::string& path, const std::string& files) {
  std::error_code no_log;
  if (const auto bytes = std::filesystem::file_size(path + "-wal", no_log); !no_log && bytes != 0) {
    Problem p =
        problem(code::register_unreadable, path, "its last entries lie in a log that cannot be read here");
    p.cure = "copy the file and its `-wal` to a folder that may be written, and open the copy";
    return p;
  }
  std::string address = "file:";
  for (const char c : std::filesystem::absolute(path).string())
    address += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02x}", c) : std::string(1, c);
  return opened(path, files, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, address + "?immutable=1");
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, const std::string& files) {
  // Who may not write the file would leave the log beside it, and its writers could not write that.
  const bool others_only = access(path.c_str(), R_OK) == 0 && access(path.c_str(), W_OK) != 0 &&
                           access((path + "-shm").c_str(), F_OK) != 0;
  auto store = others_only ? opened_unchanging(path, files) : opened(path, files, SQLITE_OPEN_READWRITE);
  if (!store) return store.problem();
  if (const int got = (*store)->first_look() & 0xff; got == SQLITE_CANTOPEN || got == SQLITE_READONLY)
    store = opened_unchanging(path, files);
  if (!store) return store.problem();
  if (auto f = (*store)->recognised()) return *f;
  if ((*store)->read_only()) return std::unique_ptr<Store>(std::move(*store));
  if (auto f = (*store)->settings()) return *f;
  if (auto f = (*store)->upgrade()) return *f;
  // A log left behind may hold what was disposed of. Where others use it, a later opening empties it.
  (void)(*store)->empty_log({});
  return std::unique_ptr<Store>(std::move(*store));
}

Result<std::unique_ptr<Store>> create_sqlite(const std::string& path, const std::string& origin,
                                             const std::string& files) {
  if (access(path.c_str(), F_OK) == 0) return problem(code::register_exists, path);
  auto store = opened(path, files, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!store) return store.problem();
  if (auto f = (*store)->settings()) return *f;
  if (auto f = (*store)->create(origin)) return *f;
  return std::unique_ptr<Store>(std::move(*store));
}

}  // namespace sekisho
