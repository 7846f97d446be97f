// Rulebook text through the lexer, the parser and the formatter: bytes a second, on the shipped rulebooks
// laid end to end until there is a megabyte of them.
#include <benchmark/benchmark.h>
#include <sekisho/sekisho.h>

#include "law/checker.h"
#include "law/formatter.h"
#include "law/parser.h"

namespace {

using namespace sekisho;

std::string megabyte() {
  std::string text;
  while (text.size() < 1'000'000)
    for (const SourceText& t : shipped_rulebooks()) text += t.text;
  return text;
}

void parse_text(benchmark::State& state) {
  const std::string text = megabyte();
  for (auto _ : state) {
    Sources sources;
    Diagnostics diags;
    const SourceId id = sources.add("bench.law", text);
    const auto tokens = lex(sources, id, diags);
    benchmark::DoNotOptimize(parse(sources, tokens, diags));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(parse_text)->Unit(benchmark::kMillisecond);

void format_text(benchmark::State& state) {
  const std::string text = megabyte();
  for (auto _ : state) {
    Sources sources;
    Diagnostics diags;
    const SourceId id = sources.add("bench.law", text);
    const auto tokens = lex(sources, id, diags);
    const auto file = parse(sources, tokens, diags);
    benchmark::DoNotOptimize(format(sources, id, tokens, file));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(format_text)->Unit(benchmark::kMillisecond);

void check_shipped(benchmark::State& state) {
  const auto texts = shipped_rulebooks();
  std::size_t bytes = 0;
  for (const SourceText& t : texts) bytes += t.text.size();
  for (auto _ : state) benchmark::DoNotOptimize(Rulebooks(texts));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
}
BENCHMARK(check_shipped)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
