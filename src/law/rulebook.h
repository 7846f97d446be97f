#pragma once
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/date.h"
#include "base/ids.h"
#include "base/source.h"
#include "law/tree.h"

// The checked rulebooks: every name resolved, every literal typed. Nothing here knows a day yet:
// windows of law stay with what they date, and the engine reads them on the day it is asked about.

namespace sekisho {

using AuthorityId = Id<struct AuthorityTag>;
using FactId = Id<struct FactTag>;
using ListId = Id<struct ListTag>;
using ThresholdId = Id<struct ThresholdTag>;
using ExprId = Id<struct ExprTag>;
using RegimeId = Id<struct RegimeTag>;
using RuleId = Id<struct RuleTag>;
using ProvisoId = Id<struct ProvisoTag>;
using NeedId = Id<struct NeedTag>;
using HiddenId = Id<struct HiddenTag>;
using RightId = Id<struct RightTag>;

/// One concrete value of a fact: yes/no as 1 and 0, a choice as its place in the declaration, days,
/// amounts in ten-thousandths; codes, states, parties, items and lots by their text. Money carries
/// its currency in `text`. A share has twice its ten-thousandths of a percent: an odd number lies strictly
/// between two that can be written, so that a fraction compares with whatever is written as it should.
struct Value {
  static constexpr std::int64_t whole_share = 2'000'000;
  std::int64_t number = 0;
  std::string text;
  friend bool operator==(const Value&, const Value&) = default;
  friend auto operator<=>(const Value&, const Value&) = default;
};

enum class FactType : std::uint8_t {
  yes_no,
  country,
  party,
  item,
  lot,
  code,
  date,
  money,
  share,
  number,
  choice,
};

struct Type {
  FactType kind = FactType::yes_no;
  bool is_set = false;
  std::vector<std::string> choices;
  std::vector<std::string> roots;  // codes: each lies under one of these; none: any text
  std::string unit;
  /// Of a set that of one element, else itself.
  Type element() const {
    Type t = *this;
    t.is_set = false;
    return t;
  }
  /// Whether a code lies under one of the roots, or a share between nothing and all.
  bool allows(const Value& v) const;
  bool named() const {  // its values are texts, and there are others than the law names
    return kind == FactType::country || kind == FactType::party || kind == FactType::item ||
           kind == FactType::lot || kind == FactType::code;
  }
  bool ordered() const {
    return kind == FactType::date || kind == FactType::money || kind == FactType::share ||
           kind == FactType::number;
  }
};

struct Authority {
  std::string name, title, state;
  TextSpan at;
};

enum class ChangedBy : std::uint8_t { nobody, applicant, authority, legislator };
std::string_view to_string(ChangedBy who);
/// @returns nullopt for any other word
std::optional<ChangedBy> parse_changed_by(std::string_view word);

struct Fact {
  std::string name;
  Type type;
  std::vector<FactId> of;
  std::string asks, source;
  ChangedBy changed_by = ChangedBy::nobody;
  AuthorityId judged_by;  // none: a plain fact
  RightId from_right;     // custody says whether it lies on the goods, or which share of them it is
  TextSpan at;
};

using tree::Flow;
using tree::Incorporation;

/// A state's say over goods because of what they are made of, where, or under whose licence.
struct Right {
  std::string name, title, cite, source, state;
  std::vector<std::string> made_in, licensed_from;  // states: where it arises
  std::vector<Window> windows;                      // days of making
  std::string unsettled;                            // why it may arise or not; empty: it does
  Flow flow;
  TextSpan at;
};

/// Something that the text of the law leaves unsettled: the engine reads it both ways.
struct Hidden {
  std::string what, note, source;
  TextSpan at;
};

struct ListMember {
  Value value;
  std::vector<Window> windows;
  HiddenId unsettled;
  std::string cite, source;
  TextSpan at;
};

struct List {
  std::string name, title, cite, source;
  Type type;
  AuthorityId kept_by;
  std::optional<Date> complete_to;  // none: complete for every day
  std::vector<ListMember> members;
  TextSpan at;
};

struct ThresholdStep {
  Value value;
  std::vector<Window> windows;
};

struct Threshold {
  std::string name, title;
  Type type;
  std::vector<ThresholdStep> steps;
  TextSpan at;
};

enum class ExprOp : std::uint8_t {
  yes,
  equals,
  same,
  in_list,
  in_set,
  within,
  within_parameter,
  under,
  at_least,
  at_most,
  more_than,
  less_than,
  empty,
  definition,
  negation,
  all,
  any,
  implies,
  some,
  every,
  either,
};

/// One node of a checked expression, stored after its children: `arity` counts those children.
/// A literal reads `fact`, or the element of the enclosing `some` or `every`.
struct Expr {
  ExprOp op;
  std::uint32_t arity = 0;
  FactId fact;   // none: the element
  FactId other;  // same, in_set, within, some, every; none in `same`: the element
  std::uint32_t parameter = 0;
  ListId list;
  ThresholdId threshold;
  ExprId body;      // definition
  HiddenId hidden;  // either
  std::vector<Value> values;
  TextSpan at;
};
using Expression = std::vector<Expr>;

enum class NeedKind : std::uint8_t {
  finding,
  permit,
  approval,
  consent,
  decision,
  exception,
  waiver,
  notification,
};
enum class Posture : std::uint8_t { none, approval_presumed, case_by_case, denial_presumed, denial };

/// Which of several acts that settle one need decides it. What was granted and what was revoked always come
/// in the order of their days.
enum class Prevails : std::uint8_t {
  latest,     // the latest act
  strictest,  // a refusal or suspension that stands, whatever was granted besides
  granted,    // what is granted and not revoked, whatever else was refused or suspended
};
std::optional<Prevails> parse_prevails(std::string_view word);

struct Need {
  std::string name;
  NeedKind kind;
  AuthorityId from;
  TextSpan at;
  Prevails prevails = Prevails::latest;  // as the regimes say that read it
};

struct NeedUse {
  NeedId need;
  Posture posture = Posture::none;
  std::vector<NeedId> implies;
};

struct BindUse {
  ProvisoId proviso;
  std::vector<std::pair<std::string, std::string>> arguments;  // parameter, fact or party
};

struct Duty {
  std::string kind, text, from_event;
  AuthorityId to;
  int count = 0;
  bool months = false;
};

struct Wait {
  int count = 0;
  bool months = false;
  FactId from;
};

/// Rule `by` defeats `part` of the rule that holds this, while the link is in force.
struct Defeat {
  RuleId by;
  tree::Part part = tree::Part::whole;
  std::uint32_t effect = 0;  // which need, proviso or obligation
  std::vector<Window> windows;
  TextSpan at;
};

struct Rule {
  std::string name;  // with its regime: jp.transfer.principle_1
  std::string title, cite, source, text, translation, force, addressee, group;
  RegimeId regime;
  std::vector<Window> windows;
  HiddenId unsettled;
  ExprId when;  // none: always
  bool permits = false, prohibits = false;
  NeedId lifted_by;
  std::vector<NeedUse> needs;
  std::vector<BindUse> binds;
  std::vector<Duty> owes;
  std::vector<Wait> waits;
  std::vector<Defeat> defeats;
  ProvisoId proviso;  // this is a version of it
  std::vector<std::string> parameters;
  ExprId lapses;  // none: never
  Flow flow;      // of a proviso that lies on goods
  TextSpan at, declaration;
};

struct Proviso {
  std::string name;
  RegimeId regime;
  std::vector<RuleId> versions;
};

struct Regime {
  std::string name, title, cite, source, force, otherwise_cite, opposites_cite, instruments_cite;
  AuthorityId authority;
  std::vector<Window> windows;
  HiddenId unsettled;
  ExprId governs;  // none: always
  bool otherwise_prohibited = true;
  NeedId otherwise_lifted_by;
  bool strictest_prevails = false, no_gaps = false;
  Prevails instruments = Prevails::latest;
  std::vector<RuleId> rules;  // after every rule that defeats them; provisos are not among them
  std::vector<ProvisoId> provisos;
  TextSpan at, declaration;
};

struct Constraint {
  std::string name, title;
  ExprId always;
  TextSpan at;
};

struct Definition {
  std::string name, title;
  ExprId means;
  TextSpan at;
};

struct CaseGiven {
  FactId fact;
  std::vector<Value> values;
  ProvisoId carries;
};

enum class Finding : std::uint8_t {
  not_engaged,
  permitted,
  permitted_with_provisos,
  authorisation_required,
  prohibited,
};
inline constexpr std::size_t finding_count = 5;
std::string_view to_string(Finding f);
std::optional<Finding> parse_finding(std::string_view text);

struct Case {
  std::string title;
  Date on;
  std::vector<CaseGiven> given;
  std::vector<RuleId> decides, leaves;
  std::vector<std::pair<Finding, RegimeId>> finds;
  TextSpan at;
};

/// All rulebooks that were loaded together.
struct Law {
  std::vector<Authority> authorities;
  std::vector<Fact> facts;
  std::vector<List> lists;
  std::vector<Threshold> thresholds;
  std::vector<Expression> expressions;
  std::vector<Need> needs;
  std::vector<Hidden> hidden;
  std::vector<Constraint> constraints;
  std::vector<Definition> definitions;
  std::vector<Regime> regimes;
  std::vector<Rule> rules;
  std::vector<Proviso> provisos;
  std::vector<Right> rights;
  std::vector<Case> cases;
  std::unordered_map<std::string, FactId> fact_names;
  std::vector<std::string> asked_first;  // the order of variables kept beside the text

