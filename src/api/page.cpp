#include "sekisho/page.h"

#include <algorithm>
#include <array>
#include <set>

#include "api/body.h"
#include "api/words.h"

// A regime woven to a page that counsel can read, check against the cited texts, and sign: each provision
// under its citation with its source, dates, force and addressee, its phrase as it stands in the rulebook,
// what is unsettled about it, and the cases that show what it decides and what it leaves.

namespace sekisho {
namespace {

class Page {
 public:
  Page(const Rulebooks::Body& body, RegimeId regime, std::optional<Date> day)
      : b_(body), law_(body.law), id_(regime), day_(day) {}

  std::string run() {
    head();
    section("Routes", [](const Rule& r) { return r.permits && !r.proviso.valid(); });
    section("Prohibitions", [](const Rule& r) { return r.prohibits && !r.proviso.valid(); });
    section("Requirements", [](const Rule& r) { return !r.permits && !r.prohibits && !r.proviso.valid(); });
    section("Provisos", [](const Rule& r) { return r.proviso.valid(); });
    definitions();
    rights();
    lists();
    line("## Signature\n");
    line("Read against the cited texts and found to say what they say:\n");
    line("| name | office | day |\n|---|---|---|\n| | | |");
    return std::move(out_);
  }

 private:
  void line(const std::string& s) { out_ += s + "\n"; }
  void item(std::string_view name, const std::string& s) {
    if (!s.empty()) line(fmt::format("- {}: {}", name, s));
  }
  static std::string address(const std::string& source) {
    return source.starts_with("http") ? fmt::format("<{}>", source) : source;
  }
  std::string phrase(ExprId e) const {
    return fmt::format("`{}`", oneline(b_.sources.text(law_[e].back().at)));
  }
  std::string need(NeedId n) const {
    const Need& need = law_[n];
    return fmt::format("{} `{}` from {}", to_string(need.kind), need.name, law_[need.from].title);
  }
  bool stands(const std::vector<Window>& windows) const {
    return !day_ || covers(windows, *day_) != Covers::no;
  }
  std::string note(HiddenId h) const { return h.valid() ? law_[h].note : std::string(); }

  void head() {
    const Regime& r = law_[id_];
    const Authority& a = law_[r.authority];
    line(fmt::format("# {} (`{}`)\n", oneline(r.title), r.name));
    line(day_ ? fmt::format("As it reads on {}.\n", to_string(*day_)) : "Every version that is held.\n");
    if (!stands(r.windows)) line("**Not in force on that day.**\n");
    item("Authority", fmt::format("{} ({})", a.title, a.state));
    item("Force", r.force);
    item("In force", in_force_words(r.windows));
    item("Cited", r.cite);
    item("Source", address(r.source));
    item("Unsettled", note(r.unsettled));
    item("Governs", r.governs.valid() ? "when " + phrase(r.governs) : "always");
    item("Otherwise",
         fmt::format("{}{}{}", r.otherwise_prohibited ? "prohibited" : "permitted",
                     r.otherwise_lifted_by.valid() ? ", liftable by " + need(r.otherwise_lifted_by) : "",
                     r.otherwise_cite.empty() ? "" : " (" + r.otherwise_cite + ")"));
    item("Where rules oppose each other",
         r.strictest_prevails ? fmt::format("the strictest prevails ({})",
                                            r.opposites_cite.empty() ? r.cite : r.opposites_cite)
                              : "a link says which prevails");
    if (r.instruments != Prevails::latest)
      item("Where several instruments settle one need",
           fmt::format("{} ({})",
                       r.instruments == Prevails::strictest
                           ? "a refusal or suspension that stands prevails over what was granted"
                           : "what is granted and not revoked prevails over refusals and suspensions",
                       r.instruments_cite.empty() ? r.cite : r.instruments_cite));
    line("");
  }

