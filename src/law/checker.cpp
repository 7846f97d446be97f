#include "law/checker.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "base/countries.h"

namespace sekisho {
namespace {

using tree::Declaration;
using tree::Kind;
using tree::Op;
using tree::Word;

enum class Names : std::uint8_t {
  authority,
  fact,
  constraint,
  definition,
  threshold,
  list,
  regime,
  rule,
  proviso,
  right,
};
constexpr std::array<std::string_view, 10> kind_words{
    "an authority", "a fact",   "a constraint", "a definition", "a threshold",
    "a list",       "a regime", "a rule",       "a proviso",    "a right"};
/// Definitions may stand on definitions this many times over.
constexpr std::size_t definition_depth = 100;

std::string_view words(Names n) {
  return kind_words[static_cast<std::size_t>(n)];
}

struct Symbol {
  Names kind;
  std::uint32_t index;
  TextSpan at;
};

/// What an expression may speak of besides facts.
struct Scope {
  const std::vector<std::string>* parameters = nullptr;
  std::vector<std::pair<std::string, FactId>> elements;  // quantified names, innermost last
};

class Checker {
 public:
  Checker(std::span<const tree::File> files, Diagnostics& diags) : files_(files), diags_(diags) {}

  Law run() {
    each([&](const Declaration& d) { declare(d); });
    each([&](const Declaration& d) { header(d); });
    default_addressees();
    each([&](const Declaration& d) { body(d); });
    prevailing();
    each([&](const Declaration& d) { links(d); });
    definition_cycles();
    order_rules();
    each([&](const Declaration& d) { law_case(d); });
    missing_cases();
    return std::move(law_);
  }

 private:
  void each(const std::function<void(const Declaration&)>& visit) {
    for (const tree::File& f : files_)
      for (const Declaration& d : f.declarations) visit(d);
  }

  // --- names ---
  static std::string qualified(const Declaration& d) {
    return d.in_regime.empty() ? d.name.text : d.in_regime.text + "." + d.name.text;
  }

  /// @returns false if the name is taken
  bool enter(const std::string& name, Symbol s) {
    const auto [it, fresh] = names_.emplace(name, s);
    if (!fresh)
      diags_.emit(code::duplicate_name, s.at, name)
          .note(it->second.at, "declared here first")
          .fix("give one of them another name, or delete it");
    return fresh;
  }
  template <class Store>
  bool enter_in(Store& store, const std::string& name, Names kind, const Declaration& d) {
    if (!enter(name, {kind, static_cast<std::uint32_t>(store.size()), d.name.at})) return false;
    index_[&d] = static_cast<std::uint32_t>(store.size());
    store.emplace_back();
    store.back().name = name;
    return true;
  }

  void declare(const Declaration& d) {
    switch (d.kind) {
      case Kind::authority: enter_in(law_.authorities, d.name.text, Names::authority, d); break;
      case Kind::fact:
        if (enter_in(law_.facts, d.name.text, Names::fact, d))
          law_.fact_names.emplace(d.name.text, FactId{index_[&d]});
        break;
      case Kind::constraint: enter_in(law_.constraints, d.name.text, Names::constraint, d); break;
      case Kind::define: enter_in(law_.definitions, d.name.text, Names::definition, d); break;
      case Kind::threshold: enter_in(law_.thresholds, d.name.text, Names::threshold, d); break;
      case Kind::list: enter_in(law_.lists, d.name.text, Names::list, d); break;
      case Kind::regime: enter_in(law_.regimes, d.name.text, Names::regime, d); break;
      case Kind::route:
      case Kind::rule: {
        if (!has_regime(d)) break;
        const auto index = static_cast<std::uint32_t>(law_.rules.size());
        if (!enter(qualified(d), {Names::rule, index, d.name.at})) break;
        add_rule(d);
        break;
      }
      case Kind::proviso: declare_proviso(d); break;
      case Kind::right: enter_in(law_.rights, d.name.text, Names::right, d); break;
      case Kind::law_case: break;
    }
  }
  bool has_regime(const Declaration& d) {
    if (!d.in_regime.empty()) return true;
    diags_.emit(code::no_regime, d.name.at, d.name.text).fix("put `in regime NAME` at the head of the file");
    return false;
  }
  void add_rule(const Declaration& d) {
    index_[&d] = static_cast<std::uint32_t>(law_.rules.size());
    law_.rules.emplace_back();
    law_.rules.back().name = qualified(d);
  }
  /// A proviso may be declared again with other dates: that is its next version.
  void declare_proviso(const Declaration& d) {
    if (!has_regime(d)) return;
    const std::string name = qualified(d);
    const auto it = names_.find(name);
    if (it == names_.end()) {
      enter(name, {Names::proviso, static_cast<std::uint32_t>(law_.provisos.size()), d.name.at});
      law_.provisos.push_back({name, {}, {}});
    } else if (it->second.kind != Names::proviso) {
      enter(name, {Names::proviso, 0, d.name.at});
      return;
    }
    add_rule(d);
    Rule& r = law_.rules.back();
    r.proviso = ProvisoId{names_.at(name).index};
    law_.provisos[r.proviso.index].versions.push_back(RuleId{index_[&d]});
  }

