#include "sekisho/register.h"

#include <sodium.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "api/held.h"
#include "api/new_mistakes.h"
#include "base/date.h"
#include "base/json.h"
#include "ledger/ledger.h"
#include "register/export_line.h"
#include "register/register.h"

namespace sekisho {
namespace {

RegisterOutcome failed(const Problem& p, std::string file = {}) {
  RegisterOutcome out;
  Report r;
  r.code = std::string(p.code->code);
  r.place.file = std::move(file);
  r.message = p.message;
  if (!p.cure.empty()) r.fixes.push_back(p.cure);
  out.reports.push_back(std::move(r));
  return out;
}
RegisterOutcome done(std::uint64_t number, std::string text = {}) {
  RegisterOutcome out;
  out.ok = true;
  out.number = number;
  out.text = std::move(text);
  return out;
}

Hash fresh() {
  Hash h{};
  randombytes_buf(h.data(), h.size());
  return h;
}
/// The last microsecond of a day, or of all days.
Result<std::int64_t> end_of(const std::string& day) {
  if (day.empty()) return INT64_MAX;
  const auto d = parse_date(day);
  if (!d) return problem(code::document_date, day);
  return (d->days + std::int64_t{1}) * day_length - 1;
}

Json source_json(const std::optional<SourceText>& t) {
  return t ? Json{{"name", t->name}, {"text", t->text}} : Json();
}
std::optional<SourceText> source_from(const Json& j) {
  if (j.is_null()) return std::nullopt;
  return SourceText{j.at("name").get<std::string>(), j.at("text").get<std::string>()};
}
std::string request_body(const DecideRequest& q, const std::string& answer, bool own_events) {
  const Json request{{"transfer", source_json(q.transfer)},
                     {"world", source_json(q.world)},
                     {"events", own_events ? Json() : source_json(q.events)},
                     {"on", q.on},
                     {"law_of", q.law_of},
                     {"known_on", q.known_on},
                     {"known", q.known},
                     {"own_events", own_events},
                     {"without_instruments", q.without_instruments}};
  return to_line({{"request", request}, {"answer", answer}});
}
/// Whether an answer says what is compared when it is given again.
bool whole_answer(const std::optional<Json>& answer) {
  if (!answer || !answer->is_object()) return false;
  const auto has = [](const Json& j, const char* key) { return j.contains(key) && j[key].is_string(); };
  const auto all_have = [&](const char* list, std::initializer_list<const char*> keys) {
    const auto it = answer->find(list);
    return it != answer->end() && it->is_array() &&
           std::all_of(it->begin(), it->end(), [&](const Json& part) {
             return std::all_of(keys.begin(), keys.end(), [&](const char* key) { return has(part, key); });
           });
  };
  const Json& lines = list_at(*answer, "lines");
  const bool decided = !lines.empty() && std::all_of(lines.begin(), lines.end(), [](const Json& line) {
    const auto premises = line.is_object() ? line.find("premises") : line.end();
    return line.is_object() && premises != line.end() && premises->is_object() &&
           premises->contains("facts") && premises->at("facts").is_object();
  });
  return decided && has(*answer, "finding") && has(*answer, "best") && has(*answer, "worst") &&
         all_have("regimes", {"regime", "finding"}) && all_have("needs", {"need", "status"}) &&
         all_have("provisos", {"proviso"}) && all_have("obligations", {"by", "text"});
}
/// @returns nullopt for a body that no `record_decision` wrote
std::optional<RecordedDecision> decision_from(const Holding& h) try {
  const auto j = parse_json(h.body);
  if (!j) return std::nullopt;
  const Json& r = j->at("request");
  if (!whole_answer(parse_json(j->at("answer").get<std::string>()))) return std::nullopt;
  RecordedDecision d{
      h.entry, h.by, h.confirmed_by, {}, r.at("own_events").get<bool>(), j->at("answer").get<std::string>()};
  d.request.transfer = source_from(r.at("transfer")).value_or(SourceText());
  d.request.world = source_from(r.at("world"));
  d.request.events = source_from(r.at("events"));
  d.request.on = r.at("on").get<std::string>();
  d.request.law_of = r.at("law_of").get<std::string>();
  d.request.known_on = r.at("known_on").get<std::string>();
  d.request.known = r.at("known").get<std::vector<std::string>>();
  d.request.without_instruments = r.at("without_instruments").get<bool>();
  for (const std::string& day : {d.request.on, d.request.law_of, d.request.known_on})
    if (!day.empty() && !parse_date(day)) return std::nullopt;
  return d;
} catch (const Json::exception&) {
  return std::nullopt;
}

/// Why an answer is no decision.
const char* no_decision(const DecideRequest& request, const Json& answer) {
  const auto asked = answer.find("question");
  const Json question = asked != answer.end() && asked->is_object() ? *asked : Json::object();
  const auto draft = question.find("hypothetical");
  if (request.hypothetical || (draft != question.end() && *draft == true))
    return "an answer under a draft is no decision";
  if (!request.readings.empty() || question.contains("readings"))
    return "an answer by one reading of unsettled law is no decision";
  return nullptr;
}

constexpr const char* unrepeatable = "it is no decision that can be repeated";

/// What a decision leaves out that would repeat it.
std::optional<Flaw> unfounded(const Entry& e) {
  const bool decision = e.head.kind == decision_entry || e.head.kind == proposed_decision;
  if (!decision || !e.body || decision_from({e.sequence, "", "", e.body->text})) return {};
  return Flaw{e.sequence, unrepeatable};
}

/// The case is open, be it behind another state's law that nobody assessed, or an authority may still decide
/// a need of it as it sees fit, or a finding of its is only taken for granted. @pre whole_answer
bool discretionary(const Json& answer) {
  if (taken_for_granted(answer)) return true;
  if (text_at(answer, "finding") == "open" || answer["best"] != answer["worst"]) return true;
  for (const Json& regime : answer["regimes"])
    if (text_at(regime, "finding") == "open") return true;
  for (const Json& need : answer["needs"])
    if (text_at(need, "status") == "open" && text_at(need, "posture") != "approval_presumed") return true;
  return false;
}

/// The name of an event is that of one that waits or was disposed of.
Failure name_taken(const Holdings& recorded, const std::string& line) {
  Diagnostics none;
  const auto e = EventReader(none).read(line);
  if (!e || !reserved_names(recorded).contains(e->id)) return {};
  Problem taken = problem(code::event_twice, e->id);
  taken.cure = "give the new one another name: an event that waits or was disposed of has this one";
  return taken;
}

/// What is recorded already and was corrected since stays so, however often it is given; unless the
/// correction is given with it, whoever gives it may think that it holds again.
void tell_corrected(const Holdings& recorded, const std::vector<std::string>& passed,
                    std::vector<Report>& told) {
  Diagnostics none;
  EventReader reader(none);
  std::unordered_map<std::string, bool> corrected;  // by name: whether it was withdrawn
  for (const Holding& h : recorded.events)
    if (const auto e = h.body.starts_with(R"({"event":"correct")") ? reader.read(h.body) : std::nullopt)
      if (const auto* c = std::get_if<Correct>(&e->body)) corrected[c->of] = c->withdrawn;
  if (corrected.empty()) return;
  std::vector<std::string> names;
  for (const std::string& line : passed)
    if (const auto e = reader.read(line)) {
      names.push_back(e->id);
      if (const auto* c = std::get_if<Correct>(&e->body)) corrected.erase(c->of);
    }
  for (const std::string& name : names)
    if (const auto c = corrected.find(name); c != corrected.end()) {
      Report r =
          failed(problem(code::stays_corrected, name, c->second ? "withdrawn" : "corrected")).reports[0];
      r.is_error = false;
      r.fixes = {"give what happened anew another name, or `correct` the event again"};
      told.push_back(std::move(r));
    }
}

/// Leaves out events that hold or wait already, word for word.
/// @param told  of those that hold no more, for they were put right since
/// @returns how many
std::size_t pass_over(const Holdings& recorded, std::vector<std::string>& events, std::vector<Report>& told) {
  if (recorded.events.empty() && recorded.waiting.empty()) return 0;
  const std::unordered_set<std::string_view> asked(events.begin(), events.end());
  std::unordered_set<std::string_view> there;
  for (const Holding& h : recorded.events)
    if (asked.contains(h.body)) there.insert(h.body);
  for (const Waiting& w : recorded.waiting)
    if (asked.contains(w.body)) there.insert(w.body);
  if (there.empty()) return 0;
  std::vector<std::string> passed;
  std::erase_if(events, [&](const std::string& line) {
    if (!there.contains(line)) return false;
    passed.push_back(line);
    return true;
  });
  tell_corrected(recorded, passed, told);
  return passed.size();
}

/// @param found  what was told of them, whether they fit or not
Failure unfit(const Holdings& recorded, const std::vector<std::string>& more,
              const std::optional<SourceText>& world, Examined& found) {
  auto examined = examine(recorded, more, world);
  if (!examined) return examined.problem();
  found = std::move(*examined);
  return found.sound() ? Failure() : problem(code::not_recordable, "it does not fit what holds");
}
RegisterOutcome refused(const Problem& p, std::vector<Report>& mistakes) {
  RegisterOutcome out = failed(p);
  if (!mistakes.empty()) out.reports = std::move(mistakes);
  return out;
}

Json hexes(const std::vector<Hash>& proof) {
  Json out = Json::array();
  for (const Hash& h : proof) out.push_back(to_hex(h));
  return out;
}

}  // namespace

struct OpenRegister::Body {
  Register record;
  std::string origin;
  bool origin_whole = true;

