#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proof/reading.h"

// What the premises say of facts, needs and provisos in the words of an answer, beside what the answer says.

namespace sekisho::proof {

class Words {
 public:
  explicit Words(const Case& c) : case_(c), law_(c.law()), reader_(c, nothing_) {}

  /// What is said to be read in a condition: every value the premises', no fact left out, and nothing that
  /// the condition does not speak of.
  /// @param of  the rule that has it; none: it is what a regime governs
  void reads(ExprId condition, const Rule* of, const Page& said);
  /// What is said to be read in a part of a condition: any of what the whole speaks of.
  /// @returns the names
  std::set<std::string> reads_some(ExprId condition, const Rule* of, const Page& said);
  /// What lists say, on the day of law, of the known values that a condition looks up in them.
  void registers(ExprId condition, const Page& said) const;
  /// One fact with its value. @returns its name
  std::string value(const Page& said);
  /// A judged fact, a need, a proviso or a possible member of a set, by what an answer calls it.
  std::optional<Matter> matter_called(const std::string& name) const;
  /// Its values, in their order.
  static std::vector<std::string_view> ways_of(const Matter& m);
  /// Whether the premises leave it fewer than all its values.
  bool says(const Matter& m);
  /// What the premises say of one fact, or nothing, in any order.
  void fact_is(FactId f, const Page& said) const;
  std::size_t checked() const { return checked_; }

 private:
  void look_up(ExprId e, Json& out) const;
  Json entry_of(const List& list, FactId fact, const Value& value) const;
  void facts_read(ExprId e, std::set<std::string>& out) const;
  /// What an expression speaks of.
  struct Spoken {
    std::set<std::string> facts, holders;  // sets and lists are holders
    std::set<std::string> open;            // by names that several things may have: unsettled law, parties
  };
  Spoken spoken(ExprId e, const Rule* of) const;
  static std::optional<std::pair<std::string, std::string>> member_name(const std::string& name);
  bool known_name(const std::string& name) const;
  Json value_of(const std::string& name);
  Json fact_value(FactId f) const;
  Json words(const Matter& m, const std::vector<std::string_view>& names);
  Json shown(FactId f, const std::vector<Value>& values) const;
  Json members(FactId set) const;

  const Case& case_;
  const Law& law_;
  const Known nothing_;
  Reader reader_;
  std::size_t checked_ = 0;
};

}  // namespace sekisho::proof
