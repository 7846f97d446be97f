// How cost grows, on rulebooks made from a fixed seed (generated.h). A line a size; where the limit of nodes
// is reached it says so, which is what a user then sees (SK4001).

#include <fmt/format.h>
#include <sekisho/day_law.h>

#include "api/body.h"
#include "batch/request.h"
#include "generated.h"
#include "timing.h"

namespace {

using namespace sekisho;
using namespace sekisho::bench;

constexpr const char* day = "2024-01-01";

/// The rulebook compiled, and the mean time of the finding with `unknown` facts not told.
void line(const std::string& label, const Shape& shape, const std::vector<std::size_t>& unknown) {
  Generator make(shape);
  const Rulebooks books(make.run());
  if (!books.ok()) {
    fmt::print("{:<34} the rulebook is wrong: {}\n", label, books.reports().front().message);
    return;
  }
  const Law& law = books.body().law;
  Diagnostics diags;
  std::unique_ptr<Plan> plan;
  const double compile = best_of(shape.rules * shape.regimes <= 400 ? 3 : 1, [&] {
    diags = {};
    plan = std::make_unique<Plan>(law, *parse_date(day), diags);
  });
  if (!plan->ok()) {
    fmt::print("{:<34} {:>10.1f} ms   {}\n", label, compile * 1e3, diags.all().front().message);
    return;
  }
  const VarId destination = plan->space().fact_var(law.find_fact("destination"));
  fmt::print("{:<34} {:>10.1f} ms {:>10} nodes {:>4} states told apart", label, compile * 1e3,
             plan->compiled().store().nodes(), plan->space()[destination].domain.size());
  FinerPlans finer;
  Request request(law, *plan, finer);
  std::vector<std::vector<std::pair<FactId, const Said*>>> told;
  for (int i = 0; i < 200; ++i) {
    told.emplace_back();
    for (const auto& [fact, cell] : make.request()) {
      const FactId f = law.find_fact(fact);
      told.back().emplace_back(f, &request.cells().said(f, cell));
    }
    std::shuffle(told.back().begin(), told.back().end(), std::mt19937_64(static_cast<std::uint64_t>(i)));
  }
  std::size_t met = 0;
  for (const std::size_t u : unknown) {
    const double seconds = best_of(3, [&] {
      for (const auto& facts : told) {
        request.clear();
        for (std::size_t k = u; k < facts.size(); ++k) request.tell(facts[k].first, *facts[k].second);
        met += static_cast<std::size_t>(request.findings().best());
      }
    });
    fmt::print("   {} unknown {:.2f} us", u, seconds * 1e6 / static_cast<double>(told.size()));
  }
  fmt::print("{}\n", met == ~std::size_t{0} ? " " : "");
}

void prove(std::size_t rules) {
  Shape shape;
  shape.rules = rules;
  const Rulebooks books(Generator(shape).run());
  std::size_t found = 0;
  const double seconds = best_of(rules <= 400 ? 3 : 1, [&] { found = books.prove().size(); });
  fmt::print("checker, {:>6} rules              {:>10.1f} ms   {} findings\n", rules, seconds * 1e3, found);
}

}  // namespace

int main() {
  const std::vector<std::size_t> few{0, 2};
  for (const std::size_t rules : {10, 40, 100, 400, 1'000, 4'000, 10'000}) {
    Shape shape;
    shape.rules = rules;
    line(fmt::format("{} rules, each of one item", rules), shape, few);
  }
  for (const std::size_t rules : {10, 20, 40, 80, 160}) {
    Shape shape;
    shape.rules = rules;
    shape.by_item = false;
    line(fmt::format("{} rules, any with any", rules), shape, few);
  }
  for (const std::size_t rules : {10, 20, 40, 80, 160}) {
    Shape shape;
    shape.rules = rules;
    shape.by_item = false;
    shape.literals = 5;
    shape.flags = 40;
    line(fmt::format("{} rules of 5 to 7 literals, any", rules), shape, few);
  }
  for (const std::size_t groups : {2, 4, 8, 16}) {
    Shape shape;
    shape.groups = groups;
    shape.compared = true;
    line(fmt::format("40 rules, states in {} groups", groups), shape, few);
  }
  for (const std::size_t regimes : {1, 2, 5, 10, 20}) {
    Shape shape;
    shape.regimes = regimes;
    line(fmt::format("{} regimes of 40 rules jointly", regimes), shape, few);
  }
  line("40 rules, facts unknown", {}, {0, 1, 2, 4, 8, 12, 16, 17});
  for (const std::size_t rules : {40, 100, 400, 1'000}) prove(rules);
}
