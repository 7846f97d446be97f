#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/diagnostics.h"

namespace sekisho {

/// Why a register could not do something: the disk, the server, or what it was given.
struct Problem {
  const Code* code;
  std::string message, cure;
};

template <class... Args>
Problem problem(const Code& code, const Args&... args) {
  return {&code,
          fmt::vformat(fmt::string_view(code.message.data(), code.message.size()),
                       fmt::make_format_args(args...)),
          ""};
}

/// Nothing where it was done.
using Failure = std::optional<Problem>;

/// A value or a problem, never both.
template <class T>
class Result {
 public:
  Result(T value) : held_(std::move(value)) {}  // NOLINT: a value is a result
  Result(Problem p) : held_(std::move(p)) {}    // NOLINT: so is a problem
  explicit operator bool() const { return held_.index() == 0; }
  T& operator*() { return std::get<0>(held_); }
  const T& operator*() const { return std::get<0>(held_); }
  T* operator->() { return &std::get<0>(held_); }
  const T* operator->() const { return &std::get<0>(held_); }
  const Problem& problem() const { return std::get<1>(held_); }

 private:
  std::variant<T, Problem> held_;
};

}  // namespace sekisho
