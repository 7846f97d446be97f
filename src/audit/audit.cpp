#include "audit/audit.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "engine/compiler.h"
#include "engine/words.h"
#include "law/stretches.h"

namespace sekisho {
namespace {

using Part = tree::Part;

/// What was seen of one rule over all stretches in which it is there.
struct RuleSeen {
  bool present = false, governed = false, met = false, applies = false;
  bool always = true;                // its condition was never false
  std::set<std::uint32_t> defeated;  // by which rules where its condition is met
  std::string example;               // of where it applies, its condition never false so far
};

/// What was seen of one link.
struct LinkSeen {
  bool together = false, matters = false;
  std::string example;  // of where the rule that prevails applies and, if it can be, the other would
};

/// One stretch: the law of its first day, compiled, and what its diagrams say of each rule.
class Stretch {
 public:
  Stretch(const Law& law, Date day, std::size_t node_limit, Diagnostics& out)
      : day_(day),
        question_(question_of_law(law, nothing_, day)),
        space_(question_, out),
        compiled_(space_, Relations::own_variables, law.asked_first, out, node_limit, Extent::activity) {
    std::vector<Values> all;
    for (const Variable& v : space_.variables()) all.push_back(v.known);
    box_ = compiled_.box(all);
    // While nobody has found a judged fact, both findings are read, whatever constraints say of them.
    if (compiled_.ok())
      possible_ = store().within(store().exists(compiled_.care(), compiled_.judged()), box_);
  }
  bool ok() const { return compiled_.ok(); }
  Date day() const { return day_; }
  std::span<const RegimeUse> regimes() const { return space_.regimes(); }
  const RegimeDiagrams& diagrams(std::size_t g) const { return compiled_.regimes().front()[g]; }
  Diagrams& store() { return compiled_.store(); }

  bool can_be(Ref r) { return store().meets(r, possible_, box_); }
  bool can_fail(Ref r) { return can_be(store().negate(r)); }
  Ref program(ProgramId p) { return compiled_.program(p); }
  Ref both(Ref a, Ref b) { return store().join(Join::both, a, b); }
  Ref either(Ref a, Ref b) { return store().join(Join::either, a, b); }
  Ref without(Ref a, Ref b) { return both(a, store().negate(b)); }
  /// Whether a link other than `except` defeats a part of the rule.
  Ref defeated(std::size_t g, std::size_t rule, Part part, std::size_t effect,
               const Defeat* except = nullptr) {
    return compiled_.defeated(regimes()[g].rules[rule], part, effect, diagrams(g), except);
  }
  Ref condition(std::size_t g, std::size_t rule) {
    return both(diagrams(g).condition[rule], compiled_.there(regimes()[g].rules[rule]));
  }
  Ref stands(std::size_t g, std::size_t rule, Part part) {
    return without(diagrams(g).active[rule], defeated(g, rule, part, 0));
  }
  /// A completion in which the diagram is yes, one value for each variable.
  std::vector<Values> completion(Ref r) {
    std::vector<Values> path;
    store().path(both(r, possible_), box_, path);
    return path;
  }
  bool holds(Ref r, const std::vector<Values>& completion) {
    while (!r.is_leaf()) r = store().children(r)[completion[store().level(r)]._Find_first()];
    return r != no_leaf;
  }
  /// A completion in words: what the diagram asks of it.
  std::string example(Ref r) {
    const std::vector<bool> asked = store().support(r);
    std::vector<Values> told = completion(r);
    for (Level l = 0; l < told.size(); ++l)
      if (!asked[l]) told[l] = box_[l];
    std::string text;
    for (const Phrase& p : in_words(compiled_, told, box_, day_)) text += (text.empty() ? "" : ", ") + p.text;
    return fmt::format("for example on {}: {}", to_string(day_), text.empty() ? "always" : text);
  }

 private:
  const World nothing_;
  Date day_;
  Question question_;
  Space space_;
  Compiled compiled_;
  std::vector<Values> box_;
  Ref possible_ = no_leaf;
};

class Audit {
 public:
  Audit(const Law& law, std::size_t node_limit, Diagnostics& out)
      : law_(law), node_limit_(node_limit), out_(out), rules_(law.rules.size()) {}

