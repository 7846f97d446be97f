#include "model/reader.h"

#include <algorithm>
#include <functional>
#include <initializer_list>

#include "base/ascii.h"

namespace sekisho {
namespace {

class Reader {
 public:
  explicit Reader(Diagnostics& diags) : diags_(diags) {}

 protected:
  bool map(const Doc& d, std::string_view what, std::initializer_list<std::string_view> keys) {
    if (!d.is_map()) {
      diags_.emit(code::wrong_form, d.at, what);
      return false;
    }
    for (const auto& [k, v] : d.entries)
      if (std::find(keys.begin(), keys.end(), k.text) == keys.end()) {
        auto e = diags_.emit(code::unknown_key, k.at, k.text);
        const std::string near = nearest(k.text, {keys.begin(), keys.end()});
        if (!near.empty()) e.fix(fmt::format("write `{}`", near), {{k.at, near}});
      }
    return true;
  }
  std::string text(const Doc& d, std::string_view key, bool required = false) {
    const Doc* v = d.find(key);
    if (!v || v->form == Doc::Form::nothing) {
      if (required) diags_.emit(code::missing_key, d.at, key);
      return {};
    }
    if (v->is_scalar()) return v->text;
    diags_.emit(code::wrong_form, v->at, fmt::format("one value for `{}`", key));
    return {};
  }
  std::optional<Date> date(const Doc& d, std::string_view key, bool required = false) {
    const std::string t = text(d, key, required);
    if (t.empty()) return std::nullopt;
    const auto day = parse_date(t);
    if (!day) {
      if (looks_like_date(t))
        diags_.emit(code::document_date, d.find(key)->at, t)
            .fix("write a day that the calendar has, such as 2023-12-22");
      else
        diags_.emit(code::wrong_form, d.find(key)->at, "a day such as 2023-12-22");
    }
    return day;
  }
  bool yes(const Doc& d, std::string_view key) {
    const std::string t = text(d, key);
    if (!t.empty() && t != "yes" && t != "no" && t != "true" && t != "false")
      diags_.emit(code::wrong_form, d.find(key)->at, "yes or no");
    return t == "yes" || t == "true";
  }
  /// A list of scalars, or one scalar that stands for a list of one.
  std::vector<Claim> scalars(const Doc* d) {
    std::vector<Claim> out;
    if (!d || d->form == Doc::Form::nothing) return out;
    if (d->is_scalar()) return {{d->text, {}, d->at}};
    if (!d->is_list()) {
      diags_.emit(code::wrong_form, d->at, "a value or a list of values");
      return out;
    }
    for (const Doc& i : d->items) {
      if (i.is_scalar())
        out.push_back({i.text, {}, i.at});
      else
        diags_.emit(code::wrong_form, i.at, "a value");
    }
    return out;
  }
  void each(const Doc& d, std::string_view key, const std::function<void(const Doc&)>& visit) {
    const Doc* list = d.find(key);
    if (!list || list->form == Doc::Form::nothing) return;
    if (!list->is_list()) {
      diags_.emit(code::wrong_form, list->at, fmt::format("a list under `{}`", key));
      return;
    }
    for (const Doc& i : list->items) visit(i);
  }
  void each_named(const Doc& d, std::string_view key,
                  const std::function<void(const Doc& name, const Doc&)>& visit) {
    if (const Doc* m = d.find(key)) names(*m, key, visit);
  }
  void names(const Doc& m, std::string_view key,
             const std::function<void(const Doc& name, const Doc&)>& visit) {
    if (m.form == Doc::Form::nothing) return;
    if (!m.is_map()) {
      diags_.emit(code::wrong_form, m.at, fmt::format("names under `{}`", key));
      return;
    }
    for (const auto& [k, v] : m.entries) visit(k, v);
  }

