#include <libpq-fe.h>

#include "register/big_endian.h"
#include "register/format_1.h"
#include "register/store.h"

// One database of a PostgreSQL server, shared by its clients. A writer locks the one row that says where the
// register ends; packs go in by COPY in binary form, so that a batch costs one round trip. The server keeps
// them as they are: it would spend more on compressing them than on writing them.

namespace sekisho {
namespace {

constexpr const char* pack_table =
    "CREATE TABLE pack(first bigint PRIMARY KEY, entries bytea NOT NULL);"
    "ALTER TABLE pack ALTER COLUMN entries SET STORAGE EXTERNAL";
constexpr const char* other_tables = R"(
CREATE TABLE register(format integer NOT NULL, origin text NOT NULL, digest bytea NOT NULL);
CREATE TABLE ending(size bigint NOT NULL, frontier bytea NOT NULL, last bytea NOT NULL);
CREATE TABLE tile(level integer NOT NULL, place bigint NOT NULL, hashes bytea NOT NULL,
                  PRIMARY KEY(level, place));
)";

class Answer {
 public:
  explicit Answer(PGresult* r) : r_(r) {}
  Answer(Answer&& other) noexcept : r_(std::exchange(other.r_, nullptr)) {}
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  Answer& operator=(Answer&&) = delete;
  ~Answer() { PQclear(r_); }
  bool good() const {
    const ExecStatusType s = PQresultStatus(r_);
    return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_COPY_IN;
  }
  int rows() const { return PQntuples(r_); }
  bool null(int row, int column) const { return PQgetisnull(r_, row, column) != 0; }
  std::string_view view(int row, int column) const {
    return {PQgetvalue(r_, row, column), static_cast<std::size_t>(PQgetlength(r_, row, column))};
  }
  /// Big-endian, of any length up to eight.
  std::int64_t number(int row, int column) const {
    const std::string_view v = view(row, column);
    const std::uint64_t n = get_big_endian(v);
    return v.size() == 4 ? static_cast<std::int32_t>(n) : static_cast<std::int64_t>(n);
  }
  Hash hash(int row, int column) const { return to_hash(view(row, column)); }

 private:
  PGresult* r_;
};

/// Values of a statement, in binary form.
class Values {
 public:
  Values& number(std::int64_t n) {
    std::string raw;
    put_big_endian(raw, static_cast<std::uint64_t>(n), 8);
    return raw_value(raw);
  }
  Values& raw_value(std::string_view raw) {
    held_.emplace_back(raw);
    return *this;
  }
  Answer ask(PGconn* db, const char* sql) const {
    std::vector<const char*> at;
    std::vector<int> lengths, formats(held_.size(), 1);
    at.reserve(held_.size());
    lengths.reserve(held_.size());
    for (const std::string& h : held_) {
      at.push_back(h.data());
      lengths.push_back(static_cast<int>(h.size()));
    }
    return Answer(PQexecParams(db, sql, static_cast<int>(held_.size()), nullptr, at.data(), lengths.data(),
                               formats.data(), 1));
  }

 private:
  std::vector<std::string> held_;
};

/// Rows in the binary form of COPY.
class CopyRows {
 public:
  CopyRows() {
    data_.append("PGCOPY\n\377\r\n\0", 11);
    data_.append(8, '\0');
  }
  void row(int fields) { big(static_cast<std::uint64_t>(fields), 2); }
  void number(std::int64_t n) {
    big(8, 4);
    big(static_cast<std::uint64_t>(n), 8);
  }
  void text(std::string_view t) {
    big(t.size(), 4);
    data_ += t;
  }
  std::string_view finished() {
    big(0xffff, 2);
    return data_;
  }

