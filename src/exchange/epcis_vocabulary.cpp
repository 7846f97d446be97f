#include "exchange/epcis_vocabulary.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sekisho {
namespace {

constexpr std::array kinds{std::pair<std::string_view, unsigned>{"ObjectEvent", epcis_object},
                           std::pair<std::string_view, unsigned>{"AggregationEvent", epcis_aggregation},
                           std::pair<std::string_view, unsigned>{"TransactionEvent", epcis_transaction},
                           std::pair<std::string_view, unsigned>{"TransformationEvent", epcis_transformation},
                           std::pair<std::string_view, unsigned>{"AssociationEvent", epcis_association}};

constexpr unsigned every = 63;
constexpr unsigned acting = epcis_object | epcis_aggregation | epcis_transaction | epcis_association;
constexpr unsigned standard = acting | epcis_transformation;
constexpr unsigned packed = epcis_aggregation | epcis_association;
constexpr unsigned listed = epcis_object | epcis_transaction;

}  // namespace

unsigned epcis_kind(std::string_view type) {
  const auto* it = std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.first == type; });
  return it == kinds.end() ? 0 : it->second;
}

std::vector<std::string> epcis_kind_words() {
  std::vector<std::string> out;
  out.reserve(kinds.size());
  for (const auto& [word, kind] : kinds) out.emplace_back(word);
  return out;
}

const std::vector<EpcisField>& epcis_fields() {
  using F = EpcisForm;
  static const std::vector<EpcisField> fields{
      {"eventTime", F::time, every, true},
      {"eventTimeZoneOffset", F::offset, every, true},
      {"certificationInfo", F::uri_or_uris, every, true},
      {"epcList", F::uris, listed, true},
      {"parentID", F::uri, packed | epcis_transaction, true},
      {"inputEPCList", F::uris, epcis_transformation, true},
      {"childEPCs", F::uris, packed, true},
      {"quantityList", F::quantities, listed, true},
      {"childQuantityList", F::quantities, packed, true},
      {"inputQuantityList", F::quantities, epcis_transformation, true},
      {"outputEPCList", F::uris, epcis_transformation, true},
      {"outputQuantityList", F::quantities, epcis_transformation, true},
      {"action", F::action, acting, true},
      {"transformationID", F::uri, epcis_transformation, true},
      {"bizStep", F::step, standard, true},
      {"disposition", F::disposition, standard, true},
      {"persistentDisposition", F::dispositions, standard, true},
      {"readPoint", F::place, standard, true},
      {"bizLocation", F::place, standard, true},
      {"bizTransactionList", F::transactions, standard, true},
      {"destinationList", F::destinations, standard, true},
      {"sourceList", F::sources, standard, true},
      {"sensorElementList", F::sensors, standard, true},
      {"ilmd", F::ilmd, epcis_object | epcis_transformation, true},
      {"recordTime", F::time, every, false},
      {"eventID", F::uri, every, false},
      {"errorDeclaration", F::error, every, false},
  };
  return fields;
}

const std::vector<SensorField>& sensor_metadata_fields() {
  using F = SensorForm;
  static const std::vector<SensorField> fields{
      {"time", F::time},
      {"startTime", F::time},
      {"endTime", F::time},
      {"deviceID", F::uri},
      {"deviceMetadata", F::uri},
      {"rawData", F::uri},
      {"dataProcessingMethod", F::uri},
      {"bizRules", F::uri},
  };
  return fields;
}

const std::vector<SensorField>& sensor_report_fields() {
  using F = SensorForm;
  static const std::vector<SensorField> fields{
      {"type", F::measurement},   {"exception", F::exception},
      {"deviceID", F::uri},       {"deviceMetadata", F::uri},
      {"rawData", F::uri},        {"dataProcessingMethod", F::uri},
      {"bizRules", F::uri},       {"time", F::time},
      {"microorganism", F::uri},  {"chemicalSubstance", F::uri},
      {"value", F::number},       {"component", F::component},
      {"stringValue", F::text},   {"booleanValue", F::boolean},
      {"hexBinaryValue", F::hex}, {"uriValue", F::uri},
      {"minValue", F::number},    {"maxValue", F::number},
      {"meanValue", F::number},   {"sDev", F::number},
      {"percRank", F::number},    {"percValue", F::number},
      {"uom", F::text},           {"coordinateReferenceSystem", F::uri},
  };
  return fields;
}

