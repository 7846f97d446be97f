#include "impact/impact.h"

#include <algorithm>
#include <map>

#include "api/decide.h"
#include "api/opened_events.h"
#include "api/shared_events.h"
#include "base/json.h"
#include "engine/completions.h"
#include "engine/words.h"
#include "impact/witness.h"
#include "model/reader.h"

namespace sekisho {
namespace {

/// Something of the world that a change may touch, with what is known of it.
struct Touched {
  std::string kind, id;  // holding, decision, recorded_decision, pending
  std::vector<KnownFact> facts;
  std::vector<Carried> carried;
  std::vector<std::string> clean_for;
};

using ByRegime = std::map<std::string, FindingSet>;

Json bounds_json(const FindingSet& found) {
  return {{"best", to_string(found.best())}, {"worst", to_string(found.worst())}};
}

std::string_view outcome_text(std::optional<Finding> f) {
  return f ? to_string(*f) : "no_such_case";
}

class Comparison {
 public:
  Comparison(const Rulebooks::Body& body, const ImpactRequest& request)
      : body_(body), law_(body.law), request_(request), sources_(body.sources) {
    if (!request.events) return;
    events_.emplace(body, *request.events);
    sources_ = events_->sources();
  }

  ImpactResult run() {
    try {
      if (!days() || !regimes() || !read_world_records()) return failed();
    } catch (const TooManyNodes&) {
      return too_large("it happened in deciding what is pending or was decided");
    }
    Question q = question_of_law(law_, world_, views_.front().day);
    q.views = views_;
    for (const Touched& t : touched_) q.told_apart.insert(q.told_apart.end(), t.facts.begin(), t.facts.end());
    const Space space(q, diags_);
    Compiled compiled(space, Relations::told, law_.asked_first, diags_, request_.node_limit, Extent::finding);
    if (!compiled.ok() || diags_.has_errors()) return failed();
    std::vector<Values> possible;
    for (const Variable& v : space.variables()) {
      possible.push_back(v.known);
      if (v.kind == VarKind::need)
        possible.back() = Values(1);  // nothing is granted: what the law itself says
    }
    box_ = compiled.box(possible);
    try {
      return answer(compiled);
    } catch (const TooManyNodes&) {
      return too_large("it happened in comparing the two sides");
    }
  }

 private:
  ImpactResult failed() { return {false, reports_of(sources_, diags_), {}}; }
  ImpactResult too_large(const char* where) {
    diags_.emit(code::too_many_nodes, TextSpan{}, request_.node_limit).note(where);
    return failed();
  }

  bool days() {
    const auto to = parse_date(request_.to), from = parse_date(request_.from);
    const bool two_days = request_.drafts.empty() && request_.against.empty();
    for (const auto& [day, text] : {std::pair{to, request_.to}, std::pair{from, request_.from}})
      if (!day && (!text.empty() || two_days)) {
        diags_.emit(code::document_date, TextSpan{}, text);
        return false;
      }
    if (!to) {
      diags_.emit(code::missing_key, TextSpan{}, "to").fix("give the day with `--on`");
      return false;
    }
    if (two_days) {
      views_ = {{*from, {}}, {*to, {}}};
    } else {
      View without{from.value_or(*to), {}};
      for (const Parsed& p : body_.files)
        if (std::find(request_.drafts.begin(), request_.drafts.end(), sources_.name(p.source)) !=
            request_.drafts.end())
          without.without.push_back(p.source);
      views_ = {std::move(without), {*to, {}}};
    }
    return true;
  }
  bool regimes() {
    for (const std::string& name : {request_.regime, request_.against}) regime_of(law_, name, diags_);
    return !diags_.has_errors();
  }

