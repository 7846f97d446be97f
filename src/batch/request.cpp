#include "batch/request.h"

#include <algorithm>

namespace sekisho {
namespace {

const CellWords no_words;
constexpr std::uint64_t leaf_no = 1, leaf_yes = 2;

std::uint64_t bits_of(const FindingSet& f) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < finding_count; ++i) bits |= std::uint64_t{f.has[i]} << i;
  return bits;
}

Values all_of(const Variable& v) {
  return v.kind == VarKind::judged ? Values(7) : v.all;
}

}  // namespace

// --- the rules of a day ---

Docket::Docket(Plan& plan) : plan_(plan) {
  Compiled& compiled = plan.compiled();
  Diagrams& store = compiled.store();
  const Space& space = plan.space();
  const Law& law = space.law();
  const auto add = [&](const RuleUse& u, const RegimeDiagrams& d, std::size_t i) {
    const Ref there = u.present.by.valid() ? store.is(compiled.level(u.present.by), Values(2)) : yes_leaf;
    const auto read = [&](Ref r, Join op) { return store.read_judged(r, compiled.judged(), op); };
    rules_.push_back({u.rule, read(d.active[i], Join::both), read(d.active[i], Join::either),
                      read(store.join(Join::both, d.condition[i], there), Join::both), !u.defeats.empty()});
  };
  for (std::size_t g = 0; g < space.regimes().size(); ++g) {
    const RegimeUse& use = space.regimes()[g];
    const RegimeDiagrams& d = compiled.regimes().front()[g];
    if (use.in_force.possible) states_.insert(law[law[use.regime].authority].state);
    for (std::size_t i = 0; i < d.active.size(); ++i)
      add(i < use.rules.size() ? use.rules[i] : use.provisos[i - use.rules.size()].rule, d, i);
  }
}

// --- what is told ---

Request::Request(const Law& law, const Docket& docket)
    : docket_(docket),
      joint_(docket.plan().joint()),
      care_(docket.plan().care()),
      cells_(law, docket.plan(), no_words),
      walk_(docket.plan().compiled().store()),
      box_(docket.plan().blank()),
      wider_(box_),
      said_of_(law.facts.size(), nullptr),
      has_a_say_(law.facts.size(), false) {
  for (const std::string_view name : facts_with_a_say)
    if (const FactId f = law.find_fact(std::string(name)); f.valid()) has_a_say_[f.index] = true;
  const Space& space = docket.plan().space();
  for (std::uint32_t i = 0; i < space.variables().size(); ++i)
    if (space[VarId{i}].kind == VarKind::carries) carried_.push_back(VarId{i});
}

void Request::clear() {
  box_.back_to(docket_.plan().blank());
  for (const FactId f : told_) said_of_[f.index] = nullptr;
  told_.clear();
  told_provisos_ = settled_ = false;
  assessed_ = true;
  findings_.reset();
}

void Request::tell(FactId fact, const Said& said) {
  if (!said.known) return;
  if (said_of_[fact.index] == nullptr) told_.push_back(fact);
  said_of_[fact.index] = &said;
  cells_.know(fact, said, box_);
  if (has_a_say_[fact.index])
    for (const Named& n : said.values) assessed_ = assessed_ && docket_.assesses(n.value.text);
  settled_ = false;
  findings_.reset();
}

std::string Request::tell_provisos(std::string_view cell) {
  std::string wrong = cells_.provisos(cell, box_);
  told_provisos_ = told_provisos_ || (wrong.empty() && !is_blank(cell));
  findings_.reset();
  return wrong;
}

void Request::settle() {
  if (settled_) return;
  cells_.compare([&](FactId f) { return said_of_[f.index]; }, box_);
  settled_ = true;
}

// --- what follows ---

FindingSet Request::findings() {
  if (findings_) return *findings_;
  settle();
  const std::uint64_t met = walk_.leaves(joint_, care_, box_);
  FindingSet out;
  for (std::size_t f = 0; f < finding_count; ++f) out.has[f] = (met >> f & 1) != 0;
  findings_ = out;
  return out;
}

RuleStands Request::stands(const Docket::Entry& e) {
  // Where every fact that it asks is known, no completion makes a difference.
  const auto straight = walk_.straight(e.always, box_);
  const bool same = e.always == e.ever;
  if (straight == 1 || (!straight && walk_.stays_within(e.always, care_, box_, leaf_yes)))
    return RuleStands::applies;
  if (!(straight == 0 && same) && !walk_.stays_within(e.ever, care_, box_, leaf_no))
    return RuleStands::undecided;
  if (!e.linked) return RuleStands::idle;
  return walk_.stays_within(e.met, care_, box_, leaf_yes) ? RuleStands::defeated : RuleStands::idle;
}

void Request::rules(std::vector<RuleStands>& out) {
  out.clear();
  const bool possible = !findings().empty();
  for (const Docket::Entry& e : docket_.rules()) out.push_back(possible ? stands(e) : RuleStands::idle);
}

void Request::widen(FactId fact) {
  const Compiled& compiled = docket_.plan().compiled();
  const auto open = [&](VarId v) { wider_.widen(compiled.level(v), all_of(docket_.plan().space()[v])); };
  if (const VarId v = cells_.variable(fact); v.valid()) open(v);
  for (const VarId m : cells_.members(fact)) open(m);
  for (const VarId r : cells_.relations(fact)) wider_.widen(compiled.level(r), Values(3));
}

void Request::widen_provisos() {
  for (const VarId v : carried_)
    wider_.widen(docket_.plan().compiled().level(v), docket_.plan().space()[v].all);
}

/// The told facts that the way to the finding asks; all of them where it asks what is open.
void Request::asked_facts(std::vector<FactId>& out, bool& provisos) const {
  const Plan& plan = docket_.plan();
  std::vector<Level> asked;
  walk_.asked(joint_, box_, asked);
  if (!walk_.straight(joint_, box_)) {
    out = told_;
    provisos = told_provisos_;
    return;
  }
  const auto add = [&](FactId f) {
    if (told(f) && std::find(out.begin(), out.end(), f) == out.end()) out.push_back(f);
  };
  for (const Level l : asked) {
    const VarId v = plan.compiled().variable(l);
    if (!plan.compiled().is_relation(v)) {
      const Variable& var = plan.space()[v];
      if (var.kind == VarKind::carries) provisos = told_provisos_;
      if (var.fact.valid()) add(var.fact);
      continue;
    }
    for (const FactId f : told_) {
      const auto part_in = cells_.relations(f);
      if (std::find(part_in.begin(), part_in.end(), v) != part_in.end()) add(f);
    }
  }
}

void Request::because(std::vector<FactId>& out, bool& provisos) {
  out.clear();
  provisos = false;
  const std::uint64_t findings_met = bits_of(findings());
  if (findings_met == 0) return;
  std::vector<FactId> candidates;
  asked_facts(candidates, provisos);
  wider_ = box_;
  for (const FactId f : told_)
    if (std::find(candidates.begin(), candidates.end(), f) == candidates.end()) widen(f);
  if (told_provisos_ && !provisos) widen_provisos();
  const auto enough = [&] { return walk_.stays_within(joint_, care_, wider_, findings_met); };
  if (provisos) {
    const Box before = wider_;
    widen_provisos();
    provisos = !enough();
    if (provisos) wider_ = before;
  }
  for (auto f = candidates.rbegin(); f != candidates.rend(); ++f) {
    const Box before = wider_;
    widen(*f);
    if (enough()) continue;
    wider_ = before;
    out.push_back(*f);
  }
  std::reverse(out.begin(), out.end());
}

}  // namespace sekisho
