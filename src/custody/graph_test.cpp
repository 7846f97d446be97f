// The graph of states against a recursion that reads the definition and nothing else: which marks and which
// shares a state bears, as it is built and after anything in it turned out to be otherwise.
#include "custody/graph.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <random>
#include <set>

#include "custody/exact_shares.h"
#include "support.h"

using namespace sekisho;

namespace {

/// Which states of a lot were built of which, by the definition alone.
struct Node {
  std::vector<Origin> origins;
  std::set<std::uint32_t> own_marks;
  std::array<bool, 2> whole{}, perhaps{};
  bool divided = false;
  Worth said;
};
struct Bears {
  std::set<std::uint32_t> marks;
  std::array<mpq_class, 2> known;
  std::array<bool, 2> open{};
  std::optional<mpq_class> value;
  std::uint8_t currency = 0;
};

/// Marks by number: 0 to 2 stay, 3 and 4 see through, 5 reaches products, 6 and 7 attest for two states.
constexpr std::uint32_t mark_count = 8;
MarkKind kind_of(std::uint32_t m) {
  MarkKind k;
  if (m == 3 || m == 4) k.flow.built_in = Incorporation::sees_through;
  if (m == 5) k.flow.products = true;
  if (m >= 6) k.attests = m - 6;
  return k;
}
/// Of the two rights counted by value, the second reaches what is made with technology.
constexpr std::array reaches{false, true};

class Recursion {
 public:
  explicit Recursion(const std::vector<Node>& nodes) : nodes_(nodes) {}
  Bears at(StateId s) {
    const Node& n = nodes_[s];
    Bears out;
    std::vector<std::pair<Origin, Bears>> body, with;
    for (const Origin& o : n.origins)
      (o.how == Descent::made_with ? with : body).emplace_back(o, at(o.state));
    value(n, body, out);
    marks(n, body, with, out);
    for (std::size_t r = 0; r < 2; ++r) {
      share(n, body, out, r);
      for (const auto& [o, b] : with) {
        if (!reaches[r]) continue;
        if (b.known[r] > 0) {
          out.known[r] = 1;
          out.open[r] = false;
        } else {
          out.open[r] = out.open[r] || b.open[r];
        }
      }
      if (n.whole[r]) out.known[r] = 1;
      out.open[r] = (out.open[r] || (n.perhaps[r] && !n.whole[r])) && out.known[r] != 1;
    }
    return out;
  }

 private:
  using Body = std::vector<std::pair<Origin, Bears>>;
  static mpq_class part(const Origin& o) {
    mpq_class q(static_cast<long>(o.taken), static_cast<long>(o.of));
    q.canonicalize();
    return q;
  }
  static bool goes_on(Descent d) {
    return d == Descent::same || d == Descent::part || d == Descent::rest || d == Descent::copied;
  }
  static void value(const Node& n, const Body& body, Bears& out) {
    if (n.said.ten_thousandths >= 0) {
      out.value = mpq_class(static_cast<long>(n.said.ten_thousandths));
      out.currency = n.said.currency;
    } else if (n.origins.size() == 1 && body.size() == 1 && goes_on(body[0].first.how) &&
               body[0].second.value) {
      out.value = *body[0].second.value * part(body[0].first);
      out.currency = body[0].second.currency;
    }
  }
  static void marks(const Node& n, const Body& body, const Body& with, Bears& out) {
    for (const auto& [o, b] : body)
      for (const std::uint32_t m : b.marks) {
        const MarkKind k = kind_of(m);
        if (k.is_attestation()) {
          const bool everywhere = std::all_of(
              body.begin(), body.end(), [&](const auto& other) { return attested(other.second, k.attests); });
          if (o.how != Descent::built_in && everywhere) out.marks.insert(m);
        } else if (o.how != Descent::built_in || k.flow.built_in == Incorporation::sees_through) {
          out.marks.insert(m);
        }
      }
    for (const auto& [o, b] : with)
      for (const std::uint32_t m : b.marks)
        if (kind_of(m).flow.products) out.marks.insert(m);
    out.marks.insert(n.own_marks.begin(), n.own_marks.end());
  }
  static bool attested(const Bears& b, std::uint32_t jurisdiction) {
    return std::any_of(b.marks.begin(), b.marks.end(),
                       [&](std::uint32_t m) { return kind_of(m).attests == jurisdiction; });
  }
  static void share(const Node& n, const Body& body, Bears& out, std::size_t r) {
    if (body.empty()) return;
    const Descent how = body.front().first.how;
    bool any = false;
    for (const auto& [o, b] : body) any = any || b.known[r] != 0 || b.open[r];
    if (how == Descent::built_in && !n.divided) {
      for (const auto& [o, b] : body) {
        out.open[r] = out.open[r] || b.open[r];
        if (b.known[r] == 0) continue;
        if (!b.value || !out.value || *out.value <= 0 || b.currency != out.currency)
          out.open[r] = true;
        else
          out.known[r] += b.known[r] * *b.value * part(o) / *out.value;
      }
      if (out.known[r] > 1) out.known[r] = 1;
    } else if (how == Descent::united) {
      mixed(body, out, r);
    } else if (goes_on(how) && !n.divided && others_bear_nothing(body)) {
      out.known[r] = body.front().second.known[r];
      out.open[r] = body.front().second.open[r];
    } else {
      out.open[r] = any;
    }
  }
  static bool others_bear_nothing(const Body& body) {
    return std::all_of(body.begin() + 1, body.end(), [](const auto& x) {
      return x.second.known[0] == 0 && x.second.known[1] == 0 && !x.second.open[0] && !x.second.open[1];
    });
  }
  static void mixed(const Body& body, Bears& out, std::size_t r) {
    const Bears& first = body.front().second;
    bool alike = true, valued = true, any = false;
    mpq_class total = 0;
    for (const auto& [o, b] : body) {
      alike = alike && b.known == first.known && b.open == first.open;
      valued = valued && b.value && b.currency == first.currency;
      any = any || b.known[r] != 0 || b.open[r];
      if (b.value) total += *b.value * part(o);
    }
    if (alike) {
      out.known[r] = first.known[r];
      out.open[r] = first.open[r];
    } else if (!valued) {
      out.open[r] = any;
    } else {
      for (const auto& [o, b] : body) {
        out.open[r] = out.open[r] || b.open[r] || (total == 0 && b.known[r] != 0);
        if (total != 0) out.known[r] += b.known[r] * *b.value * part(o) / total;
      }
    }
  }

