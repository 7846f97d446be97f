#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/source.h"

// What the parser makes of a `.law` file: one Declaration each, names not yet resolved.
// Grammar: docs/language.md, section 2.

namespace sekisho::tree {

struct Word {
  std::string text;
  TextSpan at;
  bool empty() const { return text.empty(); }
};

enum class ValueKind : std::uint8_t { name, state, date, number, money, text };

struct Value {
  ValueKind kind = ValueKind::name;
  std::string text;  // as written, texts without their quotes
  std::string currency;
  TextSpan at;
};

enum class Op : std::uint8_t {
  yes,       // a yes/no fact, or a definition
  equals,    // fact is one of `values`
  same,      // fact is fact `other`
  in,        // fact is in list or set `other`
  within,    // party is `other` or belongs to it
  under,     // code lies under values[0]
  at_least,  // value or threshold
  at_most,
  more_than,
  less_than,
  empty,
  negation,  // takes the one before
  all,       // takes the `arity` before
  any,
  implies,  // takes two
  some,     // `fact` names the element, `other` the set; takes the body before
  every,
  either,  // takes two; `note` says what is unsettled
};

/// One node, stored after its children: `arity` counts those children, so a forward loop reads it.
struct Node {
  Op op;
  std::uint32_t arity = 0;
  Word fact, other;
  std::vector<Value> values;
  std::string note;
  TextSpan at;
};
using Expression = std::vector<Node>;

/// Of each node of a flat expression, where its subtree begins.
template <class AnyNode>
std::vector<std::size_t> subtree_starts(const std::vector<AnyNode>& e) {
  std::vector<std::size_t> first(e.size()), open;
  for (std::size_t i = 0; i < e.size(); ++i) {
    first[i] = i;
    for (std::uint32_t k = 0; k < e[i].arity; ++k) {
      first[i] = first[open.back()];
      open.pop_back();
    }
    open.push_back(i);
  }
  return first;
}

struct InForce {
  std::vector<Window> windows;
  TextSpan at;
  std::vector<TextSpan> spans;
  std::vector<std::pair<TextSpan, TextSpan>> bounds;  // of each window: first and last day as written
};

struct Type {
  std::string kind;  // yes_no country party item lot code date money share number choice
  bool is_set = false;
  std::vector<Word> choices;
  std::string unit;
  TextSpan at;
};

struct Need {
  Word kind, name, from, posture;
  std::vector<Word> implies;
  TextSpan at;
};

struct Bind {
  Word proviso;
  std::vector<std::pair<Word, Value>> arguments;
  TextSpan at;
};

struct Duty {
  Word kind, to, from_event;
  std::string text;
  int count = 0;
  bool months = false;
  TextSpan at;
};

struct Wait {
  int count = 0;
  bool months = false;
  Word from;
  TextSpan at;
};

enum class Part : std::uint8_t { whole, group, permission, prohibition, need, proviso, obligation };

struct Target {
  Part part = Part::whole;
  Word effect;  // the need, proviso or kind of obligation
  Word rule;
  TextSpan at;
};

struct Link {
  bool over = true;  // notwithstanding; else subject to
  std::vector<Target> targets;
  std::optional<InForce> in_force;
  TextSpan at;
};

struct Member {
  Value value;
  std::optional<InForce> in_force;
  std::string cite, source, unsettled;
  TextSpan at;
};

struct ThresholdValue {
  Value value;
  std::optional<InForce> in_force;
  std::string cite, source;
};

struct Given {
  Word fact;
  bool negated = false, carries = false, empty = false;
  std::vector<Value> values;  // none: a yes/no fact, or an empty set
};

struct Finds {
  Word finding, regime;
};

/// How what lies on goods passes to what they are built into and to what is made with them.
enum class Incorporation : std::uint8_t { stays, sees_through, by_share };
struct Flow {
  Incorporation built_in = Incorporation::stays;
  bool products = false;
};

/// Where a right arises: where goods are made, or of whose licence they are made under.
struct Arises {
  bool licence = false;  // else the place of making
  Word state;
};

enum class Kind : std::uint8_t {
  authority,
  fact,
  constraint,
  define,
  threshold,
  list,
  regime,
  route,
  rule,
  proviso,
  right,
  law_case,
};

/// One declaration of any kind; the fields that its kind does not have stay empty.
struct Declaration {
  Kind kind;
  Word name;
  TextSpan at;
  std::string title;
  Word in_regime;  // from `in regime NAME` or the regime above
  Word group;

  std::optional<InForce> in_force;
  std::string cite, source, text, translation;
  std::optional<std::string> unsettled;
  Word force, addressee, authority, state;

  std::optional<Expression> when;  // also `governs`, `always`, `means`, and a proviso's `when`
  bool permits = false, prohibits = false;
  TextSpan effect_at;
  std::vector<Need> needs;
  std::optional<Need> lifted_by;
  std::vector<Bind> binds;
  std::vector<Duty> owes;
  std::vector<Wait> waits;
  std::vector<Link> links;

  std::vector<Word> parameters;  // proviso
  bool lapses_never = false;
  std::optional<Flow> flow;    // proviso, right
  std::vector<Arises> arises;  // right
  std::optional<Expression> lapses_when;

  Word otherwise, opposites, instruments;  // regime
  bool no_gaps = false;
  std::string otherwise_cite, opposites_cite, instruments_cite;

  Type type;  // fact, threshold, list
  std::vector<Word> of;
  std::string asks;
  Word judged_by, changed_by, from_right, kept_by;
  std::optional<Date> complete_to;
  std::vector<Member> members;
  std::vector<ThresholdValue> thresholds;

  Date on;  // case
  std::vector<Given> given;
  std::vector<Word> decides, leaves;
  std::vector<Finds> finds;
};

struct File {
  std::vector<Declaration> declarations;
  std::vector<std::uint32_t> declaration_starts;  // token numbers, for the formatter
  std::vector<std::uint32_t> clause_starts;
};

}  // namespace sekisho::tree