  std::optional<Symbol> lookup(const std::string& name) const {
    const auto it = names_.find(name);
    if (it == names_.end()) return std::nullopt;
    return it->second;
  }
  void report_unknown(const Word& w, const std::vector<Names>& wanted) {
    std::vector<std::string> candidates;
    for (const auto& [n, s] : names_)
      if (std::find(wanted.begin(), wanted.end(), s.kind) != wanted.end()) candidates.push_back(n);
    std::sort(candidates.begin(), candidates.end());
    auto e = diags_.emit(code::unknown_name, w.at, w.text);
    const std::string near = nearest(w.text, candidates);
    if (!near.empty()) e.fix(fmt::format("write `{}`", near), {{w.at, near}});
  }
  /// The index of `w` among the names of one kind; nullopt, with a report, if it is not one.
  std::optional<std::uint32_t> resolve(const Word& w, Names kind) {
    if (w.empty()) return std::nullopt;
    const auto s = lookup(w.text);
    if (!s) {
      report_unknown(w, {kind});
      return std::nullopt;
    }
    if (s->kind != kind) {
      diags_.emit(code::wrong_kind, w.at, w.text, words(s->kind), words(kind)).note(s->at, "declared here");
      return std::nullopt;
    }
    return s->index;
  }
  template <class I>
  I id(const Word& w, Names kind) {
    const auto i = resolve(w, kind);
    return i ? I{*i} : I{};
  }
  /// A rule or proviso by its name within the regime, or by its full name.
  std::optional<Symbol> in_regime(const Word& w, const Word& regime, Names kind) {
    if (const auto s = lookup(regime.text + "." + w.text); s && s->kind == kind) return s;
    const auto index = resolve(w, kind);
    if (!index) return std::nullopt;
    return Symbol{kind, *index, w.at};
  }

  // --- types and values ---
  Type type(const tree::Type& t) {
    static constexpr std::array<std::string_view, 11> names{
        "yes_no", "country", "party", "item", "lot", "code", "date", "money", "share", "number", "choice"};
    Type out;
    const auto it = std::find(names.begin(), names.end(), t.kind);
    out.kind = static_cast<FactType>(it - names.begin());
    out.is_set = t.is_set;
    out.unit = t.unit;
    std::set<std::string> seen;
    for (const Word& c : t.choices) {
      if (!seen.insert(c.text).second)
        diags_.emit(code::duplicate_name, c.at, c.text).fix("delete one of them");
      if (out.kind == FactType::code && !is_code(c.text))
        diags_.emit(code::unknown_value, c.at, c.text, t.kind).fix(how_codes_are_written);
      (out.kind == FactType::code ? out.roots : out.choices).push_back(c.text);
    }
    return out;
  }
  std::optional<Value> value(const tree::Value& v, const Type& type, const std::string& of) {
    const Type single = type.element();
    const std::string text = v.kind == tree::ValueKind::money ? v.text + " " + v.currency : v.text;
    auto read = form_fits(v.kind, single.kind) ? read_value(single, text) : std::nullopt;
    if (!read) {
      auto e = diags_.emit(code::unknown_value, v.at, text, of);
      const std::string near = nearest(text, type.choices);
      if (!near.empty())
        e.fix(fmt::format("write `{}`", near), {{v.at, near}});
      else if (single.kind == FactType::code && !is_code(text))
        e.fix(how_codes_are_written);
      else
        e.note(fmt::format("`{}` is {}", of, describe(single)));
    }
    if (read && single.kind == FactType::country && !is_country_code(read->text))
      diags_.emit(code::no_such_state, v.at, text).fix(how_states_are_written);
    return read;
  }
  /// A state that a declaration is of.
  std::string state(const Word& w) {
    if (!w.empty() && !is_country_code(w.text))
      diags_.emit(code::no_such_state, w.at, w.text).fix(how_states_are_written);
    return w.text;
  }
  static bool form_fits(tree::ValueKind v, FactType t) {
    using tree::ValueKind;
    switch (t) {
      case FactType::yes_no:
      case FactType::choice: return v == ValueKind::name;
      case FactType::country: return v == ValueKind::state;
      case FactType::date: return v == ValueKind::date;
      case FactType::money: return v == ValueKind::money;
      case FactType::share:
      case FactType::number: return v == ValueKind::number;
      default: return v == ValueKind::text;
    }
  }

  // --- windows of law ---
  std::vector<Window> windows(const std::optional<tree::InForce>& f, const std::string& of, bool note) {
    if (!f) return {Window{}};
    for (std::size_t i = 0; i < f->windows.size(); ++i) {
      const Window& w = f->windows[i];
      const auto& [from, to] = f->bounds[i];
      if (w.to.latest < w.from.earliest)
        diags_.emit(code::window_reversed, to, of).note(from, "begins here").fix("swap the two days");
      if (!note && (!w.from.settled() || !w.to.settled()))
        diags_.emit(code::unsettled_without_note, f->spans[i], of)
            .fix("add `unsettled` with a note that says why");
      for (std::size_t j = 0; j < i; ++j)
        if (w.from.earliest <= f->windows[j].to.latest && f->windows[j].from.earliest <= w.to.latest)
          diags_.emit(code::windows_overlap, f->spans[i], of).note(f->spans[j], "overlaps this one");
    }
    return f->windows;
  }
  static bool all_settled(const std::vector<Window>& ws) {
    return std::all_of(ws.begin(), ws.end(),
                       [](const Window& w) { return w.from.settled() && w.to.settled(); });
  }
  HiddenId hidden(std::string what, std::string note, std::string source, TextSpan at) {
    law_.hidden.push_back({std::move(what), std::move(note), std::move(source), at});
    return HiddenId{static_cast<std::uint32_t>(law_.hidden.size() - 1)};
  }

  // --- what others refer to ---
  void header(const Declaration& d) {
    const auto it = index_.find(&d);
    if (it == index_.end()) return;
    const std::uint32_t i = it->second;
    switch (d.kind) {
      case Kind::authority:
        law_.authorities[i].title = d.title;
        law_.authorities[i].state = state(d.state);
        law_.authorities[i].at = d.at;
        break;
      case Kind::fact: fact(d, i); break;
      case Kind::list: list(d, i); break;
      case Kind::threshold: threshold(d, i); break;
      case Kind::right: right(d, i); break;
      case Kind::regime: regime_head(d, i); break;
      case Kind::route:
      case Kind::rule:
      case Kind::proviso: rule_head(d, i); break;
      default: break;
    }
  }

