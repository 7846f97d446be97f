#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "accounts/book.h"
#include "model/world.h"

namespace sekisho {

/// What moved under authorisations, held against their limits whether or not anybody drew on them: two
/// shipments cannot both use the last ten pieces. Where returned goods restore a balance, nothing is counted.
class Shipments {
 public:
  explicit Shipments(const World& world) : world_(world) {}

  /// An act of an authority, in the order of their days.
  void authorised(const Authorisation& a, Date on);
  /// Goods that moved under authorisations. Those that had no room left for them count nothing of it.
  /// @returns which, with why
  std::map<std::string, std::string> moved(const std::string& event, Date on, const Transfer& t,
                                           const std::set<std::string>& under);

 private:
  ReservedLine line_of(const Transfer& t, const TransferLine& l) const;

  const World& world_;
  Book book_;                                  // an authorisation for each limit, with that alone
  std::map<std::string, std::size_t> limits_;  // how many each authorisation has had
};

}  // namespace sekisho