const Vocabulary& business_steps() {
  static const Vocabulary v{"business step",
                            "https://ref.gs1.org/cbv/BizStep-",
                            "urn:epcglobal:cbv:bizstep:",
                            false,
                            {"accepting",
                             "arriving",
                             "assembling",
                             "collecting",
                             "commissioning",
                             "consigning",
                             "creating_class_instance",
                             "cycle_counting",
                             "decommissioning",
                             "departing",
                             "destroying",
                             "disassembling",
                             "dispensing",
                             "encoding",
                             "entering_exiting",
                             "holding",
                             "inspecting",
                             "installing",
                             "killing",
                             "loading",
                             "other",
                             "packing",
                             "picking",
                             "receiving",
                             "removing",
                             "repackaging",
                             "repairing",
                             "replacing",
                             "reserving",
                             "retail_selling",
                             "sampling",
                             "sensor_reporting",
                             "shipping",
                             "staging_outbound",
                             "stock_taking",
                             "stocking",
                             "storing",
                             "transporting",
                             "unloading",
                             "unpacking",
                             "void_shipping"}};
  return v;
}

const Vocabulary& dispositions() {
  static const Vocabulary v{"disposition",
                            "https://ref.gs1.org/cbv/Disp-",
                            "urn:epcglobal:cbv:disp:",
                            false,
                            {"active",
                             "available",
                             "completeness_inferred",
                             "completeness_verified",
                             "conformant",
                             "container_closed",
                             "container_open",
                             "damaged",
                             "destroyed",
                             "dispensed",
                             "disposed",
                             "encoded",
                             "expired",
                             "in_progress",
                             "in_transit",
                             "inactive",
                             "mismatch_class",
                             "mismatch_instance",
                             "mismatch_quantity",
                             "needs_replacement",
                             "no_pedigree_match",
                             "non_conformant",
                             "non_sellable_other",
                             "partially_dispensed",
                             "recalled",
                             "reserved",
                             "retail_sold",
                             "returned",
                             "sellable_accessible",
                             "sellable_not_accessible",
                             "stolen",
                             "unavailable",
                             "unknown"}};
  return v;
}

const Vocabulary& transaction_types() {
  static const Vocabulary v{"type of business transaction",
                            "https://ref.gs1.org/cbv/BTT-",
                            "urn:epcglobal:cbv:btt:",
                            false,
                            {"bol", "cert", "desadv", "inv", "pedigree", "po", "poc", "prodorder", "recadv",
                             "rma", "testprd", "testres", "upevt"}};
  return v;
}

const Vocabulary& party_types() {
  static const Vocabulary v{"type of source or destination",
                            "https://ref.gs1.org/cbv/SDT-",
                            "urn:epcglobal:cbv:sdt:",
                            false,
                            {"location", "owning_party", "possessing_party"}};
  return v;
}

const Vocabulary& error_reasons() {
  static const Vocabulary v{"reason for an error declaration",
                            "https://ref.gs1.org/cbv/ER-",
                            "urn:epcglobal:cbv:er:",
                            false,
                            {"did_not_occur", "incorrect_data"}};
  return v;
}

const Vocabulary& components() {
  static const Vocabulary v{
      "component", "https://ref.gs1.org/cbv/Comp-", "urn:epcglobal:cbv:comp:", true, {}};
  return v;
}

// The standard's list of measurements grows with the GS1 Web Vocabulary, so a new word is no mistake.
const Vocabulary& measurements() {
  static const Vocabulary v{"measurement", "https://gs1.org/voc/", "urn:gs1:voc:", true, {}};
  return v;
}

const Vocabulary& sensor_exceptions() {
  static const Vocabulary v{"sensor exception",
                            "https://gs1.org/voc/",
                            "urn:gs1:voc:",
                            false,
                            {"ALARM_CONDITION", "ERROR_CONDITION"}};
  return v;
}

std::string bare_word(const Vocabulary& v, std::string_view value) {
  if (value.find(':') == std::string_view::npos) return std::string(value);
  for (const std::string_view base : {v.web, v.urn})
    if (value.starts_with(base)) return std::string(value.substr(base.size()));
  return {};
}

}  // namespace sekisho
