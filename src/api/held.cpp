#include "api/held.h"

namespace sekisho {
namespace {

class Concerns {
 public:
  explicit Concerns(const World& world) : world_(world) {}

  void state(const std::string& code) { add(HeldKind::state, code); }
  void party(const std::string& id) {
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

}  // namespace

Json hold_json(const Hold& h) {
  Json out{{"stop", h.stop},           {"kind", to_string(h.kind)},
           {"name", h.name},           {"since", to_string(h.since)},
           {"by", text_or_null(h.by)}, {"reason", text_or_null(h.reason)}};
  if (!h.came_of.empty()) out["came_of"] = h.came_of;
  return out;
}

std::string decided_value(const Json& line, const std::string& fact) {
  const Json& facts = line["premises"]["facts"];
  const auto known = facts.find(fact);
  if (known == facts.end() || !known->contains("one_of") || (*known)["one_of"].size() != 1) return {};
  return (*known)["one_of"][0];
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
    concerns.add(HeldKind::item, l.item.empty() && lot ? lot->item : l.item);
  }
  for (const std::string& a : under) concerns.add(HeldKind::authorisation, a);
  for (const Json& l : lines) {  // what was given otherwise than by the keys of the file
    for (const char* fact : {"departure", "destination"}) concerns.state(decided_value(l, fact));
    for (const char* fact : {"exporter", "consignee", "end_user"}) concerns.party(decided_value(l, fact));
    concerns.add(HeldKind::item, decided_value(l, "item"));
    concerns.add(HeldKind::lot, decided_value(l, "lot"));
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
  for (const std::string& p : {g.from, g.to, g.end_user}) {
    concerns.add(HeldKind::party, p);
    concerns.party(p);
  }
  for (const std::string& a : g.under) concerns.add(HeldKind::authorisation, a);
  for (const LotTaken& t : g.takes) {
    concerns.add(HeldKind::lot, t.lot);
    concerns.add(HeldKind::item, holds.item_of(t.lot));
  }
  return holds.against(movement, concerns.all());
}

}  // namespace sekisho
