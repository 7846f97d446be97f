#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostics.h"
#include "base/document.h"
#include "exchange/epcis_vocabulary.h"

// EPCIS 2.0 documents in JSON and JSON-LD, held to the standard. No context is fetched: the prefixes that a
// document itself declares are read, and those that the context of EPCIS declares are known (docs/epcis.md).

namespace sekisho {

/// What prefixes stand for where an event stands; the innermost declaration is last and holds. Copies share
/// what was declared until one declares more.
class Prefixes {
 public:
  void declare(std::string prefix, std::string stands_for);
  /// @returns nullptr where nothing declares it
  const std::string* find(std::string_view prefix) const;
  /// A name such as `example:myField` in full; any other text as it is.
  std::string full(std::string_view name) const;
  /// `{namespace}local` for a name with a prefix, the name alone without one.
  std::string braced(std::string_view name) const;

 private:
  using Declared = std::vector<std::pair<std::string, std::string>>;
  std::shared_ptr<Declared> declared_ = std::make_shared<Declared>();
};

struct EpcisEvent {
  unsigned kind = 0;
  Doc said;  // the whole event
  Prefixes prefixes;
  TextSpan at;
};

struct EpcisDocument {
  std::vector<EpcisEvent> events;    // those in which nothing was found wrong
  std::vector<std::string> ignored;  // names in full of extensions that the event hash leaves out
  Doc header;                        // the document without its body; empty for a single event
  Prefixes prefixes;
};

/// True if the first JSON object of a text looks like EPCIS: by its keys alone, whatever else is wrong with
/// it.
bool looks_like_epcis(std::string_view text);

/// Reads an EPCISDocument, an EPCISQueryDocument, a single event, or a query, which has no events.
/// @fails SK3101 no JSON, SK3003 to SK3006 of its form, SK3401 no EPCIS, SK3402 no standard word, SK3403 a
/// prefix
///        that nothing declares
EpcisDocument read_epcis(const Sources& sources, SourceId source, Diagnostics& diags);

/// What kind of value a scalar was written as.
enum class JsonScalar : std::uint8_t { text, number, boolean };
JsonScalar scalar_kind(const Sources& sources, const Doc& d);

}  // namespace sekisho
