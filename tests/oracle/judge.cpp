#include "oracle/judge.h"

#include <fmt/format.h>

#include <algorithm>

namespace sekisho::judge {
namespace {

bool holds(const Literal& l, const Assignment& a) {
  const auto in = [&](int value) { return a[static_cast<std::size_t>(member + value)] == 1; };
  bool t = false;
  switch (l.form) {
    case Form::is: t = a[static_cast<std::size_t>(l.place)] == l.value; break;
    case Form::same: t = a[choice] == a[second_choice]; break;
    case Form::in_set: t = in(a[choice]); break;
    case Form::some: t = in(l.value); break;
    case Form::every: t = !in((l.value + 1) % 3) && !in((l.value + 2) % 3); break;
    case Form::empty: t = !in(0) && !in(1) && !in(2); break;
  }
  return t != l.negated;
}
bool holds(const RuleData& r, const Assignment& a) {
  const auto one = [&](const Literal& l) { return holds(l, a); };
  return r.any ? std::any_of(r.literals.begin(), r.literals.end(), one)
               : std::all_of(r.literals.begin(), r.literals.end(), one);
}

}  // namespace

bool has_need(const RuleData& r) {
  return r.effect == Effect::needs || r.effect == Effect::permits_with_need;
}

Activity activity(const RegimeData& regime, const Assignment& a, int day) {
  const std::size_t n = regime.rules.size();
  Activity out{std::vector<bool>(n), std::vector<bool>(n), std::vector<bool>(n)};
  std::vector<bool> defeated(n, false);
  for (std::size_t i = 0; i < n; ++i) {
    const RuleData& r = regime.rules[i];
    const bool there = (r.in_force == 0 || r.in_force == day) &&
                       (r.unsettled < 0 || a[static_cast<std::size_t>(r.unsettled)] == 1);
    out.met[i] = holds(r, a);
    out.active[i] = there && out.met[i] && !defeated[i];
    if (!out.active[i]) continue;
    for (const Link& l : r.links)
      (l.effect ? out.need_gone : defeated)[static_cast<std::size_t>(l.over)] = true;
  }
  return out;
}

namespace {

/// One reading, in which the judged fact is yes or no.
Answer judge_reading(const RegimeData& regime, const Assignment& a, int day) {
  const std::size_t n = regime.rules.size();
  const auto [active, need_gone, met] = activity(regime, a, day);
  Answer out{Finding::permitted, {}};
  Finding base = regime.otherwise_prohibited ? Finding::prohibited : Finding::permitted;
  std::size_t route = n;
  bool provisos = false;
  const auto own = [&, &gone = need_gone](std::size_t i) {
    return has_need(regime.rules[i]) && !gone[i] ? Finding::authorisation_required : Finding::permitted;
  };
  for (std::size_t i = 0; i < n; ++i) {
    if (!active[i]) continue;
    const Effect e = regime.rules[i].effect;
    if (e == Effect::prohibits) out.finding = Finding::prohibited;
    if (e == Effect::needs) out.finding = std::max(out.finding, own(i));
    if (e == Effect::binds) provisos = true;
    if (e == Effect::permits || e == Effect::permits_with_need)
      if (route == n || own(i) < own(route)) route = i;
    if (e == Effect::binds) out.parts.insert({static_cast<int>(i), 1});
    if (e == Effect::needs && !need_gone[i]) out.parts.insert({static_cast<int>(i), 0});
    if (regime.rules[i].owes && e != Effect::permits && e != Effect::permits_with_need)
      out.parts.insert({static_cast<int>(i), 2});
  }
  if (route < n) {
    base = own(route);
    if (base == Finding::authorisation_required) out.parts.insert({static_cast<int>(route), 0});
    if (regime.rules[route].owes) out.parts.insert({static_cast<int>(route), 2});
  }
  out.finding = std::max(out.finding, base);
  if (provisos) out.finding = std::max(out.finding, Finding::permitted_with_provisos);
  return out;
}

}  // namespace

Answer judge(const RegimeData& regime, Assignment a, int day) {
  Answer out;
  if (a[judged] != 2) {
    out = judge_reading(regime, a, day);
  } else {
    a[judged] = 0;
    const Answer no = judge_reading(regime, a, day);
    a[judged] = 1;
    const Answer yes = judge_reading(regime, a, day);
    // The best reading counts; where they differ the authority has to find.
    out = no.finding <= yes.finding ? no : yes;
    if (no.finding == yes.finding) out.parts.insert(yes.parts.begin(), yes.parts.end());
    if (no.finding != yes.finding) {
      out.finding = std::max(out.finding, Finding::authorisation_required);
      out.parts.insert({-1, 0});
    }
  }
  if (out.finding == Finding::prohibited) out.parts.clear();
  return out;
}

Finding judge(const Book& book, const Assignment& a, int day) {
  Finding f = Finding::not_engaged;
  for (const RegimeData& r : book.regimes) f = std::max(f, judge(r, a, day).finding);
  return f;
}

bool possible(const Book& book, const Assignment& a) {
  if (book.found_for && a[judged] != (*book.found_for)[static_cast<std::size_t>(a[choice])]) return false;
  return !(book.constrained && a[0] == 1 && a[1] == 1);
}

std::set<Finding> judge_all(const Book& book, const Known& known) {
  std::set<Finding> out;
  each(book, known, [&](const Assignment& a) { out.insert(judge(book, a)); });
  return out;
}
std::set<Finding> judge_all(const Book& book, std::size_t regime, const Known& known) {
  std::set<Finding> out;
  each(book, known, [&](const Assignment& a) { out.insert(judge(book.regimes[regime], a).finding); });
  return out;
}

std::vector<SeenRule> judge_rules(const Book& book, std::size_t regime, const Known& known) {
  const std::vector<RuleData>& rules = book.regimes[regime].rules;
  std::vector<SeenRule> out(rules.size());
  each(book, known, [&](Assignment a) {
    for (const int found : a[judged] == 2 ? std::vector<int>{0, 1} : std::vector<int>{a[judged]}) {
      a[judged] = found;
      const Activity now = activity(book.regimes[regime], a, 1);
      for (std::size_t i = 0; i < rules.size(); ++i) {
        const int reading = rules[i].unsettled;
        out[i].always = out[i].always && now.active[i];
        out[i].ever = out[i].ever || now.active[i];
        out[i].met = out[i].met && now.met[i] && (reading < 0 || a[static_cast<std::size_t>(reading)] == 1);
      }
    }
  });
  return out;
}

// --- the same as text ---

namespace {

std::string words(const Literal& l) {
  const auto negated = [&](const std::string& s) { return l.negated ? "not (" + s + ")" : s; };
  switch (l.form) {
    case Form::same: return l.negated ? "f3 is not f5" : "f3 is f5";
    case Form::in_set: return l.negated ? "f3 is not in s" : "f3 is in s";
    case Form::some: return negated(fmt::format("some x in s has (x is v{})", l.value));
    case Form::every: return negated(fmt::format("every x in s has (x is v{})", l.value));
    case Form::empty: return negated("s is empty");
    default: break;
  }
  if (l.place == choice || l.place == second_choice)
    return fmt::format("f{} is {}v{}", l.place, l.negated ? "not " : "", l.value);
  return fmt::format("{}f{}", (l.value == 1) != l.negated ? "" : "not ", l.place);
}

void write(const RuleData& r, int regime, std::size_t i, std::string& t) {
  const bool route = r.effect == Effect::permits || r.effect == Effect::permits_with_need;
  t += fmt::format("{} r{}\n  cite \"3\"\n", route ? "route" : "rule", i);
  if (r.in_force != 0)
    t += r.in_force == 1 ? "  in force 2000-01-01 to 2019-12-31\n" : "  in force 2020-01-01 on\n";
  if (r.unsettled >= 0) t += "  unsettled \"read both ways\"\n";
  std::string when;
  for (const Literal& l : r.literals) when += (when.empty() ? "" : r.any ? " or " : " and ") + words(l);
  if (route) t += "  permits\n";
  if (r.effect == Effect::prohibits) t += "  prohibits\n";
  t += "  when " + when + "\n";
  if (has_need(r)) t += fmt::format("  needs permit n{}_{} from x.gov\n", regime, i);
  if (r.effect == Effect::binds) t += "  binds p(holder: \"someone\")\n";
  if (r.owes) t += "  owes report \"of what was sent\" to x.gov\n";
  for (const Link& l : r.links)
    t += l.effect ? fmt::format("  notwithstanding need n{}_{} of r{}\n", regime, l.over, l.over)
                  : fmt::format("  notwithstanding r{}\n", l.over);
}

}  // namespace

std::string text_of(const Book& book) {
  std::string t =
      "authority x.gov of XK \"Government\"\n"
      "fact f0 is yes or no\n  asks \"0\"\n  changed by applicant\nfact f1 is yes or no\n  asks \"1\"\n"
      "  changed by applicant\nfact f2 is yes or no\n  asks \"2\"\n"
      "fact f3 is one of v0, v1, v2\n  asks \"3\"\n  changed by applicant\n"
      "fact f4 of f3 is yes or no\n  asks \"4\"\n  judged by x.gov\n"
      "fact f5 is one of v0, v1, v2\n  asks \"5\"\nfact s is set of one of v0, v1, v2\n  asks \"s\"\n";
  if (book.constrained) t += "constraint c \"c\" always f0 implies not f1\n";
  for (std::size_t g = 0; g < book.regimes.size(); ++g) {
    const RegimeData& regime = book.regimes[g];
    t += fmt::format(
        "regime x.r{} \"R\"\n  authority x.gov\n  force statute\n  cite \"1\"\n  unlinked opposites "
        "strictest "
        "prevails\n  otherwise {}\n",
        g, regime.otherwise_prohibited ? "prohibited" : "permitted");
    t += "proviso p(holder)\n  cite \"2\"\n  needs consent later from x.gov\n  lapses never\n";
    for (std::size_t i = 0; i < regime.rules.size(); ++i) write(regime.rules[i], static_cast<int>(g), i, t);
  }
  return t;
}

// --- random books ---

Literal Maker::literal() {
  Literal l;
  l.negated = below(3) == 0;
  l.value = below(3);
  switch (below(9)) {
    case 0: l.form = Form::same; break;
    case 1: l.form = Form::in_set; break;
    case 2: l.form = Form::some; break;
    case 3: l.form = below(2) == 0 ? Form::every : Form::empty; break;
    default:
      l.place = below(6);
      if (sizes[static_cast<std::size_t>(l.place)] == 2 || l.place == judged) l.value = 1;
  }
  return l;
}

RegimeData Maker::regime(int most_rules, bool unsettled) {
  RegimeData g;
  g.otherwise_prohibited = below(2) == 0;
  const int n = 1 + below(most_rules);
  for (int i = 0; i < n; ++i) {
    RuleData r;
    r.effect = static_cast<Effect>(below(5));
    r.any = below(3) == 0;
    r.in_force = below(4) == 0 ? 1 + below(2) : 0;
    if (unsettled && i < 2 && below(4) == 0) r.unsettled = hidden + i;
    const int literals = 1 + below(3);
    for (int k = 0; k < literals; ++k) r.literals.push_back(literal());
    g.rules.push_back(std::move(r));
  }
  for (RuleData& r : g.rules) r.owes = below(4) == 0;
  for (int i = 0; i < n; ++i)
    for (int k = i + 1; k < n; ++k)
      if (below(2) == 0)
        g.rules[static_cast<std::size_t>(i)].links.push_back(
            {k, has_need(g.rules[static_cast<std::size_t>(k)]) && below(3) == 0});
  return g;
}

Book Maker::book(int most_rules) {
  Book b;
  b.constrained = below(3) == 0;
  const int regimes = below(4) == 0 ? 3 + below(2) : 1 + below(2);
  for (int g = 0; g < regimes; ++g) b.regimes.push_back(regime(most_rules, g == 0));
  return b;
}

Known Maker::knowledge() {
  Known known{};
  for (std::size_t p = 0; p < place_count; ++p) {
    const unsigned all = (1u << sizes[p]) - 1;
    // One value, any of them, or (contested) some of them.
    known[p] = below(2) == 0 ? all : 1u << below(sizes[p]);
    if (sizes[p] == 3 && below(4) == 0) known[p] = 1 + static_cast<unsigned>(below(7));
    if (p >= hidden) known[p] = all;
  }
  // A set is known whole, known to hold some members and perhaps more, or not known.
  const int form = below(3);
  for (std::size_t p = member; p < hidden; ++p)
    known[p] = form == 0 ? 3u : below(2) == 0 ? 2u : form == 1 ? 1u : 3u;
  return known;
}

void Maker::find_for_choice(Book& book, Known& known) {
  book.found_for = {below(3), below(3), below(3)};
  known[judged] = 7;
}

}  // namespace sekisho::judge
