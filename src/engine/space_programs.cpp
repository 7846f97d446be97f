#include "engine/space_builder.h"

#include <algorithm>

// Expressions of the law as programs over the variables. A literal becomes the values of its fact that
// satisfy it; a quantifier one body for each value that its set may hold.

namespace sekisho {

// --- programs ---

ProgramId Space::Builder::program(ExprId e) {
  if (!e.valid()) return {};
  const auto key = std::make_pair(e.index, element_ ? show_value(element_type_, *element_) : std::string());
  if (const auto it = programs_.find(key); it != programs_.end()) return it->second;
  const Expression& from = law_[e];
  Program out = slice(from, 0, from.size());
  return programs_[key] = add_program(std::move(out));
}

ProgramId Space::Builder::add_program(Program p) {
  const auto id = next_id<ProgramId>(s_.programs_);
  s_.programs_.push_back(std::move(p));
  return id;
}

Program Space::Builder::slice(const Expression& from, std::size_t begin, std::size_t end) {
  const std::vector<std::size_t> starts = tree::subtree_starts(from);
  // Bodies of quantifiers are compiled once for each candidate, not in line.
  std::vector<bool> in_body(end, false);
  for (std::size_t i = begin; i < end; ++i)
    if (from[i].op == ExprOp::some || from[i].op == ExprOp::every)
      for (std::size_t j = starts[i]; j < i; ++j) in_body[j] = true;
  Program out;
  for (std::size_t i = begin; i < end; ++i)
    if (!in_body[i]) out.push_back(node(from, i, starts[i]));
  return out;
}

Node Space::Builder::node(const Expression& from, std::size_t i, std::size_t start) {
  const Expr& e = from[i];
  Node n{};
  n.op = e.op;
  n.arity = e.arity;
  n.at = e.at;
  switch (e.op) {
    case ExprOp::negation:
    case ExprOp::all:
    case ExprOp::any:
    case ExprOp::implies: return n;
    case ExprOp::either: n.var = hidden_var(e.hidden, nullptr, day()); return n;
    case ExprOp::definition: n.bodies.push_back(program(e.body)); return n;
    case ExprOp::some:
    case ExprOp::every: quantifier(from, e, start, i, n); return n;
    case ExprOp::empty:
      for (const auto& [value, v] : members(e.fact)) n.members.push_back(v);
      return n;
    case ExprOp::same: same(e, n); return n;
    case ExprOp::in_set: in_set(e, n); return n;
    case ExprOp::within: within(e, n); return n;
    default: literal(e, n); return n;
  }
}

void Space::Builder::quantifier(const Expression& from, const Expr& e, std::size_t start, std::size_t end,
                                Node& n) {
  n.arity = 0;
  const auto candidates = members(e.other);
  for (const auto& [value, v] : candidates) {
    const Value* outer = element_;
    const Type outer_type = element_type_;
    element_ = &value;
    element_type_ = law_[e.other].type.element();
    n.members.push_back(v);
    n.bodies.push_back(add_program(slice(from, start, end)));
    element_ = outer;
    element_type_ = outer_type;
  }
}

// --- whether a value satisfies a literal ---

/// Whether `v` satisfies a literal that reads one fact.
Presence Space::Builder::holds(const Expr& e, const Type& t, const Value& v) {
  const auto sure = [](bool b) { return Presence{b, {}}; };
  switch (e.op) {
    case ExprOp::yes: return sure(v.number == 1);
    case ExprOp::equals: return sure(std::find(e.values.begin(), e.values.end(), v) != e.values.end());
    case ExprOp::in_list: return membership(e.list, v, true);
    case ExprOp::under: return sure(lies_under(v.text, e.values.front().text));
    case ExprOp::within_parameter: {
      if (named(e)) return sure(within_arguments(v, e.parameter));
      const std::string element = show_value(t, v);
      return {true, parties_var({}, element.empty() ? "another" : element, e.parameter)};
    }
    default: return compare(e, t, v);
  }
}

Presence Space::Builder::compare(const Expr& e, const Type& t, const Value& v) {
  std::optional<Value> limit;
  if (e.threshold.valid())
    limit = threshold(e.threshold, day());
  else
    limit = e.values.front();
  const std::string what = fmt::format("{} is {} ", show_value(t, v), compared_as(e.op));
  if (!limit) {  // an amount of nobody knows what, one and the same for all that are held against it
    const std::string& name = law_[e.threshold].name;
    return {true, compared_across(e, v, {1, "~" + name}, what + name + ", which has no value on the day")};
  }
  if (limit->text != v.text && limit->number > 0 && v.number > 0)
    return {true, compared_across(e, v, *limit, what + show_value(t, *limit))};
  switch (e.op) {
    case ExprOp::at_least: return {v.number >= limit->number, {}};
    case ExprOp::at_most: return {v.number <= limit->number, {}};
    case ExprOp::more_than: return {v.number > limit->number, {}};
    default: return {v.number < limit->number, {}};
  }
}

std::string_view Space::Builder::compared_as(ExprOp op) {
  return op == ExprOp::at_least    ? "at least"
         : op == ExprOp::at_most   ? "at most"
         : op == ExprOp::more_than ? "more than"
                                   : "less than";
}

bool Space::Builder::within_arguments(const Value& v, std::uint32_t parameter) const {
  return !v.text.empty() && q_.world->within(v.text, (*arguments_)[parameter]);
}

/// Whether somebody recorded whom a proviso names there.
bool Space::Builder::named(const Expr& e) const {
  return arguments_ && e.parameter < arguments_->size() && !(*arguments_)[e.parameter].empty();
}

// --- literals ---

/// A literal about the element of a set is settled when it is compiled, but for unsettled law.
void Space::Builder::constant(Presence p, Node& n) {
  n.op = ExprOp::empty;                  // of no members: true
  if (!p.possible) n.op = ExprOp::some;  // of no members: false
  if (p.possible && p.by.valid()) {
    n.op = ExprOp::yes;
    n.var = p.by;
    n.yes = bit(1);
  }
}

void Space::Builder::literal(const Expr& e, Node& n) {
  if (!e.fact.valid()) {
    if (element_) constant(holds(e, element_type_, *element_), n);
    return;
  }
  if (e.op == ExprOp::within_parameter && !named(e)) {
    n.var = parties_var(e.fact, law_[e.fact].name, e.parameter);
    n.op = ExprOp::yes;
    n.yes = bit(1);
    return;
  }
  n.op = ExprOp::equals;
  n.var = fact_var(e.fact);
  const std::vector<Value> d = s_.variables_[n.var.index].domain;
  for (std::size_t i = 0; i < d.size(); ++i) {
    const Presence p = holds(e, law_[e.fact].type, d[i]);
    if (!p.possible) continue;
    if (p.by.valid())
      n.conditional.push_back({i, p.by});
    else
      n.yes.set(i);
  }
}

void Space::Builder::same(const Expr& e, Node& n) {
  if (!e.fact.valid() || !e.other.valid()) {  // the element is a fact: a literal on that fact
    const FactId f = e.fact.valid() ? e.fact : e.other;
    n.op = ExprOp::equals;
    n.var = fact_var(f);
    const std::vector<Value>& d = s_.variables_[n.var.index].domain;
    for (std::size_t i = 0; i < d.size(); ++i)
      if (element_ && d[i] == *element_) n.yes.set(i);
    return;
  }
  n.var = fact_var(e.fact);
  n.other = fact_var(e.other);
  pairs(
      n, [](const Value& a, const Value& b) { return a == b; }, e);
}

void Space::Builder::within(const Expr& e, Node& n) {
  const auto belongs = [&](const Value& a, const Value& b) {
    return a == b || (!a.text.empty() && !b.text.empty() && q_.world->within(a.text, b.text));
  };
  if (!e.fact.valid()) {  // an element: a literal on the other fact
    n.op = ExprOp::equals;
    n.var = fact_var(e.other);
    const std::vector<Value>& wholes = s_.variables_[n.var.index].domain;
    for (std::size_t i = 0; i < wholes.size(); ++i)
      if (element_ && belongs(*element_, wholes[i])) n.yes.set(i);
    return;
  }
  n.op = ExprOp::same;
  n.var = fact_var(e.fact);
  n.other = fact_var(e.other);
  pairs(n, belongs, e);
}

template <class Equal>
void Space::Builder::pairs(Node& n, Equal equal, const Expr& e) {
  const std::vector<Value>& a = s_.variables_[n.var.index].domain;
  const std::vector<Value>& b = s_.variables_[n.other.index].domain;
  const bool texts = law_[e.fact].type.named();
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < b.size(); ++j)
      if (texts ? equal(a[i], b[j]) : a[i] == b[j]) n.equal.emplace_back(i, j);
}

void Space::Builder::in_set(const Expr& e, Node& n) {
  const auto& candidates = members(e.other);
  if (!e.fact.valid()) {
    n.op = ExprOp::yes;
    for (const auto& [value, v] : candidates)
      if (element_ && value == *element_) n.var = v;
    n.yes = bit(1);
    if (!n.var.valid()) constant({}, n);
    return;
  }
  n.op = ExprOp::equals;
  n.var = fact_var(e.fact);
  const std::vector<Value> d = s_.variables_[n.var.index].domain;
  for (std::size_t i = 0; i < d.size(); ++i)
    for (const auto& [value, v] : members(e.other))
      if (value == d[i]) n.conditional.push_back({i, v});
}

}  // namespace sekisho
