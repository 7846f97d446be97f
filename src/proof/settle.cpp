#include "proof/settle.h"

#include <algorithm>
#include <set>

namespace sekisho::proof {
namespace {

/// The completions of what is known: which there are, and what tells them apart.
class Branching {
 protected:
  Branching(const Case& c, std::size_t most_readings) : case_(c), left_(most_readings) {}
  virtual ~Branching() = default;

  /// What is sought of completions: `no` where there is nothing more in these, `yes` where all of them have
  /// it. @param open  matters that would tell
  virtual Truth sought(const Known& known, std::vector<Matter>& open) = 0;
  /// One completion has what `sought` said last.
  virtual void met() = 0;
  /// Nothing that is still to be looked at can matter.
  virtual bool enough() const { return false; }
  /// Looks for it in every completion. @returns whether nothing was left out
  bool look_through(Known known) {
    if (narrow(known)) visit(known);
    return whole_;
  }

  /// Whether there is one more reading to spend.
  bool spend() {
    if (left_ == 0) return false;
    --left_;
    return true;
  }
  /// The one with the fewest values, of those the one that is read most often.
  const Matter& next(const Known& known, const std::vector<Matter>& open) const {
    Reader reader(case_, known);
    const auto often = [&](const Matter& m) { return std::count(open.begin(), open.end(), m); };
    const Matter* best = &open.front();
    std::size_t fewest = reader.left(*best).size();
    for (const Matter& m : open) {
      const std::size_t values = reader.left(m).size();
      if (values > fewest || (values == fewest && often(m) <= often(*best))) continue;
      best = &m;
      fewest = values;
    }
    return *best;
  }
  /// Takes away values that break a constraint whatever the rest is. @returns false where none is left
  bool narrow(Known& known) const {
    for (bool changed = true; changed;) {
      changed = false;
      std::vector<Matter> open;
      if (constraints(known, open) == Truth::no) return false;
      for (const Matter& m : std::set<Matter>(open.begin(), open.end())) {
        std::vector<Value> left = Reader(case_, known).left(m);
        Known tried = known;
        const std::size_t before = left.size();
        std::erase_if(left, [&](const Value& v) {
          std::vector<Matter> ignored;
          tried[m] = {v};
          return constraints(tried, ignored) == Truth::no;
        });
        if (left.empty()) return false;
        if (left.size() == before) continue;
        known[m] = std::move(left);
        changed = true;
      }
    }
    return true;
  }
  /// Gives a matter each of its values, one after the other.
  void split(Known& known, const Matter& m) {
    const std::vector<Value> values = Reader(case_, known).left(m);
    auto before = known.extract(m);
    for (const Value& v : values) {
      known[m] = {v};
      visit(known);
    }
    known.erase(m);
    if (before) known.insert(std::move(before));
  }
  /// Whether the completion counts, where what was sought of it is settled: if that hangs on constraints, one
  /// part that satisfies them is met, and what is left is looked through. @returns false where it cannot be
  /// said
  bool witness(const Known& known, Truth possible) {
    if (possible == Truth::yes) return met(), true;
    Known narrowed = known;
    if (!narrow(narrowed)) return true;
    std::vector<Matter> open;
    if (constraints(narrowed, open) == Truth::yes) return met(), true;
    if (open.empty()) return false;
    split(narrowed, next(narrowed, open));
    return true;
  }
  Truth constraints(const Known& known, std::vector<Matter>& open) const {
    return proof::constraints(case_, known, Constraining::all, open);
  }

  const Case& case_;

 private:
  void visit(Known& known) {
    if (enough()) return;
    if (!spend()) {
      whole_ = false;
      return;
    }
    std::vector<Matter> of_constraints, open;
    const Truth possible = constraints(known, of_constraints);
    if (possible == Truth::no) return;
    const Truth t = sought(known, open);
    if (t == Truth::no) return;
    if (t == Truth::yes)
      whole_ = witness(known, possible) && whole_;
    else if (open.empty())
      whole_ = false;
    else
      split(known, next(known, open));
  }

