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

}  // namespace

// --- what is told ---

struct Request::Finer {
  Finer(const Law& law, std::shared_ptr<const Plan> own) : plan(std::move(own)), request(law, *plan, finer) {}
  std::shared_ptr<const Plan> plan;
  FinerPlans finer;
  Request request;
  std::map<FactId, Said> said;
};

Request::Request(const Law& law, const Plan& plan, FinerPlans& finer)
    : law_(law),
      plan_(plan),
      finer_plans_(finer),
      joint_(plan.joint()),
      care_(plan.care()),
      cells_(law, plan, no_words),
      walk_(plan.store(), plan.below()),
      box_(plan.blank()),
      kinds_(plan.blank_kinds()),
      wider_(kinds_),
      said_of_(law.facts.size(), nullptr),
      classes_(plan.columns()) {
  for (const std::string_view name : facts_with_a_say)
    if (const FactId f = law.find_fact(std::string(name)); f.valid()) have_a_say_.push_back(f);
  const Compiled& compiled = plan.compiled();
  const Space& space = plan.space();
  for (std::uint32_t i = 0; i < space.variables().size(); ++i)
    if (space[VarId{i}].kind == VarKind::carries) carried_.push_back(compiled.level(VarId{i}));
  levels_of_.resize(law.facts.size());
  for (std::uint32_t i = 0; i < law.facts.size(); ++i) {
    const FactId f{i};
    if (const VarId v = cells_.variable(f); v.valid()) levels_of_[i].push_back(compiled.level(v));
    for (const VarId m : cells_.members(f)) levels_of_[i].push_back(compiled.level(m));
    for (const VarId r : cells_.relations(f)) levels_of_[i].push_back(compiled.level(r));
  }
}

Request::~Request() = default;

void Request::clear() {
  box_.back_to(plan_.blank());
  for (const FactId f : told_) said_of_[f.index] = nullptr;
  told_.clear();
  provisos_ = {};
  stale_ = true;
}

std::string Request::tell_provisos(Cell cell) {
  std::string wrong = cells_.provisos(cell, box_);
  if (wrong.empty() && !is_blank(cell)) provisos_ = {std::string(cell.text), cell.is_list};
  stale_ = true;
  return wrong;
}

bool Request::assessed() const {
  return !plan_.assessed_states().none() &&
         std::all_of(have_a_say_.begin(), have_a_say_.end(), [&](FactId f) {
           const Said* said = said_of_[f.index];
           return said == nullptr ||
                  std::all_of(said->values.begin(), said->values.end(),
                              [&](const Named& n) { return plan_.assessed_states().has(n.value.text); });
         });
}

// --- what follows ---

void Request::settle() {
  if (!stale_) return;
  stale_ = false;
  findings_ = {};
  verdict_.reset();
  finer_ = nullptr;
  beyond_ = false;
  if (!cells_.compare([&](FactId f) { return said_of_[f.index]; }, box_)) {
    settle_finer();
    return;
  }
  if (plan_.has_tables() && plan_.classes(box_, classes_)) {
    verdict_ = plan_.tables().row(classes_);
    findings_.insert(verdict_->finding);
    return;
  }
  plan_.by_kinds(box_, kinds_);
  const std::uint64_t met = walk_.leaves(joint_, care_, kinds_);
  for (std::size_t f = 0; f < finding_count; ++f) findings_.has[f] = (met >> f & 1) != 0;
}

void Request::settle_finer() {
  std::shared_ptr<const Plan> plan = finer_plans_.of(plan_, cells_.values_apart());
  beyond_ = !plan;
  if (beyond_) {
    findings_.has.fill(true);
    return;
  }
  if (!kept_finer_.contains(plan.get()) && kept_finer_.size() >= FinerPlans::most_kept) kept_finer_.clear();
  std::unique_ptr<Finer>& kept = kept_finer_[plan.get()];
  if (!kept) kept = std::make_unique<Finer>(law_, std::move(plan));
  finer_ = kept.get();
  finer_->said.clear();
  Request& finer = finer_->request;
  finer.clear();
  for (const FactId f : told_)
    finer.tell(f, finer_->said.emplace(f, finer.cells().again(f, *said_of_[f.index])).first->second);
  finer.tell_provisos(provisos_.cell());
  findings_ = finer.findings();
}

