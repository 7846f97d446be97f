#include "sekisho/arrow.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <random>
#include <sstream>

using namespace sekisho;

namespace {

const Rulebooks& books() {
  static const Rulebooks all(std::vector<SourceText>{{"small.law", R"(authority x.office of XK "The office"

fact armed is yes or no
  asks "?"
fact destination is country
  asks "?"
fact licensors is set of country
  asks "?"
fact value is number in units
  asks "?"
fact made is date
  asks "?"

list near of country "Near"
  member FR
  in force always
  member DE
  in force always

regime x.r "A regime"
  authority x.office
  force statute
  in force always
  otherwise permitted
  unlinked opposites strictest prevails
    cite "x"
  cite "x"

rule far
  in force always
  cite "1"
  prohibits when armed and destination is not in near
rule dear
  in force always
  cite "2"
  needs permit licence from x.office
  when value is at least 1000 and destination is in licensors
rule old
  in force 2020-01-01 onwards
  cite "3"
  prohibits when made is before 2000-01-01 and not armed
)"}});
  return all;
}

/// Arrays as another library would make them: everything they point to lives in a pool, and a release is
/// counted.
struct Pool {
  std::deque<std::vector<std::uint8_t>> buffers;
  std::deque<std::vector<const void*>> pointers;
  std::deque<std::vector<ArrowArray*>> array_children;
  std::deque<std::vector<ArrowSchema*>> schema_children;
  std::deque<std::string> words;
  std::deque<ArrowArray> arrays;
  std::deque<ArrowSchema> schemas;

  template <class T>
  const void* buffer(const std::vector<T>& values) {
    auto& b = buffers.emplace_back(values.size() * sizeof(T) + 1);
    if (!values.empty()) std::memcpy(b.data(), values.data(), values.size() * sizeof(T));
    return b.data();
  }
  const void* bits(const std::vector<bool>& values) {
    std::vector<std::uint8_t> out(values.size() / 8 + 1);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i]) out[i / 8] = static_cast<std::uint8_t>(out[i / 8] | 1u << i % 8);
    return buffer(out);
  }
  ArrowArray* array(std::size_t length, std::int64_t offset, std::vector<const void*> of,
                    std::vector<ArrowArray*> children = {}, ArrowArray* dictionary = nullptr) {
    auto& p = pointers.emplace_back(std::move(of));
    auto& c = array_children.emplace_back(std::move(children));
    return &arrays.emplace_back(ArrowArray{static_cast<std::int64_t>(length), -1, offset,
                                           static_cast<std::int64_t>(p.size()),
                                           static_cast<std::int64_t>(c.size()), p.data(), c.data(),
                                           dictionary, [](ArrowArray* a) { a->release = nullptr; }, nullptr});
  }
  ArrowSchema* schema(const char* format, const std::string& name, std::vector<ArrowSchema*> children = {},
                      ArrowSchema* dictionary = nullptr) {
    auto& c = schema_children.emplace_back(std::move(children));
    return &schemas.emplace_back(ArrowSchema{format, words.emplace_back(name).c_str(), nullptr,
                                             ARROW_FLAG_NULLABLE, static_cast<std::int64_t>(c.size()),
                                             c.data(), dictionary,
                                             [](ArrowSchema* s) { s->release = nullptr; }, nullptr});
  }
  template <class Offset>
  ArrowArray* text(const std::vector<std::optional<std::string>>& cells, std::int64_t offset = 0) {
    std::vector<Offset> ends{0};
    std::vector<bool> valid;
    std::vector<char> bytes;
    for (const auto& c : cells) {
      valid.push_back(c.has_value());
      for (const char x : c.value_or("")) bytes.push_back(x);
      ends.push_back(static_cast<Offset>(bytes.size()));
    }
    return array(cells.size() - static_cast<std::size_t>(offset), offset,
                 {bits(valid), buffer(ends), buffer(bytes)});
  }
};

std::string text_at(const ArrowArray& a, std::int64_t i) {
  const auto* valid = static_cast<const std::uint8_t*>(a.buffers[0]);
  if (valid != nullptr && (valid[i / 8] >> i % 8 & 1) == 0) return "-";
  const auto* ends = static_cast<const std::int64_t*>(a.buffers[1]);
  return {static_cast<const char*>(a.buffers[2]) + ends[i], static_cast<std::size_t>(ends[i + 1] - ends[i])};
}
std::string list_at(const ArrowArray& a, std::int64_t i) {
  const auto* ends = static_cast<const std::int64_t*>(a.buffers[1]);
  std::string out;
  for (std::int64_t k = ends[i]; k < ends[i + 1]; ++k)
    out += (out.empty() ? "" : ";") + text_at(*a.children[0], k);
  return out;
}

/// A cell by chance, or nothing.
using Word = std::optional<std::string>;
struct Rows {
  std::vector<Word> armed, destination, licensors, value, made, on;
};
Rows random_rows(std::size_t n, std::mt19937& random) {
  const auto one_of = [&](std::initializer_list<const char*> words) -> Word {
    const std::size_t k = random() % (words.size() + 1);
    return k == words.size() ? Word() : Word(words.begin()[k]);
  };
  Rows out;
  for (std::size_t i = 0; i < n; ++i) {
    out.armed.push_back(one_of({"yes", "no"}));
    out.destination.push_back(one_of({"FR", "DE", "US", "nowhere"}));
    out.licensors.push_back(one_of({"none", "FR", "US;FR", "DE;JP"}));
    out.value.push_back(one_of({"5", "999", "1000", "70000"}));
    out.made.push_back(one_of({"1999-12-31", "2000-01-01", "2021-05-06"}));
    out.on.push_back(random() % 4 == 0 ? "2019-12-31" : "2024-01-01");
  }
  return out;
}

}  // namespace