  FactEntries facts(const Doc& d, const std::string& from) {
    const Doc* under = d.find("facts");
    return under ? fact_entries(*under, from) : FactEntries{};
  }
  FactEntries fact_entries(const Doc& under, const std::string& from) {
    FactEntries out;
    names(under, "facts", [&](const Doc& name, const Doc& v) {
      FactEntry e{name.text, name.at, knowledge(v)};
      e.knowledge.from = from;
      out.push_back(std::move(e));
    });
    return out;
  }
  Knowledge knowledge(const Doc& d) {
    Knowledge k;
    k.at = d.at;
    if (d.is_map() && d.find("value")) {
      if (!map(d, "a fact", {"value", "by", "on", "basis", "source", "note"})) return k;
      k = knowledge(*d.find("value"));
      k.by = text(d, "by");
      k.on = date(d, "on");
      k.basis = text(d, "basis");
      k.source = text(d, "source");
    } else if (d.is_map()) {
      shaped(d, k);
    } else if (d.is_list()) {
      k.form = Knowledge::Form::members;
      k.values = scalars(&d);
    } else if (d.is_scalar() && d.text != "unknown") {
      k.form = Knowledge::Form::alternatives;
      k.values = {{d.text, {}, d.at}};
    }
    return k;
  }
  void shaped(const Doc& d, Knowledge& k) {
    if (!map(d, "what is known of a fact", {"one_of", "between", "under", "claims", "known", "complete"}))
      return;
    std::size_t forms = 0;
    for (const char* form : {"one_of", "between", "under", "claims", "known"})
      forms += d.find(form) != nullptr;
    if (forms != 1 || (d.find("complete") && !d.find("known"))) {
      diags_.emit(code::wrong_form, d.at, "one of `one_of`, `between`, `under`, `claims`, `known`");
      return;
    }
    if (const Doc* v = d.find("one_of")) {
      k.form = Knowledge::Form::alternatives;
      k.values = scalars(v);
    } else if (const Doc* range = d.find("between")) {
      k.form = Knowledge::Form::between;
      k.values = scalars(range);
      if (k.values.size() != 2) diags_.emit(code::wrong_form, range->at, "two values, the ends of the range");
    } else if (const Doc* under = d.find("under")) {
      k.form = Knowledge::Form::under;
      k.values = scalars(under);
    } else if (d.find("claims")) {
      k.form = Knowledge::Form::alternatives;
      k.contested = true;
      each(d, "claims", [&](const Doc& c) {
        if (map(c, "a claim", {"value", "by", "source"}))
          k.values.push_back({text(c, "value", true), text(c, "by"), c.at});
      });
    } else if (const Doc* known = d.find("known")) {
      k.form = Knowledge::Form::members;
      k.values = scalars(known);
      k.complete = d.find("complete") == nullptr || yes(d, "complete");
    }
    if ((k.form == Knowledge::Form::alternatives || k.form == Knowledge::Form::under) && k.values.empty())
      diags_.emit(code::wrong_form, d.at, "at least one value");
  }

  /// A state as two capital letters; nothing if the key is left out.
  std::string state_code(const Doc& d, std::string_view key, bool required = false) {
    std::string s = text(d, key, required);
    if (const Doc* at = d.find(key)) must_be_state(s, at->at);
    return s;
  }
  void must_be_state(const std::string& s, TextSpan at) {
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (s.empty() || s == "unknown" || (s.size() == 2 && capital(s[0]) && capital(s[1]))) return;
    diags_.emit(code::wrong_form, at, "a state as two capital letters, such as JP");
  }

  template <class T>
  void must_exist(const Doc& d, std::string_view key, std::string_view kind, const T* found,
                  std::string_view cure = to_world) {
    const Doc* v = d.find(key);
    if (found || !look_up_ || !v || !v->is_scalar()) return;
    diags_.emit(code::unknown_party, v->at, kind, v->text).fix(fmt::format("{}, or correct `{}`", cure, key));
  }

  static constexpr std::string_view to_world = "add it to the world, the file that `--world` names";
  Diagnostics& diags_;
  bool look_up_ = true;  // names must exist in the world that is read
};

class WorldReader : Reader {
 public:
  explicit WorldReader(Diagnostics& diags) : Reader(diags) {}

