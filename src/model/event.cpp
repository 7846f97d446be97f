#include "model/event.h"

#include <algorithm>
#include <array>

namespace sekisho {
namespace {

struct Row {
  std::string_view word;
  EventFamily family;
};
constexpr std::array rows{
#define EVENT(NAME, WORD, FAMILY, KEYS) Row{WORD, EventFamily::FAMILY},
#include "model/event_kinds.def"
#undef EVENT
};

}  // namespace

std::string_view to_string(EventKind k) {
  return rows[static_cast<std::size_t>(k)].word;
}

std::optional<EventKind> parse_event_kind(std::string_view word) {
  const auto* it = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.word == word; });
  if (it == rows.end()) return std::nullopt;
  return static_cast<EventKind>(it - rows.begin());
}

std::vector<std::string> event_kind_words() {
  std::vector<std::string> out;
  out.reserve(rows.size());
  for (const Row& r : rows) out.emplace_back(r.word);
  return out;
}

EventFamily family_of(EventKind k) {
  return rows[static_cast<std::size_t>(k)].family;
}

bool moves(EventKind k) {
  return k == EventKind::transfer || k == EventKind::lend || k == EventKind::release ||
         k == EventKind::give_back || k == EventKind::return_substitute;
}

}  // namespace sekisho
