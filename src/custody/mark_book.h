#pragma once
#include <map>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "custody/exact_shares.h"
#include "custody/graph.h"
#include "model/amount.h"
#include "model/world.h"

// What the marks of a graph mean, and how each flows: that is said by the rulebooks, and by nothing here.

namespace sekisho {

class MarkBook {
 public:
  explicit MarkBook(const Law& law);

  Graph& graph() { return graph_; }
  const Graph& graph() const { return graph_; }

  /// What is bound when goods move.
  MarkSetId provisos(const std::vector<ProvisoOn>& bound);
  MarkSetId attested(const Attestation& a);
  /// The rights that arise when goods are made on a day. Empty: nobody said where, or under nobody's licence.
  Added arising(const std::string& made_in, const std::vector<std::string>& licensors, Date made);
  /// Unlike units are never compared. @returns unknown for an amount that cannot be counted
  Worth worth(const std::optional<Amount>& said);
  /// What a state is worth, what is less than a ten-thousandth left out; none: not known.
  std::optional<Amount> worth_of(StateId s) const;

  std::vector<ProvisoOn> provisos_on(StateId s) const;
  std::vector<Attestation> attestations_on(StateId s) const;
  /// Those that lie on it, perhaps or in part. @param shares  of this graph
  std::vector<RightOn> rights_on(StateId s, ExactShares& shares) const;

 private:
  struct RightMark {
    RightId right;
    bool perhaps;
  };
  using Meaning = std::variant<ProvisoOn, Attestation, RightMark>;
  template <class T>
  std::vector<T> all_on(StateId s) const;
  MarkId proviso(const ProvisoOn& p);
  Flow flow_of(const ProvisoOn& p) const;

  const Law& law_;
  std::vector<RightId> counted_;  // those that flow by share of value
  Graph graph_;
  std::vector<Meaning> meanings_;
  using Bound = std::tuple<std::string, std::vector<std::pair<std::string, std::string>>, std::optional<Date>,
                           std::string>;
  std::map<Bound, MarkId> bound_;
  std::map<std::tuple<std::string, std::string, std::string, std::optional<Date>>, MarkId> attestations_;
  std::map<std::string, std::uint32_t> jurisdictions_;
  std::map<std::pair<std::uint32_t, bool>, MarkId> right_marks_;
  std::map<std::pair<std::vector<bool>, std::vector<bool>>, ShareId> arisen_;
  std::map<std::string, std::uint8_t> currencies_;
};

}  // namespace sekisho
