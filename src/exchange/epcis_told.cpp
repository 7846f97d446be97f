#include "exchange/epcis_told.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/date.h"
#include "exchange/epcis_names.h"
#include "exchange/epcis_time.h"
#include "exchange/epcis_vocabulary.h"

namespace sekisho {
namespace {

constexpr std::array shapes{
    EpcisShape{"make", "ObjectEvent", "ADD", "commissioning", "active"},
    EpcisShape{"release", "ObjectEvent", "ADD", "other", ""},
    EpcisShape{"assemble", "TransformationEvent", "", "assembling", ""},
    EpcisShape{"disassemble", "TransformationEvent", "", "disassembling", ""},
    EpcisShape{"repair", "TransformationEvent", "", "repairing", ""},
    EpcisShape{"split", "TransformationEvent", "", "other", ""},
    EpcisShape{"merge", "TransformationEvent", "", "other", ""},
    EpcisShape{"transfer", "ObjectEvent", "OBSERVE", "shipping", "in_transit"},
    EpcisShape{"lend", "ObjectEvent", "OBSERVE", "shipping", "in_transit"},
    EpcisShape{"return", "ObjectEvent", "OBSERVE", "shipping", "returned"},
    EpcisShape{"return_substitute", "ObjectEvent", "OBSERVE", "shipping", "returned"},
    EpcisShape{"consume", "ObjectEvent", "DELETE", "other", ""},
    EpcisShape{"lose", "ObjectEvent", "DELETE", "other", ""},
    EpcisShape{"destroy", "ObjectEvent", "DELETE", "destroying", "destroyed"},
    EpcisShape{"inventory", "ObjectEvent", "OBSERVE", "stock_taking", ""},
};

class Telling {
 public:
  Telling(const Json& event, Packed& packed) : event_(event), packed_(packed) {
    type_ = text("type");
    action_ = text("action");
    step_ = bare_word(business_steps(), text("bizStep"));
  }

  EpcisTold told() {
    use("type");
    if (event_.contains("errorDeclaration")) {
      error();
      return std::move(out_);
    }
    kind();
    who_and_when();
    parties();
    if (type_ == "ObjectEvent" || type_ == "TransactionEvent")
      listed();
    else if (type_ == "TransformationEvent")
      transformed();
    else if (type_ == "AggregationEvent" || type_ == "AssociationEvent")
      joined();
    disposition();
    return std::move(out_);
  }

 private:
  std::string text(const char* key) const {
    return event_.contains(key) && event_[key].is_string() ? event_[key].get<std::string>() : std::string();
  }
  void use(const char* key) { out_.used.insert(key); }
  void problem(std::string key, std::string why) {
    out_.problems.emplace_back(std::move(key), std::move(why));
  }

  // --- which kind ---
  void kind() {
    std::string why;
    const std::string_view kind = kind_told(why);
    if (kind.empty()) return problem("event", why);
    out_.line["event"] = kind;
    use("action");
    use("bizStep");
  }
  std::string_view kind_told(std::string& why) const {
    if (type_ == "TransformationEvent") return transformation(why);
    if (type_ == "AggregationEvent" || type_ == "AssociationEvent") return joining(why);
    if (type_ == "ObjectEvent" && action_ == "ADD") {
      if (step_ == "commissioning" || step_ == "creating_class_instance") return "make";
      why = "an identifier is put on goods; only the step `commissioning` says that they are new";
      return {};
    }
    if (action_ == "DELETE") {
      if (step_ == "destroying") return "destroy";
      why = "an identifier is taken off; only the step `destroying` says what becomes of the goods";
      return {};
    }
    if (type_ != "ObjectEvent" && type_ != "TransactionEvent") {
      why = "its kind is of another namespace";
      return {};
    }
    if (step_ == "shipping") return "transfer";
    if (type_ == "ObjectEvent" && (step_ == "stock_taking" || step_ == "cycle_counting")) return "inventory";
    why = step_ == "receiving" || step_ == "accepting"
              ? "goods pass to another where they are shipped; to count them where they arrive would move "
                "them twice"
              : "goods were seen, and neither moved to another nor were changed";
    return {};
  }
  std::string_view transformation(std::string& why) const {
    if (event_.contains("transformationID")) {
      why = "it tells a part of a transformation that lasts through several events";
      return {};
    }
    if (step_ == "repairing") return "repair";
    if (step_ == "disassembling") return "disassemble";
    if (step_ != "repackaging" && step_ != "other") return "assemble";
    why = fmt::format("the step `{}` does not say whether what goes in is built into what comes out", step_);
    return {};
  }
  std::string_view joining(std::string& why) const {
    if (action_ == "ADD" && step_ == "assembling") return "assemble";
    if (action_ == "DELETE" && step_ == "disassembling") return "disassemble";
    why = type_ == "AggregationEvent"
              ? "goods packed together move together; packing builds nothing in and passes nothing on"
              : "goods are joined to others; only the step `assembling` says that they are built in";
    return {};
  }

