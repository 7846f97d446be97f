#pragma once
#include <string>
#include <vector>

#include "exchange/epcis_document.h"

// The event hash of CBV 2.0: one text of an event that every spelling of it gives, and its SHA-256.
//
// Fields stand in one order with their names, lists sorted, without anything between them; times in UTC with
// milliseconds, numbers without trailing zeros, words and identifiers as the URIs of GS1. `eventID`,
// `recordTime`, `errorDeclaration` and comments are left out: they are about the event. Where the standard
// says nothing, what is done here stands in docs/epcis.md.

namespace sekisho {

/// @param ignored  names in full of extensions that are left out (`EpcisDocument::ignored`)
std::string epcis_prehash(const Sources& sources, const EpcisEvent& event,
                          const std::vector<std::string>& ignored);
/// `ni:///sha-256;<hexadecimal digits>?ver=CBV2.0` of such a text.
std::string epcis_hash(std::string_view prehash);

}  // namespace sekisho
