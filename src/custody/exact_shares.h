#pragma once
#include <unordered_map>

#include "custody/graph.h"
#include "custody/share_rules.h"

// The shares that states bear, counted by the definition from what the goods are made of; nothing is rounded.
// What was counted is remembered while this lives, for many goods come of the same lots.

namespace sekisho {

class ExactShares {
 public:
  /// The graph must not change while this lives.
  explicit ExactShares(const Graph& graph) : graph_(graph) {}
  /// One share for each right that is counted by value.
  const ShareRow& of(StateId s);

 private:
  StateId source(StateId s);
  bool held(StateId s) const;
  ShareRow held_row(ShareId s) const;
  ShareRow counted(StateId s);

  const Graph& graph_;
  std::unordered_map<StateId, ShareRow> rows_;    // of sources
  std::unordered_map<StateId, StateId> sources_;  // of what was carried on
};

}  // namespace sekisho