  void fact(const Declaration& d, std::uint32_t i) {
    Fact& f = law_.facts[i];
    f.type = type(d.type);
    f.asks = d.asks;
    f.source = d.source;
    f.at = d.name.at;
    f.judged_by = id<AuthorityId>(d.judged_by, Names::authority);
    if (f.judged_by.valid() && (f.type.kind != FactType::yes_no || f.type.is_set))
      diags_.emit(code::type_mismatch, d.name.at, f.name, describe(f.type))
          .note("a judged fact is `yes or no`");
    if (d.asks.empty()) diags_.emit(code::missing_clause, d.name.at, f.name, "asks");
    f.from_right = id<RightId>(d.from_right, Names::right);
    for (const Word& w : d.of) {
      const FactId of = id<FactId>(w, Names::fact);
      if (of.valid()) f.of.push_back(of);
    }
    if (d.changed_by.empty()) return;
    if (const auto who = parse_changed_by(d.changed_by.text))
      f.changed_by = *who;
    else
      diags_.emit(code::expected, d.changed_by.at, "nobody, applicant, authority or legislator",
                  fmt::format("`{}`", d.changed_by.text));
  }

  void right(const Declaration& d, std::uint32_t i) {
    Right& r = law_.rights[i];
    r.title = d.title;
    r.cite = d.cite;
    r.source = d.source;
    r.state = state(d.state);
    r.at = d.name.at;
    r.windows = windows(d.in_force, r.name, d.unsettled.has_value());
    r.unsettled = d.unsettled.value_or("");
    if (d.flow) r.flow = *d.flow;
    for (const tree::Arises& a : d.arises)
      (a.licence ? r.licensed_from : r.made_in).push_back(state(a.state));
    for (const auto& [said, clause] :
         {std::pair{!d.cite.empty(), "cite"}, {!d.arises.empty(), "arises"}, {d.flow.has_value(), "flows"}})
      if (!said) diags_.emit(code::missing_clause, d.name.at, r.name, clause);
  }

  void list(const Declaration& d, std::uint32_t i) {
    List& l = law_.lists[i];
    l.title = d.title;
    l.cite = d.cite;
    l.source = d.source;
    l.type = type(d.type);
    l.at = d.at;
    l.complete_to = d.complete_to;
    l.kept_by = id<AuthorityId>(d.kept_by, Names::authority);
    for (const tree::Member& m : d.members) {
      const auto v = value(m.value, l.type, l.name);
      if (!v) continue;
      ListMember out;
      out.value = *v;
      out.windows = windows(m.in_force, m.value.text, !m.unsettled.empty());
      out.cite = m.cite;
      out.source = m.source;
      out.at = m.at;
      if (!m.unsettled.empty())
        out.unsettled = hidden(fmt::format("{} in {}", m.value.text, l.name), m.unsettled, m.source, m.at);
      for (const ListMember& other : l.members)
        if (other.value == out.value && overlap(other.windows, out.windows))
          diags_.emit(code::member_twice, m.at, m.value.text, l.name);
      l.members.push_back(std::move(out));
    }
  }
  static bool overlap(const std::vector<Window>& a, const std::vector<Window>& b) {
    for (const Window& x : a)
      for (const Window& y : b)
        if (x.from.earliest <= y.to.latest && y.from.earliest <= x.to.latest) return true;
    return false;
  }

  void threshold(const Declaration& d, std::uint32_t i) {
    Threshold& t = law_.thresholds[i];
    t.title = d.title;
    t.at = d.name.at;
    t.type = type(d.type);
    if (!t.type.ordered()) diags_.emit(code::type_mismatch, d.name.at, t.name, describe(t.type));
    for (const tree::ThresholdValue& v : d.thresholds) {
      const auto read = value(v.value, t.type, t.name);
      if (read) t.steps.push_back({*read, windows(v.in_force, t.name, false)});
    }
    if (t.steps.empty()) diags_.emit(code::missing_clause, d.name.at, t.name, "value");
  }

  void regime_head(const Declaration& d, std::uint32_t i) {
    Regime& r = law_.regimes[i];
    r.title = d.title;
    r.cite = d.cite;
    r.source = d.source;
    r.force = force(d.force);
    if (!d.addressee.empty()) addressees_[i] = d.addressee.text;
    r.at = d.name.at;
    r.declaration = d.at;
    r.authority = id<AuthorityId>(d.authority, Names::authority);
    r.windows = windows(d.in_force, r.name, d.unsettled.has_value());
    if (d.unsettled) r.unsettled = hidden(r.name, *d.unsettled, d.source, d.name.at);
    r.otherwise_cite = d.otherwise_cite;
    r.opposites_cite = d.opposites_cite;
    const auto prevails = parse_prevails(d.instruments.text);
    r.instruments = prevails.value_or(Prevails::latest);
    if (!prevails && !d.instruments.empty())
      diags_.emit(code::expected, d.instruments.at, "`latest`, `strictest` or `granted`",
                  fmt::format("`{}`", d.instruments.text));
    r.instruments_cite = d.instruments_cite;
    r.strictest_prevails = d.opposites.text == "strictest";
    r.no_gaps = d.no_gaps;
    if (d.authority.empty()) diags_.emit(code::missing_clause, d.name.at, r.name, "authority");
    if (d.otherwise.empty()) diags_.emit(code::missing_clause, d.name.at, r.name, "otherwise");
    if (d.cite.empty()) diags_.emit(code::missing_clause, d.name.at, r.name, "cite");
    r.otherwise_prohibited = d.otherwise.text != "permitted";
    if (!d.otherwise.empty() && d.otherwise.text != "permitted" && d.otherwise.text != "prohibited")
      diags_.emit(code::expected, d.otherwise.at, "`permitted` or `prohibited`",
                  fmt::format("`{}`", d.otherwise.text));
  }
  std::string force(const Word& w) {
    static constexpr std::array<std::string_view, 5> forces{"statute", "policy", "licence", "contract",
                                                            "decision"};
    if (!w.empty() && std::find(forces.begin(), forces.end(), w.text) == forces.end())
      diags_.emit(code::expected, w.at, "statute, policy, licence, contract or decision",
                  fmt::format("`{}`", w.text));
    return w.text;
  }

