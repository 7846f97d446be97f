// Lexer, parser, checker and formatter on any bytes. Besides not crashing: what the formatter gives
// must parse without a mistake of grammar, and formatting it again must change nothing.
#include <cstdint>
#include <cstdlib>

#include "law/checker.h"
#include "law/formatter.h"
#include "law/parser.h"

using namespace sekisho;

namespace {

struct Read {
  Sources sources;
  Diagnostics diags;
  std::vector<Token> tokens;
  tree::File file;
  SourceId id;
  explicit Read(std::string text) : id(sources.add("fuzz.law", std::move(text))) {
    tokens = lex(sources, id, diags);
    file = parse(sources, tokens, diags);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Read first(std::string(reinterpret_cast<const char*>(data), size));
  const bool sound = first.diags.all().empty();
  check(std::span(&first.file, 1), first.diags);
  for (const Diagnostic& d : first.diags.all())
    if (d.at.source.valid()) first.sources.locate(d.at);
  if (!sound) return 0;
  const std::string once = format(first.sources, first.id, first.tokens, first.file);
  Read second(once);
  if (!second.diags.all().empty()) std::abort();
  if (format(second.sources, second.id, second.tokens, second.file) != once) std::abort();
  return 0;
}
