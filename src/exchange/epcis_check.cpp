#include "exchange/epcis_check.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/date.h"
#include "exchange/digital_link.h"
#include "exchange/epcis_query.h"
#include "exchange/epcis_time.h"

namespace sekisho {
namespace {

constexpr std::string_view a_time = "a time with its offset, such as 2023-12-22T09:00:00+09:00";
constexpr std::string_view a_uri = "a URI";

bool is_capital_or_digit(char c) {
  return is_capital(c) || is_digit(c);
}

/// A scheme, a colon and something behind it, no white space.
bool is_uri(std::string_view s) {
  const std::size_t colon = s.find(':');
  const auto wrong = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '<' || c == '>';
  };
  return colon != std::string_view::npos && colon > 0 && colon + 1 < s.size() &&
         std::none_of(s.begin(), s.end(), wrong);
}

bool filled(const Doc* d) {
  return d && d->is_list() && !d->items.empty();
}

const EpcisField* field_called(std::string_view name) {
  const auto& all = epcis_fields();
  const auto it = std::find_if(all.begin(), all.end(), [&](const EpcisField& f) { return f.name == name; });
  return it == all.end() ? nullptr : &*it;
}

std::vector<std::string> field_names(unsigned kind) {
  std::vector<std::string> out;
  out.reserve(epcis_fields().size());
  for (const EpcisField& f : epcis_fields())
    if (f.kinds & kind) out.emplace_back(f.name);
  return out;
}

}  // namespace

// --- the document ---

EpcisDocument EpcisCheck::document(Doc said, Prefixes prefixes) {
  EpcisDocument out;
  prefixes_ = std::move(prefixes);
  const Doc* type = said.find("type");
  if (!type && looks_like_epcis_query(said)) {
    check_epcis_query(sources_, said, diags_);
    return out;
  }
  if (!type || !type->is_scalar()) {
    diags_.emit(code::not_epcis, type ? type->at : said.at, "its `type` is missing")
        .fix("write EPCISDocument, EPCISQueryDocument, or the kind of a single event");
    return out;
  }
  if (type->text != "EPCISDocument" && type->text != "EPCISQueryDocument") {
    single(std::move(said), out);
    return out;
  }
  header(said, out);
  if (const Doc* events = event_list(said))
    for (const Doc& e : events->items) event(e, out);
  const auto body = std::find_if(said.entries.begin(), said.entries.end(),
                                 [](const DocEntry& e) { return e.key.text == "epcisBody"; });
  if (body != said.entries.end()) said.entries.erase(body);
  out.header = std::move(said);
  return out;
}

void EpcisCheck::header(const Doc& d, EpcisDocument& out) {
  const Doc* ld = d.find("@context");
  if (ld && !context(*ld, prefixes_))
    diags_.emit(code::not_epcis, ld->at, "its `@context` does not name the context of EPCIS")
        .fix("add \"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld\"");
  out.prefixes = prefixes_;
  for (const std::string_view key : {"@context", "schemaVersion", "creationDate", "epcisBody"})
    if (!d.find(key)) missing(d, key);
  for (const DocEntry& e : d.entries) {
    const std::string& key = e.key.text;
    if (key == "creationDate")
      time(e.value);
    else if (key == "schemaVersion" && text(e.value, "the version as text, such as \"2.0\"")) {
      if (!e.value.text.starts_with("2.")) form(e.value, "version 2 of EPCIS, such as \"2.0\"");
    } else if (key.find(':') != std::string::npos)
      extension(e.key, e.value);
    else if (key != "@context" && key != "type" && key != "schemaVersion" && key != "epcisBody" &&
             key != "id" && key != "sender" && key != "receiver" && key != "instanceIdentifier" &&
             key != "epcisHeader")
      unknown(e.key, {"@context", "type", "schemaVersion", "creationDate", "epcisBody", "epcisHeader", "id",
                      "sender", "receiver", "instanceIdentifier"});
  }
  ignore_fields(d, out);
}

const Doc* EpcisCheck::event_list(const Doc& d) {
  const Doc* at = d.find("epcisBody");
  if (!at || !object(*at, "an object with the events")) return nullptr;
  if (d.find("type")->text == "EPCISQueryDocument") {
    at = inside(*at, "queryResults");
    if (at) at = inside(*at, "resultsBody", {"queryName", "subscriptionID"});
  }
  const Doc* events = at ? inside(*at, "eventList") : nullptr;
  if (!events || events->is_list()) return events;
  form(*events, "a list of events");
  return nullptr;
}

