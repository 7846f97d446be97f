#include "impact/witness.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

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

/// Writes one completion as files, variable by variable, then what has to stand beside the facts.
class WitnessWriter {
 public:
  WitnessWriter(const Compiled& c, const std::vector<Values>& witness, Date day)
      : c_(c),
        witness_(witness),
        space_(c.space()),
        law_(space_.law()),
        on_(to_string(day)),
        facts_(with_room(law_.facts.size())) {}

  WitnessFiles write() {
    for (std::uint32_t i = 0; i < space_.variables().size(); ++i) tell(VarId{i});
    complete_facts();
    out_.transfer = transfer();
    enter(FactType::party, "the holder");
    enter(FactType::party, consignee_);
    out_.world = world();
    return std::move(out_);
  }

 private:
  void tell(VarId id) {
    const Variable& v = space_[id];
    const std::size_t value = witness_[c_.level(id)]._Find_first();
    const bool yes = value == 1;
    switch (v.kind) {
      case VarKind::fact: fact(v, value); break;
      case VarKind::member: member(v, yes); break;
      case VarKind::judged:
        if (value != judged_none) finding(v, yes);
        break;
      case VarKind::carries:
        provisos_asked_ = true;
        if (yes) carried_.push_back(v.proviso);
        break;
      case VarKind::rate:
        if (v.of_unrecorded_parties())
          within_.emplace_back(&v, yes);
        else
          out_.readings.push_back({id, v.name, yes, {}, {}});
        break;
      case VarKind::hidden: out_.readings.push_back({id, v.name, yes, v.on, {}}); break;
      case VarKind::listed: out_.readings.push_back({id, v.name, yes, {}, law_[v.list].complete_to}); break;
      case VarKind::need: break;
    }
  }
  void fact(const Variable& v, std::size_t value) {
    std::string s = show_value(law_[v.fact].type, v.domain[value]);
    if (s.empty()) s = value_name(law_, v, value);
    facts_[v.name] = s;
    if (v.name == "consignee") consignee_ = s;
    enter(law_[v.fact].type.kind, s);
  }
  void member(const Variable& v, bool yes) {
    Json& set = sets_.try_emplace(law_[v.fact].name, Json::array()).first->second;
    if (!yes) return;
    set.push_back(element_name(law_, v));
    enter(law_[v.fact].type.kind, element_name(law_, v));
  }
  void finding(const Variable& v, bool yes) {
    finds_.push_back({{"id", "finding on " + v.name},
                      {"authority", law_[law_[v.fact].judged_by].name},
                      {"issued", on_},
                      {"finds", {{v.name, yes ? "yes" : "no"}}}});
  }
  /// What a fact names is told of in the world, if it is a party or an item.
  void enter(FactType type, const std::string& id) {
    if (type == FactType::party) parties_[id] = {{"name", id}};
    if (type == FactType::item) items_[id] = {{"name", id}};
  }
  /// Sets, and the parties that only provisos speak of.
  void complete_facts() {
    for (const auto& [name, members] : sets_) facts_[name] = members;
    if (provisos_asked_ && law_.find_fact("consignee").valid()) facts_["consignee"] = consignee_;
    for (const auto& [v, yes] : within_)
      if (const std::string& fact = v->subject; v->fact.valid() && !facts_.contains(fact)) {
        facts_[fact] = "the " + fact;
        enter(FactType::party, "the " + fact);
      }
  }
  /// Free names would be read as facts of the files: a lot is needed only for what lies on it.
  Json transfer() const {
    Json out = with_room(4);
    out["transfer"] = 1;
    out["on"] = on_;
    out["facts"] = facts_;
    if (provisos_asked_) out["lines"] = Json::array({{{"id", "a"}, {"lot", lot()}}});
    return out;
  }
  std::string lot() const { return facts_.value("lot", "the lot"); }

  Json carried_proviso(ProvisoId p) {
    Json with = Json::object();
    for (const std::string& parameter : law_[law_[p].versions.front()].parameters) {
      const std::string holder = fmt::format("the {} of {}", parameter, law_[p].name);
      with[parameter] = holder;
      parties_[holder] = {{"name", holder}};
      put_within(p, parameter, holder);
    }
    return {{"proviso", law_[p].name}, {"with", with}, {"bound_on", to_string(bound_on(space_, p))}};
  }
  /// Whoever is within those that the proviso names becomes part of them, with all that it is part of.
  void put_within(ProvisoId p, const std::string& parameter, const std::string& holder) {
    for (const auto& [v, yes] : within_) {
      if (!yes || v->proviso != p || v->element.text != parameter) continue;
      std::string top = v->fact.valid() ? facts_.value(v->subject, consignee_) : v->subject;
      while (parties_[top].contains("part_of")) top = parties_[top]["part_of"];
      if (top == holder) continue;
      if (!parties_.contains(top)) enter(FactType::party, top);
      parties_[top]["part_of"] = holder;
    }
  }
  Json lots() {
    Json provisos = Json::array();
    for (const ProvisoId p : carried_) provisos.push_back(carried_proviso(p));
    Json attestations = Json::array();
    std::set<std::string> states;
    for (const Authority& a : law_.authorities)
      if (states.insert(a.state).second)
        attestations.push_back({{"jurisdiction", a.state}, {"by", "the holder"}});
    const std::string item = facts_.value("item", "the item");
    enter(FactType::item, item);
    return {{lot(), {{"item", item}, {"provisos", provisos}, {"attestations", attestations}}}};
  }
  Json world() {
    Json out = with_room(6);
    out["world"] = 1;
    if (provisos_asked_) out["lots"] = lots();
    out["parties"] = std::move(parties_);
    if (!items_.empty()) out["items"] = std::move(items_);
    out["records"] = Json::array();
    for (const Authority& a : law_.authorities)
      out["records"].push_back({{"authority", a.name}, {"complete_to", on_}});
    out["instruments"] = finds_;
    return out;
  }

  const Compiled& c_;
  const std::vector<Values>& witness_;
  const Space& space_;
  const Law& law_;
  std::string on_;
  WitnessFiles out_;
  Json facts_, finds_ = Json::array(), parties_ = Json::object(), items_ = Json::object();
  std::map<std::string, Json> sets_;
  bool provisos_asked_ = false;  // whether one lies on the lot matters
  std::vector<ProvisoId> carried_;
  std::vector<std::pair<const Variable*, bool>>
      within_;  // whether facts are within parties that provisos name
  std::string consignee_ = "another";
};

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

WitnessFiles witness_files(const Compiled& law, const std::vector<Values>& witness, Date day) {
  return WitnessWriter(law, witness, day).write();
}

}  // namespace sekisho
