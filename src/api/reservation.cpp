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
/// movement of the goods under an authorisation of the line moves as much of what was drawn on it.
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
    const auto asked = parse_amount(l.quantity);
    if (!asked) return {};  // a value says nothing of how many; what is no amount is refused with the booking
    const auto [found, first] = left_.try_emplace(l.lot, lot.quantity);
    Amount& left = found->second;
    if (first) left.ten_thousandths -= set_aside(l.lot, left);
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
  std::int64_t set_aside(const std::string& lot, const Amount& holds) const {
    std::int64_t out = 0;
    std::map<const LotTaken*, std::int64_t> counted;  // of what moved, for an earlier line
    for (const Event* e : accounts_.booked) {
      if (e->kind != EventKind::reserve) continue;
      for (const OpenLine& l : accounts_.book.reservation(e->id)->lines) {
        const UseFact* of = lot_fact(l.asked);
        if (of == nullptr || !l.asked.quantity || l.asked.quantity->unit != holds.unit) continue;
        std::vector<std::string> in{of->values.front()};
        for (LotTrails::Found& found : trails_.became(of->values.front(), *e))
          in.push_back(std::move(found.lot));
        if (std::find(in.begin(), in.end(), lot) == in.end()) continue;
        out = std::min(out + l.quantity.reserved + waiting(l, *e, in, counted), holds.ten_thousandths);
      }
    }
    return out;
  }
  /// What was drawn of a line and has not moved.
  std::int64_t waiting(const OpenLine& l, const Event& reserved, const std::vector<std::string>& in,
                       std::map<const LotTaken*, std::int64_t>& counted) const {
    std::int64_t out = l.quantity.drawn;
    for (const Event* e : custody_.events()) {
      if (out == 0 || e->on < reserved.on || !moves(e->kind) || !shares_one(e->goods()->under, l.asked.under))
        continue;
      for (const LotTaken& t : e->goods()->takes) {
        const auto of = custody_.taken_by(*e, t.lot);
        if (!of || std::find(in.begin(), in.end(), t.lot) == in.end()) continue;
        const std::int64_t moved = amount(t, custody_.states()[*of]);
        std::int64_t& before = counted[&t];
        const std::int64_t more = std::min(out, moved - before);
        before += more;
        out -= more;
      }
    }
    return out;
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
