#include "proof/needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "proof/settle.h"

namespace sekisho::proof {
namespace {

/// A provision that needs something, as it would stand in the answer.
struct Role {
  const std::string *by, *cite;
  Posture posture = Posture::none;
  bool lifts = false;       // it would lift a bar of the provision
  Truth shown = Truth::no;  // a final act of the same rule shows it
};

/// A judged fact that has to be found in one way.
struct ToFind {
  Matter judged;
  std::int64_t value;
  Page at;
};

class Needs {
 public:
  Needs(const Case& c, const Regime& regime, const RegimeReading& read, const Page& said, Verdict& verdict,
        std::size_t most_readings)
      : case_(c),
        law_(c.law()),
        reader_(c, nothing_),
        regime_(regime),
        read_(read),
        said_(said),
        best_(parse_finding(said["best"].text()).value_or(Finding::not_engaged)),
        verdict_(verdict),
        most_readings_(most_readings) {}

  void run() {
    find_used();
    bool some_open = false;
    for (const Page& n : said_["needs"].list()) {
      ++verdict_.needs;
      one(n);
      some_open = some_open || n["status"].json() == "open";
    }
    for (const ToFind& f : to_find_) found_so(f);
    if (best_ != Finding::authorisation_required) return;
    if (!some_open) return said_["needs"].wrong("something must be authorised, and no need is open");
    nothing_more();
  }

 private:
  void find_used() {
    for (const Page& route : said_["routes"].list())
      if (route["used"].yes())
        for (const RuleReading& r : read_.rules)
          if (r.rule->name == route["route"].json()) used_ = &r;
  }
  void one(const Page& n) {
    n["regime"].expect(regime_.name);
    const std::string name = n["need"].text();
    const FactId f = law_.find_fact(name);
    if (f.valid() && law_[f].judged_by.valid())
      to_find(f, n);
    else if (const NeedId id = law_.find_need(name); id.valid())
      act_needed(id, n);
    else
      n.wrong(fmt::format("no rulebook has the need `{}`", name));
  }

  // --- judged facts ---
  void to_find(FactId f, const Page& n) {
    const Matter m{Matter::Kind::fact, f.index, {}};
    by_authority(law_[law_[f].judged_by], m, n);
    n["kind"].expect("finding");
    n["state"].expect("none");
    n["status"].expect("open");
    n["posture"].expect(nullptr);
    for (const char* key : {"implied", "would_lift"})
      if (const auto of_acts = n.find(key)) of_acts->wrong("no finding has this");
    const std::string finding = n["finding"].text();
    if (finding != "yes" && finding != "no") return n["finding"].wrong("it is found, yes or no");
    if (best_ != Finding::authorisation_required) n.wrong("the finding hangs on nothing that is to be found");
    if (!may_be(m, judged_none)) n["state"].wrong("its authority has found it");
    if (!read_by(f, n["for"].json(), n["cite"].json()))
      n.wrong("no provision of this name and citation that may apply reads it");
    const Value value{finding == "yes" ? 1 : 0, {}};
    if (std::find(met_[m].begin(), met_[m].end(), value) != met_[m].end()) return n.wrong("it is told twice");
    found_[m].push_back(value);  // another fact may decide which way it is needed: then it is told both ways
    met_[m].push_back(value);
    both_ways_ = both_ways_ || met_[m].size() > 1;
    to_find_.push_back({m, value.number, n});
  }
  bool read_by(FactId f, const Json& name, const Json& cite) const {
    const auto reads = [&](ExprId e) {
      bool some = false;
      each_node(law_, e, [&](const Expr& n) { some = some || n.fact == f; });
      return some;
    };
    const auto named = [&](const RuleReading& r) {
      return r.rule->name == name && r.rule->cite == cite && reads(r.rule->when);
    };
    // The regime itself stands for what no rule reads: what it governs, how a proviso lapses.
    return (regime_.name == name && regime_.cite == cite) ||
           std::any_of(read_.rules.begin(), read_.rules.end(),
                       [&](const RuleReading& r) { return r.met != Truth::no && named(r); }) ||
           std::any_of(read_.provisos.begin(), read_.provisos.end(), named);
  }
  /// Found as is said, something must come out better than found otherwise, in some completion: with the
  /// other findings made, with all other needs met, or with none.
  void found_so(const ToFind& said) {
    const auto& [judged, value, at] = said;
    const Found found{judged, value, used_ ? used_->rule : nullptr};
    bool whole = true;
    for (const Known* others : std::initializer_list<const Known*>{&found_, &met_, &nothing_}) {
      Known known = *others;
      known.erase(judged);
      const Sought s = better_found(case_, std::move(known), regime_, found, most_readings_);
      if (s.some) return;
      whole = whole && s.whole;
    }
    if (whole)
      at["finding"].wrong("found so, nothing comes out better than found otherwise");
    else
      verdict_.leave_open(at, "whether it must be found so");
  }

