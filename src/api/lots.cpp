#include <algorithm>
#include <map>
#include <set>

#include "api/decide.h"
#include "api/held.h"
#include "api/movements.h"
#include "api/proviso_json.h"
#include "api/shipments.h"
#include "engine/diagrams.h"
#include "sekisho/lots.h"

namespace sekisho {
namespace {

Json amount(const Amount& a) {
  return to_string(a);
}

Json right_json(const Law& law, const RightOn& r) {
  Json j{{"right", r.right}, {"more_possible", r.more_possible}};
  Type share;
  share.kind = FactType::share;
  if (r.share) j["share"] = {{"at_least", show_value(share, {*r.share, {}})}, {"fraction", r.fraction}};
  const Right& of = law[law.find_right(r.right)];
  j["state"] = of.state;
  j["cite"] = of.cite;
  return j;
}

Json state_json(const Law& law, const Custody& custody, ExactShares& shares, StateId number) {
  const LotState& s = custody.states()[number];
  Json provisos = Json::array(), attestations = Json::array(), rights = Json::array(),
       parents = Json::array();
  for (const ProvisoOn& p : custody.marks().provisos_on(number)) {
    provisos.push_back(proviso_json(p));
    provisos.back()["bound_on"] = p.bound_on ? Json(to_string(*p.bound_on)) : Json(nullptr);
    provisos.back()["by"] = text_or_null(p.by);
  }
  for (const Attestation& a : custody.marks().attestations_on(number))
    attestations.push_back({{"jurisdiction", a.jurisdiction},
                            {"by", text_or_null(a.by)},
                            {"on", a.on ? Json(to_string(*a.on)) : Json(nullptr)}});
  for (const RightOn& r : custody.marks().rights_on(number, shares)) rights.push_back(right_json(law, r));
  for (const Origin& o : custody.graph().origins(number))
    parents.push_back({{"state", o.state}, {"how", to_string(o.how)}});
  return {{"state", number},
          {"lot", s.lot},
          {"item", s.item},
          {"quantity", amount(s.quantity)},
          {"serials", s.serials},
          {"holder", text_or_null(s.holder)},
          {"country", text_or_null(s.country)},
          {"made_in", text_or_null(s.made_in)},
          {"maker", text_or_null(s.maker)},
          {"made_under", text_or_null(s.made_under)},
          {"provisos", provisos},
          {"attestations", attestations},
          {"rights", rights},
          {"on", to_string(s.by->on)},
          {"event", s.by->id},
          {"by", text_or_null(s.by->by)},
          {"kind", to_string(s.by->kind)},
          {"parents", parents}};
}

/// The states that a lot went through, what they are made of, and what came of them.
class Pedigree {
 public:
  Pedigree(const Law& law, const Custody& custody, std::string_view lot) : law_(law), custody_(custody) {
    const std::span<const StateId> own = custody.states_of(lot);
    history_.assign(own.begin(), own.end());
    made_of_ = custody.graph().ancestors(own);
    used_in_ = custody.graph().descendants(own);
  }
  bool none() const { return history_.empty(); }
  Json json(std::string_view lot, Date on) const {
    Json states = Json::array();
    std::set<StateId> shown(history_.begin(), history_.end());
    shown.insert(made_of_.begin(), made_of_.end());
    shown.insert(used_in_.begin(), used_in_.end());
    ExactShares shares(custody_.graph());
    for (const StateId i : shown) states.push_back(state_json(law_, custody_, shares, i));
    const auto now = custody_.lot(lot);
    return {{"schema", "sekisho-lot/1"},
            {"lot", lot},
            {"on", on == far_future ? Json(nullptr) : Json(to_string(on))},
            {"now", now ? Json(*now) : Json(nullptr)},
            {"history", history_},
            {"made_of", made_of_},
            {"used_in", used_in_},
            {"states", states}};
  }

