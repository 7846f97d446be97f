#include "register/entry.h"

#include <array>

#include "register/tree.h"

namespace sekisho {
namespace {

constexpr std::string_view form = "sekisho entry 1\n";

void number(std::string& out, std::uint64_t n) {
  std::array<char, sizeof n> big_endian{};
  for (char& c : big_endian) {
    c = static_cast<char>(n >> 56);
    n <<= 8;
  }
  out.append(big_endian.data(), big_endian.size());
}
void word(std::string& out, std::string_view text) {
  out += static_cast<char>(text.size());
  out += text;
}

}  // namespace

Hash Body::commitment() const {
  const std::string_view pieces[] = {bytes(salt), text};
  return sha256(pieces);
}

std::string leaf_bytes(const Entry& e, const Hash& previous) {
  std::string out;
  out.reserve(form.size() + 96 + e.head.by.size() + e.head.kind.size());
  out += form;
  number(out, e.sequence);
  number(out, static_cast<std::uint64_t>(e.head.recorded));
  word(out, e.head.by);
  word(out, e.head.kind);
  out += e.head.about ? '\1' : '\0';
  number(out, e.head.about.value_or(0));
  out += bytes(e.commitment);
  out += bytes(previous);
  return out;
}

Hash leaf_hash(const Entry& e, const Hash& previous) {
  return hash_leaf(leaf_bytes(e, previous));
}

}  // namespace sekisho
