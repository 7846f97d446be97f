#include "api/lots.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "accounts/replay.h"
#include "api/decide.h"
#include "api/held.h"
#include "api/opened_events.h"
#include "api/shipments.h"
#include "engine/diagrams.h"
#include "model/event_reader.h"
#include "model/holds.h"
#include "model/reader.h"
#include "sekisho/lots.h"

namespace sekisho {
namespace {

/// Names that events use, looked up in everything that was entered, on whatever day.
class Names {
 public:
  Names(const Law& law, const World& world, Diagnostics& diags) : law_(law), diags_(diags) { know(world); }

  void know(const World& w) {
    for (const Party& p : w.parties) parties_.insert(p.id);
    for (const Item& i : w.items) items_.insert(i.id);
    for (const Agreement& a : w.agreements) agreements_.insert(a.id);
  }
  void check(const Event& e) {
    if (const auto* c = std::get_if<Correct>(&e.body))
      for (const Event& instead : c->instead) check(instead);
    if (std::holds_alternative<Attest>(e.body)) must_be(parties_, "party", e.by, e.at);
    const Goods* g = e.goods();
    if (g == nullptr) return;
    for (const LotGiven& l : g->gives) must_be(items_, "item", l.item, l.at);
    for (const std::string& party : {g->maker, g->from, g->to, g->end_user})
      must_be(parties_, "party", party, e.at);
    must_be(agreements_, "agreement", g->made_under, e.at);
    for (const ProvisoOn& p : g->binds) {
      if (!law_.find_proviso(p.proviso).valid())
        diags_.emit(code::unknown_rule_name, p.at, "proviso", p.proviso);
      for (const auto& [parameter, party] : p.with) must_be(parties_, "party", party, p.at);
    }
  }

