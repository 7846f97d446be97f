#include "engine/smallest.h"

#include <algorithm>
#include <optional>

namespace sekisho {
namespace {

using Set = std::vector<std::size_t>;

/// A smallest set that has a part in each of `all`; nullopt where the effort is spent.
class Hitting {
 public:
  Hitting(const std::vector<Set>& all, Effort& effort) : all_(all), effort_(effort) {}

  std::optional<Set> run(std::size_t at_least) {
    for (std::size_t size = at_least;; ++size) {
      Set chosen;
      if (within(size, chosen)) return chosen;
      if (effort_.spent()) return std::nullopt;
    }
  }

 private:
  bool within(std::size_t size, Set& chosen) {
    const Set* missed = nullptr;
    for (const Set& s : all_) {
      const bool hit = std::any_of(s.begin(), s.end(), [&](std::size_t i) {
        return std::find(chosen.begin(), chosen.end(), i) != chosen.end();
      });
      if (!hit && (missed == nullptr || s.size() < missed->size())) missed = &s;
    }
    if (missed == nullptr) return true;
    if (chosen.size() == size || !effort_.ask()) return false;
    for (const std::size_t i : *missed) {
      chosen.push_back(i);
      if (within(size, chosen)) return true;
      chosen.pop_back();
    }
    return false;
  }

  const std::vector<Set>& all_;
  Effort& effort_;
};

}  // namespace

Smallest smallest_enough(std::size_t count, Set enough, const std::function<bool(const Set&)>& is_enough,
                         Effort& effort) {
  std::vector<Set> to_hit;
  std::size_t at_least = 0;
  while (true) {
    std::optional<Set> candidate = Hitting(to_hit, effort).run(at_least);
    if (!candidate || !effort.ask()) return {std::move(enough), false};
    at_least = candidate->size();
    if (at_least >= enough.size()) return {std::move(enough), true};
    if (is_enough(*candidate)) return {std::move(*candidate), true};
    // What can be added without its becoming enough leaves the least to have a part in.
    Set with = *candidate, left_out;
    for (std::size_t i = 0; i < count; ++i) {
      if (std::find(with.begin(), with.end(), i) != with.end()) continue;
      if (!effort.ask()) return {std::move(enough), false};
      with.push_back(i);
      if (!is_enough(with)) continue;
      with.pop_back();
      left_out.push_back(i);
    }
    to_hit.push_back(std::move(left_out));
  }
}

Smallest smallest_because(Completions& engine, const std::vector<std::size_t>& regimes, const State& state,
                          const std::vector<FactVars>& facts, Set enough, Finding f, Effort& effort) {
  return smallest_enough(
      facts.size(), std::move(enough),
      [&](const Set& told) {
        State s = state;
        for (std::size_t i = 0; i < facts.size(); ++i) {
          if (std::find(told.begin(), told.end(), i) != told.end()) continue;
          for (const VarId v : facts[i]) {
            s.possible[v.index] = engine.space()[v].all;
            s.free[v.index] = true;
          }
        }
        return engine.always(regimes, s, f);
      },
      effort);
}

namespace {

class Changing {
 public:
  Changing(Completions& engine, const std::vector<std::size_t>& regimes, const State& state,
           const std::vector<Changeable>& facts, const std::function<bool(const FindingSet&)>& wanted,
           const std::function<bool(const FindingSet&)>& possible, Effort& effort)
      : engine_(engine),
        regimes_(regimes),
        state_(state),
        facts_(facts),
        wanted_(wanted),
        possible_(possible),
        effort_(effort) {}

  SmallestChange run() {
    SmallestChange out;
    for (std::size_t size = 1; size <= facts_.size(); ++size) {
      // All facts together: where even that is not possible, no more of them help.
      if (size == 1 && !may(0, {})) break;
      if (choose(0, size, state_, out) || effort_.spent()) break;
    }
    out.proved = !effort_.spent() || out.change.size() == 1;
    return out;
  }

 private:
  /// Whether changing the facts from `from` on, over what was changed already, may bring what is wanted.
  bool may(std::size_t from, const std::optional<State>& changed) {
    State s = changed.value_or(state_);
    for (std::size_t i = from; i < facts_.size(); ++i)
      for (const std::size_t value : facts_[i].values) s.possible[facts_[i].fact.index].set(value);
    return ask(s) && possible_(last_);
  }
  bool ask(const State& s) {
    if (!effort_.ask()) return false;
    last_ = engine_.findings(regimes_, s);
    return true;
  }
  /// `left` more facts of those from `from` on.
  bool choose(std::size_t from, std::size_t left, const State& changed, SmallestChange& out) {
    if (left == 0) {
      if (!ask(changed) || last_.empty() || !wanted_(last_)) return false;
      out.findings = last_;
      return true;
    }
    for (std::size_t i = from; i + left <= facts_.size() && !effort_.spent(); ++i) {
      if (!may(i, changed)) return false;
      for (const std::size_t value : facts_[i].values) {
        State next = changed;
        next.possible[facts_[i].fact.index].reset();
        next.possible[facts_[i].fact.index].set(value);
        out.change.emplace_back(facts_[i].fact, value);
        if (choose(i + 1, left - 1, next, out)) return true;
        out.change.pop_back();
      }
    }
    return false;
  }

  Completions& engine_;
  const std::vector<std::size_t>& regimes_;
  const State& state_;
  const std::vector<Changeable>& facts_;
  const std::function<bool(const FindingSet&)>&wanted_, &possible_;
  Effort& effort_;
  FindingSet last_;
};

}  // namespace

SmallestChange smallest_change(Completions& engine, const std::vector<std::size_t>& regimes,
                               const State& state, const std::vector<Changeable>& facts,
                               const std::function<bool(const FindingSet&)>& wanted,
                               const std::function<bool(const FindingSet&)>& possible, Effort& effort) {
  return Changing(engine, regimes, state, facts, wanted, possible, effort).run();
}

}  // namespace sekisho
