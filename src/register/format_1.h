#pragma once
#include <string>
#include <vector>

#include "register/store.h"

// The first format had a row for each entry and one for its body. What it takes to bring such rows into
// packs, whichever database they lie in; what the entries prove stays as it is.

namespace sekisho::format_1 {

inline constexpr int version = 1;
/// In the order of sequence, in the columns that `read_row` reads, to be restricted and ordered.
inline constexpr const char* rows =
    "SELECT sequence, recorded, author, kind, about, commitment, leaf, salt, said "
    "FROM entry LEFT JOIN body USING(sequence)";
/// How many rows no program wrote so and no pack would hold: what was altered like that is not to be lost on
/// the way.
inline constexpr const char* strangers =
    "SELECT (SELECT count(*) FROM body WHERE sequence NOT IN (SELECT sequence FROM entry)) + "
    "(SELECT count(*) FROM entry WHERE sequence < 0 OR sequence >= 4611686018427387904)";
static_assert(behind_all == 4611686018427387904);
inline Problem cannot_be_brought() {
  Problem p =
      problem(code::register_altered, "it is of the first format and holds rows that no program wrote");
  p.cure = "it was left as it is; look at the rows of `entry` and `body`, or import an export";
  return p;
}
inline constexpr const char* dropped = "DROP TABLE entry; DROP TABLE body";

/// @tparam Row  gives the value of a column: `number`, `view`, `hash`, and `null` whether there is none
template <class Row>
Entry read_row(Row& row) {
  Entry e;
  e.sequence = static_cast<Sequence>(row.number(0));
  e.head.recorded = row.number(1);
  e.head.by = row.view(2);
  e.head.kind = row.view(3);
  if (!row.null(4)) e.head.about = static_cast<Sequence>(row.number(4));
  e.commitment = row.hash(5);
  e.leaf = row.hash(6);
  if (!row.null(7)) e.body = Body{row.hash(7), std::string(row.view(8))};
  return e;
}

/// Takes entries in order and puts them as packs, holding one pack of them in memory; where one is missing, a
/// new pack begins.
class Repacking {
 public:
  explicit Repacking(Store& store) : store_(store) {}
  Failure take(Entry e) {
    if (e.head.by.size() > longest_word || e.head.kind.size() > longest_word ||
        e.head.recorded < earliest_time || e.head.recorded > latest_time)
      return cannot_be_brought();
    Failure f;
    if (all_.size() == most_pack_entries || bytes_ > most_pack_bytes ||
        (!all_.empty() && all_.back().sequence + 1 != e.sequence))
      f = finish();
    bytes_ += e.body ? e.body->text.size() : 0;
    all_.push_back(std::move(e));
    return f;
  }
  Failure finish() {
    Failure f = store_.put(all_);
    all_.clear();
    bytes_ = 0;
    return f;
  }

 private:
  Store& store_;
  std::vector<Entry> all_;
  std::size_t bytes_ = 0;
};

}  // namespace sekisho::format_1
