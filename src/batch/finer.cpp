#include "batch/finer.h"

namespace sekisho {

std::shared_ptr<const Plan> FinerPlans::of(const Plan& plan, const std::vector<KnownFact>& values) {
  Told told;
  for (const KnownFact& k : values)
    for (const Value& v : k.values) told.insert({plan.space().law()[k.fact].type.kind, v});
  return plans_.of({&plan, std::move(told)},
                   [&] { return std::shared_ptr<const Plan>(plan.telling_apart(values)); });
}

}  // namespace sekisho
