#include "impact/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace sekisho {
namespace {

std::string label(const Law& law, const Variable& v, std::size_t i) {
  const Value& value = v.domain[i];
  switch (v.kind) {
    case VarKind::fact: {
      const FactType t = law[v.fact].type.kind;
      const bool named = t == FactType::country || t == FactType::party || t == FactType::item ||
                         t == FactType::lot || t == FactType::code;
      if (!named) return show_value(law[v.fact].type, value);
      if (value.text.empty()) return value.number == 0 ? "another" : fmt::format("another {}", value.number);
      if (t == FactType::code && value.text.ends_with(".*"))
        return fmt::format("further under {}", value.text.substr(0, value.text.size() - 2));
      return value.text;
    }
    case VarKind::judged: return i == judged_none ? "no finding" : i == 1 ? "found" : "found not";
    case VarKind::need: return std::string(to_string(static_cast<NeedState>(i)));
    default: return i == 1 ? "yes" : "no";
  }
}

class Words {
 public:
  Words(const Compiled& law, std::span<const Values> box, Date day)
      : c_(law), law_(law.space().law()), box_(box), day_(day) {}

  Phrase phrase(Level l, const Values& allowed) {
    const VarId v = c_.variable(l);
    Phrase p;
    p.fact = c_.name(v);
    if (c_.is_relation(v)) {
      p.values = {allowed.test(1) ? "yes" : "no"};
      p.text = allowed.test(1) ? p.fact : "not (" + p.fact + ")";
      return p;
    }
    const Variable& var = c_.space()[v];
    const Values left_out = box_[l] & ~allowed;
    p.excluded = var.kind == VarKind::fact && allowed.count() > left_out.count() && allowed.count() > 2;
    const Values& told = p.excluded ? left_out : allowed;
    for (std::size_t i = 0; i < var.domain.size(); ++i)
      if (told.test(i)) p.values.push_back(label(law_, var, i));
    p.text = text(var, l, allowed, p);
    return p;
  }

 private:
  std::string text(const Variable& var, Level l, const Values& allowed, const Phrase& p) {
    const bool yes = allowed.test(1);
    switch (var.kind) {
      case VarKind::fact: break;
      case VarKind::member:
        return fmt::format("{} is {}in {}", label_of(var), yes ? "" : "not ", law_[var.fact].name);
      case VarKind::carries: return fmt::format("{} {} on the lot", var.name, yes ? "lies" : "does not lie");
      case VarKind::hidden:
        return fmt::format("by the reading that {} {}", var.name, yes ? "holds" : "does not hold");
      case VarKind::listed: return fmt::format("{}{}", yes ? "" : "not ", var.name);
      case VarKind::rate:
        if (var.name == proviso_parties)
          return fmt::format("the consignee is {}within the parties that the proviso names",
                             yes ? "" : "not ");
        return fmt::format("{} {}", var.name, yes ? "holds" : "does not hold");
      case VarKind::judged: return fmt::format("{} is {}", var.name, fmt::join(p.values, " or "));
      case VarKind::need: return fmt::format("{} is {}", var.name, fmt::join(p.values, " or "));
    }
    const Type& type = law_[var.fact].type;
    if (type.kind == FactType::yes_no) return (yes_value(var, allowed) ? "" : "not ") + var.name;
    if (type.ordered()) return range(var, allowed);
    if (type.kind == FactType::country)
      if (const std::string in = list_phrase(var, l, allowed); !in.empty()) return in;
    if (p.values.size() == 1)
      return fmt::format("{} is {}{}", var.name, p.excluded ? "not " : "", p.values.front());
    return fmt::format("{} is {}one of {}", var.name, p.excluded ? "not " : "", fmt::join(p.values, ", "));
  }
  std::string label_of(const Variable& var) const {
    Type t = law_[var.fact].type;
    t.is_set = false;
    const std::string s = show_value(t, var.element);
    return s.empty() ? "another" : s;
  }
  static bool yes_value(const Variable& var, const Values& allowed) {
    for (std::size_t i = 0; i < var.domain.size(); ++i)
      if (allowed.test(i)) return var.domain[i].number == 1;
    return false;
  }
  /// Runs of neighbouring values as bounds.
  std::string range(const Variable& var, const Values& allowed) const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < var.domain.size(); ++i) order.push_back(i);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return std::tie(var.domain[a].text, var.domain[a].number) <
             std::tie(var.domain[b].text, var.domain[b].number);
    });
    const Type& t = law_[var.fact].type;
    std::string out;
    for (std::size_t k = 0; k < order.size(); ++k) {
      if (!allowed.test(order[k])) continue;
      std::size_t last = k;
      const std::string& currency = var.domain[order[k]].text;
      while (last + 1 < order.size() && allowed.test(order[last + 1]) &&
             var.domain[order[last + 1]].text == currency)
        ++last;
      const bool from_start = k == 0 || var.domain[order[k - 1]].text != currency;
      const bool to_end = last + 1 == order.size() || var.domain[order[last + 1]].text != currency;
      const std::string low = show_value(t, var.domain[order[k]]),
                        high = show_value(t, var.domain[order[last]]);
      if (!out.empty()) out += " or ";
      out += from_start && to_end ? fmt::format("in {}", currency)
             : from_start         ? "at most " + high
             : to_end             ? "at least " + low
             : low == high        ? low
                                  : fmt::format("{} to {}", low, high);
      k = last;
    }
    return fmt::format("{} is {}", var.name, out);
  }
  /// A set of states that is a list of the law, or all that are not on it.
  std::string list_phrase(const Variable& var, Level l, const Values& allowed) const {
    for (const List& list : law_.lists) {
      if (list.type.kind != FactType::country) continue;
      Values on;
      for (std::size_t i = 0; i < var.domain.size(); ++i)
        for (const ListMember& m : list.members)
          if (m.value == var.domain[i] && covers(m.windows, day_) == Covers::yes) on.set(i);
      on &= box_[l];
      if (on.none()) continue;
      if (allowed == on) return fmt::format("{} is in {}", var.name, list.name);
      if (allowed == (box_[l] & ~on)) return fmt::format("{} is not in {}", var.name, list.name);
    }
    return {};
  }

  const Compiled& c_;
  const Law& law_;
  std::span<const Values> box_;
  Date day_;
};