const Doc* EpcisCheck::inside(const Doc& d, std::string_view key,
                              std::initializer_list<std::string_view> others) {
  if (!object(d, "an object")) return nullptr;
  for (const DocEntry& e : d.entries) {
    if (e.key.text == key || std::find(others.begin(), others.end(), e.key.text) != others.end()) continue;
    std::vector<std::string> known(others.begin(), others.end());
    known.emplace_back(key);
    if (e.key.text.find(':') == std::string::npos) unknown(e.key, known);
  }
  const Doc* found = d.find(key);
  if (!found) missing(d, key);
  return found;
}

/// Extensions that the one who keeps the events put in and the hash leaves out, named in the document or in
/// the results of a query.
void EpcisCheck::ignore_fields(const Doc& d, EpcisDocument& out) {
  for (const DocEntry& e : d.entries) {
    if (e.value.is_map() && (e.key.text == "epcisBody" || e.key.text == "queryResults"))
      ignore_fields(e.value, out);
    if (!e.key.text.ends_with(":ignoreFields") || !e.value.is_list()) continue;
    for (const Doc& name : e.value.items) out.ignored.push_back(prefixes_.full(name.text));
  }
}

void EpcisCheck::single(Doc said, EpcisDocument& out) {
  const Doc* ld = said.find("@context");
  Prefixes own = prefixes_;
  if (!ld)
    missing(said, "@context");
  else if (!context(*ld, own))
    diags_.emit(code::not_epcis, ld->at, "its `@context` does not name the context of EPCIS");
  event(std::move(said), out);
}

/// @returns whether it names the context of EPCIS
bool EpcisCheck::context(const Doc& d, Prefixes& prefixes) {
  if (!d.is_list()) return context_entry(d, prefixes);
  bool named = false;
  for (const Doc& entry : d.items) named = context_entry(entry, prefixes) || named;
  return named;
}

bool EpcisCheck::context_entry(const Doc& d, Prefixes& prefixes) {
  if (d.is_scalar()) {
    uri(d);
    return d.text.find("epcis-context") != std::string::npos;
  }
  if (!object(d, "a context: a URI, or prefixes and what they stand for")) return false;
  for (const DocEntry& e : d.entries)
    if (e.value.is_scalar() && !e.key.text.starts_with('@')) prefixes.declare(e.key.text, e.value.text);
  return false;
}

// --- events ---

void EpcisCheck::event(Doc said, EpcisDocument& out) {
  const std::size_t before = diags_.all().size();
  if (!object(said, "an event")) return;
  const unsigned kind = kind_of(said);
  if (!kind) return;
  const Prefixes around = prefixes_;
  if (const Doc* ld = said.find("@context")) context(*ld, prefixes_);
  for (const DocEntry& e : said.entries) {
    if (e.key.text == "@context" || e.key.text == "type") continue;
    const EpcisField* f = field_called(e.key.text);
    if (f && (f->kinds & kind || kind == epcis_other))
      field(*f, e.value);
    else if (e.key.text.find(':') != std::string::npos)
      extension(e.key, e.value);
    else
      unknown(e.key, field_names(kind));
  }
  required(said, kind);
  if (diags_.all().size() == before) {
    const TextSpan at = said.find("type")->at;
    out.events.push_back({kind, std::move(said), prefixes_, at});
  }
  prefixes_ = around;
}

unsigned EpcisCheck::kind_of(const Doc& d) {
  const Doc* type = d.find("type");
  if (!type) {
    missing(d, "type");
    return 0;
  }
  if (!text(*type, "the kind of the event")) return 0;
  if (const unsigned kind = epcis_kind(type->text)) return kind;
  if (type->text.find(':') != std::string::npos) return epcis_other;
  auto e = diags_.emit(code::not_in_vocabulary, type->at, type->text, "kind of event");
  const std::string near = nearest(type->text, epcis_kind_words());
  e.fix(near.empty() ? "a kind of your own has a namespace" : fmt::format("write `{}`", near));
  return 0;
}

