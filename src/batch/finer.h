#pragma once
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "batch/plan.h"

// What many threads ask for and one of them makes: plans for stretches of law, and finer ones for what a row
// or a request names beyond what the law of a day tells apart. Compiling takes long, so it is done outside
// the lock: who asks for the same thing waits for it, and everyone else goes on.

namespace sekisho {

/// Things by key, each made once while it is kept. Where so many are kept, all are forgotten; who holds one
/// keeps it. What fails with an exception is not kept: who waited for it hears of it, and who asks later has
/// it made anew, since memory may be there again. Safe for threads.
template <class Key, class Made>
class MadeOnce {
 public:
  using Shared = std::shared_ptr<const Made>;
  explicit MadeOnce(std::size_t most = ~std::size_t{0}) : most_(most) {}
  /// @param make  gives the thing, a `Shared`; called without the lock
  template <class Make>
  Shared of(const Key& key, const Make& make) {
    std::promise<Shared> mine;
    std::shared_future<Shared> made;
    {
      const std::lock_guard hold(lock_);
      const auto it = all_.find(key);
      if (it != all_.end()) made = it->second;
      if (it == all_.end() && all_.size() >= most_) all_.clear();
      if (it == all_.end()) all_.emplace(key, mine.get_future().share());
    }
    if (made.valid()) return made.get();
    try {
      Shared out = make();
      mine.set_value(out);
      return out;
    } catch (...) {
      {
        // After all were forgotten it may be another's that is forgotten here: that is made once more, no
        // worse.
        const std::lock_guard hold(lock_);
        all_.erase(key);
      }
      mine.set_exception(std::current_exception());
      throw;
    }
  }
  /// All that were asked for, in order of key; waits for those that are being made.
  std::vector<Shared> all() const {
    std::vector<std::shared_future<Shared>> asked;
    {
      const std::lock_guard hold(lock_);
      asked.reserve(all_.size());
      for (const auto& [key, made] : all_) asked.push_back(made);
    }
    std::vector<Shared> out;
    out.reserve(asked.size());
    for (const auto& made : asked) out.push_back(made.get());
    return out;
  }

 private:
  const std::size_t most_;
  mutable std::mutex lock_;
  std::map<Key, std::shared_future<Shared>> all_;
};

/// Plans that were told more values apart than the law of the day needs, some of them kept. Safe for threads.
class FinerPlans {
 public:
  /// @returns nullptr where the law would grow too large
  std::shared_ptr<const Plan> of(const Plan& plan, const std::vector<KnownFact>& values);
  static constexpr std::size_t most_kept = 64;  // their law is as large as that of a day

 private:
  /// The same values said of other facts of their type ask for the same plan.
  using Told = std::set<std::pair<FactType, Value>>;
  MadeOnce<std::pair<const Plan*, Told>, Plan> plans_{most_kept};
};

}  // namespace sekisho
