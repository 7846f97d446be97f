#pragma once
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "law/rulebook.h"
#include "model/world.h"

namespace sekisho {

/// What is known of one fact, in values of its type.
struct KnownFact {
  FactId fact;
  Knowledge::Form form = Knowledge::Form::unknown;
  std::vector<Value> values;
  bool complete = true;  // sets: no further member
};

/// A proviso that lies on the lot of this line.
struct Carried {
  ProvisoId proviso;
  std::vector<std::string> arguments;  // one party for each parameter
  Date bound_on;
  std::string by;
};

/// An instrument that the day of transfer and the day of knowledge let us see.
struct ActingInstrument {
  const Instrument* instrument = nullptr;
  AuthorityId authority;
  InstrumentState state = InstrumentState::granted;
  std::vector<NeedId> answers;
  std::vector<std::pair<FactId, bool>> finds;
  std::vector<std::pair<FactId, std::vector<Value>>> scope;
};

/// The law as it reads on a day, perhaps without some files (a draft that one side leaves out).
struct View {
  Date day;
  std::vector<SourceId> without;
};

/// Facts that name a state with a say: goods leave it, or its person sends them. Where none of its law is
/// loaded, the transfer is not assessed there, never silently free.
inline constexpr std::array<std::string_view, 2> facts_with_a_say{"departure", "exporter.country"};

inline bool has_a_say(std::string_view fact) {
  return std::find(facts_with_a_say.begin(), facts_with_a_say.end(), fact) != facts_with_a_say.end();
}
/// The states on the way, where the vocabulary asks for them.
inline FactId fact_of_states_on_the_way(const Law& law) {
  const FactId via = law.find_fact("via");
  return via.valid() && law[via].type.is_set && law[via].type.kind == FactType::country ? via : FactId{};
}

/// What nobody can know is taken to be so: whether unsettled law is there, whether a value joined a list
/// after its day, how amounts in two currencies compare. By what an answer and an impact call it.
using Readings = std::map<std::string, bool>;

/// One line of a transfer, ready to be read against the law.
struct Question {
  const Law* law = nullptr;
  const World* world = nullptr;
  Date law_day, transfer_day;
  std::vector<KnownFact> facts;
  std::vector<Carried> carried;
  std::vector<std::string> clean_for;  // jurisdictions whose provenance is complete
  std::vector<ActingInstrument> instruments;
  std::vector<AuthorityId> complete_records;
  bool silence_is_none = false;       // an authority without a record is taken to have said nothing
  std::vector<KnownFact> told_apart;  // values that are not known here but have to be distinguished
  std::vector<View> views;            // none: the law of `law_day`; several are read over the same variables
  Readings readings;
};

/// The law of a day of which nothing is told; authorities have done nothing. Both outlive it.
inline Question question_of_law(const Law& law, const World& nothing, Date day) {
  Question q;
  q.law = &law;
  q.world = &nothing;
  q.law_day = q.transfer_day = day;
  q.silence_is_none = true;
  return q;
}

}  // namespace sekisho
