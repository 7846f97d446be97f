#pragma once
#include <set>
#include <string>

#include "law/rulebook.h"

namespace sekisho {

/// The states of which some law is, or may be, in force on a day: what they say of a transfer is known.
class AssessedStates {
 public:
  AssessedStates(const Law& law, Date day);

  bool has(const std::string& state) const { return states_.contains(state); }
  /// No law at all is in force.
  bool none() const { return states_.empty(); }

 private:
  std::set<std::string> states_;
};

}  // namespace sekisho
