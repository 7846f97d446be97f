#include "model/authorisation.h"

#include <doctest/doctest.h>

using namespace sekisho;

TEST_CASE("an authorisation changes only as the table allows") {
  const auto all = [](auto visit) {
    for (int s = 0; s < authorisation_states; ++s) visit(static_cast<AuthorisationState>(s));
  };
  using S = AuthorisationState;
  all([](S s) {
    CHECK(parse_authorisation_state(to_string(s)) == s);
    CHECK(may_become(s, s));
    CHECK_MESSAGE(!(s != S::revoked && may_become(S::revoked, s)), "a revoked one is revoked for good");
    CHECK_MESSAGE(!(in_effect(s) && s != S::amended && may_become(S::draft, s)), "nobody grants a draft");
    CHECK_MESSAGE(may_become(s, S::revoked) ==
                      (s != S::draft && s != S::submitted && s != S::refused && s != S::expired),
                  "only what was given can be taken away");
    CHECK(in_effect(s) == (as_instrument(s) == InstrumentState::granted));
  });
  CHECK(!as_instrument(S::draft));
}
