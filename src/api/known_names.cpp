#include "api/known_names.h"

#include <algorithm>

#include "base/countries.h"
#include "model/corrections.h"

namespace sekisho {
namespace {

/// Names that an event may use: of whatever a world or the events tell.
class Known {
 public:
  explicit Known(const OpenedEvents& read) {
    know(read.world);
    Diagnostics told;  // what is wrong with the record is reported before anything is booked
    for (const Event* e : corrected(read.events, told)) {
      if (const auto* entered = std::get_if<Enter>(&e->body)) know(entered->world);
      if (const auto* a = std::get_if<Authorise>(&e->body)) authorisations_.push_back(a->text.instrument.id);
      if (const Goods* g = e->goods()) know(*g);
    }
    for (const std::string_view c : country_codes()) states_.emplace_back(c);
  }
  const std::vector<std::string>& of(HeldKind kind) const {
    switch (kind) {
      case HeldKind::state: return states_;
      case HeldKind::party: return parties_;
      case HeldKind::item: return items_;
      case HeldKind::lot: return lots_;
      case HeldKind::authorisation: break;
    }
    return authorisations_;
  }

 private:
  void know(const World& w) {
    for (const Party& p : w.parties) parties_.push_back(p.id);
    for (const Item& i : w.items) items_.push_back(i.id);
    for (const Instrument& i : w.instruments) authorisations_.push_back(i.id);
  }
  void know(const Goods& g) {
    for (const LotGiven& l : g.gives) lots_.push_back(l.lot);
    for (const LotTaken& t : g.takes)
      if (!t.as.empty()) lots_.push_back(t.as);
  }
  std::vector<std::string> states_, parties_, items_, lots_, authorisations_;
};

std::string cure_of(HeldKind kind, const std::string& near, bool has_world) {
  if (kind == HeldKind::state) return "write the two letters of ISO 3166-1";
  if (!near.empty()) return fmt::format("write `{}`", near);
  if (kind == HeldKind::lot || kind == HeldKind::authorisation)
    return "correct its name, or record it before it is stopped";
  return has_world ? "add it to the world, or correct its name" : "name the world that has it with `--world`";
}

}  // namespace

void check_names(std::span<const Event> events, const OpenedEvents& read, bool has_world,
                 Diagnostics& diags) {
  const Known known(read);
  const auto must_be = [&](const Event& e, HeldKind kind, const std::string& name) {
    const std::vector<std::string>& names = known.of(kind);
    if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) return;
    const bool of_a_world = kind == HeldKind::party || kind == HeldKind::item;
    diags.emit(of_a_world ? code::unknown_party : code::no_such_event, e.at, to_string(kind), name)
        .fix(cure_of(kind, nearest(name, names), has_world));
  };
  for (const Event& e : events) {
    if (const auto* s = std::get_if<Stop>(&e.body)) must_be(e, s->kind, s->name);
    if (const auto* r = std::get_if<Reserve>(&e.body); r && has_world)
      for (const ReservedLine& l : r->lines) {
        must_be(e, HeldKind::item, l.item);
        must_be(e, HeldKind::party, l.consignee);
      }
  }
}

}  // namespace sekisho
