#include <algorithm>
#include <array>

#include "law/checker_passes.h"

namespace sekisho::checking {

NeedId Checker::need(const tree::Need& n) {
  static constexpr std::array<std::string_view, 8> kinds{"finding",  "permit",    "approval", "consent",
                                                         "decision", "exception", "waiver",   "notification"};
  const auto k = std::find(kinds.begin(), kinds.end(), n.kind.text);
  const auto kind = k == kinds.end() ? NeedKind::decision : static_cast<NeedKind>(k - kinds.begin());
  const AuthorityId from = id<AuthorityId>(n.from, Names::authority);
  for (std::uint32_t i = 0; i < law_.needs.size(); ++i) {
    const Need& other = law_.needs[i];
    if (other.name != n.name.text) continue;
    if (other.kind != kind || other.from != from)
      diags_
          .emit(code::wrong_kind, n.at, n.name.text,
                fmt::format("a {} from {}", to_string(other.kind),
                            other.from.valid() ? law_[other.from].name : "?"),
                fmt::format("a {} from {}", n.kind.text, n.from.text))
          .note(other.at, "needed here first");
    return NeedId{i};
  }
  law_.needs.push_back({n.name.text, kind, from, n.at});
  return NeedId{static_cast<std::uint32_t>(law_.needs.size() - 1)};
}

NeedUse Checker::need_use(const tree::Need& n) {
  static constexpr std::array<std::string_view, 4> postures{"approval_presumed", "case_by_case",
                                                            "denial_presumed", "denial"};
  NeedUse u;
  u.need = need(n);
  if (!n.posture.empty()) {
    const auto p = std::find(postures.begin(), postures.end(), n.posture.text);
    if (p == postures.end())
      diags_.emit(code::expected, n.posture.at, "approval_presumed, case_by_case, denial_presumed or denial",
                  fmt::format("`{}`", n.posture.text));
    else
      u.posture = static_cast<Posture>(p - postures.begin() + 1);
  }
  return u;
}

void Checker::prevailing() {
  std::vector<RegimeId> first(law_.needs.size());
  const auto reads = [&](NeedId n, RegimeId g, TextSpan at) {
    if (!n.valid() || !g.valid()) return;
    RegimeId& by = first[n.index];
    if (!by.valid()) {
      by = g;
      law_.needs[n.index].prevails = law_[g].instruments;
    } else if (law_[by].instruments != law_[g].instruments) {
      diags_.emit(code::prevails_two_ways, at, law_[n].name, law_[g].name, law_[by].name)
          .note(law_[by].at, "the other one")
          .fix("say the same in both, or give the needs two names");
    }
  };
  for (std::uint32_t i = 0; i < law_.regimes.size(); ++i)
    reads(law_.regimes[i].otherwise_lifted_by, RegimeId{i}, law_.regimes[i].at);
  for (const Rule& r : law_.rules) {
    for (const NeedUse& n : r.needs) reads(n.need, r.regime, r.at);
    reads(r.lifted_by, r.regime, r.at);
  }
}

}  // namespace sekisho::checking