  void run() {
    const std::vector<Date> days = stretches(law_);
    // What holds of a rule on every day is told where every day was looked at; the rest needs no diagrams.
    if (std::all_of(days.begin(), days.end(), [&](Date day) { return looked_at(day); })) {
      tell_rules();
      if (!between_left_out_) tell_shadows();
    }
    for (const List& l : law_.lists) unread_members(l, days);
    for (const Regime& r : law_.regimes) holes(r.name, r.at, r.windows);
    for (const Rule& r : law_.rules) {
      if (!r.proviso.valid()) holes(r.name, r.at, r.windows);
      holes_of_links(r);
    }
    for (const Right& r : law_.rights) holes(r.name, r.at, r.windows);
    for (const Proviso& p : law_.provisos) {
      std::vector<Window> all;
      for (const RuleId v : p.versions) append(all, law_[v].windows);
      holes(p.name, law_[p.versions.front()].at, std::move(all));
    }
    for (const List& l : law_.lists) holes_of_members(l);
    for (const Threshold& t : law_.thresholds) {
      std::vector<Window> all;
      for (const ThresholdStep& step : t.steps) append(all, step.windows);
      holes(t.name, t.at, std::move(all));
    }
  }

 private:
  // --- what one stretch shows ---
  /// @returns false after a report that the law of the day is too large for what there is of each rule
  bool looked_at(Date day) {
    Stretch s(law_, day, node_limit_, out_);
    if (!s.ok()) return false;
    try {
      for (std::size_t g = 0; g < s.regimes().size(); ++g)
        if (s.regimes()[g].present.possible) each_rule(s, g);
    } catch (const TooManyNodes&) {
      too_large(day);
      return false;
    }
    try {
      for (std::size_t g = 0; g < s.regimes().size() && !between_left_out_; ++g)
        if (s.regimes()[g].present.possible) between_rules(s, g);
    } catch (const TooManyNodes&) {
      too_large(day);
      between_left_out_ = true;
    }
    return true;
  }
  void too_large(Date day) {
    out_.emit(code::too_many_nodes, TextSpan{}, node_limit_)
        .note(fmt::format("it happened in proving what there is of {} on {}", at_, to_string(day)))
        .fix(
            "allow more with `--nodes`, keep an order that `law order --find` finds, or let fewer facts be "
            "told "
            "apart");
  }
  void each_rule(Stretch& s, std::size_t g) {
    const RegimeUse& use = s.regimes()[g];
    for (std::size_t i = 0; i < use.rules.size(); ++i) {
      at_ = law_[use.rules[i].rule].name;
      rule(s, g, i);
      links(s, g, i);
    }
  }
  void between_rules(Stretch& s, std::size_t g) {
    const Regime& r = law_[s.regimes()[g].regime];
    if (!r.strictest_prevails) opposites(s, g);
    if (r.no_gaps) gaps(s, g);
    shadows(s, g);
  }

  void rule(Stretch& s, std::size_t g, std::size_t i) {
    const RuleUse& u = s.regimes()[g].rules[i];
    RuleSeen& seen = rules_[u.rule.index];
    seen.present = true;
    const Ref condition = s.program(u.when), met = s.condition(g, i);
    seen.met = seen.met || s.can_be(condition);
    seen.governed = seen.governed || s.can_be(met);
    seen.always = seen.always && !s.can_fail(condition);
    if (seen.applies) return;
    seen.applies = s.can_be(s.diagrams(g).active[i]);
    if (seen.applies && seen.always) seen.example = s.example(s.diagrams(g).active[i]);
    for (const auto& [d, other] : u.defeats)
      if (d->part == Part::whole && s.can_be(s.both(met, s.diagrams(g).active[other])))
        seen.defeated.insert(d->by.index);
  }

  /// A link matters where what it defeats would stand without it.
  void links(Stretch& s, std::size_t g, std::size_t i) {
    for (const auto& [d, other] : s.regimes()[g].rules[i].defeats) {
      LinkSeen& seen = links_[d];
      seen.together = true;
      if (seen.matters) continue;
      const Ref base = d->part == Part::whole ? s.condition(g, i) : s.diagrams(g).active[i];
      const Ref stands = s.without(base, s.defeated(g, i, d->part, d->effect, d));
      const Ref prevails = s.diagrams(g).active[other], met = s.both(base, prevails);
      seen.matters = s.can_be(s.both(stands, prevails));
      if (seen.matters || !seen.example.empty() || !s.can_be(prevails)) continue;
      seen.example = s.example(s.can_be(met) ? met : prevails);
    }
  }

