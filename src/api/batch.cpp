#include "sekisho/batch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/batch_body.h"
#include "api/batch_request.h"
#include "api/body.h"
#include "base/digest.h"
#include "base/json.h"
#include "batch/json_row.h"

namespace sekisho {

RunningDigest::RunningDigest() : digester_(std::make_unique<Digester>()) {}
RunningDigest::~RunningDigest() = default;
RunningDigest::RunningDigest(RunningDigest&&) noexcept = default;
RunningDigest& RunningDigest::operator=(RunningDigest&&) noexcept = default;
void RunningDigest::add(std::string_view part) {
  digester_->add(part);
}
std::string RunningDigest::text() const {
  return digester_->text();
}

Batch::Batch(const Rulebooks& books, const BatchRequest& request)
    : body_(
          std::make_unique<Body>(Body{books.body(), books.body().law, request, {}, {}, false, {}, nullptr})) {
  Body& b = *body_;
  ReadRequest read = read_request(b.law, request);
  b.options = std::move(read.options);
  b.columns = std::move(read.columns);
  b.reports = std::move(read.reports);
  b.has_id = std::any_of(b.columns.begin(), b.columns.end(),
                         [](const ColumnUse& u) { return u.kind == ColumnUse::Kind::id; });
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
std::vector<Report> Batch::law_reports() const {
  return reports_of(body_->books.sources, body_->plans->failures());
}
std::vector<Batch::Ground> Batch::rests_on() const {
  const BatchRequest& r = body_->request;
  Digester books, options;
  for (const Parsed& p : body_->books.files) books.add(p.digest);
  if (r.hypothetical) books.add("a draft lies over them");
  for (const std::string& c : r.columns) options.add(digest(c));
  options.add(digest(r.on));
  options.add(r.json_lines ? "JSON lines" : "comma-separated values");
  return {{"the rulebooks", books.text()},
          {"`--on`, `--column` or `--rows`", options.text()},
          {"the mapping", digest(r.mapping ? r.mapping->text : "")},
          {"the header of the table", digest(r.header)}};
}
std::string Batch::out_header() const {
  if (!body_->csv()) return {};
  return fmt::format("row,{}finding,best,worst,rules,not_assessed{}\n", body_->has_id ? "id," : "",
                     body_->request.hypothetical ? ",hypothetical" : "");
}
std::string Batch::refused_header() const {
  return body_->csv() ? "row,line,reason,text\n" : "";
}
BatchSplit Batch::split(std::string_view text, bool last) const {
  const WholeRows w = whole_rows(text, body_->csv(), last);
  return {w.bytes, w.rows, w.lines};
}

struct Batch::Worker::Body {
  const Batch::Body& batch;
  RowDecider decider;
  std::map<std::string, ColumnUse, std::less<>> uses;  // of the keys of JSON lines
  JsonRow json;
  Row row;
  std::set<std::string, std::less<>> passed_over;  // in one piece

  BatchPiece csv(std::string_view text, std::size_t number, std::size_t line);
  BatchPiece json_lines(std::string_view text, std::size_t number, std::size_t line);
  std::string read_json(std::string_view text, std::size_t line, BatchPiece& piece);
  void warn(const std::string& key, std::string_view text, std::size_t line, BatchPiece& piece);
  void answer(BatchPiece& piece, std::size_t number, std::size_t line, std::string_view text,
              std::string refused);
};

FindingWords words_of(const RowAnswer& a) {
  return finding_words(a.findings.best(), a.findings.worst(), a.law_in_force && a.not_assessed.empty());
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
    if (batch.csv())
      fmt::format_to(std::back_inserter(piece.refused), "{},{},{},{}\n", number, line, csv_cell(refused),
                     csv_cell(text));
    else
      piece.refused += to_line({{"row", number}, {"line", line}, {"reason", refused}, {"text", text}}) + "\n";
    return;
  }
  const FindingWords words = words_of(a);
  if (batch.csv()) {
    fmt::format_to(out, "{},", number);
    if (batch.has_id) fmt::format_to(out, "{},", csv_cell(row.id.value_or("")));
    fmt::format_to(out, "{},{},{},", words.finding, words.best, words.worst);
    for (std::size_t i = 0; i < a.applies->size(); ++i)
      fmt::format_to(out, "{}{}", i == 0 ? "" : ";", batch.law[(*a.applies)[i]].name);
    fmt::format_to(out, ",{}{}\n", fmt::join(a.not_assessed, ";"), batch.request.hypothetical ? ",yes" : "");
    return;
  }
  Json rules = Json::array();
  for (const RuleId r : *a.applies) rules.push_back(batch.law[r].name);
  Json j{{"row", number}};
  if (row.id) j["id"] = *row.id;
  j.update(finding_json(words));
  j["rules"] = std::move(rules);
  j["not_assessed"] = a.not_assessed;
  if (batch.request.hypothetical) j["hypothetical"] = true;
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
std::string Batch::Worker::Body::read_json(std::string_view text, std::size_t line, BatchPiece& piece) {
  if (std::string wrong = json.read(text); !wrong.empty()) return wrong;
  for (const auto& [key, cell] : json.fields()) {
    auto known = uses.find(key);
    if (known == uses.end())
      known = uses.emplace(key, Header(batch.law, batch.options).use(std::string(key))).first;
    const ColumnUse& use = known->second;
    if (use.kind == ColumnUse::Kind::ignored) {
      if (!batch.options.columns.contains(known->first) && passed_over.insert(known->first).second)
        warn(known->first, text, line, piece);
      continue;
    }
    for (const auto& [other, said] : row.cells)
      if (other == use) return fmt::format("`{}` says what another key of the row says", key);
    if (use.kind == ColumnUse::Kind::id) {
      if (cell.is_list) return fmt::format("`{}` is one name of the row, not a list", key);
      row.id = std::string(cell.text);
    }
    row.cells.emplace_back(use, cell);
  }
  return {};
}

/// Says of a key that it is no fact, at its first row of the piece.
void Batch::Worker::Body::warn(const std::string& key, std::string_view text, std::size_t line,
                               BatchPiece& piece) {
  Sources sources;
  Diagnostics diags;
  const SourceId table = sources.add(batch.request.table, std::string(text));
  const std::size_t at = text.find('"' + key + '"');  // another spelling of it is not looked for
  const auto begin = static_cast<std::uint32_t>(at == std::string_view::npos ? 0 : at + 1);
  const auto size = static_cast<std::uint32_t>(at == std::string_view::npos ? text.size() : key.size());
  column_passed_over(Header(batch.law, batch.options), key, {table, begin, begin + size}, diags);
  for (Report& r : reports_of(sources, diags)) {
    r.place.line = static_cast<unsigned>(line);
    piece.reports.push_back(std::move(r));
  }
}

BatchPiece Batch::Worker::Body::json_lines(std::string_view text, std::size_t number, std::size_t line) {
  BatchPiece piece;
  passed_over.clear();
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view one = text.substr(at, end - at);
    at = end + 1;
    if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (one.ends_with('\r')) one.remove_suffix(1);
    if (line == 1 && one.starts_with(byte_order_mark)) one.remove_prefix(byte_order_mark.size());
    row.id.reset();
    row.cells.clear();
    std::string wrong = read_json(one, line, piece);
    answer(piece, number++, line, one, std::move(wrong));
  }
  return piece;
}

Batch::Worker::Worker(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Batch::Worker::~Worker() = default;
Batch::Worker::Worker(Worker&&) noexcept = default;

Batch::Worker Batch::worker() const {
  return Worker(std::make_unique<Worker::Body>(
      Worker::Body{*body_, RowDecider(body_->law, body_->options, *body_->plans), {}, {}, {}, {}}));
}

BatchPiece Batch::Worker::decide(std::string_view rows, std::size_t first_row, std::size_t first_line) {
  return body_->batch.csv() ? body_->csv(rows, first_row, first_line)
                            : body_->json_lines(rows, first_row, first_line);
}

}  // namespace sekisho