  // --- the world ---
  bool read_world_records() {
    const auto world =
        world_of(events_ ? &*events_ : nullptr, sources_, request_.world, views_.back().day, diags_);
    if (world == nullptr) return false;
    world_ = *world;
    for (const Lot& lot : world_.lots) {
      Transfer t;
      const Party* holder = world_.party(lot.holder);
      t.from = !lot.country.empty() ? lot.country : holder ? holder->country : lot.made_in;
      TransferLine line;
      line.lot = lot.id;
      touch("holding", lot.id, world_, t, line, {});
    }
    for (const Instrument& i : world_.instruments)
      if (!i.answers.empty()) granted(i);
    for (const SourceText& text : request_.pending) {
      const auto doc = read_document(sources_, sources_.add(text.name, text.text), diags_);
      if (!doc) return false;
      const auto t = read_transfer(*doc, world_, diags_);
      if (!t) return false;
      touch_case("pending", text.name, world_, *t, t->on.value_or(views_.back().day), {}, false);
    }
    if (diags_.has_errors()) return false;
    for (const NamedDecision& d : request_.decisions) recorded(d);
    return true;
  }
  /// What an act covers, with what the world says of the item and the parties that its scope names.
  void granted(const Instrument& i) {
    Transfer t;
    TransferLine line;
    const std::map<std::string, std::string*> keys{{"departure", &t.from},    {"destination", &t.to},
                                                   {"exporter", &t.exporter}, {"consignee", &t.consignee},
                                                   {"end_user", &t.end_user}, {"item", &line.item}};
    for (const ScopeEntry& s : i.scope) {
      const FactId f = law_.find_fact(s.fact);
      if (!f.valid() || law_[f].type.is_set) continue;
      if (const auto key = keys.find(s.fact); key != keys.end() && s.values.size() == 1) {
        *key->second = s.values.front().value;
        continue;
      }
      Knowledge k;
      k.form = Knowledge::Form::alternatives;
      k.values = s.values;
      t.facts.push_back({s.fact, s.at, std::move(k)});
    }
    touch("decision", i.id, world_, t, line, {});
  }
  void touch(const char* kind, const std::string& id, const World& world, const Transfer& t,
             const TransferLine& line, const std::vector<KnownByHand>& by_hand) {
    const Days days{views_.back().day, views_.back().day, far_future};
    LineQuestion q = line_question(law_, world, true, t, line, days, by_hand, true, diags_);
    touched_.push_back({kind, id, std::move(q.question.facts), std::move(q.question.carried),
                        std::move(q.question.clean_for)});
  }
  /// A recorded decision, with the goods as they were on its day. One that cannot be read any more keeps no
  /// other from being looked at.
  void recorded(const NamedDecision& d) {
    Diagnostics told = std::exchange(diags_, {});
    const std::size_t touched = touched_.size();
    look_at(d);
    std::swap(told, diags_);
    const auto error = std::find_if(told.all().begin(), told.all().end(),
                                    [](const Diagnostic& t) { return t.code->severity == Severity::error; });
    if (error == told.all().end()) return;
    touched_.erase(touched_.begin() + static_cast<std::ptrdiff_t>(touched), touched_.end());
    changed_.erase(changed_.lower_bound(touched), changed_.end());
    diags_.emit(code::decision_unreadable, TextSpan{}, d.id, error->message)
        .fix("`watch` and `register show` say more");
  }
  void look_at(const NamedDecision& d) {
    const DecideRequest& asked = d.request;
    std::optional<SharedEvents> others;
    if (!d.own_events && asked.events) others.emplace(body_, *asked.events);
    SharedEvents* events = others ? &*others : d.own_events && events_ ? &*events_ : nullptr;
    Sources sources = events != nullptr ? events->sources() : body_.sources;  // gone with the decision
    const auto read = read_request(sources, asked, events, diags_);
    if (!read) return;
    const Transfer& t = read->transfer;
    const std::vector<KnownByHand> by_hand = known_by_hand(sources, asked.known, diags_);
    const Date on = parse_date(asked.on).value_or(t.on.value_or(views_.back().day));
    touch_case("recorded_decision", d.id, *read->world, t, on, by_hand, asked.without_instruments);
  }
  /// Each line of a transfer, decided under both laws with the acts of authorities on its day.
  void touch_case(const char* kind, const std::string& id, const World& world, const Transfer& t, Date on,
                  const std::vector<KnownByHand>& by_hand, bool without_instruments) {
    const Days days{on, on, far_future};
    for (const TransferLine& line : t.lines) {
      touch(kind, t.lines.size() > 1 ? id + " " + line.id : id, world, t, line, by_hand);
      LineQuestion q = line_question(law_, world, true, t, line, days, by_hand, without_instruments, diags_);
      if (!diags_.has_errors()) changed_[touched_.size() - 1] = other_answers(q);
    }
  }
  /// What each regime finds under the law of a view.
  ByRegime findings(LineQuestion& q, const View& view) {
    q.question.views = {view};
    q.question.law_day = view.day;
    const Space space(q.question, diags_);
    Completions engine(space, diags_, request_.node_limit);
    const State start = Reader(space).start();
    ByRegime out;
    for (std::size_t g = 0; g < space.regimes().size(); ++g)
      out[law_[space.regimes()[g].regime].name] = engine.findings({g}, start);
    return out;
  }
  /// Of a case the regimes whose finding is another on the other side.
  Json other_answers(LineQuestion& q) {
    Json out = Json::array();
    const ByRegime before = findings(q, views_.front()), after = findings(q, views_.back());
    const auto found = [](const ByRegime& all, const std::string& regime) {
      const auto it = all.find(regime);
      FindingSet none;
      none.insert(Finding::not_engaged);
      return it == all.end() || it->second.empty() ? none : it->second;
    };
    for (const Regime& r : law_.regimes) {
      if (!request_.regime.empty() && r.name != request_.regime) continue;
      const FindingSet was = found(before, r.name);
      const FindingSet is = found(after, request_.against.empty() ? r.name : request_.against);
      if (was != is)
        out.push_back({{"regime", r.name}, {"before", bounds_json(was)}, {"after", bounds_json(is)}});
    }
    return out;
  }
  /// Places among `touched_` whose facts meet the statement.
  std::vector<std::size_t> touches(const Compiled& compiled, const Statement& s) {
    std::vector<std::size_t> out;
    const Diagrams& store = compiled.store();
    for (std::size_t i = 0; i < touched_.size(); ++i) {
      if (const auto it = changed_.find(i); it != changed_.end() && !changes(it->second, s.regime)) continue;
      std::vector<Values> box = box_of(compiled, touched_[i]);
      for (Level l = 0; l < box.size(); ++l) box[l] &= s.when[l];
      const bool apart = std::any_of(box.begin(), box.end(), [](const Values& v) { return v.none(); });
      if (!apart && store.meets(compiled.care(), yes_leaf, box)) out.push_back(i);
    }
    return out;
  }
  bool changes(const Json& answers, RegimeId regime) const {
    return std::any_of(answers.begin(), answers.end(),
                       [&](const Json& a) { return !regime.valid() || a["regime"] == law_[regime].name; });
  }
  std::vector<Values> box_of(const Compiled& compiled, const Touched& t) const {
    std::vector<Values> box = box_;
    const Space& space = compiled.space();
    for (const KnownFact& k : t.facts)
      for (std::uint32_t i = 0; i < space.variables().size(); ++i) {
        const Variable& v = space[VarId{i}];
        if (v.fact != k.fact || (v.kind != VarKind::fact && v.kind != VarKind::member)) continue;
        Values& allowed = box[compiled.level(VarId{i})];
        if (v.kind == VarKind::member) {
          const bool in = std::find(k.values.begin(), k.values.end(), v.element) != k.values.end();
          if (in || k.complete) allowed &= Values(in ? 2 : 1);
          continue;
        }
        for (std::size_t x = 0; x < v.domain.size(); ++x)
          if (!allows(k, v.domain[x])) allowed.reset(x);
      }
    for (std::uint32_t i = 0; i < space.variables().size(); ++i) {
      const Variable& v = space[VarId{i}];
      if (v.kind != VarKind::carries) continue;
      const std::string& state = law_[law_[law_[v.proviso].regime].authority].state;
      if (std::any_of(t.carried.begin(), t.carried.end(),
                      [&](const Carried& c) { return c.proviso == v.proviso; }))
        box[compiled.level(VarId{i})] = Values(2);
      else if (std::find(t.clean_for.begin(), t.clean_for.end(), state) != t.clean_for.end())
        box[compiled.level(VarId{i})] = Values(1);
    }
    return box;
  }

