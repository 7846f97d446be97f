#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sekisho {

/// Bytes in hexadecimal, two small digits each.
std::string to_hex(std::span<const std::uint8_t> bytes);
std::string to_hex(std::string_view bytes);

}  // namespace sekisho
