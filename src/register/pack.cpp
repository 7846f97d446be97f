#include "register/pack.h"

#include <algorithm>

#include "register/big_endian.h"

namespace sekisho {
namespace {

constexpr std::size_t number_bytes = 4, time_bytes = 8, sequence_bytes = 8;
constexpr char about_another = 1, has_body = 2;
/// Of an entry that is about another one, without its words and its text.
constexpr std::size_t fixed_bytes = time_bytes + 3 + sequence_bytes + 3 * sizeof(Hash);

std::size_t length_of(const Entry& e) {
  return fixed_bytes + e.head.by.size() + e.head.kind.size() + (e.body ? e.body->text.size() : 0);
}

void put_entry(std::string& out, const Entry& e) {
  put_big_endian(out, static_cast<std::uint64_t>(e.head.recorded), time_bytes);
  out += static_cast<char>((e.head.about ? about_another : 0) | (e.body ? has_body : 0));
  put_word(out, e.head.by);
  put_word(out, e.head.kind);
  if (e.head.about) put_big_endian(out, *e.head.about, sequence_bytes);
  out += bytes(e.commitment);
  out += bytes(e.leaf);
  if (!e.body) return;
  out += bytes(e.body->salt);
  out += e.body->text;
}

/// Takes pieces off the front of an entry; one that is too short gives nothing from then on.
class Pieces {
 public:
  explicit Pieces(std::string_view raw) : rest_(raw) {}
  std::string_view take(std::size_t n) {
    whole_ = whole_ && n <= rest_.size();
    if (!whole_) return {};
    const std::string_view out = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return out;
  }
  std::uint64_t number(std::size_t bytes) { return get_big_endian(take(bytes)); }
  std::string_view word() { return take(number(1)); }
  Hash hash() { return to_hash(take(sizeof(Hash))); }
  std::string_view rest() { return take(rest_.size()); }
  bool exact() const { return whole_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool whole_ = true;
};

/// How many of the entries go into one pack: at least one.
std::size_t pack_length(std::span<const Entry> entries) {
  std::size_t n = 0, bytes = 0;
  for (const Entry& e : entries.first(std::min(entries.size(), most_pack_entries))) {
    bytes += length_of(e);
    if (n != 0 && bytes > most_pack_bytes) break;
    ++n;
  }
  return n;
}

}  // namespace

PackRow pack(std::span<const Entry> entries) {
  std::size_t length = number_bytes * (entries.size() + 1);
  const std::size_t begin = length;
  for (const Entry& e : entries) length += length_of(e);
  PackRow out{entries.front().sequence, {}};
  out.raw.reserve(length);
  put_big_endian(out.raw, entries.size(), number_bytes);
  out.raw.resize(begin);
  std::string ends;
  ends.reserve(begin);
  for (const Entry& e : entries) {
    put_entry(out.raw, e);
    put_big_endian(ends, out.raw.size() - begin, number_bytes);
  }
  std::copy(ends.begin(), ends.end(), out.raw.begin() + number_bytes);
  return out;
}

std::vector<PackRow> packs(std::span<const Entry> entries) {
  std::vector<PackRow> out;
  while (!entries.empty()) {
    const std::size_t n = pack_length(entries);
    out.push_back(pack(entries.first(n)));
    entries = entries.subspan(n);
  }
  return out;
}

Pack::Pack(Sequence first, std::string_view raw) : first_(first) {
  Pieces pieces(raw);
  const std::uint64_t count = pieces.number(number_bytes);
  if (count > raw.size() / number_bytes) return;
  ends_ = pieces.take(count * number_bytes);
  entries_ = pieces.rest();
  if (pieces.exact() && !ends_.empty()) count_ = count;
}

std::uint64_t Pack::end_of(std::uint64_t place) const {
  return get_big_endian(ends_.substr(place * number_bytes, number_bytes));
}

std::optional<Entry> Pack::entry(Sequence s) const {
  const std::uint64_t place = s - first_, begin = place == 0 ? 0 : end_of(place - 1), end = end_of(place);
  if (begin > end || end > entries_.size() || (place + 1 == count_ && end != entries_.size())) return {};
  Pieces pieces(entries_.substr(begin, end - begin));
  Entry e;
  e.sequence = s;
  e.head.recorded = static_cast<std::int64_t>(pieces.number(time_bytes));
  const std::uint64_t has = pieces.number(1);
  if (has > (about_another | has_body)) return {};
  e.head.by = pieces.word();
  e.head.kind = pieces.word();
  if ((has & about_another) != 0) e.head.about = pieces.number(sequence_bytes);
  e.commitment = pieces.hash();
  e.leaf = pieces.hash();
  if ((has & has_body) != 0) {
    const Hash salt = pieces.hash();
    e.body = Body{salt, std::string(pieces.rest())};
  }
  if (!pieces.exact() || e.head.recorded < earliest_time || e.head.recorded > latest_time) return {};
  return e;
}

}  // namespace sekisho
