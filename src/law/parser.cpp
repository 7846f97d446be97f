#include "law/parser.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sekisho {
namespace {

using tree::Declaration;
using tree::Expression;
using tree::Kind;
using tree::Node;
using tree::Op;
using tree::Word;

constexpr int depth_limit = 100;

struct Keyword {
  std::string_view word;
  Kind kind;
};
constexpr std::array declarations{
    Keyword{"authority", Kind::authority},
    Keyword{"fact", Kind::fact},
    Keyword{"constraint", Kind::constraint},
    Keyword{"define", Kind::define},
    Keyword{"threshold", Kind::threshold},
    Keyword{"list", Kind::list},
    Keyword{"regime", Kind::regime},
    Keyword{"route", Kind::route},
    Keyword{"rule", Kind::rule},
    Keyword{"proviso", Kind::proviso},
    Keyword{"right", Kind::right},
    Keyword{"case", Kind::law_case},
};

constexpr std::array clause_words{"in",       "cite",      "source",  "text",      "translation",
                                  "force",    "addressee", "permits", "prohibits", "when",
                                  "needs",    "binds",     "owes",    "waits",     "notwithstanding",
                                  "subject",  "unsettled", "lapses",  "governs",   "otherwise",
                                  "unlinked", "authority", "asks",    "judged",    "changed",
                                  "kept",     "complete",  "member",  "value",     "decides",
                                  "leaves",   "finds",     "flows",   "arises",    "instruments"};

constexpr std::array need_kinds{"finding",  "permit",    "approval", "consent",
                                "decision", "exception", "waiver",   "notification"};

/// Thrown to leave a clause that cannot be read further; caught where the next one begins.
struct Abandoned {};

class Parser {
 public:
  Parser(const Sources& sources, std::span<const Token> tokens, Diagnostics& diags)
      : sources_(sources), tokens_(tokens), diags_(diags) {}

  tree::File run() {
    while (kind() != TokenKind::end) {
      try {
        declaration();
      } catch (const Abandoned&) {
        skip_to_declaration();
      }
    }
    return std::move(file_);
  }

 private:
  // --- tokens ---
  const Token& token(std::size_t ahead = 0) const {
    return tokens_[std::min(pos_ + ahead, tokens_.size() - 1)];
  }
  TokenKind kind(std::size_t ahead = 0) const { return token(ahead).kind; }
  std::string_view word(std::size_t ahead = 0) const { return sources_.text(token(ahead).at); }
  bool at_name(std::string_view w, std::size_t ahead = 0) const {
    return kind(ahead) == TokenKind::name && word(ahead) == w;
  }
  bool accept(std::string_view w) {
    if (!at_name(w)) return false;
    ++pos_;
    return true;
  }
  bool accept(std::string_view a, std::string_view b) {
    if (!at_name(a) || !at_name(b, 1)) return false;
    pos_ += 2;
    return true;
  }
  bool accept(TokenKind k) {
    if (kind() != k) return false;
    ++pos_;
    return true;
  }

  std::string found() const {
    if (kind() == TokenKind::end) return "the end of the file";
    return fmt::format("`{}`", word().substr(0, 40));
  }
  [[noreturn]] void fail(std::string_view what) {
    diags_.emit(code::expected, token().at, what, found());
    throw Abandoned{};
  }
  void expect(std::string_view w) {
    if (!accept(w)) fail(fmt::format("`{}`", w));
  }
  void expect(TokenKind k, std::string_view what) {
    if (!accept(k)) fail(what);
  }
  TextSpan since(TextSpan from) const {
    return {from.source, from.begin, pos_ > 0 ? tokens_[pos_ - 1].at.end : from.end};
  }

  Word take(TokenKind k, std::string_view what) {
    if (kind() != k) fail(what);
    Word w{std::string(word()), token().at};
    ++pos_;
    return w;
  }
  Word name(std::string_view what) { return take(TokenKind::name, what); }

