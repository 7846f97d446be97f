#include "batch/tables.h"

#include <algorithm>

#include "engine/cover.h"

namespace sekisho {
namespace {

constexpr std::size_t most_columns = 16;

/// What a rule brings while nothing is granted or found; nullopt where links defeat single effects.
struct Brings {
  Finding strict = Finding::not_engaged;  // as prohibition or requirement
  Finding route = Finding::not_engaged;   // as route: its price
};
std::optional<Brings> brings(const Rule& rule) {
  for (const Defeat& d : rule.defeats)
    if (d.part != tree::Part::whole) return std::nullopt;
  const Finding own = !rule.needs.empty()   ? Finding::authorisation_required
                      : !rule.binds.empty() ? Finding::permitted_with_provisos
                                            : Finding::permitted;
  Brings b;
  (rule.permits ? b.route : b.strict) = own;
  if (rule.prohibits) b.strict = Finding::prohibited;
  return b;
}

}  // namespace

std::optional<Tables> Tables::of(Compiled& law, std::size_t regime, const std::vector<Column>& columns,
                                 std::span<const Values> box) {
  if (columns.size() > most_columns) return std::nullopt;
  Diagrams& store = law.store();
  const RegimeUse& use = law.space().regimes()[regime];
  const RegimeDiagrams& diagrams = law.regimes().front()[regime];
  std::vector<bool> in_column(store.levels(), false);
  for (const Column& c : columns)
    for (const Column::Part& p : c.parts) in_column[p.level] = true;
  if (!use.present.possible || store.fixed(diagrams.later, box) != no_leaf) return std::nullopt;

  Tables t;
  std::vector<std::pair<Cube, std::uint64_t>> boxes;
  std::size_t next = 0;
  // The boxes of a condition get bits in a row, in one chunk if they must.
  const auto lay = [&](Ref condition, bool one_chunk, RuleId rule) -> std::optional<std::uint64_t> {
    condition = store.fixed(condition, box);
    const std::vector<bool> asked = store.support(condition);
    for (Level l = 0; l < asked.size(); ++l)
      if (asked[l] && (!in_column[l] || law.judged()[l])) return std::nullopt;
    const std::vector<Cube> cubes = irredundant_cover(store, condition, condition, box);
    if (one_chunk && cubes.size() > chunk_bits) return std::nullopt;
    if (one_chunk && next % chunk_bits + cubes.size() > chunk_bits) next += chunk_bits - next % chunk_bits;
    if (next + cubes.size() > width) return std::nullopt;
    std::uint64_t bits = 0;
    for (const Cube& c : cubes) {
      boxes.emplace_back(c, std::uint64_t{1} << next);
      bits |= std::uint64_t{1} << next;
      t.rule_of_bit_.resize(next + 1);
      t.rule_of_bit_[next++] = rule;
    }
    return bits;
  };

  const std::size_t n = use.rules.size();
  std::vector<bool> linked(n, false);
  for (std::size_t i = 0; i < n; ++i)
    for (const auto& [d, other] : use.rules[i].defeats) linked[i] = linked[other] = true;
  std::vector<std::uint64_t> bits(n, 0);
  for (const bool links : {true, false}) {
    for (std::size_t i = 0; i < n; ++i) {
      const RuleUse& u = use.rules[i];
      if (linked[i] != links) continue;
      const auto b = brings(law.space().law()[u.rule]);
      if (!b || u.present.by.valid()) return std::nullopt;
      const auto laid = lay(diagrams.condition[i], links, u.rule);
      if (!laid) return std::nullopt;
      bits[i] = *laid;
      t.strict_[static_cast<std::size_t>(b->strict)] |= bits[i];
      t.route_[static_cast<std::size_t>(b->route)] |= bits[i];
    }
    if (links) t.chunks_.resize((next + chunk_bits - 1) / chunk_bits);
    if (links && next % chunk_bits != 0) next += chunk_bits - next % chunk_bits;
  }
  if (store.fixed(diagrams.main, box) != yes_leaf) {
    const auto laid = lay(diagrams.main, false, RuleId{});
    if (!laid) return std::nullopt;
    t.engaged_ = *laid;
    t.always_engaged_ = false;
  }
  if (law.space().law()[use.regime].otherwise_prohibited) t.otherwise_ = Finding::prohibited;

  for (std::size_t k = 0; k < t.chunks_.size(); ++k)
    for (std::size_t value = 0; value < t.chunks_[k].size(); ++value) {
      const std::uint64_t here = std::uint64_t{value} << (k * chunk_bits);
      std::uint64_t keep = ~std::uint64_t{0};
      for (std::size_t i = 0; i < n; ++i) {  // whoever prevails first
        if ((here & keep & bits[i]) == 0) continue;
        for (std::size_t j = 0; j < n; ++j)
          for (const auto& [d, other] : use.rules[j].defeats)
            if (other == i) keep &= ~bits[j];
      }
      t.chunks_[k][value] = keep;
    }
  for (const Column& c : columns) {
    std::vector<std::uint64_t> table(256, 0);
    for (std::size_t value = 0; value < c.size; ++value)
      for (const auto& [cube, bit] : boxes) {
        bool allowed = true;
        for (const Column::Part& p : c.parts)
          allowed = allowed && cube[p.level].test(p.value_of[value / p.stride % p.classes]);
        if (allowed) table[value] |= bit;
      }
    t.tables_.push_back(std::move(table));
  }
  return t;
}

// --- one row ---

Tables::Verdict Tables::row(std::span<const std::uint8_t> classes) const {
  Verdict v;
  v.met = ~std::uint64_t{0};
  for (std::size_t c = 0; c < tables_.size(); ++c) v.met &= tables_[c][classes[c]];
  v.applies = v.met;
  for (std::size_t k = 0; k < chunks_.size(); ++k)
    v.applies &= chunks_[k][v.applies >> (k * chunk_bits) & 0xff];
  if (!always_engaged_ && (v.applies & engaged_) == 0) return v;
  Finding base = otherwise_, strict = Finding::permitted;
  for (std::size_t f = finding_count; f-- > 1;)
    if ((v.applies & route_[f]) != 0) base = static_cast<Finding>(f);
  for (std::size_t f = 2; f < finding_count; ++f)
    if ((v.applies & strict_[f]) != 0) strict = static_cast<Finding>(f);
  v.finding = std::max(base, strict);
  return v;
}

// --- rows ---

template <std::size_t Columns>
[[gnu::always_inline]] inline void Tables::each_row(const Rows& rows) const {
  std::array<const std::uint64_t*, Columns> table{};
  std::array<const std::uint8_t*, Columns> column{};
  for (std::size_t c = 0; c < Columns; ++c) {
    table[c] = tables_[c].data();
    column[c] = rows.columns[c];
  }
  const auto strict = strict_, route = route_;
  const std::uint64_t engaged = engaged_;
  const bool always_engaged = always_engaged_;
  const auto otherwise = static_cast<std::uint64_t>(otherwise_);
  constexpr std::size_t block = 512;
  for (std::size_t from = rows.first; from < rows.last; from += block) {
    const std::size_t to = std::min(rows.last, from + block);
    std::uint64_t* const applies = rows.applies;
    for (std::size_t r = from; r < to; ++r) {
      std::uint64_t m = ~std::uint64_t{0};
      for (std::size_t c = 0; c < Columns; ++c) m &= table[c][column[c][r]];
      applies[r] = m;
    }
    for (std::size_t k = 0; k < chunks_.size(); ++k) {
      const std::uint64_t* const keep = chunks_[k].data();
      const std::size_t shift = k * chunk_bits;
      for (std::size_t r = from; r < to; ++r) applies[r] &= keep[applies[r] >> shift & 0xff];
    }
    for (std::size_t r = from; r < to; ++r) {
      const std::uint64_t m = applies[r];
      std::uint64_t base = otherwise, found = 1;
      for (std::uint64_t f = finding_count - 1; f >= 1; --f) base = (m & route[f]) != 0 ? f : base;
      for (std::uint64_t f = 2; f < finding_count; ++f) found = (m & strict[f]) != 0 ? f : found;
      found = base > found ? base : found;
      found = always_engaged || (m & engaged) != 0 ? found : 0;
      rows.findings[r] = static_cast<std::uint8_t>(found);
    }
  }
}

template <std::size_t... Columns>
[[gnu::always_inline]] inline void Tables::by_count(const Rows& rows, std::index_sequence<Columns...>) const {
  ((tables_.size() == Columns ? each_row<Columns>(rows) : void()), ...);
}

void Tables::run_baseline(const Rows& rows) const {
  by_count(rows, std::make_index_sequence<most_columns + 1>());
}

#if defined(__x86_64__)
[[gnu::target("avx2,bmi,bmi2")]] void Tables::run_avx2(const Rows& rows) const {
  by_count(rows, std::make_index_sequence<most_columns + 1>());
}
[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,bmi,bmi2")]] void Tables::run_avx512(
    const Rows& rows) const {
  by_count(rows, std::make_index_sequence<most_columns + 1>());
}
Lanes widest_lanes() {
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return Lanes::avx512;
  return __builtin_cpu_supports("avx2") ? Lanes::avx2 : Lanes::baseline;
}
#else
void Tables::run_avx2(const Rows& rows) const {
  run_baseline(rows);
}
void Tables::run_avx512(const Rows& rows) const {
  run_baseline(rows);
}
Lanes widest_lanes() {
  return Lanes::baseline;
}
#endif

void Tables::run(std::size_t rows, std::span<const std::uint8_t* const> columns, std::uint8_t* findings,
                 std::uint64_t* applies, Lanes lanes) const {
  const Rows all{0, rows, columns.data(), findings, applies};
  switch (lanes) {
    case Lanes::baseline: return run_baseline(all);
    case Lanes::avx2: return run_avx2(all);
    case Lanes::avx512: return run_avx512(all);
  }
}

}  // namespace sekisho
