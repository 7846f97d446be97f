#include "register/entry.h"

#include "register/big_endian.h"
#include "register/tree.h"

namespace sekisho {
namespace {

constexpr std::string_view form = "sekisho entry 1\n";

void number(std::string& out, std::uint64_t n) {
  put_big_endian(out, n, sizeof n);
}

}  // namespace

Hash Body::commitment() const {
  const std::string_view pieces[] = {bytes(salt), text};
  return sha256(pieces);
}

Hash leaf_hash(const Entry& e, const Hash& previous) {
  thread_local std::string out;  // taken once, not for every entry
  out = form;
  number(out, e.sequence);
  number(out, static_cast<std::uint64_t>(e.head.recorded));
  put_word(out, e.head.by);
  put_word(out, e.head.kind);
  out += e.head.about ? '\1' : '\0';
  number(out, e.head.about.value_or(0));
  out += bytes(e.commitment);
  out += bytes(previous);
  return hash_leaf(out);
}

}  // namespace sekisho
