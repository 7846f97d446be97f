#include "sekisho/day_law.h"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <unordered_map>

#include "api/body.h"
#include "base/text_hash.h"
#include "batch/json_row.h"
#include "batch/request.h"

namespace sekisho {

struct DayLaw::Body {
  explicit Body(const Law& of) : law(of) {}
  const Law& law;
  std::vector<Report> reports;
  std::unique_ptr<Plan> plan;
  FinerPlans finer;  // that requests asked for
};

DayLaw::DayLaw(const Rulebooks& books, std::string_view day, std::size_t node_limit)
    : body_(std::make_unique<Body>(books.body().law)) {
  Diagnostics diags;
  if (const auto on = parse_date(day)) {
    body_->plan = std::make_unique<Plan>(body_->law, *on, diags, node_limit);
    if (!body_->plan->ok()) body_->plan.reset();
  } else {
    diags.emit(code::document_date, TextSpan{}, day);
  }
  body_->reports = reports_of(books.body().sources, diags);
}
DayLaw::~DayLaw() = default;
DayLaw::DayLaw(DayLaw&&) noexcept = default;

bool DayLaw::ok() const {
  return body_->plan != nullptr;
}
const std::vector<Report>& DayLaw::reports() const {
  return body_->reports;
}

struct DayLaw::Request::Body {
  Body(const Law& of, const Plan& of_day, FinerPlans& finer)
      : law(of), plan(of_day), request(of, of_day, finer) {
    for (std::uint32_t f = 0; f < law.facts.size(); ++f) facts.emplace(law.facts[f].name, FactId{f});
  }
  FactId fact(std::string_view name) {
    if (const auto it = facts.find(name); it != facts.end()) return it->second;
    std::vector<std::string> names;
    for (const sekisho::Fact& f : law.facts) names.push_back(f.name);
    const std::string near = nearest(name, names);
    why = fmt::format("there is no fact `{}`{}", name,
                      near.empty() ? "" : fmt::format("; is `{}` meant?", near));
    return {};
  }
  const Said* said(FactId f, Cell value) {
    const Said& s = request.cells().said(f, value);
    if (s.wrong.empty()) return &s;
    why = s.wrong;
    return nullptr;
  }

  /// @returns whether it could be read; else `why` says what is wrong
  bool tell(std::string_view name, Cell value) {
    if (name == "provisos") {
      why = request.tell_provisos(value);
      return why.empty();
    }
    const FactId f = fact(name);
    const Said* what = f.valid() ? said(f, value) : nullptr;
    if (what != nullptr) request.tell(f, *what);
    return what != nullptr;
  }

  const Law& law;
  const Plan& plan;
  sekisho::Request request;
  std::unordered_map<std::string_view, FactId, TextHash, std::equal_to<>> facts;
  std::deque<Said> kept;  // those that were looked up: the cells forget theirs
  std::vector<sekisho::Request::Ready> looked_up;
  std::map<std::pair<FactId, std::string>, Told> place_of;  // the same words, the same place
  JsonRow json;
  std::string why;
  std::vector<RuleStands> stands;
  Rules rules;
  std::vector<FactId> rests_on;
  std::vector<std::string_view> because;
};

DayLaw::Request::Request(std::unique_ptr<Body> body) : body_(std::move(body)) {}
DayLaw::Request::~Request() = default;
DayLaw::Request::Request(Request&&) noexcept = default;

DayLaw::Request DayLaw::request() const {
  return Request(std::make_unique<Request::Body>(body_->law, *body_->plan, body_->finer));
}

std::optional<DayLaw::Request::Told> DayLaw::Request::look_up(std::string_view fact, std::string_view value) {
  const FactId f = body_->fact(fact);
  const Said* said = f.valid() ? body_->said(f, value) : nullptr;
  if (said == nullptr) return std::nullopt;
  const Told fresh{static_cast<std::uint32_t>(body_->looked_up.size())};
  const auto [it, is_new] = body_->place_of.try_emplace({f, std::string(value)}, fresh);
  if (is_new) body_->looked_up.emplace_back(f, body_->kept.emplace_back(*said));
  return it->second;
}

void DayLaw::Request::clear() {
  body_->request.clear();
}
void DayLaw::Request::tell(Told told) {
  tell(std::span(&told, 1));
}
void DayLaw::Request::tell(std::span<const Told> told) {
  Body& b = *body_;
  for (const Told t : told) b.request.tell(b.looked_up[t.index]);
}
bool DayLaw::Request::tell(std::string_view fact, std::string_view value) {
  return body_->tell(fact, value);
}
bool DayLaw::Request::tell_json(std::string_view object) {
  body_->why = body_->json.read(object);
  if (!body_->why.empty()) return false;
  for (const JsonRow::Field& f : body_->json.fields())
    if (!body_->tell(f.key, f.cell)) return false;
  return true;
}
const std::string& DayLaw::Request::why() const {
  return body_->why;
}

DayLaw::Finding DayLaw::Request::finding() {
  const FindingSet found = body_->request.findings();
  if (found.empty()) return {{}, {}, true, true};
  return {to_string(found.best()), to_string(found.worst()), false, body_->request.assessed()};
}

const DayLaw::Rules& DayLaw::Request::rules() {
  Body& b = *body_;
  b.request.rules(b.stands);
  b.rules.apply.clear();
  b.rules.defeated.clear();
  b.rules.undecided.clear();
  for (std::size_t i = 0; i < b.stands.size(); ++i) {
    if (b.stands[i] == RuleStands::idle) continue;
    auto& out = b.stands[i] == RuleStands::applies    ? b.rules.apply
                : b.stands[i] == RuleStands::defeated ? b.rules.defeated
                                                      : b.rules.undecided;
    out.emplace_back(b.law[b.plan.rules()[i].rule].name);
  }
  return b.rules;
}

std::span<const std::string_view> DayLaw::Request::because() {
  Body& b = *body_;
  bool provisos = false;
  b.request.because(b.rests_on, provisos);
  b.because.clear();
  for (const FactId f : b.rests_on) b.because.emplace_back(b.law[f].name);
  if (provisos) b.because.emplace_back("provisos");
  return b.because;
}

}  // namespace sekisho
