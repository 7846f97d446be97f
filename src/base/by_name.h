#pragma once
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace sekisho {

/// The value of an enumeration whose names stand in its order; none: no value has the name.
template <class E, std::size_t N>
std::optional<E> by_name(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto it = std::find(names.begin(), names.end(), name);
  if (it == names.end()) return std::nullopt;
  return static_cast<E>(it - names.begin());
}

}  // namespace sekisho
