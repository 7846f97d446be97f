#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "api/body.h"
#include "api/order.h"
#include "api/words.h"
#include "audit/audit.h"
#include "base/digest.h"
#include "base/json.h"
#include "law/checker.h"
#include "law/formatter.h"

namespace sekisho {
namespace {

Report::Place place(const Sources& sources, TextSpan at) {
  if (!at.source.valid()) return {};
  const Place p = sources.locate(at);
  return {p.file, p.line, p.column, p.excerpt, p.column - 1 - p.excerpt_from, p.marked};
}

}  // namespace

std::vector<Report> reports_of(const Sources& sources, const Diagnostics& diags) {
  std::vector<Report> out;
  for (const Diagnostic& d : diags.all()) {
    Report r;
    r.code = d.code->code;
    r.is_error = d.code->severity == Severity::error;
    r.place = place(sources, d.at);
    r.message = d.message;
    for (const Note& n : d.notes) r.notes.push_back({place(sources, n.at), n.text});
    for (const Fix& f : d.fixes) r.fixes.push_back(f.text);
    out.push_back(std::move(r));
  }
  return out;
}

Date must_be_day(const std::string& text, Diagnostics& diags) {
  const auto day = parse_date(text);
  if (!day) diags.emit(code::document_date, TextSpan{}, text);
  return day.value_or(Date{});
}
std::optional<Date> day_of(const std::string& text, Diagnostics& diags) {
  return text.empty() ? std::nullopt : std::optional(must_be_day(text, diags));
}

RegimeId must_be_regime(const Law& law, const std::string& name, Diagnostics& diags) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < law.regimes.size(); ++i) {
    if (law.regimes[i].name == name) return RegimeId{i};
    names.push_back(law.regimes[i].name);
  }
  const std::string near = nearest(name, names);
  diags.emit(code::unknown_rule_name, TextSpan{}, "regime", name)
      .fix(near.empty() ? fmt::format("there are: {}", fmt::join(names, " "))
                        : fmt::format("is `{}` meant?", near));
  return {};
}
RegimeId regime_of(const Law& law, const std::string& name, Diagnostics& diags) {
  return name.empty() ? RegimeId{} : must_be_regime(law, name, diags);
}

Rulebooks::Rulebooks(std::vector<SourceText> texts, const std::optional<SourceText>& order)
    : body_(std::make_unique<Body>()) {
  Body& b = *body_;
  const std::vector<std::string> asked_first =
      order ? kept_order(order->text, texts) : std::vector<std::string>();
  std::vector<tree::File> files;
  for (SourceText& t : texts) {
    Parsed p;
    p.digest = digest(t.text);
    p.source = b.sources.add(std::move(t.name), std::move(t.text));
    const std::size_t before = b.diags.all().size();
    p.tokens = lex(b.sources, p.source, b.diags);
    p.file = parse(b.sources, p.tokens, b.diags);
    p.sound = b.diags.all().size() == before;
    b.files.push_back(std::move(p));
  }
  for (const Parsed& p : b.files) files.push_back(p.file);
  b.law = check(files, b.diags);
  b.law.asked_first = asked_first;
  if (order) b.order = asked_first.empty() ? "kept for other texts" : "kept";
  b.reports = reports_of(b.sources, b.diags);
}
Rulebooks::~Rulebooks() = default;
Rulebooks::Rulebooks(Rulebooks&&) noexcept = default;
Rulebooks& Rulebooks::operator=(Rulebooks&&) noexcept = default;

const std::vector<Report>& Rulebooks::reports() const {
  return body_->reports;
}
bool Rulebooks::ok() const {
  return !body_->diags.has_errors();
}

std::optional<std::string> Rulebooks::formatted(std::size_t file) const {
  const Parsed& p = body_->files[file];
  if (!p.sound) return std::nullopt;
  return format(body_->sources, p.source, p.tokens, p.file);
}

std::vector<std::string> Rulebooks::regimes() const {
  std::vector<std::string> out;
  for (const Regime& r : body_->law.regimes) out.push_back(r.name);
  return out;
}

// --- the text of law ---

TextResult Rulebooks::show(const std::string& name, const std::string& day_text) const {
  const Body& b = *body_;
  Diagnostics diags;
  const RegimeId id = must_be_regime(b.law, name, diags);
  const auto day = day_of(day_text, diags);
  if (diags.has_errors()) return {false, reports_of(b.sources, diags), {}};
  std::string out;
  const auto declaration = [&](RuleId r) {
    if (day && covers(b.law[r].windows, *day) == Covers::no) return;
    out += "\n" + b.declared(b.law[r].at) + "\n";
  };
  const Regime& regime = b.law[id];
  for (const Parsed& p : b.files)
    for (const tree::Declaration& d : p.file.declarations)
      if (d.kind == tree::Kind::regime && d.name.text == name) out += b.text(b.declaration_span(p, d)) + "\n";
  if (day && covers(regime.windows, *day) == Covers::no)
    out += fmt::format("\n# not in force on {}\n", day_text);
  for (std::uint32_t i = 0; i < b.law.rules.size(); ++i)
    if (b.law.rules[i].regime == id) declaration(RuleId{i});
  return {true, {}, std::move(out)};
}

