#include <algorithm>
#include <map>
#include <set>

#include "register/register.h"

// Everything is recomputed from what the entries say and held against what the store keeps of it: chain,
// tree, tiles, end, and the checkpoints that somebody kept. What does not fit is named by entry where it can
// be: after an altered entry the walk goes on from the leaf that the store has, so that one alteration does
// not make every later entry look altered.

namespace sekisho {
namespace {

constexpr std::size_t most_flaws = 1000;  // a broken register needs no longer list

class Check {
 public:
  Check(Store& store, Verified& out) : store_(store), out_(out) {}

  void flaw(std::optional<Sequence> at, std::string says) {
    if (out_.flaws.size() < most_flaws) out_.flaws.push_back({at, std::move(says)});
  }

  void entry(const Entry& e) {
    for (; next_ < e.sequence && out_.flaws.size() < most_flaws; ++next_) flaw(next_, not_there);
    next_ = e.sequence + 1;
    Hash leaf = leaf_hash(e, last_);
    if (leaf != e.leaf && leaf_hash(e, last_kept_) == e.leaf) leaf = e.leaf;  // the one before was altered
    if (leaf != e.leaf) flaw(e.sequence, "its head or its place in the chain was altered");
    if (e.body && e.body->commitment() != e.commitment) flaw(e.sequence, "its body was altered");
    if (!e.body) missing_.insert(e.sequence);
    if (e.head.kind == disposal) {
      if (e.head.about && *e.head.about < e.sequence)
        disposed_.insert(*e.head.about);
      else
        flaw(e.sequence, "disposes of nothing");
    }
    last_ = leaf;
    last_kept_ = e.leaf;
    if (leaf != e.leaf && !computed_) computed_ = kept_;
    if (computed_) grow(*computed_, leaf);
    grow(kept_, e.leaf);
    ++out_.entries;
  }

  /// Packs stand side by side, none is empty, and there are no others.
  void pack(const Pack& p) {
    if (p.first() != next_pack_)
      flaw({}, fmt::format("a pack begins at entry {}, not {}", p.first(), next_pack_));
    if (p.first() == p.behind()) flaw({}, fmt::format("the pack at entry {} holds no entry", p.first()));
    next_pack_ = p.behind();
    ++packs_;
  }
  void rows(const Result<RegisterEnd>& end) {
    const auto there = store_.rows();
    if (!there) return flaw({}, there.problem().message);
    std::int64_t tiles = 0;
    for (std::uint64_t n = end ? end->frontier.size() / tile_width : 0; n != 0; n /= tile_width)
      tiles += static_cast<std::int64_t>(n);
    const auto surplus = [&](std::int64_t is, std::int64_t should, const char* what) {
      if (is != should)
        flaw({}, fmt::format("there are {} rows of {}, and there should be {}", is, what, should));
    };
    surplus(there->registers, 1, "the register's name");
    surplus(there->endings, 1, "its end");
    surplus(there->packs, packs_, "packs");
    if (end) surplus(there->tiles, tiles, "tiles");
  }

  void finish(std::span<const Checkpoint> against) {
    for (const Sequence s : missing_) disposed_.contains(s) ? void(++out_.disposed) : flaw(s, not_disposed);
    for (const Sequence s : disposed_)
      if (!missing_.contains(s)) flaw(s, "was disposed of, and its body is there");
    const auto at_end = store_.end();
    end(at_end);
    tiles();
    rows(at_end);
    if (const auto origin = store_.origin(); !origin || !origin->whole)
      flaw({}, origin ? origin_altered : origin.problem().message);
    for (const Checkpoint& c : against) checkpoint(c);
    out_.root = kept_.frontier.root();
  }

  /// Sizes whose roots will be asked for.
  void will_ask(std::uint64_t size) { asked_.insert(size); }

