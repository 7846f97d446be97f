#include "register/hash.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace sekisho {
namespace {

// OpenSSL hashes with the processor's own instructions where it has them; what it looks up by name is looked
// up once.
struct Sha256 {
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> kind{EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> state{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

}  // namespace

Hash sha256(std::span<const std::string_view> pieces) {
  thread_local const Sha256 engine;
  Hash out{};
  bool done = EVP_DigestInit_ex2(engine.state.get(), engine.kind.get(), nullptr) == 1;
  for (const std::string_view p : pieces)
    done = done && EVP_DigestUpdate(engine.state.get(), p.data(), p.size()) == 1;
  done = done && EVP_DigestFinal_ex(engine.state.get(), out.data(), nullptr) == 1;
  if (!done) std::abort();  // no memory, or a library without SHA-256: no hash may be made up
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

std::string to_hex(const Hash& h) {
  std::array<char, 2 * sizeof(Hash) + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), h.data(), h.size());
  return hex.data();
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