  void rule_head(const Declaration& d, std::uint32_t i) {
    Rule& r = law_.rules[i];
    r.title = d.title;
    r.cite = d.cite;
    r.source = d.source;
    r.text = d.text;
    r.translation = d.translation;
    r.force = force(d.force);
    r.addressee = d.addressee.text;
    r.group = d.group.text;
    r.at = d.name.at;
    r.declaration = d.at;
    r.permits = d.permits;
    r.prohibits = d.prohibits;
    r.regime = id<RegimeId>(d.in_regime, Names::regime);
    r.windows = windows(d.in_force, r.name, d.unsettled.has_value());
    if (d.unsettled)
      r.unsettled = hidden(all_settled(r.windows) ? r.name : r.name + " (its dates)", *d.unsettled, d.source,
                           d.name.at);
    for (const Word& p : d.parameters) r.parameters.push_back(p.text);
    if (d.cite.empty()) diags_.emit(code::missing_clause, d.name.at, r.name, "cite");
    if (d.kind == Kind::route && !d.permits) diags_.emit(code::missing_clause, d.name.at, r.name, "permits");
    if (d.kind == Kind::rule && d.permits)
      diags_.emit(code::wrong_kind, d.effect_at, r.name, "a rule", "a route: only a route permits");
    if (!d.permits && !d.prohibits && d.needs.empty() && d.binds.empty() && d.owes.empty() && d.waits.empty())
      diags_.emit(code::no_effect, d.name.at, r.name);
    if (d.flow) r.flow = *d.flow;
    if (r.proviso.valid()) {
      law_.provisos[r.proviso.index].regime = r.regime;
      if (!d.lapses_never && !d.lapses_when)
        diags_.emit(code::no_lapse, d.name.at, r.name).fix("add `lapses never` or `lapses when …`");
      for (const RuleId other : law_.provisos[r.proviso.index].versions)
        if (other.index < i && overlap(law_[other].windows, r.windows))
          diags_.emit(code::windows_overlap, d.name.at, r.name).note(law_[other].at, "this version");
    } else if (r.regime.valid()) {
      law_.regimes[r.regime.index].rules.push_back(RuleId{i});
    }
    for (const tree::Need& n : d.needs) r.needs.push_back(need_use(n));
    if (d.lifted_by) r.lifted_by = need(*d.lifted_by);
  }

  /// A rule that does not say whom it speaks to speaks to whom its regime does.
  void default_addressees() {
    for (Rule& r : law_.rules) {
      const auto it = addressees_.find(r.regime.index);
      if (r.addressee.empty() && r.regime.valid() && it != addressees_.end()) r.addressee = it->second;
    }
  }

  // --- needs ---
  NeedId need(const tree::Need& n) {
    static constexpr std::array<std::string_view, 8> kinds{
        "finding", "permit", "approval", "consent", "decision", "exception", "waiver", "notification"};
    const auto k = std::find(kinds.begin(), kinds.end(), n.kind.text);
    const auto kind = k == kinds.end() ? NeedKind::decision : static_cast<NeedKind>(k - kinds.begin());
    const AuthorityId from = id<AuthorityId>(n.from, Names::authority);
    for (std::uint32_t i = 0; i < law_.needs.size(); ++i) {
      const Need& other = law_.needs[i];
      if (other.name != n.name.text) continue;
      if (other.kind != kind || other.from != from)
        diags_
            .emit(code::wrong_kind, n.at, n.name.text,
                  fmt::format("a {} from {}", to_string(other.kind),
                              other.from.valid() ? law_[other.from].name : "?"),
                  fmt::format("a {} from {}", n.kind.text, n.from.text))
            .note(other.at, "needed here first");
      return NeedId{i};
    }
    law_.needs.push_back({n.name.text, kind, from, n.at});
    return NeedId{static_cast<std::uint32_t>(law_.needs.size() - 1)};
  }
  NeedUse need_use(const tree::Need& n) {
    static constexpr std::array<std::string_view, 4> postures{"approval_presumed", "case_by_case",
                                                              "denial_presumed", "denial"};
    NeedUse u;
    u.need = need(n);
    if (!n.posture.empty()) {
      const auto p = std::find(postures.begin(), postures.end(), n.posture.text);
      if (p == postures.end())
        diags_.emit(code::expected, n.posture.at,
                    "approval_presumed, case_by_case, denial_presumed or denial",
                    fmt::format("`{}`", n.posture.text));
      else
        u.posture = static_cast<Posture>(p - postures.begin() + 1);
    }
    return u;
  }

  /// A need of several regimes can be read one way only.
  void prevailing() {
    std::vector<RegimeId> first(law_.needs.size());
    const auto reads = [&](NeedId n, RegimeId g, TextSpan at) {
      if (!n.valid() || !g.valid()) return;
      RegimeId& by = first[n.index];
      if (!by.valid()) {
        by = g;
        law_.needs[n.index].prevails = law_[g].instruments;
      } else if (law_[by].instruments != law_[g].instruments) {
        diags_.emit(code::prevails_two_ways, at, law_[n].name, law_[g].name, law_[by].name)
            .note(law_[by].at, "the other one")
            .fix("say the same in both, or give the needs two names");
      }
    };
    for (std::uint32_t i = 0; i < law_.regimes.size(); ++i)
      reads(law_.regimes[i].otherwise_lifted_by, RegimeId{i}, law_.regimes[i].at);
    for (const Rule& r : law_.rules) {
      for (const NeedUse& n : r.needs) reads(n.need, r.regime, r.at);
      reads(r.lifted_by, r.regime, r.at);
    }
  }

