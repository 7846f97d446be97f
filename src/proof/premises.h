#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "law/rulebook.h"
#include "proof/page.h"

// What an answer takes as given, as its file says it (docs/proof.md): what is known of facts, what
// authorities have done, what lies on the lot. The replay reads the law over this and nothing else.

namespace sekisho::proof {

/// What is known of one fact.
struct Given {
  enum class Form : std::uint8_t { one_of, between, under, members };
  Form form = Form::one_of;
  std::vector<Value> values;  // both ends, the roots, the members
  bool complete = true;       // members: there is no other
};

/// An act of an authority that is seen on the days of the question, with the state that it then has.
struct Act {
  std::string id, state;
  AuthorityId authority;
  Date issued;
  std::vector<NeedId> answers;
  std::map<FactId, bool> finds;
  std::map<FactId, std::vector<Value>> scope;  // it covers a line that matches all
  std::string title;
  struct Added {
    std::string proviso;
    Json with;
  };
  std::vector<Added> adds;  // provisos, to what moves under it
};

/// A proviso that lies on the lot, with the parties that it names.
struct Carried {
  ProvisoId proviso;
  std::map<std::string, std::string> with;
  Date bound_on;
};

struct Premises {
  Date law_of;
  std::map<FactId, Given> facts;
  std::vector<Act> acts;
  std::vector<AuthorityId> records;  // complete to the day: what they do not hold was not done
  bool silence_is_none = false;      // the same for every authority
  std::vector<Carried> carried;
  std::vector<std::string> attested_for;       // no proviso of these states lies on the lot but those carried
  std::map<std::string, std::string> part_of;  // parties
  std::vector<std::string> states_with_a_say;
  std::vector<std::string> in_transit;   // states on the way, whose law no fact tells of it
  bool no_world = false;                 // the question says so: there are no lots
  std::map<std::string, bool> readings;  // what is taken to be so though nobody can know it
};

/// @returns nullopt, after remarks, where they have another form or name what no rulebook has
std::optional<Premises> read_premises(const Law& law, const Page& from);

}  // namespace sekisho::proof
