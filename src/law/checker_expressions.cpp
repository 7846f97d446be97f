#include <algorithm>

#include "law/checker_passes.h"

namespace sekisho::checking {

ExprId Checker::expression(const tree::Expression& from, Scope& scope) {
  // The element of `some x in S has (…)` is in scope for the nodes of its body, which stand just
  // before it: walk backwards once to learn which nodes lie in which body.
  const std::vector<std::vector<std::size_t>> bodies = bodies_of(from);
  Expression out;
  for (std::size_t i = 0; i < from.size(); ++i) {
    Scope inner = scope;
    for (std::size_t q : bodies[i]) {
      const auto s = lookup(from[q].other.text);
      inner.elements.emplace_back(from[q].fact.text,
                                  s && s->kind == Names::fact ? FactId{s->index} : FactId{});
    }
    out.push_back(node(from[i], inner));
  }
  const auto id = next_id<ExprId>(law_.expressions);
  law_.expressions.push_back(std::move(out));
  return id;
}

std::vector<std::vector<std::size_t>> Checker::bodies_of(const tree::Expression& e) {
  const std::vector<std::size_t> first = tree::subtree_starts(e);
  std::vector<std::vector<std::size_t>> in(e.size());
  for (std::size_t i = 0; i < e.size(); ++i)
    if (e[i].op == Op::some || e[i].op == Op::every)
      for (std::size_t j = first[i]; j < i; ++j) in[j].insert(in[j].begin(), i);
  return in;
}

Expr Checker::node(const tree::Node& n, const Scope& scope) {
  Expr e{};
  e.at = n.at;
  e.arity = n.arity;
  switch (n.op) {
    case Op::negation: e.op = ExprOp::negation; return e;
    case Op::all: e.op = ExprOp::all; return e;
    case Op::any: e.op = ExprOp::any; return e;
    case Op::implies: e.op = ExprOp::implies; return e;
    case Op::either:
      e.op = ExprOp::either;
      ++phrases_;
      e.hidden = hidden(phrases_ == 1 ? "phrase of " + of_ : fmt::format("phrase {} of {}", phrases_, of_),
                        n.note, {}, n.at);
      return e;
    case Op::some:
    case Op::every: return quantifier(n, e);
    default: return literal(n, e, scope);
  }
}

Expr Checker::quantifier(const tree::Node& n, Expr e) {
  e.op = n.op == Op::some ? ExprOp::some : ExprOp::every;
  e.other = id<FactId>(n.other, Names::fact);
  if (e.other.valid() && !law_[e.other].type.is_set)
    diags_.emit(code::type_mismatch, n.other.at, n.other.text, describe(law_[e.other].type));
  return e;
}

std::optional<Type> Checker::subject(const Word& w, const Scope& scope, FactId& fact) {
  if (!scope.elements.empty() && scope.elements.back().first == w.text) {
    if (!scope.elements.back().second.valid()) return std::nullopt;
    return law_[scope.elements.back().second].type.element();
  }
  const auto s = lookup(w.text);
  if (!s || s->kind != Names::fact) {
    if (!s)
      report_unknown(w, {Names::fact, Names::definition});
    else
      diags_.emit(code::wrong_kind, w.at, w.text, words(s->kind), words(Names::fact));
    return std::nullopt;
  }
  fact = FactId{s->index};
  return law_[fact].type;
}

void Checker::mismatch(const Word& w, const Type& t) {
  diags_.emit(code::type_mismatch, w.at, w.text, describe(t));
}

Expr Checker::literal(const tree::Node& n, Expr e, const Scope& scope) {
  e.op = ExprOp::yes;
  if (n.op == Op::yes) {
    if (const auto s = lookup(n.fact.text); s && s->kind == Names::definition) {
      e.op = ExprOp::definition;
      e.parameter = s->index;
      return e;
    }
  }
  const auto t = subject(n.fact, scope, e.fact);
  if (!t) return e;
  switch (n.op) {
    case Op::yes:
      if (t->kind != FactType::yes_no || t->is_set) mismatch(n.fact, *t);
      return e;
    case Op::empty:
      e.op = ExprOp::empty;
      if (!t->is_set) mismatch(n.fact, *t);
      return e;
    case Op::in: return membership(n, e, *t);
    case Op::within: return within(n, e, *t, scope);
    case Op::under:
      e.op = ExprOp::under;
      if (t->kind != FactType::code || t->is_set)
        mismatch(n.fact, *t);
      else if (auto v = value(n.values[0], *t, n.fact.text))
        e.values.push_back(*v);
      return e;
    case Op::equals: return equality(n, e, *t, scope);
    default: return comparison(n, e, *t);
  }
}

Expr Checker::membership(const tree::Node& n, Expr e, const Type& t) {
  const auto s = lookup(n.other.text);
  if (t.is_set) mismatch(n.fact, t);
  if (s && s->kind == Names::fact) {
    e.op = ExprOp::in_set;
    e.other = FactId{s->index};
    const Type& set = law_[e.other].type;
    if (!set.is_set || set.kind != t.kind) mismatch(n.other, set);
  } else {
    e.op = ExprOp::in_list;
    e.list = id<ListId>(n.other, Names::list);
    if (e.list.valid() && law_[e.list].type.kind != t.kind) mismatch(n.fact, t);
  }
  return e;
}

Expr Checker::within(const tree::Node& n, Expr e, const Type& t, const Scope& scope) {
  if (t.kind != FactType::party || t.is_set) mismatch(n.fact, t);
  if (scope.parameters) {
    const auto p = std::find(scope.parameters->begin(), scope.parameters->end(), n.other.text);
    if (p != scope.parameters->end()) {
      e.op = ExprOp::within_parameter;
      e.parameter = static_cast<std::uint32_t>(p - scope.parameters->begin());
      return e;
    }
  }
  e.op = ExprOp::within;
  e.other = id<FactId>(n.other, Names::fact);
  if (e.other.valid() && law_[e.other].type.kind != FactType::party) mismatch(n.other, law_[e.other].type);
  return e;
}

Expr Checker::equality(const tree::Node& n, Expr e, const Type& t, const Scope& scope) {
  const tree::Value& v = n.values.front();
  if (t.is_set) mismatch(n.fact, t);
  if (n.values.size() == 1 && v.kind == tree::ValueKind::name && names_another(v, t, scope)) {
    e.op = ExprOp::same;
    const auto other = subject({v.text, v.at}, scope, e.other);
    if (other && (other->is_set || other->kind != t.kind)) mismatch({v.text, v.at}, *other);
    if (!e.fact.valid() && !e.other.valid()) mismatch(n.fact, t);
    if (counted(e.fact) || counted(e.other))
      diags_.emit(code::type_mismatch, n.at, n.fact.text, describe(t))
          .note("a share that custody counts is an exact fraction: compare it with what is written");
    return e;
  }
  e.op = ExprOp::equals;
  for (const tree::Value& each : n.values)
    if (auto read = value(each, t, n.fact.text)) e.values.push_back(*read);
  return e;
}

bool Checker::counted(FactId f) const {
  return f.valid() && law_[f].from_right.valid() && law_[f].type.kind == FactType::share;
}

bool Checker::names_another(const tree::Value& v, const Type& t, const Scope& scope) const {
  if (std::find(t.choices.begin(), t.choices.end(), v.text) != t.choices.end()) return false;
  if (!scope.elements.empty() && scope.elements.back().first == v.text) return true;
  const auto s = lookup(v.text);
  return s && s->kind == Names::fact;
}

Expr Checker::comparison(const tree::Node& n, Expr e, const Type& t) {
  switch (n.op) {
    case Op::at_least: e.op = ExprOp::at_least; break;
    case Op::at_most: e.op = ExprOp::at_most; break;
    case Op::more_than: e.op = ExprOp::more_than; break;
    default: e.op = ExprOp::less_than; break;
  }
  if (!t.ordered() || t.is_set) {
    mismatch(n.fact, t);
    return e;
  }
  const tree::Value& v = n.values.front();
  if (v.kind == tree::ValueKind::name) {
    e.threshold = id<ThresholdId>({v.text, v.at}, Names::threshold);
    if (e.threshold.valid() && law_[e.threshold].type.kind != t.kind) mismatch(n.fact, t);
  } else if (auto read = value(v, t, n.fact.text)) {
    e.values.push_back(*read);
  }
  return e;
}

}  // namespace sekisho::checking
