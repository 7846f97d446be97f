#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostics.h"

namespace sekisho {

struct DocEntry;

inline constexpr std::size_t document_depth_limit = 64;  ///< levels in one another, in YAML and in JSON

/// A YAML or JSON document as plain data with places: what it says, not what it is about.
struct Doc {
  enum class Form : std::uint8_t { nothing, scalar, list, map };
  Form form = Form::nothing;
  std::string text;               // scalar
  std::vector<Doc> items;         // list
  std::vector<DocEntry> entries;  // map; keys are scalars, each once
  TextSpan at;

  const Doc* find(std::string_view key) const;
  bool is_scalar() const { return form == Form::scalar; }
  bool is_list() const { return form == Form::list; }
  bool is_map() const { return form == Form::map; }
};

struct DocEntry {
  Doc key, value;
};

/// Reads one document. Anchors and aliases are refused, so a small file cannot become a large one;
/// so are more levels than `document_depth_limit` and keys that stand twice.
/// @returns nullopt after a report
std::optional<Doc> read_document(const Sources& sources, SourceId source, Diagnostics& diags);

}  // namespace sekisho
