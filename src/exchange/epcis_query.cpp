#include "exchange/epcis_query.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/epcis_document.h"
#include "exchange/epcis_time.h"

namespace sekisho {
namespace {

using Names = std::vector<std::string>;

bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Parameters whose names stand in the standard as they are; others carry a type, a unit or a name after `_`.
const Names& standard_names() {
  static const Names names{"eventType",
                           "EQ_action",
                           "EQ_bizStep",
                           "EQ_disposition",
                           "EQ_persistentDisposition_set",
                           "EQ_persistentDisposition_unset",
                           "EQ_readPoint",
                           "WD_readPoint",
                           "EQ_bizLocation",
                           "WD_bizLocation",
                           "EQ_transformationID",
                           "MATCH_epc",
                           "MATCH_parentID",
                           "MATCH_inputEPC",
                           "MATCH_outputEPC",
                           "MATCH_anyEPC",
                           "MATCH_epcClass",
                           "MATCH_inputEPCClass",
                           "MATCH_outputEPCClass",
                           "MATCH_anyEPCClass",
                           "EQ_eventID",
                           "EQ_errorReason",
                           "EQ_correctiveEventID",
                           "EQ_type",
                           "EQ_deviceID",
                           "EQ_dataProcessingMethod",
                           "EQ_microorganism",
                           "EQ_chemicalSubstance",
                           "EQ_bizRules",
                           "EQ_stringValue",
                           "EQ_booleanValue",
                           "EQ_hexBinaryValue",
                           "EQ_uriValue",
                           "EQ_deviceMetadata",
                           "EQ_rawData",
                           "EQ_certificationInfo"};
  return names;
}
const Names& times() {
  static const Names names{"GE_eventTime",
                           "LT_eventTime",
                           "GE_recordTime",
                           "LT_recordTime",
                           "GE_errorDeclarationTime",
                           "LT_errorDeclarationTime",
                           "GE_errorDeclaration_Time",
                           "LT_errorDeclaration_Time",
                           "GE_time",
                           "LT_time",
                           "GE_startTime",
                           "LT_startTime",
                           "GE_endTime",
                           "LT_endTime"};
  return names;
}
const Names& plain() {
  static const Names names{
      "orderBy",       "orderDirection",          "eventCountLimit",          "maxEventCount", "perPage",
      "nextPageToken", "EXISTS_errorDeclaration", "EXISTS_sensorElementList", "EXISTS_ilmd"};
  return names;
}

/// `GE_quantity`, `LT_value_CEL`: a comparison, a quantity and perhaps a unit.
bool compares_number(std::string_view name) {
  constexpr std::array<std::string_view, 8> quantities{"quantity",  "value", "minValue", "maxValue",
                                                       "meanValue", "sDev",  "percRank", "percValue"};
  const std::size_t under = name.find('_');
  if (under == std::string_view::npos) return false;
  const std::string_view how = name.substr(0, under);
  std::string_view what = name.substr(under + 1);
  what = what.substr(0, what.find('_'));
  return (how == "EQ" || how == "GT" || how == "GE" || how == "LT" || how == "LE") &&
         std::find(quantities.begin(), quantities.end(), what) != quantities.end();
}
bool of_a_type(std::string_view name) {
  return name.starts_with("EQ_bizTransaction_") || name.starts_with("EQ_source_") ||
         name.starts_with("EQ_destination_") || name.starts_with("EQ_ATTR_") || name.starts_with("HASATTR_");
}

class QueryCheck {
 public:
  QueryCheck(const Sources& sources, Diagnostics& diags) : sources_(sources), diags_(diags) {}

  void parameter(const DocEntry& e) {
    const std::string& name = e.key.text;
    if (has(standard_names(), name))
      words(name, e.value);
    else if (has(times(), name))
      time(e.value);
    else if (name == "orderDirection")
      one_of(e.value, {"ASC", "DESC"});
    else if (compares_number(name))
      number(e.value);
    else if (name != "@context" && !has(plain(), name) && !of_a_type(name) &&
             name.find(':') == std::string::npos)
      unknown(e.key);
  }

 private:
  void words(const std::string& name, const Doc& d) {
    if (!d.is_list()) {
      diags_.emit(code::wrong_form, d.at, "a list");
      return;
    }
    for (const Doc& e : d.items) {
      if (name == "eventType") one_of(e, epcis_kind_words());
      if (name == "EQ_action") one_of(e, {"ADD", "OBSERVE", "DELETE"});
    }
  }
  void one_of(const Doc& d, const Names& names) {
    if (!has(names, d.text))
      diags_.emit(code::wrong_form, d.at, fmt::format("one of {}", fmt::join(names, ", ")));
  }
  void time(const Doc& d) {
    if (!parse_epcis_time(d.text))
      diags_.emit(code::wrong_form, d.at, "a time with its offset, such as 2023-12-22T09:00:00+09:00");
  }
  void number(const Doc& d) {
    if (d.is_list()) {
      for (const Doc& e : d.items) number(e);
    } else if (!d.is_scalar() || scalar_kind(sources_, d) != JsonScalar::number) {
      diags_.emit(code::wrong_form, d.at, "a number");
    }
  }
  void unknown(const Doc& key) {
    Names known = standard_names();
    known.insert(known.end(), times().begin(), times().end());
    known.insert(known.end(), plain().begin(), plain().end());
    auto e = diags_.emit(code::unknown_key, key.at, key.text);
    const std::string near = nearest(key.text, known);
    if (!near.empty()) e.fix(fmt::format("write `{}`", near));
  }

  const Sources& sources_;
  Diagnostics& diags_;
};

}  // namespace

bool looks_like_epcis_query(const Doc& d) {
  return d.find("@context") && !d.find("epcisBody") && !d.find("eventTime") && d.find("eventType");
}

void check_epcis_query(const Sources& sources, const Doc& d, Diagnostics& diags) {
  QueryCheck check(sources, diags);
  for (const DocEntry& e : d.entries) check.parameter(e);
}

}  // namespace sekisho
