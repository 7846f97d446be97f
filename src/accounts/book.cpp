#include "accounts/book.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <deque>
#include <functional>
#include <map>
#include <unordered_map>

#include "accounts/coverage.h"
#include "base/name_table.h"
#include "base/text_hash.h"

namespace sekisho {
namespace {

constexpr std::size_t most_lines = 500;  // with the greatest amounts, a sum still fits in 64 bits

struct DrawnPart {
  std::uint32_t line;
  const OpenLine* as;  // that line, as it was known when it was drawn
  std::int64_t quantity, value;
  std::int64_t quantity_back = 0, value_back = 0;  // of returned goods
  std::vector<bool> restores;                      // for each account of the line, once goods came back
};
/// A part with its line and its amounts, all that is left where it says nothing.
struct Meant {
  std::uint32_t line;
  std::int64_t quantity, value;
};
struct Draw {
  std::uint32_t reservation;
  Date on;
  std::vector<DrawnPart> parts;
  std::size_t recorded;
};

std::vector<LimitAccount> accounts_of(const std::vector<Limit>& limits) {
  return {limits.begin(), limits.end()};
}

}  // namespace

bool OpenReservation::open() const {
  return std::any_of(lines.begin(), lines.end(),
                     [](const OpenLine& l) { return l.quantity.reserved > 0 || l.value.reserved > 0; });
}

struct Book::Body {
  std::vector<Account> accounts;
  std::vector<std::unique_ptr<OpenReservation>> reservations;
  std::vector<Draw> draws;
  std::deque<OpenLine> drawn_lines;  // of which more was known than when they were reserved
  std::vector<std::string> consignees;
  using Places = std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>>;
  Places account_of, draw_of, consignee_of;
  NameTable named_reservations;
  /// A line of a reservation that ended with an authorisation: where that was recorded, and what was left.
  struct Ended {
    std::size_t recorded;
    std::string authorisation;
    std::int64_t quantity, value;
    void take(const Meant& m) {
      quantity -= m.quantity;
      value -= m.value;
    }
  };
  std::map<std::pair<std::uint32_t, std::uint32_t>, Ended> ended;  // by reservation and line
  std::unordered_map<std::string, std::vector<Terms>> expected;    // acts of all days, by authorisation
  std::vector<LateUse> late;

  // --- looking up ---
  Account* account(std::string_view id) {
    const auto it = account_of.find(id);
    return it == account_of.end() ? nullptr : &accounts[it->second];
  }
  auto reservation_name() const {
    return [this](std::uint32_t place) -> std::string_view { return reservations[place]->id; };
  }
  std::optional<std::uint32_t> reservation_of(std::string_view id) const {
    return named_reservations.find(id, reservation_name());
  }
  std::uint32_t consignee(const std::string& name) {
    const auto [it, added] = consignee_of.try_emplace(name, static_cast<std::uint32_t>(consignees.size()));
    if (added) consignees.push_back(name);
    return it->second;
  }

