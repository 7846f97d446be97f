#include "proof/missing.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "proof/reading.h"

namespace sekisho::proof {
namespace {

class Missing {
 public:
  Missing(const Law& law, const Premises& premises) : law_(law), premises_(premises) {}

  void check(const Page& said) {
    for (const Page& question : said.list()) {
      const std::string name = question["fact"].text();
      if (!asked_.insert(name).second) question.wrong("it is asked twice");
      if (const FactId f = law_.find_fact(name); f.valid() && !law_[f].judged_by.valid())
        fact(f, question);
      else
        other(name, question);
      matters_to(question["matters_to"]);
    }
  }

 private:
  void fact(FactId f, const Page& said) const {
    said["kind"].expect("fact");
    said["asks"].expect(law_[f].asks);
    said["type"].expect(describe(law_[f].type));
    said["changed_by"].expect(to_string(law_[f].changed_by));
    if (settled(f)) said.wrong("the premises say it");
  }
  bool settled(FactId f) const {
    const auto given = premises_.facts.find(f);
    if (given == premises_.facts.end()) return false;
    const Given& g = given->second;
    if (g.form == Given::Form::members) return g.complete;
    return g.form == Given::Form::one_of && std::set<Value>(g.values.begin(), g.values.end()).size() == 1;
  }
  /// What is no fact that anybody tells: what an authority did, what lies on the lot, what joined a list, how
  /// amounts compare.
  void other(const std::string& name, const Page& said) const {
    const std::string kind = said["kind"].text();
    if (!is(name, kind)) said.wrong(fmt::format("no question of this kind is called `{}`", name));
    if (const auto of_facts = said.find("changed_by")) of_facts->wrong("this is no fact");
  }
  bool is(const std::string& name, const std::string& kind) const {
    if (kind == "record") return law_.find_need(name).valid() || law_.find_fact(name).valid();
    if (kind == "provenance") return law_.find_proviso(name).valid();
    if (kind != "list" && kind != "rate") return false;
    const std::size_t of = name.find(" of ");
    const bool party = of != std::string::npos && law_.find_proviso(name.substr(of + 4)).valid();
    return party || name.ends_with(", which has no value on the day") ||
           can_be_read_two_ways(law_, premises_.law_of, name);
  }
  void matters_to(const Page& said) const {
    std::set<std::string> named;
    for (const Page& r : said.list()) {
      const std::string name = r.text();
      if (std::none_of(law_.regimes.begin(), law_.regimes.end(),
                       [&](const Regime& regime) { return regime.name == name; }))
        r.wrong(fmt::format("no rulebook has the regime `{}`", name));
      if (!named.insert(name).second) r.wrong("it is named twice");
    }
  }

  const Law& law_;
  const Premises& premises_;
  std::set<std::string> asked_;
};

}  // namespace

void check_missing(const Law& law, const Premises& premises, const Page& said) {
  Missing(law, premises).check(said);
}

}  // namespace sekisho::proof
