#pragma once
#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "oracle/judge.h"

namespace sekisho::judge {

/// What is known, as a person would write it in a table, and what the judge may take from it.
struct Written {
  std::vector<std::pair<std::string, std::string>> cells;  // fact, cell
  Known known{};
};

/// The places of a fact.
inline std::vector<std::size_t> places_of(const std::string& fact) {
  if (fact == "s") return {member, member + 1, member + 2};
  return {static_cast<std::size_t>(fact.back() - '0')};
}

inline Written write(Maker& make) {
  Written w;
  for (std::size_t p = 0; p < place_count; ++p) w.known[p] = (1u << sizes[p]) - 1;
  const bool blanks = make.below(2) == 0;
  const auto is_known = [&] { return !blanks || make.below(3) != 0; };
  for (const int p : {0, 1, 2, choice, judged, second_choice}) {
    const auto place = static_cast<std::size_t>(p);
    std::string cell;
    int value = 2;  // of a judged fact: none was found
    if (p == judged ? make.below(2) == 0 : is_known()) {
      value = make.below(sizes[place]);
      if (p == judged)
        cell = value == 2 ? "none" : value == 1 ? "yes" : "no";
      else
        cell = sizes[place] == 2 ? (value == 1 ? "yes" : "no") : fmt::format("v{}", value);
    }
    if (!cell.empty() || p == judged) w.known[place] = 1u << value;
    w.cells.emplace_back(fmt::format("f{}", p), cell);
  }
  if (is_known()) {
    std::string members;
    for (int v = 0; v < 3; ++v) {
      const bool in = make.below(2) == 0;
      if (in) members += fmt::format("{}v{}", members.empty() ? "" : "; ", v);
      w.known[static_cast<std::size_t>(member + v)] = in ? 2u : 1u;
    }
    w.cells.emplace_back("s", members.empty() ? "none" : members);
  }
  return w;
}

}  // namespace sekisho::judge
