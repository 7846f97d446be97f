#pragma once
#include <deque>
#include <map>

#include "base/diagnostics.h"
#include "engine/question.h"

namespace sekisho {

/// How the instruments are called that stand for findings given by hand.
inline constexpr std::string_view assumed_finding = "assumed finding on ";

/// The days of a question. @see docs/language.md, dates
struct Days {
  Date on, law, known;
};

/// Where the knowledge of a fact comes from, for the answer.
struct Provenance {
  std::string from, by, source;
  std::optional<Date> on;  // the day on which it was said
  bool contested = false;
  std::vector<std::pair<std::string, std::string>> claims;  // value, claimant
};

/// A question with what it needs to stay alive and what the answer tells about its facts.
struct LineQuestion {
  Question question;
  std::map<FactId, Provenance> provenance;
  std::vector<std::string> states_with_a_say;
  std::vector<std::string>
      states_beside_facts;           // those of them that have it whatever the facts of the line are
  std::vector<std::string> transit;  // states on the way; no fact of the vocabulary tells their rules of it
  std::map<std::string, Attestation> attested;  // by jurisdiction: on whose word the provenance is complete
  std::vector<std::string> notes;               // instruments that cover nothing, and why
  std::deque<Instrument> assumed;
};

struct KnownByHand {
  std::string fact;
  Knowledge knowledge;
};

/// Facts that are given as `FACT=VALUE`. @fails SK3005
std::vector<KnownByHand> known_by_hand(Sources& sources, const std::vector<std::string>& given,
                                       Diagnostics& diags);

/// Brings one line of a transfer, with what the world says of its goods and parties, to the facts
/// of the vocabulary. Which file key fills which fact: docs/files.md.
/// @fails SK3008, SK3009, SK3010, SK3013
LineQuestion line_question(const Law& law, const World& world, bool has_world, const Transfer& transfer,
                           const TransferLine& line, const Days& days,
                           const std::vector<KnownByHand>& by_hand, bool without_instruments,
                           Diagnostics& diags);

}  // namespace sekisho
