// The decision workload: forty rules, a hundred thousand requests. Ours from columns of classes, one core,
// the rules that apply with each finding; beside it, in the same run, one generated C++ function for one
// request (gen.h). usage: bench_decisions [FOLDER]   the folder with req.bin and exp.bin; bench/run makes it

#include <fmt/format.h>
#include <sekisho/batch.h>

#include <cstring>
#include <iostream>
#include <map>

#include "batch/plan.h"
#include "gen.h"
#include "law/checker.h"
#include "law/lexer.h"
#include "law/parser.h"
#include "law/stretches.h"
#include "table.h"
#include "timing.h"

namespace {

using namespace sekisho;
using namespace sekisho::bench;

struct Request {
  std::uint8_t item, origin, destination, licensor;
  std::uint32_t value;
  std::uint16_t date, flags;
};

constexpr std::uint64_t prohibitions = (1ULL << 13) - 1, requirements = ((1ULL << 28) - 1) & ~prohibitions;

/// The outcome as the workload counts it, and the rules it names as reasons.
struct Outcome {
  unsigned outcome;
  std::uint64_t rules;
};
Outcome outcome_of(std::uint64_t active) {
  const unsigned o = (active & prohibitions) != 0   ? 0
                     : (active & requirements) != 0 ? 1
                     : active != 0                  ? 2
                                                    : 3;
  return {o, o < 2 ? active & (prohibitions | requirements) : active};
}
void hash(std::uint64_t& h, const Outcome& o) {
  for (const std::uint64_t x : {std::uint64_t{o.outcome}, o.rules}) h = (h ^ x) * 1099511628211ULL;
}
constexpr std::uint64_t nothing_hashed = 1469598103934665603ULL;
/// Of the answers that the workload itself gives: a byte and eight a request.
std::uint64_t expected_hash(const std::string& raw) {
  std::uint64_t h = nothing_hashed;
  for (std::size_t at = 0; at + 9 <= raw.size(); at += 9) {
    Outcome o{static_cast<std::uint8_t>(raw[at]), 0};
    std::memcpy(&o.rules, raw.data() + at + 1, sizeof o.rules);
    hash(h, o);
  }
  return h;
}

/// Requests of one stretch of constant law, as classes.
struct Group {
  std::unique_ptr<Plan> plan;
  std::vector<std::size_t> requests;
  ClassColumns classes;
  std::vector<std::uint8_t> findings;
  std::vector<std::uint64_t> applies;
  std::vector<std::uint64_t> rule_bits;  // of each bit, the workload's bit
};

class Classifier {
 public:
  Classifier(const Plan& plan, const Law& law) : plan_(plan), law_(law) {}