  void opposites(Stretch& s, std::size_t g) {
    const auto& rules = s.regimes()[g].rules;
    Ref permitted = no_leaf;
    std::vector<Ref> routes(rules.size(), no_leaf);
    for (std::size_t i = 0; i < rules.size(); ++i)
      if (law_[rules[i].rule].permits) {
        routes[i] = s.stands(g, i, Part::permission);
        permitted = s.either(permitted, routes[i]);
      }
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const Rule& a = law_[rules[i].rule];
      if (!a.prohibits) continue;
      at_ = "what is unlinked to " + a.name;
      const Ref bars = s.stands(g, i, Part::prohibition);
      if (!s.can_be(s.both(bars, permitted))) continue;
      for (std::size_t k = 0; k < rules.size(); ++k) {
        const Ref clash = s.both(bars, routes[k]);
        if (clash == no_leaf || !s.can_be(clash) || !clashes_.insert({rules[i].rule, rules[k].rule}).second)
          continue;
        const Rule& b = law_[rules[k].rule];
        out_.emit(code::unlinked_opposites, a.at, a.name, b.name)
            .note(b.at, s.example(clash))
            .fix(
                "link one to the other with `notwithstanding` or `subject to`, or declare `unlinked "
                "opposites strictest "
                "prevails`");
      }
    }
  }

  void gaps(Stretch& s, std::size_t g) {
    const RegimeUse& use = s.regimes()[g];
    Ref left = s.diagrams(g).main;
    for (std::size_t i = 0; i < use.rules.size(); ++i) {
      at_ = "gaps beside " + law_[use.rules[i].rule].name;
      left = s.without(left, s.diagrams(g).active[i]);
    }
    if (!s.can_be(left) || !gaps_.insert(use.regime.index).second) return;
    const Regime& r = law_[use.regime];
    out_.emit(code::gap, r.at, r.name)
        .note(s.example(left))
        .fix("add a rule for these, or leave out `no gaps`: what `otherwise` says decides them now");
  }

  // --- rules that others shadow ---
  /// Whether no answer changes where `a` is left out and `b` applies: finding, needs, provisos, obligations.
  bool brings(const Rule& a, const Rule& b) const {
    if (a.group != b.group || a.prohibits != b.prohibits || a.permits != b.permits) return false;
    if (a.force != b.force || a.addressee != b.addressee || a.lifted_by != b.lifted_by) return false;
    if (!a.owes.empty() || !a.waits.empty() || !b.owes.empty() || !b.waits.empty()) return false;
    // A route that asks for more is not taken, yet an act that grants what it asks may add provisos: of
    // routes, both have to say the same.
    return all_within(a, b) && (!a.permits || all_within(b, a));
  }
  /// Whether the needs and provisos of a rule stand in the other too, each open in the same cases.
  static bool all_within(const Rule& inner, const Rule& outer) {
    const auto within = [](const auto& these, const auto& those, auto same) {
      return std::all_of(these.begin(), these.end(), [&](const auto& x) {
        return std::any_of(those.begin(), those.end(), [&](const auto& y) { return same(x, y); });
      });
    };
    const auto need = [&](const NeedUse& x, const NeedUse& y) {
      return x.need == y.need && x.posture == y.posture && implying(inner, x.need) == implying(outer, x.need);
    };
    const auto bind = [](const BindUse& x, const BindUse& y) {
      return x.proviso == y.proviso && x.arguments == y.arguments;
    };
    return within(inner.needs, outer.needs, need) && within(inner.binds, outer.binds, bind);
  }
  /// The needs of a rule any of which, granted, stands for this one.
  static std::set<NeedId> implying(const Rule& r, NeedId need) {
    std::set<NeedId> out;
    for (const NeedUse& n : r.needs)
      if (std::find(n.implies.begin(), n.implies.end(), need) != n.implies.end()) out.insert(n.need);
    return out;
  }

