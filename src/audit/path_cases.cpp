#include "audit/path_cases.h"

#include <algorithm>
#include <map>
#include <set>

#include "audit/case_engine.h"
#include "engine/cover.h"
#include "engine/words.h"
#include "law/stretches.h"

namespace sekisho {
namespace {

using Part = tree::Part;
using Shows = PathCase::Shows;

/// The law of one day over all that a case may give, with one proviso on the lot or none.
class CaseSpace {
 public:
  CaseSpace(const Law& law, Date day, ProvisoId carried, Diagnostics& out)
      : law_(law),
        carried_(carried),
        question_(case_question(law, day, carries(carried), nothing_)),
        space_(question_, out),
        compiled_(space_, Relations::written_out, law.asked_first, out) {
    if (!compiled_.ok()) return;
    std::vector<Values> all;
    for (const Variable& v : space_.variables()) all.push_back(v.kind == VarKind::need ? Values(1) : v.known);
    silent_ = compiled_.box(all);
    found_ = silent_;
    open_.resize(silent_.size());
    for (Level l = 0; l < silent_.size(); ++l) {
      const VarKind kind = space_[compiled_.variable(l)].kind;
      if (kind == VarKind::judged) found_[l].reset(judged_none);
      open_[l] = kind == VarKind::hidden || kind == VarKind::listed || kind == VarKind::rate;
    }
    // Where no finding is given, a judged fact is read both ways whatever the constraints say of it.
    const Ref care = store().exists(store().within(compiled_.care(), found_), compiled_.judged());
    care_found_ = care;
    care_silent_ = store().within(compiled_.care(), silent_);
  }
  bool ok() const { return compiled_.ok(); }
  const Space& space() const { return space_; }
  Diagrams& store() { return compiled_.store(); }
  const RegimeDiagrams& diagrams(std::size_t g) const { return compiled_.regimes().front()[g]; }
  Ref both(Ref a, Ref b) { return store().join(Join::both, a, b); }
  Ref without(Ref a, Ref b) { return both(a, store().negate(b)); }
  Ref there(const RuleUse& u) { return compiled_.there(u); }
  /// Whether a link other than `except` defeats the same part of the rule.
  Ref defeated(std::size_t g, std::size_t rule, const Defeat& except) {
    return compiled_.defeated(space_.regimes()[g].rules[rule], except.part, except.effect, diagrams(g),
                              &except);
  }
  bool possible(Ref r) { return store().meets(r, care_found_, found_); }

  /// Whether a case can be of it: findings that it gives are made, and constraints speak of what was found.
  bool can_be_given(const Cube& cube) {
    std::vector<bool> not_given(cube.size());
    for (Level l = 0; l < cube.size(); ++l)
      not_given[l] = compiled_.judged()[l] && (cube[l].test(judged_none) || cube[l] == found_[l]);
    const Ref care = store().exists(store().within(compiled_.care(), found_), not_given);
    return store().meets(care, yes_leaf, cube);
  }

  /// The ways in which `r` holds by every reading of unsettled law, each with the fewest facts. With every
  /// fact they can double, so that of very many only some are looked for.
  std::vector<Cube> ways(Ref r, std::size_t most) {
    const Ref outside = outside_of(r, care_found_, found_);
    const Ref must = store().exists(store().within(without(care_found_, outside), found_), open_);
    return irredundant_cover(store(), must, store().negate(outside), found_, most);
  }
  /// A way with few facts in which `r` holds by every reading.
  std::optional<Cube> way(Ref r) { return within(outside_of(r, care_found_, found_), care_found_, found_); }
  /// A way inside `from` to the mildest finding that it can have, findings that it does not give not made.
  std::optional<std::pair<Cube, Finding>> to_finding(std::size_t g, Cube from) {
    for (Level l = 0; l < from.size(); ++l)
      if (compiled_.judged()[l] && from[l] == found_[l]) from[l] = silent_[l];
    for (std::size_t f = 0; f < finding_count; ++f)
      if (auto cube = way_to(g, static_cast<Finding>(f), from))
        return std::pair{*cube, static_cast<Finding>(f)};
    return std::nullopt;
  }
  std::optional<Cube> way_to(std::size_t g, Finding f) { return way_to(g, f, silent_); }

