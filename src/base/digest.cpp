#include "base/digest.h"

#include <sodium.h>

#include <array>

#include "base/hex.h"

namespace sekisho {
namespace {

constexpr std::size_t hash_bytes = 32;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

struct Digester::State {
  crypto_generichash_state hash;
};

Digester::Digester() : state_(std::make_unique<State>()) {
  crypto_generichash_init(&state_->hash, nullptr, 0, hash_bytes);
}
Digester::~Digester() = default;

void Digester::add(std::string_view part) {
  crypto_generichash_update(&state_->hash, bytes(part), part.size());
}

std::string Digester::text() const {
  State all = *state_;  // finding the digest ends a state
  std::array<unsigned char, hash_bytes> hash{};
  crypto_generichash_final(&all.hash, hash.data(), hash.size());
  return to_hex(hash);
}

std::string digest(std::string_view text) {
  Digester d;
  d.add(text);
  return d.text();
}

}  // namespace sekisho
