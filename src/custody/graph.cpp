#include "custody/graph.h"

#include <algorithm>
#include <array>
#include <bit>
#include <queue>
#include <unordered_set>

#include "custody/share_rules.h"

namespace sekisho {
namespace {

constexpr std::uint8_t took_small_part = 8, took_large_part = 16, descent_bits = 7;

// A value is 54 bits of ten-thousandths with its currency above them. Negative: not known; or, where the part
// of a lot has no whole number of them, -2 less its place among the part worths.
constexpr int currency_shift = 54;

std::int64_t packed(Worth w) {
  if (w.ten_thousandths < 0 || w.ten_thousandths > Worth::most) return Worth::unknown;
  return (static_cast<std::int64_t>(w.currency) << currency_shift) | w.ten_thousandths;
}
/// Of a value that is not negative.
std::int64_t amount(std::int64_t value) {
  return value & Worth::most;
}
std::size_t place_of(std::int64_t value) {
  return static_cast<std::size_t>(-2 - value);
}
double number(std::int64_t n) {
  return static_cast<double>(n);
}

}  // namespace

std::string_view to_string(Descent d) {
  static constexpr std::array words{"same",     "part",      "rest",   "united",
                                    "built_in", "taken_out", "copied", "made_with"};
  return words[static_cast<std::size_t>(d)];
}

mpq_class part_of_whole(const Origin& o) {
  mpq_class part(whole_number(o.taken), whole_number(o.of));
  part.canonicalize();
  return part;
}

Graph::Graph(std::vector<bool> reaches_products)
    : reaches_products_(std::move(reaches_products)),
      shares_(reaches_products_.size()),
      added_(1),
      added_table_(64, nothing) {}

void Graph::reserve(std::size_t states, std::size_t origins, std::size_t built) {
  reserve_now(states_, states);
  reserve_now(edges_, origins);
  reserve_now(how_, origins);
  reserve_now(strides_, origins / stride + 1);
  reserve_now(small_parts_, origins);
  shares_.reserve(built);
}

// --- what a state bears ---
std::uint32_t Graph::kept(const Added& added) {
  if (added == Added()) return 0;
  const auto place = [&](const Added& a) {
    const std::uint64_t key = std::uint64_t{a.marks.index} << 32 | a.share.index;
    return (key * 0x9e3779b97f4a7c15) >> (64 - std::countr_zero(added_table_.size()));
  };
  const auto next = [&](std::size_t at) { return (at + 1) % added_table_.size(); };
  std::size_t at = place(added);
  for (; added_table_[at] != nothing; at = next(at))
    if (added_[added_table_[at]] == added) return added_table_[at];
  added_table_[at] = static_cast<std::uint32_t>(added_.size());
  added_.push_back(added);
  if (added_.size() * 4 > added_table_.size()) {
    added_table_.assign(added_table_.size() * 4, nothing);
    for (std::uint32_t i = 1; i < added_.size(); ++i) {
      for (at = place(added_[i]); added_table_[at] != nothing;) at = next(at);
      added_table_[at] = i;
    }
  }
  return static_cast<std::uint32_t>(added_.size() - 1);
}

/// Goods that move are worth what they were, and a part its part.
std::int64_t Graph::value_of(std::span<const Origin> origins, Said said) {
  if (said.says || origins.size() != 1 || !carries_on(origins.front().how)) return said.value;
  const Origin& o = origins.front();
  const std::int64_t whole = states_[o.state].value;
  if (whole == Worth::unknown || o.taken == o.of) return whole;
  std::int64_t product = 0;
  if (whole >= 0 && !__builtin_mul_overflow(amount(whole), o.taken, &product) && product % o.of == 0)
    return packed({product / o.of, currency_of(whole)});
  const Bounds b = bounds_of(whole);
  const double part = number(o.taken) / number(o.of);
  part_worths_.push_back(
      {{b.least * part * (1 - 0x1p-49), b.most * part * (1 + 0x1p-49)}, currency_of(whole)});
  return -1 - static_cast<std::int64_t>(part_worths_.size());
}

std::uint8_t Graph::currency_of(std::int64_t value) const {
  return value >= 0                ? static_cast<std::uint8_t>(value >> currency_shift)
         : value == Worth::unknown ? std::uint8_t{0}
                                   : part_worths_[place_of(value)].currency;
}
/// Of a value that is known.
Bounds Graph::bounds_of(std::int64_t value) const {
  if (value < 0) return part_worths_[place_of(value)].bounds;
  return {number(amount(value)), number(amount(value))};
}
bool Graph::same_value(std::int64_t a, std::int64_t b) const {
  return a == b ||
         (a < Worth::unknown && b < Worth::unknown && part_worths_[place_of(a)] == part_worths_[place_of(b)]);
}

std::optional<mpq_class> Graph::worth(StateId s) const {
  mpq_class part = 1;
  while (states_[s].value < Worth::unknown) {
    const Origin o = origin(states_[s].first_edge);
    part *= part_of_whole(o);
    s = o.state;
  }
  if (states_[s].value == Worth::unknown) return std::nullopt;
  return part * whole_number(amount(states_[s].value));
}

MarkSetId Graph::marks_of(std::span<const Origin> origins, const Added& added) {
  MarkSetId out = MarkSets::none();
  bool first = true;
  for (const Origin& o : origins) {
    const MarkSetId from = states_[o.state].marks;
    if (o.how == Descent::built_in)
      out = marks_.built_into(out, from);
    else if (o.how == Descent::made_with)
      out = marks_.made_with(out, from);
    else
      out = first ? from : marks_.united(out, from);
    first = false;
  }
  return added.marks == MarkSets::none() ? out : marks_.and_also(out, added.marks);
}

ShareId Graph::share_of(std::span<const Origin> origins, const Added& added, std::int64_t value) {
  const bool all_bare = std::all_of(origins.begin(), origins.end(), [&](const Origin& o) { return bare(o); });
  if (all_bare) return added.share;
  const Origin& first = origins.front();
  if (first.how == Descent::built_in && !added.divided)
    sum_built(origins, value);
  else if (first.how == Descent::united)
    sum_united(origins);
  else
    sum_opened(origins, added);
  for (const Origin& o : origins)
    if (o.how == Descent::made_with) shares_.reach(states_[o.state].share, reaches_products_);
  if (added.share != Shares::none()) shares_.also(added.share);
  return shares_.finish();
}

/// Content is weighed by what it is worth beside what was built.
void Graph::sum_built(std::span<const Origin> origins, std::int64_t value) {
  shares_.begin();
  const std::uint8_t currency = currency_of(value);
  for (const Origin& o : origins) {
    const State& part = states_[o.state];
    if (o.how == Descent::made_with || part.share == Shares::none()) continue;
    if (value <= 0 || amount(value) == 0 || part.value == Worth::unknown ||
        currency_of(part.value) != currency) {
      shares_.add_open(part.share);
      continue;
    }
    const Bounds worth = bounds_of(part.value);
    const double of = number(o.of) * number(amount(value)), taken = number(o.taken);
    const double least = worth.least * taken / of;
    shares_.add(part.share, {least, worth.most == worth.least ? least : worth.most * taken / of});
  }
}

/// Content is weighed by what each is worth, unless all are alike.
void Graph::sum_united(std::span<const Origin> origins) {
  const State& first = states_[origins.front().state];
  bool alike = true, known = true;
  Bounds total;
  for (const Origin& o : origins) {
    if (o.how == Descent::made_with) continue;
    const State& part = states_[o.state];
    alike = alike && part.share == first.share;
    known = known && part.value != Worth::unknown && currency_of(part.value) == currency_of(first.value);
    if (!known) continue;
    const Bounds worth = bounds_of(part.value);
    const double taken = number(o.taken) / number(o.of);
    total.least += worth.least * taken;
    total.most += worth.most * taken;
  }
  known = known && total.least > 0;
  shares_.begin(alike ? first.share : Shares::none());
  if (alike) return;
  for (const Origin& o : origins) {
    if (o.how == Descent::made_with) continue;
    const State& part = states_[o.state];
    if (!known) {  // only where they are alike, which bounds cannot tell, it is what it was
      shares_.add_at_most(part.share);
      continue;
    }
    const Bounds worth = bounds_of(part.value);
    const double taken = number(o.taken) / number(o.of);
    shares_.add(part.share, {worth.least * taken / total.most, worth.most * taken / total.least});
  }
}

/// What went on as it was, or nobody says how much of what it bore.
void Graph::sum_opened(std::span<const Origin> origins, const Added& added) {
  const Origin& first = origins.front();
  const bool goes_on = carries_on(first.how) && !added.divided;
  const bool rest_bare = std::all_of(origins.begin() + 1, origins.end(),
                                     [&](const Origin& o) { return o.how == Descent::made_with || bare(o); });
  shares_.begin(goes_on && rest_bare ? states_[first.state].share : Shares::none());
  if (goes_on && rest_bare) return;
  for (const Origin& o : origins)
    if (o.how != Descent::made_with) shares_.add_open(states_[o.state].share);
  // Whether the rest bears nothing, bounds cannot always tell: if it does, this is what it was.
  if (goes_on) shares_.add_at_most(states_[first.state].share);
}

/// Of what comes of one state alone: the shares of that lie on it unchanged.
static bool shares_go_on(Descent how, const Added& added) {
  return carries_on(how) && added.share == Shares::none() && !added.divided;
}

std::optional<StateId> Graph::carried_from(StateId s) const {
  const auto [from, to] = edges(s);
  const bool carried =
      to - from == 1 && shares_go_on(static_cast<Descent>(how_[from] & descent_bits), added(s));
  return carried ? std::optional(edges_[from].from) : std::nullopt;
}

Graph::Borne Graph::borne(std::span<const Origin> origins, const Added& added, Said said) {
  if (origins.size() == 1 && shares_go_on(origins.front().how, added)) {  // the way of most states
    const State& from = states_[origins.front().state];
    return {added.marks == MarkSets::none() ? from.marks : marks_.and_also(from.marks, added.marks),
            from.share, value_of(origins, said)};
  }
  Borne b{};
  b.marks = marks_of(origins, added);
  b.value = value_of(origins, said);
  b.share = share_of(origins, added, b.value);
  return b;
}

// --- states ---
StateId Graph::append(std::span<const Origin> origins, const Added& added, Worth worth) {
  const Said said{packed(worth), worth.ten_thousandths >= 0};
  const Borne b = borne(origins, added, said);
  const auto id = static_cast<StateId>(states_.size());
  __builtin_prefetch(states_.data() + id + 64, 1);  // what is written next
  states_.push_back({static_cast<std::uint32_t>(edges_.size()), nothing, b.marks, b.share, b.value,
                     kept(added), said.says});
  add_edges(origins, id);
  return id;
}

void Graph::add_edges(std::span<const Origin> origins, StateId to) {
  auto edge = static_cast<std::uint32_t>(edges_.size());
  edges_.resize(edge + origins.size());
  how_.resize(edge + origins.size());
  State* const states = states_.data();
  for (const Origin& o : origins) {
    if (edge % stride == 0) strides_.push_back({to, static_cast<std::uint32_t>(small_parts_.size())});
    auto how = static_cast<std::uint8_t>(o.how);
    if (o.taken != o.of) {
      if (o.taken <= UINT16_MAX && o.of <= UINT16_MAX) {
        small_parts_.push_back({static_cast<std::uint16_t>(o.taken), static_cast<std::uint16_t>(o.of)});
        how |= took_small_part;
      } else {
        large_parts_.push_back({edge, o.taken, o.of});
        how |= took_large_part;
      }
    }
    how_[edge] = how;
    edges_[edge] = {o.state, states[o.state].first_child};
    states[o.state].first_child = edge;
    ++edge;
  }
}

std::pair<std::uint32_t, std::uint32_t> Graph::edges(StateId s) const {
  const std::size_t end = s + 1 < states_.size() ? states_[s + 1].first_edge : edges_.size();
  return {states_[s].first_edge, static_cast<std::uint32_t>(end)};
}

/// The state that an edge leads to.
StateId Graph::state_of(std::uint32_t edge) const {
  StateId s = strides_[edge / stride].to;
  while (s + 1 < states_.size() && states_[s + 1].first_edge <= edge) ++s;
  return s;
}

Origin Graph::origin(std::uint32_t edge) const {
  Origin o{edges_[edge].from, static_cast<Descent>(how_[edge] & descent_bits)};
  const auto read = [&](const auto& part) {
    o.taken = part.taken;
    o.of = part.of;
  };
  if ((how_[edge] & took_small_part) != 0) {
    std::uint32_t at = strides_[edge / stride].small_parts;
    for (std::uint32_t e = edge / stride * stride; e < edge; ++e)
      at += (how_[e] & took_small_part) != 0 ? 1 : 0;
    read(small_parts_[at]);
  }
  if ((how_[edge] & took_large_part) != 0)
    read(*std::lower_bound(large_parts_.begin(), large_parts_.end(), edge,
                           [](const auto& part, std::uint32_t e) { return part.edge < e; }));
  return o;
}

void Graph::read_origins(StateId s, std::vector<Origin>& into) const {
  into.clear();
  const auto [from, to] = edges(s);
  for (std::uint32_t e = from; e < to; ++e) into.push_back(origin(e));
}

std::vector<Origin> Graph::origins(StateId s) const {
  std::vector<Origin> out;
  read_origins(s, out);
  return out;
}

std::size_t Graph::revise(StateId s, const Added& added, Worth worth) {
  states_[s].added = kept(added);
  states_[s].says_worth = worth.ten_thousandths >= 0;
  std::size_t changed = 0;
  // A state is looked at once all before it that changed have been: what comes of a state has a higher
  // number.
  std::priority_queue<StateId, std::vector<StateId>, std::greater<>> open;
  open.push(s);
  while (!open.empty()) {
    const StateId at = open.top();
    while (!open.empty() && open.top() == at) open.pop();
    read_origins(at, scratch_);
    const Added own = added_[states_[at].added];
    State& state = states_[at];
    const std::int64_t said = at == s ? packed(worth) : state.says_worth ? state.value : Worth::unknown;
    const Borne b = borne(scratch_, own, {said, state.says_worth});
    if (b.marks == state.marks && same_value(b.value, state.value) && shares_.same(b.share, state.share))
      continue;
    state.marks = b.marks;
    state.share = b.share;
    state.value = b.value;
    ++changed;
    for (std::uint32_t e = state.first_child; e != nothing; e = edges_[e].next) open.push(state_of(e));
  }
  return changed;
}

/// Everything that `next` leads to, near ones first so that those far apart in memory are called for early.
template <class Next>
static std::vector<StateId> reached(const Graph& graph, std::span<const StateId> from, const Next& next) {
  std::unordered_set<StateId> seen(from.begin(), from.end());
  std::vector<StateId> out(seen.begin(), seen.end());
  const auto own = static_cast<std::ptrdiff_t>(out.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    next(out[i], [&](StateId s) {
      if (!seen.insert(s).second) return;
      graph.expect(s);
      out.push_back(s);
    });
  out.erase(out.begin(), out.begin() + own);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<StateId> Graph::ancestors(std::span<const StateId> of) const {
  return reached(*this, of, [&](StateId at, const auto& visit) {
    const auto [from, to] = edges(at);
    for (std::uint32_t e = from; e < to; ++e) visit(edges_[e].from);
  });
}
std::vector<StateId> Graph::descendants(std::span<const StateId> of) const {
  return reached(*this, of, [&](StateId at, const auto& visit) {
    for (std::uint32_t e = states_[at].first_child; e != nothing; e = edges_[e].next) visit(state_of(e));
  });
}

std::size_t Graph::memory() const {
  const auto of = [](const auto& v) { return v.size() * sizeof(v.front()); };
  return of(states_) + of(edges_) + of(how_) + of(small_parts_) + of(large_parts_) + of(strides_) +
         of(part_worths_) + of(added_) + marks_.memory() + shares_.memory();
}

}  // namespace sekisho
