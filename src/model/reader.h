#pragma once
#include <optional>

#include "base/diagnostics.h"
#include "base/document.h"
#include "model/world.h"

namespace sekisho {

/// Read a world or a transfer. Every key is known or reported; every party, item, lot and agreement
/// that is named exists in the world. @returns nullopt after a report
std::optional<World> read_world(const Doc& doc, Diagnostics& diags);
/// The sections of a world file alone. What they name may have been entered elsewhere: it is not looked up.
World read_world_sections(const Doc& doc, Diagnostics& diags);
/// One act of an authority, as it stands in the list `instruments`. What it names is not looked up.
Instrument read_instrument(const Doc& doc, Diagnostics& diags);
/// Facts by name, as they stand under `facts`; `from` says where, for the answer.
FactEntries read_facts(const Doc& facts, const std::string& from, Diagnostics& diags);
/// A list of provisos as they stand under a lot or an instrument; parties are not looked up.
std::vector<ProvisoOn> read_provisos(const Doc& list, Diagnostics& diags);
std::optional<Transfer> read_transfer(const Doc& doc, const World& world, Diagnostics& diags);

/// One value as a person types it after `--known FACT=`: `yes`, `US|GB`, `unknown`.
Knowledge read_known(std::string_view text, TextSpan at);

}  // namespace sekisho
