#pragma once
#include <cassert>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace sekisho {

/// Which of very many things came first under a name. It keeps the places of the things and asks them for
/// their names, so that a name costs eight bytes and mostly one look into memory.
class NameTable {
 public:
  /// @param expected  names
  explicit NameTable(std::size_t expected = 0) { slots_.resize(room_for(expected)); }

  /// @param place    of the thing, below 2^32 - 1
  /// @param name_of  of a place that was given before, the name
  /// @returns the place that was given first with that name, which is `place` where it is new
  template <class NameOf>
  std::uint32_t add(std::string_view name, std::uint32_t place, const NameOf& name_of) {
    assert(place != nothing);
    if (2 * (count_ + 1) > slots_.size()) grow();
    const std::uint32_t hash = hash_of(name);
    Slot& s = slots_[slot(hash, name, name_of)];
    if (s.place != nothing) return s.place;
    s = {hash, place};
    ++count_;
    return place;
  }
  template <class NameOf>
  std::optional<std::uint32_t> find(std::string_view name, const NameOf& name_of) const {
    const Slot& s = slots_[slot(hash_of(name), name, name_of)];
    return s.place == nothing ? std::nullopt : std::optional(s.place);
  }

 private:
  static constexpr std::uint32_t nothing = UINT32_MAX;
  struct Slot {
    std::uint32_t hash = 0, place = nothing;
  };
  static std::size_t room_for(std::size_t names) {
    std::size_t room = 16;
    while (room < 2 * names) room *= 2;
    return room;
  }
  static std::uint32_t hash_of(std::string_view name) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>{}(name));
  }
  /// Where the name is, or the free slot where it would be.
  template <class NameOf>
  std::size_t slot(std::uint32_t hash, std::string_view name, const NameOf& name_of) const {
    std::size_t i = hash & (slots_.size() - 1);
    while (slots_[i].place != nothing && (slots_[i].hash != hash || name_of(slots_[i].place) != name))
      i = (i + 1) & (slots_.size() - 1);
    return i;
  }
  void grow() {
    std::vector<Slot> before(2 * slots_.size());
    before.swap(slots_);
    for (const Slot& s : before) {
      if (s.place == nothing) continue;
      std::size_t i = s.hash & (slots_.size() - 1);
      while (slots_[i].place != nothing) i = (i + 1) & (slots_.size() - 1);
      slots_[i] = s;
    }
  }

  std::vector<Slot> slots_;  // a power of two of them, half of them free at least
  std::size_t count_ = 0;
};

}  // namespace sekisho
