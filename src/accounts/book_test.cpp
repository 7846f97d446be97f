#include "accounts/book.h"
#include "support.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace sekisho;
using sekisho::test::day;

namespace {

Amount amount(const char* text) {
  return *parse_amount(text);
}
Limit limit(const char* most, PeriodKind period = PeriodKind::whole, int months = 0) {
  Limit l;
  l.most = amount(most);
  if (l.most.unit == "USD") l.measure = Measure::value;
  l.period = period;
  l.months = months;
  return l;
}
Limit each_consignee(Limit l) {
  l.each_consignee = true;
  return l;
}
Limit of_item(Limit l, const char* item) {
  l.items = {item};
  return l;
}

Authorisation licence(const char* id, std::vector<Limit> limits) {
  Authorisation a;
  a.instrument.id = id;
  a.instrument.authority = "xk.office";
  a.instrument.issued = day("2024-01-01");
  a.instrument.valid = {{day("2024-01-01"), day("2024-01-01")}, {day("2025-12-31"), day("2025-12-31")}};
  a.instrument.limits = std::move(limits);
  return a;
}
ReservedLine line(std::vector<std::string> under, const char* quantity, const char* value = nullptr) {
  ReservedLine l;
  l.line = "1";
  l.item = "pac3";
  l.consignee = "us";
  l.quantity = amount(quantity);
  if (value) l.value = amount(value);
  l.under = std::move(under);
  return l;
}
Reservation reservation(const char* id, ReservedLine l, const char* on = "2024-06-01") {
  return {id, "officer", day(on), std::nullopt, {std::move(l)}};
}
Taking taking(const char* id, const char* of, const char* on, const char* quantity = nullptr) {
  Taking t{id, of, day(on), {}};
  if (quantity) t.parts.push_back({"", amount(quantity), std::nullopt});
  return t;
}
/// A book with one licence, known from the day of its issue.
Book book_of(const Authorisation& a) {
  Book b;
  REQUIRE(b.authorise(a, day("2024-01-01")).empty());
  return b;
}
/// The reasons of a refusal, with what lacks.
std::vector<std::pair<Why, std::string>> reasons(const Refusals& all) {
  std::vector<std::pair<Why, std::string>> out;
  for (const Refusal& r : all) out.emplace_back(r.why, r.lacks ? to_string(*r.lacks) : "");
  return out;
}
using Reasons = std::vector<std::pair<Why, std::string>>;
std::string free_of(const Book& b, const char* id, std::size_t row = 0, const char* on = "2024-06-01") {
  return to_string(b.balances(id, day(on)).at(row).free);
}

}  // namespace

TEST_CASE(
    "a reservation takes from every limit at once or from none, and names each that lacks and by how much") {
  Book b;
  REQUIRE(b.authorise(licence("export", {limit("100 pieces"), limit("40 pieces", PeriodKind::year),
                                         each_consignee(limit("20 pieces")), limit("1000 USD")}),
                      day("2024-01-01"))
              .empty());
  REQUIRE(b.authorise(licence("certificate", {limit("12 pieces")}), day("2024-01-01")).empty());
  REQUIRE(b.reserve(reservation("r1", line({"export", "certificate"}, "10 pieces", "600 USD"))).empty());
  const Refusals no = b.reserve(reservation("r2", line({"export", "certificate"}, "15 pieces", "600 USD")));
  CHECK(reasons(no) == Reasons{{Why::limit_lacks, "5 pieces"},
                               {Why::limit_lacks, "200 USD"},
                               {Why::limit_lacks, "13 pieces"}});
  CHECK(no[0].says == "`export` grants 20 pieces for each consignee: 5 pieces more than is free");
  CHECK(free_of(b, "export", 0) == "90 pieces");
  CHECK(free_of(b, "certificate") == "2 pieces");
  CHECK(b.audit().empty());
}

