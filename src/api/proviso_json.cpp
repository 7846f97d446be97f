#include "api/proviso_json.h"

namespace sekisho {

Json proviso_json(const ProvisoOn& p) {
  Json with = Json::object();
  for (const auto& [parameter, party] : p.with) with[parameter] = party;
  return {{"proviso", p.proviso}, {"with", std::move(with)}};
}

}  // namespace sekisho