  // --- the answer ---
  struct Told {
    Json json;
    std::size_t touched;
    int steps;
    double breadth;
  };

  static Json ranges_json(const std::vector<Phrase::Range>& ranges) {
    Json out = Json::array();
    for (const Phrase::Range& r : ranges) {
      Json j = Json::object();
      if (!r.in.empty()) j["in"] = r.in;
      if (!r.from.empty()) j["from"] = r.from;
      if (!r.to.empty()) j["to"] = r.to;
      out.push_back(std::move(j));
    }
    return out;
  }

  static Json phrase_json(const Phrase& p) {
    Json out = with_room(5);
    out["fact"] = p.fact;
    out["values"] = p.values;
    out["excluded"] = p.excluded;
    out["text"] = p.text;
    if (!p.ranges.empty()) out["ranges"] = ranges_json(p.ranges);
    return out;
  }

  void tell(Compiled& compiled, const Side& before, const Side& after, std::vector<Told>& out) {
    const Wording words(compiled, box_, views_.back().day);
    std::map<const Phrase*, Json> phrases;
    for (const Statement& s : impact_between(compiled, before, after, box_).statements) {
      Json when = Json::array();
      std::string text;
      for (const Phrase* p : words.of(s.when)) {
        auto told = phrases.find(p);  // most statements ask what others do
        if (told == phrases.end()) told = phrases.emplace(p, phrase_json(*p)).first;
        when.push_back(told->second);
        text += (text.empty() ? "" : " and ") + p->text;
      }
      WitnessFiles w = witness_files(compiled, s.witness, views_.front().day);
      const auto readings = [&](const Side& side, const std::optional<Finding>& found) {
        const Date day = views_[side.view].day;
        const Ref asks = found ? finding_of(compiled, side) : compiled.constraints(side.view);
        return w.readings.empty() ? Json::object()
                                  : w.readings_on(day, compiled, hangs_on(compiled, asks, s.witness));
      };
      const auto touched = touches(compiled, s);
      Json records = Json::array();
      for (const std::size_t i : touched)
        records.push_back({{"kind", touched_[i].kind}, {"id", touched_[i].id}});
      Json witness = with_room(3);
      witness["transfer"] = std::move(w.transfer);
      witness["world"] = std::move(w.world);
      witness["readings"] = {{"before", readings(before, s.before)}, {"after", readings(after, s.after)}};
      Told t;
      t.json = with_room(9);
      t.json["regime"] = s.regime.valid() ? Json(law_[s.regime].name) : Json(nullptr);
      t.json["before"] = outcome_text(s.before);
      t.json["after"] = outcome_text(s.after);
      t.json["exact"] = s.exact;
      t.json["text"] = text.empty() ? "always" : text;
      t.json["when"] = std::move(when);
      t.json["breadth"] = s.breadth;
      t.json["witness"] = std::move(witness);
      t.json["touches"] = std::move(records);
      t.touched = touched.size();
      t.steps = s.steps();
      t.breadth = s.breadth;
      out.push_back(std::move(t));
    }
  }