  World run(const Doc& d) {
    if (d.find("transfer") && !d.find("world")) {
      diags_.emit(code::wrong_form, d.at, "a world, and this is a transfer").fix("give it without `--world`");
      return {};
    }
    if (!map(d, "a world",
             {"world", "about", "parties", "agreements", "items", "lots", "records", "instruments"}))
      return {};
    if (text(d, "world", true) != "1") diags_.emit(code::wrong_form, d.at, "`world: 1`");
    w_.about = text(d, "about");
    read_sections(d);
    return std::move(w_);
  }
  World sections(const Doc& d) {
    look_up_ = false;
    if (map(d, "sections of a world", {"parties", "agreements", "items", "lots", "records", "instruments"}))
      read_sections(d);
    return std::move(w_);
  }
  Instrument instrument_alone(const Doc& d) {
    look_up_ = false;
    instrument(d);
    return w_.instruments.empty() ? Instrument{} : std::move(w_.instruments.back());
  }
  FactEntries facts_alone(const Doc& under, const std::string& from) { return fact_entries(under, from); }
  std::vector<ProvisoOn> proviso_list(const Doc& list) {
    look_up_ = false;
    std::vector<ProvisoOn> out;
    for (const Doc& p : list.items) proviso(p, out);
    return out;
  }