 private:
  void big(std::uint64_t n, std::size_t length) { put_big_endian(data_, n, length); }
  std::string data_;
};

/// One row of an answer.
struct Row {
  const Answer& of;
  int place = 0;
  std::int64_t number(int column) const { return of.number(place, column); }
  bool null(int column) const { return of.null(place, column); }
  std::string_view view(int column) const { return of.view(place, column); }
  Hash hash(int column) const { return of.hash(place, column); }
};

/// As it may be shown: whole where no password is in it.
std::string without_password(const std::string& location) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(location.c_str(), nullptr), PQconninfoFree);
  if (!options) return location.substr(0, location.find("://") + 3) + "…";
  bool secret = false;
  std::string host, database;
  for (const PQconninfoOption* o = options.get(); o->keyword != nullptr; ++o) {
    if (o->val == nullptr) continue;
    const std::string_view keyword = o->keyword;
    secret = secret || *o->dispchar == '*';
    if (keyword == "host") host = o->val;
    if (keyword == "dbname") database = o->val;
  }
  return secret ? fmt::format("postgresql://{}/{}", host, database) : location;
}

class PostgresStore : public Store {
 public:
  PostgresStore(const std::string& location, PGconn* db) : location_(without_password(location)), db_(db) {}
  PostgresStore(const PostgresStore&) = delete;
  PostgresStore& operator=(const PostgresStore&) = delete;
  ~PostgresStore() override { PQfinish(db_); }

  Failure create(const std::string& origin) override {
    if (auto f = run("BEGIN")) return f;
    const auto undo = [this](Failure f) {
      roll_back();
      return f;
    };
    if (there()) return undo(problem(code::register_exists, location_));
    for (const char* made : {pack_table, other_tables})
      if (auto f = run(made)) return undo(std::move(f));
    if (!Values()
             .number(format_version)
             .raw_value(origin)
             .raw_value(bytes(origin_digest(origin)))
             .ask(db_, "INSERT INTO register VALUES($1::bigint, $2::text, $3)")
             .good())
      return undo(failed());
    const Hash none{};
    if (!Values().raw_value(bytes(none)).ask(db_, "INSERT INTO ending VALUES(0, '', $1)").good())
      return undo(failed());
    return commit();
  }
  Failure recognised() {
    if (PQstatus(db_) != CONNECTION_OK) {
      Problem p = problem(code::register_unreadable, location_, server_says());
      p.cure =
          "see that the server runs, knows the user and has the database: "
          "`postgresql:///NAME?host=FOLDER_OF_THE_SOCKET`";
      return p;
    }
    PQsetNoticeProcessor(
        db_, [](void*, const char*) {}, nullptr);
    if (!there()) return no_register(location_);
    const Answer a = Values().ask(
        db_,
        "SELECT format, CASE WHEN to_regclass('entry') IS NOT NULL THEN 1 WHEN EXISTS (SELECT 1 FROM "
        "pg_attribute WHERE attrelid = to_regclass('register') AND attname = 'digest') THEN 3 ELSE 2 END "
        "FROM register");
    if (!a.good() || a.rows() != 1) return failed();
    const std::int64_t v = a.number(0, 0), is = a.number(0, 1);
    if (v < format_1::version || v > format_version)
      return problem(code::other_register_format, location_, v, format_version);
    if (v != is) return format_altered(v, is);
    return run("SET synchronous_commit = on");
  }
  /// Brings a register of an earlier format to this one. Other writers wait.
  Failure upgrade() {
    if (auto v = format(); !v || *v == format_version) return v ? Failure() : v.problem();
    if (auto f = begin()) return f;
    auto v = format();  // another program may have done it meanwhile
    Failure f = v ? Failure() : v.problem();
    if (v && *v == format_1::version) f = repack();
    if (!f && *v != format_version) f = keep_digest();
    if (!f) return commit();
    roll_back();
    return f;
  }
  bool connected() const { return PQstatus(db_) == CONNECTION_OK; }

  Result<RegisterOrigin> origin() override {
    const Answer a = Values().ask(db_, "SELECT origin, digest FROM register");
    if (!a.good()) return *failed();
    if (a.rows() == 0) return row_missing("the origin of the register");
    return read_origin(a.view(0, 0), a.view(0, 1));
  }

