#include "sekisho/batch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/batch_body.h"
#include "api/body.h"
#include "base/document.h"
#include "base/json.h"
#include "batch/json_row.h"

namespace sekisho {
namespace {

/// `columns:` and `words:` of a mapping file.
void read_mapping(const Doc& doc, RowsOptions& options, Diagnostics& diags) {
  const auto texts = [&](const Doc& map, std::map<std::string, std::string>& out) {
    for (const DocEntry& e : map.entries) {
      if (e.value.is_scalar())
        out[e.key.text] = e.value.text;
      else
        diags.emit(code::wrong_form, e.value.at, "a text");
    }
  };
  for (const DocEntry& e : doc.entries) {
    if (!e.value.is_map()) {
      diags.emit(code::wrong_form, e.value.at, "a map");
    } else if (e.key.text == "columns") {
      texts(e.value, options.columns);
    } else if (e.key.text == "words") {
      for (const DocEntry& fact : e.value.entries) texts(fact.value, options.words[fact.key.text]);
    } else {
      diags.emit(code::unknown_key, e.key.at, e.key.text).fix("write `columns` or `words`");
    }
  }
  if (!doc.is_map()) diags.emit(code::wrong_form, doc.at, "a map with `columns` or `words`");
}

}  // namespace

Batch::Batch(const Rulebooks& books, const BatchRequest& request)
    : body_(std::make_unique<Body>(Body{books.body().law, !request.json_lines, {}, {}, false, {}, nullptr})) {
  Body& b = *body_;
  Sources sources;
  Diagnostics diags;
  b.options.node_limit = request.node_limit;
  if (!request.on.empty()) {
    b.options.on = parse_date(request.on);
    if (!b.options.on) diags.emit(code::document_date, TextSpan{}, request.on);
  }
  if (request.mapping)
    if (const auto doc =
            read_document(sources, sources.add(request.mapping->name, request.mapping->text), diags))
      read_mapping(*doc, b.options, diags);
  for (const std::string& c : request.columns) {
    const std::size_t equals = c.find('=');
    if (equals == std::string::npos)
      diags.emit(code::wrong_form, TextSpan{}, fmt::format("COLUMN=FACT, not `{}`", c));
    else
      b.options.columns[c.substr(0, equals)] = c.substr(equals + 1);
  }
  const Header header(b.law, b.options);
  for (const auto& [column, to] : b.options.columns)
    if (to != "ignore" && header.use(column).kind == ColumnUse::Kind::ignored)
      diags.emit(code::unknown_fact, TextSpan{}, to).fix("`sekisho facts` lists the facts there are");
  for (const auto& [fact, words] : b.options.words)
    if (!b.law.find_fact(fact).valid()) diags.emit(code::unknown_fact, TextSpan{}, fact);
  if (b.csv) {
    CsvReader reader(request.header);
    TextRow first;
    if (!reader.next(first) || !first.problem.empty()) {
      diags.emit(code::wrong_form, TextSpan{}, "a first line with the names of the columns");
    } else {
      std::set<std::string> met;
      for (const std::string_view cell : first.cells) {
        std::string name(cell);
        if (b.columns.empty() && name.starts_with("\xef\xbb\xbf")) name.erase(0, 3);
        b.columns.push_back(header.use(name));
        if (!met.insert(name).second) diags.emit(code::key_twice, TextSpan{}, name);
        b.has_id = b.has_id || b.columns.back().kind == ColumnUse::Kind::id;
        if (b.columns.back().kind != ColumnUse::Kind::ignored || b.options.columns.contains(name)) continue;
        auto d = diags.emit(code::column_passed_over, TextSpan{}, name);
        const std::string meant = header.meant(name);
        d.fix(meant.empty()
                  ? fmt::format("say which fact it is with `--column {}=FACT`, or `--column {}=ignore`", name,
                                name)
                  : fmt::format("if `{}` is meant, `--column {}={}`", meant, name, meant));
      }
    }
  }
  b.reports = reports_of(sources, diags);
  b.plans = std::make_unique<Plans>(b.law, b.options.node_limit);
}
Batch::~Batch() = default;
Batch::Batch(Batch&&) noexcept = default;

const std::vector<Report>& Batch::reports() const {
  return body_->reports;
}
bool Batch::ok() const {
  return std::none_of(body_->reports.begin(), body_->reports.end(),
                      [](const Report& r) { return r.is_error; });
}
std::string Batch::out_header() const {
  if (!body_->csv) return {};
  return body_->has_id ? "row,id,finding,best,worst,rules,not_assessed\n"
                       : "row,finding,best,worst,rules,not_assessed\n";
}
std::string Batch::refused_header() const {
  return body_->csv ? "row,line,reason,text\n" : "";
}
BatchSplit Batch::split(std::string_view text, bool last) const {
  const WholeRows w = whole_rows(text, body_->csv, last);
  return {w.bytes, w.rows, w.lines};
}

struct Batch::Worker::Body {
  const Batch::Body& batch;
  RowDecider decider;
  std::map<std::string, ColumnUse, std::less<>> uses;  // of the keys of JSON lines
  JsonRow json;
  Row row;

