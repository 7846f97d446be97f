#include "register/checkpoint.h"

#include <sodium.h>

#include <charconv>

namespace sekisho {
namespace {

constexpr char ed25519 = 1;  // the kind of key, the first byte of its encoding
constexpr std::string_view secret_mark = "PRIVATE+KEY+";
constexpr std::string_view dash = "\xe2\x80\x94 ";
constexpr std::size_t hash_length = 4;

struct Key {
  std::string name, hash, raw;  // raw: a seed or an open key
};

/// The four bytes that name a key: of the signer's name and the open key.
std::string key_hash(std::string_view name, std::string_view open) {
  const std::string kind(1, ed25519);
  const std::string_view pieces[] = {name, "\n", kind, open};
  return std::string(bytes(sha256(pieces)).substr(0, hash_length));
}

std::optional<Key> parse_key(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const std::size_t first = text.find('+');
  const std::size_t second = first == text.npos ? text.npos : text.find('+', first + 1);
  if (second == text.npos) return std::nullopt;
  const auto raw = from_base64(text.substr(second + 1));
  if (!raw || raw->size() != 1 + sizeof(Hash) || raw->front() != ed25519) return std::nullopt;
  return Key{std::string(text.substr(0, first)), std::string(text.substr(first + 1, second - first - 1)),
             raw->substr(1)};
}

struct Signer {
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> open;
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret;
  explicit Signer(std::string_view seed) {
    crypto_sign_seed_keypair(open.data(), secret.data(), reinterpret_cast<const unsigned char*>(seed.data()));
  }
  std::string_view open_key() const { return {reinterpret_cast<const char*>(open.data()), open.size()}; }
};

std::string encoded(std::string_view key) {
  return to_base64(std::string(1, ed25519) + std::string(key));
}

/// A line without its end, taken from the front.
std::optional<std::string_view> next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string Checkpoint::text() const {
  return fmt::format("{}\n{}\n{}\n", origin, size, to_base64(bytes(root)));
}

Result<KeyPair> make_keys(const std::string& name, const Hash& seed) {
  if (name.empty() || name.find_first_of(" \t\n\r+") != std::string::npos)
    return problem(code::not_recordable, "a signer's name is one word without `+`");
  const Signer signer(bytes(seed));
  const std::string hash = to_hex(key_hash(name, signer.open_key()));
  return KeyPair{fmt::format("{}{}+{}+{}", secret_mark, name, hash, encoded(bytes(seed))),
                 fmt::format("{}+{}+{}", name, hash, encoded(signer.open_key()))};
}

Result<std::string> sign(const Checkpoint& c, std::string_view secret_key) {
  const auto key =
      secret_key.starts_with(secret_mark) ? parse_key(secret_key.substr(secret_mark.size())) : std::nullopt;
  if (!key) return problem(code::bad_key, "secret");
  const Signer signer(key->raw);
  if (to_hex(key_hash(key->name, signer.open_key())) != key->hash) return problem(code::bad_key, "secret");
  const std::string text = c.text();
  std::array<unsigned char, crypto_sign_BYTES> signature;
  crypto_sign_detached(signature.data(), nullptr, reinterpret_cast<const unsigned char*>(text.data()),
                       text.size(), signer.secret.data());
  std::string signed_by = key_hash(key->name, signer.open_key());
  signed_by.append(reinterpret_cast<const char*>(signature.data()), signature.size());
  return fmt::format("{}\n{}{} {}\n", text, dash, key->name, to_base64(signed_by));
}

Result<Checkpoint> read_checkpoint(std::string_view note, std::string_view open_key) {
  const auto key = parse_key(open_key);
  if (!key || to_hex(key_hash(key->name, key->raw)) != key->hash) return problem(code::bad_key, "open");
  std::string_view rest = note;
  const auto origin = next_line(rest), size = next_line(rest), root = next_line(rest);
  if (!origin || !size || !root || origin->empty())
    return problem(code::bad_checkpoint, "it does not say of what, how many and which root");
  Checkpoint c{std::string(*origin), 0, {}};
  const auto [end, error] = std::from_chars(size->data(), size->data() + size->size(), c.size);
  const auto raw = from_base64(*root);
  if (error != std::errc() || end != size->data() + size->size() || !raw || raw->size() != sizeof(Hash))
    return problem(code::bad_checkpoint, "its size or its root cannot be read");
  c.root = to_hash(*raw);
  const std::string text = c.text();
  if (!note.starts_with(text))
    return problem(code::bad_checkpoint, "its size or its root is not in the one form");
  if (next_line(rest) != std::string_view())
    return problem(code::bad_checkpoint, "no blank line stands before the signatures");
  while (const auto line = next_line(rest)) {
    const std::string by = std::string(dash) + key->name + " ";
    if (!line->starts_with(by)) continue;
    const auto signature = from_base64(line->substr(by.size()));
    if (!signature || signature->size() != hash_length + crypto_sign_BYTES) continue;
    if (signature->substr(0, hash_length) != key_hash(key->name, key->raw)) continue;
    if (crypto_sign_verify_detached(reinterpret_cast<const unsigned char*>(signature->data()) + hash_length,
                                    reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                    reinterpret_cast<const unsigned char*>(key->raw.data())) == 0)
      return c;
    return problem(code::bad_checkpoint, "the signature is wrong");
  }
  return problem(code::bad_checkpoint, fmt::format("`{}` has not signed it", key->name));
}

}  // namespace sekisho
