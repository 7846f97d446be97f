#include <algorithm>

#include "exchange/epcis_event.h"
#include "exchange/epcis_mapping.h"
#include "exchange/epcis_names.h"
#include "exchange/epcis_told.h"
#include "model/event_writer.h"

namespace sekisho {
namespace {

void put_lists(Json& out, const Json& line, const char* lots, const char* objects, const char* quantities) {
  if (!line.contains(lots)) return;
  const EpcisLists lists = lists_of_lots(line[lots]);
  if (!lists.objects.empty()) out[objects] = lists.objects;
  if (!lists.quantities.empty()) out[quantities] = lists.quantities;
}

void put_party(Json& out, const Json& line, const char* ours, const char* list, const char* key) {
  if (!line.contains(ours)) return;
  out[list] = Json::array(
      {Json{{"type", "possessing_party"}, {key, epcis_uri("party", line[ours].get<std::string>())}}});
}

Json fields_of_standard(const Json& line, const EpcisShape& shape) {
  Json out{{"type", shape.type}};
  if (line.contains("id")) out["eventID"] = epcis_uri("event", line["id"].get<std::string>());
  out["eventTime"] = line["on"].get<std::string>() + "T00:00:00Z";
  out["eventTimeZoneOffset"] = "+00:00";
  if (!shape.action.empty()) out["action"] = shape.action;
  out["bizStep"] = shape.step;
  if (!shape.disposition.empty()) out["disposition"] = shape.disposition;
  const bool transforms = shape.type == "TransformationEvent";
  if (transforms) {
    put_lists(out, line, "takes", "inputEPCList", "inputQuantityList");
    put_lists(out, line, "gives", "outputEPCList", "outputQuantityList");
  } else {
    put_lists(out, line, shape.action == "ADD" ? "gives" : "takes", "epcList", "quantityList");
  }
  put_party(out, line, "from", "sourceList", "source");
  put_party(out, line, "to", "destinationList", "destination");
  if (line.contains("note")) out["rdfs:comment"] = line["note"];
  return out;
}

Json context() {
  Json ours{{"sekisho", sekisho_namespace}};
  // Plain data, to be left as they stand by whoever reads JSON-LD.
  for (const char* key : {"takes", "gives", "binds", "under", "facts", "lines"}) {
    const std::string name = std::string("sekisho:") + key;
    ours[name] = Json{{"@id", std::string(sekisho_namespace) + key}, {"@type", "@json"}};
  }
  return Json::array({"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", ours});
}

}  // namespace

std::optional<Json> epcis_event(const Json& line) {
  const EpcisShape* shape = epcis_shape(line["event"].get<std::string>());
  if (!shape) return std::nullopt;
  Json out = fields_of_standard(line, *shape);
  Packed none;
  const EpcisTold told = told_by_epcis(out, none);
  const auto doubtful = [&](const std::string& key) {
    return std::any_of(told.problems.begin(), told.problems.end(),
                       [&](const auto& p) { return p.first == key; });
  };
  for (const auto& [key, value] : line.items()) {
    // Whether what moves is a part, so that it gets a number, hangs on other events when it is read.
    const bool perhaps_part = key == "takes" && shape->step == "shipping" && out.contains("quantityList");
    if (!told.line.contains(key) || told.line[key] != value || doubtful(key) || perhaps_part)
      out["sekisho:" + key] = value;
  }
  return out;
}

std::string epcis_of_events(const std::vector<Event>& events) {
  Json list = Json::array(), said = Json::array();
  Date last{0};
  for (const Event& e : events) {
    last = std::max(last, e.on);
    const std::string text = write_event(e);
    auto event = epcis_event(*parse_json(text));
    if (event)
      list.push_back(std::move(*event));
    else
      said.push_back(Json{{"before", std::to_string(list.size())}, {"line", text}});
  }
  Json out{{"@context", context()},
           {"type", "EPCISDocument"},
           {"schemaVersion", "2.0"},
           {"creationDate", to_string(last) + "T00:00:00Z"}};
  if (!said.empty()) out["sekisho:lines"] = std::move(said);
  out["epcisBody"] = Json{{"eventList", std::move(list)}};
  return to_lines(out) + "\n";
}

}  // namespace sekisho
