#include "engine/space_builder.h"

#include <algorithm>

// What stands in one view: its regimes with the rules of the day and the provisos on the lot. And the acts of
// authorities, each with the lines that it covers and its turn.

namespace sekisho {

// --- regimes ---

bool Space::Builder::left_out(TextSpan at) const {
  const std::vector<SourceId>& without = views_[view_].without;
  return std::find(without.begin(), without.end(), at.source) != without.end();
}

void Space::Builder::regime(RegimeId id) {
  const Regime& r = law_[id];
  RegimeUse use;
  use.regime = id;
  if (!left_out(r.at)) use.in_force = present(r.windows, r.unsettled);
  // A proviso outlives the regime that bound it, until it lapses.
  const bool lives_on = std::any_of(r.provisos.begin(), r.provisos.end(),
                                    [&](ProvisoId p) { return last_text(p, day()).valid(); });
  use.present.possible = use.in_force.possible || lives_on;
  if (!use.present.possible) {
    standing_.regimes.push_back(std::move(use));
    return;
  }
  use.governs = program(r.governs);
  use.leaves_home = leaves(law_[r.authority].state);
  if (r.otherwise_lifted_by.valid()) use.otherwise_lifted_by = need_var(r.otherwise_lifted_by);
  std::map<std::uint32_t, std::size_t> place;
  for (const RuleId rule : r.rules) {
    RuleUse u = rule_use(rule);
    if (!u.present.possible) continue;
    for (const Defeat& d : law_[rule].defeats)
      if (const auto it = place.find(d.by.index);
          it != place.end() && covers(d.windows, day()) != Covers::no && !left_out(d.at))
        u.defeats.emplace_back(&d, it->second);
    place[rule.index] = use.rules.size();
    use.rules.push_back(std::move(u));
  }
  for (const ProvisoId p : r.provisos) proviso(p, use);
  standing_.regimes.push_back(std::move(use));
}

ProgramId Space::Builder::leaves(const std::string& state) {
  const FactId departure = law_.find_fact("departure");
  if (!departure.valid() || law_[departure].type.kind != FactType::country) return {};
  Node n{};
  n.op = ExprOp::equals;
  n.var = fact_var(departure);
  const std::vector<Value>& d = s_.variables_[n.var.index].domain;
  for (std::size_t i = 0; i < d.size(); ++i)
    if (d[i].text == state) n.yes.set(i);
  return add_program({n});
}

RuleUse Space::Builder::rule_use(RuleId id) {
  const Rule& r = law_[id];
  RuleUse u;
  u.rule = id;
  if (!left_out(r.at)) u.present = present(r.windows, r.unsettled);
  if (!u.present.possible) return u;
  u.when = program(r.when);
  for (const NeedUse& n : r.needs) u.needs.push_back(need_var(n.need));
  if (r.lifted_by.valid()) u.lifted_by = need_var(r.lifted_by);
  return u;
}

// --- provisos ---

void Space::Builder::proviso(ProvisoId id, RegimeUse& use) {
  bool lies_on = false;
  for (const Carried& c : q_.carried)
    if (c.proviso == id) {
      lies_on = true;
      proviso_instance(id, &c, c.bound_on, use);
    }
  if (lies_on) return;
  // Bound before the first view, if it had a text then: a change of law leaves what is bound as it was.
  const Date bound = last_text(id, views_.front().day).valid() ? views_.front().day : day();
  const RuleId text = last_text(id, bound);
  if (!text.valid()) return;
  Date last = bound;
  if (covers(law_[text].windows, bound) == Covers::no) {
    last = far_past;
    for (const Window& w : law_[text].windows)
      if (w.from.earliest <= bound) last = std::max(last, w.to.latest);
  }
  proviso_instance(id, nullptr, last, use);
}

/// The text that a proviso bound up to a day may have: that of the day, or else the last before it.
RuleId Space::Builder::last_text(ProvisoId id, Date on) const {
  RuleId best;
  Date latest = far_past;
  for (const RuleId v : law_[id].versions) {
    if (left_out(law_[v].at)) continue;
    if (covers(law_[v].windows, on) != Covers::no) return v;
    for (const Window& w : law_[v].windows)
      if (w.from.earliest <= on && w.to.latest >= latest) {
        best = v;
        latest = w.to.latest;
      }
  }
  return best;
}

/// The text of a proviso is that of the day on which it was bound.
void Space::Builder::proviso_instance(ProvisoId id, const Carried* c, Date day, RegimeUse& use) {
  for (const RuleId version : law_[id].versions) {
    if (covers(law_[version].windows, day) == Covers::no || left_out(law_[version].at)) continue;
    arguments_ = c ? &c->arguments : nullptr;
    proviso_ = id;
    // Programs that read a parameter differ from proviso to proviso: do not share them.
    const auto kept = programs_;
    ProvisoUse p;
    p.proviso = id;
    p.carried = carries_var(id);
    p.instance = c;
    p.rule.rule = version;
    p.rule.present = present(law_[version].windows, law_[version].unsettled, day);
    p.rule.when = program(law_[version].when);
    for (const NeedUse& n : law_[version].needs) p.rule.needs.push_back(need_var(n.need));
    if (law_[version].lifted_by.valid()) p.rule.lifted_by = need_var(law_[version].lifted_by);
    p.lapses = program(law_[version].lapses);
    programs_ = kept;
    arguments_ = nullptr;
    use.provisos.push_back(std::move(p));
  }
}

VarId Space::Builder::carries_var(ProvisoId p) {
  return once(carries_, p, [&] {
    Variable v{};
    v.kind = VarKind::carries;
    v.proviso = p;
    v.name = law_[p].name;
    v.domain = yes_no();
    const bool lies_on =
        std::any_of(q_.carried.begin(), q_.carried.end(), [&](const Carried& c) { return c.proviso == p; });
    const std::string& state = law_[law_[law_[p].regime].authority].state;
    const bool clean = std::find(q_.clean_for.begin(), q_.clean_for.end(), state) != q_.clean_for.end();
    if (lies_on)
      v.known = bit(1);
    else if (clean)
      v.known = bit(0);
    else
      v.known.set(0).set(1);
    return variable(std::move(v));
  });
}

// --- what authorities have said ---

VarId Space::Builder::need_var(NeedId n) {
  return once(needs_, n, [&] {
    Variable v{};
    v.kind = VarKind::need;
    v.need = n;
    v.name = law_[n].name;
    for (std::size_t i = 0; i < need_state_count; ++i) {
      v.domain.push_back({static_cast<std::int64_t>(i), {}});
      v.known.set(i);
    }
    return variable(std::move(v));
  });
}

void Space::Builder::sources(VarId id) {
  const Variable v = s_.variables_[id.index];
  if (v.kind != VarKind::need && v.kind != VarKind::judged) return;
  const AuthorityId from = v.kind == VarKind::need ? law_[v.need].from : law_[v.fact].judged_by;
  std::vector<Source> found;
  for (const ActingInstrument& i : q_.instruments) {
    if (i.authority != from) continue;
    if (v.kind == VarKind::need && std::find(i.answers.begin(), i.answers.end(), v.need) != i.answers.end())
      found.push_back({&i, scope(i), need_state(i.state), 0});
    const bool withdrawn = i.state == InstrumentState::revoked;
    if (v.kind == VarKind::judged && (i.state == InstrumentState::granted || withdrawn))
      for (const auto& [f, yes] : i.finds)
        if (f == v.fact)
          found.push_back({&i, scope(i), withdrawn ? judged_none : yes ? std::size_t{1} : std::size_t{0}, 0});
  }
  take_turns(found, v.kind == VarKind::need ? law_[v.need].prevails : Prevails::latest);
  const bool complete =
      q_.silence_is_none ||
      std::find(q_.complete_records.begin(), q_.complete_records.end(), from) != q_.complete_records.end();
  const std::size_t none = v.kind == VarKind::need ? 0 : judged_none;
  s_.silent_[id.index] = complete ? bit(none) : v.all;
  s_.sources_[id.index] = std::move(found);
}

/// Decisions, revocations among them, come before applications, those before what has lapsed by itself; of
/// decisions those that prevail first, and of equals the latest.
void Space::Builder::take_turns(std::vector<Source>& found, Prevails prevails) {
  const auto key = [&](const Source& s) {
    return std::make_pair(turn_of(s.instrument->state, prevails), -s.instrument->instrument->issued.days);
  };
  std::stable_sort(found.begin(), found.end(),
                   [&](const Source& a, const Source& b) { return key(a) < key(b); });
  for (std::size_t i = 1; i < found.size(); ++i)
    found[i].turn = found[i - 1].turn + (key(found[i]) == key(found[i - 1]) ? 0 : 1);
}

int Space::Builder::turn_of(InstrumentState s, Prevails prevails) {
  constexpr int application = 3, lapsed = 4;
  switch (s) {
    case InstrumentState::pending: return application;
    case InstrumentState::lapsed: return lapsed;
    case InstrumentState::granted:
    case InstrumentState::revoked: return prevails == Prevails::strictest ? 2 : 0;
    case InstrumentState::suspended: return prevails == Prevails::latest ? 0 : 1;
    case InstrumentState::refused: return prevails == Prevails::granted ? 1 : 0;
  }
  return lapsed;
}

std::size_t Space::Builder::need_state(InstrumentState s) {
  switch (s) {
    case InstrumentState::granted: return static_cast<std::size_t>(NeedState::granted);
    case InstrumentState::refused: return static_cast<std::size_t>(NeedState::refused);
    case InstrumentState::pending: return static_cast<std::size_t>(NeedState::pending);
    case InstrumentState::suspended: return static_cast<std::size_t>(NeedState::suspended);
    default: return static_cast<std::size_t>(NeedState::lapsed);
  }
}

ProgramId Space::Builder::scope(const ActingInstrument& i) {
  Program p;
  for (const auto& [f, values] : i.scope) {
    Node n{};
    n.op = ExprOp::equals;
    n.var = fact_var(f);
    const std::vector<Value>& d = s_.variables_[n.var.index].domain;
    const bool party = law_[f].type.kind == FactType::party;
    for (std::size_t k = 0; k < d.size(); ++k)
      for (const Value& v : values)
        if (d[k] == v || (party && !d[k].text.empty() && q_.world->within(d[k].text, v.text))) n.yes.set(k);
    p.push_back(std::move(n));
  }
  Node all{};
  all.op = ExprOp::all;
  all.arity = static_cast<std::uint32_t>(p.size());
  p.push_back(std::move(all));
  return add_program(std::move(p));
}

}  // namespace sekisho
