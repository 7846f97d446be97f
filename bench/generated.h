#pragma once
#include <fmt/format.h>
#include <sekisho/sekisho.h>

#include <random>
#include <set>

#include "base/countries.h"

// Rulebooks of any size from a fixed seed, for curves. As in control lists, a rule speaks of one item or few,
// and what else it asks is shared by all: groups of states, flags, a value. A third of the rules are excepted
// by a later one of the same item.

namespace sekisho::bench {

struct Shape {
  std::size_t rules = 40, regimes = 1, flags = 12, groups = 10;
  std::size_t literals = 1;  // at the least, and at the most two more; a rule's item is not counted
  bool by_item = true;       // else no rule names an item: every rule may meet every other
  bool compared = false;     // every fifth rule asks whether the destination is the licensor
};

class Generator {
 public:
  explicit Generator(const Shape& shape) : shape_(shape), items_(item_count(shape)) {}

  std::vector<SourceText> run() {
    std::vector<SourceText> out{{"vocabulary.law", vocabulary()}};
    for (std::size_t g = 0; g < shape_.regimes; ++g)
      out.push_back({fmt::format("regime-{}.law", g), regime(g)});
    return out;
  }
  /// Cells for every fact, as a request tells them.
  std::vector<std::pair<std::string, std::string>> request() {
    std::vector<std::pair<std::string, std::string>> out{{"item", fmt::format("i{}", below(items_))},
                                                         {"destination", state()},
                                                         {"origin", state()},
                                                         {"licensor", state()},
                                                         {"value", std::to_string(below(2'000'000))}};
    for (std::size_t f = 0; f < shape_.flags; ++f)
      out.emplace_back(fmt::format("goods.f{}", f), below(2) == 0 ? "yes" : "no");
    return out;
  }
  std::size_t below(std::size_t n) { return random_() % n; }

 private:
  static std::size_t item_count(const Shape& s) {
    return s.by_item ? std::clamp<std::size_t>(s.rules / 5, 2, 200) : 2;
  }
  std::string state() {
    const auto codes = country_codes();
    return std::string(codes[below(codes.size())]);
  }
  std::string vocabulary() {
    std::string t = "authority bench.office of XK \"Office\"\n\n";
    for (const char* name : {"destination", "origin", "licensor"})
      t += fmt::format("fact {} is country\n  asks \"Which is the {}?\"\n", name, name);
    t += "fact item is one of i0";
    for (std::size_t i = 1; i < items_; ++i) t += fmt::format(", i{}", i);
    t += "\n  asks \"Which item?\"\nfact value is number in units\n  asks \"What is it worth?\"\n";
    for (std::size_t f = 0; f < shape_.flags; ++f)
      t += fmt::format("fact goods.f{} is yes or no\n  asks \"Is it so?\"\n", f);
    for (std::size_t g = 0; g < shape_.groups; ++g) {
      t += fmt::format("\nlist g{} of country \"Group {}\"\n", g, g);
      for (const std::string_view code : country_codes())
        if (below(5) == 0) t += fmt::format("  member {} in force always\n", code);
    }
    return t;
  }
  std::string literal(std::size_t kind) {
    const char* no = below(3) == 0 ? "not " : "";
    if (kind == 0) return fmt::format("destination is {}in g{}", no, below(shape_.groups));
    if (kind == 1) return fmt::format("origin is {}in g{}", no, below(shape_.groups));
    if (kind == 2) return fmt::format("licensor is {}in g{}", no, below(shape_.groups));
    if (kind == 3) return fmt::format("value is at least {}", 100'000 * (1 + below(8)));
    return fmt::format("{}goods.f{}", no, below(shape_.flags));
  }
  std::string regime(std::size_t g) {
    std::string t = fmt::format(
        "regime bench.r{} \"Regime {}\"\n  authority bench.office\n  force statute\n  in force always\n  "
        "otherwise permitted\n"
        "  unlinked opposites strictest prevails\n  cite \"{}\"\n\nproviso marked\n  in force always\n"
        "  cite \"m\"\n  owes report \"of what was sent\" to bench.office\n  lapses never\n",
        g, g, g);
    for (std::size_t r = 0; r < shape_.rules; ++r) t += rule(r);
    return t;
  }
  std::string rule(std::size_t r) {
    std::set<std::string> when;
    if (shape_.by_item) when.insert(fmt::format("item is i{}", r % items_));
    if (shape_.compared && r % 5 == 0) when.insert("destination is licensor");
    const std::size_t literals = when.size() + shape_.literals + below(3);
    while (when.size() < literals) when.insert(literal(below(8)));
    std::string t = fmt::format("\nrule r{}\n  in force always\n  cite \"{}\"\n", r, r);
    const std::string condition = fmt::format("{}", fmt::join(when, " and "));
    const std::size_t kind = below(5);
    t += kind < 2 ? fmt::format("  prohibits when {}\n", condition)
                  : fmt::format("  when {}\n  {}\n", condition,
                                kind < 4 ? "needs permit licence from bench.office" : "binds marked");
    const std::size_t step = shape_.by_item ? items_ : 1;
    if (r >= step && below(3) == 0)
      t += fmt::format("  notwithstanding r{}\n", r - step * (1 + below(r / step)));
    return t;
  }

  Shape shape_;
  std::size_t items_;
  std::mt19937_64 random_{20231222};
};

}  // namespace sekisho::bench