  template <class Chosen>
  void section(std::string_view title, Chosen chosen) {
    bool titled = false;
    std::size_t number = 0;
    for (std::uint32_t i = 0; i < law_.rules.size(); ++i) {
      const Rule& r = law_.rules[i];
      if (r.regime != id_ || !chosen(r) || !stands(r.windows)) continue;
      if (!titled) line(fmt::format("## {}\n", title));
      titled = true;
      provision(RuleId{i}, ++number);
    }
  }
  void provision(RuleId id, std::size_t number) {
    const Rule& r = law_[id];
    line(fmt::format("### {}. {}\n", number, r.cite));
    if (!r.title.empty()) line(oneline(r.title) + ".\n");
    if (!r.text.empty()) line(fmt::format("> {}\n", oneline(r.text)));
    if (!r.translation.empty())
      line(fmt::format("> *Translation, not the official text:* {}\n", oneline(r.translation)));
    item("Rule", fmt::format("`{}`{}", r.name, r.group.empty() ? "" : ", in group " + r.group));
    item("Source", address(r.source));
    item("In force", in_force_words(r.windows));
    item("Force", (r.force.empty() ? law_[id_].force : r.force) +
                      (r.addressee.empty() ? "" : ", to the " + r.addressee));
    effects(r);
    links(id);
    item("Unsettled", note(r.unsettled));
    notes(r.when);
    cases(id);
    line("");
  }
  void effects(const Rule& r) {
    const std::string when = r.when.valid() ? "when " + phrase(r.when) : "always";
    if (r.permits) item("Permits", when);
    if (r.prohibits)
      item("Prohibits", when + (r.lifted_by.valid() ? ", liftable by " + need(r.lifted_by) : ""));
    if (!r.permits && !r.prohibits) item("Applies", when);
    for (const NeedUse& n : r.needs)
      item("Needs", need(n.need) +
                        (n.posture == Posture::none ? "" : ", posture " + std::string(to_string(n.posture))));
    for (const BindUse& u : r.binds) {
      std::string with;
      for (const auto& [parameter, argument] : u.arguments)
        with += fmt::format("{}{}: {}", with.empty() ? "" : ", ", parameter, argument);
      item("Binds", fmt::format("`{}` ({})", law_[u.proviso].name, with));
    }
    for (const Duty& d : r.owes)
      item("Owes",
           fmt::format("{} to {}: {}{}", d.kind, law_[d.to].title, d.text,
                       d.from_event.empty() ? ""
                                            : fmt::format(", within {} {} of {}", d.count,
                                                          d.months ? "months" : "days", d.from_event)));
    for (const Wait& w : r.waits)
      item("Waits", fmt::format("{} {} from `{}`", w.count, w.months ? "months" : "days", law_[w.from].name));
    if (r.flow.built_in != Incorporation::stays || r.flow.products) flow(r.flow);
    if (r.proviso.valid()) item("Lapses", r.lapses.valid() ? "when " + phrase(r.lapses) : "never");
  }
  /// What the rule yields to, and what it prevails over.
  void links(RuleId id) {
    for (const Defeat& d : law_[id].defeats)
      if (stands(d.windows)) item("Yields to", fmt::format("`{}`", law_[d.by].name));
    for (std::uint32_t i = 0; i < law_.rules.size(); ++i)
      for (const Defeat& d : law_.rules[i].defeats)
        if (d.by == id && stands(d.windows)) item("Prevails over", oneline(b_.sources.text(d.at)));
  }
  /// Readings that a phrase leaves open.
  void notes(ExprId e) {
    if (!e.valid()) return;
    for (const Expr& n : law_[e])
      if (n.hidden.valid()) item("Unsettled", law_[n.hidden].note);
  }
  void cases(RuleId id) {
    const auto in = [&](const std::vector<RuleId>& rules) {
      return std::find(rules.begin(), rules.end(), id) != rules.end();
    };
    for (const Case& c : law_.cases) {
      if (in(c.decides)) item("Decides", fmt::format("{}, on {}", oneline(c.title), to_string(c.on)));
      if (in(c.leaves)) item("Leaves", fmt::format("{}, on {}", oneline(c.title), to_string(c.on)));
    }
  }

