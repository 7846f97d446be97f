#include "engine/branches.h"

#include <algorithm>

namespace sekisho {

Branches::Branches(const Diagrams& store, Ref r, std::span<const Values> box)
    : store_(store), box_(box), nodes_{{static_cast<Level>(store.levels()), 0, 0}}, empty_(r == no_leaf) {
  if (!empty_) gather(r);
}

Branches::Place Branches::gather(Ref r) {
  if (r.is_leaf()) return yes;
  if (const auto it = place_.find(r.bits); it != place_.end()) return it->second;
  const Level at = store_.level(r);
  std::vector<std::pair<Ref, Values>> met;
  for (std::size_t i = box_[at]._Find_first(); i < store_.size(at); i = box_[at]._Find_next(i)) {
    const Ref child = store_.child(r, i);
    if (child == no_leaf) continue;
    if (met.empty() || met.back().first != child) {
      const auto known =
          std::find_if(met.begin(), met.end(), [&](const auto& m) { return m.first == child; });
      if (known != met.end())
        std::rotate(known, known + 1, met.end());  // runs of values find their branch last
      else
        met.emplace_back(child, Values());
    }
    met.back().second.set(i);
  }
  std::vector<Branch> own;
  own.reserve(met.size());
  for (const auto& [child, values] : met) own.push_back({values, gather(child)});
  nodes_.push_back({at, branches_.size(), own.size()});
  branches_.insert(branches_.end(), own.begin(), own.end());
  return place_[r.bits] = static_cast<Place>(nodes_.size() - 1);
}

}  // namespace sekisho
