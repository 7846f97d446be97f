#include "model/world.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <unordered_set>

#include "base/by_name.h"

namespace sekisho {
namespace {

template <class T>
const T* by_id(const std::vector<T>& all, std::string_view id) {
  const auto it = std::find_if(all.begin(), all.end(), [&](const T& x) { return x.id == id; });
  return it == all.end() ? nullptr : &*it;
}

template <class T>
void join(std::vector<T>& into, std::vector<T>& more, Diagnostics& diags) {
  std::map<std::string_view, TextSpan> there;
  for (const T& x : into) there.emplace(x.id, x.at);
  for (const T& x : more)
    if (const auto twice = there.find(x.id); twice != there.end())
      diags.emit(code::key_twice, x.at, x.id).note(twice->second, "here too");
  into.insert(into.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

void join(World& into, World more, Diagnostics& diags) {
  join(into.parties, more.parties, diags);
  join(into.agreements, more.agreements, diags);
  join(into.items, more.items, diags);
  join(into.lots, more.lots, diags);
  join(into.instruments, more.instruments, diags);
  into.records.insert(into.records.end(), more.records.begin(), more.records.end());
}

std::string_view to_string(InstrumentState s) {
  static constexpr std::array<std::string_view, 6> names{"granted",   "refused", "pending",
                                                         "suspended", "revoked", "lapsed"};
  return names[static_cast<std::size_t>(s)];
}

static constexpr std::array<std::string_view, 5> held_kinds{"state", "party", "item", "lot", "authorisation"};

std::string_view to_string(HeldKind k) {
  return held_kinds[static_cast<std::size_t>(k)];
}
std::optional<HeldKind> parse_held_kind(std::string_view word) {
  return by_name<HeldKind>(held_kinds, word);
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

std::vector<const Party*> World::wholes(std::string_view id) const {
  std::vector<const Party*> out;
  std::vector<std::string_view> names{id};  // from near to far
  std::unordered_set<std::string_view> met{id};
  for (std::size_t i = 0; i < names.size(); ++i)
    for (const Party& p : parties) {
      if (p.id != names[i]) continue;
      out.push_back(&p);
      if (!p.part_of.empty() && met.insert(p.part_of).second) names.push_back(p.part_of);
    }
  return out;
}

bool World::within(std::string_view id, std::string_view whole) const {
  if (id == whole) return true;
  const std::vector<const Party*> all = wholes(id);
  return std::any_of(all.begin(), all.end(),
                     [&](const Party* p) { return !whole.empty() && p->part_of == whole; });
}

}  // namespace sekisho
