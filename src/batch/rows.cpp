#include "batch/rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "law/stretches.h"

namespace sekisho {
namespace {

constexpr std::size_t most_kept = 100'000;  // rows that are remembered

}  // namespace

// --- plans and columns ---

Plans::Plans(const Law& law, std::size_t node_limit)
    : law_(law), node_limit_(node_limit), days_(stretches(law)) {}

const Plan* Plans::of(Date day) {
  const auto after = std::upper_bound(days_.begin(), days_.end(), day);
  const Date stretch = after == days_.begin() ? day : *(after - 1);
  const std::lock_guard hold(lock_);
  std::unique_ptr<Plan>& plan = plans_[stretch];
  if (!plan) {
    Diagnostics diags;
    plan = std::make_unique<Plan>(law_, stretch, diags, node_limit_);
  }
  return plan->ok() ? plan.get() : nullptr;
}

ColumnUse Header::use(const std::string& column) const {
  const auto mapped = options_.columns.find(column);
  const std::string& name = mapped == options_.columns.end() ? column : mapped->second;
  if (name == "on") return {ColumnUse::Kind::day, {}};
  if (name == "id") return {ColumnUse::Kind::id, {}};
  if (name == "provisos") return {ColumnUse::Kind::provisos, {}};
  const FactId f = law_.find_fact(name);
  return f.valid() ? ColumnUse{ColumnUse::Kind::fact, f} : ColumnUse{};
}

std::string Header::meant(const std::string& column) const {
  std::vector<std::string> names;
  for (const Fact& f : law_.facts) names.push_back(f.name);
  return nearest(column, names);
}

RowDecider::Kept& RowDecider::kept(const Plan& plan) {
  const auto [it, fresh] = kept_.try_emplace(&plan, law_, plan, options_.words);
  if (fresh)
    for (const RegimeUse& r : plan.space().regimes())
      if (r.in_force.possible) it->second.states.insert(law_[law_[r.regime].authority].state);
  return it->second;
}

// --- rows ---

RowAnswer RowDecider::decide(const Row& row) {
  std::optional<Date> on = options_.on;
  for (const auto& [use, cell] : row.cells)
    if (use.kind == ColumnUse::Kind::day && !is_blank(cell)) {
      on = parse_date(cell);
      if (!on) return {fmt::format("there is no day `{}`", cell), {}, nullptr, {}};
    }
  if (!on) return {"no day: give a column `on`, or --on", {}, nullptr, {}};
  const Plan* plan = plans_.of(*on);
  if (!plan)
    return {fmt::format("the law of {} needs more nodes than allowed", to_string(*on)), {}, nullptr, {}};
  Kept& k = kept(*plan);
  k.box.back_to(plan->blank());
  std::vector<std::pair<FactId, const Said*>> facts;
  for (const auto& [use, cell] : row.cells) {
    if (use.kind == ColumnUse::Kind::provisos)
      if (std::string wrong = k.cells.provisos(cell, k.box); !wrong.empty())
        return {std::move(wrong), {}, nullptr, {}};
    if (use.kind != ColumnUse::Kind::fact) continue;
    const Said& s = k.cells.said(use.fact, cell);
    if (!s.wrong.empty()) return {s.wrong, {}, nullptr, {}};
    if (!s.known) continue;
    k.cells.know(use.fact, s, k.box);
    facts.emplace_back(use.fact, &s);
  }
  const auto said_of = [&](FactId f) -> const Said* {
    for (const auto& [fact, s] : facts)
      if (fact == f) return s;
    return nullptr;
  };
  k.cells.compare(said_of, k.box);
  bool complete = plan->has_tables();
  for (const VarId v : plan->variables())
    complete = complete && (k.box.settled(plan->compiled().level(v)) || plan->place(v)->one_class);
  const RowFinding& found = complete ? by_tables(*plan, k) : by_diagrams(*plan, k);
  if (found.findings.empty()) return {"the facts contradict each other", {}, nullptr, {}};
  RowAnswer out{{}, found.findings, &found.applies, {}};
  for (const auto& [fact, s] : facts)
    if (std::find(facts_with_a_say.begin(), facts_with_a_say.end(), law_[fact].name) !=
        facts_with_a_say.end())
      for (const Named& n : s->values)
        if (!k.states.contains(n.value.text) && std::find(out.not_assessed.begin(), out.not_assessed.end(),
                                                          n.value.text) == out.not_assessed.end())
          out.not_assessed.push_back(n.value.text);
  return out;
}

const RowFinding& RowDecider::by_tables(const Plan& plan, Kept& kept) {
  std::vector<std::uint8_t> column(plan.columns(), 0);
  for (const VarId v : plan.variables()) {
    const Plan::Place& p = *plan.place(v);
    const Level l = plan.compiled().level(v);
    const std::size_t value = kept.box.settled(l) ? kept.box.only(l) : 0;  // open: all are one class
    column[p.column] = static_cast<std::uint8_t>(column[p.column] + p.adds[value]);
  }
  std::vector<const std::uint8_t*> columns;
  columns.reserve(column.size());
  for (const std::uint8_t& c : column) columns.push_back(&c);
  std::uint8_t finding = 0;
  std::uint64_t word = 0;
  plan.tables().run(1, columns, &finding, &word, Lanes::baseline);
  const auto [it, fresh] = kept.words.try_emplace({word, finding});
  if (fresh) {
    it->second.findings.insert(static_cast<Finding>(finding));
    const auto rules = plan.tables().rule_of_bit();
    for (std::size_t b = 0; b < rules.size(); ++b)
      if ((word >> b & 1) && rules[b].valid() &&
          std::find(it->second.applies.begin(), it->second.applies.end(), rules[b]) ==
              it->second.applies.end())
        it->second.applies.push_back(rules[b]);
    std::sort(it->second.applies.begin(), it->second.applies.end());
  }
  return it->second;
}

const RowFinding& RowDecider::by_diagrams(const Plan& plan, Kept& kept) {
  constexpr std::uint16_t as_blank = Box::open - 1;
  std::string key;
  for (Level l = 0; l < kept.box.levels(); ++l) {
    const bool cut = !kept.box.settled(l) && kept.box.values(l) != plan.blank().values(l);
    const std::uint16_t mark = kept.box.settled(l) || cut ? kept.box.only(l) : as_blank;
    key += static_cast<char>(mark & 0xff);
    key += static_cast<char>(mark >> 8);
    if (cut) key += kept.box.values(l).to_string();
  }
  if (const auto it = kept.rows.find(key); it != kept.rows.end()) return it->second;
  if (kept.rows.size() >= most_kept) kept.rows.clear();
  RowFinding found = plan.decide(kept.box, kept.walk);
  std::sort(found.applies.begin(), found.applies.end());
  return kept.rows.emplace(std::move(key), std::move(found)).first->second;
}

}  // namespace sekisho