  void shadows(Stretch& s, std::size_t g) {
    const auto& rules = s.regimes()[g].rules;
    const auto& active = s.diagrams(g).active;
    std::set<RuleId> prevailing, cut;  // rules over others, and rules that lose single effects
    for (const RuleUse& u : rules)
      for (const auto& [d, other] : u.defeats) {
        prevailing.insert(d->by);
        if (d->part != Part::whole) cut.insert(u.rule);
      }
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const RuleId a = rules[i].rule;
      at_ = "what shadows " + law_[a].name;
      if (prevailing.contains(a) || cut.contains(a)) {
        shadowed_by_[a].clear();
        unshadowed_.insert(a);
      }
      if (unshadowed_.contains(a) || !s.can_be(active[i])) continue;
      const std::vector<Values> one = s.completion(active[i]);
      std::set<RuleId> over;
      for (std::size_t k = 0; k < rules.size(); ++k) {
        const RuleId b = rules[k].rule;
        if (k == i || cut.contains(b) || !s.holds(active[k], one) || !brings(law_[a], law_[b])) continue;
        if (shadow_example_.contains(a) && !shadowed_by_[a].contains(b)) continue;
        if (!s.can_be(s.without(active[i], active[k]))) over.insert(b);
      }
      if (!shadow_example_.contains(a)) shadow_example_[a] = s.example(active[i]);
      shadowed_by_[a] = std::move(over);
      if (shadowed_by_[a].empty()) unshadowed_.insert(a);
    }
  }

  void tell_shadows() {
    std::set<RuleId> told;
    for (const auto& [a, over] : shadowed_by_) {
      const auto b = std::find_if(over.begin(), over.end(), [&](RuleId r) { return !told.contains(r); });
      if (b == over.end()) continue;
      // Of two that say the same, the later one is told.
      if (const auto back = shadowed_by_.find(*b);
          back != shadowed_by_.end() && back->second.contains(a) && a < *b)
        continue;
      told.insert(a);
      out_.emit(code::wholly_shadowed, law_[a].at, law_[a].name, law_[*b].name)
          .note(law_[*b].at, shadow_example_[a] + ", where both apply")
          .fix(fmt::format("leave `{}` out, or say where it goes further", law_[a].name));
    }
  }

  // --- what all stretches together show ---
  void tell_rules() {
    for (std::uint32_t i = 0; i < rules_.size(); ++i) {
      const Rule& r = law_.rules[i];
      const RuleSeen& seen = rules_[i];
      if (r.proviso.valid()) continue;
      if (!seen.present || !seen.applies) {
        auto d = out_.emit(code::never_applies, r.at, r.name);
        if (!seen.present)
          d.note("its regime is in force on no day on which it is")
              .fix("mend the dates of the rule or of the regime");
        else if (!seen.met)
          d.note("no completion of the facts meets its condition")
              .fix("look for what contradicts itself, or leave it out");
        else if (!seen.governed)
          d.note("the regime governs no transfer that meets its condition")
              .fix("mend `governs` or the condition");
        else
          d.note(fmt::format("wherever its condition is met, {} defeats it", names(seen.defeated)))
              .fix("narrow what prevails over it, or leave it out");
      } else if (seen.always && r.when.valid()) {
        out_.emit(code::always_true, r.at, r.name)
            .note(seen.example)
            .fix("leave `when` out: it applies to all that the regime governs");
      }
      for (auto d = r.defeats.begin(); d != r.defeats.end(); ++d)
        if (d == r.defeats.begin() || !same_link(*d, *std::prev(d))) link(r, *d);
    }
  }
  /// One link may take several effects away.
  static bool same_link(const Defeat& a, const Defeat& b) { return a.by == b.by && a.at.begin == b.at.begin; }
  void link(const Rule& r, const Defeat& d) {
    const LinkSeen* together = nullptr;
    for (const Defeat& one : r.defeats)
      if (const auto it = links_.find(&one); same_link(one, d) && it != links_.end()) {
        if (it->second.matters) return;
        together = &it->second;
      }
    out_.emit(code::link_never_matters, d.at, law_[d.by].name, r.name)
        .note(r.at, together == nullptr
                        ? std::string("they are never in force together")
                        : fmt::format("where {} applies, {} does not stand anyhow{}{}", law_[d.by].name,
                                      r.name, together->example.empty() ? "" : ", ", together->example))
        .fix("leave the link out");
  }
  std::string names(const std::set<std::uint32_t>& rules) const {
    std::string out;
    for (const std::uint32_t i : rules) out += (out.empty() ? "" : " or ") + law_.rules[i].name;
    return out;
  }