TEST_CASE("drawing, in parts, turns what is reserved into what is drawn; the rest is freed") {
  Book b = book_of(licence("export", {limit("10 pieces"), limit("100 USD")}));
  REQUIRE(b.reserve(reservation("r", line({"export"}, "6 pieces", "60 USD"))).empty());
  Taking part{"d1", "r", day("2024-06-02"), {{"", amount("2 pieces"), amount("25 USD")}}};
  REQUIRE(b.draw(part).empty());
  const BalanceRow row = b.balances("export", day("2024-06-02"))[0];
  CHECK(to_string(row.drawn) == "2 pieces");
  CHECK(to_string(row.reserved) == "4 pieces");
  CHECK(to_string(row.free) == "4 pieces");
  CHECK(reasons(b.draw(taking("d2", "r", "2024-06-02", "5 pieces"))) ==
        Reasons{{Why::more_than_left, "1 pieces"}, {Why::not_stated, ""}});
  REQUIRE(b.release(taking("f", "r", "2024-06-03")).empty());
  CHECK(free_of(b, "export") == "8 pieces");
  CHECK(free_of(b, "export", 1) == "75 USD");
  CHECK(reasons(b.draw(taking("d3", "r", "2024-06-04"))) == Reasons{{Why::more_than_left, ""}});
}

TEST_CASE("a use counts in the period of its own day, also when it is drawn later than it was reserved for") {
  Book b = book_of(licence("export", {limit("10 pieces", PeriodKind::year)}));
  REQUIRE(b.reserve(reservation("winter", line({"export"}, "6 pieces"), "2024-12-20")).empty());
  REQUIRE(b.reserve(reservation("spring", line({"export"}, "5 pieces"), "2025-03-01")).empty());
  CHECK(reasons(b.draw(taking("late", "winter", "2025-01-10"))) == Reasons{{Why::limit_lacks, "1 pieces"}});
  CHECK(b.draw(taking("partly", "winter", "2025-01-10", "5 pieces")).empty());
  CHECK(free_of(b, "export", 0, "2024-12-31") == "9 pieces");
  CHECK(free_of(b, "export", 0, "2025-12-31") == "0 pieces");
}

TEST_CASE("a rolling limit holds in every window, those that end later included") {
  Book b = book_of(licence("export", {limit("10 pieces", PeriodKind::rolling, 3)}));
  REQUIRE(b.reserve(reservation("later", line({"export"}, "6 pieces"), "2024-06-15")).empty());
  CHECK(reasons(b.reserve(reservation("r", line({"export"}, "5 pieces"), "2024-03-20"))) ==
        Reasons{{Why::limit_lacks, "1 pieces"}});
  CHECK(b.reserve(reservation("r", line({"export"}, "5 pieces"), "2024-03-15")).empty());
  CHECK(b.reserve(reservation("s", line({"export"}, "4 pieces"), "2024-04-30")).empty());
  CHECK(reasons(b.reserve(reservation("t", line({"export"}, "2 pieces"), "2024-06-01"))) ==
        Reasons{{Why::limit_lacks, "2 pieces"}});
}

TEST_CASE("returned goods restore a balance only where the instrument says so") {
  Authorisation giving = licence("temporary", {limit("5 pieces")});
  giving.restores_on_return = true;
  Book b = book_of(licence("export", {limit("5 pieces")}));
  REQUIRE(b.authorise(giving, day("2024-01-01")).empty());
  REQUIRE(b.reserve(reservation("both", line({"export", "temporary"}, "4 pieces"))).empty());
  REQUIRE(b.reserve(reservation("one", line({"export"}, "1 pieces"))).empty());
  REQUIRE(b.draw(taking("d", "both", "2024-06-01")).empty());
  REQUIRE(b.draw(taking("e", "one", "2024-06-01")).empty());
  CHECK(reasons(b.restore(taking("x", "e", "2024-07-01"))) == Reasons{{Why::not_restored, ""}});
  CHECK(b.state("temporary", day("2024-07-01")) == AuthorisationState::granted);
  CHECK(b.state("export", day("2024-07-01")) == AuthorisationState::exhausted);
  CHECK(b.restore(taking("y", "d", "2024-07-01", "3 pieces")).empty());
  CHECK(free_of(b, "temporary") == "4 pieces");
  CHECK(free_of(b, "export") == "0 pieces");
  CHECK(reasons(b.restore(taking("z", "d", "2024-07-01", "2 pieces"))) ==
        Reasons{{Why::more_than_left, "1 pieces"}});
  CHECK(b.audit().empty());
}

