#include "batch/rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/countries.h"
#include "law/stretches.h"

namespace sekisho {
namespace {

constexpr std::size_t most_kept = 100'000;

std::vector<std::string_view> parts(std::string_view text) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t end = text.find(';');
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) out.push_back(part);
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

bool is_blank(std::string_view cell) {
  return cell.empty() || cell == "unknown";
}

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

// --- cells ---

RowDecider::Kept& RowDecider::kept(const Plan& plan) {
  Kept& k = kept_[&plan];
  if (k.variable_of.empty()) {
    for (const RegimeUse& r : plan.space().regimes())
      if (r.in_force.possible) k.states.insert(law_[law_[r.regime].authority].state);
    k.variable_of.assign(law_.facts.size(), VarId{}.index);
    for (std::uint32_t f = 0; f < law_.facts.size(); ++f)
      k.variable_of[f] = plan.space().fact_var(FactId{f}).index;
  }
  return k;
}

const RowDecider::Said& RowDecider::said(const Plan& plan, Kept& kept, FactId fact, std::string_view cell) {
  auto& cells = kept.cells[fact.index];
  const std::string key(cell);
  if (const auto it = cells.find(key); it != cells.end()) return it->second;
  if (cells.size() >= most_kept) cells.clear();
  return cells.emplace(key, read(plan, kept, fact, cell)).first->second;
}

RowDecider::Said RowDecider::read(const Plan& plan, const Kept& kept, FactId fact,
                                  std::string_view cell) const {
  Said out;
  if (const auto words = options_.words.find(law_[fact].name); words != options_.words.end())
    if (const auto w = words->second.find(std::string(cell)); w != words->second.end()) cell = w->second;
  if (is_blank(cell)) return out;
  const Fact& f = law_[fact];
  Type type = f.type;
  type.is_set = false;
  out.known = true;
  if (f.judged_by.valid() && cell == "none") {
    out.places = {judged_none};
    return out;
  }
  const auto wrong = [&](std::string_view value) {
    out.wrong = fmt::format("`{}` is not a value of {}, which is {}", value, f.name, describe(f.type));
    const std::string near = nearest(value, type.choices);
    if (!near.empty()) out.wrong += fmt::format("; is `{}` meant?", near);
    return out;
  };
  const auto one = [&](std::string_view text) -> std::optional<Value> {
    auto v = read_value(type, text);
    const auto codes = country_codes();
    if (v && type.kind == FactType::country &&
        !std::binary_search(codes.begin(), codes.end(), std::string_view(v->text))) {
      const bool named = std::any_of(law_.lists.begin(), law_.lists.end(), [&](const List& l) {
        return std::any_of(l.members.begin(), l.members.end(),
                           [&](const ListMember& m) { return m.value == *v; });
      });
      if (!named) v.reset();
    }
    return v;
  };
  if (f.type.is_set) {
    if (cell == "none") return out;
    for (const std::string_view part : parts(cell)) {
      const auto v = one(part);
      if (!v) return wrong(part);
      out.values.push_back(*v);
    }
    return out;
  }
  const auto v = one(cell);
  if (!v) return wrong(cell);
  out.values = {*v};
  const VarId var{kept.variable_of[fact.index]};
  if (!var.valid()) return out;
  if (plan.space()[var].kind == VarKind::judged)
    out.places = {static_cast<std::size_t>(v->number)};
  else
    out.places = plan.space().standing_for(var, *v);
  out.known = !out.places.empty();  // else the law cannot compare it: any value
  return out;
}

/// Cuts the box of a row down to what a cell says.
void RowDecider::know(const Plan& plan, const Kept& kept, FactId fact, const Said& said, RowBox& box) const {
  const Space& space = plan.space();
  if (!law_[fact].type.is_set) {
    const VarId v{kept.variable_of[fact.index]};
    if (v.valid() && said.known) box[plan.compiled().level(v)] = Values().set(said.places.front());
    return;
  }
  // A member that the law does not name may stand for any that it does not name either: those stay open.
  bool another = false;
  for (const Value& value : said.values) {
    bool met = false;
    for (std::uint32_t i = 0; i < space.variables().size(); ++i)
      met = met || (space[VarId{i}].kind == VarKind::member && space[VarId{i}].fact == fact &&
                    space[VarId{i}].element == value);
    another = another || !met;
  }
  for (std::uint32_t i = 0; i < space.variables().size(); ++i) {
    const Variable& v = space[VarId{i}];
    if (v.kind != VarKind::member || v.fact != fact) continue;
    const bool in = std::find(said.values.begin(), said.values.end(), v.element) != said.values.end();
    if (in || !another) box[plan.compiled().level(VarId{i})] = Values(in ? 2 : 1);
  }
}

/// Comparisons of two facts that are both known are known; unlike values that share a place are parted.
void RowDecider::compare(const Plan& plan, const std::vector<std::pair<FactId, const Said*>>& facts,
                         RowBox& box) const {
  const Compiled& law = plan.compiled();
  const auto of = [&](VarId v) -> const Said* {
    for (const auto& [f, said] : facts)
      if (f == plan.space()[v].fact && said->known) return said;
    return nullptr;
  };
  for (std::size_t i = 0; i < law.relations().size(); ++i) {
    const Compiled::Relation& r = law.relations()[i];
    if (!r.b.valid()) continue;
    const Said *a = of(r.a), *b = of(r.b);
    if (!a || !b || plan.space()[r.a].kind != VarKind::fact || plan.space()[r.b].kind != VarKind::fact)
      continue;
    const bool same = a->values == b->values;
    box[law.level(VarId{static_cast<std::uint32_t>(plan.space().variables().size() + i)})] =
        Values(same ? 2 : 1);
    const auto& da = plan.space()[r.a].domain;
    const auto& db = plan.space()[r.b].domain;
    Values &va = box[law.level(r.a)], &vb = box[law.level(r.b)];
    if (va.count() != 1 || vb.count() != 1 || (da[va._Find_first()] == db[vb._Find_first()]) == same)
      continue;
    const auto other = std::find_if(b->places.begin(), b->places.end(),
                                    [&](std::size_t p) { return (da[va._Find_first()] == db[p]) == same; });
    if (other != b->places.end())
      vb = Values().set(*other);
    else
      vb = plan.blank()[law.level(r.b)];
  }
}

std::string RowDecider::provisos(const Plan& plan, std::string_view cell, RowBox& box) const {
  if (is_blank(cell)) return {};
  std::vector<ProvisoId> named;
  if (cell != "none")
    for (const std::string_view part : parts(cell)) {
      const ProvisoId p = law_.find_proviso(std::string(part));
      if (!p.valid()) return fmt::format("no rulebook has a proviso called `{}`", part);
      named.push_back(p);
    }
  for (std::uint32_t i = 0; i < plan.space().variables().size(); ++i) {
    const Variable& v = plan.space()[VarId{i}];
    if (v.kind == VarKind::carries)
      box[plan.compiled().level(VarId{i})] =
          Values(std::find(named.begin(), named.end(), v.proviso) != named.end() ? 2 : 1);
  }
  return {};
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
  RowBox box = plan->blank();
  std::vector<std::pair<FactId, const Said*>> facts;
  for (const auto& [use, cell] : row.cells) {
    if (use.kind == ColumnUse::Kind::provisos)
      if (std::string wrong = provisos(*plan, cell, box); !wrong.empty())
        return {std::move(wrong), {}, nullptr, {}};
    if (use.kind != ColumnUse::Kind::fact) continue;
    const Said& s = said(*plan, k, use.fact, cell);
    if (!s.wrong.empty()) return {s.wrong, {}, nullptr, {}};
    if (!s.known) continue;
    know(*plan, k, use.fact, s, box);
    facts.emplace_back(use.fact, &s);
  }
  compare(*plan, facts, box);
  bool complete = plan->has_tables();
  for (const VarId v : plan->variables())
    complete = complete && (box[plan->compiled().level(v)].count() == 1 || plan->place(v)->one_class);
  const RowFinding& found = complete ? by_tables(*plan, k, box) : by_diagrams(*plan, k, box);
  if (found.findings.empty()) return {"the facts contradict each other", {}, nullptr, {}};
  RowAnswer out{{}, found.findings, &found.applies, {}};
  for (const auto& [fact, s] : facts)
    if (std::find(facts_with_a_say.begin(), facts_with_a_say.end(), law_[fact].name) !=
        facts_with_a_say.end())
      for (const Value& v : s->values)
        if (!k.states.contains(v.text) &&
            std::find(out.not_assessed.begin(), out.not_assessed.end(), v.text) == out.not_assessed.end())
          out.not_assessed.push_back(v.text);
  return out;
}

const RowFinding& RowDecider::by_tables(const Plan& plan, Kept& kept, const RowBox& box) {
  std::vector<std::uint8_t> column(plan.columns(), 0);
  for (const VarId v : plan.variables()) {
    const Plan::Place& p = *plan.place(v);
    column[p.column] =
        static_cast<std::uint8_t>(column[p.column] + p.adds[box[plan.compiled().level(v)]._Find_first()]);
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

const RowFinding& RowDecider::by_diagrams(const Plan& plan, Kept& kept, const RowBox& box) {
  std::string key;
  for (const Values& v : box) {
    const std::size_t n = v.count();
    if (n == 1) {
      key += static_cast<char>(v._Find_first());
    } else {
      key += "\xff*";
      key += v.to_string();
    }
  }
  if (const auto it = kept.rows.find(key); it != kept.rows.end()) return it->second;
  if (kept.rows.size() >= most_kept) kept.rows.clear();
  RowFinding found = plan.decide(box);
  std::sort(found.applies.begin(), found.applies.end());
  return kept.rows.emplace(std::move(key), std::move(found)).first->second;
}

}  // namespace sekisho