 private:
  void read_sections(const Doc& d) {
    each_named(d, "parties", [&](const Doc& n, const Doc& p) { party(n, p); });
    each_named(d, "agreements", [&](const Doc& n, const Doc& a) { agreement(n, a); });
    each_named(d, "items", [&](const Doc& n, const Doc& i) { item(n, i); });
    each_named(d, "lots", [&](const Doc& n, const Doc& l) { lot(n, l); });
    each(d, "records", [&](const Doc& r) { record(r); });
    each(d, "instruments", [&](const Doc& i) { instrument(i); });
    each_named(d, "parties", [&](const Doc&, const Doc& p) {
      if (p.is_map()) must_exist(p, "part_of", "party", w_.party(text(p, "part_of")));
    });
  }
  void party(const Doc& n, const Doc& d) {
    if (!map(d, "a party", {"name", "country", "part_of", "facts", "source", "note"})) return;
    w_.parties.push_back({n.text, text(d, "name", true), text(d, "country"), text(d, "part_of"),
                          text(d, "source"), facts(d, "party " + n.text), n.at});
  }
  void agreement(const Doc& n, const Doc& d) {
    if (!map(d, "an agreement", {"title", "licensor", "licensee", "licensor_states", "source", "note"}))
      return;
    Agreement a{
        n.text, text(d, "title", true), text(d, "licensor"), text(d, "licensee"), text(d, "source"), {},
        n.at};
    for (const Claim& c : scalars(d.find("licensor_states"))) {
      must_be_state(c.value, c.at);
      a.licensor_states.push_back(c.value);
    }
    must_exist(d, "licensor", "party", w_.party(a.licensor));
    must_exist(d, "licensee", "party", w_.party(a.licensee));
    w_.agreements.push_back(std::move(a));
  }
  void item(const Doc& n, const Doc& d) {
    if (!map(d, "an item", {"name", "facts", "source", "note"})) return;
    w_.items.push_back({n.text, text(d, "name", true), text(d, "source"), facts(d, "item " + n.text), n.at});
  }
  void lot(const Doc& n, const Doc& d) {
    if (!map(d, "a lot",
             {"item", "made_in", "maker", "made_under", "holder", "quantity", "provisos", "attestations",
              "facts", "source", "note"}))
      return;
    Lot l;
    l.id = n.text;
    l.at = n.at;
    l.item = text(d, "item", true);
    l.made_in = state_code(d, "made_in");
    l.maker = text(d, "maker");
    l.made_under = text(d, "made_under");
    l.holder = text(d, "holder");
    l.source = text(d, "source");
    l.facts = facts(d, "lot " + n.text);
    l.provisos = provisos(d);
    each(d, "attestations", [&](const Doc& a) {
      if (map(a, "an attestation", {"jurisdiction", "by", "on", "source", "note"}))
        l.attestations.push_back(
            {state_code(a, "jurisdiction", true), text(a, "by", true), text(a, "source"), date(a, "on")});
      if (a.is_map()) must_exist(a, "by", "party", w_.party(text(a, "by")));
    });
    must_exist(d, "item", "item", w_.item(l.item));
    must_exist(d, "maker", "party", w_.party(l.maker));
    must_exist(d, "holder", "party", w_.party(l.holder));
    must_exist(d, "made_under", "agreement", w_.agreement(l.made_under));
    w_.lots.push_back(std::move(l));
  }
  std::vector<ProvisoOn> provisos(const Doc& d) {
    std::vector<ProvisoOn> out;
    each(d, "provisos", [&](const Doc& p) { proviso(p, out); });
    return out;
  }
  void proviso(const Doc& p, std::vector<ProvisoOn>& out) {
    if (!map(p, "a proviso", {"proviso", "with", "bound_on", "by", "source", "note"})) return;
    ProvisoOn on{text(p, "proviso", true), text(p, "by"), {}, date(p, "bound_on"), p.at};
    each_named(p, "with", [&](const Doc& k, const Doc& v) {
      if (!v.is_scalar()) {
        diags_.emit(code::wrong_form, v.at, fmt::format("one party for `{}`", k.text));
        return;
      }
      on.with.emplace_back(k.text, v.text);
      if (look_up_ && !w_.party(v.text))
        diags_.emit(code::unknown_party, v.at, "party", v.text).fix("add it to the world");
    });
    out.push_back(std::move(on));
  }
  void record(const Doc& d) {
    if (!map(d, "a record", {"authority", "complete_to", "source", "note"})) return;
    const auto to = date(d, "complete_to", true);
    w_.records.push_back({text(d, "authority", true), text(d, "source"), to.value_or(far_past), d.at});
  }
  void instrument(const Doc& d) {
    if (!map(d, "an instrument",
             {"id", "title", "authority", "issued", "recorded", "valid", "state", "answers", "finds", "scope",
              "provisos", "assumed", "source", "note"}))
      return;
    Instrument i;
    i.at = d.at;
    i.id = text(d, "id", true);
    i.title = text(d, "title");
    i.authority = text(d, "authority", true);
    i.source = text(d, "source");
    i.assumed = yes(d, "assumed");
    i.issued = date(d, "issued", true).value_or(far_past);
    i.recorded = date(d, "recorded").value_or(i.issued);
    i.valid = {{i.issued, i.issued}, {far_future, far_future}};
    if (const Doc* v = d.find("valid"); v && map(*v, "a period", {"from", "to"})) {
      if (const auto from = date(*v, "from")) i.valid.from = {*from, *from};
      if (const auto to = date(*v, "to")) i.valid.to = {*to, *to};
      if (i.valid.to.latest < i.valid.from.earliest)
        diags_.emit(code::wrong_form, v->at, "a period that does not end before it begins");
    }
    if (i.recorded < i.issued)
      diags_.emit(code::wrong_form, d.find("recorded")->at, "a day on or after the day of issue");
    state(d, i);
    i.answers = scalars(d.find("answers"));
    each_named(d, "finds", [&](const Doc& k, const Doc& v) {
      if (v.is_scalar())
        i.finds.emplace_back(k.text, v.text);
      else
        diags_.emit(code::wrong_form, v.at, fmt::format("one value for `{}`", k.text));
    });
    each_named(d, "scope", [&](const Doc& k, const Doc& v) {
      i.scope.push_back({k.text, scalars(&v), k.at});
      if (i.scope.back().values.empty()) diags_.emit(code::wrong_form, v.at, "at least one value");
    });
    i.provisos = provisos(d);
    for (const Instrument& other : w_.instruments)
      if (other.id == i.id) diags_.emit(code::key_twice, d.at, i.id);
    w_.instruments.push_back(std::move(i));
  }
  void state(const Doc& d, Instrument& i) {
    const std::string s = text(d, "state");
    if (s.empty()) return;
    for (int k = 0; k <= static_cast<int>(InstrumentState::lapsed); ++k)
      if (s == to_string(static_cast<InstrumentState>(k))) {
        i.state = static_cast<InstrumentState>(k);
        return;
      }
    diags_.emit(code::wrong_form, d.find("state")->at,
                "granted, refused, pending, suspended, revoked or lapsed");
  }

  World w_;
};

class TransferReader : Reader {
 public:
  TransferReader(const World& world, Diagnostics& diags) : Reader(diags), world_(world) {}