  const std::vector<Node>& nodes_;
};

/// Random states on random earlier ones, of every kind of descent.
class Builder {
 public:
  explicit Builder(unsigned seed) : random_(seed) {}
  std::vector<Node> nodes(std::size_t n) {
    std::vector<Node> out;
    while (out.size() < n) out.push_back(node(out.size()));
    return out;
  }
  /// What a state adds, otherwise than before.
  void change(Node& n) {
    const Node other = node(0);
    n.own_marks = other.own_marks;
    n.whole = other.whole;
    n.perhaps = other.perhaps;
    n.said = other.said;
  }
  std::size_t any(std::size_t n) { return random_() % n; }

 private:
  Origin origin(std::size_t before, Descent how) {
    const auto whole = static_cast<std::int64_t>(1 + any(7));
    // Mostly late ones, so that what comes of states is deep.
    const std::size_t back = any(std::min<std::size_t>(before, 6));
    Origin o{static_cast<StateId>(before - 1 - back), how};
    if (any(3) == 0 && how != Descent::made_with) {
      o.of = whole;
      o.taken = 1 + static_cast<std::int64_t>(any(static_cast<std::size_t>(whole)));
    }
    return o;
  }
  Node node(std::size_t before) {
    Node n;
    for (std::uint32_t m = 0; m < mark_count; ++m)
      if (any(12) == 0) n.own_marks.insert(m);
    if (any(5) != 0) {
      n.said.ten_thousandths = static_cast<std::int64_t>(any(4) == 0 ? any(3) : 1 + any(100'000'000));
      n.said.currency = any(8) == 0 ? 1 : 0;
    }
    const auto several = [&](Descent how, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) n.origins.push_back(origin(before, how));
    };
    switch (before < 3 ? 0 : any(9)) {
      case 0:
        for (std::size_t r = 0; r < 2; ++r) {
          n.whole[r] = any(2) == 0;
          n.perhaps[r] = any(8) == 0;
        }
        break;
      case 1: several(Descent::same, 1); break;
      case 2: several(Descent::part, 1); break;
      case 3: several(Descent::united, 1 + any(3)); break;
      case 4: several(Descent::taken_out, 1 + any(2)); break;
      case 5: several(Descent::copied, 1); break;
      case 6:
        several(Descent::same, 1);
        several(Descent::built_in, any(3));
        n.divided = any(2) == 0;
        break;
      default:
        several(Descent::built_in, 1 + any(3));
        n.divided = any(5) == 0;
        if (any(3) == 0) several(Descent::made_with, 1);
        break;
    }
    return n;
  }
  std::mt19937 random_;
};

