#include "impact/impact.h"

#include <algorithm>

#include "engine/branches.h"
#include "engine/coarse.h"

namespace sekisho {

Ref finding_of(Compiled& law, const Side& side) {
  return side.regime.valid() ? law.regimes()[side.view][side.regime.index].finding : law.joint(side.view);
}

namespace {

/// The share of the box in which a diagram is yes and a cube holds, for one cube after the other.
class Share {
 public:
  Share(const Diagrams& store, Ref r, std::span<const Values> box)
      : box_(box), within_(store, r, box), known_(within_.nodes()), left_(box.size()) {
    counts_.reserve(within_.all().size());
    for (const Branches::Branch& b : within_.all()) counts_.push_back(static_cast<double>(b.values.count()));
  }
  double of(const Cube& cube) {
    if (within_.is_empty()) return 0;
    for (Level l = 0; l < box_.size(); ++l)
      left_[l] = cube[l] == box_[l]
                     ? 1
                     : static_cast<double>(cube[l].count()) / static_cast<double>(box_[l].count());
    ++walk_;
    return below(0, within_.root(), cube);
  }

 private:
  /// What the cube leaves of a share at the levels from `l` on, above the node.
  double below(Level l, Branches::Place n, const Cube& cube) {
    double share = n == Branches::yes ? 1 : of_node(n, cube);
    for (Level k = within_.level(n); k-- > l;) share *= left_[k];
    return share;
  }
  double of_node(Branches::Place n, const Cube& cube) {
    if (known_[n].walk == walk_) return known_[n].share;
    const Level at = within_.level(n);
    const bool whole = cube[at] == box_[at];
    double sum = 0;
    std::size_t place = within_.first(n);
    for (const Branches::Branch& b : within_.of(n)) {
      const double count = whole ? counts_[place] : static_cast<double>((b.values & cube[at]).count());
      if (count > 0) sum += count * below(at + 1, b.to, cube);
      ++place;
    }
    const double share = sum / static_cast<double>(box_[at].count());
    known_[n] = {walk_, share};
    return share;
  }

  /// What was found of a node in a walk.
  struct Known {
    std::size_t walk = 0;
    double share = 0;
  };
  std::span<const Values> box_;
  Branches within_;
  std::vector<double> counts_;  // of the values of each branch
  std::vector<Known> known_;
  std::vector<double> left_;  // what the cube leaves of each level
  std::size_t walk_ = 0;
};

/// Levels that say what sets hold, of sets whose members are read.
std::vector<bool> holdings_of(const Compiled& law, const std::vector<bool>& read) {
  std::vector<bool> out(read.size());
  const Space& space = law.space();
  for (std::size_t i = 0; i < law.relations().size(); ++i) {
    const VarId relation{static_cast<std::uint32_t>(space.variables().size() + i)};
    if (!law.holdings()[law.level(relation)]) continue;
    const std::vector<bool> asks = law.store().support(law.relations()[i].definition);
    bool of_members = false, of_read = false;
    for (Level l = 0; l < asks.size(); ++l) {
      if (!asks[l] || law.is_relation(law.variable(l))) continue;
      const bool member = space[law.variable(l)].kind == VarKind::member;
      of_members = of_members || member;
      of_read = of_read || (member && read[l]);
    }
    out[law.level(relation)] = of_read || !of_members;
  }
  return out;
}

constexpr std::uint32_t no_such_case = std::uint32_t{finding_count};

/// The finding of a side where its constraints leave the case, and else that there is none.
Ref outcome(Compiled& law, const Side& side, std::span<const Values> box) {
  Diagrams& store = law.store();
  const Ref all = store.choose(law.constraints(side.view), finding_of(law, side), Ref::leaf(no_such_case));
  return store.fixed(all, box);
}

std::optional<Finding> as_finding(std::uint32_t outcome) {
  return outcome == no_such_case ? std::nullopt : std::optional(static_cast<Finding>(outcome));
}

}  // namespace

Impact impact_between(Compiled& law, const Side& before, const Side& after, std::span<const Values> box) {
  Diagrams& store = law.store();
  const bool alike = law.constraints(before.view) == law.constraints(after.view);
  const Ref first = alike ? store.fixed(finding_of(law, before), box) : outcome(law, before, box);
  const Ref second = alike ? store.fixed(finding_of(law, after), box) : outcome(law, after, box);
  const Ref possible = store.within(law.care(), box);
  // What neither side reads is no part of what differs: only what it makes possible for the rest counts.
  std::vector<bool> read = store.support(first), unread = store.support(second);
  for (Level l = 0; l < read.size(); ++l) read[l] = read[l] || unread[l];
  const std::vector<bool> holdings = holdings_of(law, read);
  const bool holds = std::find(holdings.begin(), holdings.end(), true) != holdings.end();
  for (Level l = 0; l < unread.size(); ++l) unread[l] = !read[l] && !holdings[l];
  const Ref care = store.exists(possible, unread);
  Impact out;
  // Both findings as one number where they are unlike: most of the two laws is the same and falls away at
  // once.
  const Ref pairs = store.join(Join::change, first, second);
  const std::uint64_t met = store.leaves(pairs, care, box);
  for (std::uint32_t b = 0; b < change_base; ++b)
    for (std::uint32_t a = 0; a < change_base; ++a) {
      const std::uint32_t pair = b * change_base + a;
      if (a == b || (met >> pair & 1) == 0) continue;  // no change: proved
      const Ref region = store.where(pairs, pair);
      const Ref must = store.join(Join::both, region, care);
      const Ref same = store.join(Join::both, store.negate(region), care);
      const Ref shown = store.join(Join::both, must, possible);
      Share share(store, must, box);
      std::vector<Ref> apart{region, law.constraints(before.view), law.constraints(after.view)};
      for (Level l = 0; l < holdings.size(); ++l)
        if (holdings[l]) apart.push_back(store.is(l, Values(2)));
      Coarse kinds(law, apart, box, store.limit());
      Diagrams& coarse = kinds.store();
      const Ref changes = kinds.of(store.exists(must, law.of_stand_ins()));
      const Ref may_stay = kinds.of(store.exists(same, law.of_stand_ins()));
      const Ref told = coarse.negate(may_stay);
      const auto tell = [&](Ref all_of, Ref within, bool exact) {
        for (const Cube& c : irredundant_cover(coarse, all_of, within, kinds.all())) {
          Statement s;
          s.regime = before.regime;
          s.before = as_finding(b);
          s.after = as_finding(a);
          s.when = kinds.fine(c);
          s.exact = exact;
          // What others settle gives no completion a choice: it does not count among them.
          s.breadth = !holds
                          ? share.of(s.when)
                          : Share(store,
                                  store.exists(store.join(Join::both, must, as_diagram(store, s.when, box)),
                                               holdings),
                                  box)
                                .of(Cube(box.begin(), box.end()));
          store.point(shown, s.when, s.witness);
          out.statements.push_back(std::move(s));
        }
      };
      tell(coarse.join(Join::both, changes, told), told, true);
      tell(coarse.join(Join::both, changes, may_stay), coarse.join(Join::either, changes, told), false);
    }
  std::stable_sort(out.statements.begin(), out.statements.end(), [](const Statement& x, const Statement& y) {
    return x.steps() != y.steps() ? x.steps() > y.steps() : x.breadth > y.breadth;
  });
  return out;
}

}  // namespace sekisho
