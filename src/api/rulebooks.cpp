#include <algorithm>
#include <set>

#include "api/answer.h"
#include "law/checker.h"
#include "law/formatter.h"
#include "law/parser.h"
#include "model/reader.h"
#include "sekisho/sekisho.h"

namespace sekisho {
namespace {

Report::Place place(const Sources& sources, TextSpan at) {
  if (!at.source.valid()) return {};
  const Place p = sources.locate(at);
  return {p.file, p.line, p.column, p.excerpt, p.column - 1 - p.excerpt_from, p.marked};
}

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

struct Parsed {
  SourceId source;
  std::vector<Token> tokens;
  tree::File file;
  bool sound = false;  // no mistake of grammar
};

std::string oneline(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string in_force_words(const std::vector<Window>& windows) {
  std::string out;
  for (const Window& w : windows) {
    if (!out.empty()) out += ", ";
    const auto bound = [](const Bound& b) {
      return b.settled() ? to_string(b.earliest)
                         : "between " + to_string(b.earliest) + " and " + to_string(b.latest);
    };
    if (w.from.latest == far_past)
      out += w.to.earliest == far_future ? "always" : "to " + bound(w.to);
    else
      out += "from " + bound(w.from) + (w.to.earliest == far_future ? " on" : " to " + bound(w.to));
  }
  return out;
}

std::string_view who_changes(ChangedBy who) {
  static constexpr std::string_view names[]{"nobody", "applicant", "authority", "legislator"};
  return names[static_cast<std::size_t>(who)];
}

}  // namespace

struct Rulebooks::Body {
  Sources sources;
  std::vector<Parsed> files;
  Law law;
  Diagnostics diags;
  std::vector<Report> reports;

