#include "proof/bound.h"

#include <fmt/format.h>

#include <algorithm>

namespace sekisho::proof {
namespace {

class Bound {
 public:
  Bound(const Case& c, const Regime& regime, const RegimeReading& read, const Page& said)
      : case_(c), law_(c.law()), reader_(c, nothing_), regime_(regime), read_(read), said_(said) {}

  void run() {
    for (const Page& route : said_["routes"].list())
      if (route["used"].yes()) use(route);
    const std::string best = said_["best"].text();
    const bool none = best == to_string(Finding::prohibited);
    provisos(none || best == to_string(Finding::not_engaged));
    obligations(none);
  }

 private:
  void use(const Page& route) {
    const RuleReading* r = reading(route["route"].text());
    if (r == nullptr || r->active == Truth::no || lost(*r, tree::Part::permission, 0) == Truth::yes)
      route["used"].wrong("the replay finds that this route does not stand");
    else if (used_ != nullptr)
      route["used"].wrong("one route is used, not two");
    else
      used_ = r;
  }
  const RuleReading* reading(const std::string& rule) const {
    for (const auto* all : {&read_.rules, &read_.provisos})
      for (const RuleReading& r : *all)
        if (r.rule->name == rule && r.active != Truth::no) return &r;
    return nullptr;
  }
  /// What it brings may bind.
  bool counts(const RuleReading& r) const {
    return r.active != Truth::no && (!r.rule->permits || &r == used_);
  }
  /// Each effect of rules that bind for sure, whether or not somebody's discretion is still open.
  template <class Visit>
  void surely(const Visit& visit) const {
    each_that_counts([&](const RuleReading& r) {
      if (r.active == Truth::yes) visit(r);
    });
  }
  template <class Visit>
  void each_that_counts(const Visit& visit) const {
    for (const auto* all : {&read_.rules, &read_.provisos})
      for (const RuleReading& r : *all)
        if (counts(r)) visit(r);
  }
  /// Of equal entries each has its own effect: a proviso that lies on the lot twice binds twice.
  void as_often(const std::vector<Page>& entries, std::size_t i, std::size_t stated,
                const std::string& otherwise) {
    const auto until = entries.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    const auto told =
        std::count_if(entries.begin(), until, [&](const Page& p) { return p.json() == entries[i].json(); });
    if (stated == 0)
      entries[i].wrong(otherwise);
    else if (static_cast<std::size_t>(told) > stated)
      entries[i].wrong("it is told twice");
  }

