#include "custody/custody.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "model/corrections.h"

namespace sekisho {
namespace {

/// What both say, or nothing.
void agree(std::string& said, const std::string& other) {
  if (said != other) said.clear();
}
/// The states whose licence an agreement is.
using Agreements = std::map<std::string, std::vector<std::string>>;

std::string amount_or_none(const std::optional<Amount>& a) {
  return a ? to_string(*a) : "amounts that make no one amount";
}

}  // namespace

/// One event on the lots as they are: first everything is looked up, then everything changes.
class Custody::Step {
 public:
  Step(Custody& custody, const Event& event, const Agreements& agreements, const World& parties,
       Diagnostics& diags)
      : c_(custody), e_(event), agreements_(agreements), parties_(parties), diags_(diags) {}

  void run() {
    if (const auto* a = std::get_if<Attest>(&e_.body)) return attest(*a);
    const Goods* g = e_.goods();
    if (g == nullptr) return;
    g_ = g;
    const std::size_t before = diags_.all().size();
    if (g->gives.size() > 1)
      for (const LotGiven& l : g->gives) ++times_given_[l.lot];
    taken_.reserve(g->takes.size());
    for (const LotTaken& t : g->takes) look_up(t);
    for (const std::string& lot : g->made_with) there(lot, e_.at);
    for (const LotGiven& l : g->gives) must_be_new(l);
    if (diags_.all().size() == before) check();
    if (diags_.all().size() == before) change();
  }

 private:
  /// So much of a state as the event takes.
  struct Taken {
    std::uint32_t state;
    Amount quantity;
    std::vector<std::string> serials;
    bool whole;
    const LotTaken* said;
  };

  // --- what is taken and given ---
  /// What there is of a lot; none, after a message, if there is no such lot.
  std::optional<StateId> there(const std::string& lot, TextSpan at) {
    const auto state = c_.lot(lot);
    if (!state) diags_.emit(code::no_such_lot, at, to_string(e_.on), lot);
    return state;
  }
  void look_up(const LotTaken& t) {
    const auto live = there(t.lot, t.at);
    if (!live) return;
    if (of_lot(t.lot) != nullptr) {
      diags_.emit(code::key_twice, t.at, t.lot);
      return;
    }
    const LotState& s = c_.states_[*live];
    Taken taken{*live, t.quantity.value_or(s.quantity), t.serials, true, &t};
    for (const std::string& n : t.serials)
      if (!std::binary_search(s.serials.begin(), s.serials.end(), n)) {
        diags_.emit(code::no_such_serial, t.at, t.lot, n);
        return;
      }
    if (!t.serials.empty())
      taken.quantity = {static_cast<std::int64_t>(t.serials.size()) * one_whole, s.quantity.unit};
    const bool counted = e_.kind == EventKind::inventory;
    if (taken.quantity.unit != s.quantity.unit ||
        (!counted && taken.quantity.ten_thousandths > s.quantity.ten_thousandths)) {
      diags_.emit(code::lot_overdrawn, t.at, t.lot, to_string(s.quantity), to_string(taken.quantity));
      return;
    }
    taken.whole = taken.quantity == s.quantity;
    if (!taken.whole && !counted && t.serials.empty() && !s.serials.empty()) {
      diags_.emit(code::wrong_form, t.at, "the serial numbers of the part: the pieces of this lot have them");
      return;
    }
    if (taken.whole) taken.serials = s.serials;
    c_.graph().expect_shares(taken.state);
    if (g_->takes.size() > 1) place_of_[t.lot] = taken_.size();
    taken_.push_back(std::move(taken));
  }
  /// What is taken of a lot; nullptr: nothing.
  const Taken* of_lot(std::string_view lot) const {
    if (g_->takes.size() == 1)
      return !taken_.empty() && taken_.front().said->lot == lot ? &taken_.front() : nullptr;
    const auto it = place_of_.find(lot);
    return it == place_of_.end() ? nullptr : &taken_[it->second];
  }
  /// A number is new, or the event takes all that bore it.
  void must_be_new(const LotGiven& l) {
    const Taken* same = of_lot(l.lot);
    const bool comes_back = e_.kind != EventKind::release && same != nullptr && same->whole;
    if (!comes_back && c_.lot(l.lot)) diags_.emit(code::lot_exists, l.at, to_string(e_.on), l.lot);
    if (const auto it = times_given_.find(l.lot); it != times_given_.end() && it->second > 1)
      diags_.emit(code::key_twice, l.at, l.lot);
  }