  void fill(const std::vector<Request>& requests, Group& g) {
    g.classes.rows = g.requests.size();
    g.classes.columns.assign(plan_.columns(), std::vector<std::uint8_t>(g.requests.size(), 0));
    static constexpr std::array<const char*, 12> flags{"licprod",  "finished", "wmd",    "milend",
                                                       "conflict", "gov",      "repair", "temp",
                                                       "humanit",  "consent",  "assur",  "transit"};
    for (const VarId v : plan_.variables()) {
      const std::string name = plan_.compiled().name(v);
      for (std::size_t k = 0; k < g.requests.size(); ++k) {
        const Request& q = requests[g.requests[k]];
        std::size_t value = 0;
        if (name == "destination is licensor") {
          value = q.destination == q.licensor;
        } else if (name == "destination" || name == "origin" || name == "licensor") {
          value = state(v, name == "destination" ? q.destination : name == "origin" ? q.origin : q.licensor);
        } else if (name == "item") {
          value = of(v, {q.item, {}});
        } else if (name == "value") {
          value = of(v, {std::int64_t{q.value} * 10'000, {}});
        } else if (name.starts_with("goods.")) {
          const auto f = std::find(flags.begin(), flags.end(), name.substr(6)) - flags.begin();
          value = of(v, {q.flags >> f & 1, {}});
        }
        const Plan::Place& place = *plan_.place(v);
        g.classes.columns[place.column][k] =
            static_cast<std::uint8_t>(g.classes.columns[place.column][k] + place.adds[value]);
      }
    }
  }

 private:
  std::size_t state(VarId v, unsigned n) {
    // The workload's states are made up; one that no group names, or none at all, is as good as any state of
    // no group.
    const std::string code{static_cast<char>('A' + n / 26), static_cast<char>('A' + n % 26)};
    return of(v, {0, n < 200 && !plan_.space().standing_for(v, {0, code}).empty() ? code : "ZW"});
  }
  std::size_t of(VarId v, const Value& value) {
    const auto [it, fresh] = known_.try_emplace({v.index, value}, 0);
    if (fresh) {
      const auto places = plan_.space().standing_for(v, value);
      if (places.empty())
        throw std::runtime_error("no class for " + show_value(law_[plan_.space()[v].fact].type, value));
      it->second = places.front();
    }
    return it->second;
  }
  const Plan& plan_;
  const Law& law_;
  std::map<std::pair<std::uint32_t, Value>, std::size_t> known_;
};

/// The same requests as a table, through the public face: text in, text out.
void from_csv(const std::string& folder, int blanks) {
  std::string text = read_text(fmt::format("{}/requests-{}.csv", folder, blanks));
  text.resize(text.rfind('\n', 2'000'000) + 1);  // some 26,000 rows
  const std::size_t end = text.find('\n') + 1;
  if (end == 0) {
    std::printf("from CSV, %2d %% blanks: skipped: no table\n", blanks);
    return;
  }
  const Rulebooks books({{"decisions.law", read_text("bench/decisions/decisions.law")}});
  BatchRequest request;
  request.header = text.substr(0, end - 1);
  const Batch batch(books, request);
  const std::string_view rows = std::string_view(text).substr(end);
  BatchPiece piece = batch.worker().decide(rows.substr(0, 1'000), 1, 2);  // compiles the law
  const double seconds = best_of(3, [&] { piece = batch.worker().decide(rows, 1, 2); });
  std::size_t wrong = piece.refused_rows;
  if (blanks == 0) {
    std::istringstream got(piece.out), expected(read_text(folder + "/expected.csv"));
    for (std::string g, e; std::getline(expected, e) && std::getline(got, g);)
      wrong += g.find(fmt::format(",{},", e.substr(0, e.find(',')))) == std::string::npos;
  }
  std::printf("from CSV, %2d %% blanks   %7.3f M/s   %zu rows, %zu wrong or refused\n", blanks,
              static_cast<double>(piece.rows) / seconds / 1e6, piece.rows, wrong);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : "build/bench/decisions";
  const std::string raw = read_text(folder + "/req.bin");
  if (raw.empty()) {
    std::cout << "skipped: no requests in " << folder
              << " (bench/run makes them from the workload's spec.py)\n";
    return 0;
  }
  std::vector<Request> requests(raw.size() / sizeof(Request));
  std::memcpy(requests.data(), raw.data(), requests.size() * sizeof(Request));

  Sources sources;
  Diagnostics diags;
  const SourceId id = sources.add("decisions.law", read_text("bench/decisions/decisions.law"));
  const auto tokens = lex(sources, id, diags);
  const tree::File file = parse(sources, tokens, diags);
  const Law law = check(std::span(&file, 1), diags);
  const std::vector<Date> days = stretches(law);
  std::map<Date, Group> groups;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto after = std::upper_bound(days.begin(), days.end(), Date{requests[i].date});
    groups[*(after - 1)].requests.push_back(i);
  }
  const double compile = best_of(1, [&] {
    for (auto& [day, g] : groups) g.plan = std::make_unique<Plan>(law, day, diags);
  });
  for (auto& [day, g] : groups) {
    if (!g.plan->ok() || !g.plan->has_tables()) {
      std::cout << "the law of " << to_string(day) << " has no tables\n";
      return 1;
    }
    Classifier(*g.plan, law).fill(requests, g);
    g.findings.resize(g.requests.size());
    g.applies.resize(g.requests.size());
    for (const RuleId r : g.plan->tables().rule_of_bit())
      g.rule_bits.push_back(
          r.valid() ? 1ULL << (std::stoi(law[r].name.substr(law[r].name.rfind(".r") + 2)) - 1) : 0);
  }
  std::cout << requests.size() << " requests, " << groups.size() << " stretches of law, compiled in "
            << compile * 1e3 << " ms; " << groups.begin()->second.plan->columns() << " columns, "
            << groups.begin()->second.plan->tables().chunks() << " chunks of linked rules\n";

  const auto count = static_cast<double>(requests.size());
  std::vector<std::uint64_t> rival(requests.size());
  std::vector<std::uint8_t> rival_outcome(requests.size());
  const double scalar = best_of(30, [&] {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const Request& q = requests[i];
      const std::uint64_t a = active(q.item, q.origin, q.destination, q.licensor, q.value, q.date, q.flags);
      const Outcome o = outcome_of(a);
      rival[i] = o.rules;
      rival_outcome[i] = static_cast<std::uint8_t>(o.outcome);
    }
  });
  const std::uint64_t expected = expected_hash(read_text(folder + "/exp.bin"));
  std::uint64_t h = nothing_hashed;
  for (std::size_t i = 0; i < requests.size(); ++i) hash(h, {rival_outcome[i], rival[i]});
  bool right = h == expected;
  std::printf("generated scalar C++      %7.1f M/s   checksum %016lx\n", count / scalar / 1e6, h);

  for (const auto& [lanes, name] :
       {std::pair{Lanes::baseline, "baseline"}, {Lanes::avx2, "AVX2"}, {Lanes::avx512, "AVX-512"}}) {
    if (lanes > widest_lanes()) {
      std::printf("%-9s skipped: this processor has none\n", name);
      continue;
    }
    const double seconds = best_of(30, [&, lanes = lanes] {
      for (auto& [day, g] : groups) {
        std::vector<const std::uint8_t*> columns;
        for (const auto& c : g.classes.columns) columns.push_back(c.data());
        g.plan->tables().run(g.requests.size(), columns, g.findings.data(), g.applies.data(), lanes);
      }
    });
    std::vector<Outcome> answers(requests.size());
    for (const auto& [day, g] : groups)
      for (std::size_t k = 0; k < g.requests.size(); ++k) {
        std::uint64_t active = 0;
        for (std::size_t b = 0; b < g.rule_bits.size(); ++b)
          if (g.applies[k] >> b & 1) active |= g.rule_bits[b];
        static constexpr std::array<unsigned, finding_count> as_outcome{9, 3, 2, 1, 0};
        answers[g.requests[k]] = outcome_of(active);
        if (answers[g.requests[k]].outcome != as_outcome[g.findings[k]]) answers[g.requests[k]].outcome = 9;
      }
    h = nothing_hashed;
    for (const Outcome& o : answers) hash(h, o);
    right = right && h == expected;
    std::printf("tables, %-9s         %7.1f M/s   checksum %016lx   %.2f times the scalar\n", name,
                count / seconds / 1e6, h, scalar / seconds);
  }
  std::printf("answers: %s\n", right ? "the workload's own, every one" : "WRONG");
  for (const int blanks : {0, 1, 10, 50}) from_csv(folder, blanks);

  const Rulebooks books({{"decisions.law", read_text("bench/decisions/decisions.law")}});
  std::size_t met = 0;
  std::printf("check, 40 rules         %7.1f ms\n", best_of(5, [&] { met = books.prove().size(); }) * 1e3);
  ImpactRequest change;
  change.from = "2023-12-21";
  change.to = "2023-12-22";
  std::printf("impact, 40 rules        %7.1f ms   (%zu reports of check)\n",
              best_of(5, [&] { met += books.impact(change).ok; }) * 1e3, met);
  return right ? 0 : 1;
}
