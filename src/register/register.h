#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "register/checkpoint.h"
#include "register/store.h"

// The append-only record. Every entry is chained to the one before and is a leaf of a Merkle tree, so that a
// signed checkpoint of today pins down all that came before it; entries are never edited, and of a disposed
// one everything stays but what it said.
//
// Example: entry 5 records a decision with an end user's name. Its retention ends; `dispose(5, …)` takes the
// body away and records, as entry 90, that it did and why. Whoever kept a checkpoint of entry 5 still proves
// that something was recorded there, by whom and when; what it was, nobody can say or try out, because the
// salt is gone too.
//
// Cost: two hashes of an entry's head, one of its body and one of the tree, and one synchronised commit for
// a batch, however long.

namespace sekisho {

struct NewEntry {
  EntryHead head;
  std::string body;
};

struct Disposed {
  Sequence entry;  // that says so
  // Why the store's files may still hold what was disposed of; nothing where they do not.
  std::optional<std::string> traces;
};

/// What `verify` found wrong. No sequence: not of one entry.
struct Flaw {
  std::optional<Sequence> sequence;
  std::string says;
};
struct Verified {
  std::uint64_t entries = 0, disposed = 0;
  Hash root{};
  std::vector<Flaw> flaws;
};

/// An entry with what proves it against a root.
struct Proven {
  Entry entry;
  Hash previous{};
  std::uint64_t size = 0;
  std::vector<Hash> proof;
};

class Register {
 public:
  explicit Register(std::unique_ptr<Store> store) : store_(std::move(store)) {}

  /// Records all of them, in order, or none. When it returns they are on the disk. Times never go back: an
  /// entry that would stand before the last one in time is recorded as of that one's time.
  /// @param salts_from  32 random bytes, never used twice
  /// @returns the sequence of the first
  /// @fails SK3505 disk or server; SK3509 `about` an entry that is not there; SK3510 cannot be recorded
  Result<Sequence> append(std::vector<NewEntry> entries, const Hash& salts_from);

  /// As `append`, of what `make` gives while no other writer can come between: what it read still holds when
  /// its entries are recorded.
  using Make = std::function<Result<std::vector<NewEntry>>()>;
  Result<Sequence> append_if(const Make& make, const Hash& salts_from);

  /// Takes the body of an entry away and records that and why.
  /// @param why  an entry of kind `dispose`, about the one meant
  Result<Disposed> dispose(const NewEntry& why, const Hash& salts_from);
  /// As `dispose`, for the reason that `why` gives while no other writer can come between.
  Result<Disposed> dispose_if(Sequence of, const std::function<Result<NewEntry>()>& why,
                              const Hash& salts_from);

  Result<std::uint64_t> size();
  /// Entries from `from` on, up to but without `to`, until `visit` returns false. Each was hashed and is what
  /// the chain says, and none is left out; where a body is gone, a disposal is read that says so. @fails
  /// SK3506
  Failure read(Sequence from, Sequence to, const std::function<bool(Entry&&)>& visit);

  /// How the register was when it had `size` entries. @fails SK3509
  Result<Checkpoint> checkpoint(std::uint64_t size);
  Result<Proven> prove(Sequence sequence, std::uint64_t size);
  Result<std::vector<Hash>> prove_growth(std::uint64_t before, std::uint64_t size);

  /// Recomputes everything.
  /// @param against   checkpoints that somebody kept
  /// @param progress  told how many entries are done
  /// @param also      given each entry that is there
  Result<Verified> verify(std::span<const Checkpoint> against,
                          const std::function<void(std::uint64_t)>& progress,
                          const std::function<void(Entry&&)>& also = {});

  /// Entries as they were elsewhere, chain included: into an empty register only.
  /// @param next  nothing at the end
  /// @returns how many. Nothing is recorded after a problem.
  Result<std::uint64_t> restore(const std::function<Result<std::optional<Entry>>()>& next);

 private:
  Failure disposable(Sequence of);
  Result<std::int64_t> last_time(std::uint64_t size);
  Failure extend(RegisterEnd& end, std::vector<Entry>& entries);
  Result<Sequence> append_and(const Make& make, const Hash& salts_from, std::optional<Sequence> drop);
  Result<Hash> node(Subtree n);
  Result<Hash> root(std::uint64_t at);
  template <class Use>
  auto with_nodes(Use use) -> Result<decltype(use(NodeHash()))>;

  std::unique_ptr<Store> store_;
};

}  // namespace sekisho
