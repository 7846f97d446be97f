#include "base/source.h"

#include <algorithm>

namespace sekisho {
namespace {

constexpr std::size_t excerpt_bytes = 100;

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

std::size_t character_length(std::string_view s, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(s[i + k]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || i + length > s.size()) return 0;
  for (std::size_t k = 1; k < length; ++k)
    if (!continues(s[i + k])) return 0;
  if (lead == 0xe0 && byte(1) < 0xa0) return 0;
  if (lead == 0xed && byte(1) > 0x9f) return 0;
  if (lead == 0xf0 && byte(1) < 0x90) return 0;
  if (lead == 0xf4 && byte(1) > 0x8f) return 0;
  return length;
}

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_length(text, i);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

SourceId Sources::add(std::string name, std::string text) {
  const auto id = next_id<SourceId>(texts_);
  std::vector<std::uint32_t> lines{0};
  for (std::size_t i = text.find('\n'); i != std::string::npos; i = text.find('\n', i + 1))
    lines.push_back(static_cast<std::uint32_t>(i + 1));
  texts_.push_back(std::make_shared<const Entry>(Entry{std::move(name), std::move(text), std::move(lines)}));
  return id;
}

std::string_view Sources::text(TextSpan span) const {
  return text(span.source).substr(span.begin, span.end - span.begin);
}

unsigned Sources::line(TextSpan span) const {
  const std::vector<std::uint32_t>& lines = texts_[span.source.index]->lines;
  return static_cast<unsigned>(std::upper_bound(lines.begin(), lines.end(), span.begin) - lines.begin());
}

Place Sources::locate(TextSpan span) const {
  const std::string_view all = text(span.source);
  const std::size_t at = std::min<std::size_t>(span.begin, all.size());
  const std::vector<std::uint32_t>& lines = texts_[span.source.index]->lines;
  const auto next = std::upper_bound(lines.begin(), lines.end(), at);
  const std::size_t begin = *std::prev(next);
  const std::size_t end = next == lines.end() ? all.size() : *next - 1;

  std::size_t from = begin;
  if (end - begin > excerpt_bytes && at - begin > excerpt_bytes / 2) from = at - excerpt_bytes / 2;
  while (from > begin && continues(all[from])) --from;
  std::size_t to = std::min(end, from + excerpt_bytes);
  while (to < end && continues(all[to])) ++to;

  Place place;
  place.file = name(span.source);
  place.line = static_cast<unsigned>(next - lines.begin());
  place.column = static_cast<unsigned>(at - begin) + 1;
  place.excerpt = std::string(all.substr(from, to - from));
  place.excerpt_from = static_cast<unsigned>(from - begin);
  const std::size_t stop = std::clamp<std::size_t>(span.end, at, to);
  place.marked = static_cast<unsigned>(std::max<std::size_t>(1, stop - std::min(at, stop)));
  return place;
}

}  // namespace sekisho
