#include "accounts/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "accounts/coverage.h"
#include "base/countries.h"
#include "model/corrections.h"
#include "model/holds.h"

namespace sekisho {
namespace {

/// The code of a refusal, and what may be done about it.
struct Cure {
  const Code* code;
  std::string_view cure;
};

Cure cure_of(Why why) {
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
    case Why::contradicts: return {&code::not_covered, "say one item, that of the lot, and one consignee"};
    case Why::change_not_allowed:
    case Why::begins_otherwise: return {&code::cannot_become, "docs/accounts.md lists what may become of it"};
    case Why::stopped:
      return {&code::stopped, "it can be used once the stop is lifted (`sekisho stop lift`)"};
    case Why::perhaps_stopped:
      return {&code::stopped,
              "say it in the line, so that it is seen whether the stop concerns it (before a draw: reserve "
              "anew)"};
    case Why::party_untold:
      return {&code::stopped, "tell of it by an event `enter`, or name the world that does with `--world`"};
  }
  return {&code::cannot_become, ""};
}

/// What parties belong to and where they are, as it was known at a place of the record. All that was told of
/// a party by then counts together; only a correction takes anything of it away, and from its own place on.
/// What is told later undoes nothing.
class Wholes {
 public:
  /// @param world  what events entered may be among it, and counts from where they did
  Wholes(const World& world, std::span<const Event> recorded) {
    std::set<std::pair<SourceId, std::uint32_t>> entered;  // where it is written
    for (const Version& v : versions(recorded))
      for (const Party& p : std::get<Enter>(v.event->body).world.parties) {
        know(p, v.from, v.until);
        if (p.at.source != SourceId{}) entered.emplace(p.at.source, p.at.begin);
      }
    for (const Party& p : world.parties)
      if (!entered.contains({p.at.source, p.at.begin})) know(p, 0, SIZE_MAX);
  }
  bool knows(const std::string& party, std::size_t at) const {
    bool known = false;
    each(party, at, [&](const Told&) { known = true; });
    return known;
  }
  /// The states in which a party is, as far as somebody said.
  std::vector<std::string> states(const std::string& party, std::size_t at) const {
    std::vector<std::string> out;
    each(party, at, [&](const Told& t) {
      if (!t.country.empty()) out.push_back(t.country);
    });
    return out;
  }
  /// The party, then what it belongs to, from near to far.
  std::vector<std::string> of(const std::string& party, std::size_t at) const {
    std::vector<std::string> out{party};
    if (!told_.contains(party)) return out;
    std::unordered_set<std::string_view> met{party};
    for (std::size_t i = 0; i < out.size(); ++i)
      each(out[i], at, [&](const Told& t) {
        if (!t.part_of.empty() && met.insert(t.part_of).second) out.push_back(t.part_of);
      });
    return out;
  }

