#include <libpq-fe.h>

#include <array>
#include <charconv>

#include "register/store.h"

// One database of a PostgreSQL server, shared by its clients. A writer locks the one row that says where the
// register ends; entries go in by COPY in binary form, so that a batch costs one round trip.

namespace sekisho {
namespace {

constexpr const char* postgres_tables = R"(
CREATE TABLE register(format integer NOT NULL, origin text NOT NULL);
CREATE TABLE ending(size bigint NOT NULL, frontier bytea NOT NULL, last bytea NOT NULL);
CREATE TABLE entry(sequence bigint PRIMARY KEY, recorded bigint NOT NULL, author text NOT NULL,
                   kind text NOT NULL, about bigint, commitment bytea NOT NULL, leaf bytea NOT NULL);
CREATE TABLE body(sequence bigint PRIMARY KEY, salt bytea NOT NULL, said bytea NOT NULL);
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
    std::uint64_t n = 0;
    const std::string_view v = view(row, column);
    for (const char c : v) n = n << 8 | static_cast<unsigned char>(c);
    return v.size() == 4 ? static_cast<std::int32_t>(n) : static_cast<std::int64_t>(n);
  }
  Hash hash(int row, int column) const { return to_hash(view(row, column)); }

 private:
  PGresult* r_;
};

void put_big_endian(std::string& out, std::uint64_t n, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(n >> shift);
}

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
  void null() { big(0xffffffff, 4); }
  std::string_view finished() {
    big(0xffff, 2);
    return data_;
  }

 private:
  void big(std::uint64_t n, int length) { put_big_endian(data_, n, length); }
  std::string data_;
};