/// The first of the days compared on which a proviso has a text.
Date bound_on(const Space& space, ProvisoId p) {
  const Law& law = space.law();
  for (const Standing& s : space.standings())
    for (const RuleId r : law[p].versions)
      if (covers(law[r].windows, s.view.day) != Covers::no) return s.view.day;
  return space.standings().front().view.day;
}

}  // namespace

std::vector<Phrase> in_words(const Compiled& law, const Cube& cube, std::span<const Values> box, Date day) {
  Words words(law, box, day);
  std::vector<Phrase> out;
  for (Level l = 0; l < cube.size(); ++l)
    if (cube[l] != box[l]) out.push_back(words.phrase(l, cube[l]));
  return out;
}

WitnessFiles witness_files(const Compiled& c, const std::vector<Values>& witness, Date day) {
  using Json = nlohmann::ordered_json;
  const Space& space = c.space();
  const Law& law = space.law();
  const std::string on = to_string(day);
  Json facts = Json::object(), finds = Json::array(), provisos = Json::array();
  std::map<std::string, Json> sets;
  WitnessFiles out;
  bool carries = false, names_the_next = false;
  std::string consignee = "another";
  std::vector<ProvisoId> carried;
  for (std::uint32_t i = 0; i < space.variables().size(); ++i) {
    const Variable& v = space[VarId{i}];
    const std::size_t value = witness[c.level(VarId{i})]._Find_first();
    const bool yes = value == 1;
    switch (v.kind) {
      case VarKind::fact: {
        std::string s = show_value(law[v.fact].type, v.domain[value]);
        if (s.empty()) s = label(law, v, value);
        facts[v.name] = s;
        if (v.name == "consignee") consignee = s;
        break;
      }
      case VarKind::member: {
        Json& set = sets.try_emplace(law[v.fact].name, Json::array()).first->second;
        Type t = law[v.fact].type;
        t.is_set = false;
        const std::string s = show_value(t, v.element);
        if (yes) set.push_back(s.empty() ? "another" : s);
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
        if (v.name == proviso_parties)
          names_the_next = yes;
        else
          out.readings.push_back(fmt::format("{}: {}", v.name, yes ? "yes" : "no"));
        break;
      case VarKind::hidden:
      case VarKind::listed: out.readings.push_back(fmt::format("{}: {}", v.name, yes ? "yes" : "no")); break;
      case VarKind::need: break;
    }
  }
  for (const auto& [name, members] : sets) facts[name] = members;
  if (carries && law.find_fact("consignee").valid()) facts["consignee"] = consignee;
  // Free names would be read as facts of the files: a lot is needed only for what lies on it.
  Json transfer{{"transfer", 1}, {"on", on}, {"facts", facts}};
  Json world{{"world", 1}, {"parties", {{"the holder", {{"name", "the holder"}}}}}};
  world["parties"][consignee] = {{"name", consignee}};
  if (carries) {
    transfer["lines"] = Json::array({{{"id", "a"}, {"lot", facts.value("lot", "the lot")}}});
    for (const ProvisoId p : carried) {
      Json with = Json::object();
      for (const std::string& parameter : law[law[p].versions.front()].parameters)
        with[parameter] = names_the_next ? consignee : "the holder";
      provisos.push_back(
          {{"proviso", law[p].name}, {"with", with}, {"bound_on", to_string(bound_on(space, p))}});
    }
    Json attestations = Json::array();
    std::set<std::string> states;
    for (const Authority& a : law.authorities)
      if (states.insert(a.state).second)
        attestations.push_back({{"jurisdiction", a.state}, {"by", "the holder"}});
    const std::string item = facts.value("item", "the item");
    world["items"] = {{item, {{"name", item}}}};
    world["lots"] = {{facts.value("lot", "the lot"),
                      {{"item", item}, {"provisos", provisos}, {"attestations", attestations}}}};
  }
  world["records"] = Json::array();
  for (const Authority& a : law.authorities)
    world["records"].push_back({{"authority", a.name}, {"complete_to", on}});
  world["instruments"] = finds;
  out.transfer = transfer.dump();
  out.world = world.dump();
  return out;
}

}  // namespace sekisho
