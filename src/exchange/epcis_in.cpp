#include <algorithm>
#include <map>
#include <set>

#include "exchange/digital_link.h"
#include "exchange/epcis_event.h"
#include "exchange/epcis_hash.h"
#include "exchange/epcis_mapping.h"
#include "exchange/epcis_names.h"
#include "exchange/epcis_told.h"
#include "model/event_reader.h"
#include "model/event_writer.h"

namespace sekisho {
namespace {

constexpr std::string_view ours = "sekisho:";

/// Where in the list of events a line of the header stands.
struct Said {
  std::size_t before = 0;
  std::string line;
  TextSpan at;
};

Json sorted(const Json& list) {
  std::vector<std::string> texts;
  texts.reserve(list.size());
  for (const Json& e : list) texts.push_back(to_line(e));
  std::sort(texts.begin(), texts.end());
  return texts;
}

class Reading {
 public:
  Reading(const Sources& sources, const EpcisDocument& document, Diagnostics& diags)
      : sources_(sources), document_(document), diags_(diags) {}

  std::vector<Event> events() {
    const std::vector<Said> said = header();
    for (const EpcisEvent& e : document_.events)
      if (e.said.find("errorDeclaration")) declared_wrong_.insert(event_id(e));
    std::size_t next = 0;
    for (std::size_t i = 0; i < document_.events.size(); ++i) {
      for (; next < said.size() && said[next].before <= i; ++next) line(said[next].line, said[next].at);
      event(document_.events[i]);
    }
    for (; next < said.size(); ++next) line(said[next].line, said[next].at);
    for (const Declared& d : declarations_)  // those that stood before what became no event
      if (none_.contains(d.of) && std::erase_if(out_, [&](const Event& e) { return e.id == d.id; }) != 0)
        diags_.emit(code::becomes_no_event, d.at, "ErrorDeclaration", "what it declares wrong became none");
    return std::move(out_);
  }

 private:
  // --- plain data ---
  /// As JSON: numbers as numbers, words as text.
  Json plain(const Doc& d) {
    if (d.is_list()) {
      Json out = Json::array();
      for (const Doc& e : d.items) out.push_back(plain(e));
      return out;
    }
    if (d.is_map()) {
      Json out = Json::object();
      for (const DocEntry& e : d.entries) out[e.key.text] = plain(e.value);
      return out;
    }
    if (!d.is_scalar()) return nullptr;
    if (scalar_kind(sources_, d) == JsonScalar::text) return d.text;
    return parse_json(sources_.text(d.at)).value_or(Json(d.text));
  }
  /// Whatever prefix a document has for them, our extensions and comments under the names used here.
  static std::string own_name(const Prefixes& prefixes, const std::string& key) {
    const std::string full = prefixes.full(key);
    if (full == "http://www.w3.org/2000/01/rdf-schema#comment") return "rdfs:comment";
    const bool own = full.size() > sekisho_namespace.size() && full.starts_with(sekisho_namespace);
    return own ? std::string(ours) + full.substr(sekisho_namespace.size()) : key;
  }

  // --- what stands in the header ---
  std::vector<Said> header() {
    std::vector<Said> out;
    for (const DocEntry& e : document_.header.entries) {
      const std::string name = own_name(document_.prefixes, e.key.text);
      if (name != "sekisho:lines") {
        if (e.key.text.find(':') != std::string::npos || e.key.text == "epcisHeader" ||
            e.key.text == "sender" || e.key.text == "receiver" || e.key.text == "instanceIdentifier")
          diags_.emit(code::passed_over, e.key.at, e.key.text);
        continue;
      }
      for (const Doc& d : e.value.items) {
        const Doc* before = d.find("before");
        const Doc* text = d.find("line");
        if (!before || !text || before->text.empty() || before->text.size() > 9 ||
            before->text.find_first_not_of("0123456789") != std::string::npos)
          diags_.emit(code::extension_no_event, d.at, "`before` and `line` are missing");
        else
          out.push_back({std::stoul(before->text), text->text, d.at});
      }
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const Said& a, const Said& b) { return a.before < b.before; });
    return out;
  }

