#pragma once
#include <string>

#include "json.h"

namespace sekisho::cli {

/// An answer (schemas/answer.schema.json) for people, on a terminal or as Markdown.
std::string render_text(const Json& answer, bool colour);
std::string render_markdown(const Json& answer);

}  // namespace sekisho::cli
