#include "api/words.h"

#include <algorithm>

#include "base/source.h"
#include "sekisho/sekisho.h"

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

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0, length = 0; i < text.size(); i += std::max<std::size_t>(1, length)) {
    length = character_length(text, i);
    const std::string_view one = text.substr(i, length);
    const auto byte = [&](std::size_t at) { return at < length ? static_cast<unsigned char>(one[at]) : 0U; };
    const bool turns =
        byte(0) == 0xe2 && ((byte(1) == 0x80 && byte(2) >= 0xaa && byte(2) <= 0xae) ||  // U+202A to E
                            (byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9));   // U+2066 to 9
    const bool control = (byte(0) < 0x20 && byte(0) != '\t') || byte(0) == 0x7f ||
                         (byte(0) == 0xc2 && byte(1) < 0xa0);  // an invalid byte reads as zero
    out += turns || control ? std::string_view("\ufffd") : one;
  }
  return out;
}

}  // namespace sekisho
