#include "accounts/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/countries.h"
#include "model/corrections.h"
#include "model/holds.h"

namespace sekisho {
namespace {

/// The code of a refusal, and what may be done about it.
struct Told {
  const Code* code;
  std::string_view cure;
};

Told told(Why why) {
  switch (why) {
    case Why::limit_lacks:
      return {&code::limit_lacking, "ask for less, free what will not move, or have the limit amended"};
    case Why::no_such_authorisation:
    case Why::no_such_reservation:
    case Why::no_such_draw:
    case Why::no_such_line: return {&code::no_such_booking, "name what an earlier event recorded"};
    case Why::id_taken: return {&code::booking_exists, "give it a name that no other record has"};
    case Why::not_at_issuer: return {&code::not_usable, "use an authorisation that its issuer confirms"};
    case Why::not_in_effect:
    case Why::not_valid_then: return {&code::not_usable, "use one that is in effect on that day"};
    case Why::condition_open:
      return {&code::not_usable, "once it is met, state the authorisation again with `met_on`"};
    case Why::out_of_scope: return {&code::not_covered, "use an authorisation that covers this use"};
    case Why::scope_unknown: return {&code::not_covered, "say it among the `facts` of the line"};
    case Why::wrong_agency:
    case Why::need_unanswered:
      return {&code::not_given, "name an act of the authority that has to give it under `under`"};
    case Why::nothing_asked:
    case Why::other_unit:
    case Why::not_stated:
    case Why::too_large: return {&code::not_countable, "state each amount once, as the limit counts it"};
    case Why::more_than_left: return {&code::more_than_held, "ask for no more than is left"};
    case Why::reservation_over: return {&code::held_no_longer, "reserve anew"};
    case Why::not_restored:
      return {&code::gives_nothing_back,
              "only an authorisation that says `restores: on_return` gives it back"};
    case Why::contradicts: return {&code::not_covered, "say one item and one consignee"};
    case Why::change_not_allowed:
    case Why::begins_otherwise: return {&code::cannot_become, "docs/accounts.md lists what may become of it"};
    case Why::stopped:
      return {&code::stopped, "it can be used once the stop is lifted (`sekisho stop lift`)"};
    case Why::perhaps_stopped:
      return {&code::stopped,
              "say it in the line, so that it is seen whether the stop concerns it (before a draw: reserve "
              "anew)"};
  }
  return {&code::cannot_become, ""};
}

/// What parties belong to and where they are, as it was known at a place of the record: what is entered later
/// of a party that was known undoes nothing.
class Wholes {
 public:
  void know(const World& w) { know(w, 0); }
  void know(const World& w, const Event& entered, const RecordedPlaces& places) {
    know(w, places.of(entered) + 1);
  }
  bool knows(const std::string& party) const { return told_.contains(party); }
  /// The state in which a party is; empty if nobody said.
  std::string country(const std::string& party, std::size_t at) const {
    return said(party, at, &Told::country);
  }
  /// The party, then what it belongs to, from near to far.
  std::vector<std::string> of(const std::string& party, std::size_t at) const {
    std::vector<std::string> out{party};
    for (std::string whole = said(party, at, &Told::part_of); !whole.empty();
         whole = said(out.back(), at, &Told::part_of)) {
      if (std::find(out.begin(), out.end(), whole) != out.end()) break;  // a ring: nothing new follows
      out.push_back(whole);
    }
    return out;
  }

 private:
  struct Told {
    std::size_t from;  // known at this place of the record and after it
    std::string part_of, country;
  };
  void know(const World& w, std::size_t from) {
    for (const Party& p : w.parties) told_[p.id].push_back({from, p.part_of, p.country});
  }
  /// The last that was said by then; of a party of which nothing was, whatever is.
  std::string said(const std::string& party, std::size_t at, std::string Told::*what) const {
    const auto it = told_.find(party);
    if (it == told_.end()) return {};
    const bool known =
        std::any_of(it->second.begin(), it->second.end(), [&](const Told& t) { return t.from <= at; });
    std::string out;
    for (const Told& t : it->second)
      if ((!known || t.from <= at) && !(t.*what).empty()) out = t.*what;
    return out;
  }
  std::map<std::string, std::vector<Told>, std::less<>> told_;
};

/// @param at  the place of the record at which it is asked
ReservedLine with_wholes(ReservedLine line, const Wholes& wholes, std::size_t at) {
  bool consignee = false;
  for (UseFact& f : line.facts) {
    consignee = consignee || f.fact == "consignee";
    // What is recorded of a party counts, not what a line says that it belongs to; and a state belongs to
    // nothing.
    if (f.values.empty()) continue;
    const std::string first = f.values.front();
    const bool belongs = f.fact != "item" && f.fact != "lot" && !is_country_code(first);
    if (f.values.size() == 1 || !belongs || wholes.knows(first)) f.values = wholes.of(first, at);
  }
  if (!consignee && !line.consignee.empty())
    line.facts.push_back({"consignee", wholes.of(line.consignee, at)});
  return line;
}

/// What a use concerns, and what it does not say.
class Concerned {
 public:
  /// What is known when `use` is recorded.
  struct Known {
    const Book& book;
    const Wholes& wholes;
    const World& world;
    const LotTrails& trails;
    const Event& use;
  };
  explicit Concerned(const Known& known) : k_(known) {}

