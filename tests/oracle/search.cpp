#include "oracle/search.h"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>

namespace sekisho {

Search::Search(const Space& space, std::uint64_t work_limit)
    : space_(space), reader_(space), limit_(work_limit), splits_(space.variables().size()) {}

bool Search::over_limit() {
  gave_up_ = gave_up_ || reader_.steps() > limit_;
  return gave_up_;
}

std::vector<VarId> Search::most_split() const {
  std::vector<VarId> all;
  for (std::uint32_t i = 0; i < splits_.size(); ++i)
    if (splits_[i] > 0) all.push_back(VarId{i});
  std::stable_sort(all.begin(), all.end(),
                   [&](VarId a, VarId b) { return splits_[a.index] > splits_[b.index]; });
  if (all.size() > 3) all.resize(3);
  return all;
}

/// The unsettled variable that is read most often for the number of its values: it decides most.
VarId Search::choose(const std::vector<VarId>& from, const State& state, VarId except) {
  std::map<VarId, std::size_t> readings;
  for (const VarId v : from)
    if (v != except) ++readings[v];
  VarId best;
  double most = 0;
  for (const auto& [v, count] : readings) {
    const std::size_t values = reader_.possible(v, state).count();
    if (values < 2) continue;
    const double worth = static_cast<double>(count) / static_cast<double>(std::bit_width(values));
    if (worth > most) {
      best = v;
      most = worth;
    }
  }
  return best;
}

template <class Visit>
bool Search::split(const State& state, VarId v, Visit visit) {
  ++splits_[v.index];
  const Values values = reader_.possible(v, state);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values.test(i)) continue;
    State next = state;
    next.leave(v, i);
    reader_.undecided().clear();
    if (reader_.constraints(next) == Truth::no) continue;
    if (visit(std::move(next)) || over_limit()) return true;
  }
  return false;
}

bool Search::consistent(const State& state) {
  if (over_limit()) return true;
  reader_.undecided().clear();
  reader_.pending().clear();
  const Truth t = reader_.constraints(state);
  if (t != Truth::unknown) return t == Truth::yes;
  const std::vector<VarId> undecided = reader_.undecided();
  const VarId v = choose(undecided, state);
  if (!v.valid()) return reader_.readable(state);
  return split(state, v, [&](const State& next) { return consistent(next); });
}

/// What is open in the constraints: it decides which readings of judged facts they leave.
VarId Search::decides_readings(const State& state, VarId except) {
  reader_.undecided().clear();
  reader_.pending().clear();
  if (reader_.constraints(state) != Truth::unknown) return {};
  return choose(std::vector<VarId>(reader_.undecided()), state, except);
}

void Search::collect(const std::vector<std::size_t>& regimes, State state, FindingSet& found,
                     const FindingSet& enough) {
  if (over_limit()) return;
  Finding low = Finding::not_engaged, high = Finding::not_engaged;
  std::vector<std::pair<Finding, std::vector<VarId>>> open;  // regimes whose bounds are apart
  for (const std::size_t g : regimes) {
    RegimeReading r = reader_.read(space_.regimes()[g], state);
    // A judged fact without a finding makes an authority necessary where its reading matters.
    const auto may_be_none = [&](VarId v) {
      return space_[v].kind == VarKind::judged && reader_.possible(v, state).test(judged_none);
    };
    const bool judged = r.low != r.high && (!r.pending.empty() ||
                                            std::any_of(r.undecided.begin(), r.undecided.end(), may_be_none));
    const Finding top = judged ? std::max(r.high, Finding::authorisation_required) : r.high;
    low = std::max(low, r.low);
    high = std::max(high, top);
    if (r.low != top) open.emplace_back(top, std::move(r.undecided));
  }
  bool all_known = true;
  for (auto f = static_cast<int>(low); f <= static_cast<int>(high); ++f)
    all_known = all_known && (found[static_cast<Finding>(f)] || enough[static_cast<Finding>(f)]);
  if (all_known) return;
  if (low == high) {
    if (consistent(state)) found.insert(low);
    return;
  }
  std::vector<VarId> undecided;  // of the regimes that can still be the strictest
  for (const auto& [top, vars] : open)
    if (top > low) undecided.insert(undecided.end(), vars.begin(), vars.end());
  VarId v = choose(undecided, state);
  if (!v.valid()) v = decides_readings(state);
  if (v.valid()) {
    split(state, v, [&](State next) {
      collect(regimes, std::move(next), found, enough);
      return false;
    });
    return;
  }
  // Only judged facts without a finding are left, or nothing: read them.
  Finding strictest = Finding::not_engaged;
  for (const std::size_t g : regimes)
    strictest = std::max(strictest, reader_.outcome(space_.regimes()[g], state).finding);
  if (!found[strictest] && consistent(state)) found.insert(strictest);
}

