#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/source.h"

namespace sekisho {

/// What a file says of one fact, in its own words; the engine reads it against the fact's type.
struct Claim {
  std::string value, by;
  TextSpan at;
};

struct Knowledge {
  enum class Form : std::uint8_t { unknown, alternatives, between, under, members };
  Form form = Form::unknown;
  std::vector<Claim> values;  // alternatives (one: the value), both ends, the subtree, the members
  bool contested = false;
  bool complete = true;  // members: whether there may be more
  std::string by, basis, source;
  std::optional<Date> on;  // the day on which it was said
  std::string from;        // which part of which file it comes from
  TextSpan at;
};

/// A fact's name with what is known of it.
struct FactEntry {
  std::string fact;
  TextSpan at;
  Knowledge knowledge;
};
using FactEntries = std::vector<FactEntry>;

}  // namespace sekisho
