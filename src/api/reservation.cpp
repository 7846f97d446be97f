#include <algorithm>
#include <map>
#include <set>

#include "accounts/replay.h"
#include "api/held.h"
#include "api/line_question.h"
#include "api/opened_events.h"
#include "base/json.h"
#include "custody/custody.h"
#include "model/corrections.h"
#include "model/lot_trails.h"
#include "model/reader.h"
#include "sekisho/licences.h"

namespace sekisho {
namespace {

/// The authorisations among recorded events.
std::set<std::string> authorisations(const std::vector<Event>& recorded) {
  std::set<std::string> out;
  Diagnostics told;  // whoever decided has reported it
  for (const Event* e : corrected(recorded, told))
    if (const auto* a = std::get_if<Authorise>(&e->body)) out.insert(a->text.instrument.id);
  return out;
}

/// Of the acts that settle a need, which come in the order in which they prevail, the first that is an
/// account here; nullptr if none of them is.
const Json* prevailing(const Json& settled_by, const std::set<std::string>& recorded) {
  for (const Json& i : settled_by)
    if (settles(i) && recorded.contains(i["instrument"].get<std::string>())) return &i;
  return nullptr;
}

Json line_of(const TransferLine& l, const World& world, const Transfer& t, const Json& answer,
             const std::set<std::string>& recorded) {
  const Lot* lot = world.lot(l.lot);
  Json line{{"line", l.id}};
  const std::string item = l.item.empty() && lot ? lot->item : l.item;
  for (const auto& [key, text] :
       {std::pair{"item", item}, {"consignee", t.consignee}, {"quantity", l.quantity}, {"value", l.value}})
    if (!text.empty()) line[key] = text;
  Json under = Json::array(), needs = Json::array(), facts = Json::object(), acts = Json::array();
  for (const Json& n : answer["needs"])
    if (const Json* by = prevailing(n["settled_by"], recorded)) {
      add_once(under, (*by)["instrument"]);
      add_once(needs, {{"need", n["need"]}, {"from", n["authority"]}});
      for (const Json& s : (*by)["scope"]) {
        const std::string fact = s["fact"];
        if (const std::string decided = decided_value(answer, fact); !decided.empty()) facts[fact] = decided;
      }
    } else {
      for (const Json& i : n["settled_by"])
        if (settles(i)) add_once(acts, i["instrument"]);
    }
  if (!l.lot.empty()) facts["lot"] = l.lot;
  // Who, where and by which acts without a balance, though no scope asks: a later stop may name them.
  if (!acts.empty()) facts["authorisation"] = std::move(acts);
  for (const auto& [role, party] :
       {std::pair{"exporter", &t.exporter}, {"consignee", &t.consignee}, {"end_user", &t.end_user}}) {
    const std::string fact = fmt::format("{}.country", role);
    const Party* known = world.party(*party);
    const std::string decided = decided_value(answer, fact);
    if (!decided.empty() && (known == nullptr || known->country != decided)) facts[fact] = decided;
  }
  for (const auto& [fact, said] : {std::pair{"departure", &t.from},
                                   {"destination", &t.to},
                                   {"exporter", &t.exporter},
                                   {"consignee", &t.consignee},
                                   {"end_user", &t.end_user}})
    if (const std::string decided = decided_value(answer, fact); !decided.empty() || !said->empty())
      facts[fact] = decided.empty() ? *said : decided;
  if (!t.via.empty()) facts["via"] = t.via;
  line["under"] = std::move(under);
  line["needs"] = std::move(needs);
  line["facts"] = std::move(facts);
  return line;
}

/// What lots hold that nobody has set aside yet, line after line of a transfer. Set aside is what an open
/// reservation names of a lot, or of one that it came of since; and what was drawn and has not moved: each
/// movement of the goods under an authorisation of the line moves as much of what was drawn on it. Where the
/// line says a value alone, or the goods were built into others or taken apart since, nobody knows how many
/// of a lot that is: all of it is set aside.
class LotsLeft {
 public:
  LotsLeft(std::span<const Event> recorded, const Custody& custody, const World& world,
           const Accounts& accounts)
      : custody_(custody), world_(world), accounts_(accounts), trails_(recorded, custody.events()) {}

