#include "proof/line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "proof/bound.h"
#include "proof/changes.h"
#include "proof/missing.h"
#include "proof/needs.h"
#include "proof/say.h"
#include "proof/settle.h"
#include "proof/words.h"

namespace sekisho::proof {
namespace {

/// What must be said of a rule.
struct Expected {
  std::string rule, status;
  std::vector<std::string> defeated_by;
  const Rule* law = nullptr;  // none: what the regime governs
  ExprId reads;
  std::vector<EffectLost> effects_lost;
};

std::vector<std::string> sorted(std::vector<std::string> all) {
  std::sort(all.begin(), all.end());
  return all;
}

std::string status_of(const RuleReading& r) {
  const bool defeated = r.met == Truth::yes && r.active == Truth::no;
  return defeated ? "defeated" : std::string(word(r.active, "active", "inactive"));
}

class Line {
 public:
  Line(const Law& law, const Premises& premises, const Page& line, Verdict& verdict,
       std::size_t most_readings)
      : law_(law),
        premises_(premises),
        case_(law, premises),
        reader_(case_, nothing_),
        words_(case_),
        line_(line),
        verdict_(verdict),
        most_readings_(most_readings) {}

  /// @param regimes  of all lines; `next` is the first of this one
  /// @returns best and worst, jointly over the regimes
  Range run(const std::vector<Page>& regimes, std::size_t& next) {
    std::vector<const Regime*> all;
    for (const Regime& r : law_.regimes) {
      all.push_back(&r);
      const RegimeReading read = read_regime(case_, nothing_, r);
      if (!read.there) continue;
      if (next == regimes.size() || regimes[next]["regime"].text() != r.name) {
        line_.wrong(fmt::format("the regime `{}` is left out or in another place", r.name));
        return {};
      }
      regimes[next]["line"].expect(line_["line"].text());
      regime(r, read, regimes[next++]);
    }
    const Replayed joint = findings(line_, all, assessed(law_, premises_));
    because(line_, all, joint.range);
    const auto settled = joint.whole ? std::optional(joint.range) : std::nullopt;
    check_changes(premises_, line_, settled, words_, verdict_, most_readings_, law_);
    check_missing(law_, premises_, line_["missing"]);
    verdict_.values += words_.checked();
    return joint.range;
  }

 private:
  // --- one regime ---
  void regime(const Regime& r, const RegimeReading& read, const Page& said) {
    ++verdict_.regimes;
    said["title"].expect(r.title);
    said["force"].expect(r.force);
    said["state"].expect(law_[r.authority].state);
    said["engaged_by"].expect(read.main == Truth::yes    ? Json("governs")
                              : read.later == Truth::yes ? Json("proviso")
                                                         : Json(nullptr));
    because(said, {&r}, findings(said, {&r}, true).range);
    derivation(r, read, said["derivation"]);
    routes(read, said["routes"]);
    check_bound(case_, r, read, said);
    check_needs(case_, r, read, said, verdict_, most_readings_);
  }

