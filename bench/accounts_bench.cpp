// Reservations over four limits at once, in batches: each takes from a total, a year's part, a consignee's
// part and a value, on one of a hundred licences whose scope names two facts. What is timed is the book
// alone: validation, booking and the record kept; not the register that makes it durable.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "accounts/book.h"

namespace {

using namespace sekisho;

Authorisation licence(int n) {
  Authorisation a;
  a.instrument.id = fmt::format("licence_{}", n);
  a.instrument.authority = "xk.office";
  a.instrument.valid = {{*parse_date("2020-01-01"), *parse_date("2020-01-01")}, {far_future, far_future}};
  a.instrument.scope = {{"departure", {{"XK", {}, {}}}, {}}, {"destination", {{"US", {}, {}}}, {}}};
  const Amount pieces{1'000'000'000'000, "pieces"}, money{1'000'000'000'000'000, "USD"};
  a.instrument.limits = {{Measure::quantity, pieces, {}, {}, false, PeriodKind::whole, 0, {}},
                         {Measure::quantity, pieces, {}, {}, false, PeriodKind::year, 0, {}},
                         {Measure::quantity, pieces, {"item"}, {}, true, PeriodKind::whole, 0, {}},
                         {Measure::value, money, {}, {}, false, PeriodKind::whole, 0, {}}};
  return a;
}

std::vector<Reservation> batch(std::size_t size) {
  std::vector<Reservation> out;
  const Date first = *parse_date("2024-01-01");
  for (std::size_t i = 0; i < size; ++i) {
    ReservedLine line{"1",
                      "item",
                      fmt::format("consignee_{}", i % 37),
                      Amount{10'000, "pieces"},
                      Amount{25'000'000, "USD"},
                      {fmt::format("licence_{}", i * 7919 % 100)},
                      {},
                      {}};
    line.facts = {{"departure", {"XK"}}, {"destination", {"US"}}};
    out.push_back({fmt::format("reservation_{}", i),
                   "officer",
                   Date{first.days + static_cast<int>(i % 700)},
                   std::nullopt,
                   {std::move(line)}});
  }
  return out;
}

void reserve_over_four_limits(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const std::vector<Reservation> all = batch(size);
  for (auto _ : state) {
    state.PauseTiming();
    auto book = std::make_unique<Book>();
    for (int n = 0; n < 100; ++n)
      benchmark::DoNotOptimize(book->authorise(licence(n), *parse_date("2020-01-01")));
    std::size_t refused = 0;
    state.ResumeTiming();
    for (const Reservation& r : all) refused += !book->reserve(r).empty();
    state.PauseTiming();
    if (refused != 0) state.SkipWithError("a reservation was refused");
    book.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * size));
}
BENCHMARK(reserve_over_four_limits)->Arg(8'192)->Arg(200'000)->Unit(benchmark::kMillisecond);

void reserve_and_draw(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const std::vector<Reservation> all = batch(size);
  std::vector<Taking> draws;
  for (const Reservation& r : all) draws.push_back({"draw_" + r.id, r.id, r.on, {}});
  for (auto _ : state) {
    state.PauseTiming();
    auto book = std::make_unique<Book>();
    for (int n = 0; n < 100; ++n)
      benchmark::DoNotOptimize(book->authorise(licence(n), *parse_date("2020-01-01")));
    std::size_t refused = 0;
    state.ResumeTiming();
    for (std::size_t i = 0; i < size; ++i)
      refused += !book->reserve(all[i]).empty() || !book->draw(draws[i]).empty();
    state.PauseTiming();
    if (refused != 0) state.SkipWithError("a step was refused");
    book.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * size));
}
BENCHMARK(reserve_and_draw)->Arg(200'000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