  // --- booking ---
  /// A use, and how much was recorded before it.
  struct Use {
    const std::string& id;
    Date on;
    std::size_t recorded;
  };
  static void book(std::vector<LimitAccount>& limits, const Booking& b) {
    for (LimitAccount& l : limits)
      if (l.applies(b.line->asked)) l.book(b);
  }
  static Booking undone(Booking b) {
    for (LineUse* u : {&b.quantity, &b.value}) *u = {-u->reserved, -u->drawn};
    return b;
  }
  /// What the reservations and draws on an account come to, before a day.
  std::vector<Booking> bookings(const Account& a, Date before) const {
    std::vector<Booking> out;
    const auto index = static_cast<std::uint32_t>(&a - accounts.data());
    const auto touches = [&](const OpenLine& l) {
      return std::find(l.accounts.begin(), l.accounts.end(), index) - l.accounts.begin();
    };
    for (const std::uint32_t r : a.reservations) {
      const OpenReservation& held = *reservations[r];
      for (const OpenLine& l : held.lines)
        if (held.on < before && touches(l) < static_cast<std::ptrdiff_t>(l.accounts.size()))
          out.push_back({index, &l, held.on, {l.quantity.reserved, 0}, {l.value.reserved, 0}, held.recorded});
    }
    for (const std::uint32_t d : a.draws)
      for (const DrawnPart& p : draws[d].parts) {
        const OpenLine& l = *p.as;
        const auto at = touches(l);
        if (draws[d].on >= before || at == static_cast<std::ptrdiff_t>(l.accounts.size())) continue;
        const bool back = !p.restores.empty() && p.restores[static_cast<std::size_t>(at)];
        out.push_back({index,
                       &l,
                       draws[d].on,
                       {0, p.quantity - (back ? p.quantity_back : 0)},
                       {0, p.value - (back ? p.value_back : 0)},
                       draws[d].recorded});
      }
    return out;
  }
  static void report_lack(Refusals& out, const std::string& id, const LimitAccount& l, std::int64_t free) {
    const Amount lacks{-free, l.limit().most.unit};
    const std::string says =
        fmt::format("`{}` grants {}: {} more than is free", id, to_string(l.limit()), to_string(lacks));
    for (const Refusal& r : out)
      if (r.says == says) return;
    out.push_back({Why::limit_lacks, id, says, lacks});
  }
  /// Limits that the bookings overdraw, which are already booked.
  static void overdrawn(Refusals& out, const std::string& id, const std::vector<LimitAccount>& limits,
                        std::uint32_t account, const std::vector<Booking>& moved) {
    for (const LimitAccount& l : limits) {
      std::int64_t least = 0;
      for (const Booking& b : moved)
        if (b.account == account && l.applies(b.line->asked)) least = std::min(least, l.free(*b.line, b.day));
      if (least < 0) report_lack(out, id, l, least);
    }
  }
  /// Books all or, where anything is refused or was before, nothing.
  void book_all(Refusals& out, const std::vector<Booking>& moved, const Use& use) {
    std::vector<std::uint32_t> touched;
    for (const Booking& b : moved)
      if (std::find(touched.begin(), touched.end(), b.account) == touched.end()) touched.push_back(b.account);
    for (const Booking& b : moved) book(accounts[b.account].limits, b);
    for (const std::uint32_t i : touched) {
      const auto check = [&](Refusals& wrong, const Sight& as_of) { limits_lack(wrong, i, moved, as_of); };
      if (Refusals lacking; check(lacking, {use.on}), !lacking.empty())
        by_what_was_known(out, accounts[i], {use.id, use.on, last_beside(i, moved, use.recorded)}, check);
    }
    if (!out.empty())
      for (auto b = moved.rbegin(); b != moved.rend(); ++b) book(accounts[b->account].limits, undone(*b));
  }
  /// The place of the last that was recorded of a use and of those that count with it on a limit that is
  /// overdrawn: by the acts told before that, all of them together had to fit.
  std::size_t last_beside(std::uint32_t index, const std::vector<Booking>& moved,
                          std::size_t recorded) const {
    const std::vector<Booking> others = bookings(accounts[index], far_future);
    for (const Terms& t : accounts[index].history) {
      auto limits = accounts_of(t.text.instrument.limits);
      for (const Booking& b : others) book(limits, b);
      for (const Booking& b : moved)
        if (b.account == index) book(limits, b);
      for (const LimitAccount& l : limits)
        for (const Booking& b : moved) {
          if (b.account != index || !l.applies(b.line->asked) || l.free(*b.line, b.day) >= 0) continue;
          for (const Booking& other : others)
            if (l.counts_together(b, other)) recorded = std::max(recorded, other.recorded);
        }
    }
    return recorded;
  }
  /// Whether amounts are known and sound, so that limits can be asked, too, however much else is refused.
  static bool can_be_counted(const Refusals& so_far) {
    return std::none_of(so_far.begin(), so_far.end(), [](const Refusal& r) {
      switch (r.why) {
        case Why::nothing_asked:
        case Why::no_such_authorisation:
        case Why::no_such_line:
        case Why::other_unit:
        case Why::not_stated:
        case Why::too_large:
        case Why::more_than_left: return true;
        default: return false;
      }
    });
  }
  /// Limits that what was just booked overdraws: of the last terms, and, where it is older than they, of
  /// those before.
  void limits_lack(Refusals& out, std::uint32_t index, const std::vector<Booking>& moved,
                   const Sight& as_of) const {
    const Account& a = accounts[index];
    const std::vector<const Terms*> told = terms_told(a, as_of);
    for (std::size_t k = 0; k < told.size(); ++k) {
      const Date end = k + 1 < told.size() ? told[k + 1]->on : far_future;
      if (std::none_of(moved.begin(), moved.end(),
                       [&](const Booking& b) { return b.account == index && b.day < end && b.takes_more(); }))
        continue;
      if (told[k] == &a.history.back()) {
        overdrawn(out, a.id(), a.limits, index, moved);
        continue;
      }
      auto limits = accounts_of(told[k]->text.instrument.limits);
      for (const Booking& b : bookings(a, end)) book(limits, b);
      for (const Booking& b : moved)
        if (b.account == index && b.day < end) book(limits, b);
      overdrawn(out, a.id(), limits, index, moved);
    }
  }