  // --- provisos ---
  Json with(const BindUse& use) const {
    Json out = Json::object();
    for (const auto& [parameter, argument] : use.arguments) {
      const FactId f = law_.find_fact(argument);
      const auto given = f.valid() ? case_.premises().facts.find(f) : case_.premises().facts.end();
      const bool known = given != case_.premises().facts.end() && given->second.form == Given::Form::one_of &&
                         given->second.values.size() == 1;
      out[parameter] = known ? show_value(law_[f].type, given->second.values.front()) : argument;
    }
    return out;
  }
  bool cited(ProvisoId id, const Json& cite) const {
    const auto& versions = law_[id].versions;
    return std::any_of(versions.begin(), versions.end(), [&](RuleId v) { return law_[v].cite == cite; });
  }
  static bool is(const Page& p, const Act::Added& a) {
    return p["proviso"].json() == a.proviso && p["with"].json() == a.with;
  }
  /// An act that gives what is needed here, or would.
  bool gives(const Act& act) {
    const auto decides = [&](NeedId need) {
      if (!need.valid()) return false;
      const std::vector<const Act*> by = reader_.deciding({Matter::Kind::need, need.index, {}});
      return std::find(by.begin(), by.end(), &act) != by.end();
    };
    bool some = regime_.otherwise_prohibited && decides(regime_.otherwise_lifted_by);
    each_that_counts([&](const RuleReading& r) {
      some = some || decides(r.rule->lifted_by) ||
             std::any_of(r.rule->needs.begin(), r.rule->needs.end(),
                         [&](const NeedUse& n) { return decides(n.need); });
    });
    return some;
  }
  bool by_act(const Page& p) {
    const auto& acts = case_.premises().acts;
    return std::any_of(acts.begin(), acts.end(), [&](const Act& a) {
      return a.id == p["bound_by"].json() && a.state == "granted" && a.title == p["cite"].json() &&
             std::any_of(a.adds.begin(), a.adds.end(),
                         [&](const Act::Added& added) { return is(p, added); }) &&
             gives(a);
    });
  }
  /// What acts add that give what a rule needs.
  void added(const RuleReading& r, const std::vector<Page>& entries) {
    for (std::size_t k = 0; k < r.rule->needs.size(); ++k) {
      const Matter m{Matter::Kind::need, r.rule->needs[k].need.index, {}};
      if (lost(r, tree::Part::need, k) != Truth::no ||
          reader_.left(m) != std::vector{Value{need_granted, {}}})
        continue;
      for (const Act* a : reader_.deciding(m))
        for (const Act::Added& one : a->adds)
          if (std::none_of(entries.begin(), entries.end(), [&](const Page& p) { return is(p, one); }))
            said_["provisos"].wrong(fmt::format("what `{}` adds is left out: `{}`", a->id, one.proviso));
    }
  }
  void provisos(bool none) {
    const std::vector<Page> entries = said_["provisos"].list();
    if (none && !entries.empty()) return said_["provisos"].wrong("nothing moves, and nothing binds");
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string by = entries[i]["bound_by"].text();
      as_often(entries, i, by_act(entries[i]) ? 1 : stated(entries[i], by),
               fmt::format("the replay finds no `{}` that binds this", by));
    }
    if (none) return;
    surely([&](const RuleReading& r) {
      for (std::size_t k = 0; k < r.rule->binds.size(); ++k)
        if (lost(r, tree::Part::proviso, k) == Truth::no && !listed(entries, r, r.rule->binds[k]))
          said_["provisos"].wrong(fmt::format("what `{}` binds is left out: `{}`", r.rule->name,
                                              law_[r.rule->binds[k].proviso].name));
      added(r, entries);
    });
  }
  bool is(const Page& p, const BindUse& use) const {
    return p["proviso"].json() == law_[use.proviso].name && p["with"].json() == with(use) &&
           cited(use.proviso, p["cite"].json());
  }
  /// How often what counts states it.
  std::size_t stated(const Page& p, const std::string& by) const {
    std::size_t times = 0;
    each_that_counts([&](const RuleReading& r) {
      for (std::size_t k = 0; k < r.rule->binds.size(); ++k)
        if (r.rule->name == by && lost(r, tree::Part::proviso, k) != Truth::yes && is(p, r.rule->binds[k]))
          ++times;
    });
    return times;
  }
  bool listed(const std::vector<Page>& entries, const RuleReading& r, const BindUse& use) const {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const Page& p) { return p["bound_by"].json() == r.rule->name && is(p, use); });
  }

  // --- obligations ---
  Json duty(const RuleReading& r, const Duty& d) const {
    Json j{{"kind", d.kind}, {"text", d.text}, {"to", law_[d.to].name}, {"by", r.rule->name}};
    if (!d.from_event.empty())
      j["within"] = fmt::format("{} {} of {}", d.count, d.months ? "months" : "days", d.from_event);
    return j;
  }
  void obligations(bool none) {
    const std::vector<Page> entries = said_["obligations"].list();
    if (none && !entries.empty()) return said_["obligations"].wrong("nothing moves, and nothing is owed");
    for (std::size_t i = 0; i < entries.size(); ++i)
      as_often(entries, i, owed(entries[i].json()), "the replay finds no rule that obliges to this");
    if (none) return;
    surely([&](const RuleReading& r) {
      for (std::size_t k = 0; k < r.rule->owes.size(); ++k) {
        const Json expected = duty(r, r.rule->owes[k]);
        const bool there =
            std::any_of(entries.begin(), entries.end(), [&](const Page& o) { return o.json() == expected; });
        if (!there && lost(r, tree::Part::obligation, k) == Truth::no)
          said_["obligations"].wrong(fmt::format("what `{}` obliges to is left out", r.rule->name));
      }
    });
  }
  std::size_t owed(const Json& said) const {
    std::size_t times = 0;
    each_that_counts([&](const RuleReading& r) {
      for (std::size_t k = 0; k < r.rule->owes.size(); ++k)
        if (lost(r, tree::Part::obligation, k) != Truth::yes && duty(r, r.rule->owes[k]) == said) ++times;
    });
    return times;
  }

  const Case& case_;
  const Law& law_;
  const Known nothing_;
  Reader reader_;
  const Regime& regime_;
  const RegimeReading& read_;
  const Page& said_;
  const RuleReading* used_ = nullptr;
};

}  // namespace

void check_bound(const Case& c, const Regime& regime, const RegimeReading& read, const Page& said) {
  Bound(c, regime, read, said).run();
}

}  // namespace sekisho::proof
