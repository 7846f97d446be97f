// Cases that the law makes of itself, held against the judge: each holds, and together they notice a change.

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "audit/audit.h"
#include "audit/path_cases.h"
#include "oracle/judge.h"
#include "oracle/loaded.h"
#include "sekisho/sekisho.h"
#include "support.h"

using namespace sekisho;
using namespace sekisho::judge;

namespace {

/// What a case gives, as the judge knows it. @param silent  judged facts that it does not give have no
/// finding
Known known_of(const PathCase& c, bool silent) {
  Known known{};
  for (std::size_t p = 0; p < place_count; ++p) known[p] = (1u << sizes[p]) - 1;
  known[judged] = silent ? 4u : 3u;
  for (const std::string& phrase : c.given) {
    std::istringstream words(phrase);
    std::string word, fact;
    words >> fact;
    const bool negated = fact == "not";
    if (negated) words >> fact;
    unsigned values = 0;
    while (words >> word)
      if (word[0] == 'v') values |= 1u << (word[1] - '0');
    if (fact == "s") {
      for (std::size_t v = 0; v < 3; ++v) known[member + v] = values >> v & 1 ? 2u : 1u;
      continue;
    }
    const auto place = static_cast<std::size_t>(fact[1] - '0');
    const bool either =
        phrase.find(" yes, no") != std::string::npos || phrase.find(" no, yes") != std::string::npos;
    known[place] = place == choice || place == second_choice ? values : either ? 3u : negated ? 1u : 2u;
  }
  return known;
}

/// Whether the judge finds what the case says.
bool holds(const Law& law, const Book& book, const PathCase& c, int day) {
  const RegimeData& regime = book.regimes[c.regime.index];
  bool ok = true;
  each(book, known_of(c, false), [&](const Assignment& a) {
    const Activity now = activity(regime, a, day);
    for (const RuleId r : c.decides) ok = ok && now.active[place_of(law, r)];
    for (const RuleId r : c.leaves) ok = ok && !now.active[place_of(law, r)];
  });
  bool any = false;
  each(book, known_of(c, true), [&](const Assignment& a) {
    any = true;
    ok = ok && (!c.finds || judge::judge(regime, a, day).finding == *c.finds);
  });
  return ok && any;
}

/// Whether a rule applies otherwise in some assignment.
bool differ(const Book& a, const Book& b, int day) {
  Known everything{};
  for (std::size_t p = 0; p < place_count; ++p) everything[p] = (1u << sizes[p]) - 1;
  everything[judged] = 3;
  bool differs = false;
  each(a, everything, [&](const Assignment& x) {
    for (std::size_t g = 0; g < a.regimes.size() && !differs; ++g)
      differs = activity(a.regimes[g], x, day).active != activity(b.regimes[g], x, day).active;
  });
  return differs;
}

/// One literal flipped, one link dropped, or one date moved.
Book with_fault(Maker& make, Book book) {
  const auto pick = [&](auto& all) -> auto& {
    return all[static_cast<std::size_t>(make.below(static_cast<int>(all.size())))];
  };
  RuleData& r = pick(pick(book.regimes).rules);
  switch (make.below(3)) {
    case 0: pick(r.literals).negated ^= true; break;
    case 1:
      if (!r.links.empty()) r.links.pop_back();
      break;
    default: r.in_force = (r.in_force + 1) % 3;
  }
  return book;
}

bool reads_sets(const Book& book) {
  for (const RegimeData& g : book.regimes)
    for (const RuleData& r : g.rules)
      for (const Literal& l : r.literals)
        if (l.form != Form::is && l.form != Form::same) return true;
  return false;
}
bool unsettled(const Book& book) {
  for (const RegimeData& g : book.regimes)
    for (const RuleData& r : g.rules)
      if (r.unsettled >= 0) return true;
  return false;
}

}  // namespace

