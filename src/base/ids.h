#pragma once
#include <cstddef>
#include <cstdint>

namespace sekisho {

/// An index that knows what it indexes: a FactId in place of a RuleId does not compile.
template <class Tag>
struct Id {
  static constexpr std::uint32_t none_index = 0xffffffff;
  std::uint32_t index = none_index;

  bool valid() const { return index != none_index; }
  friend bool operator==(Id, Id) = default;
  friend auto operator<=>(Id, Id) = default;
};

/// The id of the element that `store.push_back` is about to place.
template <class I, class Store>
I next_id(const Store& store) {
  return I{static_cast<std::uint32_t>(store.size())};
}

using SourceId = Id<struct SourceTag>;

}  // namespace sekisho