  /// Everything about a line that a stop can name: a value that a fact has may be a party or a state.
  /// @param reserved  the event that set the line aside
  void add(const ReservedLine& line, const Event& reserved) {
    for (const std::string& id : line.under) {
      concerns_.push_back({HeldKind::authorisation, id});
      if (const Authorisation* a = k_.book.terms(id, k_.use.on, at()); a != nullptr) add_party(a->holder);
    }
    add_party(line.consignee);
    std::string item = line.item;
    bool consignee = !line.consignee.empty(), lot = false, where = placed(line.consignee);
    for (const UseFact& f : line.facts) {  // all that is said, and all that it belongs to
      if (f.values.empty()) continue;
      const std::string& first = f.values.front();
      consignee = consignee || f.fact == "consignee";
      where = where || f.fact == "destination" || (f.fact == "consignee" && placed(first));
      if (f.fact == "item" && item.empty()) item = first;
      if (f.fact == "lot") {
        lot = lot || k_.trails.knows(first) || k_.world.lot(first) != nullptr;
        if (item.empty()) item = item_of(first);
      }
      for (const std::string& v : f.values) add(f.fact, v, reserved);
    }
    if (item.empty()) unsaid_.insert(HeldKind::item);
    if (!consignee) unsaid_.insert(HeldKind::party);
    if (!where) unsaid_.insert(HeldKind::state);
    if (!lot) of_any_lot_.insert(item);
    concerns_.push_back({HeldKind::item, std::move(item)});
  }
  /// Why a stop keeps it from being booked; none: it does not.
  std::optional<Refusal> refusal(const Hold& h) const {
    const bool named = names_one(h, concerns_);
    const bool unsaid = h.kind == HeldKind::lot ? may_be_of(h) : unsaid_.contains(h.kind);
    if (!named && !unsaid) return std::nullopt;
    std::string says = fmt::format("the {} `{}`", to_string(h.kind), h.name);
    says += h.came_of.empty() ? " is stopped" : fmt::format(" came of `{}`, which is stopped", h.came_of);
    says += fmt::format(" since {} by `{}`", to_string(h.since), h.stop);
    if (!named)
      says += fmt::format(", and the use does not say {}", h.kind == HeldKind::item    ? "its item"
                                                           : h.kind == HeldKind::lot   ? "of which lot it is"
                                                           : h.kind == HeldKind::state ? "to which state"
                                                                                       : "to whom");
    return Refusal{named ? Why::stopped : Why::perhaps_stopped,
                   h.kind == HeldKind::authorisation ? h.name : std::string(), std::move(says), std::nullopt};
  }

