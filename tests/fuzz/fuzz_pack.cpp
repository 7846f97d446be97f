// A pack of entries on any bytes. Besides not crashing: what is read, packed and read again is the same.
#include <cstdint>
#include <cstdlib>

#include "register/export_line.h"
#include "register/pack.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Pack p(3, std::string_view(reinterpret_cast<const char*>(data), size));
  for (Sequence s = p.first(); s < p.behind(); ++s) {
    const auto e = p.entry(s);
    if (!e) continue;
    const PackRow row = pack(std::span(&*e, 1));
    const auto again = Pack(row.first, row.raw).entry(s);
    if (!again || export_line(*again) != export_line(*e)) std::abort();
  }
  return 0;
}
