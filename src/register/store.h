#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "register/pack.h"
#include "register/problem.h"
#include "register/tree.h"

// Where the entries lie. A store keeps rows and gives them back; it knows nothing of what they prove. Every
// database has the same tables: entries in packs, tiles, and one row for the end.

namespace sekisho {

/// 1 had a row for each entry and one for its body, 2 no digest of the origin.
inline constexpr int format_version = 3;
inline constexpr int without_digest = 2;
/// What is said where a register says another format than its tables have.
Problem format_altered(std::int64_t says, std::int64_t is);
inline constexpr unsigned tile_height = 8;  // a tile: the hashes of 256 neighbours on a level
inline constexpr std::uint64_t tile_width = std::uint64_t{1} << tile_height;

/// The end of the register: what the next entry is chained to.
struct RegisterEnd {
  Frontier frontier;
  Hash last{};  // the leaf of the last entry; all zero before the first
};

/// The end as stores keep it: how many entries, the frontier's hashes one after the other, the last leaf.
/// @fails SK3506 where these do not fit each other
Result<RegisterEnd> read_end(std::int64_t size, std::string_view frontier, const Hash& last);

/// What the checkpoints of a register say they are of, and whether it is what was stored.
struct RegisterOrigin {
  std::string text;
  bool whole = true;
};
/// What is kept beside an origin, so that a changed byte of it shows.
Hash origin_digest(std::string_view origin);
RegisterOrigin read_origin(std::string_view text, std::string_view digest);
inline constexpr const char* origin_altered = "the origin of the register was altered";

/// Level and index count tiles: tile (1, 0) holds the hashes of the first 256 tiles of level 0.
struct TileAt {
  unsigned level = 0;
  std::uint64_t index = 0;
  friend auto operator<=>(const TileAt&, const TileAt&) = default;
};

/// What is said of an entry that `Store::read` left out.
inline constexpr const char* not_there = "is not there, or its bytes are no entry";
/// And of one whose body is gone without a disposal.
inline constexpr const char* not_disposed = "its body is gone and nothing says that it was disposed of";

class Store {
 public:
  virtual ~Store() = default;

  /// A new, empty register. @param origin  what its checkpoints say they are of
  virtual Failure create(const std::string& origin) = 0;
  virtual Result<RegisterOrigin> origin() = 0;

  /// Waits for the other writers. Between it and `commit` nobody else writes; nothing is recorded before.
  virtual Failure begin() = 0;
  /// When it returns without a problem, what was written is on the disk.
  virtual Failure commit() = 0;
  /// Takes what `drop_body` left in the store's files out of them, once that is committed.
  /// @returns what stands in the way, which undoes no disposal; nothing where it is done
  virtual std::optional<std::string> wipe() = 0;
  virtual void roll_back() = 0;

  /// From here to `roll_back` everything is read as of one moment, whoever writes meanwhile.
  virtual Failure begin_reading() = 0;
  /// Whether one of both was begun and is not ended.
  virtual bool in_transaction() const = 0;

  virtual Result<RegisterEnd> end() = 0;
  virtual Failure set_end(const RegisterEnd& end) = 0;
  virtual Failure put_tile(TileAt at, const std::string& hashes) = 0;
  virtual Failure put_packs(std::span<const PackRow> rows) = 0;
  /// Puts other bytes where that pack lies.
  virtual Failure replace_pack(const PackRow& row) = 0;
  /// The packs that may hold entries from `from` on, up to but without `to`, in order, until `visit` returns
  /// false.
  virtual Failure read_packs(Sequence from, Sequence to, const std::function<bool(const Pack&)>& visit) = 0;

  Failure put(std::span<const Entry> entries) { return put_packs(packs(entries)); }
  /// Takes the body of that entry away. @fails SK3506 where a neighbour cannot be read
  Failure drop_body(Sequence of);
  /// Entries from `from` on, up to but without `to`, in order, until `visit` returns false. One whose bytes
  /// cannot be read is left out.
  Failure read(Sequence from, Sequence to, const std::function<bool(Entry&&)>& visit);
  /// Empty if there is none.
  virtual Result<std::string> tile(TileAt at) = 0;
  /// How many rows there are of each kind, whatever they hold.
  struct Rows {
    std::int64_t registers = 0, endings = 0, packs = 0, tiles = 0;
  };
  virtual Result<Rows> rows() = 0;
  /// What the store itself finds wrong with its files.
  virtual std::vector<std::string> faults() = 0;
};

/// While it lives everything is read as of one moment: that of what was begun already, or its own.
class Moment {
 public:
  explicit Moment(Store& store)
      : store_(store), own_(!store.in_transaction()), failed_(own_ ? store.begin_reading() : Failure()) {}
  Moment(const Moment&) = delete;
  Moment& operator=(const Moment&) = delete;
  ~Moment() {
    if (own_) store_.roll_back();
  }
  const Failure& failed() const { return failed_; }

 private:
  Store& store_;
  bool own_;
  Failure failed_;
};

/// Whether a store lies there: an address of a server, or a file in the form of one.
bool names_store(const std::string& location);
Problem no_register(const std::string& location);
/// What is said where a row that every register has is not there.
Problem row_missing(const char* of);
/// @param location  a file, or a `postgresql://` address
/// @fails SK3501 cannot be opened; SK3502 there already; SK3503 no register; SK3504 of another format
Result<std::unique_ptr<Store>> open_store(const std::string& location);
Result<std::unique_ptr<Store>> create_store(const std::string& location, const std::string& origin);

/// SQLite through one of its file layers; empty: the system's own. Tests give one that fails.
Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, const std::string& files);
Result<std::unique_ptr<Store>> create_sqlite(const std::string& path, const std::string& origin,
                                             const std::string& files);
/// @param location  `postgresql://…`
Result<std::unique_ptr<Store>> open_postgres(const std::string& location);
Result<std::unique_ptr<Store>> create_postgres(const std::string& location, const std::string& origin);

}  // namespace sekisho
