#include "batch/rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "law/stretches.h"

namespace sekisho {
namespace {

constexpr std::size_t most_kept = 100'000;  // rows that are remembered

}  // namespace

// --- plans and columns ---

Plans::Plans(const Law& law, std::size_t node_limit)
    : law_(law), node_limit_(node_limit), days_(stretches(law)) {}

const Plans::Made& Plans::of(Date day) {
  const auto after = std::upper_bound(days_.begin(), days_.end(), day);
  const bool before_all = after == days_.begin() && after != days_.end();
  const Date stretch = before_all ? Date{days_.front().days - 1} : days_.empty() ? day : *(after - 1);
  return *plans_.of(stretch, [&] { return make(stretch); });  // nothing of `plans_` is forgotten
}

std::shared_ptr<const Plans::Made> Plans::make(Date stretch) const {
  auto made = std::make_shared<Made>();
  made->plan = std::make_unique<Plan>(law_, stretch, made->diags, node_limit_);
  return made;
}

std::string_view Plans::Made::too_large() const {
  const auto is = [](const Diagnostic& d) { return d.code == &code::too_many_values; };
  return std::any_of(diags.all().begin(), diags.all().end(), is)
             ? "tells more values of a fact apart than can be held"
             : "needs more nodes than allowed: see `--nodes`";
}

Diagnostics Plans::failures() const {
  Diagnostics out;
  for (const auto& made : plans_.all())
    if (!made->ok()) out.add(made->diags);
  return out;
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

std::unique_ptr<RowDecider::Kept> RowDecider::keep(const Plan& plan) const {
  return std::make_unique<Kept>(law_, plan, options_.words);
}

RowDecider::Finer& RowDecider::finer(const Plan& plan, const std::vector<KnownFact>& values) {
  std::shared_ptr<const Plan> told = plans_.finer().of(plan, values);
  if (const auto it = finer_.find(told.get()); it != finer_.end()) return it->second;
  if (finer_.size() >= FinerPlans::most_kept) finer_.clear();
  std::unique_ptr<Kept> kept;
  if (told) kept = keep(*told);
  Finer& made = finer_[told.get()];
  made.kept = std::move(kept);
  made.plan = std::move(told);
  return made;
}

// --- rows ---

RowAnswer RowDecider::decide(const Row& row) {
  std::optional<Date> on = options_.on;
  for (const auto& [use, cell] : row.cells)
    if (use.kind == ColumnUse::Kind::day && !is_blank(cell)) {
      if (cell.is_list) return {"`on` is one day, not a list", {}, nullptr, {}};
      on = parse_date(cell.text);
      if (!on) return {fmt::format("there is no day `{}`", cell.text), {}, nullptr, {}};
    }
  if (!on) return {"no day: give a column `on`, or --on", {}, nullptr, {}};
  const Plans::Made& made = plans_.of(*on);
  if (!made.ok()) return {fmt::format("the law of {} {}", to_string(*on), made.too_large()), {}, nullptr, {}};
  const Plan* plan = made.plan.get();
  std::unique_ptr<Kept>& kept = kept_[plan];
  if (!kept) kept = keep(*plan);
  std::vector<KnownFact> apart;
  if (auto answer = by_plan(*plan, *kept, row, apart)) return *std::move(answer);
  const Finer& f = finer(*plan, apart);
  if (f.plan)
    if (auto answer = by_plan(*f.plan, *f.kept, row, apart)) return *std::move(answer);
  return {"it names more values than the law can tell apart at once", {}, nullptr, {}};
}

std::optional<RowAnswer> RowDecider::by_plan(const Plan& plan, Kept& k, const Row& row,
                                             std::vector<KnownFact>& apart) {
  k.box.back_to(plan.blank());
  std::vector<std::pair<FactId, const Said*>> facts;
  for (const auto& [use, cell] : row.cells) {
    if (use.kind == ColumnUse::Kind::provisos)
      if (std::string wrong = k.cells.provisos(cell, k.box); !wrong.empty())
        return RowAnswer{std::move(wrong), {}, nullptr, {}};
    if (use.kind != ColumnUse::Kind::fact) continue;
    const Said& s = k.cells.said(use.fact, cell);
    if (!s.wrong.empty()) return RowAnswer{s.wrong, {}, nullptr, {}};
    if (!s.known) continue;
    Cells::know(s, k.box);
    facts.emplace_back(use.fact, &s);
  }
  const auto said_of = [&](FactId f) -> const Said* {
    for (const auto& [fact, s] : facts)
      if (fact == f) return s;
    return nullptr;
  };
  if (!k.cells.compare(said_of, k.box)) {
    apart = k.cells.values_apart();
    return std::nullopt;
  }
  std::vector<std::uint8_t> classes(plan.columns());
  const bool complete = plan.has_tables() && plan.classes(k.box, classes);
  const RowFinding& found = complete ? by_tables(plan, k, classes) : by_diagrams(plan, k);
  if (found.findings.empty()) return RowAnswer{"the facts contradict each other", {}, nullptr, {}};
  const AssessedStates& states = plan.assessed_states();
  RowAnswer out{{}, found.findings, &found.applies, {}, !states.none()};
  for (const auto& [fact, s] : facts)
    if (has_a_say(law_[fact].name))
      for (const Named& n : s->values)
        if (!states.has(n.value.text) && std::find(out.not_assessed.begin(), out.not_assessed.end(),
                                                   n.value.text) == out.not_assessed.end())
          out.not_assessed.push_back(n.value.text);
  return out;
}

const RowFinding& RowDecider::by_tables(const Plan& plan, Kept& kept, std::span<const std::uint8_t> classes) {
  const Tables::Verdict verdict = plan.tables().row(classes);
  const auto [it, fresh] =
      kept.words.try_emplace({verdict.applies, static_cast<std::uint8_t>(verdict.finding)});
  if (fresh) {
    it->second.findings.insert(verdict.finding);
    const auto rules = plan.tables().rule_of_bit();
    for (std::size_t b = 0; b < rules.size(); ++b)
      if ((verdict.applies >> b & 1) && rules[b].valid() &&
          std::find(it->second.applies.begin(), it->second.applies.end(), rules[b]) ==
              it->second.applies.end())
        it->second.applies.push_back(rules[b]);
    std::sort(it->second.applies.begin(), it->second.applies.end());
  }
  return it->second;
}

const RowFinding& RowDecider::by_diagrams(const Plan& plan, Kept& kept) {
  plan.by_kinds(kept.box, kept.kinds);
  std::string key;
  key.reserve(2 * kept.kinds.levels());
  for (Level l = 0; l < kept.kinds.levels(); ++l) {
    const std::uint16_t kind = kept.kinds.only(l);
    key += static_cast<char>(kind & 0xff);
    key += static_cast<char>(kind >> 8);
  }
  if (const auto it = kept.rows.find(key); it != kept.rows.end()) return it->second;
  if (kept.rows.size() >= most_kept) kept.rows.clear();
  RowFinding found = plan.decide(kept.kinds, kept.walk);
  std::sort(found.applies.begin(), found.applies.end());
  return kept.rows.emplace(std::move(key), std::move(found)).first->second;
}

}  // namespace sekisho
