#include "proof/premises.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sekisho::proof {
namespace {

constexpr std::array<std::string_view, 6> states{"granted",   "refused", "pending",
                                                 "suspended", "revoked", "lapsed"};

class Reading {
 public:
  explicit Reading(const Law& law) : law_(law) {}

  Premises run(const Page& from) {
    out_.law_of = day(from["law_of"]);
    for (const auto& [name, said] : from["facts"].entries()) fact(name, said);
    for (const Page& a : from["acts"].list()) act(a);
    for (const Page& a : from["records"].list()) out_.records.push_back(authority(a));
    out_.silence_is_none = from["silence_is_none"].yes();
    for (const Page& p : from["carried"].list()) carried(p);
    out_.attested_for = from["attested_for"].texts();
    for (const auto& [party, whole] : from["part_of"].entries()) out_.part_of[party] = whole.texts();
    out_.states_with_a_say = from["states_with_a_say"].texts();
    if (const auto via = from.find("in_transit")) out_.in_transit = via->texts();
    if (const auto readings = from.find("readings"))
      for (const auto& [what, way] : readings->entries()) {
        if (way.text() != "yes" && way.text() != "no") way.wrong("it is read as yes or as no");
        out_.readings[what] = way.text() == "yes";
      }
    return std::move(out_);
  }

 private:
  static Date day(const Page& at) {
    const auto d = parse_date(at.text());
    if (!d) at.wrong("this is no day");
    return d.value_or(Date{});
  }
  template <class I>
  static I known(I id, const Page& at, std::string_view what) {
    if (!id.valid()) at.wrong(fmt::format("no rulebook has such {}", what));
    return id;
  }
  AuthorityId authority(const Page& at) const {
    return known(law_.find_authority(at.text()), at, "an authority");
  }
  FactId fact_called(const std::string& name, const Page& at) const {
    return known(law_.find_fact(name), at, "a fact");
  }
  std::vector<Value> values(FactId f, const Page& at) const {
    std::vector<Value> out;
    if (!f.valid()) return out;
    const Type type = law_[f].type.element();
    for (const Page& v : at.list()) {
      if (auto value = read_value(type, v.text()))
        out.push_back(std::move(*value));
      else
        v.wrong(fmt::format("this is no value of `{}`", law_[f].name));
    }
    return out;
  }

  void fact(const std::string& name, const Page& said) {
    static constexpr std::array<std::pair<const char*, Given::Form>, 4> forms{
        {{"one_of", Given::Form::one_of},
         {"between", Given::Form::between},
         {"under", Given::Form::under},
         {"members", Given::Form::members}}};
    const FactId f = fact_called(name, said);
    if (!f.valid()) return;
    if (law_[f].judged_by.valid()) return said.wrong("only a finding of its authority decides this fact");
    if (said.json().size() != (said.find("members") ? 2 : 1))
      return said.wrong("a fact is known in one form");
    for (const auto& [key, form] : forms) {
      const auto list = said.find(key);
      if (!list) continue;
      Given g{form, values(f, *list), true};
      if (form == Given::Form::members) g.complete = said["complete"].yes();
      if (!sound(f, g)) return list->wrong(fmt::format("`{}` cannot be known in this form", name));
      out_.facts[f] = std::move(g);
      return;
    }
    said.wrong("this is no knowledge of a fact");
  }
  bool sound(FactId f, const Given& g) const {
    const Type& type = law_[f].type;
    if (type.is_set != (g.form == Given::Form::members)) return false;
    if (g.form == Given::Form::under) return type.kind == FactType::code && !g.values.empty();
    if (g.form != Given::Form::between) return type.is_set || !g.values.empty();
    return type.ordered() && g.values.size() == 2 && g.values[0].text == g.values[1].text &&
           g.values[0].number <= g.values[1].number;
  }

  void act(const Page& at) {
    Act a;
    a.id = at["id"].text();
    a.authority = authority(at["authority"]);
    a.state = at["state"].text();
    if (std::find(states.begin(), states.end(), a.state) == states.end())
      at["state"].wrong("this is no state of an act");
    a.issued = day(at["issued"]);
    for (const Page& n : at["answers"].list())
      a.answers.push_back(known(law_.find_need(n.text()), n, "a need"));
    for (const auto& [name, said] : at["finds"].entries()) {
      const FactId f = fact_called(name, said);
      if (f.valid() && !law_[f].judged_by.valid()) said.wrong("this fact is not judged");
      a.finds[f] = said.text() == "yes";
    }
    for (const auto& [name, said] : at["scope"].entries()) {
      const FactId f = fact_called(name, said);
      a.scope[f] = values(f, said);
    }
    a.title = at["title"].text();
    for (const Page& p : at["provisos"].list()) a.adds.push_back({p["proviso"].text(), p["with"].json()});
    out_.acts.push_back(std::move(a));
  }

  void carried(const Page& at) {
    Carried c;
    c.proviso = known(law_.find_proviso(at["proviso"].text()), at["proviso"], "a proviso");
    for (const auto& [parameter, party] : at["with"].entries()) c.with[parameter] = party.text();
    c.bound_on = day(at["bound_on"]);
    out_.carried.push_back(std::move(c));
  }

  const Law& law_;
  Premises out_;
};

}  // namespace

std::optional<Premises> read_premises(const Law& law, const Page& from) {
  const std::size_t before = from.remarks();
  Premises p = Reading(law).run(from);
  if (from.remarks() > before) return std::nullopt;
  return p;
}

}  // namespace sekisho::proof
