#pragma once
#include <array>
#include <bitset>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "engine/question.h"

// A question becomes a finite space: one variable for each fact, each possible member of a set, each
// judged fact, need and carried proviso, and each thing the law leaves unsettled. The domain of a
// fact holds one value for each class of values that the law of the day can tell apart (more where
// facts are compared with each other, since two unlike states may share a class), and the value that
// is known. A completion is a choice of one value for each variable that satisfies the constraints.

namespace sekisho {

inline constexpr std::size_t max_values = 256;
using Values = std::bitset<max_values>;
using VarId = Id<struct VarTag>;
using ProgramId = Id<struct ProgramTag>;

enum class VarKind : std::uint8_t {
  fact,     // domain: values of the fact
  member,   // no, yes: `element` belongs to the set `fact`
  judged,   // no, yes, none: what its authority has found
  need,     // states of a need
  carries,  // no, yes: the proviso lies on the lot
  hidden,   // no, yes: a reading of unsettled law
  listed,   // no, yes: `element` joined `list` after the day to which the list is complete
  rate,     // no, yes: a comparison across currencies
};

enum class NeedState : std::uint8_t { none, pending, granted, refused, suspended, lapsed };
inline constexpr std::size_t need_state_count = 6;
/// As values of a need's variable.
inline constexpr auto granted_state = static_cast<std::size_t>(NeedState::granted);
inline constexpr auto refused_state = static_cast<std::size_t>(NeedState::refused);
std::string_view to_string(NeedState s);

inline constexpr std::size_t judged_none = 2;
struct Variable {
  VarKind kind;
  FactId fact;
  NeedId need;
  ProvisoId proviso;
  HiddenId hidden;
  ListId list;
  Value element;
  std::optional<Date> on;  // hidden: the day of the view in which it is read; none: every one
  std::vector<Value> domain;
  Values all;    // every value of the domain
  Values known;  // those that are possible
  std::string name;
  std::string subject;  // what is compared below: a fact, or one element of a set

  /// A comparison with parties that nobody recorded: `subject` is within those that `proviso` names where it
  /// has the parameter in `element`.
  bool of_unrecorded_parties() const { return kind == VarKind::rate && proviso.valid(); }
};

/// A literal whose truth for some value of its fact hangs on another variable.
struct Conditional {
  std::size_t value;
  VarId on;
};

/// A node of a compiled expression, stored after its children.
struct Node {
  ExprOp op;
  std::uint32_t arity = 0;
  VarId var, other;  // the facts that a literal reads
  Values yes;        // values of `var` that satisfy the literal
  std::vector<Conditional> conditional;
  std::vector<VarId> members;     // some, every, empty: presence of each candidate
  std::vector<ProgramId> bodies;  // definition: one; some, every: one for each candidate
  std::vector<std::pair<std::size_t, std::size_t>> equal;  // same: values of `var` and `other`
  TextSpan at;
};
using Program = std::vector<Node>;

/// Whether something of the law is there on the day: never, always, or by one reading.
struct Presence {
  bool possible = false;
  VarId by;  // none: surely, if possible
};

struct RuleUse {
  RuleId rule;
  Presence present;
  ProgramId when;                                              // none: always
  std::vector<std::pair<const Defeat*, std::size_t>> defeats;  // and the place of the other among `rules`
  std::vector<VarId> needs;                                    // as in the rule
  VarId lifted_by;
};

/// A proviso on this lot, in the version of the day it was bound.
struct ProvisoUse {
  ProvisoId proviso;
  VarId carried;
  RuleUse rule;
  ProgramId lapses;
  const Carried* instance = nullptr;  // none: its arguments are not known
};

struct RegimeUse {
  RegimeId regime;
  Presence present;   // there is something of it to read
  Presence in_force;  // else only its provisos on the lot live on
  ProgramId governs;
  ProgramId leaves_home;  // the goods leave the regime's own state: no later transfer
  VarId otherwise_lifted_by;
  std::vector<RuleUse> rules;  // those of the day, each after all that can defeat it
  std::vector<ProvisoUse> provisos;
};

/// The law as it stands in one view: its regimes and what always holds of the facts.
struct Standing {
  View view;
  std::vector<RegimeUse> regimes;
  std::vector<ProgramId> constraints;
};

/// A code that stands for those under `root` that nobody names: "1.*", and "1.*2" where two of them may be
/// unlike.
/// @param k  from 1
std::string further_code(const std::string& root, std::size_t k);
/// What such a code lies under. Empty: it is no such code.
std::string_view code_further_under(std::string_view code);

/// A comparison of amounts in two currencies, by the name of its variable.
struct RateComparison {
  ExprOp op;
  Value amount, limit;
};
std::optional<RateComparison> comparison_named(std::string_view what);
/// A value and a list that it may have joined, by the name of their variable.
struct NamedMembership {
  ListId list;
  Value value;
};
std::optional<NamedMembership> membership_named(const Law& law, std::string_view what);

/// Whether what is known of a plain fact leaves a value possible.
bool allows(const KnownFact& known, const Value& value);

/// The law of one view or several, compiled over the variables of one question.
class Space {
 public:
  /// @fails SK4002 a fact with more values than can be told apart here
  Space(const Question& question, Diagnostics& diags);

