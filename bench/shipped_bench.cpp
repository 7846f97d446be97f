// The shipped rulebooks: how long each regime takes to compile, alone and all together; how long `impact`
// takes between two days; how many rows a second `batch` decides. A regime alone is the files that hold its
// rules and all files that hold no rule.

#include <fmt/format.h>
#include <sekisho/batch.h>

#include <random>
#include <set>

#include "api/body.h"
#include "batch/plan.h"
#include "law/stretches.h"
#include "table.h"
#include "timing.h"

namespace {

using namespace sekisho;
using namespace sekisho::bench;

/// A regime's own files, and those that belong to none.
std::vector<SourceText> texts_of(const Law& law, const Regime& regime) {
  const std::vector<SourceText> all = shipped_rulebooks();
  std::set<std::uint32_t> others;
  for (const Regime& r : law.regimes)
    if (r.name != regime.name) others.insert(r.at.source.index);
  for (const Rule& r : law.rules)
    if (r.regime.valid() && law[r.regime].name != regime.name) others.insert(r.at.source.index);
  for (const Rule& r : law.rules)
    if (r.regime.valid() && law[r.regime].name == regime.name) others.erase(r.at.source.index);
  std::vector<SourceText> out;
  for (std::uint32_t i = 0; i < all.size(); ++i)
    if (!others.contains(i)) out.push_back(all[i]);
  return out;
}

/// The slowest stretch: its day, seconds and nodes.
struct Slowest {
  Date day;
  double seconds = 0;
  std::size_t nodes = 0;
};
Slowest compile(const Law& law, double& sum) {
  Slowest out;
  for (const Date day : stretches(law)) {
    std::size_t nodes = 0;
    const double seconds = best_of(5, [&] {
      Diagnostics diags;
      const World nothing;
      const Question q = question_of_law(law, nothing, day);
      const Space space(q, diags);
      Compiled compiled(space, Relations::own_variables, law.asked_first, diags);
      compiled.joint(0);
      nodes = compiled.store().nodes();
    });
    sum += seconds;
    if (seconds > out.seconds) out = {day, seconds, nodes};
  }
  return out;
}

void rows(const std::string& name, const Rulebooks& books) {
  const std::string text = read_text("examples/batch/shipments.csv");
  const std::size_t end = text.find('\n') + 1;
  BatchRequest request;
  request.header = text.substr(0, end - 1);
  const Batch batch(books, request);
  std::string many;
  std::size_t count = 0;
  for (int i = 0; i < 2'000; ++i) many += text.substr(end);
  Batch::Worker worker = batch.worker();
  const double seconds = best_of(5, [&] { count = worker.decide(many, 1, 2).rows; });
  fmt::print("{:<20} batch from CSV, one core        {:>9.3f} M rows/s\n", name,
             static_cast<double>(count) / seconds / 1e6);
}

/// Rows no two of which are alike, of a fixed seed: the columns of the example table that are facts of one
/// value.
class RandomRows {
 public:
  RandomRows(const Law& law, int percent_blank) : blank_(percent_blank) {
    header_ = "on";
    for (const Fact& f : law.facts)
      if (!f.judged_by.valid() && !f.type.is_set && !values_of(f.type).empty()) {
        facts_.push_back(&f);
        header_ += "," + f.name;
      }
  }
  const std::string& header() const { return header_; }
  std::string rows(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) {
      out += "2024-01-15";
      for (const Fact* f : facts_) {
        const std::vector<std::string> values = values_of(f->type);
        out += ",";
        if (below(100) >= blank_)
          out += values[static_cast<std::size_t>(below(static_cast<int>(values.size())))];
      }
      out += "\n";
    }
    return out;
  }

 private:
  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  static std::vector<std::string> values_of(const Type& t) {
    switch (t.kind) {
      case FactType::yes_no: return {"yes", "no"};
      case FactType::choice: return t.choices;
      case FactType::country: return {"JP", "US", "UA", "GB", "KR", "TW", "PL", "RU", "DE", "IN"};
      case FactType::code: return t.roots;
      default: return {};
    }
  }
  int blank_;
  std::string header_;
  std::vector<const Fact*> facts_;
  std::mt19937_64 random_{20231222};
};

void random_rows(const std::string& name, const Rulebooks& books) {
  constexpr int count = 2'000;
  fmt::print("{:<20} random rows, 0, 1, 10, 50 % blank  ", name);
  for (const int blank : {0, 1, 10, 50}) {
    RandomRows random(books.body().law, blank);
    BatchRequest request;
    request.header = random.header();
    const std::string rows = random.rows(count);
    const double seconds = best_of(3, [&] {
      const Batch batch(books, request);  // else the second time the rows would be remembered
      batch.worker().decide(rows, 1, 2);
    });
    fmt::print("{:>9.1f}", count / seconds / 1e3);
  }
  fmt::print(" thousand rows/s\n");
}

/// Of every change of the law beside what held before it, and of the whole span of the law at once.
void impacts(const std::string& name, const Rulebooks& books, const std::string& regime) {
  const std::vector<Date> days = stretches(books.body().law);
  std::string which;
  double slowest = 0;
  std::size_t changes = 0;
  const auto seconds = [&](Date from, Date to) {
    ImpactRequest impact;
    impact.from = to_string(from);
    impact.to = to_string(to);
    impact.regime = regime;
    return best_of(3, [&] { books.impact(impact); });
  };
  for (std::size_t i = 1; i < days.size(); ++i) {
    const double s = seconds(days[i - 1], days[i]);
    ++changes;
    if (s > slowest) {
      slowest = s;
      which = to_string(days[i]);
    }
  }
  fmt::print("{:<20} impact, slowest of {:>3} changes  {:>9.2f} ms   ({}); from first to last {:.2f} ms\n",
             name, changes, slowest * 1e3, which, seconds(days.front(), days.back()) * 1e3);
}

void measure(const std::string& name, const Rulebooks& books, const std::string& regime) {
  if (!books.ok()) {
    fmt::print("{:<20} skipped: it does not stand alone\n", name);
    return;
  }
  const Law& law = books.body().law;
  double sum = 0;
  const Slowest slowest = compile(law, sum);
  fmt::print(
      "{:<20} compile, slowest of {:>3} stretches {:>9.2f} ms   ({}, {} nodes); all stretches {:.1f} ms\n",
      name, stretches(law).size(), slowest.seconds * 1e3, to_string(slowest.day), slowest.nodes, sum * 1e3);
  impacts(name, books, regime);
  rows(name, books);
  random_rows(name, books);
}

}  // namespace

int main() {
  const Rulebooks all(shipped_rulebooks(), shipped_order());
  const double reading = best_of(5, [] { const Rulebooks read{shipped_rulebooks()}; });
  fmt::print("{:<20} read and check the texts        {:>9.2f} ms\n", "all", reading * 1e3);
  for (const Regime& r : all.body().law.regimes)
    measure(r.name, Rulebooks(texts_of(all.body().law, r), shipped_order()), r.name);
  measure("all", all, "");
}