TEST_CASE("every case made of a random rulebook holds for the judge, and a fault fails one of them") {
  Maker make(1997);
  int cases = 0, faults = 0, harmless = 0;
  for (int i = 0; i < test::rounds(80, 20'000); ++i) {
    const Book book = make.book();
    const Loaded loaded(text_of(book));
    const int day = 1 + make.below(2);
    PathOptions options;
    options.on = parse_date(day == 1 ? "2019-06-01" : "2020-06-01");
    options.paths = 1000;
    Diagnostics diags;
    const PathCases made = path_cases(loaded.law, options, diags);
    REQUIRE(diags.all().empty());
    for (const PathCase& c : made.cases) {
      INFO(text_of(book));
      INFO(fmt::format("{}", fmt::join(c.given, ", ")));
      REQUIRE(holds(loaded.law, book, c, day));
      ++cases;
    }
    if (unsettled(book)) continue;  // what only a reading decides is no case
    for (int k = 0; k < 5; ++k) {
      const Book faulty = with_fault(make, book);
      const bool differs = differ(book, faulty, day);
      bool told = false;
      for (const PathCase& c : made.cases) told = told || !holds(loaded.law, faulty, c, day);
      if (differs && !reads_sets(book)) {
        INFO(text_of(book));
        INFO(text_of(faulty));
        REQUIRE(told);
      }
      (differs ? faults : harmless) += 1;
    }
  }
  CHECK(cases > 1000);
  CHECK(faults > 50);
  CHECK(harmless > 10);
}

// --- the shipped law ---

namespace {

/// A fault planted in one text, and the rule in which it stands.
struct PlantedFault {
  std::size_t file;
  std::string text, rule, what;
};

/// Where the declarations of a text begin, and what they are.
struct Place {
  std::size_t begin, end;
  std::string regime, name;  // of a rule; both empty for other declarations
};
std::vector<Place> places(const std::string& text) {
  std::vector<Place> out;
  std::string regime;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t line_end = std::min(text.find('\n', at), text.size() - 1);
    std::istringstream words(text.substr(at, line_end - at));
    std::string first, second, third;
    words >> first >> second >> third;
    if (text[at] != ' ' && text[at] != '\n' && text[at] != '#') {
      if (!out.empty()) out.back().end = at;
      if (first == "in") regime = third;
      if (first == "regime") regime = second;
      const bool rule = first == "rule" || first == "route";
      out.push_back({at, text.size(), rule ? regime : "", rule ? second : ""});
    }
    at = line_end + 1;
  }
  return out;
}

/// Every place in the law's own words at which `before` could have been written as `after`.
void plant(const std::vector<SourceText>& texts, const std::string& before, const std::string& after,
           std::vector<PlantedFault>& out) {
  for (std::size_t f = 0; f < texts.size(); ++f)
    for (const Place& p : places(texts[f].text)) {
      if (p.name.empty()) continue;
      for (std::size_t at = texts[f].text.find(before, p.begin); at < p.end;
           at = texts[f].text.find(before, at + 1)) {
        const auto from = texts[f].text.begin();
        const auto quotes = std::count(from + static_cast<std::ptrdiff_t>(p.begin),
                                       from + static_cast<std::ptrdiff_t>(at), '"');
        if (quotes % 2 != 0) continue;  // words of a citation
        std::string text = texts[f].text;
        text.replace(at, before.size(), after);
        out.push_back(
            {f, std::move(text), p.regime + "." + p.name, fmt::format("`{}` for `{}`", after, before)});
      }
    }
}
/// Dates of rules, a month later; not the first that an unsettled beginning allows, which no case can show,
/// and not the last day of a regime, after which its rules say nothing.
void shift_dates(const std::vector<SourceText>& texts, std::vector<PlantedFault>& out) {
  std::set<std::string> ends;
  for (const SourceText& t : texts)
    for (const Place& p : places(t.text)) {
      const std::size_t at = t.text.find("  in force ", p.begin), line = t.text.find('\n', at);
      if (t.text.compare(p.begin, 7, "regime ") != 0 || at >= p.end || line == std::string::npos) continue;
      ends.insert(t.text.substr(line - 10, 10));
    }
  for (std::size_t f = 0; f < texts.size(); ++f)
    for (const Place& p : places(texts[f].text)) {
      const std::size_t at = p.name.empty() ? p.end : texts[f].text.find("  in force ", p.begin);
      const std::size_t line = std::min(texts[f].text.find('\n', at), p.end);
      for (std::size_t d = at; d + 10 <= line; ++d) {
        const auto day = parse_date(texts[f].text.substr(d, 10));
        if (!day || texts[f].text.substr(d - 8, 8) == "between " ||
            (texts[f].text.substr(d - 3, 3) == "to " && ends.contains(to_string(*day))))
          continue;
        std::string text = texts[f].text;
        text.replace(d, 10, to_string(Date{day->days + 31}));
        out.push_back({f, std::move(text), p.regime + "." + p.name, to_string(*day) + " a month later"});
      }
    }
}
/// Links left out: the line that begins with `notwithstanding` or `subject to`, as `fmt` lays it out.
void drop_links(const std::vector<SourceText>& texts, std::vector<PlantedFault>& out) {
  for (std::size_t f = 0; f < texts.size(); ++f)
    for (const Place& p : places(texts[f].text))
      for (const char* word : {"  notwithstanding ", "  subject to "}) {
        const std::size_t at = p.name.empty() ? p.end : texts[f].text.find(word, p.begin);
        if (at >= p.end) continue;
        const std::size_t end = texts[f].text.find("\n", at);
        std::string text = texts[f].text;
        text.erase(at, end - at);
        out.push_back({f, std::move(text), p.regime + "." + p.name, "a link left out"});
      }
}

std::vector<PlantedFault> faults_of(const std::vector<SourceText>& texts) {
  std::vector<PlantedFault> out;
  plant(texts, " and not ", " and ", out);
  plant(texts, " when not ", " when ", out);
  plant(texts, " is one of ", " is not one of ", out);
  plant(texts, " is in ", " is not in ", out);
  plant(texts, " is not in ", " is in ", out);
  plant(texts, " or ", " and ", out);
  plant(texts, " and goods.weapon", " and not goods.weapon", out);
  shift_dates(texts, out);
  drop_links(texts, out);
  return out;
}

/// The rulebooks with some cases put behind them, and whether anything is wrong with them.
bool wrong(std::vector<SourceText> texts, const std::string& cases) {
  texts.push_back({"cases.law", cases});
  Sources sources;
  Diagnostics diags;
  std::vector<tree::File> files;
  for (SourceText& t : texts) {
    const SourceId id = sources.add(t.name, t.text);
    files.push_back(parse(sources, lex(sources, id, diags), diags));
  }
  for (tree::File& file : files)  // of the cases, only those that were made
    if (&file != &files.back())
      std::erase_if(file.declarations,
                    [](const tree::Declaration& d) { return d.kind == tree::Kind::law_case; });
  const Law law = check(files, diags);
  if (diags.has_errors()) return true;
  decide_cases(law, diags);
  return diags.has_errors();
}

/// The part of the made cases that is about one rule, under its regime, with those that stand at other rules
/// because this one prevails over them.
std::string about(const std::string& cases, const std::string& rule) {
  const std::size_t head = cases.find("\n# " + rule + "\n");
  if (head == std::string::npos) return "";
  const std::size_t begin = head + rule.size() + 4,
                    end = std::min(cases.find("\n# ", begin), cases.find("\nin regime ", begin));
  const std::string regime = rule.substr(0, rule.rfind('.')),
                    prevails = "\ncase \"" + rule.substr(regime.size() + 1) + " prevails over ";
  std::string out = "in regime " + regime + "\n" + cases.substr(begin, end - begin);
  const std::size_t section = cases.find("in regime " + regime + "\n"),
                    next = cases.find("\nin regime ", section);
  for (std::size_t at = cases.find(prevails, section); at < next; at = cases.find(prevails, at + 1))
    if (at < begin || at >= end) out += cases.substr(at, cases.find("\n\n", at) - at) + "\n";
  return out;
}

}  // namespace

TEST_CASE("the cases made of the shipped law notice a flipped literal, a moved date, a link left out") {
  const std::vector<SourceText> texts = shipped_rulebooks();
  const Rulebooks books(texts);
  const CasesResult made = books.cases({});
  REQUIRE(made.ok);
  const std::vector<PlantedFault> all = faults_of(texts);
  CHECK(all.size() > 100);
  int noticed = 0, untested = 0;
  const std::size_t step = test::rounds(8, 1);
  for (std::size_t i = 0; i < all.size(); i += step) {
    const PlantedFault& fault = all[i];
    const std::string cases = about(made.law, fault.rule);
    if (cases.find("decides") == std::string::npos) {  // a rule that only a reading of unsettled law applies
      ++untested;
      continue;
    }
    std::vector<SourceText> faulty = texts;
    faulty[fault.file].text = fault.text;
    INFO(fault.rule);
    INFO(fault.what);
    CHECK(wrong(faulty, cases));
    ++noticed;
  }
  CHECK(noticed > 10);
  CHECK(untested < noticed);
}