void EpcisCheck::field(const EpcisField& f, const Doc& d) {
  switch (f.form) {
    case EpcisForm::time: return time(d);
    case EpcisForm::offset: return offset(d);
    case EpcisForm::uri: return uri(d);
    case EpcisForm::uri_or_uris:
      if (!d.is_list()) return uri(d);
      [[fallthrough]];
    case EpcisForm::uris: return list(d, "URIs", [&](const Doc& e) { identifier(e); });
    case EpcisForm::quantities: return list(d, "quantities", [&](const Doc& e) { quantity(e); });
    case EpcisForm::action:
      if (text(d, "ADD, OBSERVE or DELETE") && d.text != "ADD" && d.text != "OBSERVE" && d.text != "DELETE")
        form(d, "ADD, OBSERVE or DELETE");
      return;
    case EpcisForm::step: return word(business_steps(), d);
    case EpcisForm::disposition: return word(dispositions(), d);
    case EpcisForm::dispositions: return set_and_unset(d);
    case EpcisForm::place: return place(d);
    case EpcisForm::transactions:
      return list(d, "business transactions",
                  [&](const Doc& e) { typed(e, transaction_types(), "bizTransaction", false); });
    case EpcisForm::sources:
      return list(d, "sources", [&](const Doc& e) { typed(e, party_types(), "source", true); });
    case EpcisForm::destinations:
      return list(d, "destinations", [&](const Doc& e) { typed(e, party_types(), "destination", true); });
    case EpcisForm::sensors: return list(d, "sensor elements", [&](const Doc& e) { sensor(e); });
    case EpcisForm::ilmd: return ilmd(d);
    case EpcisForm::error: return error(d);
  }
}

void EpcisCheck::required(const Doc& event, unsigned kind) {
  for (const std::string_view key : {"eventTime", "eventTimeZoneOffset"})
    if (!event.find(key)) missing(event, key);
  constexpr unsigned acting = epcis_object | epcis_aggregation | epcis_transaction | epcis_association;
  if (kind & acting && !event.find("action")) missing(event, "action");
  if (kind == epcis_transaction && !filled(event.find("bizTransactionList")))
    missing(event, "bizTransactionList");
  const Doc* action = event.find("action");
  const bool adds = action && action->text == "ADD";
  const Doc* master = event.find("ilmd");
  if (master && kind == epcis_object && action && !adds) form(*master, "`ilmd` with the action ADD alone");
  goods_named(event, kind);
}

/// Every event says what it is of; which lists may be left out, the standard says for each kind.
void EpcisCheck::goods_named(const Doc& event, unsigned kind) {
  const Doc* action = event.find("action");
  const bool deletes = action && action->text == "DELETE", observes = action && action->text == "OBSERVE";
  const auto one_of = [&](std::string_view a, std::string_view b) {
    if (!filled(event.find(a)) && !filled(event.find(b))) missing(event, a);
  };
  if (kind == epcis_object && !filled(event.find("sensorElementList"))) one_of("epcList", "quantityList");
  if (kind == epcis_transaction && !deletes) one_of("epcList", "quantityList");
  if (kind & (epcis_aggregation | epcis_association)) {
    if (!event.find("parentID") && !(kind == epcis_aggregation && observes)) missing(event, "parentID");
    if (!deletes && !filled(event.find("sensorElementList"))) one_of("childEPCs", "childQuantityList");
  }
  // Parts of one transformation that lasts long are told in several events, joined by its number.
  if (kind == epcis_transformation && !event.find("transformationID")) {
    one_of("inputEPCList", "inputQuantityList");
    one_of("outputEPCList", "outputQuantityList");
  }
}

void EpcisCheck::extension(const Doc& key, const Doc& value) {
  const std::string_view prefix = std::string_view(key.text).substr(0, key.text.find(':'));
  const bool in_full = std::string_view(key.text).substr(prefix.size()).starts_with("://") || prefix == "urn";
  Prefixes inner = prefixes_;
  if (value.is_map())
    if (const Doc* ld = value.find("@context")) context(*ld, inner);
  if (!in_full && !prefixes_.find(prefix) && !inner.find(prefix))
    diags_.emit(code::unknown_prefix, key.at, prefix)
        .fix(fmt::format("say in `@context` what `{}` stands for", prefix));
}

// --- what stands in a field ---

