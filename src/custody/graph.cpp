#include "custody/graph.h"

#include <algorithm>
#include <array>
#include <functional>
#include <queue>
#include <unordered_set>

namespace sekisho {
namespace {

constexpr std::uint8_t took_small_part = 8, took_large_part = 16, descent_bits = 7;

// A value is 54 bits of ten-thousandths with its currency above them. Negative: not known; or, where the part
// of a lot has no whole number of them, deferred: -2 less the currency.
constexpr int currency_shift = 54;

std::int64_t packed(Worth w) {
  if (w.ten_thousandths < 0 || w.ten_thousandths > Worth::most) return Worth::unknown;
  return (static_cast<std::int64_t>(w.currency) << currency_shift) | w.ten_thousandths;
}
std::int64_t deferred(std::uint8_t currency) {
  return -2 - static_cast<std::int64_t>(currency);
}
std::int64_t amount(std::int64_t value) {
  return value >= 0 ? value & Worth::most : std::max(value, Shares::value_deferred);
}
std::uint8_t currency_of(std::int64_t value) {
  return static_cast<std::uint8_t>(value >= 0                ? value >> currency_shift
                                   : value == Worth::unknown ? 0
                                                             : -2 - value);
}
mpq_class part_of_whole(const Origin& o) {
  mpq_class part(whole_number(o.taken), whole_number(o.of));
  part.canonicalize();
  return part;
}
/// What goes on as it is, or as its part.
bool carries_on(Descent d) {
  return d == Descent::same || d == Descent::part || d == Descent::rest || d == Descent::copied;
}

}  // namespace

std::string_view to_string(Descent d) {
  static constexpr std::array words{"same",     "part",      "rest",   "united",
                                    "built_in", "taken_out", "copied", "made_with"};
  return words[static_cast<std::size_t>(d)];
}

Graph::Graph(std::vector<bool> reaches_products) : shares_(std::move(reaches_products)) {}

void Graph::reserve(std::size_t states, std::size_t origins, std::size_t built) {
  states_.reserve(states);
  edges_.reserve(origins);
  how_.reserve(origins);
  strides_.reserve(origins / stride + 1);
  small_parts_.reserve(origins);
  shares_.reserve(built);
}

// --- what a state bears ---
std::uint32_t Graph::kept(const Added& added) {
  const std::uint64_t h = (std::uint64_t{added.marks.index} << 32 | added.share.index) * 0x9e3779b97f4a7c15;
  std::uint32_t& last = last_kept_[h >> 56];  // of those that fall together, the one met last
  if (last < added_.size() && added_[last] == added) return last;
  const auto [it, fresh] = added_ids_.emplace(added, static_cast<std::uint32_t>(added_.size()));
  if (fresh) added_.push_back(added);
  return last = it->second;
}

/// Goods that move are worth what they were, and a part its part.
std::int64_t Graph::value_of(std::span<const Origin> origins, const Added& added, std::int64_t said) const {
  if (added.says_worth || origins.size() != 1 || !carries_on(origins.front().how)) return said;
  const Origin& o = origins.front();
  const std::int64_t whole = states_[o.state].value;
  if (whole < 0 || o.taken == o.of) return whole;
  std::int64_t product = 0;
  if (__builtin_mul_overflow(amount(whole), o.taken, &product) || product % o.of != 0)
    return deferred(currency_of(whole));
  return packed({product / o.of, currency_of(whole)});
}

std::optional<mpq_class> Graph::exact_value(StateId s) const {
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
  if (shares_.rights() == 0) return Shares::none();
  const bool all_bare = std::all_of(origins.begin(), origins.end(), [&](const Origin& o) { return bare(o); });
  if (all_bare) return added.share;
  const Origin& first = origins.front();
  // The two ways of nearly all states.
  if (origins.size() == 1 && carries_on(first.how) && added.share == Shares::none() && !added.parts_taken_out)
    return states_[first.state].share;
  if (std::all_of(origins.begin(), origins.end(),
                  [](const Origin& o) { return o.how == Descent::built_in; })) {
    portions_.clear();
    for (const Origin& o : origins) {
      const std::int64_t v = states_[o.state].value;
      const bool comparable = currency_of(v) == currency_of(value);
      portions_.push_back(
          {states_[o.state].share, comparable ? amount(v) : Shares::value_unknown, o.taken, o.of});
    }
    return shares_.built(portions_, amount(value), added.share);
  }
  // What hangs on something deferred is deferred too: else a change further back would pass it by.
  const bool countable = std::all_of(origins.begin(), origins.end(), [&](const Origin& o) {
    const bool weighs = !bare(o) || o.how == Descent::united;
    return states_[o.state].share != Shares::deferred() &&
           (!weighs || states_[o.state].value >= Worth::unknown);
  });
  if (!countable) return Shares::deferred();
  return shares_.keep(
      row_by_rules(origins, added, value, [&](StateId s) { return *shares_.row(states_[s].share); }));
}

/// By `share_rules`, from the rows of what the state came of.
ShareRow Graph::row_by_rules(std::span<const Origin> origins, const Added& added, std::int64_t value,
                             const Rows& rows) const {
  std::vector<share_rules::Portion> body;
  std::vector<ShareRow> technology;
  const std::uint8_t currency = origins.empty() || origins.front().how == Descent::built_in
                                    ? currency_of(value)
                                    : currency_of(states_[origins.front().state].value);
  bool rest_bare = true;
  for (const Origin& o : origins) {
    if (o.how == Descent::made_with) {
      technology.push_back(rows(o.state));
      continue;
    }
    rest_bare = rest_bare && (body.empty() || bare(o));
    body.push_back({rows(o.state), {}});
    if (currency_of(states_[o.state].value) == currency) body.back().value = exact_value(o.state);
    if (body.back().value) *body.back().value *= part_of_whole(o);
  }
  ShareRow out(shares_.rights());
  if (!body.empty()) {
    const Descent how = origins.front().how;
    if (how == Descent::built_in)
      out = share_rules::built(
          body, value < 0 ? std::nullopt : std::optional<mpq_class>(whole_number(amount(value))));
    else if (how == Descent::united)
      out = share_rules::mixed(body);
    else if (carries_on(how) && !added.parts_taken_out && rest_bare)
      out = body.front().row;
    else
      out = share_rules::opened(body);
  }
  for (const ShareRow& t : technology)
    out = share_rules::made_with(std::move(out), t, shares_.reaches_products());
  return share_rules::and_also(std::move(out), *shares_.row(added.share));
}

ShareRow Graph::exact_shares(StateId s) const {
  // Everything back to where shares are held, then forward again: what a state came of has lower numbers.
  std::map<StateId, ShareRow> rows;
  std::vector<StateId> open{s};
  while (!open.empty()) {
    const StateId at = open.back();
    open.pop_back();
    if (!rows.emplace(at, ShareRow()).second || !shares_deferred(at)) continue;
    for (const Origin& o : origins(at)) open.push_back(o.state);
  }
  for (auto& [at, row] : rows)
    row = shares_deferred(at) ? row_by_rules(origins(at), added(at), states_[at].value,
                                             [&](StateId of) { return rows.at(of); })
                              : *shares_.row(states_[at].share);
  return rows.at(s);
}

Graph::Borne Graph::borne(std::span<const Origin> origins, const Added& added, std::int64_t said) {
  Borne b{};
  b.marks = marks_of(origins, added);
  b.value = value_of(origins, added, said);
  b.share = share_of(origins, added, b.value);
  return b;
}

// --- states ---
StateId Graph::append(std::span<const Origin> origins, const Added& added, Worth worth) {
  Added all = added;
  all.says_worth = worth.ten_thousandths >= 0;
  const Borne b = borne(origins, all, packed(worth));
  const auto id = static_cast<StateId>(states_.size());
  states_.push_back(
      {static_cast<std::uint32_t>(edges_.size()), nothing, b.marks, b.share, b.value, kept(all)});
  for (const Origin& o : origins) add_edge(o, id);
  return id;
}

void Graph::add_edge(const Origin& o, StateId to) {
  const auto edge = static_cast<std::uint32_t>(edges_.size());
  if (edge % stride == 0) strides_.push_back({to, static_cast<std::uint32_t>(small_parts_.size())});
  State& from = states_[o.state];
  edges_.push_back({o.state, from.first_child});
  from.first_child = edge;
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
  how_.push_back(how);
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
  Added all = added;
  all.says_worth = worth.ten_thousandths >= 0;
  states_[s].added = kept(all);
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
    const std::int64_t said = at == s ? packed(worth) : own.says_worth ? states_[at].value : Worth::unknown;
    const Borne b = borne(scratch_, own, said);
    State& state = states_[at];
    if (b.marks == state.marks && b.value == states_[at].value && shares_.same(b.share, state.share))
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
static std::vector<StateId> reached(const Graph& graph, StateId from, const Next& next) {
  std::unordered_set<StateId> seen;
  std::vector<StateId> out{from};
  for (std::size_t i = 0; i < out.size(); ++i)
    next(out[i], [&](StateId s) {
      if (!seen.insert(s).second) return;
      graph.expect(s);
      out.push_back(s);
    });
  out.erase(out.begin());
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<StateId> Graph::ancestors(StateId s) const {
  return reached(*this, s, [&](StateId at, const auto& visit) {
    const auto [from, to] = edges(at);
    for (std::uint32_t e = from; e < to; ++e) visit(edges_[e].from);
  });
}
std::vector<StateId> Graph::descendants(StateId s) const {
  return reached(*this, s, [&](StateId at, const auto& visit) {
    for (std::uint32_t e = states_[at].first_child; e != nothing; e = edges_[e].next) visit(state_of(e));
  });
}

std::size_t Graph::memory() const {
  const auto of = [](const auto& v) { return v.size() * sizeof(v.front()); };
  return of(states_) + of(edges_) + of(how_) + of(small_parts_) + of(large_parts_) + of(strides_) +
         of(added_) + marks_.memory() + shares_.memory();
}

}  // namespace sekisho
