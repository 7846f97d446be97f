#include "api/shared_events.h"

#include <set>
#include <utility>

#include "accounts/replay.h"
#include "api/acts.h"
#include "api/opened_events.h"
#include "model/event_reader.h"
#include "model/holds.h"
#include "model/reader.h"

namespace sekisho {
namespace {

/// Names that events use, looked up in everything that was entered, on whatever day.
class Names {
 public:
  Names(const Law& law, const World& world, Diagnostics& diags) : law_(law), diags_(diags) { know(world); }

  void know(const World& w) {
    for (const Party& p : w.parties) parties_.insert(p.id);
    for (const Item& i : w.items) items_.insert(i.id);
    for (const Agreement& a : w.agreements) agreements_.insert(a.id);
  }
  void check(const Event& e) {
    if (const auto* c = std::get_if<Correct>(&e.body))
      for (const Event& instead : c->instead) check(instead);
    if (std::holds_alternative<Attest>(e.body)) must_be(parties_, "party", e.by, e.at);
    const Goods* g = e.goods();
    if (g == nullptr) return;
    for (const LotGiven& l : g->gives) must_be(items_, "item", l.item, l.at);
    for (const std::string& party : {g->maker, g->from, g->to, g->end_user})
      must_be(parties_, "party", party, e.at);
    must_be(agreements_, "agreement", g->made_under, e.at);
    for (const ProvisoOn& p : g->binds) {
      if (!law_.find_proviso(p.proviso).valid())
        diags_.emit(code::unknown_rule_name, p.at, "proviso", p.proviso);
      for (const auto& [parameter, party] : p.with) must_be(parties_, "party", party, p.at);
    }
  }

 private:
  void must_be(const std::set<std::string>& known, std::string_view kind, const std::string& name,
               TextSpan at) {
    if (!name.empty() && !known.contains(name) && told_.emplace(kind, name).second)
      diags_.emit(code::unknown_party, at, kind, name)
          .fix("add it to the world with `--world`, or with an event `enter`");
  }
  const Law& law_;
  Diagnostics& diags_;
  std::set<std::string> parties_, items_, agreements_;
  std::set<std::pair<std::string, std::string>> told_;  // each once, however often it is named
};

void check_names_entered(const Law& law, const std::vector<Event>& events, const World& world,
                         Diagnostics& diags) {
  Names names(law, world, diags);
  for (const Event& e : events)
    if (const auto* entered = std::get_if<Enter>(&e.body)) names.know(entered->world);
  for (const Event& e : events) names.check(e);
}

}  // namespace

std::vector<Event> checked_events(const Rulebooks::Body& body, Sources& sources, const SourceText& file,
                                  const World& world, Diagnostics& diags) {
  std::vector<Event> events = read_events(sources, sources.add(file.name, file.text), diags);
  check_names_entered(body.law, events, world, diags);
  return events;
}

OpenedLots::OpenedLots(const Rulebooks::Body& body, const SourceText& file,
                       const std::optional<SourceText>& world_file)
    : sources(body.sources) {
  auto read = read_world_file(sources, world_file, diags);
  if (!read) return;
  world = std::move(*read);
  events = checked_events(body, sources, file, world, diags);
}

SharedEvents::SharedEvents(const Rulebooks::Body& body, const SourceText& file)
    : body_(body), sources_(body.sources) {
  events_ = read_events(sources_, sources_.add(file.name, file.text), told_);
}

std::shared_ptr<const World> SharedEvents::world(Sources& sources, const std::optional<SourceText>& file,
                                                 Date on, Diagnostics& diags) {
  const SourceId at{static_cast<std::uint32_t>(sources.size())};
  if (last_ && last_->at == at && last_->file == file && last_->on == on) {
    if (file) sources.add(file->name, file->text);
  } else {
    last_.emplace(Last{at, file, on, nullptr, {}});
    if (auto read = read_world_file(sources, file, last_->told))
      last_->world = made(std::move(*read), on, last_->told);
  }
  diags.add(last_->told);
  return last_->world;
}

std::shared_ptr<const World> SharedEvents::made(World world, Date on, Diagnostics& diags) const {
  diags.add(told_);
  check_names_entered(body_.law, events_, world, diags);
  if (diags.has_errors()) return nullptr;
  world.lots.clear();
  world.lots_from_events = true;
  const Custody custody(events_, on, body_.law, world, diags);
  join(world, custody.world(), diags);
  if (diags.has_errors()) return nullptr;  // the accounts would tell of the same corrections again
  join(world, acts_of(replay_accounts(events_, on, world, diags).book, on), diags);
  Diagnostics told;  // by the accounts already
  world.holds = Holds(events_, custody.events(), told).on(on);
  return diags.has_errors() ? nullptr : std::make_shared<const World>(std::move(world));
}

std::shared_ptr<const World> world_of(SharedEvents* events, Sources& sources,
                                      const std::optional<SourceText>& file, Date on, Diagnostics& diags) {
  if (events != nullptr) return events->world(sources, file, on, diags);
  auto read = read_world_file(sources, file, diags);
  return read ? std::make_shared<const World>(std::move(*read)) : nullptr;
}

}  // namespace sekisho
