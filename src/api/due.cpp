#include <algorithm>

#include "accounts/replay.h"
#include "api/account_words.h"
#include "api/duties.h"
#include "api/opened_events.h"
#include "base/json.h"
#include "custody/custody.h"
#include "sekisho/licences.h"

namespace sekisho {
namespace {

/// Something owed by a day; none: before anything may be drawn, or no day is said.
struct Owed {
  std::string what;
  std::string_view status;
  std::string of;
  std::optional<Date> day;
  std::string by, says;
};

std::string_view by_day(Date due, Date on) {
  return due < on ? "overdue" : "due";
}
/// The state by its acts, before use and time are counted.
bool ended(AuthorisationState s) {
  return s == AuthorisationState::refused || s == AuthorisationState::revoked ||
         s == AuthorisationState::expired;
}
bool was_granted(AuthorisationState s) {
  return s != AuthorisationState::draft && s != AuthorisationState::submitted &&
         s != AuthorisationState::refused;
}

void returns(std::vector<Owed>& out, const Custody& custody, Date on) {
  for (const Loan& l : custody.loans()) {
    const auto due = l.lent->goods()->due;
    if (!due || l.out.ten_thousandths == 0) continue;
    const bool short_of = l.out != l.lent_in_all;
    const std::string_view status = *due < on && short_of ? "unreconciled" : by_day(*due, on);
    std::string says = short_of
                           ? fmt::format("{} of {} are still out", to_string(l.out), to_string(l.lent_in_all))
                           : fmt::format("{} are out", to_string(l.out));
    if (l.gone.ten_thousandths > 0)
      says +=
          fmt::format("; {} of them are destroyed, lost or consumed, and only others can come in their place",
                      to_string(l.gone));
    out.push_back({"return", status, l.lent->id, due, l.lent->goods()->to, std::move(says)});
  }
}

void reservations(std::vector<Owed>& out, const Book& book, Date on) {
  for (const OpenReservation* r : book.reservations()) {
    if (!r->open() || !r->until) continue;
    std::string left;
    for (const OpenLine& l : r->lines) {
      const auto rest = [&](const std::optional<Amount>& asked, std::int64_t n) {
        return asked && n > 0 ? std::optional(Amount{n, asked->unit}) : std::nullopt;
      };
      const std::string amounts =
          amounts_text(rest(l.asked.quantity, l.quantity.reserved), rest(l.asked.value, l.value.reserved));
      if (!amounts.empty()) left += (left.empty() ? "" : "; ") + amounts;
    }
    const bool over = *r->until < on;
    out.push_back({"reservation_ends", by_day(*r->until, on), r->id, r->until, r->by,
                   fmt::format("{} {} reserved", left, over ? "are past their day and still" : "are")});
  }
}

bool holds_goods(const Book& book, const std::string& id) {
  const auto all = book.reservations();
  return std::any_of(all.begin(), all.end(), [&](const OpenReservation* r) {
    return std::any_of(r->lines.begin(), r->lines.end(), [&](const OpenLine& l) {
      return (l.quantity.reserved > 0 || l.value.reserved > 0) &&
             std::find(l.asked.under.begin(), l.asked.under.end(), id) != l.asked.under.end();
    });
  });
}

void authorisations(std::vector<Owed>& out, const Book& book, Date on) {
  for (const std::string& id : book.ids()) {
    const Authorisation& t = *book.terms(id, on);
    const Date to = t.instrument.valid.to.earliest;
    const bool over = to < on;
    if (was_granted(t.state) && !ended(t.state) && to != far_future && (!over || holds_goods(book, id)))
      out.push_back({"authorisation_ends", by_day(to, on), id, to, t.holder,
                     over ? "it has ended, and goods are still reserved on it" : "its last day"});
    if (!ended(t.state) && !over)
      for (const Condition& c : t.conditions)
        if (!c.met_on || *c.met_on > on) out.push_back({"condition", "due", id, {}, c.by, c.text});
    if (was_granted(t.state))
      for (const OwedReport& r : t.reports)
        if (!r.given_on || *r.given_on > on)
          out.push_back({"report", by_day(r.due, on), id, r.due, t.holder,
                         r.to.empty() ? r.text : fmt::format("{}, to {}", r.text, r.to)});
  }
}

void duties(std::vector<Owed>& out, std::span<const DecidedCase> decisions,
            const std::vector<const Event*>& events, Date on) {
  for (OwedDuty& d : duties_owed(decisions, events, on))
    out.push_back({d.kind,
                   d.unowed ? "unreconciled"
                   : d.day  ? by_day(*d.day, on)
                            : "due",
                   d.of, d.day, d.by,
                   d.unowed ? d.text : fmt::format("{}, to {} ({})", d.text, d.to, d.rule)});
}

}  // namespace

LicenceResult due(const DueRequest& request) {
  OpenedEvents read(request.events, request.world);
  const Date on = must_be_day(request.on, read.diags);
  const auto until = day_of(request.until, read.diags);
  const auto failed = [&] { return LicenceResult{false, reports_of(read.sources, read.diags), {}}; };
  if (!read.ok()) return failed();
  const Accounts accounts = replay_accounts(read.events, on, read.world, read.diags);
  if (!read.ok()) return failed();
  const Law no_law;  // what lies on goods is not asked here
  const Custody custody(read.events, on, no_law, read.world, read.diags);
  if (!read.ok()) return failed();

  std::vector<Owed> owed;
  returns(owed, custody, on);
  reservations(owed, accounts.book, on);
  authorisations(owed, accounts.book, on);
  if (request.decisions) duties(owed, *request.decisions, custody.events(), on);
  std::stable_sort(owed.begin(), owed.end(), [](const Owed& a, const Owed& b) {
    return a.day.value_or(far_past) < b.day.value_or(far_past);
  });
  Json out = Json::array();
  for (const Owed& o : owed)
    if (!o.day || !until || *o.day <= *until)
      out.push_back({{"what", o.what},
                     {"status", o.status},
                     {"of", o.of},
                     {"day", o.day ? Json(to_string(*o.day)) : Json(nullptr)},
                     {"by", o.by.empty() ? Json(nullptr) : Json(o.by)},
                     {"says", o.says}});
  return {true, reports_of(read.sources, read.diags),
          to_lines(Json{{"schema", "sekisho-due/1"}, {"on", request.on}, {"owed", out}})};
}

}  // namespace sekisho