/// As it may be shown.
std::string without_password(const std::string& location) {
  const std::size_t user = location.find("://"), at = location.find('@');
  if (user == location.npos || at == location.npos) return location;
  const std::size_t colon = location.find(':', user + 3);
  return colon < at ? location.substr(0, colon) + location.substr(at) : location;
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
    if (auto f = run(postgres_tables)) return undo(std::move(f));
    if (!Values()
             .number(format_version)
             .raw_value(origin)
             .ask(db_, "INSERT INTO register VALUES($1::bigint, $2::text)")
             .good())
      return undo(failed());
    const Hash none{};
    if (!Values().raw_value(bytes(none)).ask(db_, "INSERT INTO ending VALUES(0, '', $1)").good())
      return undo(failed());
    return commit();
  }
  Failure recognised() {
    if (PQstatus(db_) != CONNECTION_OK) {
      Problem p = problem(code::register_unreadable, location_, PQerrorMessage(db_));
      p.cure = "say where the server is: `postgresql:///NAME?host=FOLDER_OF_THE_SOCKET`";
      return p;
    }
    PQsetNoticeProcessor(
        db_, [](void*, const char*) {}, nullptr);
    if (!there()) return problem(code::not_a_register, location_);
    const Answer a = Values().ask(db_, "SELECT format FROM register");
    if (!a.good() || a.rows() != 1) return failed();
    if (const auto v = a.number(0, 0); v != format_version)
      return problem(code::other_register_format, location_, v, format_version);
    return run("SET synchronous_commit = on");
  }
  bool connected() const { return PQstatus(db_) == CONNECTION_OK; }

  Result<std::string> origin() override {
    const Answer a = Values().ask(db_, "SELECT origin FROM register");
    if (!a.good() || a.rows() != 1) return *failed();
    return std::string(a.view(0, 0));
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
  void roll_back() override { Answer(PQexec(db_, "ROLLBACK")); }
  std::optional<std::string> wipe() override {
    if (!run("VACUUM body")) return {};  // gives its space back
    return server_says() + "; the server vacuums by itself later, and `VACUUM body` does it at once";
  }

  Result<RegisterEnd> end() override {
    const Answer a = Values().ask(db_, "SELECT size, frontier, last FROM ending");
    if (!a.good() || a.rows() != 1) return *failed();
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

  Failure put(std::span<const Entry> entries) override {
    CopyRows heads, bodies;
    for (const Entry& e : entries) {
      const auto sequence = static_cast<std::int64_t>(e.sequence);
      heads.row(7);
      heads.number(sequence);
      heads.number(e.head.recorded);
      heads.text(e.head.by);
      heads.text(e.head.kind);
      e.head.about ? heads.number(static_cast<std::int64_t>(*e.head.about)) : heads.null();
      heads.text(bytes(e.commitment));
      heads.text(bytes(e.leaf));
      if (!e.body) continue;
      bodies.row(3);
      bodies.number(sequence);
      bodies.text(bytes(e.body->salt));
      bodies.text(e.body->text);
    }
    if (auto f = copy("COPY entry FROM STDIN (FORMAT binary)", heads.finished())) return f;
    return copy("COPY body FROM STDIN (FORMAT binary)", bodies.finished());
  }
  Failure put_tile(TileAt at, const std::string& hashes) override {
    return done(Values()
                    .number(at.level)
                    .number(static_cast<std::int64_t>(at.index))
                    .raw_value(hashes)
                    .ask(db_, "INSERT INTO tile VALUES($1::bigint, $2, $3)"));
  }
  Failure drop_body(Sequence of) override {
    return done(
        Values().number(static_cast<std::int64_t>(of)).ask(db_, "DELETE FROM body WHERE sequence = $1"));
  }

  Failure read(Sequence from, Sequence to, const std::function<bool(Entry&&)>& visit) override {
    constexpr Sequence at_once = 10'000;  // rows in memory
    const Answer behind = Values().ask(db_, "SELECT coalesce(max(sequence) + 1, 0) FROM entry");
    if (!behind.good() || behind.rows() != 1) return failed();
    to = std::min(to, static_cast<Sequence>(behind.number(0, 0)));
    for (; from < to; from += at_once) {
      const Answer a =
          Values()
              .number(static_cast<std::int64_t>(from))
              .number(static_cast<std::int64_t>(std::min(to, from + at_once)))
              .ask(db_,
                   "SELECT sequence, recorded, author, kind, about, commitment, leaf, salt, said "
                   "FROM entry LEFT JOIN body USING(sequence) "
                   "WHERE sequence >= $1 AND sequence < $2 ORDER BY sequence");
      if (!a.good()) return failed();
      for (int i = 0; i < a.rows(); ++i) {
        Entry e;
        e.sequence = static_cast<Sequence>(a.number(i, 0));
        e.head.recorded = a.number(i, 1);
        e.head.by = a.view(i, 2);
        e.head.kind = a.view(i, 3);
        if (!a.null(i, 4)) e.head.about = static_cast<Sequence>(a.number(i, 4));
        e.commitment = a.hash(i, 5);
        e.leaf = a.hash(i, 6);
        if (!a.null(i, 7)) e.body = Body{a.hash(i, 7), std::string(a.view(i, 8))};
        if (!visit(std::move(e))) return {};
      }
    }
    return {};
  }
  Failure read_leaves(Sequence from, Sequence to, const std::function<void(const Hash&)>& visit) override {
    const Answer a =
        Values()
            .number(static_cast<std::int64_t>(from))
            .number(static_cast<std::int64_t>(to))
            .ask(db_, "SELECT leaf FROM entry WHERE sequence >= $1 AND sequence < $2 ORDER BY sequence");
    if (!a.good()) return failed();
    for (int i = 0; i < a.rows(); ++i) visit(a.hash(i, 0));
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
  std::vector<std::string> faults() override { return {}; }  // the server checks its own pages

 private:
  bool there() {
    const Answer a = Values().ask(
        db_, "SELECT 1 WHERE to_regclass('register') IS NOT NULL AND to_regclass('ending') IS NOT NULL");
    return a.good() && a.rows() == 1;
  }
  std::string server_says() {
    std::string why = PQerrorMessage(db_);
    while (!why.empty() && why.back() == '\n') why.pop_back();
    return why;
  }
  Failure failed() { return problem(code::register_failed, location_, server_says()); }
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
  return std::unique_ptr<Store>(std::move(store));
}

Result<std::unique_ptr<Store>> create_postgres(const std::string& location, const std::string& origin) {
  auto store = std::make_unique<PostgresStore>(location, PQconnectdb(location.c_str()));
  if (!store->connected()) return *store->recognised();
  if (auto f = store->create(origin)) return *f;
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace sekisho
