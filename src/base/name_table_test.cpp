#include "base/name_table.h"

#include <doctest/doctest.h>

#include <string>

using namespace sekisho;

TEST_CASE("of things of one name a table gives the first, however many there are") {
  std::vector<std::string> things;
  for (std::size_t i = 0; i < 5'000; ++i) things.push_back(std::to_string(i % 3'000));
  const auto name_of = [&](std::uint32_t place) -> std::string_view { return things[place]; };
  for (const std::size_t expected : {std::size_t{0}, things.size()}) {
    NameTable table(expected);
    CHECK(!table.find("0", name_of));
    for (std::uint32_t i = 0; i < things.size(); ++i) REQUIRE(table.add(things[i], i, name_of) == i % 3'000);
    for (std::uint32_t i = 0; i < 3'000; ++i) REQUIRE(table.find(things[i], name_of) == i);
    CHECK(!table.find("3000", name_of));
    CHECK(!table.find("", name_of));
  }
}
