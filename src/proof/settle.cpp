#include "proof/settle.h"

#include <algorithm>
#include <set>

namespace sekisho::proof {
namespace {

class Search {
 public:
  Search(const Case& c, const std::vector<const Regime*>& regimes, std::size_t most_readings)
      : case_(c), regimes_(regimes), left_(most_readings) {}

  Settled run(Known& known) {
    if (narrow(known)) visit(known);
    return out_;
  }

 private:
  void visit(Known& known) {
    if (left_ == 0) {
      out_.whole = false;
      return;
    }
    --left_;
    std::vector<Matter> of_constraints, of_findings;
    const Truth possible = constraints(known, of_constraints);
    if (possible == Truth::no) return;
    const Range r = joint(known, of_findings);
    if (nothing_new(r)) return;
    if (r.one()) return witness(known, r.low, possible);
    if (of_findings.empty())
      out_.whole = false;
    else
      split(known, next(known, of_findings));
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
  /// The finding is settled; whether it counts hangs on the constraints.
  void witness(const Known& known, Finding f, Truth possible) {
    if (possible == Truth::yes) return meet(f);
    Known narrowed = known;
    if (!narrow(narrowed)) return;
    std::vector<Matter> open;
    if (constraints(narrowed, open) == Truth::yes) return meet(f);
    if (open.empty())
      out_.whole = false;
    else
      split(narrowed, next(narrowed, open));
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

  /// Judged facts that nobody found may be read so that a constraint holds.
  Truth constraints(const Known& known, std::vector<Matter>& open) const {
    Truth all = Truth::yes;
    for (const Constraint& c : case_.law().constraints) {
      Reader reader(case_, known);
      const Truth t = reader.read(c.always);
      if (t == Truth::no) return t;
      if (t == Truth::unknown && !reader.open.empty()) all = t;
      open.insert(open.end(), reader.open.begin(), reader.open.end());
    }
    return all;
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
  void meet(Finding f) {
    out_.met = out_.some ? Range{std::min(out_.met.low, f), std::max(out_.met.high, f)} : Range{f, f};
    out_.some = true;
  }

  const Case& case_;
  const std::vector<const Regime*>& regimes_;
  std::size_t left_;
  Settled out_;
};

}  // namespace

Settled settle(const Case& c, Known known, const std::vector<const Regime*>& regimes,
               std::size_t most_readings) {
  return Search(c, regimes, most_readings).run(known);
}

}  // namespace sekisho::proof