 private:
  void must_be(const std::set<std::string>& known, std::string_view kind, const std::string& name,
               TextSpan at) {
    if (!name.empty() && !known.contains(name) && told_.emplace(kind, name).second)
      diags_.emit(code::unknown_party, at, kind, name)
          .fix("add it to the world with `--world`, or with an event `enter`");
  }
  const Law& law_;
  Diagnostics& diags_;
  std::set<std::string> parties_, items_, agreements_;
  std::set<std::pair<std::string, std::string>> told_;  // each once, however often it is named
};

void check_names(const Law& law, const std::vector<Event>& events, const World& world, Diagnostics& diags) {
  Names names(law, world, diags);
  for (const Event& e : events)
    if (const auto* entered = std::get_if<Enter>(&e.body)) names.know(entered->world);
  for (const Event& e : events) names.check(e);
}

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
    Json with = Json::object();
    for (const auto& [parameter, party] : p.with) with[parameter] = party;
    provisos.push_back({{"proviso", p.proviso},
                        {"with", with},
                        {"bound_on", p.bound_on ? Json(to_string(*p.bound_on)) : Json(nullptr)},
                        {"by", text_or_null(p.by)}});
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

/// A movement as the transfer that it was.
Transfer transfer_of(const Event& e, const std::vector<const LotState*>& before) {
  const Goods& g = *e.goods();
  Transfer t;
  t.title = e.id;
  t.kind = g.kind;
  t.from = before.front()->country;
  for (const LotState* s : before)
    if (s->country != t.from) t.from.clear();  // they left from several states
  t.to = g.country;
  t.exporter = !g.from.empty() ? g.from : before.front()->holder;
  for (const LotState* s : before)
    if (g.from.empty() && s->holder != t.exporter) t.exporter.clear();  // so did their holders
  t.consignee = g.to;
  t.end_user = g.end_user;
  t.on = e.on;
  t.facts = g.facts;
  t.at = e.at;
  for (const LotState* s : before) {
    TransferLine line;
    line.id = line.lot = s->lot;
    line.at = e.at;
    t.lines.push_back(std::move(line));
  }
  return t;
}

/// A movement that took place, for which an authorisation may have been drawn to its end.
struct Shipped {
  Date on;
  const std::vector<std::string>& under;
};

/// Why an authorisation covers nothing on a day, whatever its scope; empty: it may.
std::string covers_nothing(const Authorisation& a, Date on) {
  if (a.at_issuer == AtIssuer::not_found) return fmt::format("does not exist at {}", a.instrument.authority);
  for (const Condition& c : a.conditions)
    if (!c.met_on || *c.met_on > on) return fmt::format("asks for a condition that is not met: {}", c.text);
  return {};
}

/// Authorisations as their acts up to a day left them, as instruments. A draft is no act of any authority;
/// one that answers and finds nothing, such as an end-use certificate, is none that the law reads.
/// @param shipped  none: what is still to move, which a spent authorisation does not cover
World acts_of(const Book& book, Date on, const std::optional<Shipped>& shipped = {}) {
  World out;
  for (const std::string& id : book.ids()) {
    if (book.known_from(id) > on) continue;
    const Authorisation& a = *book.terms(id, on);
    AuthorisationState state = book.state(id, on);
    // Drawn to its end on its own day, or named by the movement, it was drawn for that.
    if (shipped && state == AuthorisationState::exhausted &&
        (std::find(shipped->under.begin(), shipped->under.end(), id) != shipped->under.end() ||
         (book.known_from(id) < shipped->on &&
          book.state(id, Date{shipped->on.days - 1}) != AuthorisationState::exhausted)))
      state = AuthorisationState::granted;
    const auto acts_as = as_instrument(state);
    if (!acts_as || (a.instrument.answers.empty() && a.instrument.finds.empty())) continue;
    out.instruments.push_back(a.instrument);
    out.instruments.back().state = *acts_as;
    if (a.at_issuer == AtIssuer::not_found || *acts_as == InstrumentState::granted)
      out.instruments.back().covers_nothing = covers_nothing(a, on);
  }
  return out;
}

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

/// Why authorisations cover nothing, by their names.
using Texts = std::map<std::string, std::string>;

struct OpenedLots {
  Sources sources;
  Diagnostics diags;
  World world;
  std::vector<Event> events;
  OpenedLots(const Rulebooks::Body& body, const SourceText& file, const std::optional<SourceText>& world_file)
      : sources(body.sources) {
    auto read = read_world_file(sources, world_file, diags);
    if (!read) return;
    world = std::move(*read);
    events = checked_events(body, sources, file, world, diags);
  }
  LotResult failed() const { return {false, reports_of(sources, diags), {}}; }
};

/// The movements of a record, each asked as one that took place.
class Movements {
 public:
  Movements(const Rulebooks::Body& body, OpenedLots& o, Date on)
      : body_(body), o_(o), custody_(o.events, on, body.law, o.world, o.diags) {
    if (!ok()) return;
    world_ = o.world;
    World entered = custody_.world();
    lots_ = std::exchange(entered.lots, {});
    world_.lots.clear();  // those that a movement took are put in for it
    join(world_, std::move(entered), o.diags);
    holds_.emplace(o.events, custody_.events(), o.diags);
    Diagnostics of_accounts;  // `licence list` tells what they refuse
    accounts_ = replay_accounts(o.events, on, world_, of_accounts);
    acts_in_file_ = world_.instruments.size();
  }
  bool ok() const { return !o_.diags.has_errors(); }
  const Custody& custody() const { return custody_; }
  /// Those that there are at the end.
  const std::vector<Lot>& lots() const { return lots_; }
  const World& world() const { return world_; }

