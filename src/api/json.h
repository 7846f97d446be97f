#pragma once
#include <nlohmann/json.hpp>

namespace sekisho {

using Json = nlohmann::ordered_json;

}  // namespace sekisho
