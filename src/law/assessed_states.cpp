#include "law/assessed_states.h"

namespace sekisho {

AssessedStates::AssessedStates(const Law& law, Date day) {
  for (const Regime& r : law.regimes)
    if (covers(r.windows, day) != Covers::no) states_.insert(law[r.authority].state);
}

}  // namespace sekisho