  std::size_t left_;
  bool whole_ = true;
};

class Search : Branching {
 public:
  Search(const Case& c, const std::vector<const Regime*>& regimes, std::size_t most_readings)
      : Branching(c, most_readings), regimes_(regimes) {}

  Settled run(Known known) {
    out_.whole = look_through(std::move(known));
    return out_;
  }

 private:
  Truth sought(const Known& known, std::vector<Matter>& open) override {
    const Range r = joint(known, open);
    if (nothing_new(r)) return Truth::no;
    last_ = r.low;
    return r.one() ? Truth::yes : Truth::unknown;
  }
  void met() override {
    out_.met = out_.some ? Range{std::min(out_.met.low, last_), std::max(out_.met.high, last_)}
                         : Range{last_, last_};
    out_.some = true;
  }
  /// The strictest regime counts.
  Range joint(const Known& known, std::vector<Matter>& open) const {
    Range all;
    std::vector<std::pair<Range, std::vector<Matter>>> each;
    for (const Regime* r : regimes_) {
      std::vector<Matter> of_this;
      const Range one = finding(case_, known, *r, of_this);
      all = {std::max(all.low, one.low), std::max(all.high, one.high)};
      each.emplace_back(one, std::move(of_this));
    }
    for (const auto& [one, of_this] : each)
      if (!one.one() && one.high > all.low) open.insert(open.end(), of_this.begin(), of_this.end());
    return all;
  }
  bool nothing_new(Range r) const { return out_.some && r.low >= out_.met.low && r.high <= out_.met.high; }

  const std::vector<const Regime*>& regimes_;
  Settled out_;
  Finding last_ = Finding::not_engaged;  // of the completions that were looked at
};

/// Whether a completion is met that is better if a judged fact is found one way than the other.
class Better : Branching {
 public:
  Better(const Case& c, const Regime& regime, const Found& found, std::size_t most_readings)
      : Branching(c, most_readings), regime_(regime), found_(found) {}

  Sought run(Known known) {
    out_.whole = look_through(std::move(known));
    return out_;
  }

 private:
  bool enough() const override { return out_.some; }
  Truth sought(const Known& known, std::vector<Matter>& open) override {
    const Truth t = better(known, open);
    // What nothing is left to tell is taken to be so: no right answer is refused.
    return t == Truth::unknown && open.empty() ? Truth::yes : t;
  }
  void met() override { out_.some = true; }
  Truth better(const Known& known, std::vector<Matter>& open) const {
    Known so = known, other = known;
    so[found_.judged] = {{found_.value, {}}};
    other[found_.judged] = {{1 - found_.value, {}}};
    const Truth findable = proof::constraints(case_, so, Constraining::judged, open);
    if (findable == Truth::no) return findable;
    const Readings a = readings(case_, so, regime_, open), b = readings(case_, other, regime_, open);
    return findable &
           (lower(a.best, b.best) | lower(a.worst, b.worst) | (permits(so, open) & !permits(other, open)));
  }
  static Truth lower(Range a, Range b) {
    return a.high < b.low ? Truth::yes : a.low >= b.high ? Truth::no : Truth::unknown;
  }
  /// Whether the route is open that the answer uses.
  Truth permits(const Known& known, std::vector<Matter>& open) const {
    if (found_.route == nullptr) return Truth::no;
    const RegimeReading read = read_regime(case_, known, regime_);
    for (const RuleReading& r : read.rules)
      if (r.rule == found_.route) {
        open.insert(open.end(), read.open.begin(), read.open.end());
        return r.active & !lost(r, tree::Part::permission, 0);
      }
    return Truth::no;
  }

  const Regime& regime_;
  const Found& found_;
  Sought out_;
};

}  // namespace

Settled settle(const Case& c, Known known, const std::vector<const Regime*>& regimes,
               std::size_t most_readings) {
  return Search(c, regimes, most_readings).run(std::move(known));
}

Sought better_found(const Case& c, Known known, const Regime& regime, const Found& found,
                    std::size_t most_readings) {
  return Better(c, regime, found, most_readings).run(std::move(known));
}

}  // namespace sekisho::proof