  /// What a case has to give for the cube: nothing is said of what it leaves open. Empty where no case can
  /// say it.
  /// @param facts  becomes the same, read
  std::vector<std::string> given(Cube cube, std::vector<CaseGiven>& facts) {
    std::vector<std::string> single, several;
    facts = carries(carried_);
    if (carried_.valid())
      single.push_back("carries " + law_[law_[carried_].versions.front()].name.substr(
                                        law_[law_[carried_].regime].name.size() + 1));
    const auto give = [&](FactId fact, const std::vector<std::string>& values) {
      facts.push_back(read(fact, values));
      return fact_words(fact, values);
    };
    std::set<std::uint32_t> sets;
    for (Level l = 0; l < cube.size(); ++l) {
      const Variable& v = space_[compiled_.variable(l)];
      const bool limited = cube[l] != silent_[l] &&
                           !(v.kind == VarKind::judged && cube[l].test(judged_none)) &&
                           !(v.kind == VarKind::judged && cube[l] == found_[l]);
      if (!limited) continue;
      if (v.kind == VarKind::judged) {
        facts.push_back({v.fact, {Value{cube[l].test(1) ? 1 : 0, {}}}, {}});
        single.push_back((cube[l].test(1) ? "" : "not ") + v.name);
      } else if (v.kind == VarKind::fact) {
        const std::vector<std::string> values = words(v, cube[l]);
        (values.size() == 1 ? single : several).push_back(give(v.fact, values));
      } else if (v.kind == VarKind::member && sets.insert(v.fact.index).second) {
        const std::vector<std::string> values = members(v.fact, cube);
        (values.size() <= 1 ? single : several).push_back(give(v.fact, values));
      }
    }
    // A list of values comes last, where nothing that follows can be taken for one of them.
    single.insert(single.end(), several.begin(), several.end());
    if (const std::string any = single.empty() ? anything(give) : ""; !any.empty()) single.push_back(any);
    return single;
  }

 private:
  static std::vector<CaseGiven> carries(ProvisoId p) {
    return p.valid() ? std::vector<CaseGiven>{{{}, {}, p}} : std::vector<CaseGiven>{};
  }
  /// Where `r` fails by some reading.
  Ref outside_of(Ref r, Ref care, const std::vector<Values>& box) {
    return store().exists(store().within(without(care, r), box), open_);
  }
  std::optional<Cube> within(Ref outside, Ref care, const std::vector<Values>& box) {
    const Ref inside = store().exists(store().within(without(care, outside), box), open_);
    Cube cube;
    if (!store().path(without(inside, outside), box, cube)) return std::nullopt;
    for (Level l = 0; l < cube.size(); ++l) {  // a fact that can be left out is
      if (cube[l] == box[l]) continue;
      Cube wider = cube;
      wider[l] = box[l];
      if (!store().meets(outside, yes_leaf, wider)) cube = std::move(wider);
    }
    return cube;
  }
  std::optional<Cube> way_to(std::size_t g, Finding f, const Cube& from) {
    const Ref is = store().where(diagrams(g).finding, static_cast<std::uint32_t>(f));
    if (!store().meets(is, care_silent_, from)) return std::nullopt;
    return within(outside_of(is, care_silent_, from), care_silent_, from);
  }