TextResult Rulebooks::difference(const std::string& from, const std::string& to,
                                 const std::string& regime) const {
  const Law& law = body_->law;
  Diagnostics diags;
  std::vector<Date> days;
  for (const std::string& day : {from, to}) days.push_back(must_be_day(day, diags));
  regime_of(law, regime, diags);
  if (diags.has_errors()) return {false, reports_of(body_->sources, diags), {}};
  const Date a = days[0], b = days[1];
  Json out = Json::array();
  const auto compare = [&](const std::string& kind, const std::string& name,
                           const std::vector<Window>& windows, const std::string& cite,
                           const std::string& text) {
    const Covers before = covers(windows, a), after = covers(windows, b);
    if (before == after) return;
    const auto word = [](Covers c) {
      return c == Covers::yes ? "in force" : c == Covers::no ? "not in force" : "unsettled";
    };
    out.push_back({{"kind", kind},
                   {"name", name},
                   {"before", word(before)},
                   {"after", word(after)},
                   {"cite", cite},
                   {"in_force", in_force_words(windows)},
                   {"text", text}});
  };
  for (const Regime& r : law.regimes)
    if (regime.empty() || r.name == regime)
      compare("regime", r.name, r.windows, r.cite, body_->declared(r.at));
  for (const Rule& r : law.rules)
    if (regime.empty() || (r.regime.valid() && law[r.regime].name == regime))
      compare(r.proviso.valid() ? "proviso"
              : r.permits       ? "route"
                                : "rule",
              r.name, r.windows, r.cite, body_->declared(r.at));
  for (const Rule& r : law.rules)
    for (const Defeat& d : r.defeats)
      if (regime.empty() || (r.regime.valid() && law[r.regime].name == regime))
        compare("link", law[d.by].name + " over " + r.name, d.windows, law[d.by].cite, body_->text(d.at));
  for (const Right& r : law.rights) compare("right", r.name, r.windows, r.cite, body_->declared(r.at));
  for (const List& l : law.lists)
    for (const ListMember& m : l.members)
      compare("member", show_value(l.type, m.value) + " in " + l.name, m.windows,
              m.cite.empty() ? l.cite : m.cite, body_->text(m.at));
  for (const Threshold& t : law.thresholds)
    for (const ThresholdStep& s : t.steps)
      compare("threshold", t.name + " is " + show_value(t.type, s.value), s.windows, "",
              body_->declared(t.at));
  return {true, {}, to_lines(Json{{"from", from}, {"to", to}, {"changes", out}})};
}

std::string Rulebooks::facts() const {
  const Law& law = body_->law;
  std::map<std::string, std::set<std::string>> readers;
  for (const Rule& r : law.rules) {
    std::set<std::string> names;
    body_->names_read(r.when, names);
    for (const std::string& n : names) readers[n].insert(r.name);
  }
  Json out = Json::array();
  for (const Fact& f : law.facts) {
    Json of = Json::array(), read_by = Json::array();
    for (const FactId o : f.of) of.push_back(law[o].name);
    for (const std::string& r : readers[f.name]) read_by.push_back(r);
    out.push_back({{"fact", f.name},
                   {"type", describe(f.type)},
                   {"asks", f.asks},
                   {"source", f.source},
                   {"changed_by", to_string(f.changed_by)},
                   {"judged_by", f.judged_by.valid() ? Json(law[f.judged_by].name) : Json(nullptr)},
                   {"from_right", f.from_right.valid() ? Json(law[f.from_right].name) : Json(nullptr)},
                   {"of", of},
                   {"read_by", read_by}});
  }
  return to_lines(out);
}

std::vector<Report> Rulebooks::prove(std::size_t node_limit) const {
  Diagnostics out;
  decide_cases(body_->law, out);
  audit(body_->law, node_limit, out);
  return reports_of(body_->sources, out);
}

std::string Rulebooks::rules() const {
  const Law& law = body_->law;
  Json out = Json::array();
  for (const Rule& r : law.rules) {
    std::set<std::string> names;
    body_->names_read(r.when, names);
    Json needs = Json::array();
    for (const NeedUse& n : r.needs)
      needs.push_back(fmt::format("{} {} from {}", to_string(law[n.need].kind), law[n.need].name,
                                  law[law[n.need].from].name));
    out.push_back({{"rule", r.name},
                   {"kind", r.proviso.valid() ? "proviso"
                            : r.permits       ? "route"
                            : r.prohibits     ? "prohibition"
                                              : "requirement"},
                   {"title", oneline(r.title)},
                   {"cite", r.cite},
                   {"source", r.source},
                   {"force", r.force.empty() && r.regime.valid() ? law[r.regime].force : r.force},
                   {"addressee", r.addressee},
                   {"in_force", in_force_words(r.windows)},
                   {"reads", names},
                   {"needs", needs},
                   {"unsettled", r.unsettled.valid() ? Json(law[r.unsettled].note) : Json(nullptr)}});
  }
  return to_lines(out);
}

bool is_day(std::string_view text) {
  return parse_date(text).has_value();
}
std::string word_meant(std::string_view word, const std::vector<std::string>& words) {
  return nearest(word, words);
}

std::string_view version() {
  return SEKISHO_VERSION;
}

}  // namespace sekisho
