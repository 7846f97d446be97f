#include "proof/keys.h"

#include <algorithm>
#include <map>

namespace sekisho::proof {
namespace {

using Keys = std::vector<std::string_view>;

/// The keys of each part of an answer, by the keys that lead to it. What is said again of the whole is held
/// against its parts elsewhere, and objects whose keys are names (of facts, parties, parameters) are read
/// with what they name.
const std::map<std::string, Keys, std::less<>>& known_keys() {
  static const Keys fact_read{"fact", "value", "from", "by", "said_on", "source", "claims"};
  static const Keys claim{"value", "by"};
  static const Keys change{"fact", "now", "instead", "along_with", "best", "worst", "changed_by"};
  static const Keys smallest_sets{"because", "remedies", "turns_on"};
  static const Keys smallest_because{"size", "proved_minimum", "facts"};
  static const Keys smallest_change{"size", "proved_minimum", "change", "best", "worst"};
  static const Keys changed{"fact", "now", "instead"};
  static const std::map<std::string, Keys, std::less<>> all{
      {"", {"schema",     "question", "rulebooks",  "finding",       "best",     "worst",
            "compliance", "states",   "because",    "needs",         "provisos", "obligations",
            "missing",    "remedies", "turns_on",   "law_unsettled", "minimum",  "coverage",
            "held",       "left_out", "not_before", "recheck_by",    "regimes",  "lines"}},
      {"question",
       {"title", "on", "law_of", "known_on", "instruments", "performed", "hypothetical", "readings"}},
      {"rulebooks", {"name", "digest"}},
      {"held", {"stop", "kind", "name", "since", "by", "reason", "came_of"}},
      {"left_out", {"what", "regime", "fact", "line"}},
      {"minimum", {"line", "sets"}},
      {"minimum.sets", smallest_sets},
      {"minimum.sets.because", smallest_because},
      {"minimum.sets.remedies", smallest_change},
      {"minimum.sets.remedies.change", changed},
      {"minimum.sets.turns_on", smallest_change},
      {"minimum.sets.turns_on.change", changed},
      {"coverage", {"assessed", "not_engaged", "not_in_force", "not_encoded", "weakest", "notes"}},
      {"coverage.not_engaged", {"regime", "because"}},
      {"coverage.not_engaged.because", fact_read},
      {"coverage.not_engaged.because.claims", claim},
      {"coverage.weakest", {"instrument", "attestation", "fact", "why"}},
      {"lines",
       {"line", "finding", "best", "worst", "because", "needs", "provisos", "obligations", "missing",
        "remedies", "turns_on", "law_unsettled", "minimum", "left_out", "not_before", "recheck_by",
        "premises"}},
      {"lines.because", fact_read},
      {"lines.because.claims", claim},
      {"lines.missing", {"fact", "kind", "asks", "type", "changed_by", "matters_to"}},
      {"lines.remedies", change},
      {"lines.turns_on", change},
      {"lines.law_unsettled", {"what", "note", "text", "matters_to"}},
      {"lines.left_out", {"what", "regime", "fact"}},
      {"lines.minimum", smallest_sets},
      {"lines.minimum.because", smallest_because},
      {"lines.minimum.remedies", smallest_change},
      {"lines.minimum.remedies.change", changed},
      {"lines.minimum.turns_on", smallest_change},
      {"lines.minimum.turns_on.change", changed},
      {"lines.premises",
       {"law_of", "facts", "acts", "records", "silence_is_none", "carried", "attested_for", "part_of",
        "states_with_a_say", "in_transit", "readings"}},
      {"lines.premises.acts",
       {"id", "authority", "state", "issued", "answers", "finds", "scope", "title", "provisos"}},
      {"lines.premises.acts.provisos", {"proviso", "with"}},
      {"lines.premises.carried", {"proviso", "with", "bound_on"}},
      {"regimes",
       {"regime", "title", "force", "state", "finding", "best", "worst", "engaged_by", "because", "routes",
        "needs", "provisos", "obligations", "derivation", "line"}},
      {"regimes.because", fact_read},
      {"regimes.because.claims", claim},
      {"regimes.routes", {"route", "cite", "status", "used", "needs", "defeated_by", "fails_on"}},
      {"regimes.routes.fails_on", {"text", "status", "reads"}},
      {"regimes.routes.fails_on.reads", fact_read},
      {"regimes.routes.fails_on.reads.claims", claim},
      {"regimes.needs",
       {"need", "kind", "finding", "authority", "authority_title", "for", "cite", "state", "posture",
        "status", "if_applies", "implied", "would_lift", "settled_by", "regime"}},
      {"regimes.needs.settled_by", {"instrument", "state", "covers", "assumed", "source", "scope"}},
      {"regimes.needs.settled_by.scope", {"fact", "match"}},
      {"regimes.provisos", {"proviso", "with", "bound_by", "cite", "lapses"}},
      {"regimes.obligations", {"kind", "text", "to", "by", "within"}},
      {"regimes.derivation",
       {"rule", "cite", "source", "force", "addressee", "status", "defeated_by", "effects_defeated", "effect",
        "registers", "reads"}},
      {"regimes.derivation.reads", fact_read},
      {"regimes.derivation.reads.claims", claim},
  };
  return all;
}

void check(const Page& at, const std::string& place) {
  if (at.json().is_array()) {
    for (const Page& part : at.list()) check(part, place);
    return;
  }
  const auto known = known_keys().find(place);
  if (!at.json().is_object() || known == known_keys().end()) return;
  at.only(known->second);
  for (const auto& [key, part] : at.entries()) {
    std::string below = place;
    if (!below.empty()) below += '.';
    below += key;
    check(part, below);
  }
}

}  // namespace

void check_keys(const Page& answer) {
  check(answer, "");
}

}  // namespace sekisho::proof
