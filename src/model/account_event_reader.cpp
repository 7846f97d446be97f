#include "model/account_event_reader.h"

#include <algorithm>
#include <array>

#include "model/reader.h"

namespace sekisho {
namespace {

/// Keys that stand in an instrument of a world file as they do here.
constexpr std::array instrument_keys{"title", "authority", "issued",   "valid",  "answers",
                                     "finds", "scope",     "provisos", "assumed"};
constexpr std::string_view kind_words =
    "licence, agreement, approval, consent, end_use_certificate or assurance";
constexpr std::string_view state_words =
    "draft, submitted, granted, amended, suspended, revoked, refused, exhausted or expired";

bool is_instrument_key(std::string_view key) {
  return std::find(instrument_keys.begin(), instrument_keys.end(), key) != instrument_keys.end();
}

}  // namespace

// --- authorise ---
void AccountEventReader::begin() {
  instrument_ = {};
  instrument_.form = Doc::Form::map;
}

void AccountEventReader::keep(std::string_view key, TextSpan at, Doc value) {
  Doc name;
  name.form = Doc::Form::scalar;
  name.text = key;
  name.at = at;
  instrument_.entries.push_back({std::move(name), std::move(value)});
}

template <class E>
E AccountEventReader::word(Value value, TextSpan at, std::optional<E> (*parse)(std::string_view),
                           std::string_view words) {
  const auto found = parse(v_.text(value));
  if (!found) v_.diags().emit(code::wrong_form, at, words);
  return found.value_or(E{});
}

void AccountEventReader::key(Authorise& a, std::string_view key, TextSpan at, Value value) {
  Authorisation& t = a.text;
  if (is_instrument_key(key)) {
    Doc said = v_.json.document(value);
    if (key == "authority" && said.is_scalar()) v_.must_be_name(said.text, said.at);
    keep(key, at, std::move(said));
  } else if (key == "authorisation")
    t.instrument.id = v_.name(value);
  else if (key == "kind")
    t.kind = word(value, at, parse_authorisation_kind, kind_words);
  else if (key == "state")
    t.state = word(value, at, parse_authorisation_state, state_words);
  else if (key == "holder")
    t.holder = v_.name(value);
  else if (key == "signatory")
    t.signatory = v_.text(value);
  else if (key == "reexport")
    t.reexport = v_.text(value);
  else if (key == "limits")
    v_.json.list(value, "a list of limits", [&](Value each) { t.instrument.limits.push_back(limit(each)); });
  else if (key == "conditions")
    v_.json.list(value, "a list of conditions", [&](Value each) { t.conditions.push_back(condition(each)); });
  else if (key == "reports")
    v_.json.list(value, "a list of reports", [&](Value each) { t.reports.push_back(report(each)); });
  else if (key == "processing_days")
    t.processing_days = v_.count(value, at, 0, 36'500);
  else if (key == "at_issuer")
    t.at_issuer = word(value, at, parse_at_issuer, "not_asked, confirmed or not_found");
  else if (key == "restores") {
    t.restores_on_return = v_.text(value) == "on_return";
    if (!t.restores_on_return) v_.diags().emit(code::wrong_form, at, "`on_return`, or no such key");
  }
}

void AccountEventReader::end(Authorise& a, const Event& e) {
  const auto scalar = [&](std::string text) {
    Doc d;
    d.form = Doc::Form::scalar;
    d.text = std::move(text);
    d.at = e.at;
    return d;
  };
  instrument_.at = e.at;
  keep("id", e.at, scalar(a.text.instrument.id));
  if (!instrument_.find("authority")) keep("authority", e.at, scalar(""));  // missing, and reported
  if (!instrument_.find("issued")) keep("issued", e.at, scalar(to_string(e.on)));
  std::vector<Limit> limits = std::move(a.text.instrument.limits);
  a.text.instrument = read_instrument(instrument_, v_.diags());
  a.text.instrument.limits = std::move(limits);
  a.text.instrument.source = e.source;
  // For a draft no authority has acted; who asks the law leaves it out by the account's own state.
  a.text.instrument.state = as_instrument(a.text.state).value_or(InstrumentState::pending);
}

Limit AccountEventReader::limit(Value value) {
  Limit l;
  l.at = v_.json.place(value);
  int measures = 0;
  bool whole = true;
  v_.json.object(value, "a limit", [&](std::string_view key, TextSpan at, Value each) {
    if (key == "quantity" || key == "value") {
      ++measures;
      l.measure = key == "value" ? Measure::value : Measure::quantity;
      l.most = key == "value" ? v_.money(each, at) : v_.quantity(each, at);
    } else if (key == "items") {
      l.items = v_.text_or_texts(each, "an item or a list of items");
    } else if (key == "consignees") {
      l.consignees = v_.text_or_texts(each, "a consignee or a list of consignees");
    } else if (key == "each_consignee") {
      l.each_consignee = v_.yes(each, at);
    } else if (key == "per" || key == "within_months") {
      if (!whole) v_.diags().emit(code::wrong_form, at, "one period: `per` or `within_months`");
      whole = false;
      if (key == "within_months") {
        l.period = PeriodKind::rolling;
        l.months = v_.count(each, at, 1, 1200);
      } else {
        const std::string word = v_.text(each);
        l.period = word == "month" ? PeriodKind::month : PeriodKind::year;
        if (word != "month" && word != "year") v_.diags().emit(code::wrong_form, at, "month or year");
      }
    } else {
      v_.unknown_key(key, at,
                     {"quantity", "value", "items", "consignees", "each_consignee", "per", "within_months"});
    }
  });
  if (measures != 1) v_.diags().emit(code::wrong_form, l.at, "a limit of either a `quantity` or a `value`");
  return l;
}

Condition AccountEventReader::condition(Value value) {
  Condition c;
  const TextSpan place = v_.json.place(value);
  v_.json.object(value, "a condition", [&](std::string_view key, TextSpan at, Value each) {
    if (key == "text")
      c.text = v_.text(each);
    else if (key == "by")
      c.by = v_.name(each);
    else if (key == "met_on")
      c.met_on = v_.day(each, at);
    else
      v_.unknown_key(key, at, {"text", "by", "met_on"});
  });
  v_.must_have(!c.text.empty(), "text", place);
  return c;
}

OwedReport AccountEventReader::report(Value value) {
  OwedReport r;
  bool due = false;
  const TextSpan place = v_.json.place(value);
  v_.json.object(value, "a report", [&](std::string_view key, TextSpan at, Value each) {
    if (key == "text")
      r.text = v_.text(each);
    else if (key == "to")
      r.to = v_.name(each);
    else if (key == "due") {
      r.due = v_.day(each, at);
      due = true;
    } else if (key == "given_on")
      r.given_on = v_.day(each, at);
    else
      v_.unknown_key(key, at, {"text", "to", "due", "given_on"});
  });
  v_.must_have(!r.text.empty(), "text", place);
  v_.must_have(due, "due", place);
  return r;
}

// --- reserve, draw, free, restore ---
void AccountEventReader::key(Reserve& r, std::string_view key, TextSpan at, Value value) {
  if (key == "for")
    r.moves = v_.day(value, at);
  else if (key == "until")
    r.until = v_.day(value, at);
  else if (key == "lines")
    v_.json.list(value, "a list of lines",
                 [&](Value each) { r.lines.push_back(line(each, r.lines.size() + 1)); });
  if (key == "lines" && r.lines.empty()) v_.diags().emit(code::wrong_form, at, "at least one line");
}

void AccountEventReader::key(Take& t, std::string_view key, TextSpan at, Value value) {
  if (key == "of")
    t.of = v_.name(value);
  else if (key == "parts")
    v_.json.list(value, "a list of parts", [&](Value each) { t.parts.push_back(part(each)); });
  if (key == "parts" && t.parts.empty())
    v_.diags().emit(code::wrong_form, at,
                    "at least one part; all that is left is meant where `parts` is left out");
}

ReservedLine AccountEventReader::line(Value value, std::size_t number) {
  ReservedLine l;
  const TextSpan place = v_.json.place(value);
  v_.json.object(value, "a line", [&](std::string_view key, TextSpan at, Value each) {
    if (key == "line")
      l.line = v_.name(each);
    else if (key == "item")
      l.item = v_.name(each);
    else if (key == "consignee")
      l.consignee = v_.name(each);
    else if (key == "quantity")
      l.quantity = v_.quantity(each, at);
    else if (key == "value")
      l.value = v_.money(each, at);
    else if (key == "under")
      l.under = v_.names(each, "a list of authorisations");
    else if (key == "needs")
      v_.json.list(each, "a list of needs", [&](Value n) { l.needs.push_back(need(n)); });
    else if (key == "facts")
      v_.json.object(each, "facts by name",
                     [&](std::string_view name, TextSpan, Value f) { l.facts.push_back(fact(name, f)); });
    else
      v_.unknown_key(key, at, {"line", "item", "consignee", "quantity", "value", "under", "needs", "facts"});
  });
  v_.must_have(!l.under.empty(), "under", place);
  if (l.line.empty()) l.line = std::to_string(number);
  return l;
}

NeededAct AccountEventReader::need(Value value) {
  NeededAct n;
  const TextSpan place = v_.json.place(value);
  SeenKeys seen;
  v_.json.object(value, "a need", [&](std::string_view key, TextSpan at, Value each) {
    seen.insert(key);
    if (key == "need")
      n.need = v_.name(each);
    else if (key == "from")
      n.from = v_.name(each);
    else
      v_.unknown_key(key, at, {"need", "from"});
  });
  v_.must_have_all({"need", "from"}, seen, place);
  return n;
}

UseFact AccountEventReader::fact(std::string_view name, Value value) {
  const TextSpan place = v_.json.place(value);
  UseFact f{std::string(name), v_.text_or_texts(value, "a value, then what it belongs to")};
  if (f.values.empty()) v_.diags().emit(code::wrong_form, place, "at least one value");
  return f;
}

Part AccountEventReader::part(Value value) {
  Part p;
  v_.json.object(value, "a part", [&](std::string_view key, TextSpan at, Value each) {
    if (key == "line")
      p.line = v_.name(each);
    else if (key == "quantity")
      p.quantity = v_.quantity(each, at);
    else if (key == "value")
      p.value = v_.money(each, at);
    else
      v_.unknown_key(key, at, {"line", "quantity", "value"});
  });
  return p;
}

}  // namespace sekisho