  Transfer run(const Doc& d) {
    Transfer t;
    if (d.find("world") && !d.find("transfer")) {
      diags_.emit(code::wrong_form, d.at, "a transfer, and this is a world").fix("give it with `--world`");
      return t;
    }
    if (!map(d, "a transfer",
             {"transfer", "title", "kind", "on", "from", "to", "via", "exporter", "consignee", "end_user",
              "performed", "facts", "answers", "lines", "source", "note"}))
      return t;
    if (text(d, "transfer", true) != "1") diags_.emit(code::wrong_form, d.at, "`transfer: 1`");
    t.at = d.at;
    t.title = text(d, "title");
    for (const DocEntry& e : d.entries) t.places[e.key.text] = e.value.at;
    t.kind = text(d, "kind");
    t.on = date(d, "on");
    yes(d, "performed");  // the answer alone reads it
    t.from = state_code(d, "from");
    t.to = state_code(d, "to");
    t.exporter = party(d, "exporter");
    t.consignee = party(d, "consignee");
    t.end_user = party(d, "end_user");
    for (const Claim& c : scalars(d.find("via"))) {
      must_be_state(c.value, c.at);
      t.via.push_back(c.value);
    }
    t.facts = facts(d, "transfer");
    each_named(d, "answers", [&](const Doc& name, const Doc& v) {
      t.answers.push_back({name.text, name.at, knowledge(v)});
      t.answers.back().knowledge.from = "answered";
    });
    each(d, "lines", [&](const Doc& l) { line(l, t); });
    if (t.lines.empty()) t.lines.push_back({"line 1", {}, {}, {}, {}, {}, d.at});
    return t;
  }

 private:
  std::string party(const Doc& d, std::string_view key) {
    std::string id = text(d, key);
    if (id == "unknown") return {};
    if (!id.empty()) must_exist(d, key, "party", world_.party(id));
    return id;
  }
  void line(const Doc& d, Transfer& t) {
    if (!map(d, "a line", {"id", "lot", "item", "quantity", "value", "facts", "note"})) return;
    TransferLine l{text(d, "id"), text(d, "lot"), text(d, "item"), text(d, "quantity"), text(d, "value"), {},
                   d.at};
    if (l.id.empty()) l.id = fmt::format("line {}", t.lines.size() + 1);
    l.facts = facts(d, "line " + l.id);
    for (const TransferLine& other : t.lines)
      if (other.id == l.id) diags_.emit(code::key_twice, d.at, l.id);
    if (!l.lot.empty())
      must_exist(d, "lot", "lot", world_.lot(l.lot),
                 world_.lots_from_events ? "add to the events how it came to be" : to_world);
    if (!l.item.empty()) must_exist(d, "item", "item", world_.item(l.item));
    t.lines.push_back(std::move(l));
  }

  const World& world_;
};

template <class T, class Run>
std::optional<T> if_no_errors(Diagnostics& diags, Run run) {
  const std::size_t before = diags.all().size();
  T value = run();
  if (diags.all().size() > before) return std::nullopt;
  return value;
}

}  // namespace

std::optional<World> read_world(const Doc& doc, Diagnostics& diags) {
  return if_no_errors<World>(diags, [&] { return WorldReader(diags).run(doc); });
}

World read_world_sections(const Doc& doc, Diagnostics& diags) {
  return WorldReader(diags).sections(doc);
}

Instrument read_instrument(const Doc& doc, Diagnostics& diags) {
  return WorldReader(diags).instrument_alone(doc);
}

FactEntries read_facts(const Doc& facts, const std::string& from, Diagnostics& diags) {
  return WorldReader(diags).facts_alone(facts, from);
}

std::vector<ProvisoOn> read_provisos(const Doc& list, Diagnostics& diags) {
  return WorldReader(diags).proviso_list(list);
}

std::optional<Transfer> read_transfer(const Doc& doc, const World& world, Diagnostics& diags) {
  return if_no_errors<Transfer>(diags, [&] { return TransferReader(world, diags).run(doc); });
}

Knowledge read_known(std::string_view text, TextSpan at) {
  text = without_blanks_around(text);
  Knowledge k;
  k.at = at;
  k.from = "given by hand";
  if (text == "unknown") return k;
  k.form = Knowledge::Form::alternatives;
  if (text.starts_with('[') && text.ends_with(']')) {  // a set: exactly these members
    k.form = Knowledge::Form::members;
    text = without_blanks_around(text.substr(1, text.size() - 2));
    if (text.empty()) return k;
  }
  const char between = k.form == Knowledge::Form::members ? ',' : '|';
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(between, begin), text.size());
    k.values.push_back({std::string(without_blanks_around(text.substr(begin, end - begin))), {}, at});
    begin = end + 1;
  }
  return k;
}

}  // namespace sekisho