  /// Takes a line's goods from its lot. @returns why they are not there; empty if they are
  std::string take(const TransferLine& l, const std::string& from, const std::string& exporter) {
    const auto at = custody_.lot(l.lot);
    if (!at) return {};  // it names none
    const LotState& lot = custody_.states()[*at];
    if (!from.empty() && !lot.country.empty() && lot.country != from)
      return fmt::format("lot `{}` is in {}, not in {}", l.lot, lot.country, from);
    if (!exporter.empty() && !lot.holder.empty() && lot.holder != exporter &&
        !world_.within(lot.holder, exporter))
      return fmt::format("`{}` holds lot `{}`, not `{}`", lot.holder, l.lot, exporter);
    const auto asked = l.quantity.empty() ? std::optional(lot.quantity) : parse_amount(l.quantity);
    if (!asked) return {};  // what is no amount is refused with the booking
    const auto [found, first] = left_.try_emplace(l.lot, lot.quantity);
    Amount& left = found->second;
    if (first) left.ten_thousandths -= set_aside(l.lot, *at);
    if (asked->unit != left.unit)
      return fmt::format("lot `{}` is counted in {}, and line `{}` asks in {}", l.lot, left.unit, l.id,
                         asked->unit);
    if (asked->ten_thousandths > left.ten_thousandths)
      return fmt::format("of the {} of lot `{}`, {} are not set aside yet, and line `{}` asks for {}",
                         to_string(lot.quantity), l.lot, to_string(left), l.id, to_string(*asked));
    left.ten_thousandths -= asked->ten_thousandths;
    return {};
  }

