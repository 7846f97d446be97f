#pragma once
#include <array>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "law/rulebook.h"

// Small rulebooks as plain data, and a judge that shares no code with the engine: it decides one complete
// assignment at a time, straight from docs/language.md, section 3. One text of the same data goes through
// lexer, parser, checker and engine; for every state of knowledge the answers over all completions must be
// the same.

namespace sekisho::judge {

// What an assignment holds, by place. Yes/no facts f0 to f2; f3 and f5, each one of three; f4, a judged fact
// (2: no finding); whether v0, v1, v2 are in the set `s`; and how the two pieces of unsettled law are read.
inline constexpr int place_count = 11;
inline constexpr int choice = 3, judged = 4, second_choice = 5, member = 6, hidden = 9;
inline constexpr std::array<int, place_count> sizes{2, 2, 2, 3, 3, 3, 2, 2, 2, 2, 2};
using Assignment = std::array<int, place_count>;
/// Possible values of each place, as bits.
using Known = std::array<unsigned, place_count>;

enum class Form { is, same, in_set, some, every, empty };
struct Literal {
  Form form = Form::is;
  int place = 0, value = 0;
  bool negated = false;
};
enum class Effect { prohibits, permits, permits_with_need, binds, needs };
struct Link {
  int over;     // the rule that is defeated
  bool effect;  // only its need, where it has one
};
struct RuleData {
  Effect effect = Effect::prohibits;
  bool any = false;  // literals joined by `or`
  std::vector<Literal> literals;
  std::vector<Link> links;  // to later rules of the regime
  int in_force = 0;         // on both days; 1 only on the first, 2 only on the second
  int unsettled = -1;       // place of the reading under which it exists
  bool owes = false;        // a report
};
struct RegimeData {
  std::vector<RuleData> rules;
  bool otherwise_prohibited = false;
};
struct Book {
  std::vector<RegimeData> regimes;
  bool constrained = false;  // f0 implies not f1
  // What the authority found of f4 for each value of f3 (2: nothing); none: what is known says it.
  std::optional<std::array<int, 3>> found_for;
};

bool has_need(const RuleData& r);

/// Of each rule, with every judged fact yes or no: whether it applies, whether its need is defeated, whether
/// its condition is met.
struct Activity {
  std::vector<bool> active, need_gone, met;
};
Activity activity(const RegimeData& regime, const Assignment& a, int day);

/// What one regime says of one assignment: its finding and the parts that stand (rule, 0 for its need, 1 for
/// its proviso and 2 for what it owes; -1 for a judged fact that has to be found). A barred transfer has
/// none.
struct Answer {
  Finding finding;
  std::set<std::pair<int, int>> parts;
  friend bool operator==(const Answer&, const Answer&) = default;
};
Answer judge(const RegimeData& regime, Assignment a, int day = 1);
/// The strictest regime counts.
Finding judge(const Book& book, const Assignment& a, int day = 1);
bool possible(const Book& book, const Assignment& a);

/// Every assignment that the knowledge leaves and the constraint allows.
template <class Visit>
void each(const Book& book, const Known& known, const Visit& visit) {
  Assignment a{};
  const auto fill = [&](auto&& self, int place) -> void {
    if (place == place_count) {
      if (possible(book, a)) visit(a);
      return;
    }
    const auto p = static_cast<std::size_t>(place);
    for (a[p] = 0; a[p] < sizes[p]; ++a[p])
      if (known[p] >> a[p] & 1) self(self, place + 1);
  };
  fill(fill, 0);
}

/// The findings that completions have: of all regimes, the strictest counts, or of one.
std::set<Finding> judge_all(const Book& book, const Known& known);
std::set<Finding> judge_all(const Book& book, std::size_t regime, const Known& known);
/// How rules stand on the first day in all completions and readings of the judged fact: whether each always
/// applies and ever does, and whether its condition is always met.
struct SeenRule {
  bool always = true, ever = false, met = true;
};
std::vector<SeenRule> judge_rules(const Book& book, std::size_t regime, const Known& known);

/// The book as a rulebook; its two days are 2019-06-01 and 2020-06-01.
std::string text_of(const Book& book);

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  Book book(int most_rules = 4);
  Known knowledge();
  /// Lets the authority find f4 for some values of f3, which the knowledge then leaves open.
  void find_for_choice(Book& book, Known& known);

 private:
  Literal literal();
  RegimeData regime(int rules, bool unsettled);
  std::mt19937 random_;
};

}  // namespace sekisho::judge