TEST_CASE("what does not exist, is of the wrong agency, is not in effect or out of scope covers nothing") {
  Authorisation forged = licence("forged", {});
  forged.at_issuer = AtIssuer::not_found;
  Authorisation other = licence("other_office", {});
  other.instrument.authority = "xk.ministry";
  other.instrument.answers = {{"export_permit", {}, {}}};
  Authorisation narrow = licence("narrow", {});
  narrow.instrument.scope = {{"destination", {{"US", {}, {}}}, {}},
                             {"end_user", {{"us_forces", {}, {}}}, {}}};
  narrow.conditions = {{"contract registered", "", std::nullopt}};
  Book b = book_of(forged);
  for (const Authorisation& a : {other, narrow}) REQUIRE(b.authorise(a, day("2024-01-01")).empty());

  CHECK(reasons(b.reserve(reservation("r", line({"nowhere"}, "1 pieces")))) ==
        Reasons{{Why::no_such_authorisation, ""}});
  CHECK(b.reserve(reservation("r", line({"forged"}, "1 pieces")))[0].says ==
        "`forged` does not exist at xk.office: it covers nothing");
  ReservedLine needed = line({"other_office"}, "1 pieces");
  needed.needs = {{"export_permit", "xk.office"}};
  CHECK(b.reserve(reservation("r", needed))[0].says ==
        "`other_office` is of xk.ministry, but export_permit is for xk.office to give: it covers nothing");
  ReservedLine astray = line({"narrow"}, "1 pieces");
  astray.facts = {{"destination", {"UA"}}};
  CHECK(reasons(b.reserve(reservation("r", astray))) ==
        Reasons{{Why::condition_open, ""}, {Why::out_of_scope, ""}, {Why::scope_unknown, ""}});

  narrow.state = AuthorisationState::suspended;
  narrow.conditions[0].met_on = day("2024-01-02");
  REQUIRE(b.authorise(narrow, day("2024-05-01")).empty());
  astray.facts = {{"destination", {"US"}}, {"end_user", {"us_navy", "us_forces"}}};
  CHECK(reasons(b.reserve(reservation("r", astray))) == Reasons{{Why::not_in_effect, ""}});
  CHECK(reasons(b.reserve(reservation("r", line({"forged"}, "1 pieces"), "2026-01-01"))).back().first ==
        Why::not_valid_then);
}

TEST_CASE("one failure hides no other: what is out of scope and lacks room is told both, and takes nothing") {
  Authorisation a = licence("export", {limit("10 pieces"), limit("100 USD")});
  a.instrument.scope.push_back({"destination", {{"US", {}, {}}}, {}});
  Book b = book_of(a);
  ReservedLine asked = line({"export"}, "12 pieces", "130 USD");
  asked.facts = {{"destination", {"FR"}}};
  CHECK(reasons(b.reserve(reservation("r", asked))) ==
        Reasons{{Why::out_of_scope, ""}, {Why::limit_lacks, "2 pieces"}, {Why::limit_lacks, "30 USD"}});
  CHECK(free_of(b, "export") == "10 pieces");
  asked.quantity.reset();  // what cannot be counted asks no limit
  CHECK(reasons(b.reserve(reservation("r", asked))) ==
        Reasons{{Why::out_of_scope, ""}, {Why::not_stated, ""}});
  CHECK(b.audit().empty());
}

