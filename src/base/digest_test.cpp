#include "base/digest.h"

#include <doctest/doctest.h>

using namespace sekisho;

TEST_CASE("a digest is BLAKE2b-256 and tells texts apart") {
  CHECK(digest("abc") == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  CHECK(digest("abc ") != digest("abc"));
}
