#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hex.h"

namespace sekisho {

using Hash = std::array<std::uint8_t, 32>;

/// SHA-256 of several pieces as one text. @source FIPS 180-4
Hash sha256(std::span<const std::string_view> pieces);

std::string_view bytes(const Hash& h);
/// Bytes of another number give all zeros, which is the hash of nothing.
Hash to_hash(std::string_view raw);
/// Hashes one after the other, and back; a rest that is no whole hash is left out.
std::string packed(std::span<const Hash> hashes);
std::vector<Hash> unpacked(std::string_view raw);
/// @returns nullopt for anything but the hexadecimal of a hash
std::optional<Hash> parse_hex(std::string_view text);
std::string to_base64(std::string_view raw);
/// @returns nullopt for anything but canonical base64 with its padding
std::optional<std::string> from_base64(std::string_view text);

}  // namespace sekisho