  const Expression& operator[](ExprId id) const { return expressions[id.index]; }
  const Authority& operator[](AuthorityId id) const { return authorities[id.index]; }
  const Fact& operator[](FactId id) const { return facts[id.index]; }
  const List& operator[](ListId id) const { return lists[id.index]; }
  const Threshold& operator[](ThresholdId id) const { return thresholds[id.index]; }
  const Need& operator[](NeedId id) const { return needs[id.index]; }
  const Hidden& operator[](HiddenId id) const { return hidden[id.index]; }
  const Regime& operator[](RegimeId id) const { return regimes[id.index]; }
  const Rule& operator[](RuleId id) const { return rules[id.index]; }
  const Proviso& operator[](ProvisoId id) const { return provisos[id.index]; }
  const Right& operator[](RightId id) const { return rights[id.index]; }

  FactId find_fact(const std::string& name) const;
  ProvisoId find_proviso(const std::string& name) const;
  NeedId find_need(const std::string& name) const;
  RightId find_right(const std::string& name) const;
  AuthorityId find_authority(const std::string& name) const;
};

/// Visits the nodes of an expression (none has none), with those of the definitions that it reads.
template <class Visit>
void each_node(const Law& law, ExprId e, const Visit& visit) {
  if (!e.valid()) return;
  for (const Expr& n : law[e]) {
    visit(n);
    if (n.op == ExprOp::definition) each_node(law, n.body, visit);
  }
}

/// Whether a text has the form of a code: signs of ASCII without blanks, in parts joined by single dots. What
/// looks like a code and is another would lie under none that the law names.
bool is_code(std::string_view text);
inline constexpr const char* how_codes_are_written =
    "write a code without blanks, its parts joined by single dots";
/// A value of the given type read from a file's words, or nullopt.
/// Countries are two capital letters, currencies three; amounts exact to four decimals; shares from 0% to
/// 100%.
std::optional<Value> read_value(const Type& type, std::string_view text);
std::string show_value(const Type& type, const Value& value);
std::string describe(const Type& type);
std::string_view to_string(NeedKind kind);
std::string_view to_string(Posture posture);
/// What a link takes away: the whole rule, or one effect of it.
std::string effect_name(const Law& law, const Rule& rule, const Defeat& d);

}  // namespace sekisho