  /// Visits every expression of the regime that stands on the day.
  template <class Visit>
  void expressions(const Visit& visit) const {
    visit(law_[id_].governs);
    for (const Rule& r : law_.rules)
      if (r.regime == id_ && stands(r.windows)) {
        visit(r.when);
        visit(r.lapses);
      }
  }
  void definitions() {
    std::set<std::uint32_t> read;
    expressions([&](ExprId e) {
      each_node(law_, e, [&](const Expr& n) {
        if (n.op == ExprOp::definition) read.insert(n.parameter);
      });
    });
    if (read.empty()) return;
    line("## Words defined\n");
    for (const std::uint32_t i : read) {
      const Definition& d = law_.definitions[i];
      line(fmt::format("- `{}`, {}: {}", d.name, oneline(d.title), phrase(d.means)));
    }
    line("");
  }
  /// Those that facts of the regime tell of.
  void rights() {
    std::set<std::uint32_t> read;
    expressions([&](ExprId e) {
      each_node(law_, e, [&](const Expr& n) {
        if (n.fact.valid() && law_[n.fact].from_right.valid()) read.insert(law_[n.fact].from_right.index);
      });
    });
    for (const std::uint32_t i : read) right(law_.rights[i]);
  }
  void right(const Right& r) {
    line(fmt::format("## Right `{}`: {}\n", r.name, oneline(r.title)));
    item("Of", r.state);
    item("Cited", oneline(r.cite));
    item("Source", address(r.source));
    item("In force", in_force_words(r.windows));
    std::string where;
    for (const auto& [states, words] :
         {std::pair{&r.made_in, "made in"}, {&r.licensed_from, "made under licence from"}})
      for (const std::string& s : *states)
        where += fmt::format("{}{} {}", where.empty() ? "" : "; ", words, s);
    item("Arises where", where);
    flow(r.flow);
    item("Unsettled", r.unsettled);
    line("");
  }
  void flow(const Flow& f) {
    static constexpr std::array words{"with the lot", "through every incorporation", "by share of value"};
    item("Flows", fmt::format("{}{}", words[static_cast<std::size_t>(f.built_in)],
                              f.products ? " and into what is made with it" : ""));
  }
  void lists() {
    std::set<std::uint32_t> read;
    expressions([&](ExprId e) {
      each_node(law_, e, [&](const Expr& n) {
        if (n.list.valid()) read.insert(n.list.index);
      });
    });
    for (const std::uint32_t i : read) list(law_.lists[i]);
  }
  void list(const List& l) {
    line(fmt::format("## List `{}`: {}\n", l.name, oneline(l.title)));
    if (l.kept_by.valid()) item("Kept by", law_[l.kept_by].title);
    item("Complete to", l.complete_to ? to_string(*l.complete_to) : "every day");
    item("Cited", oneline(l.cite));
    item("Source", address(l.source));
    line("\n| member | in force | source | unsettled |\n|---|---|---|---|");
    for (const ListMember& m : l.members)
      if (stands(m.windows))
        line(fmt::format("| {} | {} | {} | {} |", show_value(l.type, m.value), in_force_words(m.windows),
                         address(m.source), note(m.unsettled)));
    line("");
  }

  const Rulebooks::Body& b_;
  const Law& law_;
  RegimeId id_;
  std::optional<Date> day_;
  std::string out_;
};

}  // namespace

TextResult page(const Rulebooks& books, const std::string& regime, const std::string& day) {
  const Rulebooks::Body& b = books.body();
  Diagnostics diags;
  const RegimeId id = must_be_regime(b.law, regime, diags);
  const auto on = day_of(day, diags);
  if (diags.has_errors()) return {false, reports_of(b.sources, diags), {}};
  return {true, {}, Page(b, id, on).run()};
}

}  // namespace sekisho
