#include "sekisho/arrow.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "api/batch_body.h"
#include "api/body.h"

namespace sekisho {
namespace {

// --- columns as they come ---

/// How the values of a column lie in memory.
struct Layout {
  enum class Kind : std::uint8_t { nothing, text, flag, whole, number, day, list };
  Kind kind = Kind::nothing;
  std::size_t width = 0;  // bytes of an offset, a number, an index
  bool is_signed = false;
  bool by_dictionary = false;     // then these are indices
  std::unique_ptr<Layout> inner;  // of a list's members, a dictionary's values
};

std::unique_ptr<Layout> layout(const ArrowSchema& s, bool in_list = false) {
  using Kind = Layout::Kind;
  static constexpr std::string_view whole = "cCsSiIlL";
  auto out = std::make_unique<Layout>();
  if (s.format == nullptr) return nullptr;
  const std::string_view f = s.format;
  const auto is = [&](Kind kind, std::size_t width) {
    out->kind = kind;
    out->width = width;
  };
  if (f.size() == 1 && whole.find(f[0]) != std::string_view::npos) {
    const std::size_t at = whole.find(f[0]);
    is(Kind::whole, std::size_t{1} << at / 2);
    out->is_signed = at % 2 == 0;
  } else if (f == "u" || f == "U") {
    is(Kind::text, f == "u" ? 4 : 8);
  } else if (f == "b") {
    is(Kind::flag, 0);
  } else if (f == "f" || f == "g") {
    is(Kind::number, f == "f" ? 4 : 8);
  } else if (f == "tdD") {
    is(Kind::day, 4);
  } else if ((f == "+l" || f == "+L") && s.n_children == 1 && !in_list) {
    is(Kind::list, f == "+l" ? 4 : 8);
    out->inner = layout(*s.children[0], true);
    if (!out->inner) return nullptr;
  } else if (f != "n") {
    return nullptr;
  }
  if (s.dictionary != nullptr) {
    if (out->kind != Kind::whole) return nullptr;
    out->by_dictionary = true;
    out->inner = layout(*s.dictionary, in_list);
    if (!out->inner || out->inner->by_dictionary) return nullptr;
  }
  return out;
}

template <class T>
T at(const void* buffer, std::int64_t i) {
  T value{};
  std::memcpy(&value, static_cast<const char*>(buffer) + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
  return value;
}
bool bit(const void* bits, std::int64_t i) {
  return (at<std::uint8_t>(bits, i / 8) >> i % 8 & 1) != 0;
}
std::int64_t whole_at(const void* buffer, std::size_t width, bool is_signed, std::int64_t i) {
  switch (width) {
    case 1: return is_signed ? at<std::int8_t>(buffer, i) : at<std::uint8_t>(buffer, i);
    case 2: return is_signed ? at<std::int16_t>(buffer, i) : at<std::uint16_t>(buffer, i);
    case 4: return is_signed ? at<std::int32_t>(buffer, i) : at<std::uint32_t>(buffer, i);
    default: return at<std::int64_t>(buffer, i);
  }
}

/// Reads cells as a table of text would have them.
class CellReader {
 public:
  /// What stands there; blank if it is null. `cell` may have held another.
  /// @returns false where a set has a member that is null, or an index leads out of its dictionary
  static bool read(const Layout& l, const ArrowArray& a, std::int64_t row, KeptCell& cell) {
    cell.is_list = false;
    std::string& out = cell.text;
    out.clear();
    if (l.kind == Layout::Kind::nothing) return true;
    const std::int64_t i = a.offset + row;
    if (a.null_count != 0 && a.buffers[0] != nullptr && !bit(a.buffers[0], i)) return true;
    if (l.by_dictionary) {
      const std::int64_t index = whole_at(a.buffers[1], l.width, l.is_signed, i);
      return index >= 0 && index < a.dictionary->length && read(*l.inner, *a.dictionary, index, cell);
    }
    switch (l.kind) {
      case Layout::Kind::text: {
        const std::int64_t from = whole_at(a.buffers[1], l.width, true, i);
        const std::int64_t to = whole_at(a.buffers[1], l.width, true, i + 1);
        if (to > from)
          out.assign(static_cast<const char*>(a.buffers[2]) + from, static_cast<std::size_t>(to - from));
        return true;
      }
      case Layout::Kind::flag: out = bit(a.buffers[1], i) ? "yes" : "no"; return true;
      case Layout::Kind::whole:
        out = l.is_signed || l.width < 8 ? fmt::format("{}", whole_at(a.buffers[1], l.width, l.is_signed, i))
                                         : fmt::format("{}", at<std::uint64_t>(a.buffers[1], i));
        return true;
      case Layout::Kind::number:
        out = l.width == 4 ? fmt::format("{}", at<float>(a.buffers[1], i))
                           : fmt::format("{}", at<double>(a.buffers[1], i));
        return true;
      case Layout::Kind::day: out = to_string(Date{at<std::int32_t>(a.buffers[1], i)}); return true;
      default: return read_list(l, a, i, cell);
    }
  }
  /// Whether the buffers are there that the layout reads.
  static bool sound(const Layout& l, const ArrowArray& a, std::int64_t rows) {
    if (a.release == nullptr || a.length < rows || a.offset < 0) return false;
    if (l.kind == Layout::Kind::nothing) return true;
    const std::int64_t buffers = l.kind == Layout::Kind::text ? 3 : 2;
    if (a.n_buffers < buffers || a.buffers == nullptr) return false;
    if (a.length > 0 && a.buffers[1] == nullptr) return false;
    if (l.by_dictionary) return a.dictionary != nullptr && sound(*l.inner, *a.dictionary, 0);
    if (l.kind == Layout::Kind::list) return a.n_children == 1 && sound(*l.inner, *a.children[0], 0);
    return true;
  }

 private:
  static bool read_list(const Layout& l, const ArrowArray& a, std::int64_t i, KeptCell& out) {
    out.is_list = true;
    const std::int64_t from = whole_at(a.buffers[1], l.width, true, i);
    const std::int64_t to = whole_at(a.buffers[1], l.width, true, i + 1);
    if (from < 0 || to < from || to > a.children[0]->length) return false;
    KeptCell member;
    for (std::int64_t k = from; k < to; ++k) {
      if (!read(*l.inner, *a.children[0], k, member) || member.text.empty()) return false;
      add_member(out.text, member.text);
    }
    return true;
  }
};

// --- what goes out ---

/// Keeps what an array points to until it is released.
struct OwnedArray {
  std::vector<std::uint8_t> valid;
  std::vector<std::int64_t> offsets{0};
  std::string bytes;
  std::vector<const void*> buffers;
  std::vector<std::unique_ptr<ArrowArray>> children;
  std::vector<ArrowArray*> child_pointers;
  std::int64_t length = 0, nulls = 0;

  void push(bool is_valid) {
    if (length % 8 == 0) valid.push_back(0);
    if (is_valid) valid.back() = static_cast<std::uint8_t>(valid.back() | 1u << length % 8);
    nulls += !is_valid;
    ++length;
  }
  /// Text, or null.
  void push(std::optional<std::string_view> text) {
    push(text.has_value());
    bytes += text.value_or("");
    offsets.push_back(static_cast<std::int64_t>(bytes.size()));
  }
};
void release_array(ArrowArray* a) {
  const std::unique_ptr<OwnedArray> own(static_cast<OwnedArray*>(a->private_data));
  for (const auto& child : own->children)
    if (child->release != nullptr) child->release(child.get());  // else it was moved away
  a->release = nullptr;
}
/// @param buffers  how many of validity, offsets, bytes it has
void give(std::unique_ptr<OwnedArray> own, std::size_t buffers, ArrowArray* out) {
  const std::array<const void*, 3> all{own->nulls > 0 ? own->valid.data() : nullptr, own->offsets.data(),
                                       own->bytes.data()};
  own->buffers.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(buffers));
  for (const auto& child : own->children) own->child_pointers.push_back(child.get());
  *out = {own->length,
          own->nulls,
          0,
          static_cast<std::int64_t>(buffers),
          static_cast<std::int64_t>(own->children.size()),
          own->buffers.data(),
          own->child_pointers.data(),
          nullptr,
          release_array,
          nullptr};
  out->private_data = own.release();
}
void add_child(OwnedArray& to, std::unique_ptr<OwnedArray> child, std::size_t buffers) {
  to.children.push_back(std::make_unique<ArrowArray>());
  give(std::move(child), buffers, to.children.back().get());
}

struct OwnedSchema {
  std::string format, name;
  std::vector<std::unique_ptr<ArrowSchema>> children;
  std::vector<ArrowSchema*> child_pointers;
};
void release_schema(ArrowSchema* s) {
  const std::unique_ptr<OwnedSchema> own(static_cast<OwnedSchema*>(s->private_data));
  for (const auto& child : own->children)
    if (child->release != nullptr) child->release(child.get());
  s->release = nullptr;
}
struct Field {
  const char *format, *name;
  std::vector<Field> children;
};
void give(const Field& f, ArrowSchema* out) {
  auto own = std::make_unique<OwnedSchema>();
  own->format = f.format;
  own->name = f.name;
  for (const Field& child : f.children) {
    own->children.push_back(std::make_unique<ArrowSchema>());
    give(child, own->children.back().get());
    own->child_pointers.push_back(own->children.back().get());
  }
  *out = {own->format.c_str(),
          own->name.c_str(),
          nullptr,
          ARROW_FLAG_NULLABLE,
          static_cast<std::int64_t>(own->children.size()),
          own->child_pointers.data(),
          nullptr,
          release_schema,
          nullptr};
  out->private_data = own.release();
}

/// A column of lists of text.
struct Lists {
  std::unique_ptr<OwnedArray> lists = std::make_unique<OwnedArray>(), texts = std::make_unique<OwnedArray>();
  void end_row(bool is_valid) {
    lists->push(is_valid);
    lists->offsets.push_back(texts->length);
  }
};

}  // namespace

struct ArrowBatch::Body {
  Body(const Rulebooks& books, const BatchRequest& request) : batch(books, request) {}

