#include "batch/plan.h"

#include <algorithm>

namespace sekisho {
namespace {

constexpr std::size_t most_classes = 256;  // a class is one byte

Question of_everything(const Law& law, const World& world, Date day) {
  Question q;
  q.law = &law;
  q.world = &world;
  q.law_day = q.transfer_day = day;
  q.silence_is_none = true;
  return q;
}

/// Whether a row can say it; unsettled law and lists kept elsewhere stay open.
bool row_settles(const Compiled& law, VarId v) {
  if (law.is_relation(v)) {
    const Compiled::Relation& r = law.relations()[v.index - law.space().variables().size()];
    return std::all_of(r.conditional.begin(), r.conditional.end(),
                       [&](const Conditional& c) { return law.space()[c.on].kind == VarKind::member; });
  }
  switch (law.space()[v].kind) {
    case VarKind::fact:
    case VarKind::member:
    case VarKind::judged:
    case VarKind::carries: return true;
    default: return false;
  }
}

}  // namespace

Plan::Plan(const Law& law, Date day, Diagnostics& diags, std::size_t node_limit)
    : question_(of_everything(law, nothing_, day)),
      space_(std::make_unique<Space>(question_, diags)),
      compiled_(
          std::make_unique<Compiled>(*space_, Relations::own_variables, law.asked_first, diags, node_limit)) {
  if (!ok()) return;
  std::vector<Values> possible;
  for (const Variable& v : space_->variables()) {
    possible.push_back(v.known);
    if (v.kind == VarKind::need) possible.back() = Values(1);
    if (v.kind == VarKind::judged) possible.back() = Values(1 << judged_none);
  }
  std::vector<Values> box = compiled_->box(possible);
  blank_ = Box(box);
  try {
    lay_out(std::move(box));
  } catch (const TooManyNodes&) {
    diags.emit(code::too_many_nodes, TextSpan{}, node_limit).note("it happened in laying out the rows");
    compiled_.reset();
  }
}

/// @param open  what is possible for a row; findings of authorities may stand in it too
void Plan::lay_out(std::vector<Values> open) {
  Diagrams& store = compiled_->store();
  std::vector<Tables::Column> columns;
  places_.resize(compiled_->variable_count());
  std::vector<VarId> order;
  for (Level l = 0; l < store.levels(); ++l)
    if (row_settles(*compiled_, compiled_->variable(l))) order.push_back(compiled_->variable(l));
  // Values that no condition tells apart are one class; what has one class needs no column.
  std::vector<Ref> conditions;
  for (const RegimeDiagrams& d : compiled_->regimes().front()) {
    conditions.insert(conditions.end(), d.condition.begin(), d.condition.end());
    conditions.push_back(d.main);
  }
  const auto classes = store.classes(conditions);
  const auto count = [&](VarId v) {
    const auto& of = classes[compiled_->level(v)];
    return std::size_t{1} + *std::max_element(of.begin(), of.end());
  };
  std::stable_sort(order.begin(), order.end(), [&](VarId a, VarId b) { return count(a) > count(b); });
  for (const VarId v : order) {
    const Level l = compiled_->level(v);
    if (compiled_->judged()[l]) open[l] = Values(7);
    auto column = std::find_if(columns.begin(), columns.end(),
                               [&](const Tables::Column& c) { return c.size * count(v) <= most_classes; });
    if (column == columns.end()) column = columns.insert(columns.end(), Tables::Column{});
    Tables::Column::Part part{
        l, static_cast<std::uint16_t>(column->size), static_cast<std::uint16_t>(count(v)), {}};
    part.value_of.resize(count(v));
    Place place{static_cast<std::size_t>(column - columns.begin()), {}, count(v) == 1};
    for (std::size_t i = 0; i < classes[l].size(); ++i) {
      part.value_of[classes[l][i]] = static_cast<std::uint16_t>(i);
      place.adds.push_back(static_cast<std::uint8_t>(classes[l][i] * column->size));
    }
    column->size *= count(v);
    column->parts.push_back(std::move(part));
    places_[v.index] = std::move(place);
    settled_by_rows_.push_back(v);
  }
  columns_ = columns.size();

  joint_ = compiled_->joint(0);
  care_ = compiled_->care();
  findings_ = store.leaves(joint_, yes_leaf, open);
  const auto& regimes = space_->regimes();
  for (std::size_t g = 0; g < regimes.size(); ++g) {
    const RegimeDiagrams& d = compiled_->regimes().front()[g];
    for (std::size_t i = 0; i < d.active.size(); ++i) {
      const RuleUse& u = i < regimes[g].rules.size() ? regimes[g].rules[i]
                                                     : regimes[g].provisos[i - regimes[g].rules.size()].rule;
      const Ref applies = store.read_judged(d.active[i], compiled_->judged(), Join::both);
      if (applies != no_leaf) fails_.emplace_back(u.rule, store.negate(applies));
    }
  }
  std::vector<std::size_t> present;
  for (std::size_t g = 0; g < regimes.size(); ++g)
    if (regimes[g].present.possible) present.push_back(g);
  const bool constrained = !space_->constraints().empty();
  if (present.size() == 1 && !constrained) tables_ = Tables::of(*compiled_, present.front(), columns, open);
}

RowFinding Plan::decide(const Box& row, Walk& walk) const {
  RowFinding out;
  const std::uint64_t met = walk.leaves(joint_, care_, row, findings_);
  for (std::size_t f = 0; f < finding_count; ++f)
    if (met >> f & 1) out.findings.insert(static_cast<Finding>(f));
  if (out.findings.empty()) return out;
  for (const auto& [rule, fails] : fails_)
    if (walk.stays_within(fails, care_, row, 1)) out.applies.push_back(rule);
  return out;
}

}  // namespace sekisho
