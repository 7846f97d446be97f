#include "sekisho/licences.h"

#include <algorithm>
#include <set>

#include "accounts/replay.h"
#include "api/account_words.h"
#include "api/held.h"
#include "api/known_names.h"
#include "api/opened_events.h"
#include "api/proviso_json.h"
#include "base/json.h"
#include "model/corrections.h"
#include "model/event_reader.h"
#include "model/event_writer.h"
#include "model/holds.h"

namespace sekisho {
namespace {

constexpr const char* schema = "sekisho-licence/1";

Json day_or_null(const std::optional<Date>& d) {
  return d ? Json(to_string(*d)) : Json(nullptr);
}
Json values_json(const std::vector<Claim>& claims) {
  Json out = Json::array();
  for (const Claim& c : claims) out.push_back(c.value);
  return out;
}

Json balance_json(const BalanceRow& b) {
  const double share =
      b.granted.ten_thousandths == 0 || b.free.ten_thousandths < 0
          ? 0
          : static_cast<double>(b.free.ten_thousandths) / static_cast<double>(b.granted.ten_thousandths);
  return {{"limit", b.limit},
          {"consignee", text_or_null(b.consignee)},
          {"period", text_or_null(b.period)},
          {"granted", to_string(b.granted)},
          {"drawn", to_string(b.drawn)},
          {"reserved", to_string(b.reserved)},
          {"free", to_string(b.free)},
          {"free_share", share}};
}
Json balances_json(const Book& book, std::string_view id, Date on) {
  Json out = Json::array();
  for (const BalanceRow& b : book.balances(id, on)) out.push_back(balance_json(b));
  return out;
}
/// The balance of which the least share is free.
Json tightest(const Json& balances) {
  if (balances.empty()) return nullptr;
  return *std::min_element(balances.begin(), balances.end(), [](const Json& a, const Json& b) {
    return a["free_share"].get<double>() < b["free_share"].get<double>();
  });
}

Json summary(const Book& book, std::string_view id, Date on) {
  const Authorisation& t = *book.terms(id, on);
  const Instrument& i = t.instrument;
  const bool ends = i.valid.to.earliest != far_future;
  return {{"authorisation", i.id},
          {"title", text_or_null(i.title)},
          {"kind", to_string(t.kind)},
          {"authority", i.authority},
          {"holder", text_or_null(t.holder)},
          {"state", to_string(book.state(id, on))},
          {"valid",
           {{"from", to_string(i.valid.from.latest)},
            {"to", ends ? Json(to_string(i.valid.to.earliest)) : Json(nullptr)}}},
          {"tightest", tightest(balances_json(book, id, on))}};
}

Json terms_json(const Authorisation& t) {
  const Instrument& i = t.instrument;
  Json scope = Json::object(), finds = Json::object(), conditions = Json::array(), reports = Json::array(),
       provisos = Json::array();
  for (const ScopeEntry& s : i.scope) scope[s.fact] = values_json(s.values);
  for (const auto& [fact, value] : i.finds) finds[fact] = value;
  for (const Condition& c : t.conditions)
    conditions.push_back({{"text", c.text}, {"by", text_or_null(c.by)}, {"met_on", day_or_null(c.met_on)}});
  for (const OwedReport& r : t.reports)
    reports.push_back({{"text", r.text},
                       {"to", text_or_null(r.to)},
                       {"due", to_string(r.due)},
                       {"given_on", day_or_null(r.given_on)}});
  for (const ProvisoOn& p : i.provisos) provisos.push_back(proviso_json(p));
  return {{"issued", to_string(i.issued)},
          {"signatory", text_or_null(t.signatory)},
          {"reexport", text_or_null(t.reexport)},
          {"answers", values_json(i.answers)},
          {"finds", finds},
          {"scope", scope},
          {"conditions", conditions},
          {"reports", reports},
          {"provisos", provisos},
          {"processing_days", t.processing_days ? Json(*t.processing_days) : Json(nullptr)},
          {"restores_on_return", t.restores_on_return},
          {"at_issuer", to_string(t.at_issuer)},
          {"assumed", i.assumed},
          {"source", text_or_null(i.source)}};
}

bool is_under(const ReservedLine& l, std::string_view id) {
  return std::find(l.under.begin(), l.under.end(), id) != l.under.end();
}
Json use_json(const std::optional<Amount>& asked, const LineUse& use) {
  if (!asked) return nullptr;
  const auto amount = [&](std::int64_t n) { return to_string(Amount{n, asked->unit}); };
  return {{"asked", to_string(*asked)}, {"drawn", amount(use.drawn)}, {"left", amount(use.reserved)}};
}
Json reservations_json(const Book& book, std::string_view id) {
  Json out = Json::array();
  for (const OpenReservation* r : book.reservations()) {
    Json lines = Json::array();
    for (const OpenLine& l : r->lines)
      if (is_under(l.asked, id))
        lines.push_back({{"line", l.asked.line},
                         {"item", text_or_null(l.asked.item)},
                         {"consignee", text_or_null(l.asked.consignee)},
                         {"quantity", use_json(l.asked.quantity, l.quantity)},
                         {"value", use_json(l.asked.value, l.value)}});
    if (r->open() && !lines.empty())
      out.push_back({{"reservation", r->id},
                     {"by", text_or_null(r->by)},
                     {"for", to_string(r->on)},
                     {"until", day_or_null(r->until)},
                     {"lines", lines}});
  }
  return out;
}

/// The events that were booked on an authorisation: its own acts, and what was reserved under it and became
/// of it.
Json history_json(const Accounts& a, std::string_view id) {
  Json out = Json::array();
  std::set<std::string, std::less<>> touching{std::string(id)};  // it, and the records that lie on it
  const auto touches = [&](const Event& e) {
    if (const auto* act = std::get_if<Authorise>(&e.body)) return act->text.instrument.id == id;
    if (const auto* x = std::get_if<Expire>(&e.body)) return touching.contains(x->of);
    if (const auto* t = std::get_if<Take>(&e.body)) return touching.contains(t->of);
    const auto& lines = std::get<Reserve>(e.body).lines;
    return std::any_of(lines.begin(), lines.end(), [&](const ReservedLine& l) { return is_under(l, id); });
  };
  for (const Event* e : a.booked) {
    if (!touches(*e)) continue;
    touching.insert(e->id);
    out.push_back({{"event", e->id},
                   {"on", to_string(e->on)},
                   {"kind", to_string(e->kind)},
                   {"by", text_or_null(e->by)},
                   {"says", booking_text(*e)}});
  }
  return out;
}

/// What was asked, up to its day.
struct OpenedAccounts {
  OpenedEvents read;
  std::optional<Accounts> accounts;
  Date on;
  explicit OpenedAccounts(const LicenceRequest& request) : read(request.events, request.world) {
    const auto day = day_of(request.on, read.diags);
    if (!read.ok()) return;
    accounts = replay_accounts(read.events, day.value_or(far_future), read.world, read.diags);
    Diagnostics told;  // by the accounts already
    const std::vector<const Event*> events = corrected(read.events, told);
    on = day ? *day : events.empty() ? far_past : events.back()->on;
  }
  Json on_json() const { return on == far_past ? Json(nullptr) : Json(to_string(on)); }
  LicenceResult answer(const Json& json) const {
    return {true, reports_of(read.sources, read.diags), to_lines(json)};
  }
  LicenceResult failed() const { return {false, reports_of(read.sources, read.diags), {}}; }
};

Json refusals_json(const std::vector<RefusedEvent>& refused) {
  Json out = Json::array();
  for (const RefusedEvent& r : refused)
    for (const Refusal& why : r.why)
      out.push_back({{"event", r.event->id},
                     {"authorisation", text_or_null(why.authorisation)},
                     {"says", why.says},
                     {"lacks", why.lacks ? Json(to_string(*why.lacks)) : Json(nullptr)}});
  return out;
}

}  // namespace

LicenceResult licence_list(const LicenceRequest& request) {
  const OpenedAccounts o(request);
  if (!o.read.ok()) return o.failed();
  Json all = Json::array();
  for (const std::string& id : o.accounts->book.ids()) all.push_back(summary(o.accounts->book, id, o.on));
  return o.answer({{"schema", schema}, {"on", o.on_json()}, {"authorisations", all}});
}

LicenceResult licence_show(const LicenceRequest& request) {
  OpenedAccounts o(request);
  if (!o.read.ok()) return o.failed();
  const Book& book = o.accounts->book;
  if (!book.terms(request.id, o.on)) {
    auto e = o.read.diags.emit(code::no_such_event, TextSpan{}, "authorisation", request.id);
    const std::string near = nearest(request.id, book.ids());
    e.fix(near.empty() ? "`sekisho licence list` says which there are" : fmt::format("write `{}`", near));
    return o.failed();
  }
  Json shown = summary(book, request.id, o.on);
  shown.update(terms_json(*book.terms(request.id, o.on)));
  shown["balances"] = balances_json(book, request.id, o.on);
  shown["reservations"] = reservations_json(book, request.id);
  shown["history"] = history_json(*o.accounts, request.id);
  return o.answer({{"schema", schema}, {"on", o.on_json()}, {"authorisation", shown}});
}

LicenceResult stops(const LicenceRequest& request) {
  OpenedEvents read(request.events, request.world);
  const auto day = day_of(request.on, read.diags);
  const Holds holds(read.events, corrected(read.events, read.diags), read.diags);
  if (!read.ok()) return {false, reports_of(read.sources, read.diags), {}};
  Json all = Json::array();
  for (const Hold& h : holds.on(day.value_or(far_future))) all.push_back(hold_json(h));
  const Json json{{"schema", "sekisho-stops/1"}, {"on", day_or_null(day)}, {"stops", all}};
  return {true, reports_of(read.sources, read.diags), to_lines(json)};
}

BookingResult would_book(const SourceText& events, const std::optional<SourceText>& world,
                         const SourceText& event) {
  OpenedEvents read(events, world);
  const auto failed = [&](const Diagnostics& diags) {
    return BookingResult{false, false, reports_of(read.sources, diags), {}, {}};
  };
  if (!read.ok()) return failed(read.diags);
  Diagnostics diags;
  std::vector<Event> more = read_events(read.sources, read.sources.add(event.name, event.text), diags);
  const bool of_a_stop = more.size() == 1 && (family_of(more.front().kind) == EventFamily::stop ||
                                              family_of(more.front().kind) == EventFamily::lift);
  const auto replay = [&](Diagnostics& told) {
    if (!of_a_stop) return replay_accounts(read.events, far_future, read.world, told).refused;
    const Holds would_stand(read.events, corrected(read.events, told), told);
    return std::vector<RefusedEvent>();
  };
  replay(read.diags);
  if (!read.ok()) return failed(read.diags);
  if (more.size() != 1 || diags.has_errors()) return failed(diags);
  const TextSpan place = more.front().at;
  check_names(more, KnownNames(read.world, read.events), world.has_value(), diags);
  if (diags.has_errors()) return failed(diags);
  const std::string line = write_event(more.front());
  read.events.push_back(std::move(more.front()));
  const std::vector<RefusedEvent> refused = replay(diags);
  Json json{{"schema", schema},
            {"event", diags.has_errors() ? Json(nullptr) : Json(line)},
            {"refused", refusals_json(refused)}};
  if (!diags.has_errors()) return {true, false, reports_of(read.sources, diags), line, to_lines(json)};
  std::vector<Report> reports = reports_of(read.sources, diags);
  const Place own = read.sources.locate(place);
  for (Report& r : reports)
    if (r.is_error && r.place.file != own.file)
      r.notes.emplace_back().text = "without the new event this could be booked";
  return {false, true, std::move(reports), {}, to_lines(json)};
}

}  // namespace sekisho
