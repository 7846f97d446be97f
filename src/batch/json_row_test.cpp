#include "batch/json_row.h"

#include <doctest/doctest.h>

namespace sekisho {
namespace {

using Members = std::vector<std::string_view>;

/// The first field of an object.
Cell first(JsonRow& row, std::string_view text) {
  REQUIRE(row.read(text) == "");
  return row.fields().front().cell;
}

}  // namespace

TEST_CASE("a number of a JSON row is read as it is written") {
  JsonRow row;
  REQUIRE(row.read(R"({"a 1.0 \" -2": 1.10, "b": [ 007e, 1 ]})") != "");
  REQUIRE(
      row.read(R"({"a 1.0 \" -2": 1.10, "b": [2.50 ,"3\\", -0, 1e3], "c": 12345678901234567890, "d":5})") ==
      "");
  const auto fields = row.fields();
  CHECK(fields[0].cell.text == "1.10");
  CHECK(members_of(fields[1].cell.text) == Members{"2.50", "3\\", "-0", "1e3"});
  CHECK(fields[2].cell.text == "12345678901234567890");
  CHECK(fields[3].cell.text == "5");
}

TEST_CASE("each member of a JSON list stands for itself, whatever its signs") {
  JsonRow row;
  CHECK(members_of(first(row, R"({"a": ["none"]})").text) == Members{"none"});
  CHECK(members_of(first(row, R"({"a": ["a;b", "3:x", "", true]})").text) ==
        Members{"a;b", "3:x", "", "yes"});
  const Cell none = first(row, R"({"a": []})");
  CHECK(none.is_list);
  CHECK_FALSE(is_blank(none));
  CHECK(members_of(none.text).empty());
  CHECK(is_blank(first(row, R"({"a": null})")));
  for (const char* wrong : {R"({"a": [null]})", R"({"a": [["b"]]})", R"({"a": [{}]})", R"({"a": {}})"})
    CHECK(row.read(wrong) != "");
}

}  // namespace sekisho
