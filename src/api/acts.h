#pragma once
#include <optional>
#include <string>
#include <vector>

#include "accounts/book.h"
#include "model/world.h"

namespace sekisho {

/// A movement that took place, for which an authorisation may have been drawn to its end.
struct Shipped {
  Date on;
  const std::vector<std::string>& under;
};

/// Authorisations as their acts up to a day left them, as instruments. A draft is no act of any authority;
/// one that answers and finds nothing, such as an end-use certificate, is none that the law reads.
/// @param shipped  none: what is still to move, which a spent authorisation does not cover
World acts_of(const Book& book, Date on, const std::optional<Shipped>& shipped = {});

}  // namespace sekisho