 private:
  const Law& law_;
  const Custody& custody_;
  std::vector<StateId> history_, made_of_, used_in_;
};

/// What stood in the way, or was needed and not given: each with its citation.
Json grounds(const Json& answer) {
  Json out = Json::array();
  for (const Json& r : answer["regimes"])
    for (const Json& d : r["derivation"]) {
      const bool counts =
          d.value("status", "") == "active" && d.contains("effect") && d["effect"] != "permits";
      if (counts) out.push_back({{"rule", d["rule"]}, {"effect", d["effect"]}, {"cite", d["cite"]}});
    }
  return out;
}

/// The movement that brought goods where they are; null if they never moved. What is left of a lot of which a
/// part moved did not.
const Event* last_movement(const Custody& custody, StateId at) {
  while (true) {
    const std::vector<Origin> before = custody.graph().origins(at);
    const bool stayed = !before.empty() && before.front().how == Descent::rest;
    if (moves(custody.states()[at].by->kind) && !stayed) return custody.states()[at].by;
    if (before.empty()) return nullptr;
    at = before.front().state;
  }
}

/// Authorisations that a movement used: those it names, or else those that settle what the law needs of it.
std::set<std::string> used(const Event& e, const Json& answer) {
  const std::vector<std::string>& under = e.goods()->under;
  std::set<std::string> out(under.begin(), under.end());
  if (!out.empty()) return out;
  for (const Json& l : answer["lines"])
    for (const Json& n : l["needs"])
      for (const Json& i : n["settled_by"])  // in the order in which they prevail
        if (settles(i)) {
          out.insert(text_at(i, "instrument"));
          break;
        }
  return out;
}

LotResult unanswered(const OpenedLots& o) {
  return {false, reports_of(o.sources, o.diags), {}};
}

Json stands(const Json& answer) {
  return {{"finding", answer["finding"]},
          {"best", answer["best"]},
          {"worst", answer["worst"]},
          {"compliance", answer["compliance"]}};
}

}  // namespace

LotResult lot_pedigree(const Rulebooks& books, const LotRequest& request) {
  OpenedLots o(books.body(), request.events, request.world);
  const Date on = day_of(request.on, o.diags).value_or(far_future);
  if (o.diags.has_errors()) return unanswered(o);
  const Custody custody(o.events, on, books.body().law, o.world, o.diags);
  const Pedigree pedigree(books.body().law, custody, request.lot);
  if (pedigree.none()) {
    auto none =
        o.diags.emit(code::no_such_lot, TextSpan{}, request.on.empty() ? "any day" : request.on, request.lot);
    std::vector<std::string> lots;
    for (const Event& e : o.events)
      if (const Goods* g = e.goods())
        for (const LotGiven& l : g->gives) lots.push_back(l.lot);
    const std::string near = nearest(request.lot, lots);
    none.fix(near.empty() ? "name a lot that an event gives" : fmt::format("write `{}`", near));
  }
  if (o.diags.has_errors()) return unanswered(o);
  return {true, reports_of(o.sources, o.diags), to_lines(pedigree.json(request.lot, on))};
}

LotResult movements(const Rulebooks& books, const LotRequest& request) {
  OpenedLots o(books.body(), request.events, request.world);
  const Date on = day_of(request.on, o.diags).value_or(far_future);
  if (o.diags.has_errors()) return unanswered(o);
  Movements all(books.body(), o, on);
  if (!all.ok()) return unanswered(o);
  Json out = Json::array();
  Shipments shipments(all.world());
  try {
    for (const Event* e : all.custody().events()) {
      if (const auto* a = std::get_if<Authorise>(&e->body)) shipments.authorised(a->text, e->on);
      if (!moves(e->kind)) continue;
      auto asked = all.ask(*e, e->on);
      Movements::Texts spent;
      for (bool more = true; asked && more;) {
        std::set<std::string> under = used(*e, asked->answer);
        for (const auto& [id, why] : spent) under.erase(id);
        const Movements::Texts lack = shipments.moved(e->id, e->on, asked->transfer, under);
        more = !lack.empty();
        spent.insert(lack.begin(), lack.end());
        if (more) asked = all.ask(*e, e->on, spent);
      }
      if (!asked) return unanswered(o);
      const Transfer& t = asked->transfer;
      const Json& answer = asked->answer;
      out.push_back({{"event", e->id},
                     {"on", to_string(e->on)},
                     {"lots", asked->lots},
                     {"from", text_or_null(t.from)},
                     {"to", text_or_null(t.to)},
                     {"exporter", text_or_null(t.exporter)},
                     {"consignee", text_or_null(t.consignee)},
                     {"compliance", answer["compliance"]},
                     {"finding", answer["finding"]},
                     {"best", answer["best"]},
                     {"worst", answer["worst"]},
                     {"grounds", grounds(answer)},
                     {"missing", answer["missing"]},
                     {"not_encoded", answer["coverage"]["not_encoded"]}});
      if (!asked->held.empty()) out.back()["held"] = asked->held;
      for (const auto& [id, why] : spent) out.back()["spent"].push_back(why);
    }
  } catch (const TooManyNodes&) {
    return {false, too_many_nodes(o.sources, DecideRequest{}.node_limit), {}};
  }
  return {true, reports_of(o.sources, o.diags),
          to_lines(Json{{"schema", "sekisho-movements/1"}, {"movements", out}})};
}

LotResult holdings(const Rulebooks& books, const LotRequest& request) {
  OpenedLots o(books.body(), request.events, request.world);
  const Date on = must_be_day(request.on, o.diags);
  if (o.diags.has_errors()) return unanswered(o);
  Movements all(books.body(), o, on);
  if (!all.ok()) return unanswered(o);
  Json out = Json::array();
  std::map<const Event*, std::pair<Json, Json>> answers;  // then, now: lots may have come by one movement
  try {
    for (const Lot& lot : all.lots()) {
      const Event* e = last_movement(all.custody(), *all.custody().lot(lot.id));
      if (e == nullptr) continue;
      const auto [known, fresh] = answers.try_emplace(e);
      if (fresh) {
        const auto then = all.ask(*e, e->on), now = all.ask(*e, on);
        if (!then || !now) return unanswered(o);
        known->second = {stands(then->answer), stands(now->answer)};
      }
      out.push_back({{"lot", lot.id},
                     {"holder", text_or_null(lot.holder)},
                     {"event", e->id},
                     {"moved_on", to_string(e->on)},
                     {"then", known->second.first},
                     {"now", known->second.second}});
    }
  } catch (const TooManyNodes&) {
    return {false, too_many_nodes(o.sources, DecideRequest{}.node_limit), {}};
  }
  return {true, reports_of(o.sources, o.diags), to_lines(Json{{"on", request.on}, {"holdings", out}})};
}

}  // namespace sekisho
