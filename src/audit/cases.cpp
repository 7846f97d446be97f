#include "audit/audit.h"
#include "audit/case_engine.h"

namespace sekisho {
namespace {

void decide_case(const Law& law, const Case& c, Diagnostics& out) {
  CaseEngine asked(law, c, out);
  if (!asked.ok()) return;
  Completions& engine = asked.engine();
  const State& state = asked.state();
  const auto fails = [&](std::string_view what, std::string_view why) {
    out.emit(code::case_fails, c.at, what, why);
  };
  if (!engine.consistent(state)) return fails("its facts", "contradict the constraints");
  for (const bool decides : {true, false})
    for (const RuleId id : decides ? c.decides : c.leaves) {
      const auto place = asked.place_of(id);
      const std::string& name = law[id].name;
      if (!place) {
        if (decides && !law[id].proviso.valid()) fails(name, "is not in force on that day");
        continue;
      }
      const auto [can, cannot] = engine.activity(place->first, place->second, state);
      if (decides && cannot) fails(name, can ? "does not apply in every completion" : "does not apply");
      if (!decides && can) fails(name, cannot ? "applies in some completion" : "applies");
    }
  for (const auto& [finding, regime] : c.finds)
    for (std::size_t g = 0; g < asked.space().regimes().size(); ++g) {
      if (asked.space().regimes()[g].regime != regime) continue;
      const FindingSet found = engine.findings({g}, state);
      if (!found.single() || found.best() != finding)
        fails(law[regime].name,
              fmt::format("finds {}{}", to_string(found.best()),
                          found.single() ? "" : fmt::format(" to {}", to_string(found.worst()))));
    }
}

}  // namespace

void decide_cases(const Law& law, Diagnostics& out) {
  for (const Case& c : law.cases) decide_case(law, c, out);
}

}  // namespace sekisho