  struct Asked {
    Transfer transfer;
    std::vector<std::string> lots;
    Json answer, held;
  };
  /// With what lay on the goods before it, on its own day or as if it took place on another. @returns none:
  /// the diagnostics say why
  /// @param spent  authorisations that had no room left for it
  std::optional<Asked> ask(const Event& e, Date on, const Texts& spent = {}) {
    Asked out;
    std::vector<const LotState*> before;
    world_.lots.clear();
    for (const LotTaken& t : e.goods()->takes)
      if (const auto state = custody_.taken_by(e, t.lot)) {
        before.push_back(&custody_.states()[*state]);
        out.lots.push_back(before.back()->lot);
        world_.lots.push_back(custody_.as_lot(*state));
      }
    out.transfer = transfer_of(e, before);
    out.transfer.on = on;
    amounts(e, out.transfer);
    if (e.kind == EventKind::give_back || e.kind == EventKind::return_substitute) came_home(e, out.transfer);
    world_.holds = holds_->against(e);
    world_.instruments.resize(acts_in_file_);
    join(world_, acts_of(accounts_.book, on, Shipped{e.on, e.goods()->under}), o_.diags);
    std::erase_if(world_.instruments, [&](const Instrument& i) { return spent.contains(i.id); });
    auto answer = answer_to(
        body_, o_.sources, {world_, true, out.transfer, {on, on, far_future}, {}, {}, false, true}, o_.diags);
    if (!answer) return std::nullopt;
    out.answer = std::move(*answer);
    out.held = held_of(world_, out.transfer, out.answer["lines"], e.goods()->under);
    return out;
  }

