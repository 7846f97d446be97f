#include "register/store.h"

namespace sekisho {
namespace {

bool names_server(const std::string& location) {
  return location.starts_with("postgresql://") || location.starts_with("postgres://");
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const std::string& location) {
  return names_server(location) ? open_postgres(location) : open_sqlite(location, "");
}

Result<std::unique_ptr<Store>> create_store(const std::string& location, const std::string& origin) {
  return names_server(location) ? create_postgres(location, origin) : create_sqlite(location, origin, "");
}

}  // namespace sekisho
