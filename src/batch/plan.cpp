#include "batch/plan.h"

#include <algorithm>

namespace sekisho {
namespace {

constexpr std::size_t most_classes = 256;  // a class is one byte

Question of_everything(const Law& law, const World& world, Date day, std::vector<KnownFact> apart) {
  Question q = question_of_law(law, world, day);
  q.told_apart = std::move(apart);
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

Plan::Plan(const Law& law, Date day, Diagnostics& diags, std::size_t node_limit, std::vector<KnownFact> apart)
    : node_limit_(node_limit),
      question_(of_everything(law, nothing_, day, std::move(apart))),
      assessed_states_(law, day),
      space_(std::make_unique<Space>(question_, diags)),
      compiled_(
          std::make_unique<Compiled>(*space_, Relations::own_variables, law.asked_first, diags, node_limit)) {
  if (diags.has_errors()) compiled_.reset();  // of too many values some are left out: nothing is decided so
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
    diags.emit(code::too_many_nodes, TextSpan{}, node_limit)
        .note("it happened in laying out the rows")
        .fix("allow more nodes, or let fewer facts be told apart");
    compiled_.reset();
  }
}

std::unique_ptr<Plan> Plan::telling_apart(std::vector<KnownFact> values) const {
  if (!question_.told_apart.empty()) return nullptr;  // telling them again changes nothing
  Diagnostics diags;
  auto finer =
      std::make_unique<Plan>(space_->law(), question_.law_day, diags, node_limit_, std::move(values));
  if (diags.has_errors() || !finer->ok()) finer.reset();
  return finer;
}

/// @param open  what is possible for a row
void Plan::lay_out(std::vector<Values> open) {
  Diagrams& store = compiled_->store();
  std::vector<Tables::Column> columns;
  open = lay_columns(std::move(open), columns);
  joint_ = compiled_->joint(0);
  care_ = compiled_->care();
  findings_ = store.leaves(joint_, yes_leaf, open);
  gather_rules();
  const auto& regimes = space_->regimes();
  std::vector<std::size_t> present;
  for (std::size_t g = 0; g < regimes.size(); ++g)
    if (regimes[g].present.possible) present.push_back(g);
  const bool constrained = !space_->constraints().empty();
  if (present.size() == 1 && !constrained) tables_ = Tables::of(*compiled_, present.front(), columns, open);
  if (tables_)
    for (std::size_t b = 0; b < tables_->rule_of_bit().size(); ++b)
      for (PlannedRule& r : rules_)
        if (r.rule == tables_->rule_of_bit()[b]) r.bits |= std::uint64_t{1} << b;
  coarsen(open);
}

/// Gives every variable that a row can settle its place in a column.
/// @returns what is possible for a row, findings of authorities that stand in it too
std::vector<Values> Plan::lay_columns(std::vector<Values> open, std::vector<Tables::Column>& columns) {
  Diagrams& store = compiled_->store();
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
    if (!place.one_class) {
      addings_.push_back(
          {l, static_cast<std::uint32_t>(place.column), static_cast<std::uint32_t>(adds_.size())});
      adds_.insert(adds_.end(), place.adds.begin(), place.adds.end());
    }
    column->size *= count(v);
    column->parts.push_back(std::move(part));
    places_[v.index] = std::move(place);
    settled_by_rows_.push_back(v);
  }
  columns_ = columns.size();
  return open;
}

void Plan::gather_rules() {
  Diagrams& store = compiled_->store();
  const auto& regimes = space_->regimes();
  for (std::size_t g = 0; g < regimes.size(); ++g) {
    const RegimeDiagrams& d = compiled_->regimes().front()[g];
    for (std::size_t i = 0; i < d.active.size(); ++i) {
      const RuleUse& u = i < regimes[g].rules.size() ? regimes[g].rules[i]
                                                     : regimes[g].provisos[i - regimes[g].rules.size()].rule;
      const Ref there = u.present.by.valid() ? store.is(compiled_->level(u.present.by), Values(2)) : yes_leaf;
      const auto read = [&](Ref r, Join op) { return store.read_judged(r, compiled_->judged(), op); };
      rules_.push_back({u.rule, read(d.active[i], Join::both), read(d.active[i], Join::either),
                        read(store.join(Join::both, d.condition[i], there), Join::both), !u.defeats.empty(),
                        0});
    }
  }
}

/// Makes the diagrams ready for rows: over kinds.
void Plan::coarsen(std::span<const Values> open) {
  std::vector<Ref> roots{joint_, compiled_->constraints(0)};
  for (const PlannedRule& r : rules_) roots.insert(roots.end(), {r.always, r.ever, r.met});
  // A row can say what a comparison hangs on, the members of a set, though rules read the comparison alone.
  for (const Compiled::Relation& r : compiled_->relations())
    for (const Conditional& c : r.conditional)
      roots.push_back(compiled_->store().is(compiled_->level(c.on), Values(2)));
  kinds_ = std::make_unique<Coarse>(*compiled_, roots, open, compiled_->store().limit());
  joint_ = kinds_->of(joint_);
  care_ = kinds_->of(care_);
  for (PlannedRule& r : rules_)
    for (Ref* of : {&r.always, &r.ever, &r.met}) *of = kinds_->of(*of);
  below_ = kinds_->store().leaves_below();
  std::vector<Values> blank(blank_.levels());
  for (Level l = 0; l < blank.size(); ++l)
    for (std::size_t i = 0; i < compiled_->store().size(l); ++i)
      if (blank_.allows(l, i)) blank[l].set(kinds_->kind(l, i));
  blank_kinds_ = Box(blank);
}

RowFinding Plan::decide(const Box& row, Walk& walk) const {
  RowFinding out;
  const std::uint64_t met = walk.leaves(joint_, care_, row, findings_);
  for (std::size_t f = 0; f < finding_count; ++f)
    if (met >> f & 1) out.findings.insert(static_cast<Finding>(f));
  if (out.findings.empty()) return out;
  for (const PlannedRule& r : rules_)
    if (r.always != no_leaf && walk.stays_within(r.always, care_, row, 1 << yes_leaf.value()))
      out.applies.push_back(r.rule);
  return out;
}

}  // namespace sekisho