bool EpcisCheck::text(const Doc& d, std::string_view expected) {
  if (d.is_scalar() && scalar_kind(sources_, d) == JsonScalar::text && !d.text.empty()) return true;
  form(d, expected);
  return false;
}

bool EpcisCheck::number(const Doc& d, std::string_view expected) {
  if (d.is_scalar() && scalar_kind(sources_, d) == JsonScalar::number) return true;
  form(d, expected);
  return false;
}

void EpcisCheck::time(const Doc& d) {
  if (!text(d, a_time) || parse_epcis_time(d.text)) return;
  const std::string_view day = std::string_view(d.text).substr(0, 10);
  if (looks_like_date(day) && !parse_date(day))
    diags_.emit(code::document_date, d.at, day);
  else
    form(d, a_time);
}

void EpcisCheck::offset(const Doc& d) {
  if (text(d, "an offset such as +09:00") && !parse_epcis_offset(d.text))
    form(d, "an offset such as +09:00, at most 14:00");
}

void EpcisCheck::uri(const Doc& d) {
  if (text(d, a_uri) && !is_uri(d.text)) form(d, a_uri);
}

void EpcisCheck::identifier(const Doc& d) {
  uri(d);
  const auto link = d.is_scalar() ? read_digital_link(d.text) : std::nullopt;
  if (const auto gtin = link ? link->mended_gtin() : std::nullopt)
    diags_.emit(code::not_in_vocabulary, d.at, d.text, "identifier")
        .fix(fmt::format("by its check digit the number is {}", *gtin));
}

void EpcisCheck::word(const Vocabulary& v, const Doc& d) {
  if (!text(d, fmt::format("a {}", v.what))) return;
  if (d.text.find(':') != std::string::npos && !d.text.starts_with(v.web) && !d.text.starts_with(v.urn))
    return uri(d);
  const std::string bare = bare_word(v, d.text);
  if (v.open || std::find(v.words.begin(), v.words.end(), bare) != v.words.end()) return;
  auto e = diags_.emit(code::not_in_vocabulary, d.at, d.text, v.what);
  const std::string near = nearest(bare, v.words);
  if (!near.empty()) e.fix(fmt::format("if `{}` is meant, write that", near));
  e.fix("a word of your own is written as a URI");
}

void EpcisCheck::list(const Doc& d, std::string_view of, const Each& each) {
  if (!d.is_list()) return form(d, fmt::format("a list of {}", of));
  for (const Doc& e : d.items) each(e);
}

bool EpcisCheck::object(const Doc& d, std::string_view expected) {
  if (d.is_map()) return true;
  form(d, expected);
  return false;
}

void EpcisCheck::quantity(const Doc& d) {
  if (!object(d, "a quantity with its `epcClass`")) return;
  for (const DocEntry& e : d.entries) {
    if (e.key.text == "epcClass") {
      identifier(e.value);
    } else if (e.key.text == "quantity") {
      if (number(e.value, "a number") && e.value.text.starts_with('-'))
        form(e.value, "a quantity that is not below zero");
    } else if (e.key.text == "uom") {
      if (!text(e.value, "a unit of measure")) continue;
      if (e.value.text.size() > 3 ||
          !std::all_of(e.value.text.begin(), e.value.text.end(), is_capital_or_digit))
        form(e.value, "a unit of UN/CEFACT Recommendation 20, such as KGM");
    } else {
      unknown(e.key, {"epcClass", "quantity", "uom"});
    }
  }
  if (!d.find("epcClass")) missing(d, "epcClass");
}

void EpcisCheck::place(const Doc& d) {
  if (!object(d, "a place with its `id`")) return;
  for (const DocEntry& e : d.entries)
    if (e.key.text == "id")
      uri(e.value);
    else if (e.key.text.find(':') != std::string::npos)
      extension(e.key, e.value);
    else
      unknown(e.key, {"id"});
  if (!d.find("id")) missing(d, "id");
}

void EpcisCheck::typed(const Doc& d, const Vocabulary& types, std::string_view key, bool type_required) {
  if (!object(d, fmt::format("an object with `{}`", key))) return;
  for (const DocEntry& e : d.entries)
    if (e.key.text == "type")
      word(types, e.value);
    else if (e.key.text == key)
      uri(e.value);
    else
      unknown(e.key, {"type", std::string(key)});
  if (!d.find(key)) missing(d, key);
  if (type_required && !d.find("type")) missing(d, "type");
}

