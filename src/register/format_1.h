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

/// Takes entries in order and puts them as packs; where one is missing, a new pack begins.
class Repacking {
 public:
  explicit Repacking(Store& store) : store_(store) {}
  Failure take(Entry e) {
    constexpr std::size_t at_once = 4096;  // in memory
    Failure f;
    if (all_.size() == at_once || (!all_.empty() && all_.back().sequence + 1 != e.sequence)) f = finish();
    all_.push_back(std::move(e));
    return f;
  }
  Failure finish() {
    Failure f = store_.put(all_);
    all_.clear();
    return f;
  }

 private:
  Store& store_;
  std::vector<Entry> all_;
};

}  // namespace sekisho::format_1
