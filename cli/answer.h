#pragma once
#include <sekisho/licences.h>

#include <functional>
#include <string>

#include "json.h"

namespace sekisho::cli {

/// Reports to the user, then the answer as JSON or as `print` shows it. @returns the exit code
int show_answer(const LicenceResult& result, const std::string& format,
                const std::function<void(const Json&)>& print);

}  // namespace sekisho::cli
