#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "api/body.h"
#include "audit/coverage.h"
#include "audit/path_cases.h"
#include "base/json.h"
#include "law/formatter.h"

// Cases for people: those that the law makes of itself, and what cases show of the law.

namespace sekisho {
namespace {

class CaseText {
 public:
  explicit CaseText(const Law& law) : law_(law) {}

  /// A rule's name where its regime is understood.
  std::string short_name(RuleId r) const { return law_[r].name.substr(law_[law_[r].regime].name.size() + 1); }
  std::string subject(const PathCase& c) const {
    return c.rule.valid() ? law_[c.rule].name : law_[c.regime].name;
  }
  std::string title(const PathCase& c) const {
    switch (c.shows) {
      case PathCase::Shows::applies: return short_name(c.rule) + " applies";
      case PathCase::Shows::fails: return short_name(c.rule) + " does not apply";
      case PathCase::Shows::defeated:
        return fmt::format("{} prevails over {}", short_name(c.by), short_name(c.rule));
      case PathCase::Shows::not_yet: return short_name(c.rule) + " is not yet in force";
      case PathCase::Shows::no_longer: return short_name(c.rule) + " is no longer in force";
      case PathCase::Shows::finding: break;
    }
    return fmt::format("a transfer that is {}", to_string(*c.finds));
  }
  std::vector<std::string> names(const std::vector<RuleId>& rules) const {
    std::vector<std::string> out;
    out.reserve(rules.size());
    for (const RuleId r : rules) out.push_back(short_name(r));
    return out;
  }
  std::string declaration(const PathCase& c) const {
    std::string t =
        fmt::format("case \"{}\" on {} given {}\n", title(c), to_string(c.on), fmt::join(c.given, ", "));
    if (!c.decides.empty()) t += fmt::format("  decides {}\n", fmt::join(names(c.decides), ", "));
    if (!c.leaves.empty()) t += fmt::format("  leaves {}\n", fmt::join(names(c.leaves), ", "));
    if (c.finds) t += fmt::format("  finds {} under {}\n", to_string(*c.finds), law_[c.regime].name);
    return t;
  }
  Json json(const PathCase& c) const {
    return {{"regime", law_[c.regime].name},
            {"rule", c.rule.valid() ? Json(law_[c.rule].name) : Json(nullptr)},
            {"title", title(c)},
            {"on", to_string(c.on)},
            {"given", c.given},
            {"decides", names(c.decides)},
            {"leaves", names(c.leaves)},
            {"finds", c.finds ? Json(to_string(*c.finds)) : Json(nullptr)}};
  }

