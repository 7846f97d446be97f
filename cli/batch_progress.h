#pragma once
#include <sekisho/batch.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sekisho::cli {

/// How far a run of `batch` came, and on what: a later one goes on from there only if nothing of that
/// changed.
struct BatchProgress {
  std::vector<Batch::Ground> rests_on;
  std::string read;                      // digest of the part of the input that was read
  std::string written, written_refused;  // digests of the output and the refusals
  std::uintmax_t size = 0, offset = 0, out_bytes = 0, refused_bytes = 0;
  std::size_t rows = 0, refused = 0, lines = 0;

  std::string text() const;
  /// @returns nullopt if the text says nothing of the kind
  static std::optional<BatchProgress> read_text(const std::string& text);
  /// What of `now` is not as it was, in words; empty if a run can go on.
  std::string changed(const BatchProgress& now) const;
};

}  // namespace sekisho::cli
