#include "base/json.h"

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace sekisho {

std::optional<Json> parse_json(std::string_view text) {
  Json j = Json::parse(text, nullptr, false);
  if (j.is_discarded()) return std::nullopt;
  return j;
}

}  // namespace sekisho