FindingSet Search::findings(const std::vector<std::size_t>& regimes, const State& state) {
  FindingSet found;
  collect(regimes, state, found, {});
  return found;
}

bool Search::always(const std::vector<std::size_t>& regimes, const State& state, Finding f) {
  FindingSet found, enough;
  enough.insert(f);
  collect(regimes, state, found, enough);
  found.has[static_cast<std::size_t>(f)] = false;
  return found.empty() && !gave_up_;
}

bool Search::find_dependence(std::size_t regime, const State& state, VarId v) {
  if (over_limit()) return false;
  const RegimeUse& use = space_.regimes()[regime];
  const RegimeReading r = reader_.read(use, state);
  if (r.undecided.empty() && r.pending.empty()) return false;  // decided whatever v is
  if (r.low == r.high && (r.low == Finding::prohibited || r.low == Finding::not_engaged)) return false;
  VarId other = choose(r.undecided, state, v);
  if (!other.valid() && !r.pending.empty()) other = decides_readings(state, v);
  if (other.valid())
    return split(state, other, [&](const State& next) { return find_dependence(regime, next, v); });
  std::optional<RegimeOutcome> first;
  return split(state, v, [&](State next) {
    if (!consistent(next)) return false;
    RegimeOutcome o = reader_.outcome(use, next);
    if (o.finding == Finding::prohibited) {  // no need or proviso of a barred transfer is part of the answer
      RegimeOutcome bare;
      bare.finding = o.finding;
      o = std::move(bare);
    }
    if (!first) {
      first = std::move(o);
      return false;
    }
    return !(*first == o);
  });
}

bool Search::depends(std::size_t regime, const State& state, VarId v) {
  return find_dependence(regime, state, v) && !gave_up_;
}

bool Search::find_completion(ProgramId program, bool wanted, State& state) {
  if (over_limit()) return false;
  reader_.undecided().clear();
  reader_.pending().clear();
  const Truth t = reader_.read(program, state);
  if (t == truth(!wanted)) return false;
  if (t == truth(wanted)) return consistent(state);
  std::vector<VarId> undecided = reader_.undecided();
  undecided.insert(undecided.end(), reader_.pending().begin(), reader_.pending().end());
  const VarId v = choose(undecided, state);
  if (!v.valid()) return false;
  return split(state, v, [&](State next) {
    if (!find_completion(program, wanted, next)) return false;
    state = std::move(next);
    return true;
  });
}

std::optional<State> Search::completion(ProgramId program, bool wanted, const State& state) {
  State found = state;
  if (!find_completion(program, wanted, found)) return std::nullopt;
  return found;
}

bool Search::find_outcome(std::size_t regime, State state, Finding f, RegimeOutcome& out, State& witness) {
  if (over_limit()) return false;
  const RegimeUse& use = space_.regimes()[regime];
  const RegimeReading r = reader_.read(use, state);
  const Finding top = r.pending.empty() ? r.high : std::max(r.high, Finding::authorisation_required);
  if (f < r.low || f > top) return false;
  VarId v = choose(r.undecided, state);
  if (!v.valid() && !r.pending.empty()) v = decides_readings(state);
  if (v.valid())
    return split(state, v,
                 [&](State next) { return find_outcome(regime, std::move(next), f, out, witness); });
  RegimeOutcome o = reader_.outcome(use, state);
  if (o.finding != f || !consistent(state)) return false;
  out = std::move(o);
  witness = std::move(state);
  return true;
}

RegimeOutcome Search::best_outcome(std::size_t regime, const State& state, Finding f, State& witness) {
  RegimeOutcome out;
  find_outcome(regime, state, f, out, witness);
  return out;
}

void Search::find_activity(std::size_t regime, std::size_t rule, const State& state, bool& can,
                           bool& cannot) {
  if ((can && cannot) || over_limit()) return;
  const RegimeUse& use = space_.regimes()[regime];
  const RegimeReading r = reader_.read(use, state);
  const Truth t = rule < r.active.size() ? r.active[rule] : Truth::no;
  if (t != Truth::unknown) {
    if ((t == Truth::yes ? can : cannot) || !consistent(state)) return;
    (t == Truth::yes ? can : cannot) = true;
    return;
  }
  const VarId v = choose(r.activity, state);
  if (!v.valid()) {  // the rule hangs on a judged fact without finding: both
    if (consistent(state)) can = cannot = true;
    return;
  }
  split(state, v, [&](const State& next) {
    find_activity(regime, rule, next, can, cannot);
    return can && cannot;
  });
}

std::pair<bool, bool> Search::activity(std::size_t regime, std::size_t rule, const State& state) {
  bool can = false, cannot = false;
  find_activity(regime, rule, state, can, cannot);
  return {can, cannot};
}

}  // namespace sekisho
