#include "api/decide.h"

#include <algorithm>
#include <map>
#include <set>

#include "api/answer.h"
#include "api/finding_words.h"
#include "api/held.h"
#include "api/opened_events.h"
#include "api/shared_events.h"
#include "model/reader.h"

namespace sekisho {

std::vector<Report> too_many_nodes(const Sources& sources, std::size_t limit) {
  Diagnostics diags;
  diags.emit(code::too_many_nodes, TextSpan{}, limit)
      .note("it happened in a question over what is unknown")
      .fix("give more of the facts, or allow more with `--nodes`");
  return reports_of(sources, diags);
}

namespace {

/// What is covered over all lines: a regime is idle only where no line engages it.
Json coverage_of(const Json& lines) {
  Json all = lines.front()["coverage"];
  const auto add = [&](const char* key, const Json& entries) {
    for (const Json& e : entries)
      if (std::find(all[key].begin(), all[key].end(), e) == all[key].end()) all[key].push_back(e);
  };
  for (const Json& l : lines)
    for (const char* key : {"assessed", "not_engaged", "not_in_force", "not_encoded", "weakest", "notes"})
      add(key, l["coverage"][key]);
  Json idle = Json::array();
  std::set<std::string> told;
  for (const Json& n : all["not_engaged"]) {
    const bool engaged =
        std::find(all["assessed"].begin(), all["assessed"].end(), n["regime"]) != all["assessed"].end();
    if (!engaged && told.insert(n["regime"].get<std::string>()).second) idle.push_back(n);
  }
  all["not_engaged"] = idle;
  return all;
}

Json texts_of(const Rulebooks::Body& body) {
  Json texts = Json::array();
  for (const Parsed& p : body.files)
    texts.push_back({{"name", body.sources.name(p.source)}, {"digest", p.digest}});
  return texts;
}

/// Other questions can hang on it: another line, another value, another amount.
bool read_elsewhere(const Law& law, Date day, const std::string& what) {
  if (std::any_of(law.hidden.begin(), law.hidden.end(), [&](const Hidden& h) { return h.what == what; }))
    return true;
  if (const auto m = membership_named(law, what)) {
    const List& l = law[m->list];
    const bool settled = std::any_of(l.members.begin(), l.members.end(), [&](const ListMember& of) {
      return of.value == m->value && covers(of.windows, day) == Covers::yes && !of.unsettled.valid();
    });
    return !settled && l.complete_to && *l.complete_to < day;
  }
  return comparison_named(what).has_value();
}

void no_such_reading(const Law& law, Date day, const std::string& what, const std::set<std::string>& open,
                     Diagnostics& diags) {
  const Code& unheard = read_elsewhere(law, day, what) ? code::reading_without_effect : code::no_such_reading;
  auto e = diags.emit(unheard, TextSpan{}, what);
  const std::string near = nearest(what, {open.begin(), open.end()});
  e.fix(!near.empty()  ? fmt::format("is `{}` meant?", near)
        : open.empty() ? "leave it out: nothing here can be read two ways"
                       : "an answer names what can be read two ways under `law_unsettled` and `missing`");
}

/// Whether a movement that took place complied. What it took and nobody gave is a breach only where the acts
/// of authorities were read.
std::string_view compliance(Finding best, Finding worst, bool acts_read) {
  if (best == Finding::prohibited || (best == Finding::authorisation_required && acts_read)) return "breach";
  return worst <= Finding::permitted_with_provisos ? "compliant" : "undetermined";
}

}  // namespace

std::optional<RequestRead> read_request(Sources& sources, const DecideRequest& request, SharedEvents* events,
                                        Diagnostics& diags) {
  const auto doc = read_document(sources, sources.add(request.transfer.name, request.transfer.text), diags);
  if (!doc) return std::nullopt;
  const Doc* on = doc->find("on");
  const auto last = parse_date(!request.on.empty() ? request.on : on ? on->text : "");
  const auto world = world_of(events, sources, request.world, last.value_or(far_future), diags);
  if (world == nullptr) return std::nullopt;
  auto transfer = read_transfer(*doc, *world, diags);
  if (!transfer) return std::nullopt;
  const Doc* took_place = doc->find("performed");
  const bool performed = took_place && (took_place->text == "yes" || took_place->text == "true");
  return RequestRead{world, std::move(*transfer), performed};
}

Json readings_json(const Readings& readings) {
  Json out = Json::object();
  for (const auto& [what, holds] : readings) out[what] = holds ? "yes" : "no";
  return out;
}

namespace {

/// The lines of a transfer, each answered for itself. The strictest is the whole finding: bests and worsts of
/// lines each give theirs.
struct AnsweredLines {
  Json lines = Json::array();
  Finding best = Finding::not_engaged, worst = Finding::not_engaged;
  bool assessed = true;
  std::vector<std::string> unassessed;  // states
  std::set<std::string> open_to_readings;