 private:
  struct Told {
    std::size_t from, until;  // known at these places of the record and between them
    std::string part_of, country;
  };
  /// An `enter` as it was known from a place of the record to another.
  struct Version {
    const Event* event;
    std::size_t from, until;
  };
  /// The names of events that enter something, at first or as they are corrected.
  static std::unordered_set<std::string_view> entering(std::span<const Event> recorded) {
    const auto enters = [](const Event& e) { return std::holds_alternative<Enter>(e.body); };
    std::unordered_set<std::string_view> out;
    for (const Event& e : recorded) {
      const auto* c = std::get_if<Correct>(&e.body);
      if (enters(e)) out.insert(e.id);
      if (c != nullptr && std::any_of(c->instead.begin(), c->instead.end(), enters)) out.insert(c->of);
    }
    return out;
  }
  static std::vector<Version> versions(std::span<const Event> recorded) {
    const std::unordered_set<std::string_view> names = entering(recorded);
    std::vector<Version> out;
    if (names.empty()) return out;
    std::unordered_map<std::string_view, std::size_t> last;  // by name: its place in `out`
    for (std::size_t i = 0; i < recorded.size(); ++i) {
      const Event* e = &recorded[i];
      const auto* c = std::get_if<Correct>(&e->body);
      if (!names.contains(c == nullptr ? e->id : c->of)) continue;
      const auto of = last.find(c == nullptr ? e->id : c->of);
      if ((c == nullptr) != (of == last.end())) continue;  // a name that is taken, or of nothing
      if (c != nullptr) {
        out[of->second].until = i;
        e = c->instead.empty() ? nullptr : &c->instead.front();
      }
      last[c == nullptr ? e->id : c->of] = out.size();
      out.push_back({e, i + 1, SIZE_MAX});
    }
    std::erase_if(out, [](const Version& v) {
      return v.event == nullptr || !std::holds_alternative<Enter>(v.event->body);
    });
    return out;
  }
  void know(const Party& p, std::size_t from, std::size_t until) {
    told_[p.id].push_back({from, until, p.part_of, p.country});
  }
  template <class Visit>
  void each(std::string_view party, std::size_t at, const Visit& visit) const {
    if (const auto it = told_.find(party); it != told_.end())
      for (const Told& t : it->second)
        if (t.from <= at && at <= t.until) visit(t);
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
    if (f.values.size() == 1 || !belongs || wholes.knows(first, at)) f.values = wholes.of(first, at);
  }
  if (!consignee && !line.consignee.empty())
    if (auto all = wholes.of(line.consignee, at); all.size() > 1)  // itself alone, the line says
      line.facts.push_back({"consignee", std::move(all)});
  return line;
}

/// What a lot is, by what events say of it, or else the world; empty if nobody says.
/// @param before  of what was recorded before that place
std::string item_of(const std::string& lot, const LotTrails& trails, const World& world, std::size_t before) {
  const Lot* told = trails.knows(lot) ? nullptr : world.lot(lot);
  return told != nullptr ? told->item : trails.item_of(lot, before);
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
    add_consignee(line.consignee);
    std::string item = line.item;
    bool consignee = !line.consignee.empty(), lot = false, where = placed(line.consignee);
    for (const UseFact& f : line.facts) {  // all that is said, and all that it belongs to
      if (f.values.empty()) continue;
      const std::string& first = f.values.front();
      if (f.fact == "consignee") add_consignee(first);
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
    if (!lot) of_any_lot_.push_back(item);
    concerns_.push_back({HeldKind::item, std::move(item)});
  }
  std::span<const Concern> named() const { return concerns_; }
  /// The first stop of a kind that may concern it, for the use does not say.
  std::optional<Hold> may_be(HeldKind kind, const Holds& holds) const {
    if (kind == HeldKind::lot) return holds.first_lot_of(of_any_lot_, k_.use, concerns_);
    const bool untold = kind == HeldKind::party && !untold_.empty();
    return untold || unsaid_.contains(kind) ? holds.first_of(kind, k_.use, concerns_) : std::nullopt;
  }
  /// Why a stop keeps it from being booked that names something of it.
  static Refusal stopped(const Hold& h) {
    return {Why::stopped, h.kind == HeldKind::authorisation ? h.name : std::string(), told_of(h), {}};
  }
  /// The same of one that may concern it.
  Refusal perhaps_stopped(const Hold& h) const {
    if (h.kind == HeldKind::party && !unsaid_.contains(h.kind))
      return {Why::party_untold,
              "",
              told_of(h) + fmt::format(", and nothing is told of `{}`, which may belong to it", untold_),
              {}};
    const char* what = h.kind == HeldKind::item    ? "its item"
                       : h.kind == HeldKind::lot   ? "of which lot it is"
                       : h.kind == HeldKind::state ? "to which state"
                                                   : "to whom";
    return {Why::perhaps_stopped, "", told_of(h) + fmt::format(", and the use does not say {}", what), {}};
  }

 private:
  static std::string told_of(const Hold& h) {
    std::string says = fmt::format("the {} `{}`", to_string(h.kind), h.name);
    says += h.came_of.empty() ? " is stopped" : fmt::format(" came of `{}`, which is stopped", h.came_of);
    return says + fmt::format(" since {} by `{}`", to_string(h.since), h.stop);
  }
  void add_consignee(const std::string& name) {
    if (name.empty()) return;
    add_party(name);
    if (!k_.wholes.knows(name, at())) untold_ = name;
  }
  void add(const std::string& fact, const std::string& value, const Event& reserved) {
    if (fact == "lot") {
      concerns_.push_back({HeldKind::lot, value});
      concerns_.push_back({HeldKind::item, item_of(value)});
      for (LotTrails::Found& in : k_.trails.watched_of(value, reserved))
        if (in.recorded < at()) concerns_.push_back({HeldKind::lot, std::move(in.lot)});
    } else if (fact == "item") {
      concerns_.push_back({HeldKind::item, value});
    } else if (fact == "authorisation") {
      concerns_.push_back({HeldKind::authorisation, value});
    } else {
      add_party(value);
    }
  }
  std::string item_of(const std::string& lot) const {
    return sekisho::item_of(lot, k_.trails, k_.world, SIZE_MAX);
  }
  std::size_t at() const { return k_.trails.recorded_at(k_.use); }
  bool placed(const std::string& party) const { return !k_.wholes.states(party, at()).empty(); }
  void add_party(const std::string& name) {
    for (const std::string& p : k_.wholes.of(name, at())) {
      concerns_.push_back({HeldKind::party, p});
      concerns_.push_back({HeldKind::state, p});
      for (std::string& s : k_.wholes.states(p, at())) concerns_.push_back({HeldKind::state, std::move(s)});
    }
  }
  const Known k_;
  std::vector<Concern> concerns_;
  std::set<HeldKind> unsaid_;
  std::string untold_;                   // a consignee of which nothing is told
  std::vector<std::string> of_any_lot_;  // items of lines that name no lot; empty: of any item
};

using Reserved = std::unordered_map<std::string_view, const Event*>;  // events that set aside what is booked

/// What events are booked with.
struct Background {
  Wholes wholes;
  const World& world;
  const RecordedPlaces& places;
  const Holds& holds;
  const LotTrails& trails;
  Reserved reserved = {};  // where something is drawn
};

/// Visits the lines that a reservation sets aside, or that a draw takes of, each with what reserved it.
template <class Visit>
void each_line(const Event& e, const Reserved& reserved, const Visit& visit) {
  if (const auto* r = std::get_if<Reserve>(&e.body))
    for (const ReservedLine& l : r->lines) visit(l, e);
  const auto* t = std::get_if<Take>(&e.body);
  if (t == nullptr || e.kind != EventKind::draw) return;
  const auto of = reserved.find(t->of);
  if (of == reserved.end()) return;
  for (const ReservedLine& l : std::get<Reserve>(of->second->body).lines)
    if (t->parts.empty() || std::any_of(t->parts.begin(), t->parts.end(),
                                        [&](const Part& p) { return p.line.empty() || p.line == l.line; }))
      visit(l, *of->second);
}

/// Stops that keep a reservation or a draw from being booked.
Refusals stops_of(const Book& book, const Event& e, const Background& told) {
  if (!told.holds.trails()) return {};  // nothing was ever stopped
  Concerned concerned({book, told.wholes, told.world, told.trails, e});
  bool any = false;
  each_line(e, told.reserved, [&](const ReservedLine& l, const Event& reserved) {
    concerned.add(l, reserved);
    any = true;
  });
  Refusals out;
  if (!any) return out;
  for (const Hold& h : told.holds.against(e, concerned.named())) out.push_back(Concerned::stopped(h));
  // Of stops that may concern it one is enough to be told: there may be very many.
  for (const HeldKind kind : {HeldKind::state, HeldKind::party, HeldKind::item, HeldKind::lot})
    if (const auto h = concerned.may_be(kind, told.holds)) out.push_back(concerned.perhaps_stopped(*h));
  return out;
}

/// Lines that say another item than the lot is that they name, by what is known when a use is recorded.
Refusals other_items(const Event& e, const Background& told) {
  Refusals out;
  each_line(e, told.reserved, [&](const ReservedLine& l, const Event&) {
    const UseFact* lots = find_fact(l, "lot");
    const UseFact* items = find_fact(l, "item");
    if (lots == nullptr) return;
    std::vector<std::string> said;
    if (items != nullptr) said = items->values;
    if (!l.item.empty()) said.push_back(l.item);
    for (const std::string& lot : lots->values) {
      const std::string is = item_of(lot, told.trails, told.world, told.places.of(e));
      const auto other =
          std::find_if(said.begin(), said.end(), [&](const std::string& s) { return s != is; });
      if (!is.empty() && other != said.end())
        out.push_back({Why::contradicts,
                       "",
                       fmt::format("the item of a line is `{}`, and its lot `{}` is `{}`", *other, lot, is),
                       {}});
    }
  });
  return out;
}

Refusals book_event(Book& book, const Event& e, const Background& told) {
  const std::size_t recorded = told.places.of(e);
  const ActPlace act{recorded, told.places.first_of(e)};
  const auto as_known = [&](const std::vector<ReservedLine>& lines) {
    std::vector<ReservedLine> out;
    out.reserve(lines.size());
    for (const ReservedLine& l : lines) out.push_back(with_wholes(l, told.wholes, recorded));
    return out;
  };
  if (const auto* a = std::get_if<Authorise>(&e.body)) return book.authorise(a->text, e.on, act);
  if (const auto* r = std::get_if<Reserve>(&e.body))
    return book.reserve({e.id, e.by, r->moves.value_or(e.on), r->until, as_known(r->lines), e.on, recorded});
  if (const auto* x = std::get_if<Expire>(&e.body)) return book.expire(x->of, e.on, act);
  const Take& t = std::get<Take>(e.body);
  Taking taking{e.id, t.of, e.on, t.parts, recorded};
  if (e.kind == EventKind::free) return book.release(taking);
  if (e.kind != EventKind::draw) return book.restore(taking);
  if (const auto of = told.reserved.find(t.of); of != told.reserved.end())
    taking.lines = as_known(std::get<Reserve>(of->second->body).lines);
  return book.draw(taking);
}

bool names_lots(const std::vector<const Event*>& events) {
  return std::any_of(events.begin(), events.end(), [](const Event* e) {
    const auto* r = std::get_if<Reserve>(&e->body);
    return r != nullptr && std::any_of(r->lines.begin(), r->lines.end(),
                                       [](const ReservedLine& l) { return find_fact(l, "lot") != nullptr; });
  });
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
  return replay_accounts(recorded, corrected(recorded, diags), on, world, diags);
}

Accounts replay_accounts(std::span<const Event> recorded, std::vector<const Event*> events, Date on,
                         const World& world, Diagnostics& diags) {
  Accounts out;
  if (std::none_of(events.begin(), events.end(), [](const Event* e) {
        return concerns_accounts(*e) || std::holds_alternative<Stop>(e->body) ||
               std::holds_alternative<Lift>(e->body);
      }))
    return out;
  // What an authorisation is on a day it is all day; what was booked before that was told stands.
  for (auto day = events.begin(); day != events.end();) {
    const auto next =
        std::find_if(day, events.end(), [on = (*day)->on](const Event* e) { return e->on != on; });
    std::stable_partition(day, next,
                          [](const Event* e) { return std::holds_alternative<Authorise>(e->body); });
    day = next;
  }
  const RecordedPlaces places(recorded);
  const Holds holds(recorded, events, diags);
  std::optional<LotTrails> own;
  const LotTrails& trails = holds.trails()       ? *holds.trails()
                            : names_lots(events) ? own.emplace(recorded, events)
                                                 : own.emplace(recorded, std::vector<const Event*>());
  Background told{Wholes(world, recorded), world, places, holds, trails};
  for (const Event* e : events)
    if (const auto* a = std::get_if<Authorise>(&e->body))
      out.book.expect(a->text, e->on, {places.of(*e), places.first_of(*e)});
  const bool draws =
      std::any_of(events.begin(), events.end(), [](const Event* e) { return e->kind == EventKind::draw; });
  for (const Event* e : events) {
    if (e->on > on || !concerns_accounts(*e)) continue;
    Refusals why = stops_of(out.book, *e, told);
    if (why.empty()) why = other_items(*e, told);
    if (why.empty()) why = book_event(out.book, *e, told);
    if (why.empty()) {
      out.booked.push_back(e);
      if (draws && e->kind == EventKind::reserve) told.reserved.emplace(e->id, e);
      continue;
    }
    for (const Refusal& r : why) {
      const auto [code, cure] = cure_of(r.why);
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
