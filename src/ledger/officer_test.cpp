#include "ledger/officer.h"

#include <doctest/doctest.h>

using namespace sekisho;

TEST_CASE("a name that another look could repeat is refused as an officer's") {
  for (const char* right : {"q", "officer_1", "Ito Kenji", "伊藤 健二", "ガルシア", "Łukasz"})
    CHECK(!name_flaw(right));
  for (const char* wrong :
       {"",        " ",       " q",        "q ",     "q\t",           "a\nb",        "q\u200b",
        "\u202eq", "q\u3000", "a\u00a0b",  "\uff51", "\uff71",        "e\u0301",     "\u24e0",
        "q\ufe0f", "\xff",    "i\u2800to", "\u2800", "ito\U0001d173", "\u1100\u1161"}) {
    CAPTURE(wrong);
    CHECK(name_flaw(wrong));
  }
}

TEST_CASE("case, blanks, full-width letters and what is not seen make no second officer") {
  for (const char* same : {"Officer_Q", "officer_q ", " officer_q", "officer_\uff51", "officer\u200b_q"}) {
    CAPTURE(same);
    CHECK(same_officer("officer_q", same));
  }
  CHECK(same_officer("ÉMILE Žák", "émile žák"));
  CHECK(same_officer("ИВАН Ёлкин", "иван ёлкин"));
  CHECK(same_officer("σας", "ΣΑΣ"));
  CHECK(same_officer("weiß", "WEISS"));
  CHECK(same_officer("ᎠᎡ", "ꭰꭱ"));
  CHECK(same_officer("가", "\u1100\u1161"));
  CHECK(same_officer("ito", "i\u2800to"));
  CHECK(same_officer("ito", "ito\U0001d173"));
  CHECK(!same_officer("\xff", "\xfe"));
  CHECK(!same_officer("officer_1", "officer_2"));
  CHECK(!same_officer("伊藤", "佐藤"));
  CHECK(!same_officer("µ×÷", "µ×"));
}