 private:
  const Law& law_;
};

/// The text in the one layout.
std::string laid_out(const std::string& text) {
  Sources sources;
  Diagnostics diags;
  const SourceId id = sources.add("cases", text);
  const std::vector<Token> tokens = lex(sources, id, diags);
  return format(sources, id, tokens, parse(sources, tokens, diags));
}

/// By Status; a derivation calls what it leaves undecided unknown.
constexpr std::array<std::string_view, status_count> derived_names{"active", "inactive", "defeated",
                                                                   "unknown"};
constexpr std::array<std::string_view, status_count> status_names{"active", "inactive", "defeated",
                                                                  "undecided"};

/// What an answer of `decide` says of each rule, in the regimes that it engaged.
std::optional<Observed> observed_answer(const Law& law, const Json& answer) {
  Observed o;
  const auto day = parse_date(answer.at("question").at("law_of").get<std::string>());
  if (!day) return std::nullopt;
  o.on = *day;
  std::map<std::string, std::vector<RuleId>> ids;
  for (std::uint32_t i = 0; i < law.rules.size(); ++i)
    if (covers(law.rules[i].windows, o.on) != Covers::no) ids[law.rules[i].name].push_back(RuleId{i});
  for (const Json& regime : answer.at("regimes"))
    for (const Json& step : regime.at("derivation")) {
      const auto status =
          std::find(derived_names.begin(), derived_names.end(), step.at("status").get<std::string>());
      const auto rule = ids.find(step.at("rule").get<std::string>());
      if (status == derived_names.end() || rule == ids.end()) continue;
      for (const RuleId r : rule->second) o.rules[r] = static_cast<Status>(status - derived_names.begin());
    }
  return o;
}

/// A text that the answer was derived from and that is not loaded; none: all are.
std::optional<std::string> other_text(const Rulebooks::Body& body, const Json& answer) {
  for (const Json& t : answer.at("rulebooks"))
    if (std::none_of(body.files.begin(), body.files.end(),
                     [&](const Parsed& p) { return p.digest == t.at("digest"); }))
      return t.at("name").get<std::string>();
  return std::nullopt;
}

/// Answers as `decide --format json` prints them, one after the other.
/// @fails SK3018, SK6002
std::vector<Observed> observed_answers(Sources& sources, const SourceText& file, const Rulebooks::Body& body,
                                       Diagnostics& diags) {
  std::vector<Observed> out;
  std::istringstream in(file.text);
  bool understood = true;
  try {
    while (understood && !(in >> std::ws).eof()) {
      Json answer;
      in >> answer;
      if (const auto other = other_text(body, answer)) {
        diags
            .emit(code::other_rulebooks, TextSpan{sources.add(file.name, file.text), 0, 0}, "",
                  fmt::format("`{}` has another text here, or is not here", *other))
            .fix("give the rulebooks that it was derived from with `--rules`");
        return {};
      }
      const auto o = observed_answer(body.law, answer);
      understood = o.has_value();
      if (o) out.push_back(*o);
    }
  } catch (const Json::exception&) {
    understood = false;
  }
  if (!understood || out.empty())
    diags.emit(code::not_an_answer, TextSpan{sources.add(file.name, file.text), 0, 0})
        .fix("give what `sekisho decide --format json` prints");
  return out;
}

Json regime_coverage(const Law& law, RegimeId regime, const Coverage& all) {
  Json rules = Json::array(), links = Json::array();
  for (const RuleCoverage& r : all.rules) {
    if (law[r.rule].regime != regime) continue;
    Json j{{"rule", law[r.rule].name}};
    for (std::size_t s = 0; s < status_count; ++s) j[std::string(status_names[s])] = r.seen[s];
    rules.push_back(std::move(j));
  }
  for (const LinkCoverage& l : all.links)
    if (law[l.under].regime == regime)
      links.push_back({{"by", law[l.over].name},
                       {"over", law[l.under].name},
                       {"effect", effect_name(law, law[l.under], *l.link)},
                       {"decisive", l.decisive}});
  return {{"regime", law[regime].name}, {"rules", rules}, {"links", links}};
}

}  // namespace

CoverageResult Rulebooks::coverage(const CoverageRequest& request) const {
  const Law& law = body_->law;
  Sources sources = body_->sources;
  Diagnostics diags;
  std::vector<Observed> answers;
  const RegimeId only = regime_of(law, request.regime, diags);
  for (const Case& c : law.cases) answers.push_back(observe(law, c, diags));
  for (const SourceText& t : request.answers)
    for (Observed& o : observed_answers(sources, t, *body_, diags)) answers.push_back(std::move(o));
  CoverageResult result;
  result.reports = reports_of(sources, diags);
  result.ok = !diags.has_errors();
  if (!result.ok) return result;
  const Coverage all = sekisho::coverage(law, answers);
  Json regimes = Json::array();
  for (std::uint32_t g = 0; g < law.regimes.size(); ++g)
    if (!only.valid() || only == RegimeId{g}) regimes.push_back(regime_coverage(law, RegimeId{g}, all));
  result.json = to_lines(Json{{"schema", "sekisho-coverage/1"},
                              {"cases", law.cases.size()},
                              {"answers", answers.size() - law.cases.size()},
                              {"regimes", regimes}});
  return result;
}

CasesResult Rulebooks::cases(const CasesRequest& request) const {
  const Law& law = body_->law;
  CasesResult result;
  Diagnostics diags;
  PathOptions options;
  options.regime = regime_of(law, request.regime, diags);
  options.on = day_of(request.on, diags);
  options.paths = request.paths;
  if (diags.has_errors()) {
    result.reports = reports_of(body_->sources, diags);
    return result;
  }
  const PathCases made = path_cases(law, options, diags);
  result.reports = reports_of(body_->sources, diags);
  result.ok = !diags.has_errors();
  if (!result.ok) return result;
  const CaseText words(law);
  Json cases = Json::array();
  std::string text = "# Made from the law by `sekisho law cases`.\n", subject;
  RegimeId regime;
  for (const PathCase& c : made.cases) {
    if (c.regime != regime) text += fmt::format("\nin regime {}\n", law[c.regime].name);
    if (words.subject(c) != subject) text += fmt::format("\n# {}\n", words.subject(c));
    regime = c.regime;
    subject = words.subject(c);
    text += words.declaration(c);
    cases.push_back(words.json(c));
  }
  if (made.cases.empty())
    text += fmt::format("# There are none: {} has no law in force{}.\n",
                        request.regime.empty() ? "what is loaded" : request.regime,
                        request.on.empty() ? "" : " on " + request.on);
  if (!made.left_out.empty()) text += "\n# Passed over:\n";
  for (const std::string& l : made.left_out) text += "# " + l + "\n";
  result.law = laid_out(text);
  result.json =
      to_lines(Json{{"schema", "sekisho-cases/1"}, {"cases", cases}, {"passed_over", made.left_out}});
  return result;
}

}  // namespace sekisho
