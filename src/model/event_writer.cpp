#include "model/event_writer.h"

#include <fmt/format.h>

#include "base/hex.h"

namespace sekisho {
namespace {

/// Appends JSON; `first` of an object or list has no comma before it.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void event(const Event& e) {
    open('{');
    text("event", to_string(e.kind));
    optional("id", e.id);
    text("on", to_string(e.on));
    optional("by", e.by);
    std::visit([&](const auto& b) { body(b); }, e.body);
    optional("source", e.source);
    optional("reason", e.reason);
    optional("note", e.note);
    close('}');
  }

 private:
  void body(const Goods& g) {
    optional("of", g.of);
    list("takes", g.takes, [&](const LotTaken& t) { taken(t); });
    list("gives", g.gives, [&](const LotGiven& l) { given(l); });
    list("using", g.made_with, [&](const std::string& lot) { string(lot); });
    optional("made_in", g.made_in);
    optional("maker", g.maker);
    optional("made_under", g.made_under);
    optional("kind", g.kind);
    optional("from", g.from);
    optional("to", g.to);
    optional("end_user", g.end_user);
    optional("country", g.country);
    if (g.due) text("due", to_string(*g.due));
    list("binds", g.binds, [&](const ProvisoOn& p) { proviso(p); });
    list("under", g.under, [&](const std::string& a) { string(a); });
    optional("decision", g.decision);
    if (g.facts_said.is_map()) {
      key("facts");
      document(g.facts_said);
    }
  }
  void taken(const LotTaken& t) {
    open('{');
    text("lot", t.lot);
    if (t.quantity) text("quantity", to_string(*t.quantity));
    list("serials", t.serials, [&](const std::string& s) { string(s); });
    optional("as", t.as);
    close('}');
  }
  void given(const LotGiven& l) {
    open('{');
    text("lot", l.lot);
    text("item", l.item);
    text("quantity", to_string(l.quantity));
    list("serials", l.serials, [&](const std::string& s) { string(s); });
    if (l.value) text("value", to_string(*l.value));
    close('}');
  }
  void proviso(const ProvisoOn& p) {
    open('{');
    text("proviso", p.proviso);
    if (!p.with.empty()) {
      key("with");
      open('{');
      for (const auto& [parameter, party] : p.with) text(parameter, party);
      close('}');
    }
    if (p.bound_on) text("bound_on", to_string(*p.bound_on));
    optional("by", p.by);
    close('}');
  }
  void body(const Attest& a) {
    text("lot", a.lot);
    text("jurisdiction", a.jurisdiction);
    optional("basis", a.basis);
  }
  void body(const Enter& e) {
    for (const auto& [name, value] : e.sections.entries) {
      key(name.text);
      document(value);
    }
  }
  void body(const Correct& c) {
    text("of", c.of);
    if (c.withdrawn) text("withdrawn", "yes");
    for (const Event& e : c.instead) {
      key("instead");
      first_ = true;
      event(e);
    }
  }
  void body(const Authorise& a) {
    const Authorisation& t = a.text;
    const Instrument& i = t.instrument;
    text("authorisation", i.id);
    text("kind", to_string(t.kind));
    text("state", to_string(t.state));
    optional("title", i.title);
    text("authority", i.authority);
    text("issued", to_string(i.issued));
    valid(i);
    optional("holder", t.holder);
    optional("signatory", t.signatory);
    optional("reexport", t.reexport);
    list("answers", i.answers, [&](const Claim& c) { string(c.value); });
    if (!i.finds.empty()) {
      key("finds");
      open('{');
      for (const auto& [fact, value] : i.finds) text(fact, value);
      close('}');
    }
    if (!i.scope.empty()) {
      key("scope");
      open('{');
      for (const ScopeEntry& s : i.scope)
        one_or_list(s.fact, s.values, [](const Claim& c) { return std::string_view(c.value); });
      close('}');
    }
    list("limits", t.instrument.limits, [&](const Limit& l) { limit(l); });
    list("conditions", t.conditions, [&](const Condition& c) { condition(c); });
    list("reports", t.reports, [&](const OwedReport& r) { report(r); });
    list("provisos", i.provisos, [&](const ProvisoOn& p) { proviso(p); });
    if (t.processing_days) text("processing_days", fmt::format("{}", *t.processing_days));
    if (t.restores_on_return) text("restores", "on_return");
    if (t.at_issuer != AtIssuer::not_asked) text("at_issuer", to_string(t.at_issuer));
    if (i.assumed) text("assumed", "yes");
  }
  void valid(const Instrument& i) {
    const bool from = i.valid.from.latest != i.issued, to = i.valid.to.earliest != far_future;
    if (!from && !to) return;
    key("valid");
    open('{');
    if (from) text("from", to_string(i.valid.from.latest));
    if (to) text("to", to_string(i.valid.to.earliest));
    close('}');
  }
  void limit(const Limit& l) {
    open('{');
    text(l.measure == Measure::value ? "value" : "quantity", to_string(l.most));
    list("items", l.items, [&](const std::string& i) { string(i); });
    list("consignees", l.consignees, [&](const std::string& c) { string(c); });
    if (l.each_consignee) text("each_consignee", "yes");
    if (l.period == PeriodKind::month) text("per", "month");
    if (l.period == PeriodKind::year) text("per", "year");
    if (l.period == PeriodKind::rolling) text("within_months", fmt::format("{}", l.months));
    close('}');
  }
  void condition(const Condition& c) {
    open('{');
    text("text", c.text);
    optional("by", c.by);
    if (c.met_on) text("met_on", to_string(*c.met_on));
    close('}');
  }
  void report(const OwedReport& r) {
    open('{');
    text("text", r.text);
    optional("to", r.to);
    text("due", to_string(r.due));
    if (r.given_on) text("given_on", to_string(*r.given_on));
    close('}');
  }
  void body(const Reserve& r) {
    if (r.moves) text("for", to_string(*r.moves));
    if (r.until) text("until", to_string(*r.until));
    list("lines", r.lines, [&](const ReservedLine& l) { reserved(l); });
  }
  void reserved(const ReservedLine& l) {
    open('{');
    text("line", l.line);
    optional("item", l.item);
    optional("consignee", l.consignee);
    if (l.quantity) text("quantity", to_string(*l.quantity));
    if (l.value) text("value", to_string(*l.value));
    list("under", l.under, [&](const std::string& a) { string(a); });
    list("needs", l.needs, [&](const NeededAct& n) {
      open('{');
      text("need", n.need);
      text("from", n.from);
      close('}');
    });
    if (!l.facts.empty()) {
      key("facts");
      open('{');
      for (const UseFact& f : l.facts)
        one_or_list(f.fact, f.values, [](const std::string& v) { return std::string_view(v); });
      close('}');
    }
    close('}');
  }
  void body(const Take& t) {
    text("of", t.of);
    list("parts", t.parts, [&](const Part& p) {
      open('{');
      optional("line", p.line);
      if (p.quantity) text("quantity", to_string(*p.quantity));
      if (p.value) text("value", to_string(*p.value));
      close('}');
    });
  }
  void body(const Expire& e) { text("of", e.of); }
  void body(const Fulfil& f) {
    text("kind", f.kind);
    optional("of", f.of);
    optional("decision", f.decision);
    optional("rule", f.rule);
  }
  void body(const Stop& s) { text(to_string(s.kind), s.name); }
  void body(const Lift& l) { text("of", l.of); }
  void document(const Doc& d) {
    switch (d.form) {
      case Doc::Form::nothing: out_ += "null"; break;
      case Doc::Form::scalar: quoted(d.text); break;
      case Doc::Form::list:
        open('[');
        for (const Doc& i : d.items) {
          comma();
          document(i);
        }
        close(']');
        break;
      case Doc::Form::map:
        open('{');
        for (const auto& [name, value] : d.entries) {
          key(name.text);
          document(value);
        }
        close('}');
        break;
    }
  }

