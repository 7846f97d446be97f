#include "api/shipments.h"

#include <fmt/format.h>

namespace sekisho {
namespace {

std::string one_limit(const std::string& authorisation, std::size_t k) {
  return fmt::format("{} {}", authorisation, k);
}

}  // namespace

void Shipments::authorised(const Authorisation& a, Date on) {
  const std::vector<Limit>& limits = a.instrument.limits;
  if (a.restores_on_return || !in_effect(a.state)) return;
  std::size_t& known = limits_[a.instrument.id];
  for (std::size_t k = 0; k < limits.size(); ++k) {
    Authorisation alone;
    alone.instrument.id = one_limit(a.instrument.id, k);
    alone.instrument.issued = on;
    alone.instrument.limits = {limits[k]};
    alone.state = k < known ? AuthorisationState::amended : AuthorisationState::granted;
    book_.authorise(alone, on);
  }
  known = std::max(known, limits.size());
}

ReservedLine Shipments::line_of(const Transfer& t, const TransferLine& l) const {
  const Lot* lot = world_.lot(l.lot);
  ReservedLine out;
  out.line = l.id;
  out.item = lot == nullptr ? l.item : lot->item;
  out.consignee = t.consignee;
  out.quantity = parse_amount(l.quantity);
  out.value = parse_amount(l.value);
  UseFact consignee{"consignee", {}};
  for (const Party* p : world_.wholes(t.consignee)) consignee.values.push_back(p->id);
  if (!consignee.values.empty()) out.facts.push_back(std::move(consignee));
  return out;
}

std::map<std::string, std::string> Shipments::moved(const std::string& event, Date on, const Transfer& t,
                                                    const std::set<std::string>& under) {
  std::map<std::string, std::string> lack;
  std::vector<std::pair<std::string, Taking>> booked;  // how it is undone
  for (const std::string& id : under) {
    const auto known = limits_.find(id);
    for (std::size_t k = 0; known != limits_.end() && k < known->second; ++k) {
      const std::string limit = one_limit(id, k);
      Reservation r{fmt::format("{} {}", event, limit), {}, on, {}, {}};
      for (const TransferLine& l : t.lines) {
        r.lines.push_back(line_of(t, l));
        r.lines.back().under = {limit};
      }
      const Refusals refused = book_.reserve(r);
      if (refused.empty()) booked.emplace_back(id, Taking{r.id + " undone", r.id, on, {}});
      for (const Refusal& why : refused)
        if (why.why == Why::limit_lacks)
          lack.try_emplace(id, fmt::format("`{}` grants {}: {} more than is left", id,
                                           to_string(book_.terms(limit, on)->instrument.limits[0]),
                                           to_string(*why.lacks)));
    }
  }
  for (const auto& [id, undo] : booked)
    if (lack.contains(id)) book_.release(undo);
  return lack;
}

}  // namespace sekisho
