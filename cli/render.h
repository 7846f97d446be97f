#pragma once
#include <nlohmann/json.hpp>
#include <string>

namespace sekisho::cli {

using Json = nlohmann::ordered_json;

/// An answer (schemas/answer.schema.json) for people, on a terminal or as Markdown.
std::string render_text(const Json& answer, bool colour);
std::string render_markdown(const Json& answer);

}  // namespace sekisho::cli
