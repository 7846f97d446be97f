#pragma once
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/diagnostics.h"
#include "law/rulebook.h"
#include "law/tree.h"

// The passes of `check` and what they share. A name must be known before another declaration may refer to it,
// what is referred to (types, windows, needs) before an expression may read it, and every rule before a link
// may reach it: so each pass goes over all declarations. Each part below lies in a file of its own,
// `checker_` and its first word.

namespace sekisho::checking {

using tree::Declaration;
using tree::Kind;
using tree::Op;
using tree::Word;

/// What a name may be given to.
enum class Names : std::uint8_t {
  authority,
  fact,
  constraint,
  definition,
  threshold,
  list,
  regime,
  rule,
  proviso,
  right,
};
std::string_view words(Names n);

struct Symbol {
  Names kind;
  std::uint32_t index;
  TextSpan at;
};

/// What an expression may speak of besides facts.
struct Scope {
  const std::vector<std::string>* parameters = nullptr;
  std::vector<std::pair<std::string, FactId>> elements;  // quantified names, innermost last
};

class Checker {
 public:
  Checker(std::span<const tree::File> files, Diagnostics& diags) : files_(files), diags_(diags) {}

  Law run();

 private:
  void each(const std::function<void(const Declaration&)>& visit);

  // --- names: which there are, and what one stands for ---
  static std::string qualified(const Declaration& d);
  /// @returns false if the name is taken
  bool enter(const std::string& name, Symbol s);
  template <class Store>
  bool enter_in(Store& store, const std::string& name, Names kind, const Declaration& d);
  void declare(const Declaration& d);
  bool has_regime(const Declaration& d);
  void add_rule(const Declaration& d);
  /// A proviso may be declared again with other dates: that is its next version.
  void declare_proviso(const Declaration& d);
  std::optional<Symbol> lookup(const std::string& name) const;
  void report_unknown(const Word& w, const std::vector<Names>& wanted);
  /// The index of `w` among the names of one kind; nullopt, with a report, if it is not one.
  std::optional<std::uint32_t> resolve(const Word& w, Names kind);
  template <class I>
  I id(const Word& w, Names kind) {
    const auto i = resolve(w, kind);
    return i ? I{*i} : I{};
  }
  /// A rule or proviso by its name within the regime, or by its full name.
  std::optional<Symbol> in_regime(const Word& w, const Word& regime, Names kind);

  // --- values, and the types that they are of ---
  Type type(const tree::Type& t);
  std::optional<Value> value(const tree::Value& v, const Type& type, const std::string& of);
  /// A state that a declaration is of.
  std::string state(const Word& w);
  static bool form_fits(tree::ValueKind v, FactType t);

  // --- windows of law, and what is unsettled in it ---
  std::vector<Window> windows(const std::optional<tree::InForce>& f, const std::string& of, bool note);
  static bool all_settled(const std::vector<Window>& ws);
  static bool overlap(const std::vector<Window>& a, const std::vector<Window>& b);
  HiddenId hidden(std::string what, std::string note, std::string source, TextSpan at);

  // --- heads: what others refer to ---
  void header(const Declaration& d);
  void fact(const Declaration& d, std::uint32_t i);
  void right(const Declaration& d, std::uint32_t i);
  void list(const Declaration& d, std::uint32_t i);
  void threshold(const Declaration& d, std::uint32_t i);
  void regime_head(const Declaration& d, std::uint32_t i);
  std::string force(const Word& w);
  void rule_head(const Declaration& d, std::uint32_t i);
  /// A rule that does not say whom it speaks to speaks to whom its regime does.
  void default_addressees();

  // --- needs ---
  NeedId need(const tree::Need& n);
  NeedUse need_use(const tree::Need& n);
  /// A need of several regimes can be read one way only.
  void prevailing();

  // --- bodies: everything that holds expressions ---
  void body(const Declaration& d);
  void from_right(const Declaration& d, const Fact& f);
  void rule_body(const Declaration& d, std::uint32_t i);
  void bind(const Declaration& d, const tree::Bind& b, std::uint32_t i);

  // --- expressions ---
  ExprId expression(const tree::Expression& from, Scope& scope);
  static std::vector<std::vector<std::size_t>> bodies_of(const tree::Expression& e);
  Expr node(const tree::Node& n, const Scope& scope);
  Expr quantifier(const tree::Node& n, Expr e);
  /// The fact or element that a literal reads, with its type; nullopt after a report.
  std::optional<Type> subject(const Word& w, const Scope& scope, FactId& fact);
  void mismatch(const Word& w, const Type& t);
  Expr literal(const tree::Node& n, Expr e, const Scope& scope);
  Expr membership(const tree::Node& n, Expr e, const Type& t);
  Expr within(const tree::Node& n, Expr e, const Type& t, const Scope& scope);
  Expr equality(const tree::Node& n, Expr e, const Type& t, const Scope& scope);
  bool counted(FactId f) const;
  bool names_another(const tree::Value& v, const Type& t, const Scope& scope) const;
  Expr comparison(const tree::Node& n, Expr e, const Type& t);

  // --- links, and the order of rules and definitions, which leaves no ring ---
  /// Gives every use of a definition its body, which is known by now, and refuses cycles.
  void definition_cycles();
  void links(const Declaration& d);
  void link(const Declaration& d, const tree::Link& l, const tree::Target& t, RuleId self);
  /// Places of what a link takes away among the effects of its kind: every one that bears the name.
  std::vector<std::uint32_t> effects_of(RuleId loser, const tree::Target& t);
  /// Puts every rule after those that can defeat it; reports cycles.
  void order_rules();

  // --- cases ---
  void law_case(const Declaration& d);
  void case_rule(const Word& w, const Declaration& d, std::vector<RuleId>& into);
  void given(const tree::Given& g, const Declaration& d, Case& c);
  /// Each rule has a case that it decides and one that it leaves.
  void missing_cases();

  std::span<const tree::File> files_;
  Diagnostics& diags_;
  Law law_;
  std::unordered_map<std::string, Symbol> names_;
  std::unordered_map<const Declaration*, std::uint32_t> index_;
  std::map<std::uint32_t, std::string> addressees_;  // of regimes: whom their rules speak to by default
  std::string of_;                                   // whose expressions are read
  std::size_t phrases_ = 0;                          // unsettled ones in them so far
};

}  // namespace sekisho::checking
