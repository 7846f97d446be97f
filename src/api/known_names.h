#pragma once
#include <array>
#include <set>
#include <span>
#include <string>

#include "base/diagnostics.h"
#include "model/event.h"

namespace sekisho {

/// Names that an event may use: of whatever a world or the events tell.
class KnownNames {
 public:
  KnownNames(const World& world, std::span<const Event> recorded);
  const std::set<std::string>& of(HeldKind kind) const { return of_[static_cast<std::size_t>(kind)]; }
  bool knows(const Stop& s) const { return of(s.kind).contains(s.name); }

 private:
  void know(HeldKind kind, const std::string& name) { of_[static_cast<std::size_t>(kind)].insert(name); }
  void know(const World& w);
  void know(const Goods& g);
  std::array<std::set<std::string>, 5> of_;  // by kind
};

/// How it is reported that nobody told of a name.
const Code& untold(HeldKind kind);

/// Reports names that nobody told of: a stop of such a name would stop nothing. Of a reservation they are
/// looked up only where there is a world to look them up in.
/// @fails SK3007, SK3202
void check_names(std::span<const Event> events, const KnownNames& known, bool has_world, Diagnostics& diags);

}  // namespace sekisho
