// A single request to the law of a day, for the conformance suite.
//
// usage: request_decide LAW DAY FACTS-AS-JSON

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sekisho/day_law.h"
#include "sekisho/sekisho.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  std::ostringstream text;
  text << std::ifstream(argv[1]).rdbuf();
  const sekisho::Rulebooks books({{"rulebook.law", text.str()}});
  const sekisho::DayLaw law(books, argv[2]);
  if (!law.ok()) return 1;
  sekisho::DayLaw::Request request = law.request();
  if (!request.tell_json(argv[3])) {
    std::cerr << request.why() << '\n';
    return 1;
  }
  const auto found = request.finding();
  if (found.contradiction) return 1;
  const auto& rules = request.rules();
  nlohmann::json out{{"best", found.best},
                     {"active", rules.apply},
                     {"defeated", rules.defeated},
                     {"undecided", rules.undecided}};
  if (found.assessed) out["worst"] = found.worst;
  std::cout << out << '\n';
}
