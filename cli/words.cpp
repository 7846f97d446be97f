#include "words.h"

#include <fmt/format.h>
#include <algorithm>

#include "tell.h"

namespace sekisho::cli {

std::string part(std::string_view before, const std::string& what) {
  return what.empty() ? "" : fmt::format("{}{}", before, what);
}

std::string words(std::string name) {
  for (char& c : name)
    if (c == '_') c = ' ';
  return name;
}

std::string by_the_reading(const std::string& what, const Json& way) {
  return fmt::format("BY THE READING that {} {}", what, way == "yes" ? "holds" : "does not hold");
}

std::string stop_text(const Json& hold) {
  const std::string came_of =
      hold.contains("came_of") ? fmt::format(", which came of `{}`,", text_at(hold, "came_of")) : "";
  return fmt::format("{} `{}`{} since {}{}{} ({})", text_at(hold, "kind"), text_at(hold, "name"), came_of,
                     text_at(hold, "since"), part(" by ", text_at(hold, "by")),
                     part(": ", text_at(hold, "reason")), text_at(hold, "stop"));
}

bool days_exist(std::initializer_list<std::string> days) {
  for (const std::string& d : days)
    if (!d.empty() && !is_day(d)) {
      tell("error: there is no day `{}`; write it like 2023-12-22\n", d);
      return false;
    }
  return true;
}

bool in_order(const std::string& from, const std::string& to) {
  if (from.empty() || to.empty() || from < to) return true;
  tell("error: `--from` {} does not lie before `--to` {}\n", from, to);
  return false;
}

bool is_regime(const Rulebooks& books, const std::string& name) {
  const std::vector<std::string> all = books.regimes();
  if (std::find(all.begin(), all.end(), name) != all.end()) return true;
  const std::string near = word_meant(name, all);
  tell("error: there is no regime `{}`{}; there are: {}\n", name,
       near.empty() ? "" : fmt::format("; is `{}` meant?", near), fmt::join(all, " "));
  return false;
}

}  // namespace sekisho::cli