  // --- what must hold of the whole event ---
  void check() {
    switch (e_.kind) {
      case EventKind::make: new_numbers(); break;
      case EventKind::assemble:
        of_other_goods();
        new_numbers();
        break;
      case EventKind::disassemble:
        no_more_of_an_item();
        new_numbers();
        break;
      case EventKind::split:
        only_one(taken_.size(), "one lot that is split", "split each by an event of its own");
        conserved();
        break;
      case EventKind::merge:
        only_one(g_->gives.size(), "one lot that the merged ones become", "`split` it afterwards");
        conserved();
        break;
      case EventKind::release:
        only_one(taken_.size(), "one lot of which copies are given", "release each by an event of its own");
        new_numbers();
        break;
      case EventKind::repair:
        repaired_conserved();
        no_more_of_an_item();
        new_numbers();
        break;
      case EventKind::transfer: parts_have_numbers(); break;
      case EventKind::lend:
        parts_have_numbers();
        counted_together();
        break;
      case EventKind::give_back:
      case EventKind::return_substitute:
        parts_have_numbers();
        comes_back();
        break;
      default: break;
    }
  }
  /// Of several lots nobody says which of them is in which lot given.
  void only_one(std::size_t lots, const char* expected, const char* cure) {
    if (lots != 1) diags_.emit(code::wrong_form, e_.at, expected).fix(cure);
  }
  /// Goods are built of others: what has the number and the item of a lot that goes in would be that lot, and
  /// bear less than lies on it.
  void of_other_goods() {
    for (const LotGiven& l : g_->gives)
      if (const Taken* t = of_lot(l.lot); t != nullptr && c_.states_[t->state].item == l.item)
        diags_.emit(code::wrong_form, l.at, "a number or an item other than that of a lot that is built in")
            .fix("what stays what it is, and is worked on, is a `repair`");
  }
  /// A serial number is that of one piece of its item, as long as the piece is there.
  void new_numbers() {
    std::map<std::pair<std::string_view, std::string_view>, const LotGiven*> by_number;
    for (const LotGiven& l : g_->gives)
      for (const std::string& n : l.serials) {
        const auto [first, is_new] = by_number.try_emplace({l.item, n}, &l);
        const std::string holder = is_new ? c_.holder_of(l.item, n) : first->second->lot;
        const bool taken = is_new && e_.kind != EventKind::release && takes_piece(holder, n);
        if (!holder.empty() && !(taken && stays_itself(l)))
          diags_.emit(code::serial_exists, l.at, holder, l.item, n)
              .fix(taken ? "what is worked on and stays what it is, is repaired by an event of its own"
                         : "correct the number, or the item, of one of the two");
      }
  }
  /// Whether a piece that is taken and comes in this lot bears what lay on it: what is built in bears less
  /// than that, and what is taken out bears what lay on something else.
  bool stays_itself(const LotGiven& l) const {
    return e_.kind == EventKind::disassemble || (e_.kind == EventKind::repair && repaired().second == &l);
  }
  bool takes_piece(const std::string& lot, const std::string& serial) const {
    const Taken* t = of_lot(lot);
    return t != nullptr && std::binary_search(t->serials.begin(), t->serials.end(), serial);
  }
  /// None: they are counted in several units, or are more than can be counted.
  template <class T>
  static std::optional<Amount> sum(const std::vector<T>& all) {
    Amount total = all.front().quantity;
    for (std::size_t i = 1; i < all.size(); ++i) {
      const Amount& more = all[i].quantity;
      if (more.unit != total.unit ||
          __builtin_add_overflow(total.ten_thousandths, more.ten_thousandths, &total.ten_thousandths))
        return std::nullopt;
    }
    return total;
  }
  /// As much goes in as comes out, of one item and with the same numbers.
  void conserved() {
    const auto in = sum(taken_), out = sum(g_->gives);
    if (!in || in != out)
      diags_.emit(code::not_conserved, e_.at, e_.id, amount_or_none(in), amount_or_none(out));
    Numbers numbers_in, numbers_out;
    std::set<std::string_view> items;
    for (const Taken& t : taken_) {
      numbers_in.insert(t.serials.begin(), t.serials.end());
      items.insert(c_.states_[t.state].item);
    }
    for (const LotGiven& l : g_->gives) {
      numbers_out.insert(l.serials.begin(), l.serials.end());
      for (const std::string_view item : items)
        if (!one_item(item, l)) break;
    }
    same_numbers(numbers_in, numbers_out, e_.at);
  }
  using Numbers = std::multiset<std::string>;
  void same_numbers(const Numbers& in, const Numbers& out, TextSpan at) {
    if (in != out) diags_.emit(code::not_conserved, at, e_.id, numbers(in), numbers(out));
  }
  static std::string numbers(const Numbers& all) {
    return all.empty() ? "no numbered pieces" : fmt::format("the pieces {}", fmt::join(all, ", "));
  }
  bool one_item(std::string_view taken, const LotGiven& l) {
    if (l.item != taken) diags_.emit(code::not_conserved, l.at, e_.id, taken, l.item);
    return l.item == taken;
  }
  /// What is taken apart or repaired gives no more of an item than was taken of it; what it gives of others,
  /// nobody counts.
  void no_more_of_an_item() {
    std::map<std::string_view, std::pair<std::vector<Taken>, std::vector<LotGiven>>> of;
    for (const Taken& t : taken_) of[c_.states_[t.state].item].first.push_back(t);
    for (const LotGiven& l : g_->gives)
      if (const auto it = of.find(l.item); it != of.end()) it->second.second.push_back(l);
    for (const auto& [item, lots] : of) {
      if (lots.second.empty()) continue;
      const auto in = sum(lots.first), out = sum(lots.second);
      if (in && out && in->unit == out->unit && out->ten_thousandths > in->ten_thousandths)
        diags_.emit(code::not_conserved, e_.at, e_.id, to_string(*in), to_string(*out));
    }
  }
  void repaired_conserved() {
    const auto [t, l] = repaired();
    const auto both = std::count_if(g_->gives.begin(), g_->gives.end(),
                                    [&](const LotGiven& given) { return of_lot(given.lot) != nullptr; });
    only_one(static_cast<std::size_t>(both), "the one lot that is repaired among those taken and those given",
             both == 0 ? "give it with the number that it had"
                       : "repair each by an event of its own; a part taken out has a number of its own");
    if (both != 1) return;
    one_item(c_.states_[t->state].item, *l);
    if (t->quantity != l->quantity || !t->whole)
      diags_.emit(code::not_conserved, l->at, e_.id, to_string(t->quantity), to_string(l->quantity));
    same_numbers({t->serials.begin(), t->serials.end()}, {l->serials.begin(), l->serials.end()}, l->at);
  }
  /// What is taken and given with the same number.
  std::pair<const Taken*, const LotGiven*> repaired() const {
    for (const LotGiven& l : g_->gives)
      if (const Taken* t = of_lot(l.lot); t != nullptr) return {t, &l};
    return {};
  }
  void parts_have_numbers() {
    std::map<std::string_view, std::size_t> times;  // of several, how often one has a number afterwards
    if (taken_.size() > 1)
      for (const Taken& t : taken_) ++times[number_after(t)];
    for (const Taken& t : taken_) {
      if (!t.whole && t.said->as.empty())
        diags_.emit(code::part_without_number, t.said->at, t.said->lot)
            .fix("give it one with `as`: the rest keeps the lot's");
      if (!t.said->as.empty() && t.said->as != t.said->lot && c_.lot(t.said->as))
        diags_.emit(code::lot_exists, t.said->at, to_string(e_.on), t.said->as);
      if (!t.whole && t.said->as == t.said->lot)
        diags_.emit(code::lot_exists, t.said->at, to_string(e_.on), t.said->as);
      if (taken_.size() > 1 && times[number_after(t)] > 1)
        diags_.emit(code::key_twice, t.said->at, number_after(t))
            .fix("give each part its own number; `merge` makes one lot of them");
    }
  }
  static const std::string& number_after(const Taken& t) {
    return t.said->as.empty() ? t.said->lot : t.said->as;
  }
  /// What is out of a lending is counted as one amount.
  void counted_together() {
    if (!sum(taken_))
      diags_.emit(code::wrong_form, e_.at, "lots that can be counted as one amount")
          .fix("lend what is counted otherwise by an event of its own");
  }
  void comes_back() {
    const auto of = c_.loan_of_.find(g_->of);
    if (of == c_.loan_of_.end()) {
      diags_.emit(code::no_such_event, e_.at, "lending", g_->of);
      return;
    }
    loan_ = of->second;
    const Loan& l = c_.loans_[loan_];
    if (e_.kind == EventKind::give_back)
      for (const Taken& t : taken_)
        if (!is_out(t.state))
          diags_
              .emit(code::wrong_form, t.said->at,
                    fmt::format("goods that `{}` lent and that are still out", g_->of))
              .fix("other goods that come in their place are a `return_substitute`");
    const auto back = sum(taken_);
    if (!back || back->unit != l.out.unit || back->ten_thousandths > l.out.ten_thousandths)
      diags_.emit(code::more_than_lent, e_.at, g_->of, to_string(l.out), amount_or_none(back));
  }

