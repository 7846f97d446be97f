// Answer files of any bytes beside a small rulebook: the checker comes to its verdict.
#include <cstdint>

#include "oracle/loaded.h"
#include "proof/check.h"

using namespace sekisho;

namespace {

constexpr std::size_t few_readings = 50;
const char* const text = R"(authority xk.office of XK "Office"
fact departure is country
  asks "From where?"
fact destination is country
  asks "To where?"
fact armed is yes or no
  asks "Are they armed?"
fact licensors is set of country
  asks "Who licensed them?"
fact fighting of destination is yes or no
  asks "Is there fighting?"
  judged by xk.office
regime xk.export "Export Act"
  authority xk.office
  force statute
  governs when departure is XK
  otherwise prohibited
  unlinked opposites strictest prevails
  cite "1"
  cite "2"
route unarmed
  cite "3"
  permits when not armed and not fighting
  needs permit export_permit from xk.office
rule licensors_agree
  cite "4"
  needs consent licensors_consent from xk.office
  when some s in licensors has (s is not destination)
  notwithstanding unarmed
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const judge::Loaded book(text);
  // Its digest stands in the corpus; the fuzzer need not find one.
  static const std::vector<proof::TextDigest> texts{{"book.law", "text"}};
  proof::check(book.law, texts, std::string_view(reinterpret_cast<const char*>(data), size), few_readings);
  return 0;
}
