#include "proof/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "proof/keys.h"
#include "proof/line.h"

namespace sekisho::proof {
namespace {

/// The whole file.
class Whole {
 public:
  Whole(const Law& law, const std::vector<TextDigest>& texts, std::size_t most_readings, Verdict& verdict)
      : law_(law), texts_(texts), most_readings_(most_readings), verdict_(verdict) {}

  void run(const Json& json) {
    const Page answer(json, "", verdict_.malformed);
    if (answer["schema"].text() != "sekisho-answer/1") answer.wrong("this is no answer that can be replayed");
    if (!verdict_.malformed.empty()) return;
    other_texts(answer["rulebooks"]);
    std::vector<Premises> premises;
    for (const Page& line : answer["lines"].list()) {
      if (!verdict_.other_text.empty() || !verdict_.malformed.empty()) return;
      auto read = read_premises(law_, line["premises"]);
      if (!read) continue;
      read->no_world = answer["question"]["instruments"].json() == "no world";
      premises.push_back(std::move(*read));
    }
    if (premises.empty()) answer["lines"].wrong("there is no line");
    if (verdict_.malformed.empty()) replay(Page(json, "", verdict_.refused), premises);
  }

 private:
  void other_texts(const Page& said) {
    std::set<std::string> derived_from;
    for (const Page& t : said.list()) {
      const std::string name = t["name"].text(), digest = t["digest"].text();
      if (!derived_from.insert(digest).second) t.wrong("this text is named twice");
      if (std::none_of(texts_.begin(), texts_.end(), [&](const TextDigest& d) { return d.digest == digest; }))
        verdict_.other_text.push_back(
            {t.place(), fmt::format("`{}` has another text here, or is not here", name)});
    }
    for (const TextDigest& d : texts_)
      if (!derived_from.contains(d.digest))
        verdict_.other_text.push_back(
            {said.place(), fmt::format("the answer was derived without `{}`", d.name)});
  }

  void replay(const Page& answer, const std::vector<Premises>& premises) {
    const std::vector<Page> lines = answer["lines"].list(), regimes = answer["regimes"].list();
    std::size_t next = 0;
    check_keys(answer);
    question(answer["question"]);
    Range all;
    std::vector<std::string> unassessed;
    bool assessed = true;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      answer["question"]["law_of"].expect(to_string(premises[i].law_of));
      verdict_.taken.insert(premises[i].readings.begin(), premises[i].readings.end());
      readings(answer["question"].find("readings"), lines[i]["premises"], premises[i].law_of);
      if ((answer["question"]["instruments"].text() == "read") == premises[i].silence_is_none)
        answer["question"]["instruments"].wrong("the premises say otherwise");
      const std::size_t first = next;
      const LineFinding line =
          check_line(law_, premises[i], lines[i], regimes, next, verdict_, most_readings_);
      all = {std::max(all.low, line.joint.low), std::max(all.high, line.joint.high)};
      assessed = assessed && line.assessed;
      for (const std::string& s : line.unassessed)
        if (std::find(unassessed.begin(), unassessed.end(), s) == unassessed.end()) unassessed.push_back(s);
      for (const char* key : {"needs", "provisos", "obligations"})
        gathered(lines[i][key],
                 {regimes.begin() + static_cast<std::ptrdiff_t>(first),
                  regimes.begin() + static_cast<std::ptrdiff_t>(next)},
                 key, false);
    }
    for (; next < regimes.size(); ++next)
      regimes[next].wrong("no rulebook has this regime to read on the day of law");
    for (const char* key :
         {"because", "needs", "provisos", "obligations", "missing", "remedies", "turns_on", "law_unsettled"})
      gathered(answer[key], lines, key, lines.size() > 1);
    answer["coverage"]["not_encoded"].expect(unassessed);
    states(answer["states"], regimes, unassessed);
    answer["best"].expect(to_string(all.low));
    answer["worst"].expect(to_string(assessed ? all.high : Finding::prohibited));
    answer["finding"].expect(overall(all, assessed));
    answer["compliance"].expect(compliance(answer["question"], all, assessed));
  }
  /// What was asked is taken as given, but nothing of it may be missing.
  static void question(const Page& said) {
    said["title"].text();
    if (!parse_date(said["on"].text())) said["on"].wrong("this is no day");
    const Page known_on = said["known_on"];
    if (!known_on.json().is_null() && !parse_date(known_on.text())) known_on.wrong("this is no day");
    static constexpr std::array<std::string_view, 3> ways{"read", "hidden", "no world"};
    if (std::find(ways.begin(), ways.end(), said["instruments"].text()) == ways.end())
      said["instruments"].wrong("they are read, hidden, or there is no world");
    said["hypothetical"].yes();
  }
  /// A reading that is taken for granted is said where everyone sees it, and is of something that can be read
  /// two ways.
  void readings(const std::optional<Page>& said, const Page& premises, Date day) const {
    const auto taken = premises.find("readings");
    const Json none;
    if ((said ? said->json() : none) != (taken ? taken->json() : none))
      (said ? *said : *taken).wrong("the premises and the question do not take the same readings");
    if (taken)
      for (const auto& [what, way] : taken->entries())
        if (!can_be_read_two_ways(law_, day, what)) way.wrong("nothing can be read two ways by this name");
  }
  /// Of a movement that took place: what nobody has given is a breach only where the acts of authorities were
  /// read.
  static Json compliance(const Page& question, Range all, bool assessed) {
    if (!question["performed"].yes()) return nullptr;
    const bool acts_read = question["instruments"].text() == "read";
    if (all.low == Finding::prohibited || (all.low == Finding::authorisation_required && acts_read))
      return "breach";
    return all.high <= Finding::permitted_with_provisos && assessed ? "compliant" : "undetermined";
  }
  /// What stands in the parts and is said again of the whole.
  static void gathered(const Page& said, const std::vector<Page>& parts, const char* key, bool with_line) {
    Json all = Json::array();
    for (const Page& p : parts)
      for (const Page& e : p[key].list()) {
        all.push_back(e.json());
        if (with_line && e.json().is_object()) all.back()["line"] = p["line"].json();
      }
    if (said.json() != all) said.wrong("this is not what stands in the parts of the answer");
  }
  static void states(const Page& said, const std::vector<Page>& regimes,
                     const std::vector<std::string>& unassessed) {
    std::map<std::string, Range> by_state;
    for (const Page& r : regimes) {
      const auto best = parse_finding(r["best"].text()), worst = parse_finding(r["worst"].text());
      if (!best || !worst) return;  // said above
      Range& s = by_state[r["state"].text()];
      s = {std::max(s.low, *best), std::max(s.high, *worst)};
    }
    Json all = Json::array();
    for (const auto& [state, r] : by_state)
      all.push_back({{"state", state}, {"best", to_string(r.low)}, {"worst", to_string(r.high)}});
    for (const std::string& state : unassessed)
      all.push_back({{"state", state}, {"finding", "not_assessed"}});
    if (said.json() != all) said.wrong("this is not what the regimes of these states say");
  }

  const Law& law_;
  const std::vector<TextDigest>& texts_;
  std::size_t most_readings_;
  Verdict& verdict_;
};

}  // namespace

Verdict check(const Law& law, const std::vector<TextDigest>& texts, std::string_view answer,
              std::size_t most_readings) {
  Verdict verdict;
  std::string why;
  if (const auto json = read_json(answer, why))
    Whole(law, texts, most_readings, verdict).run(*json);
  else
    verdict.malformed.push_back({"", why});
  return verdict;
}

}  // namespace sekisho::proof
