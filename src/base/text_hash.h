#pragma once
#include <cstddef>
#include <functional>
#include <string_view>

namespace sekisho {

/// So that what is kept by texts is found by a part of another text.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace sekisho