  // --- bodies: everything that holds expressions ---
  void body(const Declaration& d) {
    const auto it = index_.find(&d);
    if (it == index_.end()) return;
    const std::uint32_t i = it->second;
    Scope scope;
    phrases_ = 0;
    of_ = d.kind == Kind::regime                                                     ? law_.regimes[i].name
          : d.kind == Kind::route || d.kind == Kind::rule || d.kind == Kind::proviso ? law_.rules[i].name
                                                                                     : d.name.text;
    switch (d.kind) {
      case Kind::fact: from_right(d, law_.facts[i]); break;
      case Kind::constraint:
        law_.constraints[i].title = d.title;
        law_.constraints[i].at = d.name.at;
        law_.constraints[i].always = expression(*d.when, scope);
        break;
      case Kind::define:
        law_.definitions[i].title = d.title;
        law_.definitions[i].at = d.name.at;
        law_.definitions[i].means = expression(*d.when, scope);
        break;
      case Kind::regime:
        if (d.when) {
          const ExprId e = expression(*d.when, scope);
          law_.regimes[i].governs = e;
        }
        if (d.lifted_by) law_.regimes[i].otherwise_lifted_by = need(*d.lifted_by);
        break;
      case Kind::route:
      case Kind::rule:
      case Kind::proviso: rule_body(d, i); break;
      default: break;
    }
  }
  void from_right(const Declaration& d, const Fact& f) {
    if (!f.from_right.valid()) return;
    const bool counted = law_[f.from_right].flow.built_in == Incorporation::by_share;
    const FactType wanted = counted ? FactType::share : FactType::yes_no;
    if (f.type.kind != wanted || f.type.is_set || f.judged_by.valid())
      diags_.emit(code::type_mismatch, d.from_right.at, f.name, describe(f.type))
          .note(law_[f.from_right].at, counted ? "this right flows by share of value: the fact is a `share`"
                                               : "this right lies on goods or not: the fact is `yes or no`");
  }
  void rule_body(const Declaration& d, std::uint32_t i) {
    const std::vector<std::string> parameters = law_.rules[i].parameters;
    Scope scope;
    scope.parameters = &parameters;
    if (d.when) {
      const ExprId e = expression(*d.when, scope);
      law_.rules[i].when = e;
    }
    if (d.lapses_when) {
      const ExprId e = expression(*d.lapses_when, scope);
      law_.rules[i].lapses = e;
    }
    for (std::size_t k = 0; k < d.needs.size(); ++k)
      for (const Word& w : d.needs[k].implies) {
        const NeedId inner = law_.find_need(w.text);
        if (inner.valid())
          law_.rules[i].needs[k].implies.push_back(inner);
        else
          diags_.emit(code::unknown_name, w.at, w.text).note("no rule needs it");
      }
    for (const tree::Bind& b : d.binds) bind(d, b, i);
    static constexpr std::array<std::string_view, 4> events{"departure", "arrival", "grant", "delivery"};
    for (const tree::Duty& o : d.owes) {
      if (!o.from_event.empty() && std::find(events.begin(), events.end(), o.from_event.text) == events.end())
        resolve(o.from_event, Names::fact);
      law_.rules[i].owes.push_back({o.kind.text, o.text, o.from_event.text,
                                    id<AuthorityId>(o.to, Names::authority), o.count, o.months});
    }
    for (const tree::Wait& w : d.waits) {
      const FactId from = id<FactId>(w.from, Names::fact);
      if (from.valid() && law_[from].type.kind != FactType::date)
        diags_.emit(code::type_mismatch, w.from.at, w.from.text, describe(law_[from].type));
      law_.rules[i].waits.push_back({w.count, w.months, from});
    }
  }
  void bind(const Declaration& d, const tree::Bind& b, std::uint32_t i) {
    const auto s = in_regime(b.proviso, d.in_regime, Names::proviso);
    if (!s) return;
    BindUse use;
    use.proviso = ProvisoId{s->index};
    const Proviso& p = law_.provisos[s->index];
    const std::vector<std::string>& wanted = law_[p.versions.front()].parameters;
    std::set<std::string> given;
    for (const auto& [name, v] : b.arguments) {
      given.insert(name.text);
      if (v.kind == tree::ValueKind::name) {
        const auto f = lookup(v.text);
        if (!f || f->kind != Names::fact)
          resolve({v.text, v.at}, Names::fact);
        else if (law_.facts[f->index].type.kind != FactType::party)
          diags_.emit(code::type_mismatch, v.at, v.text, describe(law_.facts[f->index].type));
      }
      use.arguments.emplace_back(name.text, v.text);
    }
    if (given != std::set<std::string>(wanted.begin(), wanted.end())) {
      std::string list;
      for (const std::string& w : wanted) list += (list.empty() ? "" : ", ") + w;
      diags_.emit(code::wrong_arguments, b.at, p.name, list);
    }
    law_.rules[i].binds.push_back(std::move(use));
  }

  // --- expressions ---
  ExprId expression(const tree::Expression& from, Scope& scope) {
    // The element of `some x in S has (…)` is in scope for the nodes of its body, which stand just
    // before it: walk backwards once to learn which nodes lie in which body.
    const std::vector<std::vector<std::size_t>> bodies = bodies_of(from);
    Expression out;
    for (std::size_t i = 0; i < from.size(); ++i) {
      Scope inner = scope;
      for (std::size_t q : bodies[i]) {
        const auto s = lookup(from[q].other.text);
        inner.elements.emplace_back(from[q].fact.text,
                                    s && s->kind == Names::fact ? FactId{s->index} : FactId{});
      }
      out.push_back(node(from[i], inner));
    }
    const auto id = next_id<ExprId>(law_.expressions);
    law_.expressions.push_back(std::move(out));
    return id;
  }
  static std::vector<std::vector<std::size_t>> bodies_of(const tree::Expression& e) {
    const std::vector<std::size_t> first = tree::subtree_starts(e);
    std::vector<std::vector<std::size_t>> in(e.size());
    for (std::size_t i = 0; i < e.size(); ++i)
      if (e[i].op == Op::some || e[i].op == Op::every)
        for (std::size_t j = first[i]; j < i; ++j) in[j].insert(in[j].begin(), i);
    return in;
  }