  // --- acts ---
  void act_needed(NeedId id, const Page& n) {
    const Matter m{Matter::Kind::need, id.index, {}};
    by_authority(law_[law_[id].from], m, n);
    n["kind"].expect(to_string(law_[id].kind));
    if (const auto finding = n.find("finding")) finding->wrong("only a judged fact is found");
    const bool implied = flag(n, "implied"), lifts = flag(n, "would_lift");
    std::vector<Role> roles = roles_of(id);
    const auto keep = [&](const char* key, std::string_view why, const auto& as_said) {
      if (roles.empty()) return;
      std::erase_if(roles, [&](const Role& r) { return !as_said(r); });
      if (roles.empty()) n.find(key).value_or(n).wrong(std::string(why));
    };
    if (roles.empty()) n.wrong("no provision that stands, or may, needs this");
    keep("for", "no provision of this name and citation that stands, or may, needs it",
         [&](const Role& r) { return *r.by == n["for"].json() && *r.cite == n["cite"].json(); });
    keep("posture", "the provision that needs it has another", [&](const Role& r) {
      return n["posture"].json() == (r.posture == Posture::none ? Json(nullptr) : Json(to_string(r.posture)));
    });
    keep("would_lift", "it is needed for what it allows, or would lift a bar, and not the other",
         [&](const Role& r) { return r.lifts == lifts; });
    keep("implied", implied ? "no final act shows this step" : "a final act shows this step",
         [&](const Role& r) { return r.shown != truth(!implied); });
    if (!roles.empty() && times_told(n, lifts) > (lifts ? roles.size() : 1)) n.wrong("it is told twice");
    state(m, implied, n);
    if (!implied) met_[m] = {{need_granted, {}}};
    counts(m, roles, lifts, n);
  }
  /// How often it was told so far: for what it allows once, and as would lift a bar for each that has the
  /// bar.
  std::size_t times_told(const Page& n, bool lifts) {
    return ++told_[{n["need"].text(), lifts ? n["for"].text() : std::string()}];
  }
  /// Keys that stand only where they are so.
  static bool flag(const Page& n, const char* key) {
    const auto said = n.find(key);
    if (said) said->expect(true);
    return said.has_value();
  }
  void state(const Matter& m, bool implied, const Page& n) {
    const std::vector<Value> left = reader_.left(m);
    const std::int64_t one = implied ? need_granted : left.size() == 1 ? left.front().number : -1;
    n["state"].expect(one < 0 ? "unknown" : need_states[static_cast<std::size_t>(one)]);
    n["status"].expect(one == need_granted ? "met" : one == need_refused ? "refused" : "open");
  }
  /// A need has to do with the best finding: nothing that surely is not given stands in its way, and where
  /// nothing may move only what would lift the bar is needed, and what was refused, or may have been, is
  /// told.
  void counts(const Matter& m, const std::vector<Role>& roles, bool lifts, const Page& n) {
    if (roles.empty()) return;
    if (best_ == Finding::prohibited && !lifts && !may_be(m, need_refused))
      n.wrong("to settle this would not help where everything is prohibited");
    const bool shown =
        std::any_of(roles.begin(), roles.end(), [](const Role& r) { return r.shown != Truth::no; });
    if (best_ < Finding::authorisation_required && !lifts && !shown && !may_be(m, need_granted))
      n.wrong("this is not granted, and the finding would not be as good");
  }
  /// The provisions that stand, or may, and need it. Where one route is used and surely stands, no other is
  /// needed.
  std::vector<Role> roles_of(NeedId id) {
    std::vector<Role> out;
    const bool route_stays = used_ != nullptr && used_->active == Truth::yes &&
                             lost(*used_, tree::Part::permission, 0) == Truth::no;
    for (const auto* all : {&read_.rules, &read_.provisos})
      for (const RuleReading& r : *all)
        if (r.active != Truth::no && !(r.rule->permits && route_stays && &r != used_)) roles_in(r, id, out);
    if (regime_.otherwise_prohibited && regime_.otherwise_lifted_by == id && id.valid() &&
        read_.main != Truth::no && used_ == nullptr)
      out.push_back({&regime_.name, &regime_.cite, Posture::none, true, Truth::no});
    return out;
  }
  void roles_in(const RuleReading& r, NeedId id, std::vector<Role>& out) {
    const Rule& rule = *r.rule;
    for (std::size_t k = 0; k < rule.needs.size(); ++k)
      if (rule.needs[k].need == id && lost(r, tree::Part::need, k) != Truth::yes)
        out.push_back({&rule.name, &rule.cite, rule.needs[k].posture, false, shown(rule, id)});
    if (rule.lifted_by == id) out.push_back({&rule.name, &rule.cite, Posture::none, true, Truth::no});
  }
  /// A final act that was granted shows an inner step of which nothing is recorded.
  Truth shown(const Rule& rule, NeedId inner) {
    const auto is = [&](NeedId id, std::int64_t state) {
      const std::vector<Value> left = reader_.left({Matter::Kind::need, id.index, {}});
      if (std::find(left.begin(), left.end(), Value{state, {}}) == left.end()) return Truth::no;
      return left.size() == 1 ? Truth::yes : Truth::unknown;
    };
    Truth t = Truth::no;
    for (const NeedUse& outer : rule.needs)
      if (std::find(outer.implies.begin(), outer.implies.end(), inner) != outer.implies.end())
        t = t | (is(outer.need, need_granted) & is(inner, need_none));
    return t;
  }