 private:
  /// A tree as it grows, with the tiles it completes.
  struct Growing {
    Frontier frontier;
    std::map<TileAt, std::string> tiles;  // those that are not full yet
    std::map<std::uint64_t, Hash> roots;
  };
  void grow(Growing& g, const Hash& leaf) {
    if (asked_.contains(g.frontier.size())) g.roots[g.frontier.size()] = g.frontier.root();
    g.frontier.append(leaf, [&](Subtree n, const Hash& h) {
      if (n.level % tile_height != 0) return;
      const TileAt at{n.level / tile_height, n.index / tile_width};
      std::string& tile = g.tiles[at];
      tile += bytes(h);
      if (tile.size() == tile_width * sizeof(Hash) && &g == &kept_) compare(at, tile);
    });
  }
  void compare(TileAt at, const std::string& tile) {
    const auto found = store_.tile(at);
    if (!found || (*found != tile && !(computed_ && *found == computed_->tiles[at])))
      flaw({}, fmt::format("tile {} of level {} {}", at.index, at.level,
                           found && found->empty() ? "is not there" : "was altered"));
    if (computed_) computed_->tiles.erase(at);
    kept_.tiles.erase(at);
  }
  void tiles() {
    for (const auto& [at, tile] : kept_.tiles)
      if (const auto found = store_.tile(at); found && !found->empty())
        flaw({}, fmt::format("tile {} of level {} is not full and should not be there", at.index, at.level));
  }
  void end(const Result<RegisterEnd>& end) {
    if (!end) return flaw({}, end.problem().message);
    if (end->frontier.size() > out_.entries) {
      for (Sequence s = next_; s < end->frontier.size() && out_.flaws.size() < most_flaws; ++s)
        flaw(s, not_there);
      return;
    }
    if (end->frontier.size() < out_.entries)
      return flaw(end->frontier.size(), "stands behind the end of the register");
    if (end->frontier != kept_.frontier && !(computed_ && end->frontier == computed_->frontier))
      flaw({}, "what is kept of the tree's edge was altered");
    if (end->last != last_ && end->last != last_kept_) flaw({}, "what is kept of the last leaf was altered");
  }
  void checkpoint(const Checkpoint& c) {
    const auto origin = store_.origin();
    if (origin && origin->text != c.origin)
      return flaw({}, fmt::format("the checkpoint is of `{}`, the register is `{}`", c.origin, origin->text));
    if (c.size > out_.entries)
      return flaw(
          {}, fmt::format(
                  "a checkpoint of {} entries was given; {} are there: the last ones were lost or cut off",
                  c.size, out_.entries));
    const auto root = [&](Growing& g) {
      return c.size == out_.entries ? g.frontier.root() : g.roots[c.size];
    };
    if (root(kept_) != c.root && !(computed_ && root(*computed_) == c.root))
      flaw({}, fmt::format("the checkpoint of {} entries has another root: something before it was rewritten",
                           c.size));
  }

  Store& store_;
  Verified& out_;
  Sequence next_ = 0, next_pack_ = 0;
  std::int64_t packs_ = 0;
  Hash last_{}, last_kept_{};
  Growing kept_;
  std::optional<Growing> computed_;  // from the first entry on whose leaf is not what the store has
  std::set<Sequence> missing_, disposed_;
  std::set<std::uint64_t> asked_;
};

}  // namespace

Result<Verified> Register::verify(std::span<const Checkpoint> against,
                                  const std::function<void(std::uint64_t)>& progress,
                                  const std::function<void(Entry&&)>& also) {
  Verified out;
  const Moment moment(*store_);
  if (moment.failed()) return *moment.failed();
  Check check(*store_, out);
  for (std::string& f : store_->faults()) check.flaw({}, "the store: " + f);
  for (const Checkpoint& c : against) check.will_ask(c.size);
  constexpr std::uint64_t told_every = 1U << 16;
  if (auto f = store_->read_packs(0, UINT64_MAX >> 1, [&](const Pack& p) {
        check.pack(p);
        for (Sequence s = p.first(); s < p.behind(); ++s) {
          auto e = p.entry(s);
          if (!e) continue;
          check.entry(*e);
          if (out.entries % told_every == 0) progress(out.entries);
          if (also) also(std::move(*e));
        }
        return true;
      }))
    check.flaw({}, f->message);
  check.finish(against);
  return out;
}

}  // namespace sekisho
