#include "api/duties.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "api/held.h"
#include "base/json.h"

namespace sekisho {
namespace {

/// `30 days of delivery`.
struct Within {
  int count = 0;
  bool months = false;
  std::string of;
};
std::optional<Within> read_within(const std::string& text) {
  Within w;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, w.count);
  const std::string unit(rest, end);
  w.months = unit.starts_with(" months of ");
  if (error != std::errc() || w.count < 0 || (!w.months && !unit.starts_with(" days of ")))
    return std::nullopt;
  w.of = unit.substr(unit.find(" of ") + 4);
  return w;
}
Date after(Date from, const Within& w) {
  if (w.months) return add_months(from, std::min(w.count, (far_future.days - from.days) / 31));
  return Date{from.days + std::min(w.count, far_future.days - from.days)};
}

/// The latest grant that settles a need of the answer.
std::optional<Date> granted_on(const Json& line) {
  std::optional<Date> last;
  for (const Json& need : list_at(line, "needs"))
    for (const Json& by : list_at(need, "settled_by"))
      for (const Json& act : list_at(line["premises"], "acts"))
        if (settles(by) && text_at(act, "id") == text_at(by, "instrument"))
          if (const auto day = parse_date(text_at(act, "issued"))) last = std::max(last.value_or(*day), *day);
  return last;
}

bool permitted(const Json& answer) {
  const std::string finding = text_at(answer, "finding");
  return finding == "permitted" || finding == "permitted_with_provisos";
}

class Duties {
 public:
  Duties(const std::vector<const Event*>& events, Date on) : events_(events), on_(on) {}

  void add(const DecidedCase& decided, std::vector<OwedDuty>& out) {
    const auto answer = parse_json(decided.json);
    if (!answer) return;
    std::vector<const Event*> moved;
    for (const Event* e : events_)
      if (e->on <= on_ && moves(e->kind) && e->goods()->decision == decided.entry) moved.push_back(e);
    if (!permitted(*answer) && moved.empty()) return;
    const Json& line = (*answer)["lines"][0];
    const Json obligations = answer->value("obligations", Json::array());
    for (const Json& duty : obligations) {
      OwedDuty owed{text_at(duty, "kind"),
                    text_at(duty, "text"),
                    text_at(duty, "to"),
                    text_at(duty, "by"),
                    "decision " + decided.entry,
                    decided_value(line, "exporter"),
                    {}};
      const auto within = read_within(text_at(duty, "within"));
      const bool of_movement =
          within && (within->of == "departure" || within->of == "arrival" || within->of == "delivery");
      if (!of_movement) {
        if (within)
          if (const auto from =
                  within->of == "grant" ? granted_on(line) : parse_date(decided_value(line, within->of)))
            owed.day = after(*from, *within);
        if (!done(owed, nullptr, decided.entry)) out.push_back(std::move(owed));
        continue;
      }
      for (const Event* e : moved) {
        owed.of = e->id;
        owed.day = after(e->on, *within);
        if (!done(owed, e, decided.entry)) out.push_back(owed);
      }
    }
  }

  /// What is said to be done and nobody owed.
  void unowed(std::vector<OwedDuty>& out) const {
    for (const Event* e : events_)
      if (const auto* f = std::get_if<Fulfil>(&e->body); f && e->on <= on_ && !used_.contains(e))
        out.push_back({f->kind,
                       fmt::format("`{}` says that it was done, and nobody owed it", e->id),
                       {},
                       f->rule,
                       f->of.empty() ? "decision " + f->decision : f->of,
                       e->by,
                       {},
                       true});
  }

 private:
  /// Somebody did it by that day: of this movement, or of all that the decision obliges to.
  bool done(const OwedDuty& d, const Event* movement, const std::string& entry) {
    bool any = false;
    for (const Event* e : events_) {
      const auto* f = std::get_if<Fulfil>(&e->body);
      if (f == nullptr || e->on > on_ || f->kind != d.kind || (!f->rule.empty() && f->rule != d.rule))
        continue;
      if (f->decision != entry && (movement == nullptr || f->of != movement->id)) continue;
      if (movement != nullptr && e->on < movement->on) continue;
      used_.insert(e);
      any = true;
    }
    return any;
  }

  const std::vector<const Event*>& events_;
  Date on_;
  std::set<const Event*> used_;  // events that say what somebody owed
};

}  // namespace

std::vector<OwedDuty> duties_owed(std::span<const DecidedCase> decisions,
                                  const std::vector<const Event*>& events, Date on) {
  std::vector<OwedDuty> out;
  Duties duties(events, on);
  for (const DecidedCase& d : decisions) duties.add(d, out);
  duties.unowed(out);
  return out;
}

}  // namespace sekisho