  // --- dates ---
  void unread_members(const List& list, const std::vector<Date>& days) {
    const auto index = static_cast<std::uint32_t>(&list - law_.lists.data());
    const auto reads = [&](ExprId e) {
      bool found = false;
      each_node(law_, e, [&](const Expr& n) { found = found || (n.list.valid() && n.list.index == index); });
      return found;
    };
    std::vector<const std::vector<Window>*> when;
    bool always = false;
    for (const Rule& r : law_.rules)
      if (reads(r.when) || reads(r.lapses)) when.push_back(&r.windows);
    for (const Regime& r : law_.regimes)
      if (reads(r.governs)) when.push_back(&r.windows);
    for (const Constraint& c : law_.constraints) always = always || reads(c.always);
    for (const ListMember& m : list.members) {
      const bool read = always || std::any_of(days.begin(), days.end(), [&](Date day) {
                          return covers(m.windows, day) != Covers::no &&
                                 std::any_of(when.begin(), when.end(),
                                             [&](const auto* w) { return covers(*w, day) != Covers::no; });
                        });
      if (!read)
        out_.emit(code::member_unread, m.at, list.name, show_value(list.type, m.value))
            .fix("leave the member out, or let a rule of those days read the list");
    }
  }
  static void append(std::vector<Window>& all, const std::vector<Window>& more) {
    all.insert(all.end(), more.begin(), more.end());
  }
  /// Of what is said several times, each time for some days: where it stands first, and all its days.
  template <class Said, class KeyOf>
  static auto together(const std::vector<Said>& all, const KeyOf& key) {
    std::map<decltype(key(all.front())), std::pair<TextSpan, std::vector<Window>>> out;
    for (const Said& s : all)
      append(out.try_emplace(key(s), s.at, std::vector<Window>()).first->second.second, s.windows);
    return out;
  }
  /// That a member was struck off and put back is no mistake by itself; a few days in between look like one.
  void holes_of_members(const List& list) {
    constexpr std::int32_t looks_like_a_slip = 31;  // days
    for (auto& [member, of] :
         together(list.members, [&](const ListMember& m) { return show_value(list.type, m.value); }))
      holes(fmt::format("{} in {}", member, list.name), of.first, of.second, looks_like_a_slip);
  }
  void holes_of_links(const Rule& rule) {
    for (auto& [link, of] :
         together(rule.defeats, [&](const Defeat& d) { return std::pair(d.by, effect_name(law_, rule, d)); }))
      holes(fmt::format("{} notwithstanding {}", law_[link.first].name, rule.name), of.first, of.second);
  }
  /// @param longest  in days, of holes that are told
  void holes(const std::string& name, TextSpan at, std::vector<Window> windows,
             std::int32_t longest = std::numeric_limits<std::int32_t>::max()) {
    std::sort(windows.begin(), windows.end(),
              [](const Window& a, const Window& b) { return a.from.earliest < b.from.earliest; });
    Date until = far_past;
    for (std::size_t i = 0; i + 1 < windows.size(); ++i) {
      until = std::max(until, windows[i].to.latest);
      const Date first{until.days + 1}, last{windows[i + 1].from.earliest.days - 1};
      if (first <= last && last.days - first.days < longest)
        out_.emit(code::hole_in_dates, at, name, to_string(first), to_string(last))
            .fix("if the law stood still in between, say so in a comment; else mend the dates");
    }
  }

  const Law& law_;
  std::size_t node_limit_;
  Diagnostics& out_;
  std::string at_;                 // what is being proved
  bool between_left_out_ = false;  // opposites, gaps and shadows of some day
  std::vector<RuleSeen> rules_;
  std::map<const Defeat*, LinkSeen> links_;
  std::set<std::pair<RuleId, RuleId>> clashes_;
  std::set<std::uint32_t> gaps_;
  std::map<RuleId, std::set<RuleId>> shadowed_by_;
  std::map<RuleId, std::string> shadow_example_;
  std::set<RuleId> unshadowed_;
};

}  // namespace

void audit(const Law& law, std::size_t node_limit, Diagnostics& out) {
  Audit(law, node_limit, out).run();
}

}  // namespace sekisho
