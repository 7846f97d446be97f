#include "custody/custody.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "model/corrections.h"

namespace sekisho {
namespace {

bool same(const ProvisoOn& a, const ProvisoOn& b) {
  return a.proviso == b.proviso && a.with == b.with && a.bound_on == b.bound_on && a.by == b.by;
}
void unite(std::vector<ProvisoOn>& into, const ProvisoOn& p) {
  if (std::none_of(into.begin(), into.end(), [&](const ProvisoOn& q) { return same(p, q); }))
    into.push_back(p);
}
/// Keeps of the attestations those for whose jurisdiction the other lot has one too.
void keep_common(std::vector<Attestation>& kept, const std::vector<Attestation>& others) {
  std::erase_if(kept, [&](const Attestation& a) {
    return std::none_of(others.begin(), others.end(),
                        [&](const Attestation& b) { return a.jurisdiction == b.jurisdiction; });
  });
}
/// What both say, or nothing.
void agree(std::string& said, const std::string& other) {
  if (said != other) said.clear();
}
std::string amount_or_none(const std::optional<Amount>& a) {
  return a ? to_string(*a) : "amounts in several units";
}

}  // namespace

std::string_view to_string(Descent d) {
  static constexpr std::array words{"same", "part", "rest", "united", "built_in", "taken_out", "copied"};
  return words[static_cast<std::size_t>(d)];
}

/// One event on the lots as they are: first everything is looked up, then everything changes.
class Custody::Step {
 public:
  Step(Custody& custody, const Event& event, const SeeThrough& see_through, Diagnostics& diags)
      : c_(custody), e_(event), see_through_(see_through), diags_(diags) {}