  // --- what a use asks ---
  /// What is learned late undoes no use: what is wrong by all that is recorded is wrong unless nothing was by
  /// what was recorded before the use. Then it is noted that it stands.
  /// @param check  of a sight, what is wrong
  template <class Check>
  void by_what_was_known(Refusals& out, const Account& a, const Use& use, const Check& check) {
    const Sight all{use.on};
    Refusals wrong;
    check(wrong, all);
    if (wrong.empty()) return;
    for (const Sight& then : sights_of(use.on, use.recorded))
      if (Refusals wrong_then; check(wrong_then, then), wrong_then.empty())
        return stands(use.id, a.id(), terms_as_of(a, all).recorded.place, wrong.front().says);
    out.insert(out.end(), wrong.begin(), wrong.end());
  }
  void stands(const std::string& use, const std::string& authorisation, std::size_t recorded,
              std::string says) {
    // What is noted of one use stands together.
    for (auto l = late.rbegin(); l != late.rend() && l->use == use; ++l)
      if (l->authorisation == authorisation) return;
    late.push_back({use, authorisation, recorded, std::move(says)});
  }
  static bool answers(const Instrument& i, const std::string& need) {
    return std::any_of(i.answers.begin(), i.answers.end(), [&](const Claim& c) { return c.value == need; });
  }
  void needs_answered(Refusals& out, const ReservedLine& line, const Use& use) {
    for (const NeededAct& n : line.needs) {
      bool answered = false;
      const Account* by_then = nullptr;  // that gave it by what was known then
      Refusals wrong;
      for (const std::string& id : line.under) {
        const Account* a = account(id);
        if (!a) continue;
        const auto gives = [&](Sight as_of) {
          const Instrument& i = terms_as_of(*a, as_of).text.instrument;
          return answers(i, n.need) && i.authority == n.from;
        };
        const Instrument& i = terms_as_of(*a, {use.on}).text.instrument;
        const auto then = sights_of(use.on, use.recorded);
        if (gives({use.on}))
          answered = true;
        else if (std::any_of(then.begin(), then.end(), gives))
          by_then = a;
        else if (answers(i, n.need))
          wrong.push_back({Why::wrong_agency,
                           id,
                           fmt::format("`{}` is of {}, but {} is for {} to give: it covers nothing", id,
                                       i.authority, n.need, n.from),
                           {}});
      }
      out.insert(out.end(), wrong.begin(), wrong.end());
      std::string says = fmt::format("no authorisation gives {} from {}", n.need, n.from);
      if (!answered && by_then != nullptr)
        stands(use.id, by_then->id(), terms_as_of(*by_then, {use.on}).recorded.place, std::move(says));
      else if (!answered && wrong.empty())
        out.push_back({Why::need_unanswered, "", std::move(says), {}});
    }
  }
  void check_line(Refusals& out, const ReservedLine& line, const Use& use, Date booked) {
    const auto positive = [](const std::optional<Amount>& a) {
      return !a || (a->ten_thousandths > 0 && a->ten_thousandths <= most_ten_thousandths);
    };
    if (line.under.empty() || (!line.quantity && !line.value))
      out.push_back({Why::nothing_asked, "", "a line needs an amount and an authorisation", {}});
    if (!positive(line.quantity) || !positive(line.value))
      out.push_back({Why::too_large, "", "an amount is above zero and at most a million million", {}});
    for (const std::string& id : line.under) {
      const Account* a = account(id);
      if (!a) {
        out.push_back({Why::no_such_authorisation,
                       id,
                       fmt::format("there is no authorisation `{}`: it covers nothing", id),
                       {}});
        continue;
      }
      if (std::count(line.under.begin(), line.under.end(), id) > 1)
        out.push_back({Why::nothing_asked, id, fmt::format("`{}` is named twice in one line", id), {}});
      by_what_was_known(out, *a, use, [&](Refusals& wrong, Sight as_of) {
        usable(wrong, *a, as_of);
        within_scope(wrong, *a, line, as_of);
        limits_told(wrong, *a, line, as_of);
      });
      if (booked > use.on)
        by_what_was_known(out, *a, {use.id, booked, use.recorded},
                          [&](Refusals& wrong, Sight as_of) { in_effect_on(wrong, *a, as_of); });
      if (booked < use.on) covered_by_expected(out, *a, line, use, booked);
      countable(out, *a, line);
    }
    needs_answered(out, line, use);
  }
  /// Acts that were recorded before the use, though they are of a later day than it is, bind what it is for.
  void covered_by_expected(Refusals& out, const Account& a, const ReservedLine& line, const Use& use,
                           Date booked) const {
    const auto acts = expected.find(a.id());
    if (acts == expected.end()) return;
    const Terms* last = nullptr;
    for (const Terms& t : acts->second)
      if (booked < t.on && t.on <= use.on && t.recorded.place < use.recorded &&
          (last == nullptr || last->on <= t.on))
        last = &t;
    if (last == nullptr) return;
    const Account then{{a.history.front(), *last}, {}, {}, {}};
    usable(out, then, {use.on});
    within_scope(out, then, line, {use.on});
    limits_told(out, then, line, {use.on});
  }

