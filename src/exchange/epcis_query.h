#pragma once
#include "base/document.h"

namespace sekisho {

/// A query for events, as the standard's REST binding sends it, holds parameters and no event.
bool looks_like_epcis_query(const Doc& d);
/// @fails SK3003 a parameter that the standard does not know, SK3005 a value of another form
void check_epcis_query(const Sources& sources, const Doc& d, Diagnostics& diags);

}  // namespace sekisho