  std::string text(TextSpan at) const { return std::string(sources.text(at)); }
  RegimeId regime(std::string_view name) const {
    for (std::uint32_t i = 0; i < law.regimes.size(); ++i)
      if (law.regimes[i].name == name) return RegimeId{i};
    return {};
  }
  /// Facts and lists that an expression reads, by name.
  void names_read(ExprId e, std::set<std::string>& out) const {
    if (!e.valid()) return;
    for (const Expr& n : law[e]) {
      if (n.fact.valid()) out.insert(law[n.fact].name);
      if (n.other.valid()) out.insert(law[n.other].name);
      if (n.list.valid()) out.insert(law[n.list].name);
      if (n.op == ExprOp::definition) names_read(n.body, out);
    }
  }
  /// A declaration as it stands in its file, with its clauses, without what follows it.
  TextSpan declaration_span(const Parsed& p, const tree::Declaration& d) const {
    std::uint32_t begin = d.at.begin, end = begin;
    for (std::size_t i = 0; i < p.file.declaration_starts.size(); ++i) {
      if (p.tokens[p.file.declaration_starts[i]].at.begin != begin) continue;
      const std::size_t next =
          i + 1 < p.file.declaration_starts.size() ? p.file.declaration_starts[i + 1] : p.tokens.size() - 1;
      end = p.tokens[next - 1].at.end;
    }
    return {p.source, begin, end};
  }
  Question case_question(const Case& c, const World& world) const;
  void prove_case(const Case& c, Diagnostics& out) const;
  void prove_opposites(RegimeId id, Diagnostics& out) const;
};

Rulebooks::Rulebooks(std::vector<SourceText> texts) : body_(std::make_unique<Body>()) {
  Body& b = *body_;
  std::vector<tree::File> files;
  for (SourceText& t : texts) {
    Parsed p;
    p.source = b.sources.add(std::move(t.name), std::move(t.text));
    const std::size_t before = b.diags.all().size();
    p.tokens = lex(b.sources, p.source, b.diags);
    p.file = parse(b.sources, p.tokens, b.diags);
    p.sound = b.diags.all().size() == before;
    b.files.push_back(std::move(p));
  }
  for (const Parsed& p : b.files) files.push_back(p.file);
  b.law = check(b.sources, files, b.diags);
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

// --- cases and opposites ---

Question Rulebooks::Body::case_question(const Case& c, const World& world) const {
  Question q;
  q.law = &law;
  q.world = &world;
  q.law_day = q.transfer_day = c.on;
  q.silence_is_none = true;
  std::set<ProvisoId> carried;
  for (const CaseGiven& g : c.given) {
    if (g.carries.valid()) {
      Carried on{g.carries, {}, c.on, "the case"};
      for (const std::string& p : law[law[g.carries].versions.front()].parameters)
        on.arguments.push_back("the " + p);
      q.carried.push_back(std::move(on));
      continue;
    }
    KnownFact k;
    k.fact = g.fact;
    k.form = law[g.fact].type.is_set ? Knowledge::Form::members : Knowledge::Form::alternatives;
    k.values = g.values;
    q.facts.push_back(std::move(k));
  }
  for (const Authority& a : law.authorities) q.clean_for.push_back(a.state);
  return q;
}

void Rulebooks::Body::prove_case(const Case& c, Diagnostics& out) const {
  const World nothing;
  const Question q = case_question(c, nothing);
  const Space space(q, out);
  Search search(space);
  State state = search.reader().start();
  for (const KnownFact& k : q.facts) {  // a judged fact that the case gives
    const VarId v = space.fact_var(k.fact);
    if (!v.valid() || space[v].kind != VarKind::judged) continue;
    state.possible[v.index].reset();
    state.possible[v.index].set(k.values.front().number == 1 ? 1 : 0);
    state.free[v.index] = true;
  }
  const auto fails = [&](std::string_view what, std::string_view why) {
    out.emit(code::case_fails, c.at, what, why);
  };
  const auto place_of = [&](RuleId id) -> std::pair<std::size_t, std::size_t> {
    for (std::size_t g = 0; g < space.regimes().size(); ++g) {
      const RegimeUse& use = space.regimes()[g];
      for (std::size_t i = 0; i < use.rules.size(); ++i)
        if (use.rules[i].rule == id) return {g, i};
      for (std::size_t i = 0; i < use.provisos.size(); ++i)
        if (use.provisos[i].rule.rule == id) return {g, use.rules.size() + i};
    }
    return {space.regimes().size(), 0};
  };
  if (!search.consistent(state)) return fails("its facts", "contradict the constraints");
  for (const bool decides : {true, false})
    for (const RuleId id : decides ? c.decides : c.leaves) {
      const auto [g, i] = place_of(id);
      const std::string& name = law[id].name;
      if (g == space.regimes().size()) {
        if (decides && !law[id].proviso.valid()) fails(name, "is not in force on that day");
        continue;
      }
      const auto [can, cannot] = search.activity(g, i, state);
      if (decides && cannot) fails(name, can ? "does not apply in every completion" : "does not apply");
      if (!decides && can) fails(name, cannot ? "applies in some completion" : "applies");
    }
  for (const auto& [finding, regime] : c.finds)
    for (std::size_t g = 0; g < space.regimes().size(); ++g) {
      if (space.regimes()[g].regime != regime) continue;
      const FindingSet found = search.findings({g}, state);
      if (!found.single() || found.best() != finding)
        fails(law[regime].name,
              fmt::format("finds {}{}", to_string(found.best()),
                          found.single() ? "" : fmt::format(" to {}", to_string(found.worst()))));
    }
}

/// On the first day of each stretch of constant law: can a prohibition and a permission that no link
/// orders both apply?
void Rulebooks::Body::prove_opposites(RegimeId id, Diagnostics& out) const {
  const Regime& regime = law[id];
  if (regime.strictest_prevails) return;
  std::set<Date> days;
  for (const RuleId r : regime.rules)
    for (const Window& w : law[r].windows)
      days.insert(w.from.earliest == far_past ? Date{} : w.from.earliest);
  std::set<std::pair<RuleId, RuleId>> reported;
  const World nothing;
  for (const Date day : days) {
    Question q;
    q.law = &law;
    q.world = &nothing;
    q.law_day = q.transfer_day = day;
    q.silence_is_none = true;
    const Space space(q, out);
    Search search(space);
    for (const RegimeUse& use : space.regimes()) {
      if (use.regime != id) continue;
      for (const RuleUse& a : use.rules)
        for (const RuleUse& b : use.rules) {
          if (!law[a.rule].prohibits || !law[b.rule].permits || reported.contains({a.rule, b.rule})) continue;
          const auto g = static_cast<std::size_t>(&use - space.regimes().data());
          const auto i = static_cast<std::size_t>(&a - use.rules.data()),
                     j = static_cast<std::size_t>(&b - use.rules.data());
          if (!search.both_active(g, i, j, search.reader().start())) continue;
          reported.insert({a.rule, b.rule});
          out.emit(code::unlinked_opposites, law[a.rule].at, law[a.rule].name, law[b.rule].name)
              .note(law[b.rule].at, fmt::format("for example on {}", to_string(day)))
              .fix(
                  "link one to the other with `notwithstanding` or `subject to`, or declare `unlinked "
                  "opposites strictest prevails`");
        }
    }
  }
}

std::vector<Report> Rulebooks::prove() const {
  Diagnostics out;
  for (const Case& c : body_->law.cases) body_->prove_case(c, out);
  for (std::uint32_t i = 0; i < body_->law.regimes.size(); ++i) body_->prove_opposites(RegimeId{i}, out);
  return reports_of(body_->sources, out);
}

// --- deciding ---

DecideResult Rulebooks::decide(const DecideRequest& request) const {
  DecideResult result;
  Sources sources = body_->sources;
  Diagnostics diags;
  const auto failed = [&] {
    result.reports = reports_of(sources, diags);
    return result;
  };
  const auto document = [&](const SourceText& t) {
    return read_document(sources, sources.add(t.name, t.text), diags);
  };
  World world;
  if (request.world) {
    const auto doc = document(*request.world);
    if (!doc) return failed();
    auto read = read_world(*doc, diags);
    if (!read) return failed();
    world = std::move(*read);
  }
  const auto doc = document(request.transfer);
  if (!doc) return failed();
  const auto transfer = read_transfer(*doc, world, diags);
  if (!transfer) return failed();

  std::vector<KnownByHand> by_hand;
  for (const std::string& k : request.known) {
    const SourceId id = sources.add("--known", k);
    const TextSpan at{id, 0, static_cast<std::uint32_t>(k.size())};
    const std::size_t eq = k.find('=');
    if (eq == std::string::npos) {
      diags.emit(code::wrong_form, at, "FACT=VALUE");
      return failed();
    }
    by_hand.push_back({k.substr(0, eq), read_known(std::string_view(k).substr(eq + 1), at)});
  }
  const auto day = [&](const std::string& text, Date otherwise) {
    const auto d = parse_date(text);
    if (!text.empty() && !d) diags.emit(code::document_date, TextSpan{}, text);
    return d.value_or(otherwise);
  };
  if (request.on.empty() && !transfer->on)
    diags.emit(code::missing_key, transfer->at, "on")
        .fix("give the day of transfer, in the file or with `--on`");
  Days days;
  days.on = day(request.on, transfer->on.value_or(Date{}));
  days.law = day(request.law_of, days.on);
  days.known = day(request.known_on, far_future);
  if (diags.has_errors()) return failed();

  Json lines = Json::array();
  std::vector<std::string> unassessed;
  std::vector<std::pair<Finding, Finding>> ranges;
  for (const TransferLine& line : transfer->lines) {
    const LineQuestion q = line_question(body_->law, world, request.world.has_value(), *transfer, line, days,
                                         by_hand, request.without_instruments, diags);
    if (diags.has_errors()) return failed();
    LineAnswer answer(sources, q, line.id, request.work_limit, diags);
    if (!answer.ok()) return failed();
    Json j = answer.json();
    if (!answer.ok() || diags.has_errors()) return failed();
    ranges.emplace_back(answer.joint().best(), answer.joint().worst());
    for (const std::string& s : answer.unassessed())
      if (std::find(unassessed.begin(), unassessed.end(), s) == unassessed.end()) unassessed.push_back(s);
    lines.push_back(std::move(j));
  }
  Json j;
  j["schema"] = "sekisho-answer/1";
  j["question"] = {{"title", transfer->title},
                   {"on", to_string(days.on)},
                   {"law_of", to_string(days.law)},
                   {"known_on", days.known == far_future ? Json(nullptr) : Json(to_string(days.known))},
                   {"instruments", !request.world                ? "no world"
                                   : request.without_instruments ? "hidden"
                                                                 : "read"},
                   {"hypothetical", request.hypothetical}};
  // The strictest line is the finding: bests and worsts of lines each give theirs.
  Finding best = Finding::not_engaged, worst = Finding::not_engaged;
  for (const auto& [b, w] : ranges) {
    best = std::max(best, b);
    worst = std::max(worst, w);
  }
  const bool barred = best == Finding::prohibited;
  j["finding"] = !unassessed.empty() && !barred ? "not_assessed"
                 : best == worst                ? std::string(to_string(best))
                                                : "open";
  j["best"] = to_string(best);
  j["worst"] = to_string(unassessed.empty() ? worst : Finding::prohibited);
  j["states"] = Json::array();
  const auto all_of = [&](const char* key) {
    Json out = Json::array();
    for (const Json& l : lines)
      for (Json e : l[key]) {
        if (lines.size() > 1 && e.is_object()) e["line"] = l["line"];
        out.push_back(std::move(e));
      }
    return out;
  };
  const Json regimes = all_of("regimes");
  std::map<std::string, std::pair<int, int>> states;
  for (const Json& r : regimes) {
    const int b = static_cast<int>(*parse_finding(r["best"].get<std::string>()));
    const int w = static_cast<int>(*parse_finding(r["worst"].get<std::string>()));
    auto& s = states[r["state"].get<std::string>()];
    s = {std::max(s.first, b), std::max(s.second, w)};
  }
  for (const auto& [state, range] : states)
    j["states"].push_back({{"state", state},
                           {"best", to_string(static_cast<Finding>(range.first))},
                           {"worst", to_string(static_cast<Finding>(range.second))}});
  for (const std::string& s : unassessed) j["states"].push_back({{"state", s}, {"finding", "not_assessed"}});
  for (const char* key :
       {"because", "needs", "provisos", "obligations", "missing", "remedies", "turns_on", "law_unsettled"})
    j[key] = all_of(key);
  j["coverage"] = lines.front()["coverage"];
  Json not_before = nullptr, recheck = nullptr;
  for (const Json& l : lines) {
    if (!l["not_before"].is_null() && (not_before.is_null() || not_before < l["not_before"]))
      not_before = l["not_before"];
    if (!l["recheck_by"].is_null() && (recheck.is_null() || l["recheck_by"] < recheck))
      recheck = l["recheck_by"];
  }
  j["not_before"] = not_before;
  j["recheck_by"] = recheck;
  j["regimes"] = regimes;
  for (Json& l : lines) {
    l.erase("regimes");
    l.erase("coverage");
  }
  j["lines"] = lines;
  result.ok = true;
  result.reports = reports_of(sources, diags);
  result.json = j.dump(2);
  return result;
}

// --- the text of law ---

std::optional<std::string> Rulebooks::show(std::string_view name, std::string_view day_text) const {
  const Body& b = *body_;
  const RegimeId id = b.regime(name);
  if (!id.valid()) return std::nullopt;
  const auto day = parse_date(day_text);
  std::string out;
  const auto declaration = [&](RuleId r) {
    if (day && covers(b.law[r].windows, *day) == Covers::no) return;
    for (const Parsed& p : b.files)
      for (const tree::Declaration& d : p.file.declarations)
        if (d.name.at.source == b.law[r].at.source && d.name.at.begin == b.law[r].at.begin) {
          out += "\n" + b.text(b.declaration_span(p, d)) + "\n";
        }
  };
  const Regime& regime = b.law[id];
  for (const Parsed& p : b.files)
    for (const tree::Declaration& d : p.file.declarations)
      if (d.kind == tree::Kind::regime && d.name.text == name) out += b.text(b.declaration_span(p, d)) + "\n";
  if (day && covers(regime.windows, *day) == Covers::no)
    out += fmt::format("\n# not in force on {}\n", day_text);
  for (std::uint32_t i = 0; i < b.law.rules.size(); ++i)
    if (b.law.rules[i].regime == id) declaration(RuleId{i});
  return out;
}

std::string Rulebooks::difference(std::string_view from, std::string_view to, std::string_view regime) const {
  const Law& law = body_->law;
  const Date a = parse_date(from).value_or(Date{}), b = parse_date(to).value_or(Date{});
  Json out = Json::array();
  const auto compare = [&](const std::string& kind, const std::string& name,
                           const std::vector<Window>& windows, const std::string& cite) {
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
                   {"in_force", in_force_words(windows)}});
  };
  for (const Regime& r : law.regimes)
    if (regime.empty() || r.name == regime) compare("regime", r.name, r.windows, r.cite);
  for (const Rule& r : law.rules)
    if (regime.empty() || (r.regime.valid() && law[r.regime].name == regime))
      compare(r.proviso.valid() ? "proviso" : r.permits ? "route" : "rule", r.name, r.windows, r.cite);
  for (const List& l : law.lists)
    for (const ListMember& m : l.members)
      compare("member", show_value(l.type, m.value) + " in " + l.name, m.windows,
              m.cite.empty() ? l.cite : m.cite);
  for (const Threshold& t : law.thresholds)
    for (const ThresholdStep& s : t.steps)
      compare("threshold", t.name + " is " + show_value(t.type, s.value), s.windows, "");
  return Json{{"from", from}, {"to", to}, {"changes", out}}.dump(2);
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
                   {"changed_by", who_changes(f.changed_by)},
                   {"judged_by", f.judged_by.valid() ? Json(law[f.judged_by].name) : Json(nullptr)},
                   {"of", of},
                   {"read_by", read_by}});
  }
  return out.dump(2);
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
                   {"in_force", in_force_words(r.windows)},
                   {"reads", names},
                   {"needs", needs},
                   {"unsettled", r.unsettled.valid() ? Json(law[r.unsettled].note) : Json(nullptr)}});
  }
  return out.dump(2);
}

bool is_day(std::string_view text) {
  return parse_date(text).has_value();
}
std::string_view version() {
  return SEKISHO_VERSION;
}

}  // namespace sekisho
