#include "engine/space_builder.h"

#include <algorithm>

// What nobody can know and every answer ranges over: unsettled law, members that may have joined a list after
// it was last read, parties that nobody recorded, and rates between currencies. Each is a variable of the
// values no and yes, and constraints hold together those that have to do with each other.

namespace sekisho {

bool dates_unsettled(const std::vector<Window>& windows) {
  return std::any_of(windows.begin(), windows.end(),
                     [](const Window& w) { return !w.from.settled() || !w.to.settled(); });
}

bool hangs_on_reading(const std::vector<Window>& windows, HiddenId unsettled, Covers on_the_day) {
  return unsettled.valid() && !(on_the_day == Covers::yes && dates_unsettled(windows));
}

// --- presence of law ---

Presence Space::Builder::present(const std::vector<Window>& windows, HiddenId unsettled) {
  return present(windows, unsettled, day());
}

Presence Space::Builder::present(const std::vector<Window>& windows, HiddenId unsettled, Date on) {
  const Covers c = covers(windows, on);
  if (c == Covers::no) return {};
  if (!hangs_on_reading(windows, unsettled, c)) return {true, {}};
  return {true, hidden_var(unsettled, dates_unsettled(windows) ? &windows : nullptr, on)};
}

/// @param with_later  also the chance that the value joined after the list was last read
Presence Space::Builder::membership(ListId id, const Value& value, bool with_later) {
  const List& l = law_[id];
  for (const ListMember& m : l.members) {
    if (!(m.value == value)) continue;
    const Presence p = present(m.windows, m.unsettled);
    if (p.possible) return p;
  }
  if (with_later && l.complete_to && *l.complete_to < day() && !value.text.empty())
    return {true, listed_var(id, value)};
  return {};
}

// --- variables that are read one way or the other ---

Values Space::Builder::taken_as(const std::string& name) const {
  const auto reading = q_.readings.find(name);
  return reading == q_.readings.end() ? Values(0b11) : bit(reading->second ? 1 : 0);
}

/// @param dated  its bounds are unsettled: another variable for each day, later days following earlier ones
/// @param on  the day that its bounds are asked for
VarId Space::Builder::hidden_var(HiddenId h, const std::vector<Window>* dated, Date on) {
  const std::size_t made_before = s_.variables_.size();
  const VarId made = once(hidden_, {h, dated ? on : far_past}, [&] {
    Variable v{};
    v.kind = VarKind::hidden;
    v.hidden = h;
    v.name = law_[h].what;
    v.domain = yes_no();
    v.known = taken_as(v.name);
    if (dated) v.on = on;
    return variable(std::move(v));
  });
  if (dated && s_.variables_.size() > made_before) order_in_time(h, made, *dated, on);
  return made;
}

/// An unsettled first day that lies before one view lies before every later view; a last day the other way.
void Space::Builder::order_in_time(HiddenId h, VarId now, const std::vector<Window>& windows, Date on) {
  if (windows.size() != 1 || windows.front().from.settled() == windows.front().to.settled()) return;
  const bool begins = !windows.front().from.settled();
  for (const auto& [key, other] : hidden_) {
    if (key.first != h || other == now || key.second == far_past) continue;
    const bool earlier = key.second < on;
    if (earlier == begins)
      add_implication(is(other, true), is(now, true));
    else
      add_implication(is(now, true), is(other, true));
  }
}

/// A variable of the values no and yes that has one of them.
Node Space::Builder::is(VarId v, bool yes) {
  Node n{};
  n.op = ExprOp::equals;
  n.var = v;
  n.yes = bit(yes ? 1 : 0);
  return n;
}

void Space::Builder::add_implication(Node if_so, Node then) {
  Node implies{};
  implies.op = ExprOp::implies;
  implies.arity = 2;
  standing_.constraints.push_back(add_program({std::move(if_so), std::move(then), implies}));
}

VarId Space::Builder::listed_var(ListId l, const Value& element) {
  return once(listed_, {l, element}, [&] {
    Variable v{};
    v.kind = VarKind::listed;
    v.list = l;
    v.element = element;
    v.name = show_value(law_[l].type, element) + " in " + law_[l].name;
    v.domain = yes_no();
    v.known = taken_as(v.name);
    return variable(std::move(v));
  });
}

// --- parties that nobody recorded ---

/// @param f  none: an element of a set, which is `subject`
VarId Space::Builder::parties_var(FactId f, const std::string& subject, std::uint32_t place) {
  const std::string& parameter = law_[law_[proviso_].versions.front()].parameters[place];
  const std::string key = fmt::format("{} {} within {} of {}", f.index, subject, parameter, proviso_.index);
  return once(rates_, key, [&] {
    Variable v{};
    v.kind = VarKind::rate;
    v.fact = f;
    v.proviso = proviso_;
    v.element.text = parameter;
    v.subject = subject;
    v.name = fmt::format("{} of {}", parameter, law_[proviso_].name);
    v.domain = yes_no();
    v.known = taken_as(v.name);
    return variable(std::move(v));
  });
}

// --- rates between currencies ---

/// Readings that compare amounts in two currencies.
/// @fails SK4003 they contradict each other
void Space::Builder::read_rates() {
  for (const auto& [what, holds] : q_.readings) {
    const auto c = comparison_named(what);
    if (!c) continue;
    const RateBound bound = rate_bound({}, c->op, c->amount, c->limit);
    rate_readings_.push_back({what, bound, holds != bound.negated});
  }
  for (const RateReading& a : rate_readings_)
    for (const RateReading& b : rate_readings_)
      if (a.risen && risen_by(a, b.bound) == true && !b.risen) {
        diags_
            .emit(code::no_completion, TextSpan{},
                  fmt::format("no rate is as `{}` and `{}` say", a.what, b.what))
            .fix("correct one of them");
        return;
      }
}

/// Across currencies a comparison says on which side of `limit / v` the rate lies. Of two rates that rise
/// above such a bound the higher has risen above the lower: so no rate is both over and under an amount.
VarId Space::Builder::compared_across(const Expr& e, const Value& v, const Value& limit,
                                      const std::string& what) {
  const VarId var = rate_var(e.fact, what);
  const auto known = [&](const RateBound& b) { return b.var == var; };
  if (std::any_of(rate_bounds_.begin(), rate_bounds_.end(), known)) return var;
  const RateBound made = rate_bound(var, e.op, v, limit);
  for (const RateBound& other : rate_bounds_) {
    if (!same_rate(made, other)) continue;
    if (!lower(made, other)) implies(made, other);
    if (!lower(other, made)) implies(other, made);
  }
  for (const RateReading& r : rate_readings_)
    if (const auto risen = risen_by(r, made)) {
      s_.variables_[var.index].known = bit(*risen != made.negated ? 1 : 0);
      s_.readings_used_.insert(r.what);
    }
  rate_bounds_.push_back(made);
  return var;
}

VarId Space::Builder::rate_var(FactId f, const std::string& what) {
  return once(rates_, what, [&] {
    Variable v{};
    v.kind = VarKind::rate;
    v.fact = f;
    v.name = what;
    v.domain = yes_no();
    v.known = taken_as(v.name);
    return variable(std::move(v));
  });
}

/// Of the rate from the currency that comes first: an amount is at least one in another currency where that
/// one is at most the first.
Space::Builder::RateBound Space::Builder::rate_bound(VarId var, ExprOp op, const Value& v,
                                                     const Value& limit) {
  const bool turned = v.text > limit.text;
  if (turned)
    op = op == ExprOp::at_least    ? ExprOp::at_most
         : op == ExprOp::at_most   ? ExprOp::at_least
         : op == ExprOp::more_than ? ExprOp::less_than
                                   : ExprOp::more_than;
  const bool under = op == ExprOp::at_most || op == ExprOp::less_than;
  return {var, turned ? limit : v, turned ? v : limit, op == ExprOp::more_than || op == ExprOp::at_most,
          under};
}

bool Space::Builder::same_rate(const RateBound& a, const RateBound& b) {
  return a.of.text == b.of.text && a.limit.text == b.limit.text;
}

/// What a reading says of another bound; none: nothing.
std::optional<bool> Space::Builder::risen_by(const RateReading& r, const RateBound& b) {
  if (!same_rate(r.bound, b)) return std::nullopt;
  if (r.risen && !lower(r.bound, b)) return true;
  if (!r.risen && !lower(b, r.bound)) return false;
  return std::nullopt;
}

bool Space::Builder::lower(const RateBound& a, const RateBound& b) {
  __extension__ using Wide = __int128;
  const Wide x = static_cast<Wide>(a.limit.number) * b.of.number,
             y = static_cast<Wide>(b.limit.number) * a.of.number;
  return x < y || (x == y && !a.strict && b.strict);
}

void Space::Builder::implies(const RateBound& high, const RateBound& low) {
  add_implication(is(high.var, !high.negated), is(low.var, !low.negated));
}

}  // namespace sekisho