  // --- taking ---
  /// What a line says by its facts alone, it says; what it says twice agrees.
  static void spell_out(Refusals& out, Reservation& r) {
    for (ReservedLine& l : r.lines)
      for (const auto& [fact, said] : {std::pair{"item", &l.item}, {"consignee", &l.consignee}}) {
        const UseFact* f = find_fact(l, fact);
        if (!f) continue;
        if (said->empty()) *said = f->values.front();
        if (*said != f->values.front())
          out.push_back({Why::contradicts,
                         "",
                         fmt::format("the {} of a line is `{}`, and its facts say `{}`", fact, *said,
                                     f->values.front()),
                         {}});
      }
  }
  Refusals reserve(Reservation asked) {
    const std::size_t noted = late.size();
    Refusals out = reserve_all(std::move(asked));
    if (!out.empty()) late.resize(noted);
    return out;
  }
  Refusals reserve_all(Reservation r) {
    Refusals out;
    spell_out(out, r);
    // An authorisation's name, too: `expire` names either.
    if (reservation_of(r.id) || draw_of.contains(r.id) || account_of.contains(r.id))
      out.push_back({Why::id_taken, "", fmt::format("there is already a record `{}`", r.id), {}});
    if (r.lines.empty() || r.lines.size() > most_lines)
      return {{Why::nothing_asked, "", fmt::format("a reservation has 1 to {} lines", most_lines), {}}};
    if (r.until && *r.until < r.on)
      out.push_back({Why::reservation_over, "", "a reservation does not end before its own day", {}});
    for (const ReservedLine& l : r.lines) {
      check_line(out, l, {r.id, r.on, r.recorded}, r.booked.value_or(r.on));
      if (std::count_if(r.lines.begin(), r.lines.end(),
                        [&](const ReservedLine& o) { return o.line == l.line; }) > 1)
        out.push_back({Why::nothing_asked, "", fmt::format("two lines are called `{}`", l.line), {}});
    }
    if (!can_be_counted(out)) return out;

    auto held = std::make_unique<OpenReservation>();
    *held = {r.id, r.by, r.on, r.until, r.recorded, {}};
    held->lines.reserve(r.lines.size());
    std::vector<Booking> moved;
    for (ReservedLine& l : r.lines) {
      const LineUse quantity{l.quantity ? l.quantity->ten_thousandths : 0, 0},
          value{l.value ? l.value->ten_thousandths : 0, 0};
      const std::uint32_t to = consignee(l.consignee);
      held->lines.push_back({std::move(l), quantity, value, {}, to});
      OpenLine& open = held->lines.back();
      for (const std::string& id : open.asked.under) {
        open.accounts.push_back(account_of.find(id)->second);
        moved.push_back({open.accounts.back(), &open, r.on, open.quantity, open.value});
      }
    }
    book_all(out, moved, {r.id, r.on, r.recorded});
    if (!out.empty()) return out;
    const auto index = static_cast<std::uint32_t>(reservations.size());
    named_reservations.add(r.id, index, reservation_name());
    for (const Booking& b : moved)
      if (auto& list = accounts[b.account].reservations; list.empty() || list.back() != index)
        list.push_back(index);
    reservations.push_back(std::move(held));
    // What ended an authorisation, and was told later, ends what was set aside on it meanwhile, too.
    for (const Booking& b : moved)
      if (const Terms& t = terms_as_of(accounts[b.account], {r.booked.value_or(r.on)}); ends(t.text.state))
        end_lines(index, b.account, t.recorded.place);
    return out;
  }

  /// @param left  what is left of a line, quantity and value
  template <class Left>
  static std::vector<Meant> meant(Refusals& out, const Taking& t, const std::vector<OpenLine>& lines,
                                  const Left& left) {
    std::vector<Meant> all;
    if (t.parts.empty()) {
      for (std::uint32_t i = 0; i < lines.size(); ++i)
        if (const auto [q, v] = left(i); q > 0 || v > 0) all.push_back({i, q, v});
      if (all.empty())
        out.push_back({Why::more_than_left, "", fmt::format("nothing is left of `{}`", t.of), {}});
      return all;
    }
    for (const Part& p : t.parts) {
      const auto it = std::find_if(lines.begin(), lines.end(), [&](const OpenLine& l) {
        return p.line.empty() ? lines.size() == 1 : l.asked.line == p.line;
      });
      const auto index = static_cast<std::uint32_t>(it - lines.begin());
      if (it == lines.end() ||
          std::any_of(all.begin(), all.end(), [&](const Meant& m) { return m.line == index; })) {
        out.push_back({Why::no_such_line,
                       "",
                       it != lines.end() ? fmt::format("line `{}` stands twice", p.line)
                       : p.line.empty()  ? fmt::format("`{}` has several lines: say which", t.of)
                                         : fmt::format("`{}` has no line `{}`", t.of, p.line),
                       {}});
        continue;
      }
      const auto [q, v] = left(index);
      all.push_back({index, 0, 0});
      part_amount(out, p.quantity, it->asked.quantity, q, p.quantity || p.value, all.back().quantity);
      part_amount(out, p.value, it->asked.value, v,
                  (p.quantity && p.quantity->ten_thousandths != q) || (p.value && !p.quantity),
                  all.back().value);
      if (q == 0 && v == 0 && !p.quantity && !p.value)
        out.push_back({Why::more_than_left,
                       "",
                       p.line.empty() ? fmt::format("nothing is left of `{}`", t.of)
                                      : fmt::format("nothing is left of line `{}` of `{}`", p.line, t.of),
                       {}});
    }
    return all;
  }
  /// @param must_state  a part of the whole is meant, so how much of this measure has to be said
  static void part_amount(Refusals& out, const std::optional<Amount>& said,
                          const std::optional<Amount>& asked, std::int64_t left, bool must_state,
                          std::int64_t& amount) {
    if (!asked && !said) return;
    if (!asked || (said && said->unit != asked->unit)) {
      out.push_back({Why::other_unit,
                     "",
                     asked ? fmt::format("it was reserved in {}, not {}", asked->unit, said->unit)
                           : fmt::format("no {} was reserved", said->unit),
                     {}});
      return;
    }
    if (!said && must_state && left > 0) {
      out.push_back({Why::not_stated, "", fmt::format("say how much of the {} too", asked->unit), {}});
      return;
    }
    amount = said ? said->ten_thousandths : left;
    if (amount <= left && amount >= 0) return;
    const Amount lacks{amount - left, asked->unit};
    out.push_back({Why::more_than_left, "",
                   fmt::format("{} is {} more than is left", to_string(*said), to_string(lacks)), lacks});
  }

