#include "register/hash.h"

#define OPENSSL_SUPPRESS_DEPRECATED  // see below
#include <openssl/sha.h>
#include <sodium.h>

#include <algorithm>

namespace sekisho {

// OpenSSL hashes with the processor's own instructions where it has them. Its newer face to the same code
// takes memory and gives it back for every hash, which costs as much as hashing an entry.
Hash sha256(std::span<const std::string_view> pieces) {
  SHA256_CTX state;
  Hash out{};
  SHA256_Init(&state);
  for (const std::string_view p : pieces) SHA256_Update(&state, p.data(), p.size());
  SHA256_Final(out.data(), &state);
  return out;
}

std::string_view bytes(const Hash& h) {
  return {reinterpret_cast<const char*>(h.data()), h.size()};
}

Hash to_hash(std::string_view raw) {
  Hash out{};
  if (raw.size() == out.size()) std::copy(raw.begin(), raw.end(), out.begin());
  return out;
}

std::string packed(std::span<const Hash> hashes) {
  std::string out;
  out.reserve(hashes.size() * sizeof(Hash));
  for (const Hash& h : hashes) out += bytes(h);
  return out;
}

std::vector<Hash> unpacked(std::string_view raw) {
  std::vector<Hash> out(raw.size() / sizeof(Hash));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = to_hash(raw.substr(i * sizeof(Hash), sizeof(Hash)));
  return out;
}

std::optional<Hash> parse_hex(std::string_view text) {
  Hash out{};
  std::size_t length = 0;
  if (text.size() != 2 * out.size() ||
      sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &length, nullptr) != 0)
    return std::nullopt;
  return length == out.size() ? std::optional(out) : std::nullopt;
}

std::string to_base64(std::string_view raw) {
  std::string out(sodium_base64_ENCODED_LEN(raw.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(raw.data()), raw.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // the zero at its end
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out(text.size(), '\0');
  std::size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(),
                        nullptr, &length, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return std::nullopt;
  out.resize(length);
  return out;
}

}  // namespace sekisho