  Batch batch;
  std::vector<Report> reports;
  std::vector<std::unique_ptr<Layout>> layouts;
  std::vector<ColumnUse> uses;
  std::vector<std::string> names;
  const Law* law = nullptr;
  bool hypothetical = false;
  std::unique_ptr<RowDecider> decider;
  std::vector<KeptCell> cells;
  Row row;

  /// @returns why the row cannot be read; empty if `row` holds it
  std::string read(const ArrowArray& rows, std::int64_t i) {
    const std::int64_t at_row = rows.offset + i;
    if (rows.null_count != 0 && rows.n_buffers > 0 && rows.buffers[0] != nullptr &&
        !bit(rows.buffers[0], at_row))
      return "the row is null";
    row.cells.clear();
    for (std::size_t c = 0; c < layouts.size(); ++c) {
      if (!layouts[c] || uses[c].kind == ColumnUse::Kind::ignored) continue;
      if (!CellReader::read(*layouts[c], *rows.children[c], at_row, cells[c]))
        return fmt::format("column `{}` has a member that is null, empty, or outside its values", names[c]);
      row.cells.emplace_back(uses[c], cells[c].cell());
    }
    return {};
  }
};

ArrowBatch::ArrowBatch(const Rulebooks& books, BatchRequest request, const ArrowSchema& columns) {
  Diagnostics diags;
  const bool is_struct = columns.format != nullptr && std::string_view(columns.format) == "+s";
  if (!is_struct) diags.emit(code::wrong_form, TextSpan{}, "a struct (`+s`) with a column for each fact");
  std::vector<std::string> names;
  request.header.clear();
  request.json_lines = false;
  for (std::int64_t i = 0; is_struct && i < columns.n_children; ++i) {
    const char* name = columns.children[i]->name;
    names.emplace_back(name == nullptr ? "" : name);
    if (i > 0) request.header += ',';
    request.header += csv_cell(names.back());
  }
  body_ = std::make_unique<Body>(books, request);
  Body& b = *body_;
  const Batch::Body& batch = *b.batch.body_;
  for (std::size_t i = 0; i < names.size() && i < batch.columns.size(); ++i) {
    b.layouts.push_back(layout(*columns.children[i]));
    const char* format = columns.children[i]->format;
    if (!b.layouts.back() && batch.columns[i].kind != ColumnUse::Kind::ignored)
      diags.emit(code::wrong_form, TextSpan{},
                 fmt::format("text, booleans, numbers, days or lists of text in column `{}`, not `{}`",
                             names[i], format == nullptr ? "" : format));
  }
  b.uses = batch.columns;
  b.law = &batch.law;
  b.hypothetical = batch.request.hypothetical;
  b.decider = std::make_unique<RowDecider>(batch.law, batch.options, *batch.plans);
  b.cells.resize(names.size());
  b.names = std::move(names);
  b.reports = reports_of(Sources(), diags);
  b.reports.insert(b.reports.end(), batch.reports.begin(), batch.reports.end());
}
ArrowBatch::~ArrowBatch() = default;
ArrowBatch::ArrowBatch(ArrowBatch&&) noexcept = default;

const std::vector<Report>& ArrowBatch::reports() const {
  return body_->reports;
}
bool ArrowBatch::ok() const {
  return std::none_of(body_->reports.begin(), body_->reports.end(),
                      [](const Report& r) { return r.is_error; });
}

std::string ArrowBatch::decide(const ArrowArray& rows, ArrowSchema* schema, ArrowArray* out) {
  Body& b = *body_;
  if (!ok()) return "the columns are wrong: see the reports";
  if (rows.release == nullptr) return "the rows were released";
  if (static_cast<std::size_t>(rows.n_children) != b.layouts.size())
    return fmt::format("{} columns, and the schema has {}", rows.n_children, b.layouts.size());
  for (std::size_t c = 0; c < b.layouts.size(); ++c)
    if (b.layouts[c] && !CellReader::sound(*b.layouts[c], *rows.children[c], rows.offset + rows.length))
      return fmt::format("column `{}` is shorter than the rows, or lacks a buffer", b.names[c]);

  std::array<std::unique_ptr<OwnedArray>, 3> words;  // finding, best, worst
  for (auto& w : words) w = std::make_unique<OwnedArray>();
  auto refused = std::make_unique<OwnedArray>(), hypothetical = std::make_unique<OwnedArray>();
  Lists rules, not_assessed;
  for (std::int64_t i = 0; i < rows.length; ++i) {
    std::string why = b.read(rows, i);
    RowAnswer a;
    if (why.empty()) {
      a = b.decider->decide(b.row);
      why = std::move(a.refused);
    }
    const bool decided = why.empty();
    const FindingWords said = decided ? words_of(a) : FindingWords{};
    for (const auto& [column, word] :
         {std::pair{0, said.finding}, std::pair{1, said.best}, std::pair{2, said.worst}})
      words[static_cast<std::size_t>(column)]->push(decided ? std::optional(word) : std::nullopt);
    if (decided) {
      for (const RuleId r : *a.applies) rules.texts->push(std::string_view((*b.law)[r].name));
      for (const std::string& s : a.not_assessed) not_assessed.texts->push(std::string_view(s));
    }
    rules.end_row(decided);
    not_assessed.end_row(decided);
    refused->push(decided ? std::nullopt : std::optional<std::string_view>(why));
    if (b.hypothetical) hypothetical->push(decided ? std::optional<std::string_view>("yes") : std::nullopt);
  }

  auto all = std::make_unique<OwnedArray>();
  all->length = rows.length;
  for (auto& w : words) add_child(*all, std::move(w), 3);
  for (Lists* l : {&rules, &not_assessed}) {
    add_child(*l->lists, std::move(l->texts), 3);
    add_child(*all, std::move(l->lists), 2);
  }
  add_child(*all, std::move(refused), 3);
  const Field text{"U", "item", {}};
  Field columns{"+s",
                "",
                {{"U", "finding", {}},
                 {"U", "best", {}},
                 {"U", "worst", {}},
                 {"+L", "rules", {text}},
                 {"+L", "not_assessed", {text}},
                 {"U", "refused", {}}}};
  if (b.hypothetical) {
    add_child(*all, std::move(hypothetical), 3);
    columns.children.push_back({"U", "hypothetical", {}});
  }
  give(std::move(all), 1, out);
  give(columns, schema);
  return {};
}

}  // namespace sekisho