  /// What says of which register it is, is not made where that was altered.
  Failure nameless() const {
    return origin_whole ? Failure() : problem(code::register_altered, origin_altered);
  }

  /// Says where entries were recorded as of a later time than the clock's, which the last entry had.
  RegisterOutcome timely(RegisterOutcome out, std::int64_t now) {
    constexpr std::int64_t minute = 60'000'000;  // clocks of two writers differ a little
    const auto n = record.size();
    if (!n || *n == 0) return out;
    (void)record.read(*n - 1, *n, [&](const Entry& e) {
      if (e.head.recorded > now + minute) {
        RegisterOutcome told = failed(problem(code::clock_behind, e.sequence, to_time(e.head.recorded)));
        told.reports.front().is_error = false;
        out.reports.push_back(std::move(told.reports.front()));
      }
      return true;
    });
    return out;
  }
};

OpenRegister::OpenRegister() = default;
OpenRegister::~OpenRegister() = default;
OpenRegister::OpenRegister(OpenRegister&&) noexcept = default;
OpenRegister& OpenRegister::operator=(OpenRegister&&) noexcept = default;

RegisterOutcome OpenRegister::open(const std::string& location) {
  auto store = open_store(location);
  if (!store) return failed(store.problem());
  auto origin = (*store)->origin();
  if (!origin) return failed(origin.problem());
  body_ = std::make_unique<Body>(Body{Register(std::move(*store)), std::move(origin->text), origin->whole});
  return done(0);
}

RegisterOutcome OpenRegister::create(const std::string& location, const std::string& origin) {
  if (origin.empty() || origin.find_first_of("\n\r") != std::string::npos)
    return failed(problem(code::not_recordable, "the origin of a register is one line"));
  auto store = create_store(location, origin);
  if (!store) return failed(store.problem());
  body_ = std::make_unique<Body>(Body{Register(std::move(*store)), origin});
  return done(0);
}

/// What is told of new events, told of the file that they come from.
/// @param left  those that were looked at, of `events`
static void place_in_file(std::vector<Report>& reports, const std::vector<std::string>& left,
                          const std::vector<std::string>& events, const AppendOptions& options) {
  if (reports.empty() || options.at.size() != events.size()) return;
  std::unordered_map<std::string_view, unsigned> line_of;
  for (std::size_t i = events.size(); i-- > 0;) line_of[events[i]] = options.at[i];
  for (Report& r : reports) {
    if (r.place.file != new_events || r.place.line == 0 || r.place.line > left.size()) continue;
    r.place.file = options.file;
    r.place.line = line_of.at(left[r.place.line - 1]);
  }
}

RegisterOutcome OpenRegister::append(const std::vector<std::string>& events, const Recorder& recorder,
                                     const AppendOptions& options) {
  Ledger ledger(body_->record);
  std::vector<std::string> left = events;
  std::vector<bool> four_eyes;  // of each that is left, whether it needs them
  std::size_t done_up_to = 0;
  std::optional<Sequence> checked;  // the register of so many entries is known to bear what is left
  RegisterOutcome out = done(0);
  std::unordered_set<std::string> said;
  const auto check = [&]() -> Failure {
    const auto standing = ledger.standing();
    if (!standing) return standing.problem();
    left.erase(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(done_up_to));  // their lines are gone
    done_up_to = 0;
    std::vector<Report> stays;
    out.number += pass_over(*standing, left, stays);
    Examined found;
    Failure f = unfit(*standing, left, options.world, found);
    four_eyes = std::move(found.four_eyes);
    place_in_file(found.told, left, events, options);
    if (f) out.reports.clear();
    found.told.insert(found.told.end(), stays.begin(), stays.end());
    for (Report& r : found.told)
      if (said.insert(r.message).second) out.reports.push_back(std::move(r));
    return f;
  };
  do {
    const auto recorded = ledger.record_events(
        [&](Sequence size) -> Result<std::vector<SoundEvent>> {
          if (checked != size)
            if (auto f = check()) return *f;
          const std::size_t end = done_up_to + std::min(options.batch, left.size() - done_up_to);
          std::vector<SoundEvent> batch;
          batch.reserve(end - done_up_to);
          for (std::size_t i = done_up_to; i < end; ++i) batch.push_back({std::move(left[i]), four_eyes[i]});
          return batch;
        },
        recorder.by, recorder.now, fresh());
    if (!recorded) return refused(recorded.problem(), out.reports);
    done_up_to += recorded->entries;
    checked = recorded->first + recorded->entries;
    if (recorded->entries != 0 && options.told)
      options.told({recorded->first, recorded->entries, recorded->proposed});
  } while (done_up_to < left.size());
  return body_->timely(std::move(out), recorder.now);
}

RegisterOutcome OpenRegister::append_if(
    const std::function<std::optional<std::string>(const std::string& events)>& make,
    const Recorder& recorder) {
  std::string made;
  Ledger ledger(body_->record);
  const auto recorded = ledger.record_events(
      [&](Sequence) -> Result<std::vector<SoundEvent>> {
        const auto standing = ledger.standing();
        if (!standing) return standing.problem();
        const auto line = make(lines_of(standing->events));
        if (!line) return std::vector<SoundEvent>();
        if (auto f = name_taken(*standing, *line)) return *f;
        auto event = sound_event(*line);
        if (!event) return event.problem();
        made = *line;
        return std::vector{std::move(*event)};
      },
      recorder.by, recorder.now, fresh());
  if (!recorded) return failed(recorded.problem());
  RegisterOutcome out = done(recorded->first, std::move(made));
  out.proposed = recorded->proposed != 0;
  return body_->timely(std::move(out), recorder.now);
}

RegisterOutcome OpenRegister::record_decision(const DecideRequest& request, const std::string& json,
                                              bool own_events, const Recorder& recorder) {
  const auto answer = parse_json(json);
  if (!whole_answer(answer)) return failed(problem(code::not_an_answer));
  if (const char* why = no_decision(request, *answer)) return failed(problem(code::not_recordable, why));
  const bool proposal = discretionary(*answer);
  const auto at = Ledger(body_->record)
                      .record_decision(request_body(request, json, own_events), recorder.by, recorder.now,
                                       fresh(), proposal);
  if (!at) return failed(at.problem());
  return body_->timely(done(*at, std::string(proposal ? proposed_decision : decision_entry)), recorder.now);
}

RegisterOutcome OpenRegister::confirm(std::uint64_t proposal, const std::string& reason,
                                      const Recorder& recorder, const std::optional<SourceText>& world) {
  Examined found;
  const auto at = Ledger(body_->record)
                      .settle(proposal, Verdict::confirm, recorder.by, reason, recorder.now, fresh(),
                              [&](Holdings now, const std::string& event) {
                                now.waiting.clear();  // it is one of them
                                return unfit(now, {event}, world, found);
                              });
  if (!at) return refused(at.problem(), found.told);
  RegisterOutcome out = done(*at);
  out.reports = std::move(found.told);
  return body_->timely(std::move(out), recorder.now);
}

RegisterOutcome OpenRegister::reject(std::uint64_t proposal, const std::string& reason,
                                     const Recorder& recorder) {
  const auto at =
      Ledger(body_->record).settle(proposal, Verdict::reject, recorder.by, reason, recorder.now, fresh(), {});
  return at ? body_->timely(done(*at), recorder.now) : failed(at.problem());
}

RegisterOutcome OpenRegister::dispose(std::uint64_t entry, const std::string& reason,
                                      const Recorder& recorder) {
  const auto disposed = Ledger(body_->record).dispose(entry, recorder.by, reason, recorder.now, fresh());
  return disposed ? done(disposed->entry, disposed->traces.value_or("")) : failed(disposed.problem());
}

RegisterOutcome OpenRegister::retain(unsigned years, const std::string& reason, const Recorder& recorder) {
  const auto at = Ledger(body_->record).propose_retention(years, reason, recorder.by, recorder.now, fresh());
  return at ? body_->timely(done(*at), recorder.now) : failed(at.problem());
}

RegisterOutcome OpenRegister::size() {
  const auto n = body_->record.size();
  return n ? done(*n) : failed(n.problem());
}

RegisterOutcome OpenRegister::lines(std::uint64_t from, std::uint64_t to,
                                    const std::function<bool(const std::string&)>& visit) {
  const auto f = body_->record.read(from, std::min(to, behind_all),
                                    [&](const Entry& e) { return visit(export_line(e)); });
  return f ? failed(*f) : done(0);
}

RegisterOutcome OpenRegister::events(const std::string& known_on) {
  const auto until = end_of(known_on);
  if (!until) return failed(until.problem());
  const auto standing = Ledger(body_->record).standing(*until);
  if (!standing) return failed(standing.problem());
  return done(standing->events.size(), lines_of(standing->events));
}

RegisterOutcome OpenRegister::standing(const std::string& known_on, std::vector<RecordedDecision>& decisions,
                                       std::vector<WaitingProposal>& waiting) {
  const auto until = end_of(known_on);
  if (!until) return failed(until.problem());
  const auto standing = Ledger(body_->record).standing(*until);
  if (!standing) return failed(standing.problem());
  decisions.reserve(standing->decisions.size());
  for (const Holding& h : standing->decisions) {
    auto d = decision_from(h);
    if (!d)
      return failed(problem(code::register_altered, fmt::format("entry {}: {}", h.entry, unrepeatable)));
    decisions.push_back(std::move(*d));
  }
  waiting.reserve(standing->waiting.size());
  for (const Waiting& w : standing->waiting)
    waiting.push_back({w.entry, to_time(w.recorded), w.by, w.kind, w.body});
  return done(standing->decisions.size(), lines_of(standing->events));
}

RegisterOutcome OpenRegister::heading() {
  if (auto f = body_->nameless()) return failed(*f);
  return done(0, export_heading(body_->origin));
}

RegisterOutcome OpenRegister::import(const std::function<bool(std::string&)>& next) {
  std::string line;
  if (!next(line)) return failed(problem(code::bad_export, 1, "the export is empty"));
  const auto origin = read_export_heading(line);
  if (!origin) return failed(origin.problem());
  if (*origin != body_->origin)
    return failed(problem(code::bad_export, 1,
                          fmt::format("it is of `{}`, this register is `{}`", *origin, body_->origin)));
  std::size_t number = 1;
  Reading reading;
  const auto n = body_->record.restore([&]() -> Result<std::optional<Entry>> {
    if (!next(line)) {
      const auto holdings = reading.finish();
      return holdings ? Result(std::optional<Entry>()) : holdings.problem();
    }
    auto e = read_export_line(line, ++number);
    if (!e) return e.problem();
    for (const auto& flaw : {reading.check(*e), unfounded(*e)})
      if (flaw) return altered(*flaw);
    if (const auto flaw = reading.take(Entry(*e))) return altered(*flaw);
    return std::optional<Entry>(std::move(*e));
  });
  return n ? done(*n) : failed(n.problem());
}

RegisterOutcome OpenRegister::checkpoint(const SourceText& secret_key) {
  const auto n = body_->record.size();
  if (!n) return failed(n.problem());
  const auto c = body_->record.checkpoint(*n);
  if (!c) return failed(c.problem());
  auto note = sign(*c, secret_key.text);
  return note ? done(*n, std::move(*note)) : failed(note.problem(), secret_key.name);
}

RegisterOutcome OpenRegister::verify(const std::vector<SourceText>& checkpoints, const SourceText& open_key,
                                     const std::function<void(std::uint64_t)>& progress) {
  std::vector<Checkpoint> kept;
  kept.reserve(checkpoints.size());
  for (const SourceText& t : checkpoints) {
    const auto c = read_checkpoint(t.text, open_key.text);
    if (!c) return failed(c.problem(), c.problem().code == &code::bad_key ? open_key.name : t.name);
    kept.push_back(*c);
  }
  Reading reading;
  std::vector<Flaw> breaches;  // of the rules by which entries are recorded
  auto v = body_->record.verify(kept, progress, [&](Entry&& e) {
    for (const auto& flaw : {reading.check(e), unfounded(e)})
      if (flaw) breaches.push_back(*flaw);
    if (auto flaw = reading.take(std::move(e))) breaches.push_back(std::move(*flaw));
  });
  if (!v) return failed(v.problem());
  if (v->flaws.empty()) {  // else much would follow from what was altered
    v->flaws = std::move(breaches);
    if (const auto holdings = reading.finish(); !holdings)
      v->flaws.push_back({{}, holdings.problem().message});
  }
  Json flaws = Json::array();
  RegisterOutcome out = done(v->entries);
  for (const Flaw& f : v->flaws) {
    out.reports.push_back(failed(altered(f)).reports.front());
    flaws.push_back({{"entry", f.sequence ? Json(*f.sequence) : Json()}, {"says", f.says}});
  }
  out.ok = v->flaws.empty();
  out.text = to_lines({{"schema", "sekisho-verification/1"},
                       {"origin", body_->origin},
                       {"entries", v->entries},
                       {"disposed", v->disposed},
                       {"root", to_hex(v->root)},
                       {"checkpoints", kept.size()},
                       {"sound", out.ok},
                       {"flaws", flaws}});
  return out;
}

RegisterOutcome OpenRegister::prove(std::uint64_t entry, std::uint64_t at) {
  if (auto f = body_->nameless()) return failed(*f);
  const auto n = body_->record.size();
  if (!n) return failed(n.problem());
  if (at == 0) at = *n;
  const auto p = body_->record.prove(entry, at);
  if (!p) return failed(p.problem());
  const auto c = body_->record.checkpoint(at);
  if (!c) return failed(c.problem());
  return done(entry, to_lines({{"schema", "sekisho-register-proof/1"},
                               {"origin", body_->origin},
                               {"size", at},
                               {"root", to_hex(c->root)},
                               {"entry", *parse_json(export_line(p->entry))},
                               {"previous", to_hex(p->previous)},
                               {"proof", hexes(p->proof)}}));
}

RegisterOutcome OpenRegister::prove_growth(std::uint64_t before, std::uint64_t at) {
  if (auto f = body_->nameless()) return failed(*f);
  const auto n = body_->record.size();
  if (!n) return failed(n.problem());
  if (at == 0) at = *n;
  const auto p = body_->record.prove_growth(before, at);
  if (!p) return failed(p.problem());
  const auto was = body_->record.checkpoint(before), is = body_->record.checkpoint(at);
  if (!was) return failed(was.problem());
  if (!is) return failed(is.problem());
  return done(before, to_lines({{"schema", "sekisho-register-proof/1"},
                                {"origin", body_->origin},
                                {"size", at},
                                {"root", to_hex(is->root)},
                                {"size_before", before},
                                {"root_before", to_hex(was->root)},
                                {"proof", hexes(*p)}}));
}

bool is_register(const std::string& location) {
  return names_store(location);
}

RegisterOutcome make_signing_keys(const std::string& signer, SigningKeys& keys) {
  const auto made = make_keys(signer, fresh());
  if (!made) return failed(made.problem());
  keys = {made->secret, made->open};
  return done(0);
}

}  // namespace sekisho