  const Question& question() const { return *question_; }
  const Law& law() const { return *question_->law; }
  std::span<const Variable> variables() const { return variables_; }
  const Variable& operator[](VarId v) const { return variables_[v.index]; }
  std::size_t program_count() const { return programs_.size(); }
  const Program& operator[](ProgramId p) const { return programs_[p.index]; }
  std::span<const Standing> standings() const { return standings_; }
  /// Of the first view, the only one of a question.
  std::span<const RegimeUse> regimes() const { return standings_.front().regimes; }
  std::span<const ProgramId> constraints() const { return standings_.front().constraints; }
  /// Of a constraint, whether the vocabulary states it; others say what variables have to do with each other,
  /// in every view.
  bool is_stated(ProgramId constraint) const { return (*this)[constraint].back().at.source.valid(); }
  VarId fact_var(FactId f) const;
  /// Places in the domain of values that the law cannot tell from `value`, the nearest first. Two unlike
  /// values may share one; where facts are compared there is one for each of them. Empty: there is no such
  /// state, or the law compares no amount in that currency.
  std::vector<std::size_t> standing_for(VarId fact, const Value& value) const {
    return standing_for(law()[(*this)[fact].fact].type, (*this)[fact].domain, value);
  }
  std::vector<std::size_t> standing_for(const Type& type, std::span<const Value> domain,
                                        const Value& value) const;
  /// Facts whose values the law holds against each other; of a set, its members.
  const std::set<FactId>& compared() const { return compared_; }
  /// Readings of rates that settle something here.
  const std::set<std::string>& readings_used() const { return readings_used_; }
  /// Sets whose ways of holding a member are told apart: beyond them the ways are more than there are states.
  static constexpr std::size_t most_sets_compared = 4;
  /// How many values that nothing else tells apart can matter at once where facts are compared: each single
  /// fact may have its own, and for sets there is one for each way of being in some of them and not in the
  /// others.
  std::size_t room(FactType type) const;
  /// Places of a class of states that nothing else tells apart; a class that is smaller has one for each.
  std::size_t places_of_a_class() const { return room(FactType::country) + 1; }
  /// Values of a domain that stand for values which have no place of their own.
  struct StandIns {
    std::vector<std::optional<std::size_t>>
        class_of;  // the place of the first that stands for the same; none: itself
    std::vector<std::vector<std::string>> states;  // of the first of a class of states, all of them
  };
  StandIns stand_ins(const Type& type, std::span<const Value> domain) const;
  /// A part of a program as a program of its own, so that it can be read alone.
  ProgramId add_part(Program part) {
    programs_.push_back(std::move(part));
    return ProgramId{static_cast<std::uint32_t>(programs_.size() - 1)};
  }
  /// The instruments that speak of a need or judged fact, each with its scope.
  struct Source {
    const ActingInstrument* instrument;
    ProgramId scope;
    std::size_t value;  // of the variable's domain
    std::size_t
        turn;  // the first turn in which an act covers the line decides; acts of one turn are contested
  };
  /// In order of turn.
  const std::vector<Source>& sources(VarId v) const { return sources_[v.index]; }
  /// Values that remain possible where no instrument surely speaks.
  const Values& silent(VarId v) const { return silent_[v.index]; }

 private:
  class Builder;
  /// How surely a state is on each list in each view, and by which reading.
  using Memberships = std::vector<std::array<std::uint32_t, 2>>;
  Memberships memberships(std::string_view state) const;

  const Question* question_;
  std::vector<Variable> variables_;
  std::vector<Program> programs_;
  std::vector<Standing> standings_;
  std::vector<std::vector<Source>> sources_;
  std::vector<Values> silent_;
  std::set<FactId> compared_;
  std::set<std::string> readings_used_;
  std::vector<ListId> lists_;                           // those that an expression reads
  std::map<std::string, Memberships> representatives_;  // states that stand for others on the same lists
};

}  // namespace sekisho
