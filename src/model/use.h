#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/source.h"
#include "model/amount.h"

// What goods that are to move ask of authorisations.

namespace sekisho {

/// A fact of a use that scopes speak of: its value, then, for a party, what the party belongs to.
struct UseFact {
  std::string fact;
  std::vector<std::string> values;
  friend bool operator==(const UseFact&, const UseFact&) = default;
};

/// What the law asks for these goods, and who has to give it.
struct NeededAct {
  std::string need, from;
  friend bool operator==(const NeededAct&, const NeededAct&) = default;
};

/// Goods of one item for one consignee, on all authorisations named.
struct ReservedLine {
  std::string line;
  std::string item, consignee;
  std::optional<Amount> quantity, value;
  std::vector<std::string> under;
  std::vector<NeededAct> needs;  // each answered by one of them; none: not asked
  std::vector<UseFact> facts;    // `consignee` among them tells what it belongs to
};

/// A part of a reservation or of a draw. No line: the only one. No amounts: all that is left.
struct Part {
  std::string line;
  std::optional<Amount> quantity, value;
};

}  // namespace sekisho
