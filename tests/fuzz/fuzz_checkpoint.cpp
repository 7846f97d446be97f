// Signed notes and keys on any bytes. Besides not crashing: nothing but the note that was signed is believed.
#include <cstdint>
#include <cstdlib>

#include "register/checkpoint.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto keys = make_keys("fuzz.example", Hash{1});
  static const Checkpoint signed_one{"fuzz.example/register", 7, Hash{2}};
  static const std::string note = *sign(signed_one, keys->secret);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto read = read_checkpoint(text, keys->open); read && read->text() != signed_one.text())
    std::abort();
  if (const auto read = read_checkpoint(note, text); read && read->text() != signed_one.text()) std::abort();
  if (sign(signed_one, text) && text.find("PRIVATE+KEY+") == text.npos) std::abort();
  return 0;
}