 private:
  /// Of a lot, at most what it holds: goods that moved and were not drawn yet count no further.
  std::int64_t set_aside(const std::string& lot, StateId is) {
    const std::int64_t holds = custody_.states()[is].quantity.ten_thousandths;
    std::int64_t out = 0;
    std::map<const LotTaken*, std::int64_t> counted;  // of what moved, for an earlier line
    const std::set<StateId> otherwise = counted_otherwise(is);
    trails_.watch({&lot, 1});
    for (const Event* e : accounts_.booked) {
      if (e->kind != EventKind::reserve) continue;
      const std::vector<OpenLine>& lines = accounts_.book.reservation(e->id)->lines;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        const OpenLine& l = lines[i];
        // As the event says it: of several lots the book keeps the first.
        const UseFact* of = lot_fact(std::get<Reserve>(e->body).lines[i]);
        if (of == nullptr || !leads_to(lot, of->values, *e)) continue;
        const bool as_many = l.asked.quantity &&
                             l.asked.quantity->unit == custody_.states()[is].quantity.unit &&
                             !one_of(otherwise, of->values, *e);
        if (as_many)
          out = std::min(out + l.quantity.reserved + waiting(l, *e, of->values, is, counted), holds);
        else if (l.quantity.reserved > 0 || l.value.reserved > 0 || waits_for_all(l, *e, lot))
          out = holds;
      }
    }
    return out;
  }
  /// Whether a lot is one of those of a line, or goods of theirs came into it since.
  bool leads_to(const std::string& lot, const std::vector<std::string>& of, const Event& since) const {
    return std::any_of(of.begin(), of.end(), [&](const std::string& value) {
      const std::vector<LotTrails::Found> in = trails_.watched_of(value, since);
      return value == lot || std::any_of(in.begin(), in.end(), [&](const auto& f) { return f.lot == lot; });
    });
  }
  /// The states of which a state came by what was built or taken apart: as many of them are not as many of
  /// it.
  std::set<StateId> counted_otherwise(StateId is) const {
    std::set<std::pair<StateId, bool>> seen;
    std::vector<std::pair<StateId, bool>> open{{is, false}};
    std::set<StateId> out;
    while (!open.empty()) {
      const auto [at, changed] = open.back();
      open.pop_back();
      if (!seen.insert({at, changed}).second) continue;
      if (changed) out.insert(at);
      for (const Origin& o : custody_.graph().origins(at))
        open.emplace_back(o.state, changed || !(carries_on(o.how) || o.how == Descent::united));
    }
    return out;
  }
  /// Whether one of some states bore the number of one of these lots when it was set aside, or later.
  bool one_of(const std::set<StateId>& states, const std::vector<std::string>& lots,
              const Event& since) const {
    if (states.empty()) return false;
    const auto before = [&](StateId s) { return custody_.states()[s].by->on < since.on; };
    return std::any_of(lots.begin(), lots.end(), [&](const std::string& lot) {
      const std::span<const StateId> bore = custody_.states_of(lot);
      auto from = std::partition_point(bore.begin(), bore.end(), before);
      if (from != bore.begin()) --from;
      return std::any_of(from, bore.end(), [&](StateId s) { return states.contains(s); });
    });
  }
  /// Whether something was drawn of a line of which nobody knows how many of a lot it is, and the lot has not
  /// moved.
  bool waits_for_all(const OpenLine& l, const Event& reserved, const std::string& lot) const {
    if (l.quantity.drawn == 0 && l.value.drawn == 0) return false;
    return std::none_of(custody_.events().begin(), custody_.events().end(), [&](const Event* e) {
      const auto as_it = [&](const LotTaken& t) { return (t.as.empty() ? t.lot : t.as) == lot; };
      return moves_of(*e, l, reserved) &&
             std::any_of(e->goods()->takes.begin(), e->goods()->takes.end(), as_it);
    });
  }
  /// What was drawn of a line and has not moved, counted as pieces of a lot are.
  std::int64_t waiting(const OpenLine& l, const Event& reserved, const std::vector<std::string>& lots,
                       StateId is, std::map<const LotTaken*, std::int64_t>& counted) const {
    std::int64_t out = l.quantity.drawn;
    if (out == 0) return 0;
    std::set<std::string_view> in;
    std::vector<LotTrails::Found> became;
    for (const std::string& value : lots) {
      in.insert(value);
      for (LotTrails::Found& found : trails_.became(value, reserved)) became.push_back(std::move(found));
    }
    for (const LotTrails::Found& found : became) in.insert(found.lot);
    const LotState& asked = custody_.states()[is];
    for (const Event* e : custody_.events()) {
      if (out == 0 || !moves_of(*e, l, reserved)) continue;
      for (const LotTaken& t : e->goods()->takes) {
        const auto of = custody_.taken_by(*e, t.lot);
        if (!of || !in.contains(t.lot)) continue;
        const LotState& state = custody_.states()[*of];
        if (state.item != asked.item || state.quantity.unit != asked.quantity.unit) continue;
        std::int64_t& before = counted[&t];
        const std::int64_t more = std::min(out, amount(t, state) - before);
        before += more;
        out -= more;
      }
    }
    return out;
  }
  /// Whether an event is a movement under an authorisation of a line that was set aside before.
  static bool moves_of(const Event& e, const OpenLine& l, const Event& reserved) {
    return e.on >= reserved.on && moves(e.kind) && shares_one(e.goods()->under, l.asked.under);
  }
  static std::int64_t amount(const LotTaken& t, const LotState& of) {
    if (t.quantity) return t.quantity->ten_thousandths;
    return t.serials.empty() ? of.quantity.ten_thousandths
                             : static_cast<std::int64_t>(t.serials.size()) * one_whole;
  }
  static bool shares_one(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
  }
  static const UseFact* lot_fact(const ReservedLine& l) {
    const auto it = std::find_if(l.facts.begin(), l.facts.end(),
                                 [](const UseFact& f) { return f.fact == "lot" && !f.values.empty(); });
    return it == l.facts.end() ? nullptr : &*it;
  }
  const Custody& custody_;
  const World& world_;
  const Accounts& accounts_;
  LotTrails trails_;
  std::map<std::string, Amount> left_;
};

}  // namespace

