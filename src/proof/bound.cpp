#include "proof/bound.h"

#include <fmt/format.h>

#include <algorithm>

namespace sekisho::proof {
namespace {

class Bound {
 public:
  Bound(const Case& c, const RegimeReading& regime, const Page& said)
      : case_(c), law_(c.law()), reader_(c, nothing_), regime_(regime), said_(said) {}

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
    for (const auto* all : {&regime_.rules, &regime_.provisos})
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
    for (const auto* all : {&regime_.rules, &regime_.provisos})
      for (const RuleReading& r : *all)
        if (r.active == Truth::yes && counts(r)) visit(r);
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
  bool by_act(const Page& p) const {
    const auto& acts = case_.premises().acts;
    return std::any_of(acts.begin(), acts.end(), [&](const Act& a) {
      return a.id == p["bound_by"].json() && a.state == "granted" && a.title == p["cite"].json() &&
             std::any_of(a.adds.begin(), a.adds.end(), [&](const Act::Added& added) { return is(p, added); });
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
    for (const Page& p : entries) {
      const std::string by = p["bound_by"].text();
      if (by_act(p)) continue;
      const RuleReading* r = reading(by);
      const bool stated = r != nullptr && counts(*r) && states(*r, p);
      if (!stated) p.wrong(fmt::format("the replay finds no `{}` that binds this", by));
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
  bool states(const RuleReading& r, const Page& p) const {
    for (std::size_t k = 0; k < r.rule->binds.size(); ++k)
      if (lost(r, tree::Part::proviso, k) != Truth::yes && is(p, r.rule->binds[k])) return true;
    return false;
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
    for (const Page& o : entries) {
      const RuleReading* r = reading(o["by"].text());
      const bool stated = r != nullptr && counts(*r) && owes(*r, o.json());
      if (!stated) o.wrong("the replay finds no rule that obliges to this");
    }
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
  bool owes(const RuleReading& r, const Json& said) const {
    for (std::size_t k = 0; k < r.rule->owes.size(); ++k)
      if (lost(r, tree::Part::obligation, k) != Truth::yes && duty(r, r.rule->owes[k]) == said) return true;
    return false;
  }

  const Case& case_;
  const Law& law_;
  const Known nothing_;
  Reader reader_;
  const RegimeReading& regime_;
  const Page& said_;
  const RuleReading* used_ = nullptr;
};

}  // namespace

void check_bound(const Case& c, const RegimeReading& regime, const Page& said) {
  Bound(c, regime, said).run();
}

}  // namespace sekisho::proof
