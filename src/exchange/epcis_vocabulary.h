#pragma once
#include <string>
#include <string_view>
#include <vector>

// Words of EPCIS 2.0 and of its Core Business Vocabulary (CBV 2.0), and which fields an event of a kind has.

namespace sekisho {

/// The kinds of EPCIS events, as bits: a field belongs to several.
enum EpcisKind : unsigned {
  epcis_object = 1,
  epcis_aggregation = 2,
  epcis_transaction = 4,
  epcis_transformation = 8,
  epcis_association = 16,
  epcis_other = 32,  // a kind of a namespace of its own: only what every event has is known of it
};
/// @returns 0 for a word that is no kind
unsigned epcis_kind(std::string_view type);
std::vector<std::string> epcis_kind_words();

/// What stands in a field.
enum class EpcisForm : std::uint8_t {
  time,
  offset,
  uri,
  uri_or_uris,
  uris,
  quantities,
  action,
  step,
  disposition,
  dispositions,
  place,
  transactions,
  sources,
  destinations,
  sensors,
  ilmd,
  error
};

struct EpcisField {
  std::string_view name;
  EpcisForm form;
  unsigned kinds;  // those that may have it
  bool hashed;
};
/// Every field of an event, in the order in which the event hash takes them.
const std::vector<EpcisField>& epcis_fields();

enum class SensorForm : std::uint8_t {
  time,
  uri,
  number,
  text,
  boolean,
  hex,
  measurement,
  exception,
  component
};
struct SensorField {
  std::string_view name;
  SensorForm form;
};
/// Of a sensor's metadata and of its reports, in the order of the event hash.
const std::vector<SensorField>& sensor_metadata_fields();
const std::vector<SensorField>& sensor_report_fields();

/// A list of standard words. In JSON a word stands bare; elsewhere as a web URI or URN.
struct Vocabulary {
  std::string_view what;  // for messages: `business step`
  std::string_view web, urn;
  bool open;  // bare words besides those of the list are read
  std::vector<std::string> words;
};
const Vocabulary& business_steps();
const Vocabulary& dispositions();
const Vocabulary& transaction_types();
const Vocabulary& party_types();
const Vocabulary& error_reasons();
const Vocabulary& components();
const Vocabulary& measurements();
const Vocabulary& sensor_exceptions();

/// The bare word of a value in any of its spellings, or empty if it is of another vocabulary.
std::string bare_word(const Vocabulary& v, std::string_view value);

}  // namespace sekisho