  // --- events ---
  void event(const EpcisEvent& e) {
    Json standard = Json::object(), extensions = Json::object();
    for (const DocEntry& entry : e.said.entries) {
      const std::string name = own_name(e.prefixes, entry.key.text);
      if (name.starts_with(ours))
        extensions[name.substr(ours.size())] = plain(entry.value);
      else
        standard[name] = plain(entry.value);
    }
    const bool declares = e.said.find("errorDeclaration") != nullptr;
    const std::string id = event_id(e);
    const Packed before = !declares && declared_wrong_.contains(id) ? packed_ : Packed();
    EpcisTold told = told_by_epcis(standard, packed_);
    for (const auto& [key, value] : extensions.items()) told.line[key] = value;
    const std::string type = e.said.find("type")->text;
    for (const auto& [key, why] : told.problems)
      if (!extensions.contains(key) && !(key == "to" && extensions.contains("event"))) {
        diags_.emit(code::becomes_no_event, e.at, type, why);
        if (declares || id.empty()) return;
        none_.insert(id);
        if (declared_wrong_.contains(id)) packed_ = before;  // what it packed was not packed
        return;
      }
    if (declares && none_.contains(id)) {
      diags_.emit(code::becomes_no_event, e.at, type, "what it declares wrong became none");
      return;
    }
    if (!each_once(e) || !first_of_its_name(e)) return;
    if (!told.line.contains("id"))
      told.line["id"] = epcis_hash(epcis_prehash(sources_, e, document_.ignored));
    if (declares) declarations_.push_back({id, text_at(told.line, "id"), e.at});
    drop_foreign(told, extensions);
    if (!extensions.contains("takes")) number_parts(told.line);
    const auto event = line(to_line(told.line), e.at);
    if (!event) return;
    if (!extensions.empty() && !hold(e, standard, *event, told)) return out_.pop_back();
    count(*event);
    tell_passed_over(e, told);
  }
  /// So much of a lot as moves on its own gets a number where the document says that more of it is there.
  void number_parts(Json& line) const {
    if (text_at(line, "event") != "transfer" || !line.contains("takes")) return;
    for (Json& l : line["takes"]) {
      const auto there = there_.find(text_at(l, "lot"));
      const auto part = parse_amount(text_at(l, "quantity"));
      if (there != there_.end() && part && part->unit == there->second.unit &&
          part->ten_thousandths < there->second.ten_thousandths)
        l["as"] = there->first + "#" + text_at(line, "id");
    }
  }
  void count(const Event& e) {
    const Goods* g = e.goods();
    if (g == nullptr || e.kind == EventKind::inventory || e.kind == EventKind::release) return;
    for (const LotTaken& t : g->takes) {
      const auto there = there_.find(t.lot);
      if (there == there_.end()) continue;
      Amount& left = there->second;
      const bool whole = !t.quantity || *t.quantity == left;
      if (whole && moves(e.kind)) continue;
      if (!whole && t.quantity->unit == left.unit && t.quantity->ten_thousandths < left.ten_thousandths)
        left.ten_thousandths -= t.quantity->ten_thousandths;
      else
        there_.erase(there);
    }
    for (const LotGiven& l : g->gives) there_.insert_or_assign(l.lot, l.quantity);
  }
  /// A thing that stands twice in one list, in whatever spelling, would be taken or made twice.
  /// @returns false after a report
  bool each_once(const EpcisEvent& e) {
    for (const char* key : {"epcList", "childEPCs", "inputEPCList", "outputEPCList", "quantityList",
                            "childQuantityList", "inputQuantityList", "outputQuantityList"}) {
      const Doc* list = e.said.find(key);
      std::set<std::string> seen;
      if (list == nullptr) continue;
      for (const Doc& d : list->items) {
        const Doc* named = d.is_map() ? d.find("epcClass") : &d;
        if (named == nullptr || seen.insert(canonical_uri(named->text)).second) continue;
        diags_.emit(code::key_twice, named->at, canonical_uri(named->text));
        return false;
      }
    }
    return true;
  }
  /// Of which capital letters say nothing.
  static bool is_uuid(std::string_view uri) {
    constexpr std::string_view scheme = "urn:uuid:";
    return uri.size() > scheme.size() &&
           std::equal(scheme.begin(), scheme.end(), uri.begin(),
                      [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
  }
  /// Its name, in small letters where capital ones say nothing; empty if it has none.
  static std::string event_id(const EpcisEvent& e) {
    const Doc* id = e.said.find("eventID");
    if (id == nullptr) return {};
    std::string name = id->text;
    for (std::size_t i = 0; i < name.size() && is_uuid(id->text); ++i)
      name[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
    return name;
  }
  /// One that is declared wrong is told again under its own name.
  /// @returns false after a report
  bool first_of_its_name(const EpcisEvent& e) {
    const Doc* id = e.said.find("eventID");
    if (id == nullptr || e.said.find("errorDeclaration")) return true;
    if (ids_.insert(event_id(e)).second) return true;
    diags_.emit(code::event_twice, id->at, id->text);
    return false;
  }
  /// A party that the standard names and the kind of event has no key for is passed over with its list.
  static void drop_foreign(EpcisTold& told, const Json& extensions) {
    const auto kind = parse_event_kind(text_at(told.line, "event"));
    const bool may_move = kind && moves(*kind);
    const auto drop = [&](const char* key, const char* list) {
      if (may_move || extensions.contains(key) || !told.line.contains(key)) return;
      told.line.erase(key);
      told.used.erase(list);
    };
    drop("from", "sourceList");
    drop("to", "destinationList");
  }
  /// The line as an event; what is wrong with it is told at the place of the event of EPCIS.
  const Event* line(const std::string& text, TextSpan at) {
    Diagnostics found;
    auto event = EventReader(found).read(text);
    for (const Diagnostic& d : found.all()) diags_.emit(code::extension_no_event, at, d.message);
    if (!event) return nullptr;
    event->at = at;
    out_.push_back(std::move(*event));
    return &out_.back();
  }
  /// Extensions hold only while the fields say the same: whoever changed one and not the other is told.
  /// @returns false after a report
  bool hold(const EpcisEvent& e, const Json& standard, const Event& event, EpcisTold& told) {
    const auto line = parse_json(write_event(event));
    const auto again = line ? epcis_event(*line) : std::nullopt;
    if (!again) return true;
    const std::size_t before = diags_.all().size();
    for (const auto& [key, value] : again->items())
      if (same(key, *again, standard)) told.used.insert(key);
    for (const char* key :
         {"type", "action", "bizStep", "epcList", "quantityList", "inputEPCList", "inputQuantityList",
          "outputEPCList", "outputQuantityList", "sourceList", "destinationList"})
      if (!same(key, *again, standard)) {
        const Doc* at = e.said.find(key);
        diags_.emit(code::says_otherwise, at ? at->at : e.at, key);
      }
    return diags_.all().size() == before;
  }
  static bool same(std::string_view key, const Json& again, const Json& standard) {
    const auto value = [&](const Json& from) { return from.contains(key) ? from[std::string(key)] : Json(); };
    const Json mine = value(again), theirs = value(standard);
    if (key == "bizStep" && theirs.is_string() && mine.is_string())
      return bare_word(business_steps(), theirs.get<std::string>()) == mine.get<std::string>();
    if (key == "sourceList" || key == "destinationList")
      return std::all_of(mine.begin(), mine.end(), [&](const Json& m) {
        return std::find(theirs.begin(), theirs.end(), m) != theirs.end();
      });
    if (mine.is_null() && theirs.is_array() && theirs.empty()) return true;
    return mine.is_array() && theirs.is_array() ? sorted(mine) == sorted(theirs) : mine == theirs;
  }
  /// One warning an event: the first field that nothing here says, the others beside it.
  void tell_passed_over(const EpcisEvent& e, const EpcisTold& told) {
    std::vector<const Doc*> fields;
    fields.reserve(e.said.entries.size());
    for (const DocEntry& entry : e.said.entries) {
      const std::string name = own_name(e.prefixes, entry.key.text);
      if (name != "@context" && !name.starts_with(ours) && !told.used.contains(name))
        fields.push_back(&entry.key);
    }
    if (fields.empty()) return;
    auto w = diags_.emit(code::passed_over, fields.front()->at, fields.front()->text);
    for (std::size_t i = 1; i < fields.size(); ++i) w.note(fields[i]->at, "so is `" + fields[i]->text + "`");
  }

  const Sources& sources_;
  const EpcisDocument& document_;
  Diagnostics& diags_;
  Packed packed_;
  std::vector<Event> out_;
  std::map<std::string, Amount> there_;   // of lots that the document makes
  std::set<std::string> ids_;             // `eventID`s so far
  std::set<std::string> declared_wrong_;  // somewhere in the document
  std::set<std::string> none_;            // those that became no event
  struct Declared {
    std::string of, id;
    TextSpan at;
  };
  std::vector<Declared> declarations_;
};

}  // namespace

std::vector<Event> events_of_epcis(const Sources& sources, const EpcisDocument& document,
                                   Diagnostics& diags) {
  return Reading(sources, document, diags).events();
}

}  // namespace sekisho
