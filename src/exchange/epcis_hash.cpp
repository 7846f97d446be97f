#include "exchange/epcis_hash.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "exchange/digital_link.h"
#include "exchange/epcis_time.h"

namespace sekisho {
namespace {

std::string_view bare(std::string_view s) {
  constexpr std::string_view space = " \t\r\n";
  const std::size_t begin = s.find_first_not_of(space);
  if (begin == std::string_view::npos) return {};
  return s.substr(begin, s.find_last_not_of(space) - begin + 1);
}

/// A number of JSON without trailing zeros: `452.0` is `452`. One with an exponent is written out, unless
/// that would be long.
std::string plain_number(std::string_view s) {
  const std::string sign = s.starts_with('-') ? "-" : "";
  std::string digits;
  int point = 0, exponent = 0;
  bool after_point = false;
  for (std::size_t i = sign.size(); i < s.size(); ++i) {
    const char c = s[i];
    if (c == '.') {
      after_point = true;
    } else if (c == 'e' || c == 'E') {
      const std::string power(s.substr(i + 1));
      if (power.size() > 4) return std::string(s);
      exponent = std::atoi(power.c_str());
      break;
    } else {
      digits += c;
      if (after_point) ++point;
    }
  }
  point -= exponent;  // so many digits stand behind the point
  if (point > 400 || point < -400) return std::string(s);
  if (point < 0) {
    digits.append(static_cast<std::size_t>(-point), '0');
    point = 0;
  }
  const auto decimals = static_cast<std::size_t>(point);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  std::string whole = digits.substr(0, digits.size() - decimals);
  std::string rest = digits.substr(digits.size() - decimals);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  rest.erase(rest.find_last_not_of('0') + 1);
  if (rest.empty() && whole == "0") return whole;
  return sign + whole + (rest.empty() ? "" : "." + rest);
}

using Texts = std::vector<std::string>;

std::string sorted(Texts texts) {
  std::sort(texts.begin(), texts.end());
  std::string out;
  for (const std::string& t : texts) out += t;
  return out;
}

class Prehash {
 public:
  Prehash(const Sources& sources, const EpcisEvent& event, const Texts& ignored)
      : sources_(sources), event_(event), prefixes_(event.prefixes), ignored_(ignored) {}

  std::string text() {
    std::string out = "eventType=" + event_.said.find("type")->text;
    for (const EpcisField& f : epcis_fields())
      if (const Doc* d = f.hashed ? event_.said.find(f.name) : nullptr) out += field(f, *d);
    return out + extensions(event_.said);
  }

 private:
  static std::string pair(std::string_view key, std::string_view value) {
    return std::string(key) + "=" + std::string(value);
  }

  std::string field(const EpcisField& f, const Doc& d) {
    switch (f.form) {
      case EpcisForm::time: return pair(f.name, instant(d.text));
      case EpcisForm::uri: return pair(f.name, uri(d.text));
      case EpcisForm::uri_or_uris:
        return d.is_list() ? named(f.name, uris(d, f.name)) : pair(f.name, uri(d.text));
      case EpcisForm::uris: return named(f.name, uris(d, "epc"));
      case EpcisForm::quantities: return named(f.name, each(d, [&](const Doc& e) { return quantity(e); }));
      case EpcisForm::step: return pair(f.name, word(business_steps(), d.text));
      case EpcisForm::disposition: return pair(f.name, word(dispositions(), d.text));
      case EpcisForm::dispositions: return named(f.name, set_and_unset(d));
      case EpcisForm::place: return std::string(f.name) + pair("id", uri(d.find("id")->text)) + extensions(d);
      case EpcisForm::transactions: return typed(f.name, d, transaction_types(), "bizTransaction");
      case EpcisForm::sources: return typed(f.name, d, party_types(), "source");
      case EpcisForm::destinations: return typed(f.name, d, party_types(), "destination");
      case EpcisForm::sensors: return named(f.name, each(d, [&](const Doc& e) { return sensor(e); }));
      case EpcisForm::ilmd: return named(f.name, extensions(d));
      default: return pair(f.name, bare(d.text));
    }
  }

  /// The name of a list stands once, and not at all before an empty one.
  static std::string named(std::string_view name, const std::string& inner) {
    return inner.empty() ? std::string() : std::string(name) + inner;
  }
  template <class Write>
  static std::string each(const Doc& list, Write write) {
    Texts out;
    out.reserve(list.items.size());
    for (const Doc& e : list.items) out.push_back(write(e));
    return sorted(std::move(out));
  }
  std::string uris(const Doc& list, std::string_view name) {
    return each(list, [&](const Doc& e) { return pair(name, uri(e.text)); });
  }
  std::string quantity(const Doc& d) {
    std::string out = "quantityElement" + pair("epcClass", uri(d.find("epcClass")->text));
    if (const Doc* q = d.find("quantity")) out += pair("quantity", plain_number(q->text));
    if (const Doc* u = d.find("uom")) out += pair("uom", bare(u->text));
    return out;
  }
  std::string set_and_unset(const Doc& d) {
    std::string out;
    for (const std::string_view name : {"set", "unset"})
      if (const Doc* list = d.find(name))
        out += each(*list, [&](const Doc& e) { return pair(name, word(dispositions(), e.text)); });
    return out;
  }
  std::string typed(std::string_view name, const Doc& list, const Vocabulary& types, std::string_view key) {
    return named(name, each(list, [&](const Doc& e) {
                   const Doc* type = e.find("type");
                   return (type ? pair("type", word(types, type->text)) : "") +
                          pair(key, uri(e.find(key)->text));
                 }));
  }

