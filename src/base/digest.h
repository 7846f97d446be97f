#pragma once
#include <string>
#include <string_view>

namespace sekisho {

/// BLAKE2b of a text, 256 bits in hexadecimal: two texts with the same digest are the same text.
/// @source RFC 7693
std::string digest(std::string_view text);

}  // namespace sekisho