  /// A reservation as it was when something that takes from it was recorded: what ended a line of it, told
  /// later, undoes nothing.
  struct SetAside {
    OpenReservation& reservation;
    std::uint32_t place;
    std::size_t recorded;  // the taking
    Body& body;
    /// Of a line that had not ended yet, what was left of it; nullptr: it is as it stands.
    Ended* over(std::uint32_t line) const {
      const auto it = body.ended.find({place, line});
      return it != body.ended.end() && recorded < it->second.recorded ? &it->second : nullptr;
    }
    std::pair<std::int64_t, std::int64_t> left(std::uint32_t line) const {
      if (const Ended* e = over(line)) return {e->quantity, e->value};
      const OpenLine& l = reservation.lines[line];
      return {l.quantity.reserved, l.value.reserved};
    }
    std::vector<Meant> meant(Refusals& out, const Taking& t) const {
      return Body::meant(out, t, reservation.lines, [&](std::uint32_t line) { return left(line); });
    }
  };
  template <class Take>
  Refusals take_from(const Taking& t, const Take& take) {
    const auto place = reservation_of(t.of);
    if (!place)
      return {{Why::no_such_reservation, "", fmt::format("there is no reservation `{}`", t.of), {}}};
    Refusals out;
    const std::size_t noted = late.size();
    take(out, SetAside{*reservations[*place], *place, t.recorded, *this});
    if (!out.empty()) late.resize(noted);
    return out;
  }
  Refusals draw(const Taking& t) {
    return take_from(t, [&](Refusals& out, const SetAside& from) { draw_from(out, from, t); });
  }
  /// A line of a reservation as it is known when it is drawn.
  const OpenLine* as_known(Refusals& out, const OpenReservation& r, std::uint32_t line, const Taking& t) {
    const OpenLine& reserved = r.lines[line];
    if (line >= t.lines.size() || t.lines[line].facts == reserved.asked.facts) return &reserved;
    Reservation known{r.id, {}, r.on, {}, {t.lines[line]}};
    spell_out(out, known);
    drawn_lines.push_back(reserved);
    drawn_lines.back().asked = std::move(known.lines.front());
    return &drawn_lines.back();
  }
  void draw_from(Refusals& out, const SetAside& from, const Taking& t) {
    OpenReservation& r = from.reservation;
    if (draw_of.contains(t.id) || reservation_of(t.id))
      out.push_back({Why::id_taken, "", fmt::format("there is already a record `{}`", t.id), {}});
    if (r.until && t.on > *r.until)
      out.push_back(
          {Why::reservation_over, "", fmt::format("`{}` was held to {}", r.id, to_string(*r.until)), {}});
    const auto parts = from.meant(out, t);
    std::vector<std::uint32_t> touched;
    for (const Meant& m : parts)
      for (const std::uint32_t a : r.lines[m.line].accounts)
        if (std::find(touched.begin(), touched.end(), a) == touched.end()) touched.push_back(a);
    const Use use{t.id, t.on, t.recorded};
    for (const std::uint32_t a : touched)
      by_what_was_known(out, accounts[a], use,
                        [&](Refusals& wrong, Sight as_of) { usable(wrong, accounts[a], as_of); });
    std::vector<const OpenLine*> as;  // of each part
    for (const Meant& m : parts) {
      as.push_back(as_known(out, r, m.line, t));
      const ReservedLine& line = as.back()->asked;
      for (const std::uint32_t a : r.lines[m.line].accounts) {
        by_what_was_known(out, accounts[a], use, [&](Refusals& wrong, Sight as_of) {
          within_scope(wrong, accounts[a], line, as_of);
          limits_told(wrong, accounts[a], line, as_of);
        });
        countable(out, accounts[a], line);
      }
      needs_answered(out, line, use);
    }
    if (!can_be_counted(out)) return;

    std::vector<Booking> moved;
    for (std::size_t i = 0; i < parts.size(); ++i)
      for (const std::uint32_t a : as[i]->accounts) {
        const Meant& m = parts[i];
        if (from.over(m.line) == nullptr)
          moved.push_back({a, &r.lines[m.line], r.on, {-m.quantity, 0}, {-m.value, 0}});
        moved.push_back({a, as[i], t.on, {0, m.quantity}, {0, m.value}});
      }
    book_all(out, moved, use);
    if (!out.empty()) return;
    Draw d{from.place, t.on, {}, t.recorded};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Meant& m = parts[i];
      Ended* const over = from.over(m.line);
      if (over != nullptr) {
        over->take(m);
        stands(t.id, over->authorisation, over->recorded,
               fmt::format("`{}` ended with `{}`", t.of, over->authorisation));
      }
      take(r.lines[m.line].quantity, over == nullptr ? m.quantity : 0, m.quantity);
      take(r.lines[m.line].value, over == nullptr ? m.value : 0, m.value);
      d.parts.push_back({m.line, as[i], m.quantity, m.value, 0, 0, {}});
    }
    const auto index = static_cast<std::uint32_t>(draws.size());
    draw_of.emplace(t.id, index);
    for (const std::uint32_t a : touched) accounts[a].draws.push_back(index);
    draws.push_back(std::move(d));
  }
  static void take(LineUse& use, std::int64_t from_reserved, std::int64_t to_drawn) {
    use.reserved -= from_reserved;
    use.drawn += to_drawn;
    assert(use.reserved >= 0 && use.drawn >= 0);
  }

