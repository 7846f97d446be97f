#pragma once
#include <string>
#include <vector>

#include "sekisho/events.h"
#include "sekisho/sekisho.h"

// EPCIS 2.0 in JSON: events as trade partners exchange them, in and out (docs/epcis.md).

namespace sekisho {

/// True if a text looks like EPCIS, by the keys of its first object.
bool is_epcis(const SourceText& file);

/// The events of an EPCIS document in their canonical lines; what of it no event says is a warning.
/// @fails SK3401 no EPCIS document, SK3402 no standard word, SK3403 an unknown prefix, SK3404 and SK3405 an
///        extension of Sekisho that contradicts the event or is none, SK3003 to SK3006 its form, SK3101 no
///        JSON
EventLines events_of_epcis(const SourceText& file);

struct EpcisText {
  bool ok = false;  // nothing is wrong
  std::vector<Report> reports;
  std::string text;  // a whole document with its line ends; empty where something is wrong
};
/// A file of events as an EPCIS document. An EPCIS document is read first, and so comes out as Sekisho writes
/// it.
EpcisText epcis_of_events(const SourceText& file);

struct EpcisHash {
  std::string hash;     // `ni:///sha-256;…?ver=CBV2.0`
  std::string prehash;  // the text of which it is
};
struct EpcisHashes {
  bool ok = false;
  std::vector<Report> reports;
  std::vector<EpcisHash> hashes;  // of each event of the document, in its order
};
/// The event hash of CBV 2.0. Events of ours are hashed as the document that they come out as.
EpcisHashes epcis_hashes(const SourceText& file);

}  // namespace sekisho