  /// One text, or several that follow each other.
  std::string text(std::string_view what = "a text in quotes") {
    if (kind() != TokenKind::text) fail(what);
    std::string all;
    for (; kind() == TokenKind::text; ++pos_) append_unquoted(all, word());
    return all;
  }
  static void append_unquoted(std::string& out, std::string_view quoted) {
    const bool closed = quoted.size() > 1 && quoted.back() == '"';
    quoted = quoted.substr(1, quoted.size() - (closed ? 2 : 1));
    for (std::size_t i = 0; i < quoted.size(); ++i) {
      if (quoted[i] == '\\' && i + 1 < quoted.size()) ++i;
      out += quoted[i];
    }
  }

  Date date() {
    const Word w = take(TokenKind::date, "a day such as 2023-12-22");
    return parse_date(w.text).value_or(Date{});  // the lexer has reported an impossible one
  }
  int count() {
    const Word w = take(TokenKind::number, "a number");
    int n = 0;
    const auto [end, error] = std::from_chars(w.text.data(), w.text.data() + w.text.size(), n);
    if (error != std::errc{} || end != w.text.data() + w.text.size() || n < 0 || n > 100'000)
      diags_.emit(code::bad_number, w.at, w.text);
    return n;
  }
  bool months() {
    if (accept("months")) return true;
    expect("days");
    return false;
  }

  tree::Value value() {
    const TextSpan at = token().at;
    tree::Value v;
    v.at = at;
    switch (kind()) {
      case TokenKind::name: v.kind = tree::ValueKind::name; break;
      case TokenKind::capital: v.kind = tree::ValueKind::state; break;
      case TokenKind::date: v.kind = tree::ValueKind::date; break;
      case TokenKind::number: v.kind = tree::ValueKind::number; break;
      case TokenKind::text:
        v.kind = tree::ValueKind::text;
        v.text = text();
        v.at = since(at);
        return v;
      default: fail("a value");
    }
    v.text = std::string(word());
    ++pos_;
    if (v.kind == tree::ValueKind::number && kind() == TokenKind::capital) {
      v.kind = tree::ValueKind::money;
      v.currency = std::string(word());
      ++pos_;
    }
    v.at = since(at);
    return v;
  }

  // --- recovery ---
  bool at_declaration() const {
    if (kind() != TokenKind::name || !starts_line()) return false;
    if (at_name("in") && at_name("regime", 1)) return true;
    return std::any_of(declarations.begin(), declarations.end(),
                       [&](const Keyword& k) { return word() == k.word; }) &&
           (kind(1) == TokenKind::name || kind(1) == TokenKind::text);
  }
  /// Declarations begin at the head of a line, which tells `authority` the clause from the
  /// declaration after a mistake. A formatted file indents its clauses.
  bool starts_line() const {
    const std::size_t begin = token().at.begin;
    return begin == 0 || sources_.text(token().at.source)[begin - 1] == '\n';
  }
  void skip_to_declaration() {
    if (kind() != TokenKind::end && pos_ == last_skip_) ++pos_;
    while (kind() != TokenKind::end && !at_declaration()) ++pos_;
    last_skip_ = pos_;
  }
  bool at_clause() const {
    return kind() == TokenKind::name &&
           std::any_of(clause_words.begin(), clause_words.end(), [&](auto w) { return word() == w; });
  }
  void skip_to_clause() {
    while (kind() != TokenKind::end && !at_declaration() && !at_clause()) ++pos_;
  }

  // --- declarations ---
  void declaration() {
    const TextSpan start = token().at;
    file_.declaration_starts.push_back(static_cast<std::uint32_t>(pos_));
    if (accept("in", "regime")) {
      regime_ = name("the name of a regime");
      return;
    }
    const auto* keyword = std::find_if(declarations.begin(), declarations.end(),
                                       [&](const Keyword& k) { return at_name(k.word); });
    if (keyword == declarations.end()) {
      diags_.emit(code::unknown_declaration, start, found())
          .note(
              "a declaration is one of: authority, fact, constraint, define, threshold, list, "
              "regime, route, rule, proviso, right, case");
      ++pos_;
      throw Abandoned{};
    }
    ++pos_;
    Declaration d;
    d.kind = keyword->kind;
    d.at = start;
    head(d);
    d.at = since(start);
    if (d.kind == Kind::regime)
      regime_ = d.name;
    else
      d.in_regime = regime_;
    body(d, keyword->word);
    file_.declarations.push_back(std::move(d));
  }

  void head(Declaration& d) {
    if (d.kind == Kind::law_case) {
      const TextSpan at = token().at;
      d.title = text();
      d.name = {d.title, since(at)};
      expect("on");
      d.on = date();
      expect("given");
      do d.given.push_back(given());
      while (accept(TokenKind::comma));
      return;
    }
    d.name = name("a name in lower case");
    switch (d.kind) {
      case Kind::authority:
        expect("of");
        d.state = take(TokenKind::capital, "a state such as JP");
        d.title = text();
        break;
      case Kind::fact:
        if (accept("of")) {
          do d.of.push_back(name("a fact"));
          while (accept(TokenKind::comma));
        }
        expect("is");
        d.type = type();
        break;
      case Kind::constraint:
        d.title = text();
        expect("always");
        d.when = expression();
        break;
      case Kind::define:
        d.title = text();
        expect("means");
        d.when = expression();
        break;
      case Kind::threshold:
        d.title = text();
        expect("is");
        d.type = type();
        break;
      case Kind::list:
        expect("of");
        d.type = type();
        d.title = text();
        break;
      case Kind::regime: d.title = text(); break;
      case Kind::route:
      case Kind::rule:
        if (accept("in", "group")) d.group = name("the name of a group");
        if (kind() == TokenKind::text) d.title = text();
        break;
      case Kind::proviso:
        if (accept(TokenKind::open)) {
          do d.parameters.push_back(name("a parameter"));
          while (accept(TokenKind::comma));
          expect(TokenKind::close, "`)`");
        }
        if (kind() == TokenKind::text) d.title = text();
        break;
      case Kind::right:
        d.title = text();
        expect("of");
        d.state = take(TokenKind::capital, "a state such as US");
        break;
      case Kind::law_case: break;
    }
  }

  tree::Type type() {
    tree::Type t;
    t.at = token().at;
    if (accept("set", "of")) t.is_set = true;
    if (accept("yes")) {
      expect("or");
      expect("no");
      t.kind = "yes_no";
    } else if (accept("one", "of")) {
      t.kind = "choice";
      do t.choices.push_back(name("a value in lower case"));
      while (accept(TokenKind::comma));
    } else if (accept("code")) {
      t.kind = "code";
      if (accept("of")) do {
          const TextSpan at = token().at;
          t.choices.push_back({text("a code in quotes"), since(at)});
        } while (accept(TokenKind::comma));
    } else if (accept("number")) {
      t.kind = "number";
      expect("in");
      t.unit = name("a unit").text;
    } else {
      static constexpr std::array simple{"country", "party", "item", "lot", "date", "money", "share"};
      for (const char* s : simple)
        if (accept(s)) {
          t.kind = s;
          t.at = since(t.at);
          return t;
        }
      fail("a type such as `yes or no`, `country` or `one of …`");
    }
    t.at = since(t.at);
    return t;
  }

  void body(Declaration& d, std::string_view what) {
    while (kind() != TokenKind::end && !at_declaration()) {
      file_.clause_starts.push_back(static_cast<std::uint32_t>(pos_));
      const std::size_t before = pos_;
      try {
        if (!clause(d)) {
          diags_.emit(code::unknown_clause, token().at, what, found());
          throw Abandoned{};
        }
      } catch (const Abandoned&) {
        if (pos_ == before) ++pos_;
        skip_to_clause();
      }
    }
  }

  template <class T>
  void once(const T& already, std::string_view clause_name, TextSpan at) {
    if (already) diags_.emit(code::clause_twice, at, clause_name);
  }
  void set_text(std::string& into, std::string_view clause_name, TextSpan at) {
    once(!into.empty(), clause_name, at);
    into = text();
  }
  void set_word(Word& into, std::string_view clause_name, TextSpan at) {
    once(!into.empty(), clause_name, at);
    into = name("a name");
  }

  bool clause(Declaration& d) {
    const TextSpan at = token().at;
    if (accept("cite")) return set_text(last_cite(d), "cite", at), true;
    if (accept("source")) return set_text(last_source(d), "source", at), true;
    if (at_name("in") && at_name("force", 1)) return set_in_force(d), true;
    if (accept("unsettled")) return set_unsettled(d, at), true;
    switch (d.kind) {
      case Kind::fact: return fact_clause(d, at);
      case Kind::threshold: return threshold_clause(d);
      case Kind::list: return list_clause(d, at);
      case Kind::regime: return regime_clause(d, at);
      case Kind::route:
      case Kind::rule:
      case Kind::proviso: return rule_clause(d, at);
      case Kind::right: return right_clause(d, at);
      case Kind::law_case: return case_clause(d);
      default: return false;
    }
  }

  /// A clause after a member or value speaks of that member or value.
  std::string& last_cite(Declaration& d) {
    if (!d.members.empty()) return d.members.back().cite;
    if (!d.thresholds.empty()) return d.thresholds.back().cite;
    if (d.kind == Kind::regime && d.cite.empty() == false) {
      if (!d.instruments.empty() && d.instruments_cite.empty()) return d.instruments_cite;
      if (!d.opposites.empty() && d.opposites_cite.empty()) return d.opposites_cite;
      if (!d.otherwise.empty() && d.otherwise_cite.empty()) return d.otherwise_cite;
    }
    return d.cite;
  }
  std::string& last_source(Declaration& d) {
    if (!d.members.empty()) return d.members.back().source;
    if (!d.thresholds.empty()) return d.thresholds.back().source;
    return d.source;
  }
  void set_in_force(Declaration& d) {
    const TextSpan at = token().at;
    std::optional<tree::InForce>* into = &d.in_force;
    if (!d.members.empty()) into = &d.members.back().in_force;
    if (!d.thresholds.empty()) into = &d.thresholds.back().in_force;
    once(*into, "in force", at);
    *into = in_force();
  }
  void set_unsettled(Declaration& d, TextSpan at) {
    if (!d.members.empty()) return set_text(d.members.back().unsettled, "unsettled", at);
    once(d.unsettled, "unsettled", at);
    d.unsettled = text("a text that says what is unsettled");
  }

  tree::InForce in_force() {
    tree::InForce f;
    f.at = token().at;
    expect("in");
    expect("force");
    if (accept("always")) {
      f.windows.push_back({});
      f.spans.push_back(f.at);
      f.bounds.emplace_back(f.at, f.at);
    } else {
      do window(f);
      while (accept(TokenKind::comma));
    }
    f.at = since(f.at);
    return f;
  }
  void window(tree::InForce& f) {
    const TextSpan start = token().at;
    Window w;
    w.from = bound();
    const TextSpan from_at = since(start);
    TextSpan to_at = from_at;
    if (accept("to")) {
      const TextSpan at = token().at;
      w.to = bound();
      to_at = since(at);
    } else if (!accept("on")) {
      fail("`to` with the last day, or `on`");
    }
    f.windows.push_back(w);
    f.spans.push_back(since(start));
    f.bounds.emplace_back(from_at, to_at);
  }
  Bound bound() {
    if (!accept("between")) {
      const Date d = date();
      return {d, d};
    }
    const Date a = date();
    expect("and");
    const Date b = date();
    return {std::min(a, b), std::max(a, b)};
  }

  bool fact_clause(Declaration& d, TextSpan at) {
    if (accept("asks")) return set_text(d.asks, "asks", at), true;
    if (accept("judged", "by")) return set_word(d.judged_by, "judged by", at), true;
    if (accept("changed", "by")) return set_word(d.changed_by, "changed by", at), true;
    if (accept("from", "right")) return set_word(d.from_right, "from right", at), true;
    return false;
  }
  bool threshold_clause(Declaration& d) {
    if (!accept("value")) return false;
    d.thresholds.push_back({value(), {}, {}, {}});
    return true;
  }
  bool list_clause(Declaration& d, TextSpan at) {
    if (accept("kept", "by")) return set_word(d.kept_by, "kept by", at), true;
    if (accept("complete", "to")) {
      once(d.complete_to, "complete to", at);
      d.complete_to = date();
      return true;
    }
    if (!accept("member")) return false;
    d.members.push_back({value(), {}, {}, {}, {}, since(at)});
    return true;
  }
  bool regime_clause(Declaration& d, TextSpan at) {
    if (accept("authority")) return set_word(d.authority, "authority", at), true;
    if (accept("addressee")) return set_word(d.addressee, "addressee", at), true;
    if (accept("force")) return set_word(d.force, "force", at), true;
    if (accept("governs", "when")) {
      once(d.when, "governs", at);
      d.when = expression();
      return true;
    }
    if (accept("otherwise")) {
      set_word(d.otherwise, "otherwise", at);
      if (accept("liftable", "by")) d.lifted_by = need();
      return true;
    }
    if (accept("no", "gaps")) {
      once(d.no_gaps, "no gaps", at);
      d.no_gaps = true;
      return true;
    }
    if (accept("unlinked", "opposites")) {
      once(!d.opposites.empty(), "unlinked opposites", at);
      d.opposites = name("`error` or `strictest prevails`");
      if (d.opposites.text == "strictest")
        expect("prevails");
      else if (d.opposites.text != "error")
        diags_.emit(code::expected, d.opposites.at, "`error` or `strictest prevails`",
                    fmt::format("`{}`", d.opposites.text));
      return true;
    }
    if (accept("instruments")) {
      once(!d.instruments.empty(), "instruments", at);
      d.instruments = name("`latest`, `strictest` or `granted`");
      expect("prevails");
      return true;
    }
    return false;
  }

  bool rule_clause(Declaration& d, TextSpan at) {
    if (accept("force")) return set_word(d.force, "force", at), true;
    if (accept("addressee")) return set_word(d.addressee, "addressee", at), true;
    if (accept("text")) return set_text(d.text, "text", at), true;
    if (accept("translation")) return set_text(d.translation, "translation", at), true;
    if (at_name("permits") || at_name("prohibits")) return effect(d, at), true;
    if (accept("when")) return condition(d, at), true;
    if (accept("needs")) return needs(d), true;
    if (accept("binds")) return d.binds.push_back(bind(at)), true;
    if (accept("owes")) return d.owes.push_back(duty(at)), true;
    if (accept("waits")) return d.waits.push_back(wait(at)), true;
    if (at_name("notwithstanding") || (at_name("subject") && at_name("to", 1))) return link(d, at), true;
    if (d.kind == Kind::proviso && accept("lapses")) return lapses(d), true;
    if (d.kind == Kind::proviso && accept("flows")) return flows(d, at), true;
    return false;
  }
  void effect(Declaration& d, TextSpan at) {
    bool& flag = at_name("permits") ? d.permits : d.prohibits;
    once(flag, word(), at);
    flag = true;
    d.effect_at = at;
    ++pos_;
    if (accept("when")) condition(d, at);
    if (accept("liftable", "by")) d.lifted_by = need();
  }
  void condition(Declaration& d, TextSpan at) {
    once(d.when, "when", at);
    d.when = expression();
    if (accept("liftable", "by")) d.lifted_by = need();
  }
  tree::Need need() {
    tree::Need n;
    n.at = token().at;
    n.kind = name(
        "a kind of need: finding, permit, approval, consent, decision, exception, "
        "waiver or notification");
    if (std::none_of(need_kinds.begin(), need_kinds.end(), [&](auto k) { return n.kind.text == k; }))
      diags_.emit(code::expected, n.kind.at, "a kind of need", fmt::format("`{}`", n.kind.text))
          .note(
              "the kinds are finding, permit, approval, consent, decision, exception, waiver, "
              "notification");
    n.name = name("the name of the need");
    expect("from");
    n.from = name("an authority");
    n.at = since(n.at);
    return n;
  }
  void needs(Declaration& d) {
    tree::Need n = need();
    if (accept("posture")) n.posture = name("a posture");
    if (accept("implies")) {
      do n.implies.push_back(name("a need"));
      while (accept(TokenKind::comma));
    }
    d.needs.push_back(std::move(n));
  }
  tree::Bind bind(TextSpan start) {
    tree::Bind b;
    b.proviso = name("a proviso");
    if (accept(TokenKind::open)) {
      do {
        Word parameter = name("a parameter");
        expect(TokenKind::colon, "`:`");
        b.arguments.emplace_back(std::move(parameter), value());
      } while (accept(TokenKind::comma));
      expect(TokenKind::close, "`)`");
    }
    b.at = since(start);
    return b;
  }
  tree::Duty duty(TextSpan start) {
    tree::Duty o;
    o.kind = name("report, notice, verification or return");
    static constexpr std::array kinds{"report", "notice", "verification", "return"};
    if (std::none_of(kinds.begin(), kinds.end(), [&](auto k) { return o.kind.text == k; }))
      diags_.emit(code::expected, o.kind.at, "report, notice, verification or return",
                  fmt::format("`{}`", o.kind.text));
    o.text = text();
    expect("to");
    o.to = name("an authority");
    if (accept("within")) {
      o.count = count();
      o.months = months();
      expect("of");
      o.from_event = name("an event such as `departure`");
    }
    o.at = since(start);
    return o;
  }
  tree::Wait wait(TextSpan start) {
    tree::Wait w;
    w.count = count();
    w.months = months();
    expect("from");
    w.from = name("a fact that is a date");
    w.at = since(start);
    return w;
  }
  void link(Declaration& d, TextSpan start) {
    tree::Link l;
    l.over = accept("notwithstanding");
    if (!l.over) pos_ += 2;
    do l.targets.push_back(target());
    while (accept(TokenKind::comma));
    if (at_name("in") && at_name("force", 1)) {  // dates of the link itself
      if (!d.in_force)
        diags_
            .emit(code::expected, token().at, "the dates of the rule before those of its link", "`in force`")
            .fix("state the rule's own `in force` above its links, if only `in force always`");
      l.in_force = in_force();
    }
    l.at = since(start);
    d.links.push_back(std::move(l));
  }
  tree::Target target() {
    using tree::Part;
    tree::Target t;
    t.at = token().at;
    static constexpr std::array<std::pair<std::string_view, Part>, 5> parts{
        {{"permission", Part::permission},
         {"prohibition", Part::prohibition},
         {"need", Part::need},
         {"proviso", Part::proviso},
         {"obligation", Part::obligation}}};
    if (kind(1) == TokenKind::name) {
      if (accept("group")) {
        t.part = Part::group;
      } else {
        for (const auto& [w, part] : parts)
          if (t.part == Part::whole && at_name(w) && (at_name("of", 1) || at_name("of", 2))) {
            ++pos_;
            t.part = part;
            if (part != Part::permission && part != Part::prohibition) t.effect = name("its name");
            expect("of");
          }
      }
    }
    t.rule = name("a rule or a group");
    t.at = since(t.at);
    return t;
  }
  void lapses(Declaration& d) {
    if (accept("never")) {
      d.lapses_never = true;
    } else {
      expect("when");
      d.lapses_when = expression();
    }
  }

  void flows(Declaration& d, TextSpan at) {
    once(d.flow, "flows", at);
    d.flow.emplace();
    if (accept("through")) {
      expect("every");
      expect("incorporation");
      d.flow->built_in = tree::Incorporation::sees_through;
    } else if (d.kind == Kind::right && accept("by")) {
      expect("share");
      expect("of");
      expect("value");
      d.flow->built_in = tree::Incorporation::by_share;
    } else {
      expect("with");
      expect("the");
      expect("lot");
    }
    if (!accept("and", "into")) return;
    for (const char* w : {"what", "is", "made", "with", "it"}) expect(w);
    d.flow->products = true;
  }
  bool right_clause(Declaration& d, TextSpan at) {
    if (accept("flows")) return flows(d, at), true;
    if (!accept("arises", "where")) return false;
    expect("made");
    tree::Arises a;
    a.licence = accept("under");
    if (a.licence) {
      expect("licence");
      expect("from");
    } else {
      expect("in");
    }
    a.state = take(TokenKind::capital, "a state such as US");
    d.arises.push_back(std::move(a));
    return true;
  }

  tree::Given given() {
    tree::Given g;
    if (accept("carries")) {
      g.carries = true;
      g.fact = name("a proviso");
      return g;
    }
    g.negated = accept("not");
    g.fact = name("a fact");
    if (accept("is")) {
      g.empty = accept("empty");
      if (g.empty) return g;
      const bool several = accept("one", "of");
      do g.values.push_back(value());
      while (several && comma_in_value_list());
    }
    return g;
  }
  /// In `given a is one of x, y, b is z` a comma goes on with the list unless a new fact follows.
  bool comma_in_value_list() {
    if (kind() != TokenKind::comma) return false;
    const bool new_fact =
        kind(1) == TokenKind::name && (at_name("is", 2) || at_name("not", 1) || at_name("carries", 1) ||
                                       word(1).find('.') != std::string_view::npos);
    if (new_fact) return false;
    ++pos_;
    return true;
  }
  bool case_clause(Declaration& d) {
    std::vector<Word>* into = at_name("decides") ? &d.decides : at_name("leaves") ? &d.leaves : nullptr;
    if (into) {
      ++pos_;
      do into->push_back(name("a rule"));
      while (accept(TokenKind::comma));
      return true;
    }
    if (!accept("finds")) return false;
    tree::Finds f;
    f.finding = name("a finding");
    expect("under");
    f.regime = name("a regime");
    d.finds.push_back(std::move(f));
    return true;
  }

  // --- expressions ---
  Expression expression() {
    Expression e;
    expression(e, 0);
    return e;
  }
  void expression(Expression& out, int depth) {
    const TextSpan start = token().at;
    term(out, depth);
    if (accept("implies")) {
      term(out, depth);
      return push(out, Op::implies, 2, since(start));
    }
    if (!at_name("and") && !at_name("or")) return;
    const bool all = at_name("and");
    std::uint32_t arity = 1;
    while (at_name("and") || at_name("or")) {
      if (at_name("and") != all)
        diags_.emit(code::mixed_and_or, token().at).fix("put parentheses around the part that binds first");
      ++pos_;
      term(out, depth);
      ++arity;
    }
    push(out, all ? Op::all : Op::any, arity, since(start));
  }
  static void push(Expression& out, Op op, std::uint32_t arity, TextSpan at) {
    Node n{op, arity, {}, {}, {}, {}, at};
    out.push_back(std::move(n));
  }

  void term(Expression& out, int depth) {
    const TextSpan start = token().at;
    if (depth > depth_limit) {
      diags_.emit(code::nested_too_deep, start, depth_limit).fix("give the inner part a name with `define`");
      while (accept(TokenKind::open) || accept("not")) {
      }
      throw Abandoned{};
    }
    if (accept("not")) {
      term(out, depth + 1);
      return push(out, Op::negation, 1, since(start));
    }
    if (accept(TokenKind::open)) {
      expression(out, depth + 1);
      return expect(TokenKind::close, "`)`");
    }
    if ((at_name("some") || at_name("every")) && kind(1) == TokenKind::name && at_name("in", 2))
      return quantified(out, depth);
    if (at_name("either") && kind(1) == TokenKind::open) return either(out, depth);
    literal(out);
  }
  void quantified(Expression& out, int depth) {
    Node n;
    n.at = token().at;
    n.op = accept("some") ? Op::some : (++pos_, Op::every);
    n.fact = name("a name for the element");
    expect("in");
    n.other = name("a fact that is a set");
    expect("has");
    expect(TokenKind::open, "`(`");
    expression(out, depth + 1);
    expect(TokenKind::close, "`)`");
    n.arity = 1;
    n.at = since(n.at);
    out.push_back(std::move(n));
  }
  void either(Expression& out, int depth) {
    Node n;
    n.op = Op::either;
    n.at = token().at;
    ++pos_;
    expect(TokenKind::open, "`(`");
    expression(out, depth + 1);
    expect(TokenKind::close, "`)`");
    expect("or");
    expect(TokenKind::open, "`(`");
    expression(out, depth + 1);
    expect(TokenKind::close, "`)`");
    expect("unsettled");
    n.note = text();
    n.arity = 2;
    n.at = since(n.at);
    out.push_back(std::move(n));
  }

  void literal(Expression& out) {
    if (at_declaration()) fail("a fact, `not` or `(`");
    Node n;
    n.at = token().at;
    n.fact = name("a fact, `not` or `(`");
    n.op = Op::yes;
    bool negated = false;
    if (accept("is")) {
      negated = accept("not");
      comparison(n);
    }
    n.at = since(n.at);
    const TextSpan at = n.at;
    out.push_back(std::move(n));
    if (negated) push(out, Op::negation, 1, at);
  }
  void comparison(Node& n) {
    if (accept("one", "of")) {
      n.op = Op::equals;
      do n.values.push_back(value());
      while (accept(TokenKind::comma));
    } else if (accept("in")) {
      n.op = Op::in;
      n.other = name("a list, or a fact that is a set");
    } else if (accept("within")) {
      n.op = Op::within;
      n.other = name("a party fact or a parameter");
    } else if (accept("under")) {
      n.op = Op::under;
      n.values.push_back(value());
    } else if (accept("empty")) {
      n.op = Op::empty;
    } else if (!ordered(n)) {
      equals(n);
    }
  }
  bool ordered(Node& n) {
    if (accept("at", "least") || accept_after("on", "or", "after"))
      n.op = Op::at_least;
    else if (accept("at", "most") || accept_after("on", "or", "before"))
      n.op = Op::at_most;
    else if (accept("more", "than") || accept("after"))
      n.op = Op::more_than;
    else if (accept("less", "than") || accept("before"))
      n.op = Op::less_than;
    else
      return false;
    n.values.push_back(value());
    return true;
  }
  bool accept_after(std::string_view a, std::string_view b, std::string_view c) {
    if (!at_name(a) || !at_name(b, 1) || !at_name(c, 2)) return false;
    pos_ += 3;
    return true;
  }
  void equals(Node& n) {
    n.op = Op::equals;
    n.values.push_back(value());
  }

  const Sources& sources_;
  std::span<const Token> tokens_;
  Diagnostics& diags_;
  tree::File file_;
  Word regime_;
  std::size_t pos_ = 0;
  std::size_t last_skip_ = static_cast<std::size_t>(-1);
};

}  // namespace

tree::File parse(const Sources& sources, std::span<const Token> tokens, Diagnostics& diags) {
  return Parser(sources, tokens, diags).run();
}

}  // namespace sekisho