struct Built {
  Graph graph{{reaches[0], reaches[1]}};
  std::array<MarkId, mark_count> marks;
  explicit Built(const std::vector<Node>& nodes) {
    for (std::uint32_t m = 0; m < mark_count; ++m) marks[m] = graph.mark_sets().add(kind_of(m));
    for (const Node& n : nodes) graph.append(n.origins, added(n), n.said);
  }
  Added added(const Node& n) {
    Added a;
    std::vector<MarkId> own;
    for (const std::uint32_t m : n.own_marks) own.push_back(marks[m]);
    a.marks = graph.mark_sets().of(own);
    a.share = graph.shares().arisen({n.whole[0], n.whole[1]}, {n.perhaps[0], n.perhaps[1]});
    a.divided = n.divided;
    return a;
  }
  std::string bears(StateId s, ExactShares& shares) const {
    std::string out;
    for (const MarkId m : graph.mark_sets().marks(graph.marks(s))) out += fmt::format("{} ", m.index);
    for (const Share& share : shares.of(s))
      out += fmt::format("{}{} ", share.known.get_str(), share.open ? "+" : "");
    return out;
  }
  /// How many of its shares the bounds hold to a millionth; they never leave the exact one out.
  int narrow(StateId s, const Bears& exact) const {
    int count = 0;
    for (std::size_t r = 0; r < 2; ++r) {
      const ShareBounds b = graph.shares().at(graph.share(s), r);
      REQUIRE(mpq_class(b.known.least) <= exact.known[r]);
      REQUIRE(exact.known[r] <= mpq_class(b.known.most));
      REQUIRE((b.perhaps_more || !exact.open[r]));
      REQUIRE((exact.known[r] == 0 || b.known.most > 0));
      count += b.known.most - b.known.least <= 1e-6 && b.perhaps_more == exact.open[r] ? 1 : 0;
    }
    return count;
  }
};
std::string bears(const Bears& b) {
  std::string out;
  for (const std::uint32_t m : b.marks) out += fmt::format("{} ", m);
  for (std::size_t r = 0; r < 2; ++r) out += fmt::format("{}{} ", b.known[r].get_str(), b.open[r] ? "+" : "");
  return out;
}

/// In a graph of one right.
Added all_under_the_right(Graph& graph) {
  Added a;
  a.share = graph.shares().arisen({true}, {false});
  return a;
}

}  // namespace

