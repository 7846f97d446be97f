#include "register/register.h"

#include <sodium.h>

#include <algorithm>
#include <cassert>
#include <set>

namespace sekisho {
namespace {

constexpr std::size_t longest_body = 16U << 20;

/// The salts of a batch: as many as asked, of one seed.
std::vector<Hash> salts(const Hash& seed, std::size_t n) {
  static_assert(sizeof(Hash) == randombytes_SEEDBYTES);
  std::vector<Hash> out(n);
  if (n != 0) randombytes_buf_deterministic(out.data(), n * sizeof(Hash), seed.data());
  return out;
}

Failure recordable(const NewEntry& e, Sequence at) {
  if (e.head.kind.empty() || e.head.kind.size() > longest_word)
    return problem(code::not_recordable, "its kind is empty or longer than 255 bytes");
  if (e.head.by.size() > longest_word)
    return problem(code::not_recordable, "who records it is longer than 255 bytes");
  if (e.head.recorded < earliest_time || e.head.recorded > latest_time)
    return problem(code::not_recordable, "its time is not of the years 0 to 9999");
  if (e.body.size() > longest_body) return problem(code::not_recordable, "it is longer than 16 MiB");
  if (e.body.find('\0') != std::string::npos) return problem(code::not_recordable, "it holds a zero byte");
  if (e.head.about && *e.head.about >= at) return problem(code::no_such_entry, at, *e.head.about);
  return {};
}

/// The hash of a full subtree of leaves or nodes that lie side by side.
Hash fold(std::vector<Hash> row) {
  for (; row.size() > 1; row.resize(row.size() / 2))
    for (std::size_t i = 0; i < row.size() / 2; ++i) row[i] = hash_node(row[2 * i], row[2 * i + 1]);
  return row.front();
}

}  // namespace

/// Chains the entries to the end, puts them and the tiles they complete.
Failure Register::extend(RegisterEnd& end, std::vector<Entry>& entries) {
  std::vector<std::pair<Subtree, Hash>> edges;  // completed subtrees whose level begins a row of tiles
  for (Entry& e : entries) {
    assert(e.sequence == end.frontier.size());
    e.leaf = leaf_hash(e, end.last);
    end.last = e.leaf;
    end.frontier.append(e.leaf, [&](Subtree n, const Hash& h) {
      if (n.level % tile_height == 0) edges.emplace_back(n, h);
    });
  }
  if (auto f = store_->put(entries)) return f;
  // A tile is put when its last hash is there. What came before this batch is read back, once a level.
  std::stable_sort(edges.begin(), edges.end(),
                   [](const auto& a, const auto& b) { return a.first.level < b.first.level; });
  for (std::size_t i = 0; i < edges.size();) {
    const unsigned level = edges[i].first.level;
    const std::uint64_t tile = edges[i].first.index / tile_width;
    std::size_t j = i;
    while (j < edges.size() && edges[j].first.level == level && edges[j].first.index / tile_width == tile)
      ++j;
    if (edges[j - 1].first.index % tile_width == tile_width - 1) {
      std::string hashes;
      if (level == 0) {
        if (auto f = store_->read(tile * tile_width, edges[i].first.index, [&](Entry&& e) {
              hashes += bytes(e.leaf);
              return true;
            }))
          return f;
      } else {
        for (std::uint64_t index = tile * tile_width; index < edges[i].first.index; ++index) {
          auto h = node({level, index});
          if (!h) return h.problem();
          hashes += bytes(*h);
        }
      }
      for (std::size_t k = i; k < j; ++k) hashes += bytes(edges[k].second);
      if (auto f = store_->put_tile({level / tile_height, tile}, hashes)) return f;
    }
    i = j;
  }
  return store_->set_end(end);
}

Result<Sequence> Register::append_and(const Make& make, const Hash& salts_from,
                                      std::optional<Sequence> drop) {
  if (auto f = store_->begin()) return *f;
  const auto undo = [this](const Problem& p) {
    store_->roll_back();
    return p;
  };
  auto entries = make();
  if (!entries) return undo(entries.problem());
  auto end = store_->end();
  if (!end) return undo(end.problem());
  const Sequence first = end->frontier.size();
  const auto last = last_time(first);
  if (!last) return undo(last.problem());
  const std::vector<Hash> salt = salts(salts_from, entries->size());
  std::vector<Entry> made;
  made.reserve(entries->size());
  for (NewEntry& e : *entries) {
    const Sequence at = first + made.size();
    if (auto f = recordable(e, at)) return undo(*f);
    e.head.recorded = std::max(e.head.recorded, made.empty() ? *last : made.back().head.recorded);
    Body body{salt[made.size()], std::move(e.body)};
    const Hash commitment = body.commitment();
    made.push_back({at, std::move(e.head), commitment, {}, std::move(body)});
  }
  if (auto f = extend(*end, made)) return undo(*f);
  if (drop)
    if (auto f = store_->drop_body(*drop)) return undo(*f);
  if (auto f = store_->commit()) return *f;
  return first;
}

Result<Sequence> Register::append(std::vector<NewEntry> entries, const Hash& salts_from) {
  return append_if([&] { return Result(std::move(entries)); }, salts_from);
}

Result<Sequence> Register::append_if(const Make& make, const Hash& salts_from) {
  return append_and(
      [&]() -> Result<std::vector<NewEntry>> {
        auto entries = make();
        if (entries)
          for (const NewEntry& e : *entries)
            if (e.head.kind == disposal)
              return problem(code::not_recordable, "`dispose` also takes the body away: use that");
        return entries;
      },
      salts_from, std::nullopt);
}

/// When the last entry was recorded; the beginning of time where there is none.
Result<std::int64_t> Register::last_time(std::uint64_t size) {
  std::int64_t out = INT64_MIN;
  if (size == 0) return out;
  if (auto f = store_->read(size - 1, size, [&](Entry&& e) {
        out = e.head.recorded;
        return true;
      }))
    return *f;
  return out;
}

/// That there is a body which may be taken away.
Failure Register::disposable(Sequence of) {
  const auto n = size();
  if (!n) return n.problem();
  if (of >= *n) return problem(code::no_such_entry, *n, of);
  Failure refused;
  if (auto f = read(of, of + 1, [&](Entry&& e) {
        if (e.head.kind == disposal)
          refused = problem(code::not_recordable, "why something was disposed of stays on record");
        else if (!e.body)
          refused =
              problem(code::not_recordable, fmt::format("entry {} was disposed of already", e.sequence));
        return true;
      }))
    return f;
  return refused;
}

Result<Disposed> Register::dispose(const NewEntry& why, const Hash& salts_from) {
  if (!why.head.about) return problem(code::not_recordable, "a disposal says of which entry");
  return dispose_if(
      *why.head.about, [&] { return Result(why); }, salts_from);
}

Result<Disposed> Register::dispose_if(Sequence of, const std::function<Result<NewEntry>()>& why,
                                      const Hash& salts_from) {
  const auto recorded = append_and(
      [&]() -> Result<std::vector<NewEntry>> {
        if (auto f = disposable(of)) return *f;
        auto e = why();
        if (!e) return e.problem();
        if (e->head.about != of || e->head.kind != disposal)
          return problem(code::not_recordable, "a disposal says of which entry");
        return std::vector{std::move(*e)};
      },
      salts_from, of);
  if (!recorded) return recorded.problem();
  return Disposed{*recorded, store_->wipe()};
}

Result<std::uint64_t> Register::size() {
  auto end = store_->end();
  if (!end) return end.problem();
  return end->frontier.size();
}

Failure Register::read(Sequence from, Sequence to, const std::function<bool(Entry&&)>& visit) {
  const Moment moment(*store_);
  if (moment.failed()) return *moment.failed();
  const auto end = store_->end();
  if (!end) return end.problem();
  const Sequence size = end->frontier.size();
  to = std::min(to, size);
  if (from >= to) return {};
  // One entry before, whose leaf the first is chained to, and one behind, which is chained to the last.
  const Sequence begin = from == 0 ? 0 : from - 1, behind = std::min(to + 1, size);
  const auto wrong = [](Sequence s, const char* says) {
    return problem(code::register_altered, fmt::format("entry {}: {}", s, says));
  };
  Sequence next = begin;
  Hash previous{};
  bool more = true;
  Failure altered;
  std::set<Sequence> bodiless;  // of what was asked for, until a disposal is met
  const auto fits = [&](const Entry& e) -> Failure {
    if (e.sequence != next) return wrong(next, not_there);
    if (e.sequence >= from && leaf_hash(e, previous) != e.leaf)
      return wrong(e.sequence, "its head or its place in the chain was altered");
    if (e.sequence + 1 == size && e.leaf != end->last)
      return wrong(e.sequence, "its leaf is not the last of the register");
    if (e.body && e.body->commitment() != e.commitment) return wrong(e.sequence, "its body was altered");
    return {};
  };
  // Whether a body was disposed of is said further on: that far it is read, if one is not there.
  if (auto f = store_->read(begin, size, [&](Entry&& e) {
        if ((altered = fits(e))) return false;
        previous = e.leaf;
        ++next;
        if (e.head.kind == disposal && e.head.about) bodiless.erase(*e.head.about);
        if (e.sequence < from || e.sequence >= to) return !bodiless.empty() || next < behind;
        if (!e.body) bodiless.insert(e.sequence);
        return more = visit(std::move(e));
      }))
    return f;
  if (!altered && more && next < behind) altered = wrong(next, not_there);
  if (!altered && more && !bodiless.empty()) altered = wrong(*bodiless.begin(), not_disposed);
  return altered;
}

/// From the tile that holds it or its halves, or from leaves where the tile is not full yet.
Result<Hash> Register::node(Subtree n) {
  const unsigned row = n.level / tile_height, above = n.level % tile_height;
  const std::uint64_t begin = n.index << above, width = std::uint64_t{1} << above;
  const auto tile = store_->tile({row, begin / tile_width});
  if (!tile) return tile.problem();
  if (tile->size() == tile_width * sizeof(Hash))
    return fold(
        unpacked(std::string_view(*tile).substr(begin % tile_width * sizeof(Hash), width * sizeof(Hash))));
  std::vector<Hash> side;
  side.reserve(width);
  if (row == 0) {
    if (auto f = store_->read(begin, begin + width, [&](Entry&& e) {
          side.push_back(e.leaf);
          return true;
        }))
      return *f;
    if (side.size() != width)
      return problem(code::register_altered,
                     fmt::format("leaves {} to {} are not all there", begin, begin + width - 1));
    return fold(std::move(side));
  }
  for (std::uint64_t i = 0; i < width; ++i) {
    auto h = node({row * tile_height - 1, 2 * (begin + i)});
    if (!h) return h.problem();
    auto other = node({row * tile_height - 1, 2 * (begin + i) + 1});
    if (!other) return other.problem();
    side.push_back(hash_node(*h, *other));
  }
  return fold(std::move(side));
}

template <class Use>
auto Register::with_nodes(Use use) -> Result<decltype(use(NodeHash()))> {
  Failure failed;
  auto value = use([&](Subtree n) {
    auto h = node(n);
    if (h) return *h;
    if (!failed) failed = h.problem();
    return Hash{};
  });
  if (failed) return *failed;
  return value;
}

/// The root of the first `at` entries; that they lead to what the register is now is proved before it is
/// said.
Result<Hash> Register::root(std::uint64_t at) {
  const auto now = store_->end();
  if (!now) return now.problem();
  const std::uint64_t n = now->frontier.size();
  if (at > n) return problem(code::no_such_entry, n, at - 1);
  auto out = with_nodes([&](const NodeHash& node) { return root_of(at, node); });
  if (!out || at == 0) return out;
  const auto growth = with_nodes([&](const NodeHash& node) { return consistency_proof(at, n, node); });
  if (!growth) return growth.problem();
  if (!proves_consistency(at, *out, n, now->frontier.root(), *growth))
    return problem(code::register_altered, "the tiles of the tree do not lead to the end of the register");
  return out;
}

Result<Checkpoint> Register::checkpoint(std::uint64_t at) {
  const Moment moment(*store_);
  if (moment.failed()) return *moment.failed();
  auto name = store_->origin();
  if (!name) return name.problem();
  if (!name->whole) return problem(code::register_altered, origin_altered);
  auto out = root(at);
  if (!out) return out.problem();
  return Checkpoint{name->text, at, *out};
}

Result<Proven> Register::prove(Sequence sequence, std::uint64_t at) {
  const Moment moment(*store_);
  if (moment.failed()) return *moment.failed();
  const auto now = size();
  if (!now) return now.problem();
  if (at > *now) return problem(code::no_such_entry, *now, at - 1);
  if (sequence >= at) return problem(code::no_such_entry, at, sequence);
  Proven out;
  out.size = at;
  if (auto f = read(sequence == 0 ? 0 : sequence - 1, sequence + 1, [&](Entry&& e) {
        if (e.sequence == sequence)
          out.entry = std::move(e);
        else
          out.previous = e.leaf;
        return true;
      }))
    return *f;
  auto proof = with_nodes([&](const NodeHash& n) { return inclusion_proof(sequence, at, n); });
  if (!proof) return proof.problem();
  const auto whole = root(at);
  if (!whole) return whole.problem();
  if (!proves_inclusion(out.entry.leaf, sequence, at, *whole, *proof))
    return problem(code::register_altered, fmt::format("entry {}: its leaf is not in the tree", sequence));
  out.proof = std::move(*proof);
  return out;
}

Result<std::vector<Hash>> Register::prove_growth(std::uint64_t before, std::uint64_t at) {
  const Moment moment(*store_);
  if (moment.failed()) return *moment.failed();
  const auto whole = root(at);
  if (!whole) return whole.problem();
  if (before == 0 || before > at) return problem(code::no_such_entry, at, before);
  const auto then = root(before);
  if (!then) return then.problem();
  return with_nodes([&](const NodeHash& n) { return consistency_proof(before, at, n); });
}

Result<std::uint64_t> Register::restore(const std::function<Result<std::optional<Entry>>()>& next) {
  if (auto f = store_->begin()) return *f;
  const auto undo = [this](const Problem& p) {
    store_->roll_back();
    return p;
  };
  auto end = store_->end();
  if (!end) return undo(end.problem());
  if (end->frontier.size() != 0)
    return undo(problem(code::not_recordable, "the register holds entries already; import into a new one"));
  constexpr std::size_t at_once = 10'000;
  std::vector<Entry> batch;
  std::set<Sequence> bodiless;  // until a disposal says why
  const auto put = [&]() -> Failure {
    std::vector<Hash> leaves;
    leaves.reserve(batch.size());
    for (const Entry& e : batch) leaves.push_back(e.leaf);
    if (auto f = extend(*end, batch)) return f;
    for (std::size_t i = 0; i < batch.size(); ++i)
      if (batch[i].leaf != leaves[i])
        return problem(code::register_altered,
                       fmt::format("entry {}: its leaf is not the hash of what it says", batch[i].sequence));
    batch.clear();
    return {};
  };
  while (true) {
    auto e = next();
    if (!e) return undo(e.problem());
    if (*e) {
      if ((*e)->sequence != end->frontier.size() + batch.size())
        return undo(
            problem(code::register_altered, fmt::format("entry {} stands where {} should", (*e)->sequence,
                                                        end->frontier.size() + batch.size())));
      if (!(*e)->body) bodiless.insert((*e)->sequence);
      if ((*e)->head.kind == disposal && bodiless.erase((*e)->head.about.value_or(behind_all)) == 0)
        return undo(problem(
            code::register_altered,
            fmt::format("entry {} disposes of a body that is there, or was disposed of", (*e)->sequence)));
      batch.push_back(std::move(**e));
    }
    if (batch.size() == at_once || (!*e && !batch.empty()))
      if (auto f = put()) return undo(*f);
    if (!*e) break;
  }
  if (!bodiless.empty())
    return undo(
        problem(code::register_altered, fmt::format("entry {}: {}", *bodiless.begin(), not_disposed)));
  if (auto f = store_->commit()) return *f;
  return end->frontier.size();
}

}  // namespace sekisho