 private:
  void add(const std::string& fact, const std::string& value, const Event& reserved) {
    if (fact == "lot") {
      concerns_.push_back({HeldKind::lot, value});
      concerns_.push_back({HeldKind::item, item_of(value)});
      for (LotTrails::Found& in : k_.trails.became(value, reserved))
        if (in.recorded < at()) concerns_.push_back({HeldKind::lot, std::move(in.lot)});
    } else if (fact == "item") {
      concerns_.push_back({HeldKind::item, value});
    } else if (fact == "authorisation") {
      concerns_.push_back({HeldKind::authorisation, value});
    } else {
      add_party(value);
    }
  }
  /// A line that names no lot may be of any that is of its item.
  bool may_be_of(const Hold& lot) const {
    return !of_any_lot_.empty() &&
           (lot.item.empty() || of_any_lot_.contains("") || of_any_lot_.contains(lot.item));
  }
  std::string item_of(const std::string& lot) const {
    const Lot* told = k_.trails.knows(lot) ? nullptr : k_.world.lot(lot);
    return told != nullptr ? told->item : k_.trails.item_of(lot);
  }
  std::size_t at() const { return k_.trails.recorded_at(k_.use); }
  bool placed(const std::string& party) const { return !k_.wholes.country(party, at()).empty(); }
  void add_party(const std::string& name) {
    for (const std::string& p : k_.wholes.of(name, at())) {
      concerns_.push_back({HeldKind::party, p});
      concerns_.push_back({HeldKind::state, p});
      concerns_.push_back({HeldKind::state, k_.wholes.country(p, at())});
    }
  }
  const Known k_;
  std::vector<Concern> concerns_;
  std::set<HeldKind> unsaid_;
  std::set<std::string, std::less<>> of_any_lot_;  // items of lines that name no lot; empty: of any item
};

using Reserved = std::map<std::string_view, const Event*>;  // events that set aside what is booked

/// Stops that keep a reservation or a draw from being booked.
Refusals stops_of(const Book& book, const Event& e, const Wholes& wholes, const World& world,
                  const Reserved& reserved, const Holds& holds) {
  const std::vector<Hold> standing = holds.against(e);
  if (standing.empty()) return {};
  Concerned concerned({book, wholes, world, *holds.trails(), e});
  if (const auto* r = std::get_if<Reserve>(&e.body))
    for (const ReservedLine& l : r->lines) concerned.add(l, e);
  if (const auto* t = std::get_if<Take>(&e.body); t && e.kind == EventKind::draw)
    if (const auto of = reserved.find(t->of); of != reserved.end())
      for (const ReservedLine& l : std::get<Reserve>(of->second->body).lines) {
        const bool drawn = t->parts.empty() ||
                           std::any_of(t->parts.begin(), t->parts.end(),
                                       [&](const Part& p) { return p.line.empty() || p.line == l.line; });
        if (drawn) concerned.add(l, *of->second);
      }
  Refusals out;
  for (const Hold& h : standing)
    if (auto why = concerned.refusal(h)) out.push_back(std::move(*why));
  return out;
}

Refusals book_event(Book& book, const Event& e, const Wholes& wholes, const RecordedPlaces& places) {
  const std::size_t recorded = places.of(e);
  const ActPlace act{recorded, places.first_of(e)};
  if (const auto* a = std::get_if<Authorise>(&e.body)) return book.authorise(a->text, e.on, act);
  if (const auto* r = std::get_if<Reserve>(&e.body)) {
    Reservation asked{e.id, e.by, r->moves.value_or(e.on), r->until, {}, e.on, recorded};
    asked.lines.reserve(r->lines.size());
    for (const ReservedLine& l : r->lines) asked.lines.push_back(with_wholes(l, wholes, recorded));
    return book.reserve(asked);
  }
  if (const auto* x = std::get_if<Expire>(&e.body)) return book.expire(x->of, e.on, act);
  const Take& t = std::get<Take>(e.body);
  const Taking taking{e.id, t.of, e.on, t.parts, recorded};
  if (e.kind == EventKind::draw) return book.draw(taking);
  return e.kind == EventKind::free ? book.release(taking) : book.restore(taking);
}

bool concerns_accounts(const Event& e) {
  switch (family_of(e.kind)) {
    case EventFamily::authorise:
    case EventFamily::reserve:
    case EventFamily::take:
    case EventFamily::expire: return true;
    default: return false;
  }
}

}  // namespace

Accounts replay_accounts(std::span<const Event> recorded, Date on, const World& world, Diagnostics& diags) {
  std::vector<const Event*> events = corrected(recorded, diags);
  Accounts out;
  if (std::none_of(events.begin(), events.end(), [](const Event* e) {
        return concerns_accounts(*e) || std::holds_alternative<Stop>(e->body) ||
               std::holds_alternative<Lift>(e->body);
      }))
    return out;
  // What an authorisation is on a day it is all day; what was booked before that was told stands.
  std::stable_sort(events.begin(), events.end(), [](const Event* a, const Event* b) {
    const auto rank = [](const Event* e) { return std::holds_alternative<Authorise>(e->body) ? 0 : 1; };
    return std::pair(a->on, rank(a)) < std::pair(b->on, rank(b));
  });
  const RecordedPlaces places(recorded);
  Wholes wholes;
  wholes.know(world);
  for (const Event* e : events)
    if (const auto* entered = std::get_if<Enter>(&e->body)) wholes.know(entered->world, *e, places);
  const Holds holds(recorded, events, diags);
  Reserved reserved;
  for (const Event* e : events) {
    if (e->on > on || !concerns_accounts(*e)) continue;
    Refusals why = stops_of(out.book, *e, wholes, world, reserved, holds);
    if (why.empty()) why = book_event(out.book, *e, wholes, places);
    if (why.empty()) {
      out.booked.push_back(e);
      if (e->kind == EventKind::reserve) reserved.emplace(e->id, e);
      continue;
    }
    for (const Refusal& r : why) {
      const auto [code, cure] = told(r.why);
      diags.emit(*code, e->at, e->id, r.says).fix(std::string(cure));
    }
    out.refused.push_back({e, std::move(why)});
  }
  for (const LateUse& l : out.book.late())
    diags.emit(code::stands_by_then, recorded[l.recorded].at, l.use, l.says)
        .fix("it was recorded before this was: `lot movements` says whether what moved was lawful");
  return out;
}

}  // namespace sekisho
