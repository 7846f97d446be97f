#include "api/known_names.h"

#include <algorithm>

#include "base/countries.h"
#include "model/corrections.h"

namespace sekisho {
namespace {

std::string cure_of(HeldKind kind, const std::string& near, bool has_world) {
  if (kind == HeldKind::state) return "write the two letters of ISO 3166-1";
  if (!near.empty()) return fmt::format("write `{}`", near);
  if (kind == HeldKind::lot || kind == HeldKind::authorisation)
    return "correct its name, or record it before it is stopped";
  return has_world ? "add it to the world, or correct its name" : "name the world that has it with `--world`";
}

}  // namespace

KnownNames::KnownNames(const World& world, std::span<const Event> recorded) {
  know(world);
  Diagnostics told;  // what is wrong with the record is reported before anything is booked
  for (const Event* e : corrected(recorded, told)) {
    if (const auto* entered = std::get_if<Enter>(&e->body)) know(entered->world);
    if (const auto* a = std::get_if<Authorise>(&e->body))
      know(HeldKind::authorisation, a->text.instrument.id);
    if (const Goods* g = e->goods()) know(*g);
  }
  for (const std::string_view c : country_codes()) know(HeldKind::state, std::string(c));
}
void KnownNames::know(const World& w) {
  for (const Party& p : w.parties) know(HeldKind::party, p.id);
  for (const Item& i : w.items) know(HeldKind::item, i.id);
  for (const Instrument& i : w.instruments) know(HeldKind::authorisation, i.id);
}
void KnownNames::know(const Goods& g) {
  for (const LotGiven& l : g.gives) know(HeldKind::lot, l.lot);
  for (const LotTaken& t : g.takes)
    if (!t.as.empty()) know(HeldKind::lot, t.as);
}

const Code& untold(HeldKind kind) {
  return kind == HeldKind::party || kind == HeldKind::item ? code::unknown_party : code::no_such_event;
}

void check_names(std::span<const Event> events, const KnownNames& known, bool has_world, Diagnostics& diags) {
  const auto must_be = [&](const Event& e, HeldKind kind, const std::string& name) {
    const std::set<std::string>& names = known.of(kind);
    if (name.empty() || names.contains(name)) return;
    diags.emit(untold(kind), e.at, to_string(kind), name)
        .fix(cure_of(kind, nearest(name, {names.begin(), names.end()}), has_world));
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