  Refusals release(const Taking& t) {
    return take_from(t, [&](Refusals& out, const SetAside& from) {
      const auto parts = from.meant(out, t);
      if (!out.empty()) return;
      for (const Meant& m : parts)
        if (Ended* const over = from.over(m.line))
          over->take(m);
        else
          release_line(from.reservation, m);
    });
  }
  void release_line(OpenReservation& r, const Meant& m) {
    OpenLine& line = r.lines[m.line];
    for (const std::uint32_t a : line.accounts)
      book(accounts[a].limits, {a, &line, r.on, {-m.quantity, 0}, {-m.value, 0}});
    take(line.quantity, m.quantity, 0);
    take(line.value, m.value, 0);
  }
  Meant release_rest(OpenReservation& r, std::uint32_t line) {
    const Meant rest{line, r.lines[line].quantity.reserved, r.lines[line].value.reserved};
    release_line(r, rest);
    return rest;
  }
  /// The lines of a reservation end with an authorisation that they are on; of several that one ends with,
  /// the first that was told counts.
  void end_lines(std::uint32_t index, std::uint32_t with, std::size_t recorded) {
    OpenReservation& r = *reservations[index];
    for (std::uint32_t i = 0; i < r.lines.size(); ++i) {
      const auto& on = r.lines[i].accounts;
      if (std::find(on.begin(), on.end(), with) == on.end()) continue;
      const auto [it, fresh] = ended.try_emplace({index, i}, Ended{recorded, accounts[with].id(), 0, 0});
      Ended& over = it->second;
      if (!fresh && recorded < over.recorded) {
        over.recorded = recorded;
        over.authorisation = accounts[with].id();
      }
      const Meant rest = release_rest(r, i);
      over.quantity += rest.quantity;
      over.value += rest.value;
    }
  }

  /// By all that is recorded, or by what was when it was drawn.
  static bool restores(const Account& a, const Draw& d) {
    if (terms_as_of(a, {d.on}).text.restores_on_return) return true;
    const auto then = sights_of(d.on, d.recorded);
    return std::any_of(then.begin(), then.end(),
                       [&](const Sight& as_of) { return terms_as_of(a, as_of).text.restores_on_return; });
  }
  Refusals restore(const Taking& t) {
    Refusals out;
    const auto it = draw_of.find(t.of);
    if (it == draw_of.end())
      return {{Why::no_such_draw, "", fmt::format("nothing was drawn as `{}`", t.of), {}}};
    Draw& d = draws[it->second];
    OpenReservation& r = *reservations[d.reservation];
    const auto part_of = [&](std::uint32_t line) {
      return std::find_if(d.parts.begin(), d.parts.end(), [&](const DrawnPart& p) { return p.line == line; });
    };
    const auto parts = meant(out, t, r.lines, [&](std::uint32_t i) {
      const auto p = part_of(i);
      return p == d.parts.end() ? std::pair<std::int64_t, std::int64_t>()
                                : std::pair(p->quantity - p->quantity_back, p->value - p->value_back);
    });
    if (!out.empty()) return out;
    for (const Meant& m : parts) {
      const OpenLine& line = r.lines[m.line];
      if (std::none_of(line.accounts.begin(), line.accounts.end(),
                       [&](std::uint32_t a) { return restores(accounts[a], d); }))
        out.push_back({Why::not_restored,
                       accounts[line.accounts.front()].id(),
                       fmt::format("no instrument of this line gives its balance back on return ({})",
                                   fmt::join(line.asked.under, ", ")),
                       {}});
    }
    if (!out.empty()) return out;
    for (const Meant& m : parts) {
      const OpenLine& line = r.lines[m.line];
      DrawnPart& p = *part_of(m.line);
      if (p.restores.empty())
        for (const std::uint32_t a : line.accounts) p.restores.push_back(restores(accounts[a], d));
      p.quantity_back += m.quantity;
      p.value_back += m.value;
      for (std::size_t i = 0; i < line.accounts.size(); ++i)
        if (p.restores[i])
          book(accounts[line.accounts[i]].limits,
               {line.accounts[i], p.as, d.on, {0, -m.quantity}, {0, -m.value}});
    }
    return out;
  }

