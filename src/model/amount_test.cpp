#include "model/amount.h"

#include <doctest/doctest.h>

using namespace sekisho;

TEST_CASE("an amount is read exactly and written back in one form") {
  CHECK(parse_amount("24 pieces") == Amount{240'000, "pieces"});
  CHECK(parse_amount("2500.00 USD") == Amount{25'000'000, "USD"});
  CHECK(parse_amount("0.0001 kg") == Amount{1, "kg"});
  CHECK(to_string(*parse_amount("1_000.5 kg")) == "1000.50 kg");
  CHECK(to_string(*parse_amount("7.1234 kg")) == "7.1234 kg");
  CHECK(to_string(*parse_amount("1000000000000 USD")) == "1000000000000 USD");
}

TEST_CASE("what is no exact amount is refused, never rounded") {
  for (const char* text : {"", "24", "24 ", " pieces", "-1 pieces", "+1 pieces", "1.23456 kg", "1. kg",
                           ".5 kg", "1e3 kg", "_1 kg", "1_ kg", "1__0 kg", "1000000000000.0001 USD",
                           "99999999999999999999 USD", "1  kg", "1 k g", "1 9", "0x10 kg"})
    CHECK_MESSAGE(!parse_amount(text), text);
}
