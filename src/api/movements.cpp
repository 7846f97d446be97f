#include "api/movements.h"

#include <utility>

#include "api/acts.h"
#include "api/decide.h"
#include "api/held.h"

namespace sekisho {
namespace {

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

}  // namespace

Movements::Movements(const Rulebooks::Body& body, OpenedLots& o, Date on)
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
  tell_refused_acts();
  acts_in_file_ = world_.instruments.size();
}

/// An act that is refused might have taken away what covers a movement: then nothing is said of any.
void Movements::tell_refused_acts() {
  for (const RefusedEvent& r : accounts_.refused)
    if (family_of(r.event->kind) == EventFamily::authorise || family_of(r.event->kind) == EventFamily::expire)
      for (const Refusal& why : r.why)
        o_.diags.emit(code::cannot_become, r.event->at, r.event->id, why.says)
            .fix("correct it: until then nobody knows what the authorisation covers");
}

std::optional<Movements::Asked> Movements::ask(const Event& e, Date on, const Texts& spent) {
  Asked out;
  std::vector<const LotState*> before;
  world_.lots.clear();
  for (const LotTaken& t : e.goods()->takes)
    if (const auto state = custody_.taken_by(e, t.lot)) {
      before.push_back(&custody_.states()[*state]);
      out.lots.push_back(before.back()->lot);
      world_.lots.push_back(custody_.as_lot(*state));
    }
  if (before.empty()) return std::nullopt;  // custody says why
  out.transfer = transfer_of(e, before);
  out.transfer.on = on;
  amounts(e, out.transfer);
  if (e.kind == EventKind::give_back || e.kind == EventKind::return_substitute) came_home(e, out.transfer);
  world_.holds = holds_->against(e);
  world_.instruments.resize(acts_in_file_);
  join(world_, acts_of(accounts_.book, on, Shipped{e.on, e.goods()->under}), o_.diags);
  std::erase_if(world_.instruments, [&](const Instrument& i) { return spent.contains(i.id); });
  auto answer = answer_to(body_, o_.sources,
                          {world_, true, out.transfer, {on, on, far_future}, {}, {}, false, true}, o_.diags);
  if (!answer) return std::nullopt;
  out.answer = std::move(*answer);
  out.held = held_of(world_, out.transfer, out.answer["lines"], e.goods()->under);
  return out;
}

/// The goods of a line as the movement left them.
std::optional<StateId> Movements::moved(const Event& e, const TransferLine& line) const {
  for (const LotTaken& taken : e.goods()->takes)
    if (taken.lot == line.lot)
      for (const StateId s : custody_.states_of(taken.as.empty() ? taken.lot : taken.as))
        if (custody_.states()[s].by == &e) return s;
  return std::nullopt;
}

/// How much moved, and what that was worth.
void Movements::amounts(const Event& e, Transfer& t) const {
  for (TransferLine& line : t.lines)
    if (const auto s = moved(e, line)) {
      line.quantity = to_string(custody_.states()[*s].quantity);
      if (const auto worth = custody_.marks().worth_of(*s)) line.value = to_string(*worth);
    }
}

/// Goods that come back go to where they were lent from, unless the event says another place.
void Movements::came_home(const Event& e, Transfer& t) const {
  for (const TransferLine& line : t.lines)
    if (const auto s = moved(e, line)) {
      const LotState& state = custody_.states()[*s];
      if (t.consignee.empty()) t.consignee = state.holder;
      if (t.to.empty()) t.to = state.country;
    }
}

}  // namespace sekisho