  /// The rules that must stand in the derivation, in the order in which they defeat each other.
  std::vector<Expected> expected(const Regime& r, const RegimeReading& read) const {
    std::vector<Expected> out;
    const std::string_view otherwise = read.later == Truth::yes ? "engaged by proviso" : "not engaged";
    out.push_back({r.name + " governs",
                   std::string(word(read.main, "engaged", otherwise)),
                   {},
                   nullptr,
                   r.governs,
                   {}});
    if (read.main == Truth::no && read.later == Truth::no) return out;
    for (const RuleReading& rule : read.rules)
      out.push_back({rule.rule->name, status_of(rule), rule.defeated_by, rule.rule, rule.rule->when,
                     rule.active == Truth::no ? std::vector<EffectLost>() : rule.effects_lost});
    for (const RuleReading& p : read.provisos)
      if (p.active != Truth::no) out.push_back({p.rule->name, status_of(p), {}, p.rule, p.rule->when, {}});
    return out;
  }
  void derivation(const Regime& r, const RegimeReading& read, const Page& said) {
    const std::vector<Expected> rules = expected(r, read);
    const std::vector<Page> entries = said.list();
    for (std::size_t i = 0; i < std::max(rules.size(), entries.size()); ++i) {
      if (i == entries.size()) return said.wrong(fmt::format("the rule `{}` is left out", rules[i].rule));
      const std::string name = entries[i]["rule"].text();
      const bool later = std::any_of(rules.begin() + static_cast<std::ptrdiff_t>(std::min(i, rules.size())),
                                     rules.end(), [&](const Expected& e) { return e.rule == name; });
      if (i == rules.size() || (name != rules[i].rule && !later))
        return entries[i].wrong(fmt::format("no rule `{}` of this regime is in force here", name));
      if (name != rules[i].rule)
        return entries[i].wrong(fmt::format("before this the rule `{}` is left out", rules[i].rule));
      entry(r, read, rules[i], entries[i]);
    }
  }
  void entry(const Regime& r, const RegimeReading& read, const Expected& rule, const Page& said) {
    ++verdict_.rules;
    said["status"].expect(rule.status);
    words_.reads(rule.reads, rule.law, said["reads"]);
    if (rule.law == nullptr) return governs(said);
    said["cite"].expect(rule.law->cite);
    stated(rule.law->source, "source", said);
    said["force"].expect(rule.law->force.empty() ? r.force : rule.law->force);
    stated(rule.law->addressee, "addressee", said);
    const bool later = rule.law->group == "later_transfers";
    words_.registers((later ? read.group : read.main) == Truth::no ? ExprId{} : rule.reads,
                     said["registers"]);
    said["effect"].expect(rule.law->prohibits ? "prohibits" : rule.law->permits ? "permits" : "needs");
    if (rule.status == "defeated")
      defeated_by(rule.defeated_by, said);
    else if (const auto by = said.find("defeated_by"))
      by->wrong("the replay finds the rule not defeated");
    Json lost = Json::array();
    for (const EffectLost& l : rule.effects_lost)
      add_once(lost, {{"effect", effect_name(law_, *rule.law, *l.link)},
                      {"by", law_[l.link->by].name},
                      {"status", word(l.gone, "defeated", "")}});
    if (const auto effects = said.find("effects_defeated"))
      effects->expect(lost);
    else if (!lost.empty())
      said.wrong("what takes effects of this rule away is left out");
  }
  /// What a regime governs is no rule: it has no citation of its own, no effect, and nothing defeats it.
  static void governs(const Page& said) {
    static constexpr std::array<std::string_view, 3> keys{"rule", "status", "reads"};
    said.only(keys);
  }
  /// What the law may say of a rule; where it does not, neither may the answer.
  static void stated(const std::string& by_the_law, std::string_view key, const Page& said) {
    if (!by_the_law.empty())
      said[key].expect(by_the_law);
    else if (const auto invented = said.find(key))
      invented->wrong(fmt::format("the law states no {}", key));
  }
  void defeated_by(const std::vector<std::string>& by, const Page& said) {
    const Page at = said["defeated_by"];
    const std::vector<std::string> names = at.texts();
    if (sorted(names) != sorted(by))
      at.wrong(fmt::format("the answer says `{}`, the replay finds `{}`", fmt::join(names, "`, `"),
                           fmt::join(by, "`, `")));
  }

  void routes(const RegimeReading& read, const Page& said) {
    const std::vector<Page> entries = said.list();
    std::size_t next = 0;
    for (const RuleReading& r : read.rules) {
      if (!r.rule->permits || read.main == Truth::no) continue;
      if (next == entries.size() || entries[next]["route"].text() != r.rule->name)
        return said.wrong(fmt::format("the route `{}` is left out or in another place", r.rule->name));
      const Page& at = entries[next++];
      const bool defeated = r.alone == Truth::yes && !r.permission_gone_by.empty();
      at["status"].expect(defeated ? "defeated" : std::string(word(r.alone, "met", "unmet")));
      at["cite"].expect(r.rule->cite);
      Json needs = Json::array();
      for (const NeedUse& n : r.rule->needs) needs.push_back(law_[n.need].name);
      at["needs"].expect(needs);
      if (defeated) defeated_by(r.permission_gone_by, at);
      if (r.alone != Truth::yes)
        fails_on(r, at["fails_on"]);
      else if (const auto part = at.find("fails_on"))
        part->wrong("the replay finds that it does not fail");
      if (!defeated)
        if (const auto by = at.find("defeated_by")) by->wrong("the replay finds the route not defeated");
    }
    for (; next < entries.size(); ++next)
      entries[next].wrong("no such route of this regime is in force here");
  }

  /// Which part of a condition fails is not replayed, but how it does.
  void fails_on(const RuleReading& route, const Page& said) {
    if (said.json().is_null()) return said.wrong("what the route fails on is left out");
    said["status"].expect(word(route.alone, "", "unmet"));
    words_.reads_some(route.rule->when, route.rule, said["reads"]);
  }

