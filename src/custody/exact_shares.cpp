#include "custody/exact_shares.h"

#include <algorithm>

namespace sekisho {
namespace {

bool nothing_in(const ShareRow& row) {
  return std::all_of(row.begin(), row.end(), [](const Share& s) { return s.known == 0 && !s.open; });
}

}  // namespace

/// The state whose shares it bears unchanged.
StateId ExactShares::source(StateId s) {
  std::vector<StateId> passed;
  for (std::optional<StateId> before = s; before; before = graph_.carried_from(s)) {
    s = *before;
    if (const auto known = sources_.find(s); known != sources_.end()) {
      s = known->second;
      break;
    }
    passed.push_back(s);
  }
  for (const StateId p : passed) sources_.emplace(p, s);
  return s;
}

/// Whether the graph itself holds the shares exactly.
bool ExactShares::held(StateId s) const {
  const Shares& shares = graph_.shares();
  for (std::size_t i = 0; i < shares.rights(); ++i)
    if (!shares.at(graph_.share(s), i).exact()) return false;
  return true;
}
ShareRow ExactShares::held_row(ShareId s) const {
  const Shares& shares = graph_.shares();
  ShareRow out(shares.rights());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const ShareBounds b = shares.at(s, i);
    out[i] = {mpq_class(b.known.least), b.perhaps_more};
  }
  return out;
}

const ShareRow& ExactShares::of(StateId s) {
  // Everything back to where shares are held, then forward again: what a state came of has lower numbers.
  const StateId asked = source(s);
  std::vector<StateId> open{asked}, to_count;
  while (!open.empty()) {
    const StateId at = open.back();
    open.pop_back();
    const auto [row, fresh] = rows_.try_emplace(at);
    if (!fresh) continue;
    if (held(at)) {
      row->second = held_row(graph_.share(at));
      continue;
    }
    to_count.push_back(at);
    for (const Origin& o : graph_.origins(at)) open.push_back(source(o.state));
  }
  std::sort(to_count.begin(), to_count.end());
  for (const StateId at : to_count) rows_[at] = counted(at);
  return rows_.at(asked);
}

/// By `share_rules`, from the rows of what it came of.
ShareRow ExactShares::counted(StateId s) {
  const std::vector<Origin> origins = graph_.origins(s);
  const Added& added = graph_.added(s);
  ShareRow own = held_row(added.share);  // what arises is never a fraction
  if (origins.empty()) return own;
  std::vector<share_rules::Portion> body;
  std::vector<ShareRow> technology;
  const Descent how = origins.front().how;
  const std::uint8_t currency = graph_.currency(how == Descent::built_in ? s : origins.front().state);
  bool rest_bare = true;
  for (const Origin& o : origins) {
    const ShareRow& row = rows_.at(source(o.state));
    if (o.how == Descent::made_with) {
      technology.push_back(row);
      continue;
    }
    rest_bare = rest_bare && (body.empty() || nothing_in(row));
    body.push_back({row, {}});
    // Without content its value may still weigh, where goods are mixed.
    if (graph_.currency(o.state) == currency && (how == Descent::united || !nothing_in(row)))
      body.back().value = graph_.worth(o.state);
    if (body.back().value) *body.back().value *= part_of_whole(o);
  }
  ShareRow out(own.size());
  if (!body.empty()) {
    if (how == Descent::built_in && !added.divided)
      out = share_rules::built(body, graph_.worth(s));
    else if (how == Descent::united)
      out = share_rules::mixed(body);
    else if (carries_on(how) && !added.divided && rest_bare)
      out = body.front().row;
    else
      out = share_rules::opened(body);
  }
  for (const ShareRow& t : technology)
    out = share_rules::made_with(std::move(out), t, graph_.reaches_products());
  return share_rules::and_also(std::move(out), own);
}

}  // namespace sekisho
