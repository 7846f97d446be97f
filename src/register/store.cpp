#include "register/store.h"

#include <algorithm>
#include <fstream>

namespace sekisho {
namespace {

bool names_server(const std::string& location) {
  return location.starts_with("postgresql://") || location.starts_with("postgres://");
}

constexpr std::string_view sqlite_begins("SQLite format 3\0", 16);

}  // namespace

bool names_store(const std::string& location) {
  if (names_server(location)) return true;
  std::ifstream in(location, std::ios::binary);
  std::string begins(sqlite_begins.size(), '\0');
  in.read(begins.data(), static_cast<std::streamsize>(begins.size()));
  return in && begins == sqlite_begins;
}

Problem format_altered(std::int64_t says, std::int64_t is) {
  Problem p =
      problem(code::register_altered,
              fmt::format("its format was altered: it says {}, and its tables are of format {}", says, is));
  p.cure = "import an export of it into a new register";
  return p;
}

Problem no_register(const std::string& location) {
  Problem p = problem(code::not_a_register, location);
  p.cure = "name one that `sekisho register init` made";
  return p;
}
Problem row_missing(const char* of) {
  return problem(code::register_altered, fmt::format("{} is not there", of));
}

Hash origin_digest(std::string_view origin) {
  const std::string_view pieces[] = {"sekisho origin\n", origin};
  return sha256(pieces);
}
RegisterOrigin read_origin(std::string_view text, std::string_view digest) {
  return {std::string(text), digest == bytes(origin_digest(text))};
}

Result<RegisterEnd> read_end(std::int64_t size, std::string_view frontier, const Hash& last) {
  const auto entries = static_cast<std::uint64_t>(size);
  std::vector<Hash> full = unpacked(frontier);
  if (frontier.size() % sizeof(Hash) != 0 || full.size() != full_subtrees(0, entries).size())
    return problem(code::register_altered, "the end of the register does not fit its size");
  return RegisterEnd{Frontier(entries, std::move(full)), last};
}

Failure Store::read(Sequence from, Sequence to, const std::function<bool(Entry&&)>& visit) {
  return read_packs(from, to, [&](const Pack& p) {
    for (Sequence s = std::max(from, p.first()); s < std::min(to, p.behind()); ++s)
      if (auto e = p.entry(s); e && !visit(std::move(*e))) return false;
    return true;
  });
}

Failure Store::drop_body(Sequence of) {
  std::vector<Entry> all;
  Failure altered;
  if (auto f = read_packs(of, of + 1, [&](const Pack& p) {
        for (Sequence s = p.first(); s < p.behind() && !altered; ++s)
          if (auto e = p.entry(s))
            all.push_back(std::move(*e));
          else
            altered = problem(code::register_altered, fmt::format("entry {}: {}", s, not_there));
        return true;
      }))
    return f;
  if (all.empty() && !altered)
    altered = problem(code::register_altered, fmt::format("entry {}: {}", of, not_there));
  if (altered) return altered;
  for (Entry& e : all)
    if (e.sequence == of) e.body.reset();
  return replace_pack(pack(all));
}

Result<std::unique_ptr<Store>> open_store(const std::string& location) {
  return names_server(location) ? open_postgres(location) : open_sqlite(location, "");
}

Result<std::unique_ptr<Store>> create_store(const std::string& location, const std::string& origin) {
  return names_server(location) ? create_postgres(location, origin) : create_sqlite(location, origin, "");
}

}  // namespace sekisho