  Expr node(const tree::Node& n, const Scope& scope) {
    Expr e{};
    e.at = n.at;
    e.arity = n.arity;
    switch (n.op) {
      case Op::negation: e.op = ExprOp::negation; return e;
      case Op::all: e.op = ExprOp::all; return e;
      case Op::any: e.op = ExprOp::any; return e;
      case Op::implies: e.op = ExprOp::implies; return e;
      case Op::either:
        e.op = ExprOp::either;
        ++phrases_;
        e.hidden = hidden(phrases_ == 1 ? "phrase of " + of_ : fmt::format("phrase {} of {}", phrases_, of_),
                          n.note, {}, n.at);
        return e;
      case Op::some:
      case Op::every: return quantifier(n, e);
      default: return literal(n, e, scope);
    }
  }
  Expr quantifier(const tree::Node& n, Expr e) {
    e.op = n.op == Op::some ? ExprOp::some : ExprOp::every;
    e.other = id<FactId>(n.other, Names::fact);
    if (e.other.valid() && !law_[e.other].type.is_set)
      diags_.emit(code::type_mismatch, n.other.at, n.other.text, describe(law_[e.other].type));
    return e;
  }

  /// The fact or element that a literal reads, with its type; nullopt after a report.
  std::optional<Type> subject(const Word& w, const Scope& scope, FactId& fact) {
    if (!scope.elements.empty() && scope.elements.back().first == w.text) {
      if (!scope.elements.back().second.valid()) return std::nullopt;
      return law_[scope.elements.back().second].type.element();
    }
    const auto s = lookup(w.text);
    if (!s || s->kind != Names::fact) {
      if (!s)
        report_unknown(w, {Names::fact, Names::definition});
      else
        diags_.emit(code::wrong_kind, w.at, w.text, words(s->kind), words(Names::fact));
      return std::nullopt;
    }
    fact = FactId{s->index};
    return law_[fact].type;
  }
  void mismatch(const Word& w, const Type& t) { diags_.emit(code::type_mismatch, w.at, w.text, describe(t)); }

  Expr literal(const tree::Node& n, Expr e, const Scope& scope) {
    e.op = ExprOp::yes;
    if (n.op == Op::yes) {
      if (const auto s = lookup(n.fact.text); s && s->kind == Names::definition) {
        e.op = ExprOp::definition;
        e.parameter = s->index;
        return e;
      }
    }
    const auto t = subject(n.fact, scope, e.fact);
    if (!t) return e;
    switch (n.op) {
      case Op::yes:
        if (t->kind != FactType::yes_no || t->is_set) mismatch(n.fact, *t);
        return e;
      case Op::empty:
        e.op = ExprOp::empty;
        if (!t->is_set) mismatch(n.fact, *t);
        return e;
      case Op::in: return membership(n, e, *t);
      case Op::within: return within(n, e, *t, scope);
      case Op::under:
        e.op = ExprOp::under;
        if (t->kind != FactType::code || t->is_set)
          mismatch(n.fact, *t);
        else if (auto v = value(n.values[0], *t, n.fact.text))
          e.values.push_back(*v);
        return e;
      case Op::equals: return equality(n, e, *t, scope);
      default: return comparison(n, e, *t);
    }
  }
  Expr membership(const tree::Node& n, Expr e, const Type& t) {
    const auto s = lookup(n.other.text);
    if (t.is_set) mismatch(n.fact, t);
    if (s && s->kind == Names::fact) {
      e.op = ExprOp::in_set;
      e.other = FactId{s->index};
      const Type& set = law_[e.other].type;
      if (!set.is_set || set.kind != t.kind) mismatch(n.other, set);
    } else {
      e.op = ExprOp::in_list;
      e.list = id<ListId>(n.other, Names::list);
      if (e.list.valid() && law_[e.list].type.kind != t.kind) mismatch(n.fact, t);
    }
    return e;
  }
  Expr within(const tree::Node& n, Expr e, const Type& t, const Scope& scope) {
    if (t.kind != FactType::party || t.is_set) mismatch(n.fact, t);
    if (scope.parameters) {
      const auto p = std::find(scope.parameters->begin(), scope.parameters->end(), n.other.text);
      if (p != scope.parameters->end()) {
        e.op = ExprOp::within_parameter;
        e.parameter = static_cast<std::uint32_t>(p - scope.parameters->begin());
        return e;
      }
    }
    e.op = ExprOp::within;
    e.other = id<FactId>(n.other, Names::fact);
    if (e.other.valid() && law_[e.other].type.kind != FactType::party) mismatch(n.other, law_[e.other].type);
    return e;
  }
  Expr equality(const tree::Node& n, Expr e, const Type& t, const Scope& scope) {
    const tree::Value& v = n.values.front();
    if (t.is_set) mismatch(n.fact, t);
    if (n.values.size() == 1 && v.kind == tree::ValueKind::name && names_another(v, t, scope)) {
      e.op = ExprOp::same;
      const auto other = subject({v.text, v.at}, scope, e.other);
      if (other && (other->is_set || other->kind != t.kind)) mismatch({v.text, v.at}, *other);
      if (!e.fact.valid() && !e.other.valid()) mismatch(n.fact, t);
      if (counted(e.fact) || counted(e.other))
        diags_.emit(code::type_mismatch, n.at, n.fact.text, describe(t))
            .note("a share that custody counts is an exact fraction: compare it with what is written");
      return e;
    }
    e.op = ExprOp::equals;
    for (const tree::Value& each : n.values)
      if (auto read = value(each, t, n.fact.text)) e.values.push_back(*read);
    return e;
  }
  bool counted(FactId f) const {
    return f.valid() && law_[f].from_right.valid() && law_[f].type.kind == FactType::share;
  }
  bool names_another(const tree::Value& v, const Type& t, const Scope& scope) const {
    if (std::find(t.choices.begin(), t.choices.end(), v.text) != t.choices.end()) return false;
    if (!scope.elements.empty() && scope.elements.back().first == v.text) return true;
    const auto s = lookup(v.text);
    return s && s->kind == Names::fact;
  }
  Expr comparison(const tree::Node& n, Expr e, const Type& t) {
    switch (n.op) {
      case Op::at_least: e.op = ExprOp::at_least; break;
      case Op::at_most: e.op = ExprOp::at_most; break;
      case Op::more_than: e.op = ExprOp::more_than; break;
      default: e.op = ExprOp::less_than; break;
    }
    if (!t.ordered() || t.is_set) {
      mismatch(n.fact, t);
      return e;
    }
    const tree::Value& v = n.values.front();
    if (v.kind == tree::ValueKind::name) {
      e.threshold = id<ThresholdId>({v.text, v.at}, Names::threshold);
      if (e.threshold.valid() && law_[e.threshold].type.kind != t.kind) mismatch(n.fact, t);
    } else if (auto read = value(v, t, n.fact.text)) {
      e.values.push_back(*read);
    }
    return e;
  }