  ImpactResult answer(Compiled& compiled) {
    std::vector<Told> all;
    const auto view_after = views_.size() - 1;
    if (!request_.against.empty()) {
      tell(compiled, {0, body_.regime(request_.regime)}, {0, body_.regime(request_.against)}, all);
    } else if (!request_.regime.empty()) {
      const RegimeId r = body_.regime(request_.regime);
      tell(compiled, {0, r}, {view_after, r}, all);
    } else {
      for (std::uint32_t g = 0; g < law_.regimes.size(); ++g)
        tell(compiled, {0, {g}}, {view_after, {g}}, all);
    }
    std::stable_sort(all.begin(), all.end(), [](const Told& a, const Told& b) {
      return std::tuple(a.touched, a.steps, a.breadth) > std::tuple(b.touched, b.steps, b.breadth);
    });
    Json j = with_room(9);
    j["schema"] = "sekisho-impact/1";
    j["from"] = to_string(views_.front().day);
    j["to"] = to_string(views_.back().day);
    j["drafts"] = request_.drafts;
    j["regime"] = text_or_null(request_.regime);
    j["against"] = text_or_null(request_.against);
    j["change"] = !all.empty();
    using Key = std::pair<std::string, std::string>;
    std::map<Key, Json> records;
    Json statements = Json::array();
    for (Told& t : all) {
      for (const Json& r : t.json["touches"])
        records[{r["kind"].get<std::string>(), r["id"].get<std::string>()}].push_back(statements.size());
      statements.push_back(std::move(t.json));
    }
    j["statements"] = std::move(statements);
    std::map<Key, Json> answers;
    for (const auto& [place, changed] : changed_)
      if (!changed.empty()) {
        const Key key{touched_[place].kind, touched_[place].id};
        answers[key] = changed;
        records.try_emplace(key, Json::array());
      }
    Json touched = Json::array();
    for (const auto& [key, places] : records) {
      touched.push_back({{"kind", key.first}, {"id", key.second}, {"statements", places}});
      if (const auto it = answers.find(key); it != answers.end()) touched.back()["answers"] = it->second;
    }
    j["touches"] = std::move(touched);
    return {true, reports_of(sources_, diags_), to_lines(j)};
  }

  const Rulebooks::Body& body_;
  const Law& law_;
  const ImpactRequest& request_;
  Sources sources_;
  std::optional<SharedEvents> events_;  // what happened
  Diagnostics diags_;
  World world_;
  std::vector<View> views_;
  std::vector<Touched> touched_;
  std::map<std::size_t, Json> changed_;  // of each case, by its place among what is touched: what changes
  std::vector<Values> box_;
};

}  // namespace

ImpactResult Rulebooks::impact(const ImpactRequest& request) const {
  return Comparison(*body_, request).run();
}

}  // namespace sekisho
