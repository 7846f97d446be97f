#pragma once
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "register/hash.h"

// The Merkle tree over the leaves of a register, as RFC 6962 section 2.1 has it: the left subtree of every
// node is the largest full one that leaves something for the right.
//
// Example: seven leaves are a full tree of four, a full one of two and one leaf; `Frontier` holds those three
// hashes and nothing else, and the eighth leaf joins all of them into one. Appending costs one hash a leaf on
// average; a proof reads at most 2 log2(n) nodes. Full subtrees never change once they are complete, so a
// store keeps their hashes in tiles and outsiders can keep copies.

namespace sekisho {

/// A full subtree: 2^level leaves from index * 2^level on.
struct Subtree {
  unsigned level = 0;
  std::uint64_t index = 0;
  friend bool operator==(const Subtree&, const Subtree&) = default;
};

Hash hash_leaf(std::string_view leaf);
Hash hash_node(const Hash& left, const Hash& right);

/// The full subtrees that a tree of `size` leaves consists of, the largest first.
std::vector<Subtree> full_subtrees(std::uint64_t begin, std::uint64_t end);

/// The right edge of a growing tree: all that is needed to append and to say its root.
class Frontier {
 public:
  Frontier() = default;
  Frontier(std::uint64_t size, std::vector<Hash> full) : size_(size), full_(std::move(full)) {}

  std::uint64_t size() const { return size_; }
  const std::vector<Hash>& full() const { return full_; }  // of `full_subtrees(0, size)`
  /// @param completed  told every full subtree that the leaf completes, itself first
  void append(const Hash& leaf, const std::function<void(Subtree, const Hash&)>& completed);
  /// Of no leaves: the hash of nothing.
  Hash root() const;
  friend bool operator==(const Frontier&, const Frontier&) = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> full_;
};

/// The hash of a full subtree.
using NodeHash = std::function<Hash(Subtree)>;

Hash root_of(std::uint64_t size, const NodeHash& node);
/// That the leaf `index` is one of the first `size`. RFC 6962 2.1.1. @pre index < size
std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeHash& node);
bool proves_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const Hash& root,
                      std::span<const Hash> proof);
/// That the first `before` of `size` leaves are those of the earlier tree. RFC 6962 2.1.2.
/// @pre 0 < before <= size
std::vector<Hash> consistency_proof(std::uint64_t before, std::uint64_t size, const NodeHash& node);
bool proves_consistency(std::uint64_t before, const Hash& root_before, std::uint64_t size, const Hash& root,
                        std::span<const Hash> proof);

}  // namespace sekisho