  // --- definitions: bodies are known now; refuse cycles ---
  void definition_cycles() {
    for (Expression& e : law_.expressions)
      for (Expr& n : e)
        if (n.op == ExprOp::definition) n.body = law_.definitions[n.parameter].means;
    // How many definitions stand below each; one that never becomes ready leads back to itself.
    const std::size_t n = law_.definitions.size();
    std::vector<std::vector<std::uint32_t>> used_by(n);
    std::vector<std::size_t> waiting(n, 0), depth(n, 0);
    for (std::uint32_t d = 0; d < n; ++d) {
      if (!law_.definitions[d].means.valid()) continue;
      for (const Expr& e : law_[law_.definitions[d].means])
        if (e.op == ExprOp::definition) {
          used_by[e.parameter].push_back(d);
          ++waiting[d];
        }
    }
    std::vector<std::uint32_t> ready;
    for (std::uint32_t d = 0; d < n; ++d)
      if (waiting[d] == 0) ready.push_back(d);
    for (std::size_t i = 0; i < ready.size(); ++i)
      for (const std::uint32_t user : used_by[ready[i]]) {
        depth[user] = std::max(depth[user], depth[ready[i]] + 1);
        if (--waiting[user] == 0) ready.push_back(user);
      }
    for (std::uint32_t d = 0; d < n; ++d) {
      const Definition& def = law_.definitions[d];
      if (waiting[d] > 0)
        diags_.emit(code::definition_cycle, def.at, def.name).fix("define it without itself");
      else if (depth[d] == definition_depth + 1)  // the ones above it follow from this
        diags_.emit(code::definitions_too_deep, def.at, def.name, definition_depth);
    }
  }

  // --- links ---
  void links(const Declaration& d) {
    const auto it = index_.find(&d);
    if (it == index_.end() || (d.kind != Kind::rule && d.kind != Kind::route && d.kind != Kind::proviso))
      return;
    for (const tree::Link& l : d.links)
      for (const tree::Target& t : l.targets) link(d, l, t, RuleId{it->second});
  }
  void link(const Declaration& d, const tree::Link& l, const tree::Target& t, RuleId self) {
    const std::vector<Window> when = windows(l.in_force, d.name.text, false);
    std::vector<RuleId> others;
    if (t.part == tree::Part::group) {
      for (std::uint32_t i = 0; i < law_.rules.size(); ++i)
        if (law_.rules[i].group == t.rule.text && law_.rules[i].regime == law_[self].regime &&
            RuleId{i} != self)
          others.push_back(RuleId{i});
      if (others.empty())
        diags_.emit(code::unknown_name, t.rule.at, t.rule.text).note("no rule stands in such a group");
    } else if (const auto s = in_regime(t.rule, d.in_regime, Names::rule)) {
      others.push_back(RuleId{s->index});
    }
    for (const RuleId other : others) {
      const RuleId loser = l.over ? other : self;
      for (const std::uint32_t effect : effects_of(loser, t))
        law_.rules[loser.index].defeats.push_back({l.over ? self : other,
                                                   t.part == tree::Part::group ? tree::Part::whole : t.part,
                                                   effect, when, t.at});
    }
  }
  /// Places of what a link takes away among the effects of its kind: every one that bears the name.
  std::vector<std::uint32_t> effects_of(RuleId loser, const tree::Target& t) {
    using tree::Part;
    const Rule& r = law_[loser];
    std::vector<std::uint32_t> out;
    const auto named = [&](const auto& effects, const auto& is) {
      for (std::uint32_t i = 0; i < effects.size(); ++i)
        if (is(effects[i])) out.push_back(i);
    };
    std::string what;
    switch (t.part) {
      case Part::permission:
        what = "permission";
        if (r.permits) out = {0};
        break;
      case Part::prohibition:
        what = "prohibition";
        if (r.prohibits) out = {0};
        break;
      case Part::need:
        what = fmt::format("need `{}`", t.effect.text);
        named(r.needs, [&](const NeedUse& n) { return law_[n.need].name == t.effect.text; });
        break;
      case Part::proviso: {
        what = fmt::format("proviso `{}`", t.effect.text);
        const std::string own = r.regime.valid() ? law_[r.regime].name + "." : "";  // none: told already
        named(r.binds, [&](const BindUse& b) {
          const std::string& name = law_[b.proviso].name;
          return name == t.effect.text || name == own + t.effect.text;
        });
        break;
      }
      case Part::obligation:
        what = fmt::format("obligation `{}`", t.effect.text);
        named(r.owes, [&](const auto& o) { return o.kind == t.effect.text; });
        break;
      default: return {0};
    }
    if (out.empty()) diags_.emit(code::no_such_effect, t.at, r.name, what);
    return out;
  }

