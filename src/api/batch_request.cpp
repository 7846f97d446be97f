#include "api/batch_request.h"

#include <algorithm>

#include "api/body.h"
#include "base/document.h"

namespace sekisho {
namespace {

constexpr std::size_t most_told = 50;    // what is no header may have very many cells
constexpr std::size_t most_shown = 100;  // or one that is very long

std::string shown(const std::string& name) {
  if (name.size() <= most_shown) return name;
  std::size_t end = most_shown;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
  return name.substr(0, end) + "…";
}

/// A column and what it is said to hold, each with its place.
struct MappedColumn {
  std::string column, to;
  TextSpan column_at, to_at;
};

class RequestReader {
 public:
  RequestReader(const Law& law, const BatchRequest& request)
      : law_(law), request_(request), header_(law, out_.options) {}

  ReadRequest run() {
    out_.options.node_limit = request_.node_limit;
    day();
    if (request_.mapping) {
      const SourceId id = sources_.add(request_.mapping->name, request_.mapping->text);
      if (const auto doc = read_document(sources_, id, diags_)) mapping(*doc);
    }
    for (const std::string& c : request_.columns) column(c);
    for (const MappedColumn& m : mapped_)
      if (m.to != "ignore" && header_.use(m.column).kind == ColumnUse::Kind::ignored)
        unknown_fact(m.to, m.to_at).fix("`sekisho facts` lists the facts there are");
    if (!request_.json_lines) header();
    out_.reports = reports_of(sources_, diags_);
    return std::move(out_);
  }

 private:
  void day() {
    if (request_.on.empty()) return;
    out_.options.on = parse_date(request_.on);
    if (!out_.options.on) diags_.emit(code::document_date, argument("--on", request_.on), request_.on);
  }
  /// The place of an argument of the command.
  TextSpan argument(const char* option, const std::string& text) {
    return {sources_.add(option, text), 0, static_cast<std::uint32_t>(text.size())};
  }
  Diagnostics::Emitted unknown_fact(const std::string& name, TextSpan at) {
    return diags_.emit(code::unknown_fact, at, name);
  }

  // --- columns and words ---
  void mapping(const Doc& doc) {
    if (!doc.is_map()) diags_.emit(code::wrong_form, doc.at, "a map with `columns` or `words`");
    for (const DocEntry& e : doc.entries) {
      if (e.key.text != "columns" && e.key.text != "words") {
        diags_.emit(code::unknown_key, e.key.at, e.key.text).fix("write `columns` or `words`");
      } else if (e.key.text == "columns") {
        texts(e.value, [&](const DocEntry& c) { map({c.key.text, c.value.text, c.key.at, c.value.at}); });
      } else if (is_map(e.value)) {
        for (const DocEntry& fact : e.value.entries) words(fact);
      }
    }
  }
  void words(const DocEntry& fact) {
    if (!law_.find_fact(fact.key.text).valid()) unknown_fact(fact.key.text, fact.key.at);
    texts(fact.value,
          [&](const DocEntry& word) { out_.options.words[fact.key.text][word.key.text] = word.value.text; });
  }
  bool is_map(const Doc& doc) {
    if (!doc.is_map()) diags_.emit(code::wrong_form, doc.at, "a map");
    return doc.is_map();
  }
  template <class Take>
  void texts(const Doc& doc, const Take& take) {
    if (!is_map(doc)) return;
    for (const DocEntry& e : doc.entries)
      if (e.value.is_scalar())
        take(e);
      else
        diags_.emit(code::wrong_form, e.value.at, "a text");
  }
  /// COLUMN=FACT; what it says goes before what the mapping says of the same column.
  void column(const std::string& text) {
    const TextSpan at = argument("--column", text);
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      diags_.emit(code::wrong_form, at, fmt::format("COLUMN=FACT, not `{}`", text));
      return;
    }
    const auto middle = static_cast<std::uint32_t>(equals);
    const std::string name = text.substr(0, equals);
    if (!by_hand_.insert(name).second)
      diags_.emit(code::key_twice, at, name).fix("leave out one `--column` of the two");
    map({name, text.substr(equals + 1), {at.source, 0, middle}, {at.source, middle + 1, at.end}});
  }
  void map(const MappedColumn& m) {
    out_.options.columns[m.column] = m.to;
    std::erase_if(mapped_, [&](const MappedColumn& before) { return before.column == m.column; });
    mapped_.push_back(m);
  }

