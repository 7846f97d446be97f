#include "model/world.h"

#include <algorithm>
#include <array>

namespace sekisho {
namespace {

template <class T>
const T* by_id(const std::vector<T>& all, std::string_view id) {
  const auto it = std::find_if(all.begin(), all.end(), [&](const T& x) { return x.id == id; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace

std::string_view to_string(InstrumentState s) {
  static constexpr std::array<std::string_view, 6> names{"granted",   "refused", "pending",
                                                         "suspended", "revoked", "lapsed"};
  return names[static_cast<std::size_t>(s)];
}

const Party* World::party(std::string_view id) const {
  return by_id(parties, id);
}
const Agreement* World::agreement(std::string_view id) const {
  return by_id(agreements, id);
}
const Item* World::item(std::string_view id) const {
  return by_id(items, id);
}
const Lot* World::lot(std::string_view id) const {
  return by_id(lots, id);
}

bool World::within(std::string_view id, std::string_view whole) const {
  // A chain longer than the list of parties is a ring: it leads nowhere new.
  for (std::size_t steps = 0; steps <= parties.size(); ++steps) {
    if (id == whole) return true;
    const Party* p = party(id);
    if (!p || p->part_of.empty()) return false;
    id = p->part_of;
  }
  return false;
}

}  // namespace sekisho