  template <class T, class Write>
  void list(std::string_view name, const std::vector<T>& all, Write write) {
    if (all.empty()) return;
    key(name);
    open('[');
    for (const T& each : all) {
      comma();
      write(each);
    }
    close(']');
  }
  template <class T, class Text>
  void one_or_list(std::string_view name, const std::vector<T>& all, Text text_of) {
    if (all.size() == 1) return text(name, text_of(all.front()));
    list(name, all, [&](const T& each) { string(text_of(each)); });
  }
  void optional(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    quoted(value);
  }
  void string(std::string_view value) { quoted(value); }
  void key(std::string_view name) {
    comma();
    quoted(name);
    out_ += ':';
  }
  void comma() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void open(char c) {
    out_ += c;
    first_ = true;
  }
  void close(char c) {
    out_ += c;
    first_ = false;
  }
  void quoted(std::string_view text) {
    out_ += '"';
    std::size_t as_is = 0;  // from where on what stands there is written as it is
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      const bool control = static_cast<unsigned char>(c) < 0x20;
      if (!control && c != '"' && c != '\\') continue;
      out_ += text.substr(as_is, i - as_is);
      as_is = i + 1;
      if (control)
        out_ += "\\u00" + to_hex(std::string_view(&c, 1));
      else
        (out_ += '\\') += c;
    }
    out_ += text.substr(as_is);
    out_ += '"';
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace

std::string write_event(const Event& event) {
  std::string out;
  out.reserve(256);
  Writer(out).event(event);
  return out;
}

}  // namespace sekisho