  /// Puts every rule after those that can defeat it; reports cycles.
  void order_rules() {
    std::vector<int> state(law_.rules.size(), 0);
    std::vector<RuleId> order;
    struct Open {
      RuleId rule;
      std::size_t next = 0;
    };
    std::vector<Open> open;  // the path of links that is being followed; no recursion, however long
    for (std::uint32_t i = 0; i < law_.rules.size(); ++i) {
      if (state[i] == 0) open.push_back({RuleId{i}});
      while (!open.empty()) {
        Open& top = open.back();
        std::vector<Defeat>& defeats = law_.rules[top.rule.index].defeats;
        state[top.rule.index] = 1;
        if (top.next == defeats.size()) {
          state[top.rule.index] = 2;
          order.push_back(top.rule);
          open.pop_back();
          continue;
        }
        const Defeat& d = defeats[top.next];
        if (state[d.by.index] == 1) {
          diags_.emit(code::link_cycle, d.at, law_[top.rule].name)
              .note(law_[d.by].at, "through this one")
              .fix("take away one of the links");
          defeats.erase(defeats.begin() + static_cast<std::ptrdiff_t>(top.next));
          continue;
        }
        ++top.next;
        if (state[d.by.index] == 0) open.push_back({d.by});
      }
    }
    std::vector<std::uint32_t> rank(law_.rules.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) rank[order[i].index] = i;
    for (Regime& g : law_.regimes)
      std::stable_sort(g.rules.begin(), g.rules.end(),
                       [&](RuleId a, RuleId b) { return rank[a.index] < rank[b.index]; });
    for (Regime& g : law_.regimes)
      for (std::uint32_t p = 0; p < law_.provisos.size(); ++p)
        if (law_.provisos[p].regime.valid() && &law_.regimes[law_.provisos[p].regime.index] == &g)
          g.provisos.push_back(ProvisoId{p});
  }

  // --- cases ---
  void law_case(const Declaration& d) {
    if (d.kind != Kind::law_case) return;
    Case c;
    c.title = d.title;
    c.on = d.on;
    c.at = d.at;
    for (const tree::Given& g : d.given) given(g, d, c);
    for (const Word& w : d.decides) case_rule(w, d, c.decides);
    for (const Word& w : d.leaves) case_rule(w, d, c.leaves);
    for (const tree::Finds& f : d.finds) {
      const auto finding = parse_finding(f.finding.text);
      if (!finding) diags_.emit(code::unknown_value, f.finding.at, f.finding.text, "finding");
      const RegimeId regime = id<RegimeId>(f.regime, Names::regime);
      if (finding && regime.valid()) c.finds.emplace_back(*finding, regime);
    }
    if (c.decides.empty() && c.leaves.empty() && c.finds.empty())
      diags_.emit(code::missing_clause, d.name.at, d.title, "decides, leaves or finds");
    law_.cases.push_back(std::move(c));
  }
  void case_rule(const Word& w, const Declaration& d, std::vector<RuleId>& into) {
    if (const auto s = lookup(d.in_regime.text + "." + w.text); s && s->kind == Names::proviso)
      into.insert(into.end(), law_.provisos[s->index].versions.begin(),
                  law_.provisos[s->index].versions.end());
    else if (const auto r = in_regime(w, d.in_regime, Names::rule))
      into.push_back(RuleId{r->index});
  }
  void given(const tree::Given& g, const Declaration& d, Case& c) {
    CaseGiven out;
    if (g.carries) {
      const auto s = in_regime(g.fact, d.in_regime, Names::proviso);
      if (!s) return;
      out.carries = ProvisoId{s->index};
      c.given.push_back(out);
      return;
    }
    out.fact = id<FactId>(g.fact, Names::fact);
    if (!out.fact.valid()) return;
    if (std::any_of(c.given.begin(), c.given.end(), [&](const CaseGiven& o) { return o.fact == out.fact; }))
      diags_.emit(code::clause_twice, g.fact.at, g.fact.text)
          .fix("a case says of each fact once what is known");
    const Type& t = law_[out.fact].type;
    if (g.empty) {
      if (!t.is_set) mismatch(g.fact, t);
    } else if (g.values.empty()) {
      if (t.kind != FactType::yes_no) mismatch(g.fact, t);
      out.values.push_back({g.negated ? 0 : 1, {}});
    }
    for (const tree::Value& v : g.values)
      if (auto read = value(v, t, g.fact.text)) out.values.push_back(*read);
    c.given.push_back(std::move(out));
  }
  /// Each rule has a case that it decides and one that it leaves.
  void missing_cases() {
    std::vector<bool> decided(law_.rules.size()), left(law_.rules.size());
    for (const Case& c : law_.cases) {
      for (const RuleId r : c.decides) decided[r.index] = true;
      for (const RuleId r : c.leaves) left[r.index] = true;
    }
    for (std::uint32_t i = 0; i < law_.rules.size(); ++i) {
      const Rule& r = law_.rules[i];
      if (!decided[i]) diags_.emit(code::no_case, r.at, "decides", r.name);
      if (!left[i] && r.when.valid()) diags_.emit(code::no_case, r.at, "leaves", r.name);
    }
  }

  std::span<const tree::File> files_;
  Diagnostics& diags_;
  Law law_;
  std::unordered_map<std::string, Symbol> names_;
  std::unordered_map<const Declaration*, std::uint32_t> index_;
  std::map<std::uint32_t, std::string> addressees_;  // of regimes: whom their rules speak to by default
  std::string of_;                                   // whose expressions are read
  std::size_t phrases_ = 0;                          // unsettled ones in them so far
};

}  // namespace

Law check(std::span<const tree::File> files, Diagnostics& diags) {
  return Checker(files, diags).run();
}

}  // namespace sekisho