  void add(const LineAnswer& answer, Json line);
  /// What lines say under a key; with several of them, of which line each is.
  Json all(const char* key) const;
  /// Of days or nulls: the first, or the last.
  Json first_day(const char* key) const;
  Json last_day(const char* key) const;
};

void AnsweredLines::add(const LineAnswer& answer, Json line) {
  best = std::max(best, answer.joint().best());
  worst = std::max(worst, answer.joint().worst());
  assessed = assessed && answer.assessed();
  for (const std::string& s : answer.unassessed())
    if (std::find(unassessed.begin(), unassessed.end(), s) == unassessed.end()) unassessed.push_back(s);
  lines.push_back(std::move(line));
}

Json AnsweredLines::all(const char* key) const {
  Json out = Json::array();
  for (const Json& l : lines)
    for (Json e : l.value(key, Json::array())) {
      if (lines.size() > 1 && e.is_object()) e["line"] = l.at("line");
      out.push_back(std::move(e));
    }
  return out;
}

Json AnsweredLines::first_day(const char* key) const {
  Json first = nullptr;
  for (const Json& l : lines)
    if (const Json& day = l.at(key); !day.is_null() && (first.is_null() || day < first)) first = day;
  return first;
}

Json AnsweredLines::last_day(const char* key) const {
  Json last = nullptr;
  for (const Json& l : lines)
    if (const Json& day = l.at(key); !day.is_null() && (last.is_null() || last < day)) last = day;
  return last;
}

/// Adds the answer on a line. @returns false where the law, as much of it as is read, is too large
/// @fails as LineAnswer
bool add_line(AnsweredLines& out, const Sources& sources, const LineQuestion& q, const std::string& id,
              const Asked& asked, LawRead law, Diagnostics& diags) {
  LineAnswer answer(sources, q, id, asked.node_limit, law, diags);
  if (!answer.ok()) return !answer.too_large();
  Json j = answer.json();
  if (asked.minimum > 0) j["minimum"] = answer.minimum(asked.minimum);
  if (!answer.left_out().empty()) j["left_out"] = answer.left_out();
  if (!asked.readings.empty()) answer.open_to_readings(out.open_to_readings);
  out.add(answer, std::move(j));
  return true;
}

/// The same by the whole law. @returns false where it is too large: nothing is added then and nothing said
bool add_line_by_whole_law(AnsweredLines& out, const Sources& sources, const LineQuestion& q,
                           const std::string& id, const Asked& asked, Diagnostics& diags) {
  Diagnostics met;
  try {
    if (!add_line(out, sources, q, id, asked, LawRead::whole, met)) return false;
  } catch (const TooManyNodes&) {
    return false;
  }
  diags.add(met);
  return true;
}

std::optional<AnsweredLines> answered_lines(const Rulebooks::Body& body, const Sources& sources,
                                            const Asked& asked, Diagnostics& diags) {
  AnsweredLines out;
  bool fits = true;  // the whole law, which is the same for every line
  for (const TransferLine& line : asked.transfer.lines) {
    LineQuestion q = line_question(body.law, asked.world, asked.has_world, asked.transfer, line, asked.days,
                                   asked.by_hand, asked.without_instruments, diags);
    if (diags.has_errors()) return std::nullopt;
    q.question.readings = asked.readings;
    fits = fits && add_line_by_whole_law(out, sources, q, line.id, asked, diags);
    if (!fits) add_line(out, sources, q, line.id, asked, LawRead::with_what_is_known, diags);
    if (diags.has_errors()) return std::nullopt;
  }
  for (const auto& reading : asked.readings)
    if (!out.open_to_readings.contains(reading.first))
      no_such_reading(body.law, asked.days.law, reading.first, out.open_to_readings, diags);
  if (diags.has_errors()) return std::nullopt;
  return out;
}

/// What was asked, and of which day's law.
Json question_json(const Asked& asked) {
  const Days& days = asked.days;
  Json j{{"title", asked.transfer.title},
         {"on", to_string(days.on)},
         {"law_of", to_string(days.law)},
         {"known_on", days.known == far_future ? Json(nullptr) : Json(to_string(days.known))},
         {"instruments", !asked.has_world            ? "no world"
                         : asked.without_instruments ? "hidden"
                                                     : "read"},
         {"performed", asked.performed},
         {"hypothetical", asked.hypothetical}};
  if (!asked.readings.empty()) j["readings"] = readings_json(asked.readings);
  return j;
}

/// The whole finding, and whether what took place complied.
Json whole_finding(const AnsweredLines& of, const Asked& asked) {
  Json j = finding_json(finding_words(of.best, of.worst, of.assessed));
  const Finding worst = of.assessed ? of.worst : Finding::prohibited;
  const bool acts_read = asked.has_world && !asked.without_instruments;
  j["compliance"] = asked.performed ? Json(compliance(of.best, worst, acts_read)) : Json(nullptr);
  return j;
}

/// What the regimes of each state find together, then the states that were not assessed.
Json states_json(const Json& regimes, const std::vector<std::string>& unassessed) {
  std::map<std::string, std::pair<Finding, Finding>> states;  // best, worst
  for (const Json& r : regimes) {
    auto& [best, worst] = states[r.at("state").get<std::string>()];
    best = std::max(best, *parse_finding(r.at("best").get<std::string>()));
    worst = std::max(worst, *parse_finding(r.at("worst").get<std::string>()));
  }
  Json out = Json::array();
  for (const auto& [state, range] : states)
    out.push_back({{"state", state}, {"best", to_string(range.first)}, {"worst", to_string(range.second)}});
  for (const std::string& s : unassessed) out.push_back({{"state", s}, {"finding", "not_assessed"}});
  return out;
}

/// The smallest sets behind each line.
Json minimum_json(const Json& lines) {
  Json out = Json::array();
  for (const Json& l : lines) out.push_back({{"line", l.at("line")}, {"sets", l.at("minimum")}});
  return out;
}

}  // namespace

std::optional<Json> answer_to(const Rulebooks::Body& body, const Sources& sources, const Asked& asked,
                              Diagnostics& diags) {
  auto answered = answered_lines(body, sources, asked, diags);
  if (!answered) return std::nullopt;
  const Json regimes = answered->all("regimes");
  Json j;
  j["schema"] = "sekisho-answer/1";
  j["question"] = question_json(asked);
  j["rulebooks"] = texts_of(body);
  j.update(whole_finding(*answered, asked));
  j["states"] = states_json(regimes, answered->unassessed);
  for (const char* key :
       {"because", "needs", "provisos", "obligations", "missing", "remedies", "turns_on", "law_unsettled"})
    j[key] = answered->all(key);
  if (asked.minimum > 0) j["minimum"] = minimum_json(answered->lines);
  if (Json left_out = answered->all("left_out"); !left_out.empty()) j["left_out"] = std::move(left_out);
  j["coverage"] = coverage_of(answered->lines);
  if (Json held = held_of(asked.world, asked.transfer, answered->lines); !held.empty())
    j["held"] = std::move(held);
  j["not_before"] = answered->last_day("not_before");
  j["recheck_by"] = answered->first_day("recheck_by");
  j["regimes"] = regimes;
  for (Json& l : answered->lines) {  // they stand in the whole
    l.erase("regimes");
    l.erase("coverage");
  }
  j["lines"] = std::move(answered->lines);
  return j;
}

namespace {

/// @param events  of the request; nullptr: it has none
DecideResult decide_files(const Rulebooks::Body& body, const DecideRequest& request, SharedEvents* events) {
  DecideResult result;
  Sources sources = events != nullptr ? events->sources() : body.sources;
  Diagnostics diags;
  const auto failed = [&] {
    result.reports = reports_of(sources, diags);
    return result;
  };
  const auto read = read_request(sources, request, events, diags);
  if (!read) return failed();
  const Transfer& transfer = read->transfer;
  const std::vector<KnownByHand> by_hand = known_by_hand(sources, request.known, diags);
  if (diags.has_errors()) return failed();
  Readings readings;
  for (const std::string& r : request.readings) {
    const SourceId id = sources.add("--reading", r);
    const TextSpan at{id, 0, static_cast<std::uint32_t>(r.size())};
    const std::size_t eq = r.rfind('=');
    const std::string way = eq == std::string::npos ? "" : r.substr(eq + 1);
    if (way != "yes" && way != "no")
      diags.emit(code::wrong_form, at, "WHAT=yes or WHAT=no");
    else if (!readings.emplace(r.substr(0, eq), way == "yes").second)
      diags.emit(code::key_twice, at, r.substr(0, eq));
  }
  if (request.on.empty() && !transfer.on)
    diags.emit(code::missing_key, transfer.at, "on")
        .fix("give the day of transfer, in the file or with `--on`");
  Days days;
  days.on = day_of(request.on, diags).value_or(transfer.on.value_or(Date{}));
  days.law = day_of(request.law_of, diags).value_or(days.on);
  days.known = day_of(request.known_on, diags).value_or(far_future);
  if (diags.has_errors()) return failed();

  const auto answer = answer_to(body, sources,
                                {*read->world, request.world || events != nullptr, transfer, days, by_hand,
                                 readings, request.without_instruments, read->performed, request.hypothetical,
                                 request.minimum, request.node_limit},
                                diags);
  if (!answer) return failed();
  result.ok = true;
  result.reports = reports_of(sources, diags);
  result.json = to_lines(*answer);
  return result;
}

DecideResult decided(const Rulebooks::Body& body, const DecideRequest& request, SharedEvents* events) {
  try {
    return decide_files(body, request, events);
  } catch (const TooManyNodes&) {
    return {false, too_many_nodes(body.sources, request.node_limit), {}};
  }
}

}  // namespace

DecideResult Rulebooks::decide(const DecideRequest& request) const {
  std::optional<SharedEvents> events;
  if (request.events) events.emplace(*body_, *request.events);
  return decided(*body_, request, events ? &*events : nullptr);
}

void Rulebooks::decide_each(const std::vector<NamedDecision>& decisions, const SourceText& events,
                            const std::function<void(std::size_t, const DecideResult&)>& told) const {
  SharedEvents shared(*body_, events);
  for (std::size_t i = 0; i < decisions.size(); ++i)
    told(i, decisions[i].own_events ? decided(*body_, decisions[i].request, &shared)
                                    : decide(decisions[i].request));
}

}  // namespace sekisho
