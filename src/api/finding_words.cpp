#include "api/finding_words.h"

namespace sekisho {

FindingWords finding_words(Finding best, Finding worst, bool assessed) {
  FindingWords out;
  out.best = to_string(best);
  // A state that was not asked may prohibit; what is prohibited by those that were stays so.
  out.worst = to_string(assessed ? worst : Finding::prohibited);
  const bool barred = best == Finding::prohibited;
  out.finding = !assessed && !barred ? "not_assessed" : best == worst ? out.best : "open";
  return out;
}

Json finding_json(const FindingWords& words) {
  return {{"finding", words.finding}, {"best", words.best}, {"worst", words.worst}};
}

}  // namespace sekisho