  // --- authorisations ---
  static std::string begins(const Authorisation& a) {
    return fmt::format("a record of `{}` begins as draft, submitted, granted or refused, not {}",
                       a.instrument.id, to_string(a.state));
  }
  static bool ends(AuthorisationState s) {
    return s == AuthorisationState::revoked || s == AuthorisationState::expired;
  }
  Refusals authorise(const Authorisation& a, Date on, ActPlace recorded) {
    const std::string& id = a.instrument.id;
    Account* known = account(id);
    if (!known) {
      if (!may_begin_as(a.state)) return {{Why::begins_otherwise, id, begins(a), {}}};
      if (reservation_of(id))
        return {{Why::id_taken, id, fmt::format("there is already a record `{}`", id), {}}};
      account_of.emplace(id, static_cast<std::uint32_t>(accounts.size()));
      accounts.push_back({{{on, a, recorded}}, accounts_of(a.instrument.limits), {}, {}});
      return {};
    }
    auto& history = known->history;
    const auto at =
        std::upper_bound(history.begin(), history.end(), on, [](Date d, const Terms& t) { return d < t.on; });
    const auto refuse = [&](AuthorisationState from, AuthorisationState to) {
      return Refusals{{Why::change_not_allowed,
                       id,
                       fmt::format("`{}` is {} and cannot become {}", id, to_string(from), to_string(to)),
                       {}}};
    };
    if (at == history.begin() && !may_begin_as(a.state)) return {{Why::begins_otherwise, id, begins(a), {}}};
    if (at != history.begin() && !may_become(std::prev(at)->text.state, a.state))
      return refuse(std::prev(at)->text.state, a.state);
    if (at != history.end() && !may_become(a.state, at->text.state)) return refuse(a.state, at->text.state);

    const bool last = at == history.end();
    auto used = bookings(*known, last ? far_future : at->on);
    if (last && ends(a.state))  // it frees what is set aside
      for (Booking& b : used) b.quantity.reserved = b.value.reserved = 0;
    auto limits = accounts_of(a.instrument.limits);
    Refusals out;
    for (const Booking& b : used) countable_under(out, *known, limits, b);
    if (!limits.empty() && !can_be_summed(used))
      out.push_back(
          {Why::too_large, id, fmt::format("`{}` has been used for more than can be counted", id), {}});
    if (!out.empty()) return out;
    for (const Booking& b : used) book(limits, b);
    Refusals over;
    overdrawn(over, id, limits, account_of.find(id)->second, used);
    if (!over.empty() && used_knowing(recorded, limits, used)) return over;
    for (const Refusal& r : over)
      late.push_back({id, id, recorded.place,
                      fmt::format("{} more than it grants were drawn or reserved before this was recorded",
                                  to_string(*r.lacks))});
    if (last && ends(a.state))
      for (const std::uint32_t r : std::vector(known->reservations))
        end_lines(r, account_of.find(id)->second, recorded.place);
    history.insert(at, {on, a, recorded});
    if (last) known->limits = std::move(limits);
    return out;
  }
  /// Whether some use that was recorded after an act is above its limits, which are booked with all uses.
  static bool used_knowing(const ActPlace& act, const std::vector<LimitAccount>& limits,
                           const std::vector<Booking>& used) {
    return std::any_of(used.begin(), used.end(), [&](const Booking& b) {
      return b.recorded > act.place && std::any_of(limits.begin(), limits.end(), [&](const LimitAccount& l) {
               return l.applies(b.line->asked) && l.free(*b.line, b.day) < 0;
             });
    });
  }
  /// Where nothing limited them, uses may come to more than 64 bits hold.
  static bool can_be_summed(const std::vector<Booking>& used) {
    std::int64_t quantity = 0, value = 0;
    return std::none_of(used.begin(), used.end(), [&](const Booking& b) {
      return __builtin_add_overflow(quantity, b.quantity.reserved + b.quantity.drawn, &quantity) ||
             __builtin_add_overflow(value, b.value.reserved + b.value.drawn, &value);
    });
  }
  /// A new limit counts what was used before it; that is only possible in its own unit.
  static void countable_under(Refusals& out, const Account& a, const std::vector<LimitAccount>& limits,
                              const Booking& b) {
    for (const LimitAccount& l : limits) {
      const bool counts = l.limit().measure == Measure::quantity;
      const auto& amount = counts ? b.line->asked.quantity : b.line->asked.value;
      if (l.applies(b.line->asked) && (!amount || amount->unit != l.limit().most.unit))
        out.push_back(
            {Why::other_unit,
             a.id(),
             fmt::format("`{}` has been used in amounts that {} cannot count", a.id(), to_string(l.limit())),
             {}});
    }
  }
  Refusals expire(const std::string& id, Date on, ActPlace recorded) {
    if (const auto place = reservation_of(id)) {
      OpenReservation& held = *reservations[*place];
      if (!held.until || on <= *held.until)
        return {{Why::change_not_allowed,
                 "",
                 held.until ? fmt::format("`{}` is held to {}", id, to_string(*held.until))
                            : fmt::format("`{}` is held without end: release it instead", id),
                 {}}};
      for (std::uint32_t i = 0; i < held.lines.size(); ++i) release_rest(held, i);
      return {};
    }
    const Account* a = account(id);
    if (!a)
      return {{Why::no_such_authorisation,
               id,
               fmt::format("there is no authorisation and no reservation `{}`", id),
               {}}};
    Authorisation over = a->latest();
    if (on <= over.instrument.valid.to.earliest)
      return {{Why::change_not_allowed,
               id,
               over.instrument.valid.to.earliest == far_future
                   ? fmt::format("`{}` is valid without end", id)
                   : fmt::format("`{}` is valid to {}", id, to_string(over.instrument.valid.to.earliest)),
               {}}};
    over.state = AuthorisationState::expired;
    return authorise(over, on, recorded);
  }