TEST_CASE("columns in memory are decided as the same table of text is, whatever their layout and offsets") {
  std::mt19937 random(7);
  int refused = 0, open = 0, decided = 0;
  for (int round = 0; round < 40; ++round) {
    constexpr std::size_t skipped = 3, n = 50;
    const Rows rows = random_rows(n + skipped, random);
    Pool p;
    // Yes or no as bits, states by dictionary, sets as lists, numbers and days as such.
    std::vector<bool> armed, armed_valid, value_valid, made_valid, set_valid, index_valid;
    std::vector<std::int32_t> value32, made, ends{0};
    std::vector<double> value64;
    std::vector<std::uint8_t> index;
    std::vector<Word> members;
    const std::vector<Word> dictionary{"FR", "DE", "US", "nowhere"};
    for (std::size_t i = 0; i < n + skipped; ++i) {
      armed.push_back(rows.armed[i] == "yes");
      armed_valid.push_back(rows.armed[i].has_value());
      value32.push_back(std::stoi(rows.value[i].value_or("0")));
      value64.push_back(value32.back());
      value_valid.push_back(rows.value[i].has_value());
      made.push_back(rows.made[i] == "1999-12-31" ? 10956 : rows.made[i] == "2000-01-01" ? 10957 : 18753);
      made_valid.push_back(rows.made[i].has_value());
      std::istringstream set(rows.licensors[i].value_or("none"));
      for (std::string m; std::getline(set, m, ';');)
        if (m != "none") members.emplace_back(m);
      ends.push_back(static_cast<std::int32_t>(members.size()));
      set_valid.push_back(rows.licensors[i].has_value());
      index_valid.push_back(rows.destination[i].has_value());
      const auto at = std::find(dictionary.begin(), dictionary.end(), rows.destination[i]);
      index.push_back(static_cast<std::uint8_t>(at == dictionary.end() ? 0 : at - dictionary.begin()));
    }
    const bool plain = round % 2 == 0;
    std::vector<ArrowSchema*> fields{
        p.schema("b", "armed"),
        plain ? p.schema("u", "destination") : p.schema("C", "destination", {}, p.schema("U", "")),
        p.schema("+l", "licensors", {p.schema("u", "item")}),
        plain ? p.schema("i", "value") : p.schema("g", "value"),
        p.schema("tdD", "made"),
        p.schema("U", "on")};
    const std::size_t all = n + skipped;
    std::vector<ArrowArray*> columns{
        p.array(all, 0, {p.bits(armed_valid), p.bits(armed)}),
        plain ? p.text<std::int32_t>(rows.destination)
              : p.array(all, 0, {p.bits(index_valid), p.buffer(index)}, {}, p.text<std::int64_t>(dictionary)),
        p.array(all, 0, {p.bits(set_valid), p.buffer(ends)}, {p.text<std::int32_t>(members)}),
        p.array(all, 0, {p.bits(value_valid), plain ? p.buffer(value32) : p.buffer(value64)}),
        p.array(all, 0, {p.bits(made_valid), p.buffer(made)}),
        p.text<std::int64_t>(rows.on)};
    const ArrowSchema* table = p.schema("+s", "", fields);
    const ArrowArray* in = p.array(n, skipped, {nullptr}, columns);

    ArrowBatch batch(books(), {}, *table);
    REQUIRE(batch.ok());
    ArrowSchema out_schema{};
    ArrowArray out{};
    REQUIRE(batch.decide(*in, &out_schema, &out) == "");
    REQUIRE((in->release != nullptr));  // still the caller's

    BatchRequest request;
    request.header = "armed,destination,licensors,value,made,on";
    const Batch by_text(books(), request);
    std::string csv;
    for (std::size_t i = skipped; i < all; ++i)
      csv += fmt::format("{},{},{},{},{},{}\n", rows.armed[i].value_or(""), rows.destination[i].value_or(""),
                         rows.licensors[i].value_or(""), rows.value[i].value_or(""),
                         rows.made[i].value_or(""), *rows.on[i]);
    const BatchPiece expected = by_text.worker().decide(csv, 1, 2);
    std::string got, got_refused;
    REQUIRE(out.length == static_cast<std::int64_t>(n));
    REQUIRE(out.n_children == 6);
    for (std::int64_t i = 0; i < out.length; ++i) {
      const std::string why = text_at(*out.children[5], i);
      if (why != "-") {
        REQUIRE(text_at(*out.children[0], i) == "-");
        REQUIRE(expected.refused.find(fmt::format("{},{},", i + 1, i + 2)) != std::string::npos);
        ++refused;
        continue;
      }
      const std::string finding = text_at(*out.children[0], i);
      got += fmt::format("{},{},{},{},{},{}\n", i + 1, finding, text_at(*out.children[1], i),
                         text_at(*out.children[2], i), list_at(*out.children[3], i),
                         list_at(*out.children[4], i));
      (finding == "open" ? open : decided) += 1;
    }
    REQUIRE(got == expected.out);

    // A child may be moved away and outlive the rest.
    ArrowArray moved = *out.children[0];
    out.children[0]->release = nullptr;
    out.release(&out);
    CHECK((out.release == nullptr));
    CHECK(text_at(moved, 0) != "");
    moved.release(&moved);
    CHECK((moved.release == nullptr));
    CHECK(std::string(out_schema.format) == "+s");
    CHECK(std::string(out_schema.children[3]->format) == "+L");
    CHECK(std::string(out_schema.children[3]->children[0]->format) == "U");
    out_schema.release(&out_schema);
    CHECK((out_schema.release == nullptr));
  }
  CHECK(refused > 50);
  CHECK(open > 50);
  CHECK(decided > 50);
}

