#include "model/world.h"

#include <doctest/doctest.h>

using namespace sekisho;

TEST_CASE("all that is told of a party counts together, and a ring leads nowhere new") {
  World w;
  const auto tell = [&](const char* id, const char* country, const char* part_of) {
    w.parties.push_back({id, "", country, part_of, "", {}, {}});
  };
  tell("unit", "US", "good");
  tell("good", "", "");
  tell("bad", "KE", "unit");
  tell("unit", "FR", "bad");
  CHECK(w.within("unit", "good"));
  CHECK(w.within("unit", "bad"));
  CHECK(w.within("bad", "good"));
  CHECK(!w.within("good", "unit"));
  CHECK(w.within("nobody", "nobody"));
  CHECK(!w.within("unit", ""));
  CHECK(w.party("unit")->country == "US");
  std::string all;
  for (const Party* p : w.wholes("unit")) all += p->id + p->country + " ";
  CHECK(all == "unitUS unitFR good badKE ");
  CHECK(w.wholes("nobody").empty());
}
