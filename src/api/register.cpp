#include "sekisho/register.h"

#include <sodium.h>

#include <algorithm>

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
  constexpr std::int64_t day_length = 86'400'000'000;
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
/// @returns nullopt for a body that no `record_decision` wrote
std::optional<RecordedDecision> decision_from(const Holding& h) try {
  const auto j = parse_json(h.body);
  if (!j) return std::nullopt;
  const Json& r = j->at("request");
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
  return d;
} catch (const Json::exception&) {
  return std::nullopt;
}

/// Events as a file of them.
std::string lines_of(const std::vector<Holding>& events) {
  std::string text;
  for (const Holding& h : events) {
    text += h.body;
    text += '\n';
  }
  return text;
}

/// The case is open, or an authority may still decide a need of it as it sees fit.
bool discretionary(const Json& answer) {
  if (answer.value("finding", "") == "open") return true;
  for (const Json& need : answer.value("needs", Json::array()))
    if (need.value("status", "") == "open" && need.at("posture") != "approval_presumed") return true;
  return false;
}

Json hexes(const std::vector<Hash>& proof) {
  Json out = Json::array();
  for (const Hash& h : proof) out.push_back(to_hex(h));
  return out;
}
std::string written(const Json& j) {
  return j.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

struct OpenRegister::Body {
  Register record;
  std::string origin;
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
  body_ = std::make_unique<Body>(Body{Register(std::move(*store)), std::move(*origin)});
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

RegisterOutcome OpenRegister::append(const std::vector<std::string>& events, const Recorder& recorder) {
  std::size_t proposed = 0;
  const auto first =
      Ledger(body_->record).record_events(events, recorder.by, recorder.now, fresh(), proposed);
  if (!first) return failed(first.problem());
  return done(*first, proposed == 0 ? "" : std::to_string(proposed));
}

RegisterOutcome OpenRegister::append_if(
    const std::function<std::optional<std::string>(const std::string& events)>& make,
    const Recorder& recorder) {
  std::string made;
  bool proposed = false;
  const auto at = Ledger(body_->record)
                      .record_if(
                          [&](const std::vector<Holding>& events) {
                            auto line = make(lines_of(events));
                            made = line.value_or("");
                            return line;
                          },
                          recorder.by, recorder.now, fresh(), proposed);
  if (!at) return failed(at.problem());
  RegisterOutcome out = done(at->value_or(0), std::move(made));
  out.proposed = proposed;
  return out;
}

RegisterOutcome OpenRegister::record_decision(const DecideRequest& request, const std::string& json,
                                              bool own_events, const Recorder& recorder) {
  const auto answer = parse_json(json);
  if (!answer || !answer->is_object()) return failed(problem(code::not_an_answer));
  const bool proposal = discretionary(*answer);
  const auto at = Ledger(body_->record)
                      .record_decision(request_body(request, json, own_events), recorder.by, recorder.now,
                                       fresh(), proposal);
  return at ? done(*at, std::string(proposal ? proposed_decision : decision_entry)) : failed(at.problem());
}

RegisterOutcome OpenRegister::confirm(std::uint64_t proposal, const std::string& reason,
                                      const Recorder& recorder) {
  const auto at =
      Ledger(body_->record).settle(proposal, Verdict::confirm, recorder.by, reason, recorder.now, fresh());
  return at ? done(*at) : failed(at.problem());
}

RegisterOutcome OpenRegister::reject(std::uint64_t proposal, const std::string& reason,
                                     const Recorder& recorder) {
  const auto at =
      Ledger(body_->record).settle(proposal, Verdict::reject, recorder.by, reason, recorder.now, fresh());
  return at ? done(*at) : failed(at.problem());
}

RegisterOutcome OpenRegister::dispose(std::uint64_t entry, const std::string& reason,
                                      const Recorder& recorder) {
  if (recorder.by.empty() || reason.empty())
    return failed(problem(code::not_recordable, "a disposal says who does it and why"));
  const std::string body = to_line({{"reason", reason}});
  const auto disposed =
      body_->record.dispose({{recorder.now, recorder.by, std::string(disposal), entry}, body}, fresh());
  return disposed ? done(disposed->entry, disposed->traces.value_or("")) : failed(disposed.problem());
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

RegisterOutcome OpenRegister::standing(std::vector<RecordedDecision>& decisions,
                                       std::vector<WaitingProposal>& waiting) {
  const auto standing = Ledger(body_->record).standing();
  if (!standing) return failed(standing.problem());
  decisions.reserve(standing->decisions.size());
  for (const Holding& h : standing->decisions) {
    auto d = decision_from(h);
    if (!d)
      return failed(problem(code::register_altered,
                            fmt::format("entry {}: it is no decision that can be repeated", h.entry)));
    decisions.push_back(std::move(*d));
  }
  waiting.reserve(standing->waiting.size());
  for (const Waiting& w : standing->waiting)
    waiting.push_back({w.entry, to_time(w.recorded), w.by, w.kind, w.body});
  return done(standing->decisions.size(), lines_of(standing->events));
}

RegisterOutcome OpenRegister::heading() {
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
  const auto n = body_->record.restore([&]() -> Result<std::optional<Entry>> {
    if (!next(line)) return std::optional<Entry>();
    auto e = read_export_line(line, ++number);
    if (!e) return e.problem();
    return std::optional<Entry>(std::move(*e));
  });
  return n ? done(*n) : failed(n.problem());
}

RegisterOutcome OpenRegister::checkpoint(const std::string& secret_key) {
  const auto n = body_->record.size();
  if (!n) return failed(n.problem());
  const auto c = body_->record.checkpoint(*n);
  if (!c) return failed(c.problem());
  auto note = sign(*c, secret_key);
  return note ? done(*n, std::move(*note)) : failed(note.problem());
}

RegisterOutcome OpenRegister::verify(const std::vector<SourceText>& checkpoints, const std::string& open_key,
                                     const std::function<void(std::uint64_t)>& progress) {
  std::vector<Checkpoint> kept;
  kept.reserve(checkpoints.size());
  for (const SourceText& t : checkpoints) {
    const auto c = read_checkpoint(t.text, open_key);
    if (!c) return failed(c.problem(), t.name);
    kept.push_back(*c);
  }
  const auto v = body_->record.verify(kept, progress);
  if (!v) return failed(v.problem());
  Json flaws = Json::array();
  RegisterOutcome out = done(v->entries);
  for (const Flaw& f : v->flaws) {
    const std::string says = f.sequence ? fmt::format("entry {}: {}", *f.sequence, f.says) : f.says;
    out.reports.push_back(failed(problem(code::register_altered, says)).reports.front());
    flaws.push_back({{"entry", f.sequence ? Json(*f.sequence) : Json()}, {"says", f.says}});
  }
  out.ok = v->flaws.empty();
  out.text = written({{"schema", "sekisho-verification/1"},
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
  const auto n = body_->record.size();
  if (!n) return failed(n.problem());
  if (at == 0) at = *n;
  const auto p = body_->record.prove(entry, at);
  if (!p) return failed(p.problem());
  const auto c = body_->record.checkpoint(at);
  if (!c) return failed(c.problem());
  return done(entry, written({{"schema", "sekisho-register-proof/1"},
                              {"origin", body_->origin},
                              {"size", at},
                              {"root", to_hex(c->root)},
                              {"entry", *parse_json(export_line(p->entry))},
                              {"previous", to_hex(p->previous)},
                              {"proof", hexes(p->proof)}}));
}

RegisterOutcome OpenRegister::prove_growth(std::uint64_t before, std::uint64_t at) {
  const auto n = body_->record.size();
  if (!n) return failed(n.problem());
  if (at == 0) at = *n;
  const auto p = body_->record.prove_growth(before, at);
  if (!p) return failed(p.problem());
  const auto was = body_->record.checkpoint(before), is = body_->record.checkpoint(at);
  if (!was) return failed(was.problem());
  if (!is) return failed(is.problem());
  return done(before, written({{"schema", "sekisho-register-proof/1"},
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