TEST_CASE("columns that cannot be read are named, and rows that cannot are refused alone") {
  Pool p;
  const auto schema_with = [&](const char* format, const std::string& name) {
    return ArrowBatch(books(), {},
                      *p.schema("+s", "", {p.schema("u", "destination"), p.schema(format, name)}));
  };
  CHECK(schema_with("w:16", "armed").reports().front().message.find("column `armed`, not `w:16`") !=
        std::string::npos);
  CHECK(schema_with("w:16", "of no matter").ok());
  CHECK(!ArrowBatch(books(), {}, *p.schema("u", "armed")).ok());

  BatchRequest request;
  request.on = "2024-01-01";
  request.columns = {"To=destination"};
  ArrowBatch batch(books(), request,
                   *p.schema("+s", "",
                             {p.schema("c", "To", {}, p.schema("u", "")),
                              p.schema("+l", "licensors", {p.schema("u", "")}), p.schema("n", "armed")}));
  REQUIRE(batch.ok());
  ArrowArray* codes = p.text<std::int32_t>({"FR", std::nullopt});
  ArrowArray* to = p.array(4, 0, {nullptr, p.buffer(std::vector<std::int8_t>{0, 1, 2, 0})}, {}, codes);
  ArrowArray* sets = p.array(4, 0, {nullptr, p.buffer(std::vector<std::int32_t>{0, 1, 1, 1, 2})},
                             {p.text<std::int32_t>({std::nullopt, "FR"})});
  ArrowArray* nothing = p.array(4, 0, {});
  ArrowSchema schema{};
  ArrowArray out{};
  REQUIRE(batch.decide(*p.array(4, 0, {p.bits({true, true, true, false})}, {to, sets, nothing}), &schema,
                       &out) == "");
  CHECK(text_at(*out.children[5], 0).find("column `licensors`") == 0);
  CHECK(text_at(*out.children[5], 1) == "-");
  CHECK(text_at(*out.children[0], 1) == "open");
  CHECK(text_at(*out.children[5], 2).find("column `To`") == 0);
  CHECK(text_at(*out.children[5], 3) == "the row is null");
  out.release(&out);
  schema.release(&schema);

  CHECK(batch.decide(*p.array(4, 0, {nullptr}, {to, sets}), &schema, &out) ==
        "2 columns, and the schema has 3");
  CHECK(batch.decide(*p.array(5, 0, {nullptr}, {to, sets, nothing}), &schema, &out).find("column `To`") == 0);
  ArrowArray gone = *to;
  gone.release = nullptr;
  CHECK(batch.decide(*p.array(1, 0, {nullptr}, {&gone, sets, nothing}), &schema, &out) != "");
}