TEST_CASE("an act changes an authorisation only as the table allows, and never below what is used") {
  Authorisation a = licence("export", {limit("10 pieces")});
  Book b = book_of(a);
  REQUIRE(b.reserve(reservation("r", line({"export"}, "8 pieces"))).empty());
  a.state = AuthorisationState::amended;
  a.instrument.limits = {limit("5 pieces")};
  CHECK(reasons(b.authorise(a, day("2024-07-01"))) == Reasons{{Why::limit_lacks, "3 pieces"}});
  a.instrument.limits = {limit("20 pieces")};
  REQUIRE(b.authorise(a, day("2024-07-01")).empty());
  CHECK(free_of(b, "export") == "12 pieces");
  // Before the amendment the old limit held.
  CHECK(reasons(b.reserve(reservation("early", line({"export"}, "3 pieces"), "2024-06-30"))) ==
        Reasons{{Why::limit_lacks, "1 pieces"}});
  CHECK(b.reserve(reservation("then", line({"export"}, "3 pieces"), "2024-07-01")).empty());
  a.state = AuthorisationState::submitted;
  CHECK(reasons(b.authorise(a, day("2024-08-01"))) == Reasons{{Why::change_not_allowed, ""}});
  a.state = AuthorisationState::revoked;
  REQUIRE(b.authorise(a, day("2024-08-01")).empty());
  CHECK_MESSAGE(free_of(b, "export") == "20 pieces", "what was only reserved is free again");
  CHECK(!b.reservation("r")->open());
  CHECK(reasons(Book().authorise(a, day("2024-08-01"))) == Reasons{{Why::begins_otherwise, ""}});
}

TEST_CASE("a reservation or an authorisation ends after its last day and not before") {
  Book b = book_of(licence("export", {limit("10 pieces")}));
  Reservation r = reservation("r", line({"export"}, "8 pieces"));
  r.until = day("2024-06-30");
  REQUIRE(b.reserve(r).empty());
  CHECK(reasons(b.expire("r", day("2024-06-30"))) == Reasons{{Why::change_not_allowed, ""}});
  CHECK(reasons(b.draw(taking("d", "r", "2024-07-01"))) == Reasons{{Why::reservation_over, ""}});
  CHECK(b.expire("r", day("2024-07-01")).empty());
  CHECK(free_of(b, "export") == "10 pieces");
  REQUIRE(b.reserve(reservation("s", line({"export"}, "8 pieces"))).empty());
  CHECK(reasons(b.expire("export", day("2025-12-31"))) == Reasons{{Why::change_not_allowed, ""}});
  CHECK(b.state("export", day("2026-01-01")) == AuthorisationState::expired);
  CHECK(b.expire("export", day("2026-01-01")).empty());
  CHECK(!b.reservation("s")->open());
  CHECK(reasons(b.expire("nothing", day("2026-01-01"))) == Reasons{{Why::no_such_authorisation, ""}});
}

TEST_CASE("a draw has to state what an authorisation asks since it was amended") {
  Authorisation a = licence("export", {limit("100 pieces")});
  a.instrument.answers = {{"export_permit", {}, {}}};
  Book b = book_of(a);
  ReservedLine asked = line({"export"}, "10 pieces");
  asked.item.clear();
  asked.needs = {{"export_permit", "xk.office"}};
  REQUIRE(b.reserve(reservation("r", asked)).empty());
  a.state = AuthorisationState::amended;
  a.instrument.limits = {limit("100 pieces"), of_item(limit("2 pieces"), "pac3")};
  a.instrument.answers.clear();
  REQUIRE(b.authorise(a, day("2024-06-02")).empty());
  CHECK(reasons(b.draw(taking("d", "r", "2024-06-03"))) ==
        Reasons{{Why::scope_unknown, ""}, {Why::need_unanswered, ""}});
  a.instrument.limits = {limit("100 pieces")};
  a.instrument.answers = {{"export_permit", {}, {}}};
  a.instrument.authority = "xk.ministry";
  REQUIRE(b.authorise(a, day("2024-06-04")).empty());
  CHECK(reasons(b.draw(taking("d", "r", "2024-06-05"))) == Reasons{{Why::wrong_agency, ""}});
}

