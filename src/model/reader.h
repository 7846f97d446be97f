#pragma once
#include <optional>

#include "base/diagnostics.h"
#include "base/document.h"
#include "model/world.h"

namespace sekisho {

/// Read a world or a transfer. Every key is known or reported; every party, item, lot and agreement
/// that is named exists in the world. @returns nullopt after a report
std::optional<World> read_world(const Doc& doc, Diagnostics& diags);
std::optional<Transfer> read_transfer(const Doc& doc, const World& world, Diagnostics& diags);

/// One value as a person types it after `--known FACT=`: `yes`, `US|GB`, `unknown`.
Knowledge read_known(std::string_view text, TextSpan at);

}  // namespace sekisho