ReservationResult reservation_of(const DecideRequest& request, const std::string& answer_text,
                                 const ReservationWords& words) {
  Sources sources;
  Diagnostics diags;
  const auto refused = [&](const std::string& why, const std::string& cure) {
    diags.emit(code::not_reservable, TextSpan{}, why).fix(cure);
    return ReservationResult{false, reports_of(sources, diags), {}};
  };
  const auto answer = parse_json(answer_text);
  if (!answer || !request.events)
    return refused("no recorded authorisation was read", "name them with `--events`");
  if (request.hypothetical)
    return refused("the answer is of a draft of law", "decide under the law as it stands");
  const Json& question = (*answer)["question"];
  if (question.contains("readings"))
    return refused("the answer is by one reading of unsettled law", "leave out `--reading`");
  if (question["law_of"] != question["on"] || !question["known_on"].is_null())
    return refused("the answer is of another day's law or knowledge",
                   "leave out `--law-of` and `--known-on`");
  if (taken_for_granted(*answer))
    return refused("the answer takes a finding for granted that nobody made",
                   "record the finding of its authority");
  const std::string finding = (*answer)["finding"];
  if (finding != "permitted" && finding != "permitted_with_provisos")
    return refused(fmt::format("the finding is {}", finding), "`decide` says what is missing or needed");
  if (answer->contains("held"))
    return refused(fmt::format("the {} `{}` is stopped", (*answer)["held"][0]["kind"].get<std::string>(),
                               (*answer)["held"][0]["name"].get<std::string>()),
                   "have the stop lifted by another officer");
  OpenedEvents read(*request.events, request.world);
  World world = read.world;
  world.lots.clear();
  Diagnostics told;  // whoever decided has reported it
  const auto day = parse_date(question["on"].get<std::string>());
  const Law no_law;  // what lies on goods is no matter here
  const Custody custody(read.events, day.value_or(far_future), no_law, read.world, told);
  join(world, custody.world(), told);
  const auto doc =
      read_document(read.sources, read.sources.add(request.transfer.name, request.transfer.text), read.diags);
  const auto transfer = doc ? read_transfer(*doc, world, told) : std::nullopt;
  if (!transfer) return refused("the transfer cannot be read", "decide it first");
  const std::set<std::string> recorded = authorisations(read.events);
  const Accounts accounts = replay_accounts(read.events, far_future, read.world, told);
  LotsLeft lots(read.events, custody, world, accounts);
  Json lines = Json::array();
  for (std::size_t i = 0; i < transfer->lines.size(); ++i) {
    const TransferLine& l = transfer->lines[i];
    if (l.quantity.empty() && l.value.empty())
      return refused(fmt::format("line `{}` says neither quantity nor value", l.id),
                     "give `quantity`, such as `4 pieces`, or `value`, such as `2500 USD`");
    const Json& line = (*answer)["lines"][i];
    const std::string decided = decided_value(line, "exporter");
    if (const std::string why = lots.take(l, transfer->from, decided.empty() ? transfer->exporter : decided);
        !why.empty())
      return refused(why, "ask for goods that are there; record what moved, draw on it, free what will not");
    lines.push_back(line_of(l, world, *transfer, line, recorded));
    if (lines.back()["under"].empty())
      return refused(fmt::format("no recorded authorisation settles a need of line `{}`", l.id),
                     "record it with an event `authorise`; acts in a world file have no balance");
  }
  Json e{{"event", "reserve"}, {"id", words.id}, {"on", question["on"]}};
  if (!words.by.empty()) e["by"] = words.by;
  if (!words.until.empty()) e["until"] = words.until;
  e["lines"] = std::move(lines);
  return {true, {}, to_line(e)};
}

}  // namespace sekisho
