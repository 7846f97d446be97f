#include "proof/changes.h"

#include <fmt/format.h>

#include <algorithm>

#include "proof/settle.h"

namespace sekisho::proof {
namespace {

class Changes {
 public:
  Changes(const Law& law, const Premises& premises, bool assessed, Words& words, Verdict& verdict,
          std::size_t most_readings)
      : law_(law),
        premises_(premises),
        assessed_(assessed),
        words_(words),
        verdict_(verdict),
        most_readings_(most_readings) {
    for (const Regime& r : law.regimes) regimes_.push_back(&r);
  }

  /// @param applicant  whose choice the facts must be, or else must not
  void check(const Page& said, bool applicant) {
    for (const Page& change : said.list()) one(change, applicant);
  }

 private:
  void one(const Page& said, bool applicant) {
    ++verdict_.changes;
    const FactId f = law_.find_fact(said["fact"].text());
    if (!f.valid() || law_[f].type.is_set || law_[f].judged_by.valid())
      return said["fact"].wrong("this is no fact that somebody could change");
    words_.fact_is(f, said["now"]);
    said["changed_by"].expect(to_string(law_[f].changed_by));
    if ((law_[f].changed_by == ChangedBy::applicant) != applicant)
      said.wrong(applicant ? "the applicant cannot change this fact" : "the applicant can change this fact");
    Premises other = premises_;
    Known open;
    if (const auto along = said.find("along_with"))
      for (const Page& name : along->list())
        if (!forget(name.text(), other, open))
          return name.wrong("the premises say nothing of this, or it was named before");
    for (const Page& value : said["instead"].list()) {
      auto v = read_value(law_[f].type, value.text());
      if (!v) {
        unsettled(value, "what comes of a value that has no name");
        continue;
      }
      other.facts[f] = {Given::Form::one_of, {std::move(*v)}, true};
      gives(other, open, value, said);
    }
  }
  /// @returns whether there is anything of it that could be left open
  bool forget(const std::string& name, Premises& p, Known& open) const {
    if (const auto m = words_.matter_called(name)) {
      std::vector<Value>& ways = open[*m];
      for (std::size_t i = 0; i < Words::ways_of(*m).size(); ++i)
        ways.push_back({static_cast<std::int64_t>(i), {}});
      return true;
    }
    const FactId f = law_.find_fact(name);
    return f.valid() && p.facts.erase(f) > 0;
  }
  void gives(const Premises& other, const Known& open, const Page& value, const Page& said) {
    const Case c(law_, other);
    const Settled s = settle(c, open, regimes_, most_readings_);
    if (!s.whole) return unsettled(value, "whether there are findings beyond those that were met");
    const Finding worst = assessed_ ? s.met.high : Finding::prohibited;
    if (!s.some)
      value.wrong("with this the premises contradict each other");
    else if (said["best"].json() != to_string(s.met.low) || said["worst"].json() != to_string(worst))
      value.wrong(
          fmt::format("with this the replay finds `{}` to `{}`", to_string(s.met.low), to_string(worst)));
  }
  void unsettled(const Page& at, std::string what) {
    verdict_.unsettled.push_back({at.place(), std::move(what)});
  }

  const Law& law_;
  const Premises& premises_;
  bool assessed_;
  Words& words_;
  Verdict& verdict_;
  std::size_t most_readings_;
  std::vector<const Regime*> regimes_;
};

}  // namespace

void check_changes(const Premises& premises, const Page& line, bool assessed, Words& words, Verdict& verdict,
                   std::size_t most_readings, const Law& law) {
  Changes changes(law, premises, assessed, words, verdict, most_readings);
  changes.check(line["remedies"], true);
  changes.check(line["turns_on"], false);
}

}  // namespace sekisho::proof
