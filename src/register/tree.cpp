#include "register/tree.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace sekisho {
namespace {

constexpr std::string_view leaf_mark("\0", 1), node_mark("\1", 1);

/// How many of n > 1 leaves stand on the left: the largest power of two below n.
std::uint64_t left_of(std::uint64_t n) {
  return std::bit_floor(n - 1);
}

/// The hash of the leaves from begin to end.
Hash range_hash(std::uint64_t begin, std::uint64_t end, const NodeHash& node) {
  const std::vector<Subtree> full = full_subtrees(begin, end);
  Hash h = node(full.back());
  for (std::size_t i = full.size() - 1; i-- > 0;) h = hash_node(node(full[i]), h);
  return h;
}

/// A step down from the root: the half that is taken, and the one passed by.
struct Step {
  std::uint64_t begin, end;
  bool passed_left;
};
/// The halves passed by on the way from a tree of `size` leaves to the subtree that ends where `done` says.
template <class Done>
std::vector<Step> way_down(std::uint64_t target, std::uint64_t size, Done done) {
  std::vector<Step> steps;
  std::uint64_t begin = 0, end = size;
  while (!done(begin, end)) {
    const std::uint64_t middle = begin + left_of(end - begin);
    if (target < middle) {
      steps.push_back({middle, end, false});
      end = middle;
    } else {
      steps.push_back({begin, middle, true});
      begin = middle;
    }
  }
  return steps;
}
std::vector<Step> way_to_leaf(std::uint64_t index, std::uint64_t size) {
  return way_down(index, size, [](std::uint64_t begin, std::uint64_t end) { return end - begin == 1; });
}
/// To the subtree that is the last of the earlier tree.
std::vector<Step> way_to_end(std::uint64_t before, std::uint64_t size) {
  return way_down(before - 1, size, [&](std::uint64_t, std::uint64_t end) { return end == before; });
}

}  // namespace

Hash hash_leaf(std::string_view leaf) {
  const std::string_view pieces[] = {leaf_mark, leaf};
  return sha256(pieces);
}

Hash hash_node(const Hash& left, const Hash& right) {
  const std::string_view pieces[] = {node_mark, bytes(left), bytes(right)};
  return sha256(pieces);
}

std::vector<Subtree> full_subtrees(std::uint64_t begin, std::uint64_t end) {
  std::vector<Subtree> out;
  while (begin < end) {
    // The largest that begins here, is aligned, and does not reach beyond the end.
    const auto fits = static_cast<unsigned>(std::bit_width(end - begin) - 1);
    const unsigned aligned = begin == 0 ? 63 : static_cast<unsigned>(std::countr_zero(begin));
    const unsigned level = std::min(fits, aligned);
    out.push_back({level, begin >> level});
    begin += std::uint64_t{1} << level;
  }
  return out;
}

void Frontier::append(const Hash& leaf, const std::function<void(Subtree, const Hash&)>& completed) {
  Hash h = leaf;
  Subtree n{0, size_};
  completed(n, h);
  for (; (n.index & 1) != 0; n = {n.level + 1, n.index >> 1}) {
    h = hash_node(full_.back(), h);
    full_.pop_back();
    completed({n.level + 1, n.index >> 1}, h);
  }
  full_.push_back(h);
  ++size_;
}

Hash Frontier::root() const {
  if (full_.empty()) return sha256({});
  Hash h = full_.back();
  for (std::size_t i = full_.size() - 1; i-- > 0;) h = hash_node(full_[i], h);
  return h;
}

Hash root_of(std::uint64_t size, const NodeHash& node) {
  return size == 0 ? sha256({}) : range_hash(0, size, node);
}

std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeHash& node) {
  assert(index < size);
  const std::vector<Step> steps = way_to_leaf(index, size);
  std::vector<Hash> proof;
  proof.reserve(steps.size());
  for (auto s = steps.rbegin(); s != steps.rend(); ++s) proof.push_back(range_hash(s->begin, s->end, node));
  return proof;
}

bool proves_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const Hash& root,
                      std::span<const Hash> proof) {
  if (index >= size) return false;
  const std::vector<Step> steps = way_to_leaf(index, size);
  if (steps.size() != proof.size()) return false;
  Hash h = leaf;
  for (std::size_t i = 0; i < proof.size(); ++i)
    h = steps[steps.size() - 1 - i].passed_left ? hash_node(proof[i], h) : hash_node(h, proof[i]);
  return h == root;
}

std::vector<Hash> consistency_proof(std::uint64_t before, std::uint64_t size, const NodeHash& node) {
  assert(before > 0 && before <= size);
  std::vector<Hash> proof;
  if (before == size) return proof;
  const std::vector<Step> steps = way_to_end(before, size);
  std::uint64_t begin = 0;
  for (const Step& s : steps)
    if (s.passed_left) begin = s.end;
  // Where the earlier tree is itself a full subtree at the left edge, its root is known.
  if (begin != 0) proof.push_back(range_hash(begin, before, node));
  for (auto s = steps.rbegin(); s != steps.rend(); ++s) proof.push_back(range_hash(s->begin, s->end, node));
  return proof;
}

bool proves_consistency(std::uint64_t before, const Hash& root_before, std::uint64_t size, const Hash& root,
                        std::span<const Hash> proof) {
  if (before == 0 || before > size) return false;
  if (before == size) return proof.empty() && root_before == root;
  const std::vector<Step> steps = way_to_end(before, size);
  const bool at_left_edge =
      std::none_of(steps.begin(), steps.end(), [](const Step& s) { return s.passed_left; });
  if (proof.size() != steps.size() + (at_left_edge ? 0 : 1)) return false;
  Hash then = at_left_edge ? root_before : proof.front(), now = then;
  const std::span<const Hash> rest = proof.subspan(at_left_edge ? 0 : 1);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (steps[steps.size() - 1 - i].passed_left) {
      then = hash_node(rest[i], then);  // on the left: part of both trees
      now = hash_node(rest[i], now);
    } else {
      now = hash_node(now, rest[i]);
    }
  }
  return then == root_before && now == root;
}

}  // namespace sekisho
