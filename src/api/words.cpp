#include "api/words.h"

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
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t length = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    const std::string_view one = text.substr(i, length);
    const auto byte = [&](std::size_t at) {
      return at < one.size() ? static_cast<unsigned char>(one[at]) : 0U;
    };
    const bool turns =
        c == 0xe2 && ((byte(1) == 0x80 && byte(2) >= 0xaa && byte(2) <= 0xae) ||  // U+202A to 202E
                      (byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9));   // U+2066 to 2069
    const bool control =
        (c < 0x20 && c != '\t') || c == 0x7f || (c == 0xc2 && byte(1) >= 0x80 && byte(1) < 0xa0);
    const bool whole = c < 0x80 || find_invalid_utf8(one) == std::string_view::npos;
    out += turns || control || !whole ? std::string_view("\ufffd") : one;
    i += whole ? length : 1;
  }
  return out;
}

}  // namespace sekisho
