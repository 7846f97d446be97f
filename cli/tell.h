#pragma once
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

namespace sekisho::cli {

/// Says something on standard error. Where that is full or closed nobody hears it, and what was done stays
/// done.
template <class... Args>
void tell(fmt::format_string<Args...> text, Args&&... args) {
  const std::string said = fmt::format(text, std::forward<Args>(args)...);
  std::fwrite(said.data(), 1, said.size(), stderr);
}

}  // namespace sekisho::cli