TEST_CASE("each member of a list in memory stands for itself, and a draft marks every row") {
  const Rulebooks of({SourceText{"marks.law", R"(
authority x.office of XK "x"
fact marks is set of one of none, red
  asks "?"
regime x.r "x"
  authority x.office
  force statute
  otherwise permitted
  unlinked opposites strictest prevails
  cite "x"
rule unmarked
  cite "x"
  prohibits when some m in marks has (m is none)
)"}});
  BatchRequest request;
  request.on = "2024-01-01";
  request.hypothetical = true;
  Pool p;
  ArrowBatch batch(of, request, *p.schema("+s", "", {p.schema("+l", "marks", {p.schema("u", "")})}));
  REQUIRE(batch.ok());
  ArrowArray* sets =
      p.array(4, 0, {p.bits({true, true, true, false}), p.buffer(std::vector<std::int32_t>{0, 1, 1, 2, 2})},
              {p.text<std::int32_t>({"none", "none;red"})});
  ArrowSchema schema{};
  ArrowArray out{};
  REQUIRE(batch.decide(*p.array(4, 0, {nullptr}, {sets}), &schema, &out) == "");
  CHECK(text_at(*out.children[0], 0) == "prohibited");
  CHECK(text_at(*out.children[0], 1) == "permitted");
  CHECK(text_at(*out.children[5], 2).find("`none;red` is not a value of marks") == 0);
  CHECK(text_at(*out.children[0], 3) == "open");
  REQUIRE(out.n_children == 7);
  CHECK(std::string(schema.children[6]->name) == "hypothetical");
  CHECK(text_at(*out.children[6], 0) == "yes");
  CHECK(text_at(*out.children[6], 2) == "-");
  out.release(&out);
  schema.release(&schema);
}
