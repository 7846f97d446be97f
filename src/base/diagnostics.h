#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/source.h"

namespace sekisho {

enum class Severity : std::uint8_t { error, warning };

/// One kind of diagnostic; all of them stand in `diagnostics.def`.
struct Code {
  std::string_view code;
  std::string_view name;
  Severity severity;
  std::string_view message;
};

namespace code {
#define DIAGNOSTIC(NAME, CODE, SEVERITY, MESSAGE) \
  inline constexpr Code NAME{CODE, #NAME, Severity::SEVERITY, MESSAGE};
#include "base/diagnostics.def"
#undef DIAGNOSTIC
}  // namespace code

struct Edit {
  TextSpan at;
  std::string text;
};

struct Note {
  TextSpan at;  // source id `none` where a note has no place
  std::string text;
};

struct Fix {
  std::string text;
  std::vector<Edit> edits;
};

struct Diagnostic {
  const Code* code = nullptr;
  TextSpan at;
  std::string message;
  std::vector<Note> notes;
  std::vector<Fix> fixes;
};

/// What was found wrong, in the order it was found.
class Diagnostics {
 public:
  class Emitted {
   public:
    explicit Emitted(Diagnostic& d) : d_(d) {}
    Emitted& note(TextSpan at, std::string text) {
      d_.notes.push_back({at, std::move(text)});
      return *this;
    }
    Emitted& note(std::string text) { return note({}, std::move(text)); }
    Emitted& fix(std::string text, std::vector<Edit> edits = {}) {
      d_.fixes.push_back({std::move(text), std::move(edits)});
      return *this;
    }

   private:
    Diagnostic& d_;
  };

  template <class... Args>
  Emitted emit(const Code& code, TextSpan at, Args&&... args) {
    const auto text = fmt::string_view(code.message.data(), code.message.size());
    all_.push_back({&code, at, fmt::vformat(text, fmt::make_format_args(args...)), {}, {}});
    return Emitted(all_.back());
  }

  void add(const Diagnostics& more) { all_.insert(all_.end(), more.all_.begin(), more.all_.end()); }
  const std::vector<Diagnostic>& all() const { return all_; }
  bool has_errors() const;

 private:
  std::vector<Diagnostic> all_;
};

/// The candidate nearest to `word` by edit distance, or empty if none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace sekisho
