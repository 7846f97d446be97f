#include "api/held.h"

#include "api/line_question.h"

namespace sekisho {
namespace {

class Concerns {
 public:
  explicit Concerns(const World& world) : world_(world) {}

  void state(const std::string& code) { add(HeldKind::state, code); }
  void party(const std::string& id) {
    add(HeldKind::party, id);
    for (const Party* p : world_.wholes(id)) {
      add(HeldKind::party, p->id);
      state(p->country);
    }
  }
  void add(HeldKind kind, const std::string& name) {
    if (!name.empty()) all_.push_back({kind, name});
  }
  const std::vector<Concern>& all() const { return all_; }

 private:
  const World& world_;
  std::vector<Concern> all_;
};

/// The values that a fact of a line may have, where it is known as one of some; else none.
std::vector<std::string> possible_values(const Json& line, const std::string& fact) {
  const Json& facts = line["premises"]["facts"];
  const auto known = facts.find(fact);
  if (known == facts.end()) return {};
  std::vector<std::string> out;
  for (const Json& v : list_at(*known, known->contains("members") ? "members" : "one_of"))
    if (v.is_string()) out.push_back(v.get<std::string>());
  return out;
}

}  // namespace

Json hold_json(const Hold& h) {
  Json out{{"stop", h.stop},           {"kind", to_string(h.kind)},
           {"name", h.name},           {"since", to_string(h.since)},
           {"by", text_or_null(h.by)}, {"reason", text_or_null(h.reason)}};
  if (!h.came_of.empty()) out["came_of"] = h.came_of;
  return out;
}

bool settles(const Json& act) {
  return text_at(act, "covers") == "yes" && text_at(act, "state") == "granted";
}

bool taken_for_granted(const Json& answer) {
  const Json needs = answer.value("needs", Json::array());
  for (const Json& n : needs)
    for (const Json& i : n.value("settled_by", Json::array()))
      if (text_at(i, "instrument").starts_with(assumed_finding)) return true;
  return false;
}

std::string decided_value(const Json& line, const std::string& fact) {
  const std::vector<std::string> all = possible_values(line, fact);
  return all.size() == 1 ? all.front() : std::string();
}

Json held_of(const World& world, const Transfer& transfer, const Json& lines,
             std::span<const std::string> under) {
  Json out = Json::array();
  if (world.holds.empty()) return out;
  Concerns concerns(world);
  concerns.state(transfer.from);
  concerns.state(transfer.to);
  for (const std::string& s : transfer.via) concerns.state(s);
  for (const std::string& p : {transfer.exporter, transfer.consignee, transfer.end_user}) concerns.party(p);
  for (const TransferLine& l : transfer.lines) {
    const Lot* lot = world.lot(l.lot);
    concerns.add(HeldKind::lot, l.lot);
    concerns.add(HeldKind::item, l.item);
    if (lot == nullptr) continue;
    concerns.add(HeldKind::item, lot->item);
    concerns.party(lot->holder);
  }
  for (const std::string& a : under) concerns.add(HeldKind::authorisation, a);
  for (const Json& l : lines) {  // what was given otherwise than by the keys of the file, and what may be
    for (const char* fact : {"departure", "destination", "via"})
      for (const std::string& v : possible_values(l, fact)) concerns.state(v);
    for (const std::string fact : {"exporter", "consignee", "end_user"}) {
      for (const std::string& v : possible_values(l, fact)) concerns.party(v);
      for (const std::string& v : possible_values(l, fact + ".country")) concerns.state(v);
    }
    for (const std::string& v : possible_values(l, "item")) concerns.add(HeldKind::item, v);
    for (const std::string& v : possible_values(l, "lot")) concerns.add(HeldKind::lot, v);
  }
  for (const Json& l : lines)
    for (const Json& n : l["needs"])
      for (const Json& i : n["settled_by"])
        concerns.add(HeldKind::authorisation, i["instrument"].get<std::string>());
  for (const Hold& h : world.holds)
    if (names_one(h, concerns.all())) out.push_back(hold_json(h));
  return out;
}

std::vector<Hold> met_by(const World& world, const Holds& holds, const Event& movement) {
  Concerns concerns(world);
  const Goods& g = *movement.goods();
  concerns.state(g.country);
  for (const std::string& p : {g.from, g.to, g.end_user}) concerns.party(p);
  for (const std::string& a : g.under) concerns.add(HeldKind::authorisation, a);
  for (const LotTaken& t : g.takes) {
    concerns.add(HeldKind::lot, t.lot);
    if (holds.trails()) concerns.add(HeldKind::item, holds.trails()->item_of(t.lot));
  }
  return holds.against(movement, concerns.all());
}

}  // namespace sekisho
