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
// from the same files, one thread each, with the same pairs of state and mark as answer. It counts no shares.

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

void append(Graph& graph, const Batch& batch, const std::vector<Added>& added) {
  constexpr std::size_t ahead = 128;  // origins: a state is called for, and half as far ahead its shares
  const std::size_t origins = batch.origins.size();
  std::size_t called = 0;
  for (const Appended& a : batch.states) {
    for (const std::size_t to = std::min<std::size_t>(a.first_origin + ahead, origins); called < to;
         ++called) {
      graph.expect(batch.origins[called].state);
      if (called < ahead / 2) continue;
      const StateId near = batch.origins[called - ahead / 2].state;
      if (near < graph.size()) graph.expect_shares(near);
    }
    graph.append(std::span(batch.origins).subspan(a.first_origin, a.origins), added[a.added], a.worth);
  }
}

void measure(const Law& law, const char* name, std::size_t n, std::size_t window) {
  if (available_bytes() < n * 100) {
    fmt::print("{:<28} skipped: needs {} MB of memory\n", name, n * 100 / 1'000'000);
    return;
  }
  MarkBook book(law);
  Goods goods(book, window);
  Graph& graph = book.graph();
  graph.reserve(n, n * 3 / 2, n * 3 / 10);
  Batch batch;
  double took = 0;
  std::size_t origins = 0;
  while (graph.size() < n) {
    goods.fill(batch, std::min<std::size_t>(500'000, n - graph.size()));
    origins += batch.origins.size();
    const double start = computed();
    append(graph, batch, goods.added());
    took += computed() - start;
  }
  const auto count = static_cast<double>(graph.size());
  std::size_t deferred = 0;
  for (const StateId s : goods.finished()) deferred += graph.shares_deferred(s) ? 1 : 0;
  fmt::print(
      "{:<28} {:6.2f} M states/s a core, {:.1f} bytes a state, {:.2f} earlier states each, {} sets of "
      "marks\n",
      name, count / took * 1e-6, static_cast<double>(graph.memory()) / count,
      static_cast<double>(origins) / count, graph.mark_sets().count());
  std::size_t ancestors = 0, changed = 0;
  fmt::print("{:<28} trace of a lot of the last level: {}", "",
             times(goods.finished(), [&](StateId s) { ancestors += graph.ancestors(s).size(); }));
  fmt::print(" ({} earlier states on average)\n", ancestors / goods.finished().size());
  fmt::print("{:<28} its exact shares: {} ({:.1f} % deferred)\n", "",
             times(goods.finished(), [&](StateId s) { ancestors += graph.exact_shares(s).size(); }),
             100.0 * static_cast<double>(deferred) / static_cast<double>(goods.finished().size()));
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

/// Reads the numbers of a file one after the other, over whatever parts them.
class Numbers {
 public:
  explicit Numbers(const fs::path& path) : in_(path, std::ios::binary), text_((1 << 16) + behind, '\0') {
    std::string title;
    std::getline(in_, title);
  }
  /// Of at most eight digits, which are read at once.
  bool next(std::uint32_t& into) {
    if (end_ - at_ < longest) refill();
    for (; !digit(*at_); ++at_)
      if (at_ == end_) return false;
    std::uint64_t eight = 0;
    std::memcpy(&eight, at_, sizeof eight);
    // Where a byte is no digit: its upper half is not 3, or its lower half is over 9.
    const std::uint64_t upper = 0xf0f0f0f0f0f0f0f0, digits = 0x3030303030303030;
    const std::uint64_t other =
        ((eight & upper) ^ digits) | (((eight + 0x0606060606060606) & upper) ^ digits);
    const int count = other == 0 ? 8 : std::countr_zero(other) / 8;
    at_ += count;
    eight = (eight - digits) << (64 - 8 * count);  // what stands before the first digit reads as nought
    eight = eight * 10 + (eight >> 8);             // pairs, then pairs of these
    const std::uint64_t pairs = 0x000000ff000000ff;
    into = static_cast<std::uint32_t>(
        ((eight & pairs) * 0x000f424000000064 + (eight >> 16 & pairs) * 0x0000271000000001) >> 32);
    return true;
  }

 private:
  static constexpr std::ptrdiff_t longest = 32;  // of a number and what parts it from the last
  static constexpr std::ptrdiff_t behind = 8;
  static bool digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }
  void refill() {
    char* const left = std::copy(at_, end_, text_.data());
    in_.read(left, text_.data() + text_.size() - behind - left);
    at_ = text_.data();
    end_ = left + in_.gcount();
    std::fill_n(text_.data() + (end_ - at_), behind, '\0');
  }
  std::ifstream in_;
  std::string text_;  // and bytes behind the last number that are no digits
  const char *at_ = text_.data(), *end_ = at_;
};

struct Pairs {
  std::uint64_t count = 0, sum = 0;
};
Pairs from_files(const fs::path& folder) {
  constexpr std::size_t at_once = 4096;  // states
  Graph graph({});
  graph.reserve(rival_states, rival_states * 3 / 2, 0);
  Numbers mark_rows(folder / "marks.csv"), own_rows(folder / "own.csv"), edge_rows(folder / "edges.csv");
  for (std::uint32_t mark = 0, through = 0; mark_rows.next(mark) && mark_rows.next(through);)
    graph.mark_sets().add(
        {{through != 0 ? Incorporation::sees_through : Incorporation::stays, false}, UINT32_MAX});
  Batch batch;
  std::vector<Added> added(1);
  std::map<MarkSetId, std::uint16_t> added_ids;
  std::uint32_t own_state = 0, mark = 0, child = 0, parent = 0, built_in = 0;
  const auto next_own = [&] { return own_rows.next(own_state) && own_rows.next(mark); };
  const auto next_edge = [&] {
    return edge_rows.next(child) && edge_rows.next(parent) && edge_rows.next(built_in);
  };
  bool more_own = next_own(), more_edges = next_edge();
  std::vector<MarkId> adds;
  for (StateId s = 0; more_own || more_edges; ++s) {
    const auto first = static_cast<std::uint32_t>(batch.origins.size());
    for (; more_edges && child == s; more_edges = next_edge())
      batch.origins.push_back({parent, built_in != 0 ? Descent::built_in : Descent::same});
    adds.clear();
    for (; more_own && own_state == s; more_own = next_own()) adds.push_back({mark});
    std::uint16_t adding = 0;
    if (!adds.empty()) {
      const MarkSetId set = graph.mark_sets().of(adds);
      const auto [it, fresh] = added_ids.emplace(set, static_cast<std::uint16_t>(added.size()));
      if (fresh) added.push_back({set});
      adding = it->second;
    }
    batch.states.push_back({first, static_cast<std::uint32_t>(batch.origins.size()) - first, adding, {}});
    if (batch.states.size() < at_once && (more_own || more_edges)) continue;
    append(graph, batch, added);
    batch.clear();
  }
  Pairs out;
  for (StateId s = 0; s < graph.size(); ++s)
    for (const MarkId m : graph.mark_sets().marks(graph.marks(s))) {
      ++out.count;
      out.sum += (std::uint64_t{s} + 1) * (m.index + 1);
    }
  return out;
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
  Pairs ours;
  const double took = best_of(5, [&] { ours = from_files(folder); });
  FILE* rival = popen(fmt::format("'{}' '{}' '{}'", python, script, folder.string()).c_str(), "r");
  double theirs = 0;
  unsigned long count = 0, sum = 0;
  const bool read = rival != nullptr && std::fscanf(rival, "%lf %lu %lu", &theirs, &count, &sum) == 3;
  if (rival != nullptr) pclose(rival);
  fs::remove_all(folder);
  if (!read) {
    fmt::print("DuckDB skipped: {} gave no answer\n", script);
    return;
  }
  if (count != ours.count || sum != ours.sum) {
    fmt::print("DuckDB's answer differs: {} pairs, {} here\n", count, ours.count);
    std::exit(1);
  }
  fmt::print(
      "a million states from files, {} pairs of state and mark: {:.3f} s; DuckDB, one thread: {:.2f} s, "
      "{:.0f} times as long\n",
      ours.count, took, theirs, theirs / took);
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