  Failure begin() override {
    if (auto f = run("BEGIN")) return f;
    return run("LOCK TABLE ending IN EXCLUSIVE MODE");
  }
  Failure commit() override {
    if (auto f = run("COMMIT")) {
      roll_back();
      return f;
    }
    return {};
  }
  Failure begin_reading() override { return run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); }
  bool in_transaction() const override { return PQtransactionStatus(db_) != PQTRANS_IDLE; }
  void roll_back() override { Answer(PQexec(db_, "ROLLBACK")); }
  std::optional<std::string> wipe() override {
    if (!run("VACUUM pack")) return {};  // gives its space back
    return server_says() + "; the server vacuums by itself later, and `VACUUM pack` does it at once";
  }

  Result<RegisterEnd> end() override {
    const Answer a = Values().ask(db_, "SELECT size, frontier, last FROM ending");
    if (!a.good()) return *failed();
    if (a.rows() == 0) return row_missing("the end of the register");
    return read_end(a.number(0, 0), a.view(0, 1), a.hash(0, 2));
  }
  Failure set_end(const RegisterEnd& end) override {
    const std::string frontier = packed(end.frontier.full());
    return done(Values()
                    .number(static_cast<std::int64_t>(end.frontier.size()))
                    .raw_value(frontier)
                    .raw_value(bytes(end.last))
                    .ask(db_, "UPDATE ending SET size = $1, frontier = $2, last = $3"));
  }

  Failure put_packs(std::span<const PackRow> rows) override {
    CopyRows out;
    for (const PackRow& row : rows) {
      out.row(2);
      out.number(static_cast<std::int64_t>(row.first));
      out.text(row.raw);
    }
    return copy("COPY pack FROM STDIN (FORMAT binary)", out.finished());
  }
  Failure replace_pack(const PackRow& row) override {
    return done(Values()
                    .number(static_cast<std::int64_t>(row.first))
                    .raw_value(row.raw)
                    .ask(db_, "UPDATE pack SET entries = $2 WHERE first = $1"));
  }
  Failure put_tile(TileAt at, const std::string& hashes) override {
    return done(Values()
                    .number(at.level)
                    .number(static_cast<std::int64_t>(at.index))
                    .raw_value(hashes)
                    .ask(db_, "INSERT INTO tile VALUES($1::bigint, $2, $3)"));
  }
  Failure read_packs(Sequence from, Sequence to, const std::function<bool(const Pack&)>& visit) override {
    constexpr int at_once = 16;  // packs in memory
    const Answer begin = Values()
                             .number(static_cast<std::int64_t>(from))
                             .ask(db_, "SELECT coalesce(max(first), $1) FROM pack WHERE first <= $1");
    if (!begin.good() || begin.rows() != 1) return failed();
    std::int64_t first = begin.number(0, 0);
    for (int read = at_once; read == at_once;) {
      const Answer a = Values()
                           .number(first)
                           .number(static_cast<std::int64_t>(to))
                           .number(at_once)
                           .ask(db_,
                                "SELECT first, entries FROM pack WHERE first >= $1 AND first < $2 "
                                "ORDER BY first LIMIT $3");
      if (!a.good()) return failed();
      read = a.rows();
      for (int i = 0; i < read; ++i) {
        if (!visit(Pack(static_cast<Sequence>(a.number(i, 0)), a.view(i, 1)))) return {};
        first = a.number(i, 0) + 1;
      }
    }
    return {};
  }
  Result<std::string> tile(TileAt at) override {
    const Answer a = Values()
                         .number(at.level)
                         .number(static_cast<std::int64_t>(at.index))
                         .ask(db_, "SELECT hashes FROM tile WHERE level = $1::bigint AND place = $2");
    if (!a.good()) return *failed();
    return a.rows() == 0 ? std::string() : std::string(a.view(0, 0));
  }
  Result<Rows> rows() override {
    const Answer a = Values().ask(db_,
                                  "SELECT (SELECT count(*) FROM register), (SELECT count(*) FROM ending), "
                                  "(SELECT count(*) FROM pack), (SELECT count(*) FROM tile)");
    if (!a.good() || a.rows() != 1) return *failed();
    return Rows{a.number(0, 0), a.number(0, 1), a.number(0, 2), a.number(0, 3)};
  }
  std::vector<std::string> faults() override { return {}; }  // the server checks its own pages

 private:
  bool there() {
    const Answer a = Values().ask(
        db_, "SELECT 1 WHERE to_regclass('register') IS NOT NULL AND to_regclass('ending') IS NOT NULL");
    return a.good() && a.rows() == 1;
  }
  std::string server_says() {
    std::string why;
    for (const char c : std::string_view(PQerrorMessage(db_)))  // of several lines one is made
      if (c == '\n')
        why += ' ';
      else if (c != '\t')
        why += c;
    while (!why.empty() && why.back() == ' ') why.pop_back();
    return why;
  }
  Failure failed() { return problem(code::register_failed, location_, server_says()); }
  Result<std::int64_t> format() {
    const Answer a = Values().ask(db_, "SELECT format FROM register");
    if (!a.good() || a.rows() != 1) return *failed();
    return a.number(0, 0);
  }
  /// Rows of the first format into packs. @pre within a transaction
  Failure repack() {
    constexpr int at_once = 4096;  // rows in memory
    if (auto f = run(pack_table)) return f;
    const Answer strangers = Values().ask(db_, format_1::strangers);
    if (!strangers.good() || strangers.rows() != 1) return failed();
    if (strangers.number(0, 0) != 0) return format_1::cannot_be_brought();
    format_1::Repacking packs(*this);
    const std::string sql = std::string(format_1::rows) + " WHERE sequence >= $1 ORDER BY sequence LIMIT $2";
    for (std::int64_t from = 0, read = at_once; read == at_once;) {
      const Answer a = Values().number(from).number(at_once).ask(db_, sql.c_str());
      if (!a.good()) return failed();
      read = a.rows();
      for (Row row{a}; row.place < a.rows(); ++row.place) {
        Entry e = format_1::read_row(row);
        from = static_cast<std::int64_t>(e.sequence) + 1;
        if (auto f = packs.take(std::move(e))) return f;
      }
    }
    if (auto f = packs.finish()) return f;
    return run(format_1::dropped);
  }
  /// The column that the second format did not have. @pre within a transaction
  Failure keep_digest() {
    const Answer kept = Values().ask(db_, "SELECT origin FROM register");
    if (!kept.good() || kept.rows() != 1) return failed();
    if (auto f = run("ALTER TABLE register ADD COLUMN digest bytea")) return f;
    return done(Values()
                    .number(format_version)
                    .raw_value(bytes(origin_digest(kept.view(0, 0))))
                    .ask(db_, "UPDATE register SET format = $1::bigint, digest = $2"));
  }
  Failure done(const Answer& a) { return a.good() ? Failure() : failed(); }
  Failure run(const char* sql) { return done(Answer(PQexec(db_, sql))); }
  Failure copy(const char* sql, std::string_view data) {
    if (!Answer(PQexec(db_, sql)).good()) return failed();
    constexpr std::size_t most = 1U << 24;  // one message
    for (std::size_t at = 0; at < data.size(); at += most) {
      const std::string_view part = data.substr(at, most);
      if (PQputCopyData(db_, part.data(), static_cast<int>(part.size())) != 1) return failed();
    }
    if (PQputCopyEnd(db_, nullptr) != 1) return failed();
    Failure f = done(Answer(PQgetResult(db_)));
    while (PGresult* rest = PQgetResult(db_)) PQclear(rest);
    return f;
  }

  std::string location_;
  PGconn* db_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_postgres(const std::string& location) {
  auto store = std::make_unique<PostgresStore>(location, PQconnectdb(location.c_str()));
  if (auto f = store->recognised()) return *f;
  if (auto f = store->upgrade()) return *f;
  return std::unique_ptr<Store>(std::move(store));
}

Result<std::unique_ptr<Store>> create_postgres(const std::string& location, const std::string& origin) {
  auto store = std::make_unique<PostgresStore>(location, PQconnectdb(location.c_str()));
  if (!store->connected()) return *store->recognised();
  if (auto f = store->create(origin)) return *f;
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace sekisho
