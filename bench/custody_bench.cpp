// The graph of lots: how many states a second it takes in, how large a state is, and how long one correction
// and one trace take among very many. What flows is said by a rulebook that is written here, read by the
// law's own reader and put to the graph by custody's own book of marks; nothing of it stands in this program.
//
// The goods: raw lots of 100 to 1,000 pieces are made in six states, moved, and built into lots of six
// levels, mostly by parts, so that what is left goes on; some 1.45 earlier states each. Four states count
// content by value; what was made there or under their licence sees through, provisos see through or stay.
// Lots are taken from the last 100,000 of each level, as goods are; a second run takes them from anywhere in
// all that was ever made.
//
// The rival is DuckDB's recursive query over the same graph of a million states (bench/custody/rival.py),
// with the same files, one thread each, and the same pairs of state and mark as answer. It counts no shares.

#include <fmt/format.h>
#include <unistd.h>

#include <bit>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "api/body.h"
#include "custody/mark_book.h"
#include "timing.h"

namespace {

using namespace sekisho;
using namespace sekisho::bench;
namespace fs = std::filesystem;

constexpr std::array states{"US", "JP", "DE", "FR", "XA", "XB"};
constexpr int counting = 4, levels = 7, provisos = 50;

std::string rulebook() {
  std::string out =
      "authority office of JP \"Office\"\nregime r \"R\" authority office otherwise permitted cite \"1\"\n";
  for (int i = 0; i < counting; ++i)
    out += fmt::format(
        "right content_{0} \"content\" of {1} arises where made in {1} flows by share of value cite \"{0}\"\n"
        "right soil_{0} \"made there\" of {1} arises where made in {1} flows through every incorporation "
        "cite \"{0}\"\n"
        "right design_{0} \"design\" of {1} arises where made under licence from {1} flows through every "
        "incorporation cite \"{0}\"\n",
        i, states[static_cast<std::size_t>(i)]);
  for (int i = 0; i < provisos; ++i)
    out += fmt::format("proviso p{} cite \"1\" needs consent c from office lapses never flows {}\n", i,
                       i % 2 == 0 ? "through every incorporation" : "with the lot");
  return out;
}

/// What is appended, laid out beforehand so that only the graph is timed.
struct Appended {
  std::uint32_t first_origin, origins;
  std::uint16_t added;
  Worth worth;
};
struct Batch {
  std::vector<Appended> states;
  std::vector<Origin> origins;
  void clear() {
    states.clear();
    origins.clear();
  }
};

/// Goods that are made, moved and built.
class Goods {
 public:
  Goods(MarkBook& book, std::size_t window) : window_(window) {
    const Date day = *parse_date("2024-01-01");
    added_.emplace_back();
    for (const char* s : states) added_.push_back(book.arising(s, {}, day));
    for (const char* s : states) added_.push_back(book.arising(s, {"US"}, day));
    for (int i = 0; i < provisos; ++i) {
      Added a;
      a.marks = book.provisos({{fmt::format("r.p{}", i), "office", {}, day, {}}});
      added_.push_back(a);
    }
  }
  const std::vector<Added>& added() const { return added_; }
  /// Makes of the first level and lots of the last, a sample of each.
  struct Sample {
    StateId state;
    Appended made;
  };
  const std::vector<Sample>& raw() const { return raw_; }
  const std::vector<StateId>& finished() const { return finished_; }

  void fill(Batch& out, std::size_t n) {
    out.clear();
    while (out.states.size() < n) {
      const std::size_t what = any(1000);
      if (what < 148 || live_[0].size() < 100)
        make(out);
      else if (what < 259)
        move(out);
      else
        build(out);
    }
  }

