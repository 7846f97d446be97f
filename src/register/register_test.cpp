#include "register/register.h"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "register/export_line.h"

using namespace sekisho;

namespace {

namespace fs = std::filesystem;
const std::function<void(std::uint64_t)> quiet = [](std::uint64_t) {};

Hash salt() {
  static std::uint8_t n = 0;
  return Hash{++n};
}
NewEntry said(const std::string& text) {
  return {{1'700'000'000'000'000, "officer", "event", std::nullopt}, text};
}
std::vector<NewEntry> many(std::size_t n) {
  std::vector<NewEntry> out;
  out.reserve(n);
  for (std::size_t i = 0; i < n; ++i) out.push_back(said("entry " + std::to_string(i)));
  return out;
}

const std::string origin = "test.example";

/// A new register in a place of its own: a file, or a schema of the server that the environment names.
class Scratch {
 public:
  explicit Scratch(bool server) {
    static int n = 0;
    const std::string name = fmt::format("sekisho_{}_{}", getpid(), ++n);
    if (server) {
      // Every place is a database of its own; its name goes where the address has `DATABASE`.
      location_ = std::getenv("SEKISHO_TEST_POSTGRES");
      const std::size_t at = location_.find("DATABASE");
      REQUIRE(at != std::string::npos);
      const std::string make = location_;
      location_.replace(at, 8, name);
      std::string maker = make;
      maker.replace(at, 8, "postgres");
      REQUIRE(std::system(fmt::format("psql -q '{}' -c 'CREATE DATABASE {}'", maker, name).c_str()) == 0);
      drop_ = fmt::format("psql -q '{}' -c 'DROP DATABASE {} WITH (FORCE)'", maker, name);
    } else {
      location_ = fs::temp_directory_path() / (name + ".register");
    }
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    if (!drop_.empty()) {
      if (std::system(drop_.c_str()) != 0) MESSAGE("could not drop ", location_);
    } else {
      for (const char* tail : {"", "-wal", "-shm"}) fs::remove(location_ + tail);
    }
  }
  const std::string& location() const { return location_; }
  Register make() {
    auto s = create_store(location_, origin);
    REQUIRE(s);
    return Register(std::move(*s));
  }
  Register open() {
    auto s = open_store(location_);
    REQUIRE(s);
    return Register(std::move(*s));
  }

 private:
  std::string location_, drop_;
};

std::vector<bool> stores() {
  if (std::getenv("SEKISHO_TEST_POSTGRES") != nullptr) return {false, true};
  return {false};  // the server is started by tests/postgres_test.py, which runs these cases again
}

std::vector<std::string> flaws(Register& r, std::span<const Checkpoint> kept = {}) {
  const auto v = r.verify(kept, quiet);
  REQUIRE(v);
  std::vector<std::string> out;
  for (const Flaw& f : v->flaws)
    out.push_back(f.sequence ? std::to_string(*f.sequence) + " " + f.says : f.says);
  return out;
}
std::vector<Entry> all(Register& r) {
  std::vector<Entry> out;
  REQUIRE(!r.read(0, 1U << 30, [&](Entry&& e) {
    out.push_back(std::move(e));
    return true;
  }));
  return out;
}

/// Every byte that the store keeps.
std::string files_of(const std::string& location) {
  std::string raw;
  for (const char* tail : {"", "-wal"})
    if (FILE* f = std::fopen((location + tail).c_str(), "rb")) {
      for (int c = 0; (c = std::fgetc(f)) != EOF;) raw += static_cast<char>(c);
      std::fclose(f);
    }
  return raw;
}

/// RFC 6962 as it is written: no frontier, no tiles.
Hash slow_root(std::span<const Hash> leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves.front();
  std::size_t left = 1;
  while (left * 2 < leaves.size()) left *= 2;
  return hash_node(slow_root(leaves.first(left)), slow_root(leaves.subspan(left)));
}
std::vector<Hash> leaves_of(std::size_t n) {
  std::vector<Hash> out;
  out.reserve(n);
  for (std::size_t i = 0; i < n; ++i) out.push_back(hash_leaf(std::to_string(i)));
  return out;
}

}  // namespace

TEST_CASE("the root, every inclusion and every consistency proof are those of the definition") {
  const std::vector<Hash> leaves = leaves_of(70);
  const NodeHash node = [&](Subtree n) {
    return slow_root(std::span(leaves).subspan(n.index << n.level, std::size_t{1} << n.level));
  };
  Frontier f;
  for (std::uint64_t size = 0; size <= leaves.size(); ++size) {
    const Hash root = slow_root(std::span(leaves).first(size));
    REQUIRE(f.root() == root);
    REQUIRE(root_of(size, node) == root);
    for (std::uint64_t i = 0; i < size; ++i) {
      std::vector<Hash> proof = inclusion_proof(i, size, node);
      REQUIRE(proves_inclusion(leaves[i], i, size, root, proof));
      REQUIRE(!proves_inclusion(leaves[i], (i + 1) % leaves.size(), size, root, proof));
      for (Hash& h : proof) {
        h[3] ^= 1;
        REQUIRE(!proves_inclusion(leaves[i], i, size, root, proof));
        h[3] ^= 1;
      }
    }
    for (std::uint64_t before = 1; before <= size; ++before) {
      const Hash then = slow_root(std::span(leaves).first(before));
      std::vector<Hash> proof = consistency_proof(before, size, node);
      REQUIRE(proves_consistency(before, then, size, root, proof));
      if (before < size) REQUIRE(!proves_consistency(before, hash_leaf("other"), size, root, proof));
      for (Hash& h : proof) {
        h[0] ^= 128;
        REQUIRE(!proves_consistency(before, then, size, root, proof));
        h[0] ^= 128;
      }
    }
    if (size < leaves.size()) f.append(leaves[size], [](Subtree, const Hash&) {});
  }
}

TEST_CASE("what is appended is read back, chained and sound, however it was batched") {
  for (const bool server : stores()) {
    CAPTURE(server);
    Scratch one(server), other(server);
    Register a = one.make(), b = other.make();
    const std::vector<NewEntry> entries = many(1000);
    const Hash seed = salt();
    REQUIRE(a.append(entries, seed));
    std::mt19937 dice(5);
    for (std::size_t at = 0; at < entries.size();) {
      const std::size_t n = std::min<std::size_t>(1 + dice() % 90, entries.size() - at);
      const auto from = entries.begin() + static_cast<std::ptrdiff_t>(at);
      const auto first = b.append({from, from + static_cast<std::ptrdiff_t>(n)}, salt());
      REQUIRE(first);
      REQUIRE(*first == at);
      at += n;
    }
    REQUIRE(flaws(a).empty());
    REQUIRE(flaws(b).empty());
    Register again = other.open();
    const std::vector<Entry> read = all(again);
    REQUIRE(read.size() == entries.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      REQUIRE(read[i].sequence == i);
      REQUIRE(read[i].body->text == entries[i].body);
      REQUIRE(read[i].head.by == "officer");
    }
    // The salts differ, and so do the roots: nobody can tell from the chain that the bodies are the same.
    REQUIRE(a.checkpoint(1000)->root != b.checkpoint(1000)->root);
  }
}

TEST_CASE("every entry proves that it is there, and every size that it grew from the smaller ones") {
  for (const bool server : stores()) {
    CAPTURE(server);
    Scratch place(server);
    Register r = place.make();
    for (std::size_t i = 0; i < 7; ++i) REQUIRE(r.append(many(131), salt()));
    std::vector<Hash> leaves;
    for (const Entry& e : all(r)) leaves.push_back(e.leaf);
    for (const std::uint64_t size : {1UL, 255UL, 256UL, 257UL, 600UL, 917UL}) {
      const auto c = r.checkpoint(size);
      REQUIRE(c);
      REQUIRE(c->root == slow_root(std::span(leaves).first(size)));
      for (std::uint64_t i = 0; i < size; i += 41) {
        const auto p = r.prove(i, size);
        REQUIRE(p);
        REQUIRE(leaf_hash(p->entry, p->previous) == p->entry.leaf);
        REQUIRE(proves_inclusion(p->entry.leaf, i, size, c->root, p->proof));
      }
      const auto grown = r.prove_growth(size, 917);
      REQUIRE(grown);
      REQUIRE(proves_consistency(size, c->root, 917, r.checkpoint(917)->root, *grown));
    }
    REQUIRE(!r.prove(917, 917));
    REQUIRE(!r.checkpoint(918));
    REQUIRE(!r.prove_growth(0, 917));
  }
}

TEST_CASE("a disposed body is gone and everything else proves what it did") {
  for (const bool server : stores()) {
    CAPTURE(server);
    Scratch place(server);
    Register r = place.make();
    REQUIRE(r.append(std::vector{said("a name"), said("the end user is Taro"), said("more")}, salt()));
    const auto before = r.checkpoint(3);
    REQUIRE(before);
    const NewEntry why{{1, "keeper", std::string(disposal), 1}, "retention ended"};
    REQUIRE(r.dispose(why, salt()));
    REQUIRE(flaws(r, std::span(&*before, 1)).empty());
    const std::vector<Entry> read = all(r);
    REQUIRE(read.size() == 4);
    REQUIRE(!read[1].body);
    REQUIRE(read[3].head.about == 1);
    REQUIRE(r.verify({}, quiet)->disposed == 1);
    if (!server) {
      const std::string raw = files_of(place.location());
      REQUIRE(raw.find("the end user is") == std::string::npos);
      REQUIRE(raw.find("a name") != std::string::npos);
    }
    REQUIRE(!r.dispose(why, salt()));                                            // twice
    REQUIRE(!r.dispose({{1, "keeper", std::string(disposal), 3}, ""}, salt()));  // the disposal
    REQUIRE(!r.dispose({{1, "keeper", std::string(disposal), 9}, ""}, salt()));  // nothing
    REQUIRE(!r.append(std::vector{NewEntry{{1, "x", std::string(disposal), 0}, ""}},
                      salt()));  // by the back door
    REQUIRE(flaws(r).empty());
  }
}

TEST_CASE("a disposal that a reader keeps from being wiped says so, and the next opening wipes it") {
  Scratch place(false);
  Register r = place.make(), reader = place.open();
  REQUIRE(r.append(std::vector{said("a name"), said("the end user is Taro"), said("more")}, salt()));
  std::optional<Disposed> done;
  REQUIRE(!reader.read(0, 3, [&](const Entry&) {  // which holds the register as it was
    const auto d = r.dispose({{1, "keeper", std::string(disposal), 1}, "retention ended"}, salt());
    REQUIRE(d);
    done = *d;
    return false;
  }));
  REQUIRE(done);
  CHECK(done->entry == 3);
  REQUIRE(done->traces);
  CHECK(done->traces->starts_with("somebody reads the register"));
  CHECK(all(reader).size() == 4);
  CHECK(flaws(r).empty());
  REQUIRE(files_of(place.location()).find("the end user is") != std::string::npos);
  Register again = place.open();
  CHECK(files_of(place.location()).find("the end user is") == std::string::npos);
  CHECK(flaws(again).empty());
}

TEST_CASE("times never go back, whatever the clock does") {
  for (const bool server : stores()) {
    CAPTURE(server);
    Scratch place(server);
    Register r = place.make();
    const auto at = [](std::int64_t time) {
      NewEntry e = said("x");
      e.head.recorded = time;
      return e;
    };
    REQUIRE(r.append(std::vector{at(20), at(10)}, salt()));
    REQUIRE(r.append(std::vector{at(15), at(30)}, salt()));
    std::vector<std::int64_t> times;
    for (const Entry& e : all(r)) times.push_back(e.head.recorded);
    CHECK(times == std::vector<std::int64_t>{20, 20, 20, 30});
  }
}

TEST_CASE("what cannot be recorded is refused, and nothing of its batch is there") {
  for (const bool server : stores()) {
    CAPTURE(server);
    Scratch place(server);
    Register r = place.make();
    NewEntry ahead = said("about what is to come");
    ahead.head.about = 1;
    NewEntry long_kind = said("x");
    long_kind.head.kind = std::string(256, 'k');
    NewEntry kindless = said("x");
    kindless.head.kind = "";
    for (const NewEntry& wrong : {ahead, long_kind, kindless, said(std::string("a\0b", 3))})
      REQUIRE(!r.append(std::vector{said("right"), wrong}, salt()));
    REQUIRE(*r.size() == 0);
    NewEntry on_the_first = said("about the first of its batch");
    on_the_first.head.about = 0;
    REQUIRE(r.append(std::vector{said("right"), on_the_first}, salt()));
    REQUIRE(create_store(place.location(), "x").problem().code == &code::register_exists);
  }
  REQUIRE(open_store("no such folder/r").problem().code == &code::register_unreadable);
}

TEST_CASE("an export restores the register with chain and checkpoints, and an altered one is refused") {
  for (const bool server : stores()) {
    CAPTURE(server);
    Scratch place(server), copy(server), spoilt(server);
    Register r = place.make();
    REQUIRE(r.append(many(300), salt()));
    REQUIRE(r.dispose({{1, "keeper", std::string(disposal), 17}, "ended"}, salt()));
    const auto kept = r.checkpoint(301);
    std::vector<std::string> lines;
    for (const Entry& e : all(r)) lines.push_back(export_line(e));
    const auto restore = [](Register& into, const std::vector<std::string>& from) {
      std::size_t at = 0;
      return into.restore([&]() -> Result<std::optional<Entry>> {
        if (at == from.size()) return std::optional<Entry>();
        auto e = read_export_line(from[at], at + 1);
        ++at;
        if (!e) return e.problem();
        return std::optional<Entry>(std::move(*e));
      });
    };
    Register back = copy.make();
    REQUIRE(restore(back, lines));
    REQUIRE(flaws(back, std::span(&*kept, 1)).empty());
    REQUIRE(!restore(back, lines));  // holds entries already
    Register other = spoilt.make();
    std::vector<std::string> wrong = lines;
    wrong[5].replace(wrong[5].find("entry 5"), 7, "entry 6");
    REQUIRE(restore(other, wrong).problem().code == &code::register_altered);
    wrong = lines;
    wrong[5].replace(wrong[5].find("officer"), 7, "nobody!");
    REQUIRE(restore(other, wrong).problem().code == &code::register_altered);
    wrong = lines;
    wrong.erase(wrong.begin() + 200);
    REQUIRE(!restore(other, wrong));
    REQUIRE(*other.size() == 0);
  }
}

TEST_CASE("a byte flipped anywhere in the file is found, or held nothing") {
  Scratch place(false);
  std::vector<std::string> wanted;
  {
    Register r = place.make();
    REQUIRE(r.append(many(300), salt()));
    for (const Entry& e : all(r)) wanted.push_back(export_line(e));
  }
  std::string whole;
  {
    FILE* f = std::fopen(place.location().c_str(), "rb");
    for (int c = 0; (c = std::fgetc(f)) != EOF;) whole += static_cast<char>(c);
    std::fclose(f);
  }
  REQUIRE(!fs::exists(place.location() + "-wal"));
  std::size_t found = 0, nothing = 0;
  const auto flip = [&](std::size_t at) {
    CAPTURE(at);
    std::string bad = whole;
    bad[at] = static_cast<char>(bad[at] ^ (1 << at % 8));
    FILE* f = std::fopen(place.location().c_str(), "wb");
    std::fwrite(bad.data(), 1, bad.size(), f);
    std::fclose(f);
    auto store = open_store(place.location());
    if (!store) {
      ++found;
      return;
    }
    Register r(std::move(*store));
    if (!flaws(r).empty()) {
      ++found;
      return;
    }
    std::vector<std::string> read;
    for (const Entry& e : all(r)) read.push_back(export_line(e));
    REQUIRE(read == wanted);
    const auto checkpoint = r.checkpoint(0);
    REQUIRE(checkpoint);
    REQUIRE(checkpoint->origin == origin);
    ++nothing;
  };
  for (std::size_t at = 0; at < whole.size(); at += 97) flip(at);
  // The row that names the register, its digest behind it, and what leads to them.
  const std::size_t name = whole.rfind(origin);
  REQUIRE(name != std::string::npos);
  for (std::size_t at = name - 16; at < name + 64; ++at) flip(at);
  CHECK(found > 200);
  MESSAGE(found, " flips found, ", nothing, " in space that holds nothing");
}

TEST_CASE("an altered entry is named and no other") {
  Scratch place(false);
  {
    Register r = place.make();
    REQUIRE(r.append(many(600), salt()));
  }
  const auto alter = [&](const std::function<void(std::vector<Entry>&)>& change) {
    const auto store = open_store(place.location());
    REQUIRE(store);
    REQUIRE(!(*store)->begin());
    std::vector<PackRow> changed;
    REQUIRE(!(*store)->read_packs(0, behind_all, [&](const Pack& p) {
      std::vector<Entry> entries;
      for (Sequence s = p.first(); s < p.behind(); ++s) entries.push_back(*p.entry(s));
      change(entries);
      changed.push_back(pack(entries));
      return true;
    }));
    for (const PackRow& row : changed) REQUIRE(!(*store)->replace_pack(row));
    REQUIRE(!(*store)->commit());
  };
  const auto of = [](Sequence s, const std::function<void(Entry&)>& change) {
    return [s, change](std::vector<Entry>& entries) {
      for (Entry& e : entries)
        if (e.sequence == s) change(e);
    };
  };
  const auto named = [&] {
    Register r = place.open();
    return flaws(r);
  };
  alter(of(300, [](Entry& e) { e.head.by = "x"; }));
  REQUIRE(named() == std::vector<std::string>{"300 its head or its place in the chain was altered"});
  alter(of(300, [](Entry& e) { e.head.by = "officer"; }));
  alter(of(7, [](Entry& e) { e.body->text = "other"; }));
  REQUIRE(named() == std::vector<std::string>{"7 its body was altered"});
  alter(of(7, [](Entry& e) { e.body->text = "entry 7"; }));
  alter(of(599, [](Entry& e) { e.body.reset(); }));
  REQUIRE(named() ==
          std::vector<std::string>{"599 its body is gone and nothing says that it was disposed of"});
  alter([](std::vector<Entry>& entries) {
    if (entries.back().sequence == 599) entries.pop_back();
  });
  REQUIRE(named() == std::vector<std::string>{"599 is not there, or its bytes are no entry"});
}

TEST_CASE("an entry whose bytes are none keeps no other from being read, and is kept from disposal") {
  Scratch place(false);
  {
    Register r = place.make();
    REQUIRE(r.append(many(3), salt()));
  }
  const auto store = open_store(place.location());
  REQUIRE(store);
  REQUIRE(!(*store)->begin());
  std::vector<Entry> entries;
  REQUIRE(!(*store)->read(0, 3, [&](Entry&& e) {
    entries.push_back(std::move(e));
    return true;
  }));
  PackRow row = pack(entries);
  const std::size_t second = row.raw.find("officer", row.raw.find("officer") + 1);
  REQUIRE(row.raw[second - 1] == 7);
  row.raw[second - 1] = static_cast<char>(200);  // a word longer than its entry
  REQUIRE(!(*store)->replace_pack(row));
  REQUIRE(!(*store)->commit());
  std::vector<Sequence> read;
  REQUIRE(!(*store)->read(0, 3, [&](const Entry& e) {
    read.push_back(e.sequence);
    return true;
  }));
  REQUIRE(read == std::vector<Sequence>{0, 2});
  const Failure refused = (*store)->drop_body(0);
  REQUIRE(refused);
  REQUIRE(refused->code == &code::register_altered);
  Register r = place.open();
  REQUIRE(flaws(r).front() == "1 is not there, or its bytes are no entry");
}

TEST_CASE("what stands in a store besides the register is found") {
  for (const char* more :
       {"INSERT INTO pack VALUES(100, x'00000000')", "INSERT INTO pack VALUES(300, x'00000000')",
        "INSERT INTO pack SELECT -256, entries FROM pack WHERE first = 0",
        "INSERT INTO pack VALUES(9223372036854775807, x'00')",
        "INSERT INTO pack VALUES(4611686018427387904, x'00')", "INSERT INTO tile VALUES(5, 77, x'00')",
        "INSERT INTO tile VALUES(-1, -77, x'00')", "INSERT INTO ending SELECT * FROM ending",
        "INSERT INTO register VALUES('other', '')", "CREATE TABLE note(text)",
        "CREATE TRIGGER t AFTER INSERT ON pack BEGIN DELETE FROM pack WHERE first = 0; END"}) {
    CAPTURE(more);
    Scratch place(false);
    {
      Register r = place.make();
      REQUIRE(r.append(many(300), salt()));
      REQUIRE(flaws(r).empty());
    }
    REQUIRE(std::system(fmt::format("sqlite3 '{}' \"{}\"", place.location(), more).c_str()) == 0);
    Register r = place.open();
    REQUIRE(!flaws(r).empty());
  }
}

TEST_CASE("a tree whose tiles or edge were altered is neither signed nor proved") {
  for (const char* change : {"UPDATE tile SET hashes = zeroblob(8192)",
                             "UPDATE ending SET frontier = zeroblob(length(frontier))"}) {
    CAPTURE(change);
    Scratch place(false);
    {
      Register r = place.make();
      REQUIRE(r.append(many(300), salt()));
      REQUIRE(r.checkpoint(300));
      REQUIRE(r.checkpoint(0));
      REQUIRE(r.prove_growth(10, 270));
    }
    REQUIRE(std::system(fmt::format("sqlite3 '{}' \"{}\"", place.location(), change).c_str()) == 0);
    Register r = place.open();
    REQUIRE(r.checkpoint(300).problem().code == &code::register_altered);
    REQUIRE(r.checkpoint(256).problem().code == &code::register_altered);
    REQUIRE(r.prove(3, 300).problem().code == &code::register_altered);
    REQUIRE(r.prove_growth(10, 300).problem().code == &code::register_altered);
  }
}

TEST_CASE("a register is verified as of one moment, whoever appends meanwhile") {
  for (const bool server : stores()) {
    Scratch place(server);
    Register r = place.make(), other = place.open();
    REQUIRE(r.append(many(1'000), salt()));
    std::uint64_t seen = 0;
    const auto v = r.verify({}, quiet, [&](const Entry&) {
      if (++seen % 100 == 0) REQUIRE(other.append(many(300), salt()));
    });
    REQUIRE(v);
    for (const Flaw& f : v->flaws) MESSAGE(f.says);
    REQUIRE(v->flaws.empty());
    REQUIRE(v->entries == 1'000);
    REQUIRE(*r.size() == 4'000);
  }
}

TEST_CASE("a body that is gone is passed over only where a disposal says why, and none comes back") {
  for (const bool server : stores()) {
    Scratch place(server), copy(server), cut(server);
    Register r = place.make();
    REQUIRE(r.append(many(400), salt()));
    std::vector<Entry> before = all(r);
    REQUIRE(r.dispose({{1'700'000'000'000'000, "keeper", std::string(disposal), 5}, "ended"}, salt()));
    REQUIRE(!all(r)[5].body);
    std::size_t read = 0;
    REQUIRE(!r.read(4, 7, [&](const Entry&) {
      ++read;
      return true;
    }));
    REQUIRE(read == 3);
    const auto restore = [](Register& into, const std::vector<Entry>& entries) {
      std::size_t at = 0;
      return into.restore([&]() -> Result<std::optional<Entry>> {
        return at == entries.size() ? std::optional<Entry>() : std::optional(entries[at++]);
      });
    };
    std::vector<Entry> disposed = all(r);
    Register other = copy.make();
    disposed[5].body = before[5].body;
    REQUIRE(restore(other, disposed).problem().code == &code::register_altered);
    before[7].body.reset();
    REQUIRE(restore(other, before).problem().code == &code::register_altered);
    disposed[5].body.reset();
    REQUIRE(restore(other, disposed));
    auto store = open_store(place.location());
    REQUIRE(store);
    REQUIRE(!(*store)->drop_body(7));
    for (const auto& [from, to] : {std::pair<Sequence, Sequence>{0, behind_all}, {7, 8}, {6, 9}})
      REQUIRE(r.read(from, to, [](const Entry&) { return true; })->code == &code::register_altered);
    REQUIRE(!r.read(8, 20, [](const Entry&) { return true; }));
  }
}

TEST_CASE("entries of every shape come back from packs as they went in, however many and long") {
  std::mt19937 dice(20231222);  // NOLINT: the same every time
  std::vector<Entry> entries;
  for (Sequence s = 40; s < 1'040; ++s) {
    Entry e;
    e.sequence = s;
    e.head = {static_cast<std::int64_t>(dice()) - 2'000'000'000, std::string(dice() % 256, 'b'),
              std::string(dice() % 256, 'k'), std::nullopt};
    if (dice() % 2 == 0) e.head.about = dice() % s;
    e.commitment = Hash{static_cast<std::uint8_t>(dice())};
    e.leaf = Hash{1, static_cast<std::uint8_t>(dice())};
    if (dice() % 3 != 0)
      e.body = Body{Hash{2}, std::string(dice() % 7 == 0 ? dice() % 300'000 : dice() % 9, 't')};
    entries.push_back(std::move(e));
  }
  std::size_t at = 0, longest = 0;
  for (const PackRow& row : packs(entries)) {
    const Pack p(row.first, row.raw);
    REQUIRE(p.first() == entries[at].sequence);
    longest = std::max<std::size_t>(longest, p.behind() - p.first());
    for (Sequence s = p.first(); s < p.behind(); ++s, ++at) {
      const auto e = p.entry(s);
      REQUIRE(e);
      REQUIRE(export_line(*e) == export_line(entries[at]));
    }
    REQUIRE((row.raw.size() < (2U << 20)));
  }
  REQUIRE(at == entries.size());
  REQUIRE(longest > 1);
  REQUIRE(longest <= 256);
}

TEST_CASE("a time that cannot be written is neither recorded nor read") {
  Scratch place(false);
  Register r = place.make();
  for (const std::int64_t wrong : {INT64_MIN, INT64_MAX, earliest_time - 1, latest_time + 1}) {
    NewEntry e = said("x");
    e.head.recorded = wrong;
    REQUIRE(r.append({e}, salt()).problem().code == &code::not_recordable);
    Entry kept;
    kept.head = {wrong, "officer", "event", std::nullopt};
    const PackRow row = pack(std::span(&kept, 1));
    REQUIRE(!Pack(0, row.raw).entry(0));
  }
  REQUIRE(to_time(earliest_time) == "0000-01-01T00:00:00.000000Z");
  REQUIRE(to_time(latest_time) == "9999-12-31T23:59:59.999999Z");
}

TEST_CASE("a pack of which a byte is cut off or altered gives entries that differ, or none") {
  std::vector<Entry> entries(3);
  for (Sequence s = 0; s < 3; ++s) {
    entries[s].sequence = s;
    entries[s].head = {5, "officer", "event", s == 2 ? std::optional<Sequence>(0) : std::nullopt};
    if (s != 1) entries[s].body = Body{Hash{1}, "said"};
  }
  const PackRow row = pack(entries);
  const auto lines = [](const std::string& raw) {
    const Pack p(0, raw);
    std::vector<std::string> out;
    for (Sequence s = p.first(); s < p.behind(); ++s)
      if (const auto e = p.entry(s)) out.push_back(export_line(*e));
    return out;
  };
  const auto whole = lines(row.raw);
  REQUIRE(whole.size() == 3);
  for (std::size_t n = 0; n < row.raw.size(); ++n) REQUIRE(lines(row.raw.substr(0, n)) != whole);
  REQUIRE(lines(row.raw + "x") != whole);
  for (std::size_t i = 0; i < row.raw.size(); ++i) {
    CAPTURE(i);
    std::string other = row.raw;
    other[i] = static_cast<char>(other[i] ^ 1);
    REQUIRE(lines(other) != whole);
  }
}

TEST_CASE("checkpoints are signed, and a wrong one proves nothing") {
  const auto keys = make_keys("signer.example", Hash{1, 2, 3});
  const auto others = make_keys("signer.example", Hash{3, 2, 1});
  REQUIRE(keys);
  const Checkpoint c{"test.example", 42, hash_leaf("x")};
  const auto note = sign(c, keys->secret + "\n");
  REQUIRE(note);
  const auto read = read_checkpoint(*note, keys->open);
  REQUIRE(read);
  REQUIRE(read->size == 42);
  REQUIRE(read->root == c.root);
  REQUIRE(!read_checkpoint(*note, others->open));
  REQUIRE(read_checkpoint(*note, keys->secret).problem().code == &code::bad_key);
  REQUIRE(sign(c, keys->open).problem().code == &code::bad_key);
  for (std::size_t i = 0; i < note->size(); ++i) {
    std::string wrong = *note;
    wrong[i] = static_cast<char>(wrong[i] ^ 1);
    CAPTURE(wrong);
    REQUIRE(!read_checkpoint(wrong, keys->open));
  }
  for (std::size_t n = 0; n < note->size(); ++n) REQUIRE(!read_checkpoint(note->substr(0, n), keys->open));
  REQUIRE(!make_keys("two words", Hash{}));
}

TEST_CASE("a register rewritten from the start fits itself and no checkpoint that was kept") {
  for (const bool server : stores()) {
    Scratch place(server), anew(server);
    Register r = place.make(), forged = anew.make();
    REQUIRE(r.append(many(10), salt()));
    std::vector<NewEntry> other = many(10);
    other[4].body = "another";
    REQUIRE(forged.append(other, salt()));
    REQUIRE(flaws(forged).empty());
    const auto kept = r.checkpoint(7);
    REQUIRE(flaws(forged, std::span(&*kept, 1)).size() == 1);
    const auto longer = r.checkpoint(10);
    Scratch cut(server);
    Register shorter = cut.make();
    REQUIRE(shorter.append(many(9), salt()));
    REQUIRE(flaws(shorter, std::span(&*longer, 1)).front().find("lost or cut off") != std::string::npos);
  }
}

TEST_CASE("times are written and read to the microsecond") {
  for (const std::int64_t t : {0L, 1L, 1'700'000'000'123'456L, -1L, 253'402'300'799'999'999L}) {
    REQUIRE(parse_time(to_time(t)) == t);
  }
  REQUIRE(to_time(1'700'000'000'123'456) == "2023-11-14T22:13:20.123456Z");
  for (const char* wrong :
       {"", "2023-02-30T00:00:00.000000Z", "2023-01-01T24:00:00.000000Z", "2023-01-01 00:00:00.000000Z"})
    REQUIRE(!parse_time(wrong));
}

namespace {

std::function<void()> before_packs;  // of the next connections, once, as soon as one reads packs

int on_statement(unsigned, void*, void*, void* sql) {
  if (std::string_view(static_cast<const char*>(sql)).find("FROM pack") != std::string_view::npos)
    if (const auto now = std::exchange(before_packs, {})) now();
  return 0;
}
int watch_statements(sqlite3* db, const char**, const sqlite3_api_routines*) {
  return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, on_statement, nullptr);
}

}  // namespace

TEST_CASE("a disposal while somebody reads alters nothing of what they read") {
  Scratch place(false);
  Register writer = place.make();
  REQUIRE(writer.append(many(10), salt()));
  const auto watch = reinterpret_cast<void (*)()>(&watch_statements);
  sqlite3_auto_extension(watch);
  Register reader = place.open();
  sqlite3_cancel_auto_extension(watch);
  bool disposed = false;
  before_packs = [&] {
    disposed = static_cast<bool>(writer.dispose({{1, "keeper", std::string(disposal), 3}, "ended"}, salt()));
  };
  const std::vector<Entry> read = all(reader);
  CHECK(disposed);
  CHECK(read.size() == 10);
  CHECK(read[3].body.has_value());
  CHECK_FALSE(all(reader)[3].body.has_value());
}