  std::vector<std::string> words(const Variable& v, const Values& values) const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < v.domain.size(); ++i)
      if (values.test(i)) out.push_back(word(law_[v.fact].type, writable(law_[v.fact].type, v, v.domain[i])));
    return out;
  }
  /// Of the two shares that can be written beside one that cannot, the one that the law tells from no other.
  static Value writable(const Type& type, const Variable& v, const Value& value) {
    if (type.kind != FactType::share || value.number % 2 == 0) return value;
    const Value below{value.number - 1, {}}, above{value.number + 1, {}};
    return std::find(v.domain.begin(), v.domain.end(), above) == v.domain.end() ? above : below;
  }
  static std::string word(const Type& type, const Value& value) {
    switch (type.kind) {
      case FactType::party:
      case FactType::item:
      case FactType::lot:
      case FactType::code: {
        if (!value.text.empty()) return '"' + value.text + '"';
        return value.number == 0 ? "\"another\"" : fmt::format("\"another_{}\"", value.number);
      }
      case FactType::number: return show_value({type.kind, false, {}, {}, {}}, value);
      default: return show_value(type.element(), value);
    }
  }
  /// Words of the language as a case says them.
  CaseGiven read(FactId fact, const std::vector<std::string>& words) const {
    CaseGiven out{fact, {}, {}};
    for (std::string_view w : words) {
      if (w.starts_with('"')) w = w.substr(1, w.size() - 2);
      if (const auto v = read_value(law_[fact].type.element(), w)) out.values.push_back(*v);
    }
    return out;
  }
  std::string fact_words(FactId of, const std::vector<std::string>& values) const {
    const Fact& fact = law_[of];
    if (values.empty()) return fact.name + " is empty";
    if (fact.type.kind == FactType::yes_no && !fact.type.is_set)
      return (values.front() == "yes" ? "" : "not ") + fact.name;
    return fmt::format("{} is {}{}", fact.name, values.size() > 1 ? "one of " : "", fmt::join(values, ", "));
  }
  /// A set is given whole or not at all: no more members than it needs.
  std::vector<std::string> members(FactId set, Cube& cube) {
    std::vector<std::string> out;
    for (Level l = 0; l < cube.size(); ++l) {
      const Variable& v = space_[compiled_.variable(l)];
      if (v.kind != VarKind::member || v.fact != set) continue;
      Cube none = cube;
      none[l] = Values(1);
      if (cube[l].test(0) && store().meets(care_found_, yes_leaf, none))
        cube = std::move(none);
      else
        out.push_back(word(law_[set].type, v.element));
    }
    return out;
  }
  /// A case has to give something: of one fact all its values, where it has few; else what the law of the day
  /// does not read. Empty where there is nothing of the kind.
  template <class Give>
  std::string anything(const Give& give) {
    for (std::uint32_t f = 0; f < law_.facts.size(); ++f) {
      const Fact& fact = law_[FactId{f}];
      if (fact.type.is_set || fact.judged_by.valid()) continue;
      if (fact.type.kind == FactType::yes_no) return fact.name + " is one of yes, no";
      if (fact.type.kind == FactType::choice)
        return fmt::format("{} is one of {}", fact.name, fmt::join(fact.type.choices, ", "));
    }
    for (Level l = 0; l < found_.size(); ++l) {
      const Variable& v = space_[compiled_.variable(l)];
      for (std::size_t i = 0; v.kind == VarKind::fact && i < v.domain.size(); ++i) {
        Cube one = found_;
        one[l] &= Values(1) << i;
        if (store().meets(care_found_, yes_leaf, one)) return give(v.fact, words(v, Values(1) << i));
      }
    }
    return "";
  }

  const Law& law_;
  ProvisoId carried_;
  const World nothing_;
  Question question_;
  Space space_;
  Compiled compiled_;
  Cube silent_;  // no needs answered; judged facts found or not
  Cube found_;   // judged facts found, one way or the other
  std::vector<bool> open_;
  Ref care_found_ = no_leaf, care_silent_ = no_leaf;
};

/// Of more ways than these the narrowest are not looked for.
constexpr std::size_t most_ways = 1000;