 private:
  struct Lot {
    StateId state;
    std::int64_t quantity, unit_value;
  };
  std::size_t any(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  static std::size_t made_in(std::size_t state, bool licensed) {
    return 1 + state + (licensed ? states.size() : 0);
  }

  StateId add(Batch& out, std::size_t added, Worth worth = {}) {
    const std::uint32_t first = first_origin_;
    first_origin_ = static_cast<std::uint32_t>(out.origins.size());
    out.states.push_back({first, first_origin_ - first, static_cast<std::uint16_t>(added), worth});
    return count_++;
  }
  void start(const Batch& out) { first_origin_ = static_cast<std::uint32_t>(out.origins.size()); }
  void keep(std::size_t level, const Lot& lot) {
    std::vector<Lot>& all = live_[level];
    if (all.size() < window_)
      all.push_back(lot);
    else
      all[any(all.size())] = lot;
  }
  Lot take(std::size_t level) {
    std::vector<Lot>& all = live_[level];
    const std::size_t at = any(all.size());
    const Lot lot = all[at];
    all[at] = all.back();
    all.pop_back();
    return lot;
  }
  void make(Batch& out) {
    start(out);
    const auto quantity = static_cast<std::int64_t>(100 + any(900)),
               unit = static_cast<std::int64_t>(100 * (1 + any(100'000)));
    const Worth worth{quantity * unit, 0};
    const StateId s = add(out, made_in(any(states.size()), any(10) == 0), worth);
    keep(0, {s, quantity, unit});
    sample(raw_, {s, {0, 0, out.states.back().added, worth}}, made_++);
  }
  void move(Batch& out) {
    start(out);
    std::size_t level = any(levels);
    while (live_[level].empty()) level = (level + 1) % levels;
    Lot lot = take(level);
    out.origins.push_back({lot.state, Descent::same});
    lot.state = add(out, any(20) == 0 ? 1 + 2 * states.size() + any(provisos) : 0);
    keep(level, lot);
  }
  void build(Batch& out) {
    std::size_t level = 1;
    while (level + 1 < levels && any(2) == 0) ++level;
    const std::size_t inputs = 2 + any(4);
    struct Rest {
      Lot lot;
      std::size_t level;
      std::int64_t of;
    };
    std::array<Rest, 5> rests{};
    std::size_t left = 0;
    std::int64_t value = 0;
    start(out);
    for (std::size_t i = 0; i < inputs; ++i) {
      std::size_t from = i == 0 ? level - 1 : any(level);
      while (live_[from].size() < 2) from = 0;
      Lot lot = take(from);
      const std::int64_t taken =
          lot.quantity > 1 && any(4) != 0
              ? 1 + static_cast<std::int64_t>(any(static_cast<std::size_t>((lot.quantity + 3) / 4)))
              : lot.quantity;
      out.origins.push_back({lot.state, Descent::built_in, taken, lot.quantity});
      value += taken * lot.unit_value;
      if (taken < lot.quantity)
        rests[left++] = {{lot.state, lot.quantity - taken, lot.unit_value}, from, lot.quantity};
    }
    const auto quantity = static_cast<std::int64_t>(1 + any(20));
    const std::int64_t unit =
        value / quantity / 100 * 100 * static_cast<std::int64_t>(110 + any(100)) / 100 + 100;
    const StateId made = add(out, made_in(any(states.size()), false), {quantity * unit, 0});
    keep(level, {made, quantity, unit});
    if (level + 1 == levels) sample(finished_, made, finished_count_++);
    for (std::size_t i = 0; i < left; ++i) {
      Rest& rest = rests[i];
      start(out);
      out.origins.push_back({rest.lot.state, Descent::rest, rest.lot.quantity, rest.of});
      rest.lot.state = add(out, 0);
      keep(rest.level, rest.lot);
    }
  }
  template <class T>
  void sample(std::vector<T>& into, const T& one, std::size_t seen) {
    constexpr std::size_t wanted = 10'000;
    if (into.size() < wanted)
      into.push_back(one);
    else if (const std::size_t at = any(seen + 1); at < wanted)
      into[at] = one;
  }

  std::size_t window_;
  std::mt19937_64 random_{20231222};
  std::vector<Added> added_;
  std::array<std::vector<Lot>, levels> live_;
  std::vector<Sample> raw_;
  std::vector<StateId> finished_;
  std::size_t made_ = 0, finished_count_ = 0;
  std::uint32_t first_origin_ = 0;
  StateId count_ = 0;
};

double now_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}
/// Of `each` over everything in `over`: median, 99th percentile, longest, in ms by the clock.
template <class T, class Each>
std::string times(const std::vector<T>& over, const Each& each) {
  std::vector<double> took;
  took.reserve(over.size());
  for (const T& one : over) {
    const double start = now_ms();
    each(one);
    took.push_back(now_ms() - start);
  }
  std::sort(took.begin(), took.end());
  return fmt::format("{:.4f} ms median, {:.3f} p99, {:.2f} longest", took[took.size() / 2],
                     took[took.size() * 99 / 100], took.back());
}

std::size_t available_bytes() {
  std::ifstream in("/proc/meminfo");
  for (std::string word; in >> word;)
    if (word == "MemAvailable:") {
      std::size_t kb = 0;
      in >> kb;
      return kb * 1024;
    }
  return 0;
}

/// Has the states at hand that are taken soon: a state is called for so many origins ahead, and half as far
/// ahead its shares.
class Ahead {
 public:
  Ahead(const Graph& graph, std::span<const Origin> origins)
      : graph_(graph), origins_(origins), with_shares_(graph.shares().rights() > 0) {}
  /// @param at  the origin that is taken next
  void reach(std::size_t at) {
    for (const std::size_t to = std::min(at + ahead, origins_.size()); called_ < to; ++called_) {
      graph_.expect(origins_[called_].state);
      if (!with_shares_ || called_ < ahead / 2) continue;
      const StateId near = origins_[called_ - ahead / 2].state;
      if (near < graph_.size()) graph_.expect_shares(near);
    }
  }

 private:
  static constexpr std::size_t ahead = 128;
  const Graph& graph_;
  std::span<const Origin> origins_;
  bool with_shares_;
  std::size_t called_ = 0;
};

void append(Graph& graph, std::span<const Appended> appended, std::span<const Origin> all,
            const std::vector<Added>& added) {
  Ahead ahead(graph, all);
  for (const Appended& a : appended) {
    ahead.reach(a.first_origin);
    graph.append(all.subspan(a.first_origin, a.origins), added[a.added], a.worth);
  }
}

/// How often a threshold needs the exact share.
std::string judged(const Graph& graph, const std::vector<StateId>& lots) {
  std::size_t judged = 0, exactly = 0;
  for (const StateId s : lots)
    for (std::size_t right = 0; right < graph.shares().rights(); ++right)
      for (const double threshold : {0.001, 0.1, 0.25}) {
        const Bounds known = graph.shares().at(graph.share(s), right).known;
        ++judged;
        exactly += known.least < threshold && threshold <= known.most ? 1 : 0;
      }
  return fmt::format("{} of {} thresholds need them", exactly, judged);
}

void measure(const Law& law, const char* name, std::size_t n, std::size_t window) {
  if (available_bytes() < n * 100) {
    fmt::print("{:<28} skipped: needs {} MB of memory\n", name, n * 100 / 1'000'000);
    return;
  }
  MarkBook book(law);
  Goods goods(book, window);
  Graph& graph = book.graph();
  const double before = computed();
  graph.reserve(n + n / 100, n * 3 / 2, n * 31 / 100);  // what is built last comes whole
  const double memory = computed() - before;
  Batch batch;
  double took = 0;
  std::size_t origins = 0;
  while (graph.size() < n) {
    goods.fill(batch, std::min<std::size_t>(20'000, n - graph.size()));
    origins += batch.origins.size();
    const double start = computed();
    append(graph, batch.states, batch.origins, goods.added());
    took += computed() - start;
  }
  const auto count = static_cast<double>(graph.size());
  fmt::print(
      "{:<28} {:6.2f} M states/s a core ({:.2f} M with taking the memory from the system), {:.1f} bytes a "
      "state, {:.2f} earlier states each, {} sets of marks\n",
      name, count / took * 1e-6, count / (took + memory) * 1e-6, static_cast<double>(graph.memory()) / count,
      static_cast<double>(origins) / count, graph.mark_sets().count());
  std::size_t ancestors = 0, changed = 0;
  fmt::print("{:<28} trace of a lot of the last level: {}", "",
             times(goods.finished(), [&](StateId s) { ancestors += graph.ancestors(s).size(); }));
  fmt::print(" ({} earlier states on average)\n", ancestors / goods.finished().size());
  fmt::print("{:<28} its exact shares: {}; {}\n", "",
             times(goods.finished(), [&](StateId s) { ancestors += ExactShares(graph).of(s).size(); }),
             judged(graph, goods.finished()));
  fmt::print("{:<28} made elsewhere and worth more: {}", "", times(goods.raw(), [&](const Goods::Sample& s) {
               const Added& other = goods.added()[1 + s.made.added % states.size()];
               changed += graph.revise(s.state, other, {s.made.worth.ten_thousandths * 2, 0});
             }));
  fmt::print(" ({} states changed on average)\n", changed / goods.raw().size());
}

// --- beside DuckDB ---
constexpr std::size_t rival_states = 1'000'000;

/// The graph as files: who came of whom and how, and which mark a state adds.
void write_files(const Law& law, const fs::path& folder) {
  MarkBook book(law);
  Goods goods(book, 100'000);
  Batch batch;
  goods.fill(batch, rival_states);
  std::string edges = "child,parent,built_in\n", own = "state,mark\n", marks = "mark,sees_through\n";
  for (std::size_t s = 0; s < batch.states.size(); ++s) {
    const Appended& a = batch.states[s];
    for (const Origin& o : std::span(batch.origins).subspan(a.first_origin, a.origins))
      edges += fmt::format("{},{},{}\n", s, o.state, o.how == Descent::built_in ? 1 : 0);
    for (const MarkId m : book.graph().mark_sets().marks(goods.added()[a.added].marks))
      own += fmt::format("{},{}\n", s, m.index);
  }
  for (std::uint32_t m = 0; m < 2 * counting + provisos; ++m)
    marks +=
        fmt::format("{},{}\n", m,
                    book.graph().mark_sets().kind({m}).flow.built_in == Incorporation::sees_through ? 1 : 0);
  std::ofstream(folder / "edges.csv") << edges;
  std::ofstream(folder / "own.csv") << own;
  std::ofstream(folder / "marks.csv") << marks;
}

/// Reads rows of up to three numbers of up to seven digits each.
class Rows {
 public:
  explicit Rows(const fs::path& path) : in_(path, std::ios::binary), text_(block + longest, '\0') {
    std::string title;
    std::getline(in_, title);
  }
  template <std::size_t n>
  bool next(std::array<std::uint32_t, n>& row) {
    static_assert(n <= 3);
    if (end_ - at_ < longest) refill();
    if (at_ == end_) return false;
    std::uint32_t ends = ends_of_eight(at_) | ends_of_eight(at_ + 8) << 8 | ends_of_eight(at_ + 16) << 16;
    int start = 0;
    for (std::uint32_t& number : row) {
      const int end = std::countr_zero(ends);
      ends &= ends - 1;
      number = read(at_ + start, end - start);
      start = end + 1;
    }
    at_ += start;
    return true;
  }

 private:
  static constexpr std::size_t block = 1 << 16;
  static constexpr std::ptrdiff_t longest = 24;  // of a row
  static std::uint64_t eight(const char* at) {
    std::uint64_t out = 0;
    std::memcpy(&out, at, sizeof out);
    return out;
  }
  /// A bit for each byte that is no digit: a comma or the end of a line.
  static std::uint32_t ends_of_eight(const char* at) {
    const std::uint64_t others = ~(eight(at) >> 4) & 0x0101010101010101;  // digits are 0x30 to 0x39
    return static_cast<std::uint32_t>((others * 0x0102040810204080) >> 56);
  }
  static std::uint32_t read(const char* at, int digits) {
    std::uint64_t n = (eight(at) << (64 - 8 * digits)) & 0x0f0f0f0f0f0f0f0f;
    n = n * 10 + (n >> 8);  // pairs, then pairs of these
    const std::uint64_t pairs = 0x000000ff000000ff;
    return static_cast<std::uint32_t>(
        ((n & pairs) * 0x000f424000000064 + (n >> 16 & pairs) * 0x0000271000000001) >> 32);
  }
  void refill() {
    char* const left = std::copy(at_, end_, text_.data());
    in_.read(left, text_.data() + block - left);
    at_ = text_.data();
    end_ = left + in_.gcount();
  }
  std::ifstream in_;
  std::string text_;
  const char *at_ = text_.data(), *end_ = at_;
};

struct Pairs {
  std::uint64_t count = 0, sum = 0;
};
Pairs pairs_of(const Graph& graph) {
  std::vector<Pairs> of_set(graph.mark_sets().count());
  for (std::uint32_t set = 0; set < of_set.size(); ++set)
    for (const MarkId m : graph.mark_sets().marks({set})) {
      ++of_set[set].count;
      of_set[set].sum += m.index + 1;
    }
  Pairs out;
  for (StateId s = 0; s < graph.size(); ++s) {
    const Pairs& set = of_set[graph.marks(s).index];
    out.count += set.count;
    out.sum += (std::uint64_t{s} + 1) * set.sum;
  }
  return out;
}
/// The files as tables in memory.
struct Tables {
  std::vector<bool> sees_through;  // of each mark
  std::vector<Origin> origins;
  std::vector<MarkId> own;
  std::vector<std::uint32_t> origins_end, own_end;  // of each state
};
Tables read(const fs::path& folder) {
  Tables out;
  out.origins.reserve(rival_states * 3 / 2);
  Rows mark_rows(folder / "marks.csv"), own_rows(folder / "own.csv"), edge_rows(folder / "edges.csv");
  for (std::array<std::uint32_t, 2> mark{}; mark_rows.next(mark);) out.sees_through.push_back(mark[1] != 0);
  std::array<std::uint32_t, 2> own{};   // state, mark
  std::array<std::uint32_t, 3> edge{};  // child, parent, whether it was built in
  bool more_own = own_rows.next(own), more_edges = edge_rows.next(edge);
  for (StateId s = 0; more_own || more_edges; ++s) {
    for (; more_edges && edge[0] == s; more_edges = edge_rows.next(edge))
      out.origins.push_back({edge[1], edge[2] != 0 ? Descent::built_in : Descent::same});
    for (; more_own && own[0] == s; more_own = own_rows.next(own)) out.own.push_back({own[1]});
    out.origins_end.push_back(static_cast<std::uint32_t>(out.origins.size()));
    out.own_end.push_back(static_cast<std::uint32_t>(out.own.size()));
  }
  return out;
}
/// Which mark lies on which state.
Pairs ask(const Tables& tables) {
  Graph graph({});
  const std::size_t n = tables.own_end.size();
  graph.reserve(n, tables.origins.size(), 0);
  for (const bool through : tables.sees_through)
    graph.mark_sets().add(
        {{through ? Incorporation::sees_through : Incorporation::stays, false}, UINT32_MAX});
  std::vector<Added> added(1);
  std::vector<std::uint16_t> of_one(
      tables.sees_through.size());  // what adds that mark alone, once it is there
  const auto adding = [&](std::span<const MarkId> own) {
    if (own.empty()) return std::uint16_t{0};
    if (own.size() == 1 && of_one[own[0].index] != 0) return of_one[own[0].index];
    const Added a{graph.mark_sets().of(own)};
    const auto at = static_cast<std::uint16_t>(std::find(added.begin(), added.end(), a) - added.begin());
    if (at == added.size()) added.push_back(a);
    if (own.size() == 1) of_one[own[0].index] = at;
    return at;
  };
  const std::span<const Origin> origins(tables.origins);
  const std::span<const MarkId> marks(tables.own);
  Ahead ahead(graph, origins);
  for (std::size_t s = 0, origin = 0, mark = 0; s < n; ++s) {
    ahead.reach(origin);
    const std::size_t origins_end = tables.origins_end[s], own_end = tables.own_end[s];
    graph.append(origins.subspan(origin, origins_end - origin),
                 added[adding(marks.subspan(mark, own_end - mark))]);
    origin = origins_end;
    mark = own_end;
  }
  return pairs_of(graph);
}

void beside_duckdb(const Law& law) {
  const char* python = std::getenv("SEKISHO_BENCH_DUCKDB");
  const char* script = std::getenv("SEKISHO_BENCH_RIVAL");
  if (python == nullptr || script == nullptr) {
    fmt::print("DuckDB skipped: it is not installed (bench/run installs it)\n");
    return;
  }
  const fs::path folder = fs::temp_directory_path() / fmt::format("sekisho-custody-{}", getpid());
  fs::create_directories(folder);
  write_files(law, folder);
  Tables tables;
  Pairs ours;
  const double reading = best_of(5, [&] { tables = read(folder); });
  const double asking = best_of(5, [&] { ours = ask(tables); });
  FILE* rival = popen(fmt::format("'{}' '{}' '{}'", python, script, folder.string()).c_str(), "r");
  double their_reading = 0, their_asking = 0;
  unsigned long count = 0, sum = 0;
  const bool answered = rival != nullptr && std::fscanf(rival, "%lf %lf %lu %lu", &their_reading,
                                                        &their_asking, &count, &sum) == 4;
  if (rival != nullptr) pclose(rival);
  fs::remove_all(folder);
  if (!answered) {
    fmt::print("DuckDB skipped: {} gave no answer\n", script);
    return;
  }
  if (count != ours.count || sum != ours.sum) {
    fmt::print("DuckDB's answer differs: {} pairs, {} here\n", count, ours.count);
    std::exit(1);
  }
  fmt::print(
      "a million states, {} pairs of state and mark: {:.3f} s; DuckDB's query, one thread: {:.2f} s, {:.1f} "
      "times as long\nwith reading the files: {:.3f} s; DuckDB: {:.2f} s, {:.1f} times as long\n",
      ours.count, asking, their_asking, their_asking / asking, reading + asking, their_reading + their_asking,
      (their_reading + their_asking) / (reading + asking));
}

}  // namespace

int main() {
  const Rulebooks books({{"generated.law", rulebook()}});
  if (!books.ok()) {
    fmt::print("the rulebook is wrong: {}\n", books.reports().front().message);
    return 1;
  }
  const Law& law = books.body().law;
  beside_duckdb(law);
  measure(law, "1 million states", 1'000'000, 100'000);
  measure(law, "10 million states", 10'000'000, 100'000);
  measure(law, "10 million, from anywhere", 10'000'000, 10'000'000);
  measure(law, "100 million states", 100'000'000, 100'000);
}