  void run() {
    if (const auto* a = std::get_if<Attest>(&e_.body)) return attest(*a);
    const Goods* g = e_.goods();
    if (g == nullptr) return;
    g_ = g;
    const std::size_t before = diags_.all().size();
    for (const LotTaken& t : g->takes) look_up(t);
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
  void look_up(const LotTaken& t) {
    const auto live = c_.live_.find(t.lot);
    if (live == c_.live_.end()) {
      diags_.emit(code::no_such_lot, t.at, to_string(e_.on), t.lot);
      return;
    }
    if (std::any_of(taken_.begin(), taken_.end(), [&](const Taken& o) { return o.said->lot == t.lot; })) {
      diags_.emit(code::key_twice, t.at, t.lot);
      return;
    }
    const LotState& s = c_.states_[live->second];
    Taken taken{live->second, t.quantity.value_or(s.quantity), t.serials, true, &t};
    for (const std::string& n : t.serials)
      if (!std::binary_search(s.serials.begin(), s.serials.end(), n)) {
        diags_.emit(code::no_such_serial, t.at, t.lot, n);
        return;
      }
    if (!t.serials.empty())
      taken.quantity = {static_cast<std::int64_t>(t.serials.size()) * 10'000, s.quantity.unit};
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
    taken_.push_back(std::move(taken));
  }
  /// A number is new, or the event takes all that bore it.
  void must_be_new(const LotGiven& l) {
    const bool comes_back = e_.kind != EventKind::release &&
                            std::any_of(taken_.begin(), taken_.end(),
                                        [&](const Taken& t) { return t.whole && t.said->lot == l.lot; });
    if (!comes_back && c_.live_.contains(l.lot)) diags_.emit(code::lot_exists, l.at, to_string(e_.on), l.lot);
    const auto twice =
        std::count_if(g_->gives.begin(), g_->gives.end(), [&](const LotGiven& o) { return o.lot == l.lot; });
    if (twice > 1) diags_.emit(code::key_twice, l.at, l.lot);
  }

  // --- what must hold of the whole event ---
  void check() {
    switch (e_.kind) {
      case EventKind::split:
      case EventKind::merge: conserved(); break;
      case EventKind::repair: repaired_conserved(); break;
      case EventKind::transfer:
      case EventKind::lend: parts_have_numbers(); break;
      case EventKind::give_back:
      case EventKind::return_substitute:
        parts_have_numbers();
        comes_back();
        break;
      default: break;
    }
  }
  template <class T>
  static std::optional<Amount> sum(const std::vector<T>& all) {
    Amount total = all.front().quantity;
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (all[i].quantity.unit != total.unit) return std::nullopt;
      total.ten_thousandths += all[i].quantity.ten_thousandths;
    }
    return total;
  }
  /// As much goes in as comes out, of one item and with the same numbers.
  void conserved() {
    const auto in = sum(taken_), out = sum(g_->gives);
    if (!in || in != out)
      diags_.emit(code::not_conserved, e_.at, e_.id, amount_or_none(in), amount_or_none(out));
    std::multiset<std::string> numbers_in, numbers_out;
    for (const Taken& t : taken_) numbers_in.insert(t.serials.begin(), t.serials.end());
    for (const LotGiven& l : g_->gives) {
      numbers_out.insert(l.serials.begin(), l.serials.end());
      for (const Taken& t : taken_) one_item(t, l);
    }
    if (numbers_in != numbers_out)
      diags_.emit(code::not_conserved, e_.at, e_.id, numbers(numbers_in), numbers(numbers_out));
  }
  static std::string numbers(const std::multiset<std::string>& all) {
    return all.empty() ? "no numbered pieces" : fmt::format("the pieces {}", fmt::join(all, ", "));
  }
  void one_item(const Taken& t, const LotGiven& l) {
    const std::string& item = c_.states_[t.state].item;
    if (l.item != item) diags_.emit(code::not_conserved, l.at, e_.id, item, l.item);
  }
  void repaired_conserved() {
    const auto [t, l] = repaired();
    if (t == nullptr) {
      diags_.emit(code::wrong_form, e_.at, "the lot that is repaired among those taken and those given");
      return;
    }
    one_item(*t, *l);
    if (t->quantity != l->quantity || !t->whole || t->serials != l->serials)
      diags_.emit(code::not_conserved, l->at, e_.id, to_string(t->quantity), to_string(l->quantity));
  }
  std::pair<const Taken*, const LotGiven*> repaired() const {
    for (const Taken& t : taken_)
      for (const LotGiven& l : g_->gives)
        if (l.lot == t.said->lot) return {&t, &l};
    return {nullptr, nullptr};
  }
  void parts_have_numbers() {
    for (const Taken& t : taken_) {
      if (!t.whole && t.said->as.empty())
        diags_.emit(code::part_without_number, t.said->at, t.said->lot)
            .fix("give it one with `as`: the rest keeps the lot's");
      if (!t.said->as.empty() && t.said->as != t.said->lot && c_.live_.contains(t.said->as))
        diags_.emit(code::lot_exists, t.said->at, to_string(e_.on), t.said->as);
      if (!t.whole && t.said->as == t.said->lot)
        diags_.emit(code::lot_exists, t.said->at, to_string(e_.on), t.said->as);
    }
  }
  Loan* loan() const {
    const auto it =
        std::find_if(c_.loans_.begin(), c_.loans_.end(), [&](const Loan& l) { return l.lent->id == g_->of; });
    return it == c_.loans_.end() ? nullptr : &*it;
  }
  void comes_back() {
    const Loan* l = loan();
    if (l == nullptr) {
      diags_.emit(code::no_such_event, e_.at, "lending", g_->of);
      return;
    }
    if (e_.kind == EventKind::give_back)
      for (const Taken& t : taken_)
        if (!descends(t.state, l->lent))
          diags_.emit(code::wrong_form, t.said->at, fmt::format("goods that `{}` lent", g_->of))
              .fix("other goods that come in their place are a `return_substitute`");
    const auto back = sum(taken_);
    if (!back || back->unit != l->out.unit || back->ten_thousandths > l->out.ten_thousandths)
      diags_.emit(code::more_than_lent, e_.at, g_->of, to_string(l->out), amount_or_none(back));
  }

  /// Whether the event stands on some way back from the state.
  bool descends(std::uint32_t state, const Event* from) const {
    std::vector<std::uint32_t> open{state};
    std::set<std::uint32_t> seen;
    while (!open.empty()) {
      const LotState& s = c_.states_[open.back()];
      open.pop_back();
      if (s.by == from) return true;
      for (const LotState::Parent& p : s.parents)
        if (seen.insert(p.state).second) open.push_back(p.state);
    }
    return false;
  }

  // --- what changes ---
  void change() {
    for (const Taken& t : taken_) c_.taken_[{&e_, t.said->lot}] = t.state;
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
        for (const Taken& t : taken_) leave(t);
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
  void add(LotState s) {
    s.by = &e_;
    c_.live_[s.lot] = static_cast<std::uint32_t>(c_.states_.size());
    c_.states_.push_back(std::move(s));
  }
  /// The goods go; what is left keeps the number.
  void leave(const Taken& t) {
    if (t.whole) {
      c_.live_.erase(t.said->lot);
      return;
    }
    LotState rest = c_.states_[t.state];
    rest.parents = {{t.state, Descent::rest}};
    rest.quantity.ten_thousandths -= t.quantity.ten_thousandths;
    std::erase_if(rest.serials, [&](const std::string& n) {
      return std::find(t.serials.begin(), t.serials.end(), n) != t.serials.end();
    });
    rest.value.reset();
    add(std::move(rest));
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
  void bring_along(LotState& s, const Taken& t) const {
    for (const ProvisoOn& p : c_.states_[t.state].provisos)
      if (see_through_(p)) unite(s.provisos, p);
    s.parents.push_back({t.state, Descent::built_in});
  }
  void build() {
    for (const Taken& t : taken_) leave(t);
    for (const LotGiven& l : g_->gives) {
      LotState s = given(l);
      s.made_in = g_->made_in;
      s.maker = s.holder = g_->maker;
      s.made_under = g_->made_under;
      s.country = g_->made_in;
      for (const Taken& t : taken_) bring_along(s, t);
      add(std::move(s));
    }
  }
  LotState out_of(const Taken& t, const LotGiven& l) const {
    const LotState& whole = c_.states_[t.state];
    LotState s = given(l);
    s.holder = whole.holder;
    s.country = whole.country;
    s.provisos = whole.provisos;
    s.attestations = whole.attestations;
    s.parents = {{t.state, Descent::taken_out}};
    return s;
  }
  void join(LotState& s, const Taken& t, Descent how) const {
    const LotState& other = c_.states_[t.state];
    for (const ProvisoOn& p : other.provisos) unite(s.provisos, p);
    keep_common(s.attestations, other.attestations);
    agree(s.holder, other.holder);
    agree(s.country, other.country);
    agree(s.made_in, other.made_in);
    agree(s.maker, other.maker);
    agree(s.made_under, other.made_under);
    s.parents.push_back({t.state, how});
  }
  void take_apart() {
    for (const Taken& t : taken_) leave(t);
    for (const LotGiven& l : g_->gives) {
      LotState s = out_of(taken_.front(), l);
      for (std::size_t i = 1; i < taken_.size(); ++i) join(s, taken_[i], Descent::taken_out);
      add(std::move(s));
    }
  }
  void regroup() {
    const Descent how = e_.kind == EventKind::split ? Descent::part : Descent::united;
    for (const Taken& t : taken_) leave(t);
    for (const LotGiven& l : g_->gives) {
      LotState s = c_.states_[taken_.front().state];
      s.lot = l.lot;
      s.quantity = l.quantity;
      s.serials = l.serials;
      s.value = l.value;
      s.parents = {{taken_.front().state, how}};
      for (std::size_t i = 1; i < taken_.size(); ++i) join(s, taken_[i], how);
      add(std::move(s));
    }
  }
  void move(const std::string& to, const std::string& country) {
    for (const Taken& t : taken_) {
      LotState s = c_.states_[t.state];
      s.parents = {{t.state, t.whole ? Descent::same : Descent::part}};
      leave(t);
      if (!t.said->as.empty()) s.lot = t.said->as;
      if (!t.whole) s.value.reset();
      s.quantity = t.quantity;
      s.serials = t.serials;
      s.holder = to;
      if (!country.empty()) s.country = country;
      bind(s);
      add(std::move(s));
    }
  }
  void bind(LotState& s) const {
    for (ProvisoOn p : g_->binds) {
      if (!p.bound_on) p.bound_on = e_.on;
      unite(s.provisos, p);
    }
  }
  void lend() {
    const LotState& first = c_.states_[taken_.front().state];
    Loan l{&e_, g_->from.empty() ? first.holder : g_->from, first.country, *sum(taken_), *sum(taken_)};
    move(g_->to, g_->country);
    c_.loans_.push_back(std::move(l));
  }
  void give_back() {
    Loan& l = *loan();
    l.out.ten_thousandths -= sum(taken_)->ten_thousandths;
    move(g_->to.empty() ? l.lender : g_->to, g_->country.empty() ? l.lender_country : g_->country);
  }
  /// What is known stays; whoever comes to know it bears what lies on it.
  void release() {
    for (const LotGiven& l : g_->gives) {
      LotState s = c_.states_[taken_.front().state];
      s.parents = {{taken_.front().state, Descent::copied}};
      for (std::size_t i = 1; i < taken_.size(); ++i) join(s, taken_[i], Descent::copied);
      s.lot = l.lot;
      s.item = l.item;
      s.quantity = l.quantity;
      s.serials = l.serials;
      s.value = l.value;
      s.holder = g_->to;
      if (!g_->country.empty()) s.country = g_->country;
      bind(s);
      add(std::move(s));
    }
  }
  void repair() {
    const auto [t, kept] = repaired();
    const Taken whole = *t;
    std::vector<LotState> out;
    for (const LotGiven& l : g_->gives) {
      if (&l != kept) {
        out.push_back(out_of(whole, l));
        continue;
      }
      LotState s = c_.states_[whole.state];
      s.parents = {{whole.state, Descent::same}};
      for (const Taken& put_in : taken_) {
        if (put_in.state == whole.state) continue;
        bring_along(s, put_in);
        keep_common(s.attestations, c_.states_[put_in.state].attestations);
      }
      out.push_back(std::move(s));
    }
    for (const Taken& each : taken_) leave(each);
    for (LotState& s : out) add(std::move(s));
  }
  void attest(const Attest& a) {
    const auto live = c_.live_.find(a.lot);
    if (live == c_.live_.end()) {
      diags_.emit(code::no_such_lot, e_.at, to_string(e_.on), a.lot);
      return;
    }
    LotState s = c_.states_[live->second];
    s.parents = {{live->second, Descent::same}};
    s.attestations.push_back({a.jurisdiction, e_.by, e_.source, e_.on});
    add(std::move(s));
  }

  Custody& c_;
  const Event& e_;
  const SeeThrough& see_through_;
  Diagnostics& diags_;
  const Goods* g_ = nullptr;
  std::vector<Taken> taken_;
};

Custody::Custody(std::span<const Event> recorded, Date valid_on, const SeeThrough& see_through,
                 Diagnostics& diags) {
  for (const Event* e : corrected(recorded, diags)) {
    if (e->on > valid_on) break;
    events_.push_back(e);
    Step(*this, *e, see_through, diags).run();
  }
}

std::optional<std::uint32_t> Custody::lot(std::string_view number) const {
  const auto it = live_.find(number);
  return it == live_.end() ? std::nullopt : std::optional(it->second);
}

std::optional<std::uint32_t> Custody::taken_by(const Event& event, std::string_view number) const {
  const auto it = taken_.find({&event, std::string(number)});
  return it == taken_.end() ? std::nullopt : std::optional(it->second);
}

Lot Custody::as_lot(const LotState& s) {
  Lot l;
  l.id = s.lot;
  l.item = s.item;
  l.made_in = s.made_in;
  l.maker = s.maker;
  l.made_under = s.made_under;
  l.holder = s.holder;
  l.source = s.by->source;
  l.provisos = s.provisos;
  l.attestations = s.attestations;
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
  for (const auto& [number, state] : live_) w.lots.push_back(as_lot(states_[state]));
  return w;
}

}  // namespace sekisho
