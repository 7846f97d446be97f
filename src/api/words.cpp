#include "api/words.h"

namespace sekisho {

std::string oneline(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string in_force_words(const std::vector<Window>& windows) {
  std::string out;
  for (const Window& w : windows) {
    if (!out.empty()) out += ", ";
    const auto bound = [](const Bound& b) {
      return b.settled() ? to_string(b.earliest)
                         : "between " + to_string(b.earliest) + " and " + to_string(b.latest);
    };
    if (w.from.latest == far_past)
      out += w.to.earliest == far_future ? "always" : "to " + bound(w.to);
    else
      out += "from " + bound(w.from) + (w.to.earliest == far_future ? " on" : " to " + bound(w.to));
  }
  return out;
}

}  // namespace sekisho
