#include "register/store.h"

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

Result<RegisterEnd> read_end(std::int64_t size, std::string_view frontier, const Hash& last) {
  const auto entries = static_cast<std::uint64_t>(size);
  std::vector<Hash> full = unpacked(frontier);
  if (frontier.size() % sizeof(Hash) != 0 || full.size() != full_subtrees(0, entries).size())
    return problem(code::register_altered, "the end of the register does not fit its size");
  return RegisterEnd{Frontier(entries, std::move(full)), last};
}

Result<std::unique_ptr<Store>> open_store(const std::string& location) {
  return names_server(location) ? open_postgres(location) : open_sqlite(location, "");
}

Result<std::unique_ptr<Store>> create_store(const std::string& location, const std::string& origin) {
  return names_server(location) ? create_postgres(location, origin) : create_sqlite(location, origin, "");
}

}  // namespace sekisho