 private:
  /// The goods of a line as the movement left them.
  std::optional<StateId> moved(const Event& e, const TransferLine& line) const {
    for (const LotTaken& taken : e.goods()->takes)
      if (taken.lot == line.lot)
        for (const StateId s : custody_.states_of(taken.as.empty() ? taken.lot : taken.as))
          if (custody_.states()[s].by == &e) return s;
    return std::nullopt;
  }
  /// How much moved, and what that was worth.
  void amounts(const Event& e, Transfer& t) const {
    for (TransferLine& line : t.lines)
      if (const auto s = moved(e, line)) {
        line.quantity = to_string(custody_.states()[*s].quantity);
        if (const auto worth = custody_.marks().worth_of(*s)) line.value = to_string(*worth);
      }
  }
  /// Goods that come back go to where they were lent from, unless the event says another place.
  void came_home(const Event& e, Transfer& t) const {
    for (const TransferLine& line : t.lines)
      if (const auto s = moved(e, line)) {
        const LotState& state = custody_.states()[*s];
        if (t.consignee.empty()) t.consignee = state.holder;
        if (t.to.empty()) t.to = state.country;
      }
  }
  const Rulebooks::Body& body_;
  OpenedLots& o_;
  Custody custody_;
  World world_;
  std::vector<Lot> lots_;
  std::optional<Holds> holds_;
  Accounts accounts_;
  std::size_t acts_in_file_ = 0;
};

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

Json stands(const Json& answer) {
  return {{"finding", answer["finding"]},
          {"best", answer["best"]},
          {"worst", answer["worst"]},
          {"compliance", answer["compliance"]}};
}

}  // namespace

std::vector<Event> checked_events(const Rulebooks::Body& body, Sources& sources, const SourceText& file,
                                  const World& world, Diagnostics& diags) {
  std::vector<Event> events = read_events(sources, sources.add(file.name, file.text), diags);
  check_names(body.law, events, world, diags);
  return events;
}

SharedEvents::SharedEvents(const Rulebooks::Body& body, const SourceText& file)
    : body_(body), sources_(body.sources) {
  events_ = read_events(sources_, sources_.add(file.name, file.text), told_);
}

std::shared_ptr<const World> SharedEvents::world(Sources& sources, const std::optional<SourceText>& file,
                                                 Date on, Diagnostics& diags) {
  const SourceId at{static_cast<std::uint32_t>(sources.size())};
  if (last_ && last_->at == at && last_->file == file && last_->on == on) {
    if (file) sources.add(file->name, file->text);
  } else {
    last_.emplace(Last{at, file, on, nullptr, {}});
    if (auto read = read_world_file(sources, file, last_->told))
      last_->world = made(std::move(*read), on, last_->told);
  }
  diags.add(last_->told);
  return last_->world;
}

std::shared_ptr<const World> SharedEvents::made(World world, Date on, Diagnostics& diags) const {
  diags.add(told_);
  check_names(body_.law, events_, world, diags);
  if (diags.has_errors()) return nullptr;
  world.lots.clear();
  world.lots_from_events = true;
  const Custody custody(events_, on, body_.law, world, diags);
  join(world, custody.world(), diags);
  if (diags.has_errors()) return nullptr;  // the accounts would tell of the same corrections again
  join(world, acts_of(replay_accounts(events_, on, world, diags).book, on), diags);
  Diagnostics told;  // by the accounts already
  world.holds = Holds(events_, custody.events(), told).on(on);
  return diags.has_errors() ? nullptr : std::make_shared<const World>(std::move(world));
}

std::shared_ptr<const World> world_of(SharedEvents* events, Sources& sources,
                                      const std::optional<SourceText>& file, Date on, Diagnostics& diags) {
  if (events != nullptr) return events->world(sources, file, on, diags);
  auto read = read_world_file(sources, file, diags);
  return read ? std::make_shared<const World>(std::move(*read)) : nullptr;
}

LotResult lot_pedigree(const Rulebooks& books, const LotRequest& request) {
  OpenedLots o(books.body(), request.events, request.world);
  const Date on = day_of(request.on, o.diags).value_or(far_future);
  if (o.diags.has_errors()) return o.failed();
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
  if (o.diags.has_errors()) return o.failed();
  return {true, reports_of(o.sources, o.diags), pedigree.json(request.lot, on).dump(2)};
}

LotResult movements(const Rulebooks& books, const LotRequest& request) {
  OpenedLots o(books.body(), request.events, request.world);
  const Date on = day_of(request.on, o.diags).value_or(far_future);
  if (o.diags.has_errors()) return o.failed();
  Movements all(books.body(), o, on);
  if (!all.ok()) return o.failed();
  Json out = Json::array();
  Shipments shipments(all.world());
  try {
    for (const Event* e : all.custody().events()) {
      if (const auto* a = std::get_if<Authorise>(&e->body)) shipments.authorised(a->text, e->on);
      if (!moves(e->kind)) continue;
      auto asked = all.ask(*e, e->on);
      Texts spent;
      for (bool more = true; asked && more;) {
        std::set<std::string> under = used(*e, asked->answer);
        for (const auto& [id, why] : spent) under.erase(id);
        const Texts lack = shipments.moved(e->id, e->on, asked->transfer, under);
        more = !lack.empty();
        spent.insert(lack.begin(), lack.end());
        if (more) asked = all.ask(*e, e->on, spent);
      }
      if (!asked) return o.failed();
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
          Json{{"schema", "sekisho-movements/1"}, {"movements", out}}.dump(2)};
}

LotResult holdings(const Rulebooks& books, const LotRequest& request) {
  OpenedLots o(books.body(), request.events, request.world);
  const Date on = must_be_day(request.on, o.diags);
  if (o.diags.has_errors()) return o.failed();
  Movements all(books.body(), o, on);
  if (!all.ok()) return o.failed();
  Json out = Json::array();
  std::map<const Event*, std::pair<Json, Json>> answers;  // then, now: lots may have come by one movement
  try {
    for (const Lot& lot : all.lots()) {
      const Event* e = last_movement(all.custody(), *all.custody().lot(lot.id));
      if (e == nullptr) continue;
      const auto [known, fresh] = answers.try_emplace(e);
      if (fresh) {
        const auto then = all.ask(*e, e->on), now = all.ask(*e, on);
        if (!then || !now) return o.failed();
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
  return {true, reports_of(o.sources, o.diags), Json{{"on", request.on}, {"holdings", out}}.dump(2)};
}

}  // namespace sekisho
