#include "law/rulebook.h"

#include <doctest/doctest.h>

using namespace sekisho;

namespace {

bool reads(const Type& type, std::string_view text) {
  return read_value(type, text).has_value();
}
Type of(FactType kind) {
  Type t;
  t.kind = kind;
  return t;
}

}  // namespace

TEST_CASE("what only looks like a code is none") {
  Type code = of(FactType::code);
  code.roots = {"1", "none"};
  for (const char* text : {"1", "1.1", "1.10.a", "none"}) CHECK_MESSAGE(reads(code, text), text);
  for (const char* text : {"", "1.1 ", " 1.1", "1. 1", "1..1", "1.", ".1", "1.1\t", "1.1\xe2\x80\x8b",
                           "1.1\xc2\xa0", "1.\xef\xbc\x91"})
    CHECK_MESSAGE(!reads(code, text), text);
  CHECK_FALSE(reads(of(FactType::code), "ML10. a"));
}

TEST_CASE("an amount has digits on both sides of what parts them, a currency is three capitals") {
  const Type money = of(FactType::money);
  for (const char* text : {"1 USD", "1_000 USD", "2500.00 USD"}) CHECK_MESSAGE(reads(money, text), text);
  for (const char* text : {"-1 USD", "1__0 USD", "1_ USD", "_1 USD", "1_.5 USD", "1. USD", "1.5_0 USD",
                           "1000 usd", "1000 US1", "1000  USD", "1000 USDT"})
    CHECK_MESSAGE(!reads(money, text), text);
}

TEST_CASE("a share is at least nothing and at most all") {
  const Type share = of(FactType::share);
  for (const char* text : {"0%", "25%", "33.3333%", "99.9999…%", "100%"})
    CHECK_MESSAGE(reads(share, text), text);
  for (const char* text : {"-5%", "-0.0001%", "100.0001%", "100.0000…%", "1000%", "25"})
    CHECK_MESSAGE(!reads(share, text), text);
}
