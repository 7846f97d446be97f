#pragma once
#include "sekisho/sekisho.h"

// What events say of lots: where they come from, what lies on them, and how their movements stand.

namespace sekisho {

struct LotRequest {
  SourceText events;  // docs/events.md
  std::optional<SourceText> world;
  std::string lot;
  std::string on;  // up to this day; empty: all
};

struct LotResult {
  bool ok = false;
  std::vector<Report> reports;
  std::string json;
};

/// The states of a lot, with all that they are made of and all that came of them.
/// @returns JSON, schemas/lot.schema.json
/// @fails SK31xx, SK32xx in the events
LotResult lot_pedigree(const Rulebooks& books, const LotRequest& request);

/// A pedigree drawn by Graphviz, drawn here, and in the terms of W3C PROV (PROV-JSON).
/// @pre pedigree.ok, of `lot_pedigree`
std::string pedigree_dot(const LotResult& pedigree);
std::string pedigree_svg(const LotResult& pedigree);
std::string pedigree_prov(const LotResult& pedigree);

/// Each movement decided as one that took place, on its day, with what lay on the goods before it.
/// @returns JSON, schemas/movements.schema.json
LotResult movements(const Rulebooks& books, const LotRequest& request);

/// Each lot that there is on a day and that ever moved, with its last movement: how that stood on its day
/// (`then`), and how it would stand on the day asked (`now`), by the law and the acts of each.
/// @param request  `on` is the day
/// @returns JSON: `holdings`, each with lot, holder, event, moved_on, then, now (finding, best, worst,
/// compliance)
/// @fails as `movements`
LotResult holdings(const Rulebooks& books, const LotRequest& request);

}  // namespace sekisho