TEST_CASE("what a state bears is what the definition says, for every kind of descent") {
  Builder builder(6);
  std::size_t fractions = 0, open = 0, marked = 0, narrow = 0, all = 0;
  for (int round = 0; round < test::rounds(300, 3'000); ++round) {
    const std::vector<Node> nodes = builder.nodes(14);
    const Built b(nodes);
    ExactShares shares(b.graph);
    Recursion by_definition(nodes);
    for (StateId s = 0; s < nodes.size(); ++s) {
      const Bears expected = by_definition.at(s);
      REQUIRE_MESSAGE(b.bears(s, shares) == bears(expected), "round ", round, ", state ", s);
      narrow += static_cast<std::size_t>(b.narrow(s, expected));
      for (std::size_t r = 0; r < 2; ++r) {
        fractions += expected.known[r].get_den() > 1 ? 1 : 0;
        open += expected.open[r] ? 1 : 0;
        ++all;
      }
      marked += expected.marks.empty() ? 0 : 1;
    }
  }
  CHECK(fractions > 200);
  CHECK(open > 200);
  CHECK(marked > 1000);
  CHECK(narrow * 10 > all * 9);
}

TEST_CASE("a state that turns out otherwise leaves the graph as if it had been built so, and again") {
  Builder builder(9);
  std::size_t changed = 0;
  for (int round = 0; round < test::rounds(300, 3'000); ++round) {
    std::vector<Node> nodes = builder.nodes(20);
    Built b(nodes);
    for (int again = 0; again < 3; ++again) {
      const auto at = static_cast<StateId>(builder.any(nodes.size()));
      const Node before = nodes[at];
      builder.change(nodes[at]);
      changed += b.graph.revise(at, b.added(nodes[at]), nodes[at].said);
      const Built fresh(nodes);
      ExactShares shares(b.graph), fresh_shares(fresh.graph);
      Recursion by_definition(nodes);
      for (StateId s = 0; s < nodes.size(); ++s) {
        REQUIRE_MESSAGE(b.bears(s, shares) == fresh.bears(s, fresh_shares), "round ", round, ", state ", s,
                        " after ", at);
        if (again == 0) b.narrow(s, by_definition.at(s));
      }
      if (again == 1) {  // and back to what it was
        nodes[at] = before;
        b.graph.revise(at, b.added(before), before.said);
      }
    }
  }
  CHECK(changed > 500);
}

TEST_CASE("revising what changes nothing touches nothing, and what hangs on it alone") {
  Builder builder(3);
  std::vector<Node> nodes(4);
  nodes[1].origins = {{0, Descent::same}};
  nodes[3].origins = {{1, Descent::same}};
  Built b(nodes);
  CHECK(b.graph.revise(0, b.added(nodes[0]), nodes[0].said) == 0);
  nodes[0].own_marks = {2};
  CHECK(b.graph.revise(0, b.added(nodes[0]), nodes[0].said) == 3);
  CHECK(b.graph.ancestors(3) == std::vector<StateId>{0, 1});
  CHECK(b.graph.descendants(0) == std::vector<StateId>{1, 3});
  CHECK(b.graph.descendants(2).empty());
  CHECK(b.graph.ancestors(std::vector<StateId>{1, 3}) == std::vector<StateId>{0});
  CHECK(b.graph.descendants(std::vector<StateId>{0, 3}) == std::vector<StateId>{1});
}

TEST_CASE("shares outgrow 64 bits without losing anything") {
  Graph graph({false});
  const Added us = all_under_the_right(graph);
  StateId last = graph.append({}, us, {999'999'999'999'989, 0});
  mpq_class expected = 1;
  for (int level = 0; level < 12; ++level) {  // a part of a part of a part, each of its own odd amounts
    const std::array origins{Origin{last, Descent::built_in, 7, 1'000'003 + 2 * level}};
    const std::int64_t value = 999'999'999'999'877 - 2 * level;
    const mpq_class before = level == 0 ? mpq_class("999999999999989") : mpq_class(std::to_string(value + 2));
    expected *= before * mpq_class(7, static_cast<unsigned long>(1'000'003 + 2 * level)) /
                mpq_class(std::to_string(value));
    expected.canonicalize();
    last = graph.append(origins, {}, {value, 0});
  }
  CHECK(ExactShares(graph).of(last)[0].known == expected);
}

TEST_CASE("bounds hold the share however small it is, and meet where it is all of it") {
  Graph graph({false});
  const Added us = all_under_the_right(graph);
  StateId last = graph.append({}, us, {3, 0});
  mpq_class expected = 1;
  for (int level = 0; level < 110; ++level) {  // to where a float has fewer digits, and where it has none
    const std::array third{Origin{last, Descent::built_in, 1, 3}};
    last = graph.append(third, {}, {3, 0});
    expected /= 3;
    const Bounds known = graph.shares().at(graph.share(last), 0).known;
    REQUIRE_MESSAGE(mpq_class(known.least) <= expected, "level ", level);
    REQUIRE_MESSAGE(expected <= mpq_class(known.most), "level ", level);
    REQUIRE((level > 50 || known.most - known.least < 1e-4 * known.most));
  }
  const std::array all_of_it{Origin{last, Descent::built_in}};
  last = graph.append(all_of_it, us, {3, 0});
  CHECK(graph.shares().at(graph.share(last), 0).exact());
}

TEST_CASE("what is repaired with something that proves to bear nothing is what it was") {
  Graph graph({false});
  const Added us = all_under_the_right(graph);
  const StateId whole = graph.append({}, us, {10, 0});
  const std::array half{Origin{whole, Descent::built_in, 1, 2}};
  const StateId one = graph.append(half, {}, {10, 0}), other = graph.append(half, {}, {10, 0});
  const std::array moved{Origin{other, Descent::same}};
  const StateId abroad = graph.append(moved, {}, {10, 1});
  const auto exact = [&](StateId s) { return ShareRow(ExactShares(graph).of(s)); };
  const std::array both{Origin{one, Descent::united}, Origin{abroad, Descent::united}};
  const StateId mixed = graph.append(both, {}, {0, 0});  // unlike currencies, and yet alike
  CHECK(exact(mixed) == ShareRow{{mpq_class(1, 2), false}});
  const std::array of_no_worth{Origin{mixed, Descent::built_in}};
  const StateId part = graph.append(of_no_worth, {}, {5, 0});
  CHECK(exact(part) == ShareRow{{0, false}});
  const std::array repaired{Origin{whole, Descent::same}, Origin{part, Descent::built_in}};
  const StateId after = graph.append(repaired, {});
  CHECK(exact(after) == ShareRow{{1, false}});
  CHECK(graph.shares().at(graph.share(after), 0).known.most == 1);
}

TEST_CASE("content is never lost for being small, in parts whose worth is no whole number") {
  Graph graph({false});
  const Added us = all_under_the_right(graph);
  const StateId made = graph.append({}, us, {1, 0});
  const std::array third{Origin{made, Descent::part, 1, 3}};
  const StateId part = graph.append(third, {});
  const std::array ninth{Origin{part, Descent::part, 1, 3}};
  const StateId smaller = graph.append(ninth, {});
  CHECK(graph.worth(smaller) == mpq_class(1, 9));
  const std::array all_of_it{Origin{smaller, Descent::built_in}};
  const StateId built = graph.append(all_of_it, {}, {1'000'000'000'000, 0});
  CHECK(ExactShares(graph).of(built)[0].known == mpq_class("1/9000000000000"));
  const ShareBounds b = graph.shares().at(graph.share(built), 0);
  CHECK(b.known.least > 1.111e-13);
  CHECK(b.known.most < 1.112e-13);
}