/// What cases are about: a rule, or a regime.
struct Subject {
  std::uint32_t regime = 0;
  std::uint32_t rule = ~std::uint32_t{0};
  friend auto operator<=>(const Subject&, const Subject&) = default;
};

class Generator {
 public:
  Generator(const Law& law, const PathOptions& options, Diagnostics& out)
      : law_(law), options_(options), out_(out) {}

  PathCases run() {
    days_ = options_.on ? std::vector<Date>{*options_.on} : stretches(law_);
    for (at_ = 0; at_ < days_.size(); ++at_) {
      try {
        stretch();
      } catch (const TooManyNodes&) {
        out_.emit(code::too_many_nodes, TextSpan{}, default_node_limit)
            .note(fmt::format("it happened in the cases for {} on {}", of_, to_string(days_[at_])))
            .fix("keep an order that `law order --find` finds, or let fewer facts be told apart");
        return {};
      }
    }
    for (auto& [subject, seen] : seen_) tell(subject, seen);
    for (const auto& [what, days] : passed_over_)
      result_.left_out.push_back(
          fmt::format("{} ({} of {} stretches of constant law)", what, days.size(), days_.size()));
    return std::move(result_);
  }

 private:
  /// A case without its day, and the stretches in which it holds.
  struct Seen {
    PathCase told;
    std::vector<std::size_t> stretches;
  };

  void stretch() {
    CaseSpace plain(law_, days_[at_], {}, out_);
    if (!plain.ok()) return;
    for (std::size_t g = 0; g < plain.space().regimes().size(); ++g) {
      const RegimeUse& use = plain.space().regimes()[g];
      if (!wanted(use)) continue;
      for (std::size_t i = 0; i < use.rules.size(); ++i) {
        present_[use.rules[i].rule].insert(at_);
        if (law_[use.rules[i].rule].group == "later_transfers") continue;
        rule(plain, g, i, use.rules[i]);
        for (const auto& [d, other] : use.rules[i].defeats) link(plain, g, i, *d, other);
      }
      findings(plain, g);
    }
    for (std::uint32_t p = 0; p < law_.provisos.size(); ++p) later(ProvisoId{p});
  }
  /// Later transfers: the proviso on the lot, and the group that is read then.
  void later(ProvisoId id) {
    const Proviso& proviso = law_.provisos[id.index];
    const auto in_text = [&](RuleId v) { return covers(law_[v].windows, days_[at_]) == Covers::yes; };
    if (options_.regime.valid() && proviso.regime != options_.regime) return;
    if (std::none_of(proviso.versions.begin(), proviso.versions.end(), in_text)) return;
    CaseSpace carrying(law_, days_[at_], id, out_);
    if (!carrying.ok()) return;
    for (std::size_t g = 0; g < carrying.space().regimes().size(); ++g) {
      const RegimeUse& use = carrying.space().regimes()[g];
      if (use.regime != proviso.regime) continue;
      for (std::size_t i = 0; i < use.provisos.size(); ++i)
        if (use.provisos[i].proviso == id) {
          present_[use.provisos[i].rule.rule].insert(at_);
          rule(carrying, g, use.rules.size() + i, use.provisos[i].rule);
        }
      if (law_.provisos[id.index].name != law_[law_[proviso.regime].provisos.front()].name) continue;
      for (std::size_t i = 0; i < use.rules.size(); ++i) {
        if (law_[use.rules[i].rule].group != "later_transfers") continue;
        rule(carrying, g, i, use.rules[i]);
        for (const auto& [d, other] : use.rules[i].defeats) link(carrying, g, i, *d, other);
      }
    }
  }
  bool wanted(const RegimeUse& use) const {
    return use.present.possible && (!options_.regime.valid() || options_.regime == use.regime);
  }

