#include "api/premises.h"

#include "api/decide.h"
#include "api/proviso_json.h"

namespace sekisho {
namespace {

class Writer {
 public:
  explicit Writer(const LineQuestion& line) : line_(line), q_(line.question), law_(*q_.law) {}

  Json run() const {
    Json j;
    j["law_of"] = to_string(q_.law_day);
    j["facts"] = Json::object();
    for (const KnownFact& k : q_.facts)
      if (k.form != Knowledge::Form::unknown) j["facts"][law_[k.fact].name] = known(k);
    j["acts"] = Json::array();
    for (const ActingInstrument& a : q_.instruments) j["acts"].push_back(act(a));
    j["records"] = Json::array();
    for (const AuthorityId a : q_.complete_records) j["records"].push_back(law_[a].name);
    j["silence_is_none"] = q_.silence_is_none;
    j["carried"] = Json::array();
    for (const Carried& c : q_.carried) j["carried"].push_back(carried(c));
    j["attested_for"] = q_.clean_for;
    j["part_of"] = Json::object();
    for (const Party& p : q_.world->parties)
      if (!p.part_of.empty()) add_once(j["part_of"].emplace(p.id, Json::array()).first.value(), p.part_of);
    j["states_with_a_say"] = line_.states_with_a_say;
    if (!line_.transit.empty()) j["in_transit"] = line_.transit;
    if (!q_.readings.empty()) j["readings"] = readings_json(q_.readings);
    return j;
  }

 private:
  Json values(FactId f, const std::vector<Value>& all) const {
    const Type element = law_[f].type.element();
    Json out = Json::array();
    for (const Value& v : all) out.push_back(show_value(element, v));
    return out;
  }
  Json known(const KnownFact& k) const {
    const Json all = values(k.fact, k.values);
    switch (k.form) {
      case Knowledge::Form::between: return {{"between", all}};
      case Knowledge::Form::under: return {{"under", all}};
      case Knowledge::Form::members: return {{"members", all}, {"complete", k.complete}};
      default: return {{"one_of", all}};
    }
  }
  Json act(const ActingInstrument& a) const {
    Json answers = Json::array(), finds = Json::object(), scope = Json::object();
    for (const NeedId n : a.answers) answers.push_back(law_[n].name);
    for (const auto& [f, yes] : a.finds) finds[law_[f].name] = yes ? "yes" : "no";
    for (const auto& [f, all] : a.scope) scope[law_[f].name] = values(f, all);
    return {{"id", a.instrument->id},
            {"authority", law_[a.authority].name},
            {"state", to_string(a.state)},
            {"issued", to_string(a.instrument->issued)},
            {"answers", answers},
            {"finds", finds},
            {"scope", scope},
            {"title", a.instrument->title},
            {"provisos", adds(a.instrument->provisos)}};
  }
  static Json adds(const std::vector<ProvisoOn>& provisos) {
    Json out = Json::array();
    for (const ProvisoOn& p : provisos) out.push_back(proviso_json(p));
    return out;
  }
  Json carried(const Carried& c) const {
    const std::vector<std::string>& parameters = law_[law_[c.proviso].versions.front()].parameters;
    Json with = Json::object();
    for (std::size_t i = 0; i < parameters.size() && i < c.arguments.size(); ++i)
      if (!c.arguments[i].empty()) with[parameters[i]] = c.arguments[i];
    return {{"proviso", law_[c.proviso].name}, {"with", with}, {"bound_on", to_string(c.bound_on)}};
  }

  const LineQuestion& line_;
  const Question& q_;
  const Law& law_;
};

}  // namespace

Json premises_json(const LineQuestion& line) {
  return Writer(line).run();
}

}  // namespace sekisho
