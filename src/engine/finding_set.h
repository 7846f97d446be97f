#pragma once
#include <algorithm>
#include <array>

#include "law/rulebook.h"

namespace sekisho {

/// Findings that some completion has.
struct FindingSet {
  std::array<bool, finding_count> has{};
  bool operator[](Finding f) const { return has[static_cast<std::size_t>(f)]; }
  void insert(Finding f) { has[static_cast<std::size_t>(f)] = true; }
  bool single() const { return std::count(has.begin(), has.end(), true) == 1; }
  bool empty() const { return std::count(has.begin(), has.end(), true) == 0; }
  Finding best() const { return static_cast<Finding>(std::find(has.begin(), has.end(), true) - has.begin()); }
  Finding worst() const {
    return static_cast<Finding>(has.rend() - std::find(has.rbegin(), has.rend(), true) - 1);
  }
  friend bool operator==(const FindingSet&, const FindingSet&) = default;
};

}  // namespace sekisho
