#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "accounts/replay.h"
#include "api/shared_events.h"
#include "base/json.h"
#include "model/holds.h"

namespace sekisho {

/// The movements of a record, each asked as one that took place.
class Movements {
 public:
  /// @param o   outlives this; what is wrong is told there
  /// @param on  what was recorded up to this day
  Movements(const Rulebooks::Body& body, OpenedLots& o, Date on);

  bool ok() const { return !o_.diags.has_errors(); }
  const Custody& custody() const { return custody_; }
  /// Those that there are at the end.
  const std::vector<Lot>& lots() const { return lots_; }
  const World& world() const { return world_; }

  /// Why authorisations cover nothing, by their names.
  using Texts = std::map<std::string, std::string>;
  struct Asked {
    Transfer transfer;
    std::vector<std::string> lots;
    Json answer, held;
  };
  /// With what lay on the goods before it, on its own day or as if it took place on another. @returns none:
  /// the diagnostics say why
  /// @param spent  authorisations that had no room left for it
  std::optional<Asked> ask(const Event& e, Date on, const Texts& spent = {});

 private:
  void tell_refused_acts();
  std::optional<StateId> moved(const Event& e, const TransferLine& line) const;
  void amounts(const Event& e, Transfer& t) const;
  void came_home(const Event& e, Transfer& t) const;

  const Rulebooks::Body& body_;
  OpenedLots& o_;
  Custody custody_;
  World world_;
  std::vector<Lot> lots_;
  std::optional<Holds> holds_;
  Accounts accounts_;
  std::size_t acts_in_file_ = 0;
};

}  // namespace sekisho
