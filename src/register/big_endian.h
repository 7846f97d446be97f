#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

// Numbers and words as registers hash, keep and send them: the high byte first.

namespace sekisho {

/// @param bytes  how many, at most eight
inline void put_big_endian(std::string& out, std::uint64_t n, std::size_t bytes) {
  std::array<char, sizeof n> all{};
  for (std::size_t i = all.size(); i-- > 0; n >>= 8) all[i] = static_cast<char>(n);
  out.append(all.data() + all.size() - bytes, bytes);
}
/// @param raw  at most eight bytes
inline std::uint64_t get_big_endian(std::string_view raw) {
  std::uint64_t n = 0;
  for (const char c : raw) n = n << 8 | static_cast<unsigned char>(c);
  return n;
}
/// A text of at most 255 bytes after its length.
inline void put_word(std::string& out, std::string_view text) {
  out += static_cast<char>(text.size());
  out += text;
}

}  // namespace sekisho
