#include <fmt/format.h>

#include <set>
#include <string>

#include "base/ascii.h"
#include "base/json.h"
#include "sekisho/lots.h"

// A lot's pedigree in the terms of W3C PROV (PROV-DM, 2013-04-30), as PROV-JSON (W3C member submission,
// 2013-04-24): states of lots are entities, events are activities, holders, makers, those who attest and
// those who say what happened are agents. What lies on a state stands in it as attributes of our own.

namespace sekisho {
namespace {

constexpr const char* own = "https://sekisho.example/ns#";

/// A qualified name: what a local name of PROV may not hold bare is written as bytes in per cent.
/// @source PROV-N (2013-04-30), 3.7.1
std::string qualified(const char* kind, const std::string& name) {
  std::string out = fmt::format("sekisho:{}/", kind);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool bare =
        is_letter(c) || is_digit(c) || c == '_' || c == '-' || (c == '.' && i + 1 < name.size());
    out += bare ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// Relations have names of their own that mean nothing.
class Document {
 public:
  Document() { j_["prefix"] = Json{{"sekisho", own}}; }
  void put(const char* kind, const std::string& name, Json attributes) {
    j_[kind][name] = std::move(attributes);
  }
  void relate(const char* kind, Json attributes) {
    put(kind, fmt::format("_:r{}", ++relations_), std::move(attributes));
  }
  /// @returns the qualified name of the party
  std::string agent(const std::string& party) {
    std::string name = qualified("party", party);
    if (agents_.insert(name).second) put("agent", name, Json::object());
    return name;
  }
  std::string dumped() const { return to_lines(j_); }

 private:
  Json j_ = Json::object();
  std::set<std::string> agents_;
  int relations_ = 0;
};

}  // namespace

std::string pedigree_prov(const LotResult& pedigree) {
  const auto lot = parse_json(pedigree.json);
  Document out;
  std::set<int> known;
  for (const Json& s : lot->at("states")) known.insert(s.at("state").get<int>());
  std::set<std::string> activities;
  for (const Json& s : lot->at("states")) {
    const auto name = [](int state) { return fmt::format("sekisho:state/{}", state); };
    const int number = s.at("state").get<int>();
    const std::string entity = name(number), activity = qualified("event", text_at(s, "event"));
    Json attributes{{"prov:type", "sekisho:LotState"},
                    {"sekisho:lot", text_at(s, "lot")},
                    {"sekisho:item", text_at(s, "item")},
                    {"sekisho:quantity", text_at(s, "quantity")}};
    for (const char* key : {"made_in", "made_under", "country"})
      if (const std::string v = text_at(s, key); !v.empty()) attributes[std::string("sekisho:") + key] = v;
    Json provisos = Json::array(), rights = Json::array(), complete = Json::array();
    for (const Json& p : s.at("provisos")) provisos.push_back(text_at(p, "proviso"));
    for (const Json& r : s.at("rights")) rights.push_back(text_at(r, "right"));
    for (const Json& a : s.at("attestations")) complete.push_back(text_at(a, "jurisdiction"));
    if (!provisos.empty()) attributes["sekisho:proviso"] = provisos;
    if (!rights.empty()) attributes["sekisho:right"] = rights;
    if (!complete.empty()) attributes["sekisho:provenance_complete_for"] = complete;
    out.put("entity", entity, std::move(attributes));
    if (activities.insert(activity).second) {
      const std::string at = text_at(s, "on") + "T00:00:00";
      out.put("activity", activity,
              {{"prov:startTime", at}, {"prov:endTime", at}, {"prov:type", "sekisho:" + text_at(s, "kind")}});
      if (const std::string by = text_at(s, "by"); !by.empty())
        out.relate("wasAssociatedWith", {{"prov:activity", activity}, {"prov:agent", out.agent(by)}});
    }
    out.relate("wasGeneratedBy", {{"prov:entity", entity},
                                  {"prov:activity", activity},
                                  {"prov:time", text_at(s, "on") + "T00:00:00"}});
    for (const Json& p : s.at("parents")) {
      const int parent = p.at("state").get<int>();
      if (!known.contains(parent)) continue;
      out.relate("used", {{"prov:activity", activity}, {"prov:entity", name(parent)}});
      out.relate("wasDerivedFrom", {{"prov:generatedEntity", entity},
                                    {"prov:usedEntity", name(parent)},
                                    {"prov:activity", activity},
                                    {"sekisho:how", text_at(p, "how")}});
    }
    for (const char* role : {"holder", "maker"}) {
      const std::string party = text_at(s, role);
      if (party.empty()) continue;
      out.relate("wasAttributedTo", {{"prov:entity", entity},
                                     {"prov:agent", out.agent(party)},
                                     {"prov:type", std::string("sekisho:") + role}});
    }
    for (const Json& a : s.at("attestations")) {
      const std::string party = text_at(a, "by");
      if (party.empty()) continue;
      out.relate("wasAttributedTo", {{"prov:entity", entity},
                                     {"prov:agent", out.agent(party)},
                                     {"prov:type", "sekisho:attestation"},
                                     {"sekisho:jurisdiction", text_at(a, "jurisdiction")}});
    }
  }
  return out.dumped();
}

}  // namespace sekisho