  // --- the header ---
  void header() {
    const SourceId table = sources_.add(request_.table, request_.header);
    const std::string_view text = request_.header;
    if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
      const auto at = static_cast<std::uint32_t>(bad);
      diags_.emit(code::invalid_utf8, {table, at, at + 1}).fix("save the table as UTF-8");
      return;
    }
    const TextSpan whole{table, 0, static_cast<std::uint32_t>(text.size())};
    CsvReader reader(text);
    TextRow first;
    if (!reader.next(first) || !first.problem.empty()) {
      diags_.emit(code::wrong_form, whole, "a first line with the names of the columns")
          .fix("write it above the rows, such as `id,on,departure,destination`");
      return;
    }
    std::vector<std::string> names;
    std::vector<TextSpan> at;
    names.reserve(first.cells.size());
    at.reserve(first.cells.size());
    for (const std::string_view cell : first.cells) {
      names.emplace_back(cell);
      if (names.size() == 1 && names[0].starts_with(byte_order_mark))
        names[0].erase(0, byte_order_mark.size());
      at.push_back(place(whole, text, cell));
    }
    for (std::size_t i = 0; i < names.size(); ++i) name_column(names, at, i);
    if (wrong_columns_ > most_told)
      diags_.emit(code::column_passed_over, whole, "…")
          .note(fmt::format("of {} columns the first {} are told", wrong_columns_, most_told));
    const auto is_fact = [](const ColumnUse& u) { return u.kind == ColumnUse::Kind::fact; };
    if (passed_over_ && std::none_of(out_.columns.begin(), out_.columns.end(), is_fact))
      diags_.emit(code::wrong_form, whole, "a column that is a fact")
          .note(
              fmt::format("none of the {} columns is one, so every row would be decided alike", names.size()))
          .fix("say which facts they are with `--column COLUMN=FACT`; `sekisho facts` lists those there are");
    for (const MappedColumn& m : mapped_) {
      if (std::find(names.begin(), names.end(), m.column) != names.end()) continue;
      auto d = diags_.emit(code::no_such_column, m.column_at, m.column);
      const std::string near = nearest(m.column, names);
      d.fix(near.empty() ? "leave it out, or correct its name" : fmt::format("write `{}`", near));
    }
  }
  /// A cell with doubled quotes was copied, and stands somewhere in the header.
  static TextSpan place(TextSpan whole, std::string_view text, std::string_view cell) {
    if (std::less<>()(cell.data(), text.data()) || !std::less<>()(cell.data(), text.data() + text.size()))
      return whole;
    const auto begin = static_cast<std::uint32_t>(cell.data() - text.data());
    return {whole.source, begin, static_cast<std::uint32_t>(begin + cell.size())};
  }
  void name_column(const std::vector<std::string>& names, const std::vector<TextSpan>& at, std::size_t i) {
    const ColumnUse use = header_.use(names[i]);
    out_.columns.push_back(use);
    if (!met_.insert(names[i]).second) {
      if (++wrong_columns_ <= most_told)
        diags_.emit(code::key_twice, at[i], shown(names[i])).fix("give each column a name of its own");
    } else if (use.kind == ColumnUse::Kind::ignored) {
      if (out_.options.columns.contains(names[i])) return;
      passed_over_ = true;
      if (++wrong_columns_ <= most_told) column_passed_over(header_, names[i], at[i], diags_);
    } else if (const auto first = std::find(out_.columns.begin(), out_.columns.end() - 1, use);
               first != out_.columns.end() - 1) {
      const auto f = static_cast<std::size_t>(first - out_.columns.begin());
      const auto named = out_.options.columns.find(names[i]);
      diags_.emit(code::key_twice, at[i], named == out_.options.columns.end() ? names[i] : named->second)
          .note(at[f], fmt::format("column `{}` says it too", names[f]))
          .fix(fmt::format("say which of them does not count, such as `--column {}=ignore`", names[i]));
    }
  }

  const Law& law_;
  const BatchRequest& request_;
  ReadRequest out_;
  const Header header_;
  Sources sources_;
  Diagnostics diags_;
  std::vector<MappedColumn> mapped_;
  std::set<std::string> by_hand_, met_;
  bool passed_over_ = false;
  std::size_t wrong_columns_ = 0;
};

}  // namespace

ReadRequest read_request(const Law& law, const BatchRequest& request) {
  return RequestReader(law, request).run();
}

void column_passed_over(const Header& header, const std::string& name, TextSpan at, Diagnostics& diags) {
  const std::string column = shown(name);
  auto d = diags.emit(code::column_passed_over, at, column);
  const std::string meant = header.meant(name);
  d.fix(meant.empty() ? fmt::format("say which fact it is with `--column {}=FACT`, or `--column {}=ignore`",
                                    column, column)
                      : fmt::format("if `{}` is meant, `--column {}={}`", meant, column, meant));
}

}  // namespace sekisho
