// Tables of any bytes: the reader comes to the end, and a table cut anywhere has the rows that the whole one
// has.
#include <cstdint>
#include <cstdlib>

#include "batch/records.h"

using namespace sekisho;

namespace {

std::size_t count(std::string_view text) {
  CsvReader reader(text);
  TextRow row;
  std::size_t rows = 0;
  for (std::size_t before = 0; reader.next(row); ++rows, before = reader.at())
    if (reader.at() <= before) std::abort();
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = size == 0 ? 0 : data[0] % (size + 1);
  const WholeRows first = whole_rows(text.substr(0, cut), true, false);
  if (first.bytes > cut || count(text.substr(0, first.bytes)) != first.rows) std::abort();
  if (first.rows + count(text.substr(first.bytes)) != count(text)) std::abort();
  return 0;
}