  /// Whether a state is of the item that the loan moved and came of it on some way on which nothing came back
  /// since.
  bool is_out(StateId state) const {
    const std::vector<StateId> lent = c_.loan_trails_.out_of(loan_, state);
    return std::any_of(lent.begin(), lent.end(),
                       [&](StateId s) { return c_.states_[s].item == c_.states_[state].item; });
  }

  // --- what changes ---
  void change() {
    if (!taken_.empty()) c_.taken_from_.emplace(&e_, c_.taken_.size());
    for (const Taken& t : taken_) {
      c_.taken_.push_back(t.state);
      given_by_holder(t);
    }
    switch (e_.kind) {
      case EventKind::make:
      case EventKind::assemble: build(); break;
      case EventKind::disassemble: take_apart(); break;
      case EventKind::split:
      case EventKind::merge: regroup(); break;
      case EventKind::transfer: move(g_->to, g_->country); break;
      case EventKind::lend: lend(); break;
      case EventKind::give_back:
      case EventKind::return_substitute: give_back(); break;
      case EventKind::release: release(); break;
      case EventKind::repair: repair(); break;
      case EventKind::consume:
      case EventKind::destroy:
      case EventKind::lose:
        for (const Taken& t : taken_) {
          gone_while_lent(t);
          leave(t);
        }
        break;
      case EventKind::inventory:
        for (const Taken& t : taken_)
          if (!t.whole)
            diags_.emit(code::counted_otherwise, t.said->at, t.said->lot,
                        to_string(c_.states_[t.state].quantity), to_string(t.quantity));
        break;
      default: break;
    }
  }
  /// Who gives holds the goods, belongs to who holds them, or has the holder as a part.
  void given_by_holder(const Taken& t) {
    const std::string& holder = c_.states_[t.state].holder;
    if (g_->from.empty() || holder.empty() || parties_.within(g_->from, holder) ||
        parties_.within(holder, g_->from))
      return;
    diags_.emit(code::given_by_another, t.said->at, t.said->lot, holder, g_->from)
        .fix(fmt::format("record how it came to `{}`, or correct `from`", g_->from));
  }
  /// @param says_worth  whether the state's value is said of it, and not only handed on
  void add(LotState s, const std::vector<Origin>& origins, const Added& added = {}, bool says_worth = false) {
    s.by = &e_;
    const StateId id =
        c_.marks_.graph().append(origins, added, says_worth ? c_.marks_.worth(s.value) : Worth{});
    c_.loan_trails_.add(origins, by_loan(origins), loan_);
    Bearers& bearers = c_.by_number_[s.lot];
    bearers.states.push_back(id);
    bearers.live = true;
    for (const std::string& n : s.serials) c_.numbered_[{s.item, n}] = id;
    c_.states_.push_back(std::move(s));
  }
  /// What an event leaves behind it neither lends nor gives back: the rest of a lot that was lent in part
  /// never was out.
  LoanTrails::By by_loan(const std::vector<Origin>& origins) const {
    if (origins.empty() || origins.front().how == Descent::rest) return LoanTrails::By::other;
    switch (e_.kind) {
      case EventKind::lend: return LoanTrails::By::lent;
      case EventKind::give_back:
      case EventKind::return_substitute: return LoanTrails::By::came_back;
      default: return LoanTrails::By::other;
    }
  }
  /// So much of a state as went into another.
  Origin origin(StateId state, Descent how, const Amount& taken) const {
    const std::int64_t of = c_.states_[state].quantity.ten_thousandths;
    if (of == 0 || taken.ten_thousandths == of) return {state, how};
    const std::int64_t common = std::gcd(taken.ten_thousandths, of);
    return {state, how, taken.ten_thousandths / common, of / common};
  }
  Origin origin(const Taken& t, Descent how) const { return origin(t.state, how, t.quantity); }