  // --- findings ---
  struct Replayed {
    Range range;  // where it was not settled, as is said
    bool whole = false;
  };
  Replayed findings(const Page& said, const std::vector<const Regime*>& regimes, bool assessed) {
    ++verdict_.findings;
    const Settled s = settle(case_, nothing_, regimes, most_readings_);
    const auto best = parse_finding(said["best"].text()), worst = parse_finding(said["worst"].text());
    if (!best || !worst || (s.whole && !s.some)) {
      said.wrong(best && worst ? "the premises contradict each other" : "`best` and `worst` are no findings");
      return {};
    }
    Range r = s.met;
    if (!s.whole) {
      verdict_.leave_open(said, "whether there are completions better or worse than those that were met");
      r = s.some ? Range{std::min(*best, r.low), std::max(*worst, r.high)} : Range{*best, *worst};
    }
    said["best"].expect(to_string(r.low));
    said["worst"].expect(to_string(assessed ? r.high : Finding::prohibited));
    said["finding"].expect(overall(r, assessed));
    return {r, s.whole};
  }

  /// The facts of a `because` and no others leave one finding.
  void because(const Page& said, const std::vector<const Regime*>& regimes, Range found) {
    const Page at = said["because"];
    std::set<std::string> kept;
    for (const Page& v : at.list()) {
      const std::string name = words_.value(v);
      if (!may_be_a_reason(name)) v.wrong("nothing is known of it that could be a reason");
      if (!kept.insert(name).second) v.wrong("it is told twice");
    }
    if (!found.one()) {
      if (!kept.empty()) at.wrong("the finding is open, and has no reasons");
      return;
    }
    ++verdict_.reasons;
    Premises fewer = premises_;
    std::erase_if(fewer.facts, [&](const auto& f) { return !kept.contains(law_[f.first].name); });
    const Case alone(law_, fewer);
    const Settled s = settle(alone, forgotten(kept), regimes, most_readings_);
    if (s.some && s.met != found)
      at.wrong(fmt::format("on these alone the finding could be `{}`",
                           to_string(s.met.low != found.low ? s.met.low : s.met.high)));
    else if (!s.whole)
      verdict_.leave_open(at, "whether these facts alone suffice");
  }
  /// A fact that the premises speak of, what an authority did, whether a proviso lies on the lot.
  bool may_be_a_reason(const std::string& name) const {
    const FactId f = law_.find_fact(name);
    if (f.valid() && !law_[f].judged_by.valid()) return premises_.facts.contains(f);
    return f.valid() || law_.find_need(name).valid() || law_.find_proviso(name).valid();
  }
  /// Whatever authorities did and whatever lies on the lot, but for what is kept. That hidden instruments say
  /// nothing is no fact; it is what was asked.
  Known forgotten(const std::set<std::string>& kept) {
    Known out;
    const auto forget = [&](const std::string& name, const Matter& m, std::size_t values) {
      if (kept.contains(name)) return;
      for (std::size_t v = 0; v < values; ++v) out[m].push_back({static_cast<std::int64_t>(v), {}});
    };
    const auto said = [&](const Matter& m) {
      return !premises_.silence_is_none || !reader_.acts_on(m).empty();
    };
    for (std::uint32_t i = 0; i < law_.facts.size(); ++i)
      if (const Matter m{Matter::Kind::fact, i, {}}; law_.facts[i].judged_by.valid() && said(m))
        forget(law_.facts[i].name, m, judged_none + 1);
    for (std::uint32_t i = 0; i < law_.needs.size(); ++i)
      if (const Matter m{Matter::Kind::need, i, {}}; said(m))
        forget(law_.needs[i].name, m, need_states.size());
    for (std::uint32_t i = 0; i < law_.provisos.size(); ++i)
      forget(law_.provisos[i].name, {Matter::Kind::carried, i, {}}, 2);
    return out;
  }

  const Law& law_;
  const Premises& premises_;
  Case case_;
  const Known nothing_;
  Reader reader_;
  Words words_;
  const Page& line_;
  Verdict& verdict_;
  std::size_t most_readings_;
};

}  // namespace

std::string overall(Range r, bool assessed) {
  if (!assessed && !(r.one() && r.low == Finding::prohibited)) return "not_assessed";
  return r.one() ? std::string(to_string(r.low)) : "open";
}

LineFinding check_line(const Law& law, const Premises& premises, const Page& line,
                       const std::vector<Page>& regimes, std::size_t& next, Verdict& verdict,
                       std::size_t most_readings) {
  Line l(law, premises, line, verdict, most_readings);
  return {l.run(regimes, next), unassessed(law, premises), assessed(law, premises)};
}

}  // namespace sekisho::proof
