#include "ledger/officer.h"

#include <algorithm>
#include <array>

#include "base/source.h"

namespace sekisho {
namespace {

struct Range {
  char32_t first, last;
};
// Unicode 15: what is blank, what is not seen (controls, format characters, selectors, tags), and marks that
// join the letter before, so that one look has two spellings.
constexpr std::array blanks{Range{0x20, 0x20},     Range{0xa0, 0xa0},     Range{0x1680, 0x1680},
                            Range{0x2000, 0x200a}, Range{0x2028, 0x2029}, Range{0x202f, 0x202f},
                            Range{0x205f, 0x205f}, Range{0x3000, 0x3000}};
constexpr std::array unseen{Range{0x00, 0x1f},     Range{0x7f, 0x9f},      Range{0xad, 0xad},
                            Range{0x34f, 0x34f},   Range{0x61c, 0x61c},    Range{0x115f, 0x1160},
                            Range{0x17b4, 0x17b5}, Range{0x180b, 0x180f},  Range{0x200b, 0x200f},
                            Range{0x202a, 0x202e}, Range{0x2060, 0x206f},  Range{0x3164, 0x3164},
                            Range{0xfe00, 0xfe0f}, Range{0xfeff, 0xfeff},  Range{0xffa0, 0xffa0},
                            Range{0xfff0, 0xfffb}, Range{0xe0000, 0xe0fff}};
// Other forms of letters and digits that stand elsewhere: enclosed, full-width, half-width, ligatures,
// mathematical.
constexpr std::array other_forms{Range{0x300, 0x36f},     Range{0x2070, 0x209f},   Range{0x2100, 0x218f},
                                 Range{0x2460, 0x24ff},   Range{0x3099, 0x309c},   Range{0x3200, 0x33ff},
                                 Range{0xf900, 0xfaff},   Range{0xfb00, 0xfb4f},   Range{0xff01, 0xffef},
                                 Range{0x1d400, 0x1d7ff}, Range{0x1f100, 0x1f1ff}, Range{0x2f800, 0x2fa1f}};

template <class Ranges>
bool among(const Ranges& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& r) { return r.first <= c && c <= r.last; });
}

/// @pre valid UTF-8
std::u32string characters(std::string_view text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = std::max<std::size_t>(1, character_length(text, i));
    const auto lead = static_cast<unsigned char>(text[i]);
    char32_t c = length == 1 ? lead : lead & (0x7fU >> length);
    for (std::size_t k = 1; k < length; ++k) c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    out += c;
    i += length;
  }
  return out;
}

/// Small letters of Latin, Greek and Cyrillic; other scripts have no case or few use it.
char32_t small(char32_t c) {
  if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7)) return c + 0x20;
  if ((c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f)) return c + 0x20;
  if (c >= 0x400 && c <= 0x40f) return c + 0x50;
  const bool even_is_capital = (c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177);
  const bool odd_is_capital = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
  if (even_is_capital) return c | 1U;
  return odd_is_capital && c % 2 == 1 ? c + 1 : c;
}

std::u32string folded(std::string_view name) {
  std::u32string out;
  for (char32_t c : characters(name)) {
    if (among(blanks, c) || among(unseen, c)) continue;
    if (c >= 0xff01 && c <= 0xff5e) c -= 0xfee0;  // full-width
    out += small(c);
  }
  return out;
}

}  // namespace

std::optional<std::string> name_flaw(std::string_view name) {
  if (name.empty()) return "it has to be said who does it";
  if (find_invalid_utf8(name) != std::string_view::npos) return "the officer's name is not UTF-8";
  const std::u32string all = characters(name);
  if (among(blanks, all.front()) || among(blanks, all.back()))
    return "the officer's name begins or ends with a blank; leave it out";
  for (const char32_t c : all) {
    if (among(unseen, c)) return "the officer's name has a character that is not seen; leave it out";
    if (c != ' ' && among(blanks, c))
      return "the officer's name has another blank than the common one; write that";
    if (among(other_forms, c))
      return "the officer's name has a letter in another form than the common one, such as full-width; write "
             "the common one";
  }
  return std::nullopt;
}

bool same_officer(std::string_view a, std::string_view b) {
  return a == b || folded(a) == folded(b);
}

}  // namespace sekisho