  /// The goods go; what is left keeps the number.
  void leave(const Taken& t) {
    if (t.whole) {
      c_.by_number_.find(t.said->lot)->second.live = false;
      return;
    }
    LotState rest = c_.states_[t.state];
    rest.quantity.ten_thousandths -= t.quantity.ten_thousandths;
    std::erase_if(rest.serials, [&](const std::string& n) {
      return std::binary_search(t.serials.begin(), t.serials.end(), n);
    });
    rest.value.reset();
    const Amount left = rest.quantity;
    add(std::move(rest), {origin(t.state, Descent::rest, left)});
  }
  static LotState given(const LotGiven& l) {
    LotState s;
    s.lot = l.lot;
    s.item = l.item;
    s.quantity = l.quantity;
    s.serials = l.serials;
    s.value = l.value;
    return s;
  }
  void build() {
    const auto licence = agreements_.find(g_->made_under);
    Added arising = c_.marks_.arising(
        g_->made_in, licence == agreements_.end() ? std::vector<std::string>{} : licence->second, e_.on);
    arising.divided = g_->gives.size() > 1;
    std::vector<Origin> origins;
    for (const Taken& t : taken_) origins.push_back(origin(t, Descent::built_in));
    for (const std::string& lot : g_->made_with) origins.push_back({*c_.lot(lot), Descent::made_with});
    for (const Taken& t : taken_) leave(t);
    for (const LotGiven& l : g_->gives) {
      LotState s = given(l);
      s.made_in = g_->made_in;
      s.maker = s.holder = g_->maker;
      s.made_under = g_->made_under;
      s.country = g_->made_in;
      add(std::move(s), origins, arising, true);
    }
  }
  LotState out_of(const Taken& t, const LotGiven& l) const {
    const LotState& whole = c_.states_[t.state];
    LotState s = given(l);
    s.holder = whole.holder;
    s.country = whole.country;
    return s;
  }
  /// What all that went into it say in common.
  void join(LotState& s, const Taken& t) const {
    const LotState& other = c_.states_[t.state];
    agree(s.holder, other.holder);
    agree(s.country, other.country);
    agree(s.made_in, other.made_in);
    agree(s.maker, other.maker);
    agree(s.made_under, other.made_under);
  }
  /// The first of them, as far as all say the same; with no pieces.
  LotState in_common() const {
    LotState s = c_.states_[taken_.front().state];
    s.serials.clear();
    for (std::size_t i = 1; i < taken_.size(); ++i) join(s, taken_[i]);
    return s;
  }
  void take_apart() {
    for (const Taken& t : taken_) leave(t);
    std::vector<Origin> origins;
    for (const Taken& t : taken_) origins.push_back(origin(t, Descent::taken_out));
    for (const LotGiven& l : g_->gives) {
      LotState s = out_of(taken_.front(), l);
      for (std::size_t i = 1; i < taken_.size(); ++i) join(s, taken_[i]);
      add(std::move(s), origins, {}, true);
    }
  }
  void regroup() {
    const bool split = e_.kind == EventKind::split;
    const LotState common = in_common();
    for (const Taken& t : taken_) leave(t);
    for (const LotGiven& l : g_->gives) {
      LotState s = common;
      s.lot = l.lot;
      s.quantity = l.quantity;
      s.serials = l.serials;
      s.value = l.value;
      std::vector<Origin> origins;
      for (const Taken& t : taken_)
        origins.push_back(split ? origin(t.state, Descent::part, l.quantity) : origin(t, Descent::united));
      add(std::move(s), origins, {}, l.value.has_value());
    }
  }
  void move(const std::string& to, const std::string& country) {
    for (const Taken& t : taken_) move(t, to, country);
  }
  void move(const Taken& t, const std::string& to, const std::string& country) {
    LotState s = c_.states_[t.state];
    const Origin from = origin(t, t.whole ? Descent::same : Descent::part);
    leave(t);
    s.lot = number_after(t);
    if (!t.whole) s.value.reset();
    s.quantity = t.quantity;
    s.serials = t.serials;
    s.holder = to;
    if (!country.empty()) s.country = country;
    add(std::move(s), {from}, bound());
  }
  Added bound() const {
    std::vector<ProvisoOn> binds = g_->binds;
    for (ProvisoOn& p : binds)
      if (!p.bound_on) p.bound_on = e_.on;
    Added out;
    out.marks = c_.marks_.provisos(binds);
    return out;
  }
  void lend() {
    const LotState& first = c_.states_[taken_.front().state];
    const Amount all = *sum(taken_);
    loan_ = static_cast<LoanId>(c_.loans_.size());
    c_.loan_of_.emplace(e_.id, loan_);
    c_.loans_.push_back(
        {&e_, g_->from.empty() ? first.holder : g_->from, first.country, all, all, {0, all.unit}});
    move(g_->to, g_->country);
  }
  /// Counted where what goes is the goods that were lent, or their part, and not what was made of them.
  void gone_while_lent(const Taken& t) {
    for (const LoanId of : c_.loan_trails_.still_out(t.state))
      if (Loan& l = c_.loans_[of]; t.quantity.unit == l.out.unit)
        l.gone.ten_thousandths += t.quantity.ten_thousandths;
  }
  void give_back() {
    Loan& l = c_.loans_[loan_];
    const std::int64_t back = sum(taken_)->ten_thousandths;
    l.out.ten_thousandths -= back;
    if (e_.kind == EventKind::return_substitute)  // first for those that cannot come back themselves
      l.gone.ten_thousandths -= std::min(back, l.gone.ten_thousandths);
    for (const Taken& t : taken_) {
      const auto [lender, country] = home(t.state);
      move(t, g_->to.empty() ? lender : g_->to, g_->country.empty() ? country : g_->country);
    }
  }
  /// Who held the goods before they were lent, and where; of what comes in their place, the first lot's.
  std::pair<std::string, std::string> home(StateId state) const {
    const Loan& loan = c_.loans_[loan_];
    std::optional<std::pair<std::string, std::string>> out;
    for (const StateId s : c_.loan_trails_.moved_by(loan_, state)) {
      const LotState& before = c_.states_[c_.graph().origins(s).front().state];
      if (!out) out.emplace(before.holder, before.country);
      agree(out->first, before.holder);
      agree(out->second, before.country);
    }
    if (!out) return {loan.lender, loan.lender_country};
    if (!loan.lent->goods()->from.empty()) out->first = loan.lender;
    return *out;
  }
  /// What is known stays; whoever comes to know it bears what lies on it.
  void release() {
    const StateId original = taken_.front().state;
    for (const LotGiven& l : g_->gives) {
      LotState s = c_.states_[original];
      s.lot = l.lot;
      s.item = l.item;
      s.quantity = l.quantity;
      s.serials = l.serials;
      s.value = l.value;
      s.holder = g_->to;
      if (!g_->country.empty()) s.country = g_->country;
      add(std::move(s), {{original, Descent::copied}}, bound(), l.value.has_value());
    }
  }
  void repair() {
    const auto [t, kept] = repaired();
    const Taken whole = *t;
    struct Out {
      LotState state;
      std::vector<Origin> origins;
      Added added;
    };
    std::vector<Out> out;
    for (const LotGiven& l : g_->gives) {
      if (&l != kept) {
        out.push_back({out_of(whole, l), {origin(whole, Descent::taken_out)}, {}});
        continue;
      }
      Out mended{c_.states_[whole.state], {origin(whole, Descent::same)}, {}};
      mended.added.divided = g_->gives.size() > 1;
      for (const Taken& put_in : taken_)
        if (put_in.state != whole.state) mended.origins.push_back(origin(put_in, Descent::built_in));
      out.push_back(std::move(mended));
    }
    for (const Taken& each : taken_) leave(each);
    for (Out& o : out) add(std::move(o.state), o.origins, o.added);
  }
  void attest(const Attest& a) {
    const auto live = there(a.lot, e_.at);
    if (!live) return;
    Added added;
    added.marks = c_.marks_.attested({a.jurisdiction, e_.by, e_.source, e_.on});
    add(c_.states_[*live], {{*live, Descent::same}}, added);
  }

