#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace sekisho {

/// A stretch of one text, in bytes; `end` is past the last.
struct TextSpan {
  SourceId source;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// Where a span begins: line and column count from 1, columns in bytes.
struct Place {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  std::string excerpt;        // the line, shortened to about 100 bytes around the place
  unsigned excerpt_from = 0;  // column of the excerpt's first byte, less one
  unsigned marked = 1;        // bytes of the excerpt that the span covers, at least 1
};

/// Owns the texts that spans point into. A copy shares them and takes more of its own.
class Sources {
 public:
  SourceId add(std::string name, std::string text);
  std::string_view text(SourceId id) const { return texts_[id.index]->text; }
  std::string_view text(TextSpan span) const;
  const std::string& name(SourceId id) const { return texts_[id.index]->name; }
  Place locate(TextSpan span) const;
  /// Where it begins, from 1.
  unsigned line(TextSpan span) const;
  std::size_t size() const { return texts_.size(); }

 private:
  struct Entry {
    std::string name;
    std::string text;
    std::vector<std::uint32_t> lines;  // where each begins
  };
  std::vector<std::shared_ptr<const Entry>> texts_;
};

/// Bytes of the UTF-8 character at `i`, or 0 where there is none (overlong forms, surrogates and values past
/// U+10FFFF are none).
std::size_t character_length(std::string_view s, std::size_t i);
/// The offset of the first byte that is not UTF-8, or npos.
std::size_t find_invalid_utf8(std::string_view text);

}  // namespace sekisho