void EpcisCheck::sensor(const Doc& d) {
  if (!object(d, "a sensor element")) return;
  for (const DocEntry& e : d.entries)
    if (e.key.text == "sensorMetadata")
      sensor_fields(e.value, sensor_metadata_fields());
    else if (e.key.text == "sensorReport")
      list(e.value, "sensor reports", [&](const Doc& r) { sensor_fields(r, sensor_report_fields()); });
    else if (e.key.text.find(':') != std::string::npos)
      extension(e.key, e.value);
    else
      unknown(e.key, {"sensorMetadata", "sensorReport"});
  if (!filled(d.find("sensorReport"))) missing(d, "sensorReport");
}

void EpcisCheck::sensor_fields(const Doc& d, const std::vector<SensorField>& known) {
  if (!object(d, "what a sensor says")) return;
  for (const DocEntry& e : d.entries) {
    const auto it =
        std::find_if(known.begin(), known.end(), [&](const SensorField& f) { return f.name == e.key.text; });
    if (it != known.end()) {
      sensor_value(it->form, e.value);
    } else if (e.key.text.find(':') != std::string::npos) {
      extension(e.key, e.value);
    } else {
      std::vector<std::string> names;
      names.reserve(known.size());
      for (const SensorField& f : known) names.emplace_back(f.name);
      unknown(e.key, names);
    }
  }
}

void EpcisCheck::sensor_value(SensorForm f, const Doc& d) {
  switch (f) {
    case SensorForm::time: return time(d);
    case SensorForm::uri: return uri(d);
    case SensorForm::number: number(d, "a number"); return;
    case SensorForm::text: text(d, "text"); return;
    case SensorForm::measurement: return word(measurements(), d);
    case SensorForm::exception: return word(sensor_exceptions(), d);
    case SensorForm::component: return word(components(), d);
    case SensorForm::boolean:
      if (!d.is_scalar() || scalar_kind(sources_, d) != JsonScalar::boolean) form(d, "true or false");
      return;
    case SensorForm::hex:
      if (text(d, "hexadecimal digits") &&
          d.text.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
        form(d, "hexadecimal digits");
      return;
  }
}

void EpcisCheck::set_and_unset(const Doc& d) {
  if (!object(d, "dispositions under `set` and `unset`")) return;
  for (const DocEntry& e : d.entries)
    if (e.key.text == "set" || e.key.text == "unset")
      list(e.value, "dispositions", [&](const Doc& x) { word(dispositions(), x); });
    else
      unknown(e.key, {"set", "unset"});
}

void EpcisCheck::ilmd(const Doc& d) {
  if (!object(d, "master data of the goods")) return;
  for (const DocEntry& e : d.entries) {
    if (e.key.text.find(':') != std::string::npos) {
      extension(e.key, e.value);
      continue;
    }
    diags_.emit(code::unknown_key, e.key.at, e.key.text)
        .fix("master data in `ilmd` are of a namespace: write its prefix in front");
  }
}

void EpcisCheck::error(const Doc& d) {
  if (!object(d, "an error declaration")) return;
  for (const DocEntry& e : d.entries)
    if (e.key.text == "declarationTime")
      time(e.value);
    else if (e.key.text == "reason")
      word(error_reasons(), e.value);
    else if (e.key.text == "correctiveEventIDs")
      list(e.value, "names of events", [&](const Doc& x) { uri(x); });
    else if (e.key.text.find(':') != std::string::npos)
      extension(e.key, e.value);
    else
      unknown(e.key, {"declarationTime", "reason", "correctiveEventIDs"});
  if (!d.find("declarationTime")) missing(d, "declarationTime");
}

void EpcisCheck::form(const Doc& d, std::string_view expected) {
  diags_.emit(code::wrong_form, d.at, expected);
}

void EpcisCheck::missing(const Doc& d, std::string_view key) {
  diags_.emit(code::missing_key, d.at, key);
}

void EpcisCheck::unknown(const Doc& key, const std::vector<std::string>& known) {
  auto e = diags_.emit(code::unknown_key, key.at, key.text);
  const std::string near = nearest(key.text, known);
  e.fix(near.empty() ? "a field of your own has a namespace: write its prefix in front"
                     : fmt::format("write `{}`", near));
}

}  // namespace sekisho