  BatchPiece csv(std::string_view text, std::size_t number, std::size_t line);
  BatchPiece json_lines(std::string_view text, std::size_t number, std::size_t line);
  std::string read_json(std::string_view text);
  void answer(BatchPiece& piece, std::size_t number, std::size_t line, std::string_view text,
              std::string refused);
};

RowWords words_of(const RowAnswer& a) {
  const bool assessed = a.not_assessed.empty();
  const bool barred = a.findings.best() == Finding::prohibited;
  RowWords out;
  out.best = to_string(a.findings.best());
  out.worst = to_string(assessed ? a.findings.worst() : Finding::prohibited);
  out.finding = !assessed && !barred ? "not_assessed" : a.findings.single() ? out.best : "open";
  return out;
}

/// Decides the row that was read, or refuses it.
void Batch::Worker::Body::answer(BatchPiece& piece, std::size_t number, std::size_t line,
                                 std::string_view text, std::string refused) {
  RowAnswer a;
  if (refused.empty()) {
    a = decider.decide(row);
    refused = std::move(a.refused);
  }
  ++piece.rows;
  const auto out = std::back_inserter(piece.out);
  if (!refused.empty()) {
    ++piece.refused_rows;
    if (batch.csv)
      fmt::format_to(std::back_inserter(piece.refused), "{},{},{},{}\n", number, line, csv_cell(refused),
                     csv_cell(text));
    else
      piece.refused += to_line({{"row", number}, {"line", line}, {"reason", refused}, {"text", text}}) + "\n";
    return;
  }
  const auto [finding, best, worst] = words_of(a);
  if (batch.csv) {
    fmt::format_to(out, "{},", number);
    if (batch.has_id) fmt::format_to(out, "{},", csv_cell(row.id.value_or("")));
    fmt::format_to(out, "{},{},{},", finding, best, worst);
    for (std::size_t i = 0; i < a.applies->size(); ++i)
      fmt::format_to(out, "{}{}", i == 0 ? "" : ";", batch.law[(*a.applies)[i]].name);
    fmt::format_to(out, ",{}\n", fmt::join(a.not_assessed, ";"));
    return;
  }
  Json rules = Json::array();
  for (const RuleId r : *a.applies) rules.push_back(batch.law[r].name);
  Json j{{"row", number}};
  if (row.id) j["id"] = *row.id;
  j.update(Json{{"finding", finding},
                {"best", best},
                {"worst", worst},
                {"rules", rules},
                {"not_assessed", a.not_assessed}});
  piece.out += to_line(j) + "\n";
}

BatchPiece Batch::Worker::Body::csv(std::string_view text, std::size_t number, std::size_t line) {
  BatchPiece piece;
  CsvReader reader(text, line);
  TextRow r;
  for (; reader.next(r); ++number) {
    std::string problem = r.problem;
    if (problem.empty() && r.cells.size() != batch.columns.size())
      problem = fmt::format("{} cells, and {} columns", r.cells.size(), batch.columns.size());
    row.id.reset();
    row.cells.clear();
    for (std::size_t i = 0; problem.empty() && i < r.cells.size(); ++i) {
      if (batch.columns[i].kind == ColumnUse::Kind::id) row.id = std::string(r.cells[i]);
      row.cells.emplace_back(batch.columns[i], r.cells[i]);
    }
    answer(piece, number, r.line, r.text, std::move(problem));
  }
  return piece;
}

/// @returns why the line is no row; empty if `row` holds it
std::string Batch::Worker::Body::read_json(std::string_view text) {
  if (std::string wrong = json.read(text); !wrong.empty()) return wrong;
  for (const auto& [key, cell] : json.fields()) {
    auto known = uses.find(key);
    if (known == uses.end())
      known = uses.emplace(key, Header(batch.law, batch.options).use(std::string(key))).first;
    if (known->second.kind == ColumnUse::Kind::id) row.id = std::string(cell);
    row.cells.emplace_back(known->second, cell);
  }
  return {};
}

BatchPiece Batch::Worker::Body::json_lines(std::string_view text, std::size_t number, std::size_t line) {
  BatchPiece piece;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view one = text.substr(at, end - at);
    at = end + 1;
    if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (one.ends_with('\r')) one.remove_suffix(1);
    row.id.reset();
    row.cells.clear();
    answer(piece, number++, line, one, read_json(one));
  }
  return piece;
}

Batch::Worker::Worker(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Batch::Worker::~Worker() = default;
Batch::Worker::Worker(Worker&&) noexcept = default;

Batch::Worker Batch::worker() const {
  return Worker(std::make_unique<Worker::Body>(
      Worker::Body{*body_, RowDecider(body_->law, body_->options, *body_->plans), {}, {}, {}}));
}

BatchPiece Batch::Worker::decide(std::string_view rows, std::size_t first_row, std::size_t first_line) {
  return body_->batch.csv ? body_->csv(rows, first_row, first_line)
                          : body_->json_lines(rows, first_row, first_line);
}

}  // namespace sekisho
