#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/space.h"

// How a space is built, for the files that build it. A program is made when something of the law needs it,
// and a variable when something of the law reads it: so variables stand in the order in which the law speaks.

namespace sekisho {

bool lies_under(const std::string& code, const std::string& root);
bool dates_unsettled(const std::vector<Window>& windows);
/// Whether something unsettled is there by one reading only. Where its dates are what is unsettled, the days
/// that they all cover are sure.
bool hangs_on_reading(const std::vector<Window>& windows, HiddenId unsettled, Covers on_the_day);

class Space::Builder {
 public:
  Builder(Space& space, Diagnostics& diags) : s_(space), q_(*space.question_), law_(*q_.law), diags_(diags) {}

  void run();

 private:
  Date day() const { return views_[view_].day; }
  static std::vector<Value> yes_no() { return {{0, {}}, {1, {}}}; }
  static Values bit(std::size_t i) {
    Values v;
    v.set(i);
    return v;
  }
  static Value nil(const Type& t) { return {0, t.kind == FactType::money ? "USD" : ""}; }
  /// How many unlike values that nothing tells apart can matter in one fact.
  std::size_t places(FactId f) const { return compared_.contains(f) ? s_.room(law_[f].type.kind) : 1; }
  template <class Key, class Make>
  VarId once(std::map<Key, VarId>& made, const Key& key, Make make) {
    if (const auto it = made.find(key); it != made.end()) return it->second;
    const VarId v = make();
    made[key] = v;
    return v;
  }

  // --- values of facts, one for each class that the law can tell apart (space_values.cpp) ---
  void gather_constants();
  void constants_of(const Expression& e);
  static FactId enclosing_set(const Expression& e, const std::vector<std::size_t>& starts, std::size_t at);
  void note_member(const List& l, const Value& v);
  void note_constant(FactId f, const Value& v);
  void share_compared();
  void parties_within();
  std::optional<Value> threshold(ThresholdId id, Date on) const;
  const KnownFact* known(FactId f) const;
  static void add(std::vector<Value>& domain, const Value& v);
  std::vector<Value> domain(FactId f);
  void others(FactType t, std::vector<Value>& d) const;
  void codes(FactId f, const std::string& c, std::vector<Value>& d) const;
  void ordered(FactId f, const Type& t, std::vector<Value>& d) const;
  const std::vector<std::string>& representatives();
  VarId variable(Variable v);
  VarId fact_var(FactId f);
  Values known_values(FactId f, const std::vector<Value>& d) const;
  VarId judged(FactId f);
  const std::vector<std::pair<Value, VarId>>& members(FactId f);

  // --- what the law, a list or a rate leaves to be read either way (space_readings.cpp) ---
  /// A comparison across currencies: whether the rate is at least `limit / of`, or more where it is strict;
  /// or that it is not.
  struct RateBound {
    VarId var;
    Value of, limit;
    bool strict, negated;
  };
  /// Whether a rate has risen above a bound, as a reading says.
  struct RateReading {
    std::string what;
    RateBound bound;
    bool risen;
  };
  Presence present(const std::vector<Window>& windows, HiddenId unsettled);
  Presence present(const std::vector<Window>& windows, HiddenId unsettled, Date on);
  Presence membership(ListId id, const Value& value, bool with_later);
  Values taken_as(const std::string& name) const;
  VarId hidden_var(HiddenId h, const std::vector<Window>* dated, Date on);
  void order_in_time(HiddenId h, VarId now, const std::vector<Window>& windows, Date on);
  static Node is(VarId v, bool yes);
  void add_implication(Node if_so, Node then);
  VarId listed_var(ListId l, const Value& element);
  VarId parties_var(FactId f, const std::string& subject, std::uint32_t place);
  void read_rates();
  VarId compared_across(const Expr& e, const Value& v, const Value& limit, const std::string& what);
  VarId rate_var(FactId f, const std::string& what);
  static RateBound rate_bound(VarId var, ExprOp op, const Value& v, const Value& limit);
  static bool same_rate(const RateBound& a, const RateBound& b);
  static std::optional<bool> risen_by(const RateReading& r, const RateBound& b);
  static bool lower(const RateBound& a, const RateBound& b);
  void implies(const RateBound& high, const RateBound& low);

  // --- expressions as programs over the variables (space_programs.cpp) ---
  ProgramId program(ExprId e);
  ProgramId add_program(Program p);
  Program slice(const Expression& from, std::size_t begin, std::size_t end);
  Node node(const Expression& from, std::size_t i, std::size_t start);
  void quantifier(const Expression& from, const Expr& e, std::size_t start, std::size_t end, Node& n);
  Presence holds(const Expr& e, const Type& t, const Value& v);
  Presence compare(const Expr& e, const Type& t, const Value& v);
  static std::string_view compared_as(ExprOp op);
  bool within_arguments(const Value& v, std::uint32_t parameter) const;
  bool named(const Expr& e) const;
  void constant(Presence p, Node& n);
  void literal(const Expr& e, Node& n);
  void same(const Expr& e, Node& n);
  void within(const Expr& e, Node& n);
  template <class Equal>
  void pairs(Node& n, Equal equal, const Expr& e);
  void in_set(const Expr& e, Node& n);

  // --- what stands in a view, and what authorities have said (space_regimes.cpp) ---
  bool left_out(TextSpan at) const;
  void regime(RegimeId id);
  ProgramId leaves(const std::string& state);
  RuleUse rule_use(RuleId id);
  void proviso(ProvisoId id, RegimeUse& use);
  RuleId last_text(ProvisoId id, Date on) const;
  void proviso_instance(ProvisoId id, const Carried* c, Date day, RegimeUse& use);
  VarId carries_var(ProvisoId p);
  VarId need_var(NeedId n);
  void sources(VarId id);
  static void take_turns(std::vector<Source>& found, Prevails prevails);
  static int turn_of(InstrumentState s, Prevails prevails);
  static std::size_t need_state(InstrumentState s);
  ProgramId scope(const ActingInstrument& i);

  Space& s_;
  const Question& q_;
  const Law& law_;
  Diagnostics& diags_;
  std::map<FactType, std::set<std::string>> texts_;
  std::map<FactId, std::set<Value>> ordered_;
  std::set<ListId> lists_;
  std::set<FactId> compared_;
  std::vector<std::string> representatives_;
  std::map<FactId, VarId> facts_;
  std::map<NeedId, VarId> needs_;
  std::map<std::pair<HiddenId, Date>, VarId> hidden_;
  std::map<std::pair<ListId, Value>, VarId> listed_;
  std::map<std::string, VarId> rates_;
  std::vector<RateBound> rate_bounds_;
  std::vector<RateReading> rate_readings_;
  std::map<ProvisoId, VarId> carries_;
  std::map<FactId, std::vector<std::pair<Value, VarId>>> members_;
  std::map<std::pair<std::uint32_t, std::string>, ProgramId> programs_;
  std::vector<View> views_;
  std::size_t view_ = 0;
  Standing standing_;
  const Value* element_ = nullptr;
  Type element_type_;
  const std::vector<std::string>* arguments_ = nullptr;
  ProvisoId proviso_;
};

}  // namespace sekisho