  void rule(CaseSpace& s, std::size_t g, std::size_t i, const RuleUse& u) {
    of_ = law_[u.rule].name;
    const Ref active = s.diagrams(g).active[i];
    if (!s.possible(active)) return;
    const std::size_t most = std::max(most_ways, options_.paths + 1);
    std::vector<Cube> yes = s.ways(active, most), no = s.ways(s.store().negate(active), most);
    if (yes.empty()) pass_over(law_[u.rule].name, "whether it applies hangs on unsettled law");
    for (std::vector<Cube>* all : {&yes, &no})
      if (std::erase_if(*all, [&](const Cube& c) { return !s.can_be_given(c); }) > 0)
        pass_over(law_[u.rule].name, "a constraint rules out a finding that it asks for");
    bound(law_[u.rule].name, "applies", yes);
    bound(law_[u.rule].name, "does not apply", no);
    for (const Cube& cube : yes) {
      PathCase c = about(s, g, u.rule, Shows::applies, cube);
      c.decides = {u.rule};
      const auto found = s.to_finding(g, cube);
      if (!found) {
        add(std::move(c));
        continue;
      }
      PathCase narrower = about(s, g, u.rule, Shows::applies, found->first);
      if (narrower.given != c.given) add(std::move(c));
      narrower.decides = {u.rule};
      narrower.finds = found->second;
      add(std::move(narrower));
    }
    for (const Cube& cube : no) {
      PathCase c = about(s, g, u.rule, Shows::fails, cube);
      c.leaves = {u.rule};
      add(std::move(c));
    }
  }
  /// Where the link alone decides.
  void link(CaseSpace& s, std::size_t g, std::size_t i, const Defeat& d, std::size_t other) {
    const RuleUse& u = s.space().regimes()[g].rules[i];
    const RegimeDiagrams& r = s.diagrams(g);
    const bool whole = d.part == Part::whole;
    const Ref base = whole ? s.both(r.condition[i], s.there(u)) : r.active[i];
    const Ref decisive = s.without(s.both(base, r.active[other]), s.defeated(g, i, d));
    if (!s.possible(decisive)) return;
    const std::string name = fmt::format("{} over {}", law_[d.by].name, law_[u.rule].name);
    const auto cube = s.way(decisive);
    if (!cube) return pass_over(name, "whether the link matters hangs on unsettled law");
    if (!s.can_be_given(*cube)) return pass_over(name, "a constraint rules out a finding that it asks for");
    const auto found = s.to_finding(g, *cube);
    PathCase c = about(s, g, u.rule, Shows::defeated, found ? found->first : *cube);
    c.by = d.by;
    c.decides = {d.by};
    (whole ? c.leaves : c.decides).push_back(u.rule);
    if (found) c.finds = found->second;
    add(std::move(c));
  }
  void findings(CaseSpace& s, std::size_t g) {
    for (std::size_t f = 0; f < finding_count; ++f) {
      const auto cube = s.way_to(g, static_cast<Finding>(f));
      if (!cube) continue;
      PathCase c = about(s, g, {}, Shows::finding, *cube);
      c.finds = static_cast<Finding>(f);
      add(std::move(c));
    }
  }

  PathCase about(CaseSpace& s, std::size_t g, RuleId rule, Shows shows, const Cube& cube) const {
    PathCase c;
    c.shows = shows;
    c.regime = s.space().regimes()[g].regime;
    c.rule = rule;
    c.given = s.given(cube, c.facts);
    return c;
  }
  void bound(const std::string& rule, std::string_view what, std::vector<Cube>& cubes) {
    if (cubes.size() <= options_.paths) return;
    pass_over(rule, fmt::format("more than {} way{} in which it {}", options_.paths,
                                options_.paths == 1 ? "" : "s", what));
    cubes.resize(options_.paths);
  }
  void pass_over(const std::string& name, std::string_view why) {
    passed_over_[fmt::format("{}: {}", name, why)].insert(at_);
  }
  void add(PathCase c) {
    if (c.given.empty())
      return pass_over(law_[c.regime].name, "it is so of all facts, and there is none to give");
    std::vector<Seen>& all = seen_[{c.regime.index, c.rule.index}];
    const auto it = std::find_if(all.begin(), all.end(), [&](const Seen& s) { return s.told == c; });
    Seen& seen = it == all.end() ? all.emplace_back(Seen{std::move(c), {}}) : *it;
    if (seen.stretches.empty() || seen.stretches.back() != at_) seen.stretches.push_back(at_);
  }