TEST_CASE("uses that nothing limited are not limited once they are more than can be counted") {
  Authorisation a = licence("export", {});
  Book b = book_of(a);
  for (int i = 0; i < 1500; ++i)
    REQUIRE(
        b.reserve(reservation(std::to_string(i).c_str(), line({"export"}, "1000000000000 pieces"))).empty());
  a.state = AuthorisationState::amended;
  a.instrument.limits = {limit("5 pieces")};
  CHECK(reasons(b.authorise(a, day("2024-06-02"))) == Reasons{{Why::too_large, ""}});
}

// --- against a naive model ---

namespace {

/// One step of a history; every field is used by the kinds that have it.
struct Step {
  enum class Kind : std::uint8_t { reserve, draw, release, restore, expire } kind;
  std::string id, of;
  Date on;
  std::string item, consignee;
  std::vector<std::string> under;
  std::int64_t quantity, value;  // whole units; 0 for a part: all that is left
};

constexpr std::int64_t one = 10'000;

/// The book by definition: a list of uses, all summed anew at every step.
struct NaiveBook {
  struct Use {
    std::string of, draw;  // draw: empty while only reserved
    Date on;
    Step asked;
    std::int64_t quantity, value;
    std::int64_t quantity_back = 0, value_back = 0;
  };
  std::map<std::string, Authorisation> authorisations;
  std::vector<Use> uses;
  std::set<std::string> ids;

