#pragma once
#include <map>
#include <set>
#include <vector>

#include "proof/premises.h"

// The conditions of the law read over premises, straight from docs/language.md, section 3, by Kleene's strong
// logic: a phrase is yes or no when it is so for every value that is left for what it speaks of, and else
// unknown. No classes and no diagrams: each fact has the values that the law names, those that the premises
// name, and a few that nobody names, which stand for all others.

namespace sekisho::proof {

enum class Truth : std::uint8_t { no, unknown, yes };
inline Truth truth(bool b) {
  return b ? Truth::yes : Truth::no;
}
inline Truth operator!(Truth t) {
  return static_cast<Truth>(2 - static_cast<int>(t));
}
inline Truth operator&(Truth a, Truth b) {
  return std::min(a, b);
}
inline Truth operator|(Truth a, Truth b) {
  return std::max(a, b);
}

/// Something that can be unknown. Judged facts have the values no, yes, none; needs those of `need_states`.
struct Matter {
  enum class Kind : std::uint8_t {
    fact,
    member,     // whether `value` belongs to the set
    need,       // what its authority has done
    carried,    // whether the proviso lies on the lot
    unsettled,  // whether unsettled law is there; its text and its dates are apart
    listed,     // whether `value` joined a list after the day to which it is complete
    order,      // how an amount compares with one in another currency: less, equal, more; or with none
    parties,    // whether a fact is within parties that a proviso names and nobody recorded
  };
  Kind kind;
  std::uint32_t index = 0;
  Value value;
  friend auto operator<=>(const Matter&, const Matter&) = default;
};
/// Values that are left where the premises alone do not say it.
using Known = std::map<Matter, std::vector<Value>>;

inline constexpr std::int64_t judged_none = 2;
inline constexpr std::array<std::string_view, 6> need_states{"none",    "pending",   "granted",
                                                             "refused", "suspended", "lapsed"};
inline constexpr std::int64_t need_none = 0, need_granted = 2, need_refused = 3;

/// The law beside premises, with the values that facts can have.
class Case {
 public:
  Case(const Law& law, const Premises& premises);
  const Law& law() const { return law_; }
  const Premises& premises() const { return premises_; }
  /// What is left for a fact; for a set, what may be in it.
  const std::vector<Value>& values(FactId f) const { return values_[f.index]; }
  /// How the premises take what nobody can know; none: either way.
  std::optional<bool> reading(const std::string& what) const;
  const Known& rates() const { return rates_; }
  bool within(const std::string& party, const std::string& whole) const;

 private:
  void gather();
  void take_rates();
  void name(FactId f, const Value& v);
  void facts_named(const Expression& e);
  std::vector<Value> all(const Fact& f) const;
  std::vector<Value> left(FactId f) const;

  const Law& law_;
  const Premises& premises_;
  std::map<FactType, std::vector<Value>> named_;
  /// How many values that nobody names can be unlike: each fact of one value may have its own, and for sets
  /// there is one for each way of being in some of them and not in the others.
  std::map<FactType, std::size_t> unlike_;
  std::set<FactType> compared_;  // of which the law holds one against another
  std::vector<std::vector<Value>> values_;
  Known rates_;  // how amounts in two currencies are taken to compare
};

/// Unsettled law, what may have joined a list since the day to which it is complete, amounts in two
/// currencies: by what an answer calls it.
bool can_be_read_two_ways(const Law& law, Date day, const std::string& what);

class Reader {
 public:
  Reader(const Case& c, const Known& known) : case_(c), law_(c.law()), known_(known) {}

  Truth read(ExprId e);
  /// In the text of a proviso; `carried` names its parties, if they are recorded.
  Truth read(ExprId e, const Rule& proviso, const Carried* carried);
  /// Of law with its dates on a day.
  Truth in_force(const std::vector<Window>& windows, HiddenId unsettled, Date day);
  Truth holds(const Matter& yes_or_no);
  /// What is left of a comparison across currencies, by what an answer calls it.
  Truth comparison_called(const std::string& what);
  std::vector<Value> left(const Matter& m);
  /// The act that decides the need grants it and adds provisos.
  Truth granted_adding(NeedId need);
  /// The acts that speak of a need or a judged fact, whatever their scope; and whether one covers the line.
  std::vector<const Act*> acts_on(const Matter& m) const;
  Truth covers(const Act& a);
  /// Whether what is left for a fact is among values, or within one of them.
  Truth in_scope(FactId f, const std::vector<Value>& wanted);
  /// Those that surely cover the line, of the first turn in which one does.
  std::vector<const Act*> deciding(const Matter& m);

  void note(const Matter& m) { unknown(m, left(m)); }

  /// What was read, is not known and left something unknown; judged facts that nobody found are apart.
  std::vector<Matter> open, unfound;

 private:
  Truth node(const Expression& e, std::size_t& at);
  Truth quantified(const Expression& e, const Expr& n, std::size_t& at);
  Truth literal(const Expr& n);
  Truth one(const Expr& n, FactId f, const Value& v);
  Truth relation(const Expr& n);
  Truth member_of(FactId set, const Value& v);
  Truth listed(ListId id, const Value& v);
  Truth compared(const Expr& n, const Value& v);
  Truth within_parties(const Expr& n, FactId f, const Value& v);
  template <class Says>
  Truth over(FactId f, const Says& says);
  bool unknown(const Matter& m, const std::vector<Value>& left);
  std::vector<Value> taken_as(const std::string& what) const;
  std::vector<Value> orders(const Matter& m) const;
  std::vector<std::vector<const Act*>> turns(const Matter& m) const;
  std::vector<Value> said(const Matter& m);

  const Case& case_;
  const Law& law_;
  const Known& known_;
  const Value* element_ = nullptr;
  const Rule* proviso_ = nullptr;
  const Carried* carried_ = nullptr;
};

}  // namespace sekisho::proof