  // --- views ---
  /// Some limit on everything has been drawn to its end by that day.
  bool exhausted(const Account& a, Date on) const {
    const Authorisation& t = terms_as_of(a, {on}).text;
    auto limits = accounts_of(t.instrument.limits);
    for (const Booking& b : bookings(a, Date{on.days + 1}))
      if (b.quantity.drawn != 0 || b.value.drawn != 0) book(limits, b);
    return std::any_of(limits.begin(), limits.end(), [&](const LimitAccount& l) {
      const Limit& m = l.limit();
      if (m.period != PeriodKind::whole || m.each_consignee || !m.items.empty() || !m.consignees.empty())
        return false;
      return l.rows(on, consignees).front().free.ten_thousandths <= 0;
    });
  }
};

Book::Book() : body_(std::make_unique<Body>()) {}
Book::~Book() = default;
Book::Book(Book&&) noexcept = default;
Book& Book::operator=(Book&&) noexcept = default;

void Book::expect(const Authorisation& a, Date on, ActPlace recorded) {
  body_->expected[a.instrument.id].push_back({on, a, recorded});
}
Refusals Book::authorise(const Authorisation& a, Date on, ActPlace recorded) {
  return body_->authorise(a, on, recorded);
}
Refusals Book::reserve(Reservation r) {
  return body_->reserve(std::move(r));
}
Refusals Book::draw(const Taking& t) {
  return body_->draw(t);
}
Refusals Book::release(const Taking& t) {
  return body_->release(t);
}
Refusals Book::restore(const Taking& t) {
  return body_->restore(t);
}
Refusals Book::expire(const std::string& id, Date on, ActPlace recorded) {
  return body_->expire(id, on, recorded);
}
const std::vector<LateUse>& Book::late() const {
  return body_->late;
}

std::vector<std::string> Book::ids() const {
  std::vector<std::string> out;
  for (const Account& a : body_->accounts) out.push_back(a.id());
  return out;
}
const Authorisation* Book::terms(std::string_view id, Date on, std::size_t before) const {
  const Account* a = body_->account(id);
  return a ? &terms_as_of(*a, {on, before}).text : nullptr;
}
Date Book::known_from(std::string_view id) const {
  const Account* a = body_->account(id);
  assert(a);
  return a->history.front().on;
}
AuthorisationState Book::state(std::string_view id, Date on) const {
  const Account* a = body_->account(id);
  assert(a);
  const Authorisation& t = terms_as_of(*a, {on}).text;
  if (!in_effect(t.state)) return t.state;
  if (on > t.instrument.valid.to.earliest) return AuthorisationState::expired;
  return body_->exhausted(*a, on) ? AuthorisationState::exhausted : t.state;
}
std::vector<BalanceRow> Book::balances(std::string_view id, Date on) const {
  std::vector<BalanceRow> out;
  if (const Account* a = body_->account(id))
    for (const LimitAccount& l : a->limits)
      for (BalanceRow& row : l.rows(on, body_->consignees)) out.push_back(std::move(row));
  return out;
}
const OpenReservation* Book::reservation(std::string_view id) const {
  const auto place = body_->reservation_of(id);
  return place ? body_->reservations[*place].get() : nullptr;
}
std::vector<const OpenReservation*> Book::reservations() const {
  std::vector<const OpenReservation*> out;
  for (const auto& r : body_->reservations) out.push_back(r.get());
  return out;
}

std::vector<std::string> Book::audit() const {
  std::vector<std::string> out;
  for (const Account& a : body_->accounts) {
    auto again = accounts_of(a.latest().instrument.limits);
    for (const Booking& b : body_->bookings(a, far_future)) Body::book(again, b);
    for (std::size_t i = 0; i < again.size(); ++i)
      if (const std::string d = a.limits[i].difference(again[i]); !d.empty())
        out.push_back(fmt::format("`{}`: {}", a.id(), d));
  }
  return out;
}

}  // namespace sekisho