  Custody& c_;
  const Event& e_;
  const Agreements& agreements_;
  const World& parties_;
  Diagnostics& diags_;
  const Goods* g_ = nullptr;
  LoanId loan_ = 0;  // that it makes, or that something comes back of
  std::vector<Taken> taken_;
  std::map<std::string_view, std::size_t> place_of_;     // of a lot among what is taken, where it is several
  std::map<std::string_view, std::size_t> times_given_;  // by its number, where several are
};

Custody::Custody(std::span<const Event> recorded, Date valid_on, const Law& law, const World& known,
                 Diagnostics& diags)
    : Custody(corrected(recorded, diags), valid_on, law, known, diags) {}

Custody::Custody(const std::vector<const Event*>& holding, Date valid_on, const Law& law, const World& known,
                 Diagnostics& diags)
    : marks_(law) {
  Agreements agreements;
  World parties;
  const auto enter = [&](const World& w) {
    for (const Agreement& a : w.agreements) agreements.emplace(a.id, a.licensor_states);
    parties.parties.insert(parties.parties.end(), w.parties.begin(), w.parties.end());
  };
  enter(known);
  std::size_t on_lots = 0;
  for (const Event* e : holding) {
    if (const auto* entered = std::get_if<Enter>(&e->body)) enter(entered->world);
    on_lots += e->goods() != nullptr || std::holds_alternative<Attest>(e->body);
  }
  marks_.graph().reserve(on_lots, on_lots * 3 / 2, on_lots / 3);  // as many as there are, mostly
  states_.reserve(on_lots);
  by_number_.reserve(on_lots / 2);
  for (const Event* e : holding) {
    if (e->on > valid_on) break;
    events_.push_back(e);
    Step(*this, *e, agreements, parties, diags).run();
  }
}

std::span<const StateId> Custody::states_of(std::string_view number) const {
  const auto it = by_number_.find(number);
  return it == by_number_.end() ? std::span<const StateId>{} : it->second.states;
}

std::optional<StateId> Custody::lot(std::string_view number) const {
  const auto it = by_number_.find(number);
  return it != by_number_.end() && it->second.live ? std::optional(it->second.states.back()) : std::nullopt;
}

std::optional<StateId> Custody::taken_by(const Event& event, std::string_view number) const {
  const auto from = taken_from_.find(&event);
  if (from == taken_from_.end()) return std::nullopt;
  const std::vector<LotTaken>& takes = event.goods()->takes;
  for (std::size_t i = 0; i < takes.size(); ++i)
    if (takes[i].lot == number) return taken_[from->second + i];
  return std::nullopt;
}

std::string Custody::holder_of(const std::string& item, const std::string& serial) const {
  const auto it = numbered_.find({item, serial});
  if (it == numbered_.end()) return {};
  const std::string& number = states_[it->second].lot;
  return lot(number) == it->second ? number : std::string();
}

Lot Custody::as_lot(StateId id) const {
  ExactShares shares(graph());
  return as_lot(id, shares);
}
Lot Custody::as_lot(StateId id, ExactShares& shares) const {
  const LotState& s = states_[id];
  Lot l;
  l.id = s.lot;
  l.item = s.item;
  l.made_in = s.made_in;
  l.maker = s.maker;
  l.made_under = s.made_under;
  l.holder = s.holder;
  l.country = s.country;
  l.source = s.by->source;
  l.provisos = marks_.provisos_on(id);
  l.attestations = marks_.attestations_on(id);
  l.rights = marks_.rights_on(id, shares);
  l.has_history = true;
  l.holds = s.quantity;
  l.at = s.by->at;
  return l;
}

World Custody::world() const {
  World w;
  const auto append = [](auto& into, const auto& more) { into.insert(into.end(), more.begin(), more.end()); };
  for (const Event* e : events_)
    if (const auto* entered = std::get_if<Enter>(&e->body)) {
      append(w.parties, entered->world.parties);
      append(w.agreements, entered->world.agreements);
      append(w.items, entered->world.items);
      append(w.records, entered->world.records);
      append(w.instruments, entered->world.instruments);
    }
  ExactShares shares(graph());
  std::vector<std::pair<std::string_view, StateId>> live;
  for (const auto& [number, bearers] : by_number_)
    if (bearers.live) live.emplace_back(number, bearers.states.back());
  std::sort(live.begin(), live.end());
  for (const auto& [number, state] : live) w.lots.push_back(as_lot(state, shares));
  return w;
}

}  // namespace sekisho
