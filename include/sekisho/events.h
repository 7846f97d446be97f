#pragma once
#include <string>
#include <vector>

#include "sekisho/sekisho.h"

// Files of events: what happened to goods, one JSON object a line (docs/events.md).

namespace sekisho {

struct EventLines {
  bool ok = false;  // nothing is wrong
  std::vector<Report> reports;
  std::vector<std::string> lines;  // each sound event in its canonical line, in the order of the file
  std::vector<unsigned> at;        // of each the line of the file, from 1
};

/// @fails SK3101 no JSON, SK3102 no such event, SK3xxx in what it says, SK3201 two of one name
EventLines canonical_events(const SourceText& file);

}  // namespace sekisho