  // --- what every event has ---
  void who_and_when() {
    if (const std::string id = text("eventID"); !id.empty()) out_.line["id"] = epcis_name("event", id);
    use("eventID");
    day("eventTime");
    if (const std::string note = text("rdfs:comment"); !note.empty()) {
      out_.line["note"] = note;
      use("rdfs:comment");
    }
  }
  /// The calendar day where it happened. A time of day has no place in our events.
  void day(const char* key) { day_of(text(key)); }
  void day_of(const std::string& when) {
    const auto time = parse_epcis_time(when);
    const auto offset = parse_epcis_offset(text("eventTimeZoneOffset"));
    if (!time || !offset) return problem("on", "it has no day");
    constexpr std::int64_t day = 86'400'000;
    const std::int64_t local = time->milliseconds + std::int64_t{*offset} * 60'000;
    out_.line["on"] = to_string(Date{static_cast<std::int32_t>((local - (local % day + day) % day) / day)});
    if (local % day != 0) return;
    use("eventTime");
    if (*offset == 0) use("eventTimeZoneOffset");
  }

  // --- from and to ---
  void parties() {
    party("sourceList", "source", "from");
    party("destinationList", "destination", "to");
    if (out_.line.value("event", "") == "transfer" && !out_.line.contains("to"))
      problem("to", "it does not say who is to have the goods: a destination of type `possessing_party`");
  }
  void party(const char* list, const char* key, const char* ours) {
    if (!event_.contains(list)) return;
    std::size_t possessing = 0;
    for (const Json& e : event_[list])
      if (bare_word(party_types(), e.value("type", "")) == "possessing_party") {
        ++possessing;
        out_.line[ours] = epcis_name("party", e[key].get<std::string>());
      }
    if (possessing > 1) {
      out_.line.erase(ours);
      problem(ours, fmt::format("its `{}` names several parties who have the goods", list));
    } else if (possessing == event_[list].size()) {
      use(list);
    }
  }

  // --- goods ---
  EpcisLists lists(const char* objects, const char* quantities) {
    use(objects);
    use(quantities);
    EpcisLists out;
    if (event_.contains(objects)) out.objects = event_[objects];
    if (event_.contains(quantities)) out.quantities = event_[quantities];
    return out;
  }
  void put(const char* key, LotsTold told) {
    if (!told.problem.empty()) problem(key, told.problem);
    if (!told.lots.empty()) out_.line[key] = std::move(told.lots);
  }
  void listed() {
    if (type_ == "ObjectEvent" && action_ == "ADD")
      put("gives", lots_given(lists("epcList", "quantityList")));
    else
      put("takes", lots_taken(lists("epcList", "quantityList"), packed_));
  }
  void transformed() {
    put("takes", lots_taken(lists("inputEPCList", "inputQuantityList"), packed_));
    put("gives", lots_given(lists("outputEPCList", "outputQuantityList")));
  }
  void joined() {
    const std::string parent = text("parentID");
    const EpcisLists children = lists("childEPCs", "childQuantityList");
    use("parentID");
    EpcisLists whole;
    if (!parent.empty()) whole.objects.push_back(parent);
    const std::string kind = out_.line.value("event", "");
    if (kind == "assemble") {
      put("takes", lots_taken(children, packed_));
      put("gives", lots_given(whole));
    } else if (kind == "disassemble") {
      put("takes", lots_taken(whole, packed_));
      put("gives", lots_given(children));
    } else if (type_ == "AggregationEvent") {
      pack(epcis_name("lot", parent), children);
    }
  }
  void pack(const std::string& container, const EpcisLists& children) {
    LotsTold told = lots_taken(children, packed_);
    if (action_ == "ADD" && told.problem.empty()) {
      Json& inside = packed_[container];
      if (inside.is_null()) inside = Json::array();
      for (const Json& l : told.lots)
        if (std::find(inside.begin(), inside.end(), l) == inside.end()) inside.push_back(l);
    }
    if (action_ != "DELETE" || !packed_.contains(container)) return;
    Json left = Json::array();
    for (const Json& l : packed_[container])
      if (std::find(told.lots.begin(), told.lots.end(), l) == told.lots.end()) left.push_back(l);
    if (told.lots.empty() || left.empty())
      packed_.erase(container);
    else
      packed_[container] = std::move(left);
  }
  void disposition() {
    const EpcisShape* shape = epcis_shape(out_.line.value("event", ""));
    if (shape && shape->disposition == bare_word(dispositions(), text("disposition"))) use("disposition");
  }

  // --- an event that is declared wrong ---
  void error() {
    const Json& e = event_["errorDeclaration"];
    const std::string id = text("eventID"), reason = bare_word(error_reasons(), e.value("reason", ""));
    const bool replaced = e.contains("correctiveEventIDs") && !e["correctiveEventIDs"].empty();
    if (id.empty()) return problem("event", "it is declared wrong and has no `eventID` by which to find it");
    if (reason != "did_not_occur" && !replaced)
      return problem("event", "it is declared wrong, and nothing says what was so instead");
    out_.line["event"] = "correct";
    out_.line["id"] = epcis_name("event", id) + "#withdrawn";
    day_of(e.value("declarationTime", ""));
    out_.line["of"] = epcis_name("event", id);
    out_.line["withdrawn"] = "yes";
    // What the event was is told again in full; it is what falls away.
    for (const auto& [key, value] : event_.items()) out_.used.insert(key);
  }

  const Json& event_;
  Packed& packed_;
  std::string type_, action_, step_;
  EpcisTold out_;
};

}  // namespace

const EpcisShape* epcis_shape(std::string_view event) {
  const auto* it =
      std::find_if(shapes.begin(), shapes.end(), [&](const EpcisShape& s) { return s.event == event; });
  return it == shapes.end() ? nullptr : it;
}

EpcisTold told_by_epcis(const Json& event, Packed& packed) {
  return Telling(event, packed).told();
}

}  // namespace sekisho
