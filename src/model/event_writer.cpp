#include "model/event_writer.h"

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
    static constexpr std::string_view hex = "0123456789abcdef";
    out_ += '"';
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (byte >= 0x20) {
        out_ += c;
      } else {
        out_ += "\\u00";
        out_ += hex[byte >> 4];
        out_ += hex[byte & 15];
      }
    }
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
