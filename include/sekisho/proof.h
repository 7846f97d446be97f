#pragma once
#include "sekisho/sekisho.h"

// Checks an answer of `Rulebooks::decide` by a second, small reader of the law that shares no code with what
// made it. docs/proof.md says what is replayed, what is taken as given and what is left unchecked.

namespace sekisho {

struct ProofResult {
  /// SK6001 it is no answer, SK6002 it was derived from other rulebooks, SK6003 the replay finds otherwise:
  /// errors. SK6004 something would need more readings than allowed: a warning, and it is not checked.
  std::vector<Report> reports;
  bool refused = false;  // one of them is an error
  bool whole = false;    // not refused, and nothing was left unsettled
  std::string json;      // schemas/proof.schema.json
};

inline constexpr std::size_t most_proof_readings = 200'000;

/// @param answer         the JSON of an answer, from whomever
/// @param most_readings  of the law, for each sentence of the answer
ProofResult check_proof(const Rulebooks& books, const SourceText& answer,
                        std::size_t most_readings = most_proof_readings);

}  // namespace sekisho
