#include "impact/witness.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/words.h"

namespace sekisho {
namespace {

/// The first of the days compared on which a proviso has a text, or else the last day of the last one before
/// the earliest of them that has one before it.
Date bound_on(const Space& space, ProvisoId p) {
  const Law& law = space.law();
  for (const Standing& s : space.standings())
    for (const RuleId r : law[p].versions)
      if (covers(law[r].windows, s.view.day) != Covers::no) return s.view.day;
  for (const Standing& s : space.standings()) {
    Date last = far_past;
    for (const RuleId r : law[p].versions)
      for (const Window& w : law[r].windows)
        if (w.to.latest < s.view.day) last = std::max(last, w.to.latest);
    if (last != far_past) return last;
  }
  return space.standings().front().view.day;
}

}  // namespace

Json WitnessFiles::readings_on(Date day, const Compiled& law, const std::vector<bool>& asked) const {
  Json out = Json::object();
  for (const Reading& r : readings)
    if (asked[law.level(r.var)] && r.on.value_or(day) == day && (!r.after || *r.after < day))
      out[r.what] = r.holds ? "yes" : "no";
  return out;
}

std::vector<bool> hangs_on(Compiled& law, Ref asks, const std::vector<Values>& witness) {
  Diagrams& store = law.store();
  std::vector<Values> box(witness.size());
  for (Level l = 0; l < box.size(); ++l) {
    const VarId v = law.variable(l);
    const VarKind kind = law.is_relation(v) ? VarKind::rate : law.space()[v].kind;
    const bool open = kind == VarKind::rate || kind == VarKind::hidden || kind == VarKind::listed;
    if (open)
      for (std::size_t i = 0; i < store.size(l); ++i) box[l].set(i);
    else
      box[l] = witness[l];
  }
  std::vector<bool> out = store.support(store.fixed(asks, box));
  const auto& relations = law.relations();
  for (std::size_t i = relations.size(); i-- > 0;) {  // a later one may hang on an earlier
    const VarId r{static_cast<std::uint32_t>(law.space().variables().size() + i)};
    if (!out[law.level(r)]) continue;
    const std::vector<bool> defined = store.support(store.fixed(relations[i].definition, box));
    for (Level l = 0; l < out.size(); ++l) out[l] = out[l] || defined[l];
  }
  return out;
}

WitnessFiles witness_files(const Compiled& c, const std::vector<Values>& witness, Date day) {
  const Space& space = c.space();
  const Law& law = space.law();
  const std::string on = to_string(day);
  Json facts = with_room(law.facts.size()), finds = Json::array(), provisos = Json::array();
  std::map<std::string, Json> sets;
  WitnessFiles out;
  bool carries = false;
  std::vector<std::pair<const Variable*, bool>>
      within;  // whether facts are within parties that provisos name
  std::string consignee = "another";
  std::vector<ProvisoId> carried;
  Json parties = Json::object(), items = Json::object();
  const auto enter = [&](FactType type, const std::string& id) {
    if (type == FactType::party) parties[id] = {{"name", id}};
    if (type == FactType::item) items[id] = {{"name", id}};
  };
  for (std::uint32_t i = 0; i < space.variables().size(); ++i) {
    const Variable& v = space[VarId{i}];
    const std::size_t value = witness[c.level(VarId{i})]._Find_first();
    const bool yes = value == 1;
    switch (v.kind) {
      case VarKind::fact: {
        std::string s = show_value(law[v.fact].type, v.domain[value]);
        if (s.empty()) s = value_name(law, v, value);
        facts[v.name] = s;
        if (v.name == "consignee") consignee = s;
        enter(law[v.fact].type.kind, s);
        break;
      }
      case VarKind::member: {
        Json& set = sets.try_emplace(law[v.fact].name, Json::array()).first->second;
        if (yes) set.push_back(element_name(law, v));
        if (yes) enter(law[v.fact].type.kind, element_name(law, v));
        break;
      }
      case VarKind::judged:
        if (value != judged_none)
          finds.push_back({{"id", "finding on " + v.name},
                           {"authority", law[law[v.fact].judged_by].name},
                           {"issued", on},
                           {"finds", {{v.name, yes ? "yes" : "no"}}}});
        break;
      case VarKind::carries:
        carries = true;
        if (yes) carried.push_back(v.proviso);
        break;
      case VarKind::rate:
        if (v.of_unrecorded_parties())
          within.emplace_back(&v, yes);
        else
          out.readings.push_back({VarId{i}, v.name, yes, {}, {}});
        break;
      case VarKind::hidden: out.readings.push_back({VarId{i}, v.name, yes, v.on, {}}); break;
      case VarKind::listed:
        out.readings.push_back({VarId{i}, v.name, yes, {}, law[v.list].complete_to});
        break;
      case VarKind::need: break;
    }
  }
  for (const auto& [name, members] : sets) facts[name] = members;
  if (carries && law.find_fact("consignee").valid()) facts["consignee"] = consignee;
  for (const auto& [v, yes] : within)
    if (const std::string& fact = v->subject; v->fact.valid() && !facts.contains(fact)) {
      facts[fact] = "the " + fact;
      enter(FactType::party, "the " + fact);
    }
  // Free names would be read as facts of the files: a lot is needed only for what lies on it.
  Json transfer = with_room(4);
  transfer["transfer"] = 1;
  transfer["on"] = on;
  transfer["facts"] = facts;
  enter(FactType::party, "the holder");
  enter(FactType::party, consignee);
  Json world = with_room(6);
  world["world"] = 1;
  if (carries) {
    transfer["lines"] = Json::array({{{"id", "a"}, {"lot", facts.value("lot", "the lot")}}});
    for (const ProvisoId p : carried) {
      Json with = Json::object();
      for (const std::string& parameter : law[law[p].versions.front()].parameters) {
        const std::string holder = fmt::format("the {} of {}", parameter, law[p].name);
        with[parameter] = holder;
        parties[holder] = {{"name", holder}};
        for (const auto& [v, yes] : within)
          if (yes && v->proviso == p && v->element.text == parameter) {
            std::string top = v->fact.valid() ? facts.value(v->subject, consignee) : v->subject;
            while (parties[top].contains("part_of")) top = parties[top]["part_of"];
            if (top != holder) parties[top]["part_of"] = holder;
          }
      }
      provisos.push_back(
          {{"proviso", law[p].name}, {"with", with}, {"bound_on", to_string(bound_on(space, p))}});
    }
    Json attestations = Json::array();
    std::set<std::string> states;
    for (const Authority& a : law.authorities)
      if (states.insert(a.state).second)
        attestations.push_back({{"jurisdiction", a.state}, {"by", "the holder"}});
    const std::string item = facts.value("item", "the item");
    enter(FactType::item, item);
    world["lots"] = {{facts.value("lot", "the lot"),
                      {{"item", item}, {"provisos", provisos}, {"attestations", attestations}}}};
  }
  world["parties"] = std::move(parties);
  if (!items.empty()) world["items"] = std::move(items);
  world["records"] = Json::array();
  for (const Authority& a : law.authorities)
    world["records"].push_back({{"authority", a.name}, {"complete_to", on}});
  world["instruments"] = finds;
  out.transfer = std::move(transfer);
  out.world = std::move(world);
  return out;
}

}  // namespace sekisho