FindingSet Request::findings() {
  settle();
  return findings_;
}

RuleStands Request::by_diagrams(const PlannedRule& r) {
  // Where every fact that it asks is known, no completion makes a difference.
  const auto straight = walk_.straight(r.always, kinds_);
  const bool same = r.always == r.ever;
  if (straight == 1 || (!straight && walk_.stays_within(r.always, care_, kinds_, leaf_yes)))
    return RuleStands::applies;
  if (!(straight == 0 && same) && !walk_.stays_within(r.ever, care_, kinds_, leaf_no))
    return RuleStands::undecided;
  if (!r.linked) return RuleStands::idle;
  return walk_.stays_within(r.met, care_, kinds_, leaf_yes) ? RuleStands::defeated : RuleStands::idle;
}

void Request::rules(std::vector<RuleStands>& out) {
  settle();
  if (finer_) {
    finer_->request.rules(out);
    return;
  }
  if (beyond_) {
    out.assign(plan_.rules().size(), RuleStands::undecided);
    return;
  }
  out.clear();
  const auto by_tables = [&](const PlannedRule& r) {
    return (verdict_->applies & r.bits) != 0           ? RuleStands::applies
           : r.linked && (verdict_->met & r.bits) != 0 ? RuleStands::defeated
                                                       : RuleStands::idle;
  };
  const bool possible = !findings_.empty();
  for (const PlannedRule& r : plan_.rules())
    out.push_back(!possible ? RuleStands::idle : verdict_ ? by_tables(r) : by_diagrams(r));
}

/// Opens levels, and remembers how they were.
void Request::widen(std::span<const Level> levels) {
  before_.clear();
  for (const Level l : levels) {
    before_.push_back(wider_.only(l));
    wider_.widen(l, plan_.all_kinds(l));
  }
}

void Request::narrow_again(std::span<const Level> levels) {
  for (std::size_t i = 0; i < levels.size(); ++i)
    if (before_[i] != Box::open) wider_.settle(levels[i], before_[i]);
}

/// The told facts that the way to the finding asks; all of them where it asks what is open.
void Request::asked_facts(std::vector<FactId>& out, bool& provisos) const {
  std::vector<Level> asked;
  walk_.asked(joint_, kinds_, asked);
  if (!walk_.straight(joint_, kinds_)) {
    out = told_;
    provisos = provisos_told();
    return;
  }
  const auto add = [&](FactId f) {
    if (told(f) && std::find(out.begin(), out.end(), f) == out.end()) out.push_back(f);
  };
  for (const Level l : asked) {
    const VarId v = plan_.compiled().variable(l);
    if (!plan_.compiled().is_relation(v)) {
      const Variable& var = plan_.space()[v];
      if (var.kind == VarKind::carries) provisos = provisos_told();
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
  if (finer_) {
    finer_->request.because(out, provisos);
    return;
  }
  if (beyond_) {
    out = told_;
    provisos = provisos_told();
    return;
  }
  if (verdict_) plan_.by_kinds(box_, kinds_);
  std::vector<FactId> candidates;
  asked_facts(candidates, provisos);
  wider_ = kinds_;
  for (const FactId f : told_)
    if (std::find(candidates.begin(), candidates.end(), f) == candidates.end()) widen(levels_of_[f.index]);
  if (provisos_told() && !provisos) widen(carried_);
  const auto needed = [&](std::span<const Level> levels) {
    widen(levels);
    if (walk_.stays_within(joint_, care_, wider_, findings_met)) return false;
    narrow_again(levels);
    return true;
  };
  provisos = provisos && needed(carried_);
  for (auto f = candidates.rbegin(); f != candidates.rend(); ++f)
    if (needed(levels_of_[f->index])) out.push_back(*f);
  std::reverse(out.begin(), out.end());
}

}  // namespace sekisho
