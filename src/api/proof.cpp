#include "sekisho/proof.h"

#include "api/body.h"
#include "base/json.h"
#include "proof/check.h"

namespace sekisho {
namespace {

/// What stands in an answer and is not replayed.
constexpr std::array not_replayed{"missing left out",
                                  "missing[].matters_to",
                                  "needs[] left out that are met",
                                  "remedies and turns_on left out",
                                  "needs[].settled_by[].assumed",
                                  "law_unsettled",
                                  "minimum",
                                  "left_out",
                                  "held",
                                  "provisos[].lapses",
                                  "what binds by a rule that only may stand",
                                  "not_before",
                                  "recheck_by",
                                  "coverage",
                                  "which of several routes is used",
                                  "routes[].fails_on.text, .reads left out",
                                  "reads[].claims",
                                  "question",
                                  "needs[].if_applies"};

std::string at(const proof::Remark& r) {
  return r.place.empty() ? "" : fmt::format("`{}`: ", r.place);
}

Diagnostics diagnostics(const proof::Verdict& v, std::size_t most_readings) {
  Diagnostics diags;
  for (const auto& r : v.malformed)
    diags.emit(code::no_answer, TextSpan{}, at(r), r.text)
        .fix("give what `sekisho decide --format json` printed, unchanged");
  for (const auto& r : v.other_text)
    diags.emit(code::other_rulebooks, TextSpan{}, at(r), r.text)
        .fix("give the rulebooks that it was derived from with `--rules`");
  for (const auto& r : v.refused) diags.emit(code::replay_differs, TextSpan{}, at(r), r.text);
  for (const auto& r : v.unsettled)
    diags.emit(code::not_settled, TextSpan{}, at(r), r.text, most_readings)
        .fix("allow more with `--readings`");
  return diags;
}

Json result_json(const ProofResult& result, const proof::Verdict& v) {
  const auto remarks = [](const std::vector<proof::Remark>& all) {
    Json out = Json::array();
    for (const proof::Remark& r : all) out.push_back({{"place", r.place}, {"text", r.text}});
    return out;
  };
  Json j;
  j["schema"] = "sekisho-proof/1";
  j["result"] = result.refused ? "refused" : result.whole ? "replayed" : "replayed_in_part";
  j["no_answer"] = remarks(v.malformed);
  j["other_rulebooks"] = remarks(v.other_text);
  j["refused"] = remarks(v.refused);
  j["not_settled"] = remarks(v.unsettled);
  j["replayed"] = {{"regimes", v.regimes},   {"rules", v.rules},     {"values", v.values},
                   {"findings", v.findings}, {"reasons", v.reasons}, {"needs", v.needs},
                   {"changes", v.changes}};
  j["not_replayed"] = not_replayed;
  for (const auto& [what, holds] : v.taken) j["readings"][what] = holds ? "yes" : "no";
  return j;
}

}  // namespace

ProofResult check_proof(const Rulebooks& books, const SourceText& answer, std::size_t most_readings) {
  const Rulebooks::Body& body = books.body();
  std::vector<proof::TextDigest> texts;
  for (const Parsed& p : body.files) texts.push_back({body.sources.name(p.source), p.digest});
  const proof::Verdict v = proof::check(body.law, texts, answer.text, most_readings);
  ProofResult result;
  const Diagnostics diags = diagnostics(v, most_readings);
  result.reports = reports_of(body.sources, diags);
  for (Report& r : result.reports) r.place.file = answer.name;
  result.refused = diags.has_errors();
  result.whole = !result.refused && v.unsettled.empty();
  result.json = to_lines(result_json(result, v));
  return result;
}

}  // namespace sekisho
