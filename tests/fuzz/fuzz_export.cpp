// A line of an export on any bytes. Besides not crashing: what is read, written and read again is the same
// line.
#include <cstdint>
#include <cstdlib>

#include "register/export_line.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto origin = read_export_heading(text))
    if (const auto again = read_export_heading(export_heading(*origin)); !again || *again != *origin)
      std::abort();
  if (const auto e = read_export_line(text, 2)) {
    const std::string line = export_line(*e);
    const auto again = read_export_line(line, 2);
    if (!again || export_line(*again) != line) std::abort();
  }
  return 0;
}