  static std::int64_t counted(const Authorisation& a, const Limit& l, const Use& u) {
    const auto& under = u.asked.under;
    if (std::find(under.begin(), under.end(), a.instrument.id) == under.end()) return 0;
    if (!l.items.empty() && l.items[0] != u.asked.item) return 0;
    const bool back = a.restores_on_return;
    return l.measure == Measure::quantity ? u.quantity - (back ? u.quantity_back : 0)
                                          : u.value - (back ? u.value_back : 0);
  }
  static bool same_period(const Limit& l, Date a, Date b) {
    const std::size_t shown = l.period == PeriodKind::year ? 4 : l.period == PeriodKind::month ? 7 : 0;
    return to_string(a).substr(0, shown) == to_string(b).substr(0, shown);
  }
  /// What is used of a limit, in the period that holds `on` or in the window that ends then.
  std::int64_t used(const Authorisation& a, const Limit& l, const std::string& consignee, Date on, bool drawn,
                    bool reserved) const {
    std::int64_t sum = 0;
    for (const Use& u : uses) {
      if (l.each_consignee && u.asked.consignee != consignee) continue;
      const bool in = l.period == PeriodKind::rolling ? u.on > add_months(on, -l.months) && u.on <= on
                                                      : same_period(l, u.on, on);
      if (in && (u.draw.empty() ? reserved : drawn)) sum += counted(a, l, u);
    }
    return sum;
  }
  bool sound() const {
    for (const auto& [id, a] : authorisations)
      for (const Limit& l : a.instrument.limits)
        for (const Use& u : uses)
          if (used(a, l, u.asked.consignee, u.on, true, true) > l.most.ten_thousandths / one) return false;
    return true;
  }
  bool step(const Step& s) {
    NaiveBook next = *this;
    if (!next.moved(s) || !next.sound()) return false;
    *this = std::move(next);
    return true;
  }
  bool valid(const Step& s, Date on) const {
    return std::all_of(s.under.begin(), s.under.end(), [&](const std::string& id) {
      const Window& w = authorisations.at(id).instrument.valid;
      return on >= w.from.latest && on <= w.to.earliest;
    });
  }
  bool moved(const Step& s) {
    if (s.kind == Step::Kind::reserve) {
      if (!ids.insert(s.id).second || !valid(s, s.on)) return false;
      uses.push_back({s.id, "", s.on, s, s.quantity, s.value});
      return true;
    }
    const bool restoring = s.kind == Step::Kind::restore;
    const auto u = std::find_if(uses.begin(), uses.end(), [&](const Use& x) {
      return restoring ? x.draw == s.of : x.draw.empty() && x.of == s.of;
    });
    if (u == uses.end() || s.kind == Step::Kind::expire) return false;  // none has an end here
    const std::int64_t quantity_left = u->quantity - u->quantity_back, value_left = u->value - u->value_back;
    const bool all = s.quantity == 0;
    const std::int64_t quantity = all ? quantity_left : s.quantity, value = all ? value_left : s.value;
    if (quantity > quantity_left || value > value_left || (quantity_left == 0 && value_left == 0))
      return false;
    if (restoring) {
      if (std::none_of(u->asked.under.begin(), u->asked.under.end(),
                       [&](const std::string& id) { return authorisations.at(id).restores_on_return; }))
        return false;
      u->quantity_back += quantity;
      u->value_back += value;
      return true;
    }
    if (s.kind == Step::Kind::draw && (!ids.insert(s.id).second || !valid(u->asked, s.on))) return false;
    u->quantity -= quantity;
    u->value -= value;
    if (s.kind == Step::Kind::draw) {
      const Step asked = u->asked;
      uses.push_back({s.of, s.id, s.on, asked, quantity, value});
    }
    return true;
  }
};

bool done(Book& b, const Step& s) {
  const Amount quantity{s.quantity * one, "pieces"}, value{s.value * one, "USD"};
  if (s.kind == Step::Kind::reserve)
    return b
        .reserve(
            {s.id, "", s.on, std::nullopt, {{"1", s.item, s.consignee, quantity, value, s.under, {}, {}}}})
        .empty();
  Taking t{s.id, s.of, s.on, {}};
  if (s.quantity != 0) t.parts.push_back({"1", quantity, value});
  switch (s.kind) {
    case Step::Kind::draw: return b.draw(t).empty();
    case Step::Kind::release: return b.release(t).empty();
    case Step::Kind::restore: return b.restore(t).empty();
    default: return b.expire(s.of, s.on).empty();
  }
}

std::vector<Authorisation> two_authorisations() {
  std::vector<Authorisation> all{
      licence("a", {limit("9 pieces"), each_consignee(limit("5 pieces", PeriodKind::year)),
                    limit("4 pieces", PeriodKind::rolling, 1), of_item(limit("20 USD"), "x")}),
      licence("b", {limit("6 pieces"), each_consignee(limit("30 USD", PeriodKind::month))})};
  all[1].restores_on_return = true;
  return all;
}

/// Both books through one history: the same steps are done, and every balance agrees after each.
struct Both {
  Book book;
  NaiveBook naive;
  Both() {
    for (const Authorisation& a : two_authorisations()) {
      REQUIRE(book.authorise(a, day("2024-01-01")).empty());
      naive.authorisations.emplace(a.instrument.id, a);
    }
  }
  bool step(const Step& s) {
    const bool expected = naive.step(s);
    return done(book, s) == expected && agree(s.on);
  }
  bool agree(Date on) const {
    for (const auto& [id, a] : naive.authorisations)
      for (const BalanceRow& row : book.balances(id, on)) {
        const auto l = std::find_if(a.instrument.limits.begin(), a.instrument.limits.end(),
                                    [&](const Limit& x) { return to_string(x) == row.limit; });
        const std::int64_t drawn = naive.used(a, *l, row.consignee, on, true, false) * one;
        const std::int64_t reserved = naive.used(a, *l, row.consignee, on, false, true) * one;
        if (row.drawn.ten_thousandths != drawn || row.reserved.ten_thousandths != reserved ||
            row.granted.ten_thousandths != drawn + reserved + row.free.ten_thousandths ||
            row.free.ten_thousandths < 0)
          return false;
      }
    return true;
  }
};

}  // namespace