  std::string sensor(const Doc& d) {
    std::string out = "sensorElement";
    if (const Doc* m = d.find("sensorMetadata"))
      out += "sensorMetadata" + sensor_fields(*m, sensor_metadata_fields());
    out += each(*d.find("sensorReport"),
                [&](const Doc& r) { return "sensorReport" + sensor_fields(r, sensor_report_fields()); });
    return out + extensions(d);
  }
  std::string sensor_fields(const Doc& d, const std::vector<SensorField>& known) {
    std::string out;
    for (const SensorField& f : known)
      if (const Doc* v = d.find(f.name)) out += pair(f.name, sensor_value(f.form, *v));
    return out + extensions(d);
  }
  std::string sensor_value(SensorForm form, const Doc& d) {
    switch (form) {
      case SensorForm::time: return instant(d.text);
      case SensorForm::uri: return uri(d.text);
      case SensorForm::number: return plain_number(d.text);
      case SensorForm::boolean: return scalar(d);
      case SensorForm::measurement: return word(measurements(), d.text);
      case SensorForm::exception: return word(sensor_exceptions(), d.text);
      case SensorForm::component: return word(components(), d.text);
      default: return std::string(bare(d.text));
    }
  }

  // --- what is not of the standard ---
  /// Everything in an object that has a namespace, sorted.
  std::string extensions(const Doc& d) {
    Texts out;
    for (const DocEntry& e : d.entries)
      if (e.key.text.find(':') != std::string::npos && !left_out(e.key.text)) extension(e, out);
    return sorted(std::move(out));
  }
  bool left_out(std::string_view name) const {
    const std::string full = prefixes_.full(name);
    return full == "http://www.w3.org/2000/01/rdf-schema#comment" ||
           std::find(ignored_.begin(), ignored_.end(), full) != ignored_.end();
  }
  void extension(const DocEntry& e, Texts& out) {
    const std::string name = prefixes_.braced(e.key.text);
    if (!e.value.is_list()) return out.push_back(name + extension_value(e.value));
    for (const Doc& item : e.value.items) out.push_back(name + extension_value(item));
  }
  std::string extension_value(const Doc& d) {
    if (d.is_scalar()) return "=" + scalar(d);
    Texts out;
    for (const Doc& item : d.items) out.push_back(extension_value(item));
    for (const DocEntry& e : d.entries)
      if (e.key.text != "@context" && !left_out(e.key.text)) extension(e, out);
    return sorted(std::move(out));
  }

  // --- values ---
  std::string scalar(const Doc& d) {
    switch (scalar_kind(sources_, d)) {
      case JsonScalar::number: return plain_number(d.text);
      case JsonScalar::boolean: return d.text == "yes" ? "true" : "false";
      case JsonScalar::text: return uri(d.text);
    }
    return d.text;
  }
  static std::string instant(std::string_view text) {
    const auto t = parse_epcis_time(text);
    return t ? to_string(*t) : std::string(bare(text));
  }
  /// A standard word as its web URI; any other as a URI.
  std::string word(const Vocabulary& v, std::string_view value) {
    value = bare(value);
    const std::string term = bare_word(v, value);
    return term.empty() ? uri(value) : std::string(v.web) + term;
  }
  /// A URI in its one spelling; any other text as it is.
  std::string uri(std::string_view value) {
    value = bare(value);
    for (const Vocabulary* v : {&business_steps(), &dispositions(), &transaction_types(), &party_types()})
      if (value.starts_with(v->urn)) return std::string(v->web) + std::string(value.substr(v->urn.size()));
    return canonical_uri(prefixes_.full(value));
  }

  const Sources& sources_;
  const EpcisEvent& event_;
  const Prefixes& prefixes_;
  const Texts& ignored_;
};

}  // namespace

std::string epcis_prehash(const Sources& sources, const EpcisEvent& event,
                          const std::vector<std::string>& ignored) {
  return Prehash(sources, event, ignored).text();
}

std::string epcis_hash(std::string_view prehash) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(prehash.data()), prehash.size());
  return "ni:///sha-256;" + to_hex(hash) + "?ver=CBV2.0";
}

}  // namespace sekisho
