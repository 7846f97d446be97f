#pragma once
#include <string>
#include <string_view>

#include "register/problem.h"
#include "register/tree.h"

// A signed statement of how long a register was and what it held, in the form of a signed note: the text,
// a blank line, and a line for each signature. Whoever keeps one can prove later that nothing before it was
// changed. Forms: C2SP signed-note and tlog-checkpoint, with Ed25519 (RFC 8032) of libsodium.

namespace sekisho {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
  std::string text() const;  // what is signed
};

/// `name+hash+key`, as a signed note has it; a secret one begins with `PRIVATE+KEY+`.
struct KeyPair {
  std::string secret, open;
};
/// @param name  of the signer, without blanks or `+`
/// @param seed  32 random bytes
Result<KeyPair> make_keys(const std::string& name, const Hash& seed);

Result<std::string> sign(const Checkpoint& c, std::string_view secret_key);
/// @returns what it says, if a signature of that key stands below it and is right
/// @fails SK3507 not a checkpoint, not signed by that key, or signed wrongly; SK3511 no such key
Result<Checkpoint> read_checkpoint(std::string_view note, std::string_view open_key);

}  // namespace sekisho