TEST_CASE("every history of four steps: the book agrees with the naive one") {
  using K = Step::Kind;
  const Date first = day("2024-01-31"), second = day("2024-02-29"), third = day("2024-03-01");
  const std::vector<Step> steps{
      {K::reserve, "r", "", first, "x", "us", {"a"}, 3, 10},
      {K::reserve, "s", "", second, "x", "us", {"a", "b"}, 2, 11},
      {K::reserve, "t", "", third, "y", "ua", {"a", "b"}, 4, 30},
      {K::draw, "d", "r", third, "", "", {}, 1, 3},
      {K::draw, "e", "s", third, "", "", {}, 0, 0},
      {K::draw, "f", "t", first, "", "", {}, 3, 29},
      {K::release, "", "r", third, "", "", {}, 0, 0},
      {K::restore, "", "e", third, "", "", {}, 1, 5},
  };
  // Each history of four is checked after every step, so the shorter ones are checked with it.
  std::size_t histories = 0, uses = 0, wrong = 0;
  for (std::size_t n = 0; n < steps.size() * steps.size() * steps.size() * steps.size(); ++n) {
    Both both;
    bool same = true;
    for (std::size_t left = n, k = 0; k < 4; ++k, left /= steps.size())
      same = both.step(steps[left % steps.size()]) && same;
    ++histories;
    uses += both.naive.uses.size();
    wrong += !same || !both.book.audit().empty();
  }
  CHECK(wrong == 0);
  CHECK(histories == 4096);
  CHECK(uses > 4000);
}

TEST_CASE("long random histories: the book agrees with the naive one, and nothing is ever overdrawn") {
  std::mt19937 random(20231222);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::size_t done_steps = 0, refused = 0;
  for (int history = 0; history < 50; ++history) {
    Both both;
    std::vector<std::string> names;
    for (int n = 0; n < 80; ++n) {
      Step s{static_cast<Step::Kind>(pick(5)),
             std::to_string(n),
             "0",
             Date{day("2024-01-01").days + pick(740)},
             pick(2) ? "x" : "y",
             pick(3) ? "us" : "ua",
             {},
             pick(4),
             pick(12)};
      if (pick(3)) s.under.emplace_back("a");
      if (s.under.empty() || pick(2)) s.under.emplace_back("b");
      if (s.kind == Step::Kind::reserve) s.quantity = 1 + pick(3), s.value = 1 + pick(12);
      if (s.quantity != 0 && s.value == 0) s.value = 1;
      if (!names.empty()) s.of = names[static_cast<std::size_t>(pick(static_cast<int>(names.size())))];
      const std::size_t before = both.naive.ids.size();
      const bool same = both.step(s);
      CHECK(same);
      if (!same) return;
      if (both.naive.ids.size() > before)
        names.push_back(s.id), ++done_steps;
      else
        ++refused;
    }
    CHECK(both.book.audit().empty());
  }
  CHECK(done_steps > 400);
  CHECK(refused > 800);
}

TEST_CASE("a limit of some items or consignees is not passed by leaving them unsaid, or saying them twice") {
  Limit for_good = limit("2 pieces");
  for_good.consignees = {"good"};
  Book b = book_of(
      licence("export", {of_item(limit("5 pieces"), "pac3"), for_good, each_consignee(limit("3 pieces"))}));
  const auto said = [&](const char* item, const char* consignee, std::vector<UseFact> facts = {}) {
    ReservedLine l = line({"export"}, "2 pieces");
    l.item = item;
    l.consignee = consignee;
    l.facts = std::move(facts);
    return reasons(b.reserve(reservation(fmt::format("r{}", b.reservations().size()).c_str(), l)));
  };
  CHECK(said("", "us") == Reasons{{Why::scope_unknown, ""}});
  CHECK(said("pac3", "") == Reasons{{Why::scope_unknown, ""}, {Why::scope_unknown, ""}});
  CHECK(said("other", "us", {{"item", {"pac3"}}}) == Reasons{{Why::contradicts, ""}});
  CHECK(said("pac3", "us", {{"consignee", {"good"}}}) == Reasons{{Why::contradicts, ""}});
  CHECK(said("", "", {{"item", {"pac3"}}, {"consignee", {"good"}}}).empty());
  CHECK(free_of(b, "export", 0) == "3 pieces");
  CHECK(free_of(b, "export", 1) == "0 pieces");
  // However its consignee was said, it is the same one's.
  CHECK(said("other", "good") == Reasons{{Why::limit_lacks, "2 pieces"}, {Why::limit_lacks, "1 pieces"}});
  CHECK(b.audit().empty());
}