  // --- days ---
  Date last_day(std::size_t stretch) const { return Date{days_[stretch + 1].days - 1}; }
  void tell(const Subject& subject, std::vector<Seen>& all) {
    std::vector<PathCase> out;
    for (Seen& seen : all)
      for (std::size_t i = 0; i < seen.stretches.size();) {
        std::size_t end = i;
        while (end + 1 < seen.stretches.size() && seen.stretches[end + 1] == seen.stretches[end] + 1) ++end;
        on_both_ends(seen.told, seen.stretches[i], seen.stretches[end], out);
        i = end + 1;
      }
    if (subject.rule != ~std::uint32_t{0} && !options_.on) edges(RuleId{subject.rule}, all, out);
    std::stable_sort(out.begin(), out.end(),
                     [](const PathCase& a, const PathCase& b) { return a.on < b.on; });
    result_.cases.insert(result_.cases.end(), out.begin(), out.end());
  }
  void on_both_ends(PathCase c, std::size_t first, std::size_t last, std::vector<PathCase>& out) const {
    c.on = days_[first];
    out.push_back(c);
    if (last + 1 == days_.size() || last_day(last) == c.on) return;
    c.on = last_day(last);
    out.push_back(std::move(c));
  }
  /// The day before a rule comes and the day after it goes, with facts to which it would apply.
  void edges(RuleId rule, const std::vector<Seen>& all, std::vector<PathCase>& out) {
    const std::set<std::size_t>& present = present_.at(rule);
    std::map<std::pair<std::size_t, Shows>, bool> told;
    const auto edge = [&](const PathCase& applies, std::size_t s, Shows shows, Date on) {
      bool& done = told[{s, shows}];
      if (done || !possible(applies, on)) return;
      done = true;
      PathCase c = applies;
      c.decides.clear();
      c.leaves = {rule};
      c.finds.reset();
      c.shows = shows;
      c.on = on;
      out.push_back(std::move(c));
    };
    for (const Seen& seen : all) {
      if (seen.told.shows != Shows::applies) continue;
      for (const std::size_t s : seen.stretches) {
        if (s > 0 && !present.contains(s - 1)) edge(seen.told, s, Shows::not_yet, last_day(s - 1));
        if (s + 1 < days_.size() && !present.contains(s + 1))
          edge(seen.told, s, Shows::no_longer, days_[s + 1]);
      }
    }
    for (const auto& [where, done] : told)
      if (!done)
        passed_over_[fmt::format("{}: what it applies to cannot be on the day {}", law_[rule].name,
                                 where.second == Shows::not_yet ? "before it comes" : "after it goes")]
            .insert(where.first);
  }
  /// Whether what the case gives can be so on another day: constraints read lists, which change with the
  /// days.
  bool possible(const PathCase& c, Date on) const {
    Case other;
    other.on = on;
    other.given = c.facts;
    Diagnostics ignored;
    CaseEngine asked(law_, other, ignored);
    return asked.ok() && asked.engine().consistent(asked.state());
  }

  const Law& law_;
  const PathOptions& options_;
  Diagnostics& out_;
  std::vector<Date> days_;
  std::size_t at_ = 0;
  std::string of_;  // the rule that cases are made for
  std::map<Subject, std::vector<Seen>> seen_;
  std::map<RuleId, std::set<std::size_t>> present_;
  std::map<std::string, std::set<std::size_t>> passed_over_;
  PathCases result_;
};

}  // namespace

PathCases path_cases(const Law& law, const PathOptions& options, Diagnostics& out) {
  return Generator(law, options, out).run();
}

}  // namespace sekisho