  /// Whose need it is, and what each act that speaks of it says.
  void by_authority(const Authority& a, const Matter& m, const Page& n) {
    n["authority"].expect(a.name);
    n["authority_title"].expect(a.title);
    std::set<std::string> left_out;
    for (const Act* act : reader_.acts_on(m)) left_out.insert(act->id);
    for (const Page& said : n["settled_by"].list()) {
      const std::string id = said["instrument"].text();
      if (left_out.erase(id) == 0)
        said.wrong("no act of this name speaks of it");
      else
        act_says(id, said);
    }
    for (const std::string& id : left_out) n["settled_by"].wrong(fmt::format("the act `{}` is left out", id));
  }
  void act_says(const std::string& id, const Page& said) {
    const auto& acts = case_.premises().acts;
    const auto act = std::find_if(acts.begin(), acts.end(), [&](const Act& a) { return a.id == id; });
    said["state"].expect(act->state);
    said["covers"].expect(word(reader_.covers(*act), "yes", "no"));
    flag(said, "assumed");
    std::set<std::string> left_out;
    for (const auto& in_scope : act->scope) left_out.insert(law_[in_scope.first].name);
    for (const Page& part : said["scope"].list()) {
      const std::string name = part["fact"].text();
      if (left_out.erase(name) == 0) {
        part.wrong("the act has no scope of this fact, or it was said before");
        continue;
      }
      const FactId f = law_.find_fact(name);
      if (law_[f].type.is_set || law_[f].judged_by.valid()) continue;  // such a scope cannot be read here
      part["match"].expect(word(reader_.in_scope(f, act->scope.at(f)), "matched", "unmatched"));
    }
    for (const std::string& name : left_out)
      said["scope"].wrong(fmt::format("the scope by `{}` is left out", name));
  }
  bool may_be(const Matter& m, std::int64_t value) {
    const std::vector<Value> left = reader_.left(m);
    return std::find(left.begin(), left.end(), Value{value, {}}) != left.end();
  }

  // --- together ---
  void nothing_more() {
    const Settled s = settle(case_, met_, {&regime_}, most_readings_);
    const Page needs = said_["needs"];
    if (s.whole && s.some && s.met.low >= Finding::authorisation_required)
      needs.wrong("more is needed: with these met the finding would be no better");
    else if (s.whole && s.some && !both_ways_ && s.met.high >= Finding::authorisation_required &&
             said_["worst"].json() == said_["best"].json())
      needs.wrong("more may be needed: with these met the finding could be no better");
    else if (!s.whole && s.met.low >= Finding::authorisation_required)
      verdict_.leave_open(needs, "whether more is needed");
  }

  const Case& case_;
  const Law& law_;
  const Known nothing_;
  Reader reader_;
  const Regime& regime_;
  const RegimeReading& read_;
  const Page& said_;
  const Finding best_;
  Verdict& verdict_;
  std::size_t most_readings_;
  const RuleReading* used_ = nullptr;  // the route
  Known found_, met_;                  // judged facts as they must be found; and all needs met
  bool both_ways_ = false;             // some judged fact is needed one way or the other
  std::vector<ToFind> to_find_;
  std::map<std::pair<std::string, std::string>, std::size_t> told_;  // needs, by what they lift
};

}  // namespace

void check_needs(const Case& c, const Regime& regime, const RegimeReading& read, const Page& said,
                 Verdict& verdict, std::size_t most_readings) {
  Needs(c, regime, read, said, verdict, most_readings).run();
}

}  // namespace sekisho::proof
