#include "proof/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "proof/say.h"
#include "proof/settle.h"

namespace sekisho::proof {
namespace {

class Changes {
 public:
  Changes(const Law& law, const Premises& premises, std::optional<Range> joint, Words& words,
          Verdict& verdict, std::size_t most_readings)
      : law_(law),
        premises_(premises),
        joint_(joint),
        assessed_(assessed(law, premises)),
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
    if (joint_ && !joint_->one()) return said.wrong("the finding is open, and hangs on what is not known");
    words_.fact_is(f, said["now"]);
    said["changed_by"].expect(to_string(law_[f].changed_by));
    if ((law_[f].changed_by == ChangedBy::applicant) != applicant)
      said.wrong(applicant ? "the applicant cannot change this fact" : "the applicant can change this fact");
    Premises other = premises_;
    Known open;
    if (const auto along = said.find("along_with"))
      for (const Page& name : along->list())
        if (!left_open(name, applicant, other, open)) return;
    if (said["instead"].json().empty()) said["instead"].wrong("no other value is named");
    for (const Page& value : said["instead"].list()) {
      // Of values that the law does not name several can count, all called `another`.
      if (!told_.emplace(f, value.text()).second && value.text() != "another")
        value.wrong("this value is named twice");
      auto v = read_value(law_[f].type, value.text());
      if (!v) {
        verdict_.leave_open(value, "what comes of a value that has no name");
        continue;
      }
      if (!unlike(f, *v)) value.wrong("it has this value, or may");
      other.facts[f] = {Given::Form::one_of, {std::move(*v)}, true};
      gives(other, open, applicant, value, said);
    }
  }
  bool chosen(const std::string& name) const {
    const FactId f = law_.find_fact(name);
    return f.valid() && law_[f].changed_by == ChangedBy::applicant;
  }
  /// Whether the premises say that the fact has another value.
  bool unlike(FactId f, const Value& v) const {
    const auto given = premises_.facts.find(f);
    if (given == premises_.facts.end()) return false;
    const std::vector<Value>& values = given->second.values;
    switch (given->second.form) {
      case Given::Form::between:
        return v.text != values[0].text || v.number < values[0].number || v.number > values[1].number;
      case Given::Form::under:
        return std::none_of(values.begin(), values.end(), [&](const Value& root) {
          return v.text == root.text || v.text.starts_with(root.text + ".");
        });
      default: return std::find(values.begin(), values.end(), v) == values.end();
    }
  }
  bool left_open(const Page& name, bool applicant, Premises& other, Known& open) const {
    if (!forget(name.text(), other, open))
      name.wrong("the premises say nothing of this, or it was named before");
    else if (applicant && !chosen(name.text()))
      name.wrong("the applicant cannot change this fact");
    else
      return true;
    return false;
  }
  /// @returns whether there is anything of it that could be left open
  bool forget(const std::string& name, Premises& p, Known& open) const {
    if (const auto m = words_.matter_called(name)) {
      // What a set holds changes as one.
      if (m->kind == Matter::Kind::member || !words_.says(*m) || open.contains(*m)) return false;
      std::vector<Value>& ways = open[*m];
      for (std::size_t i = 0; i < Words::ways_of(*m).size(); ++i)
        ways.push_back({static_cast<std::int64_t>(i), {}});
      return true;
    }
    const FactId f = law_.find_fact(name);
    return f.valid() && p.facts.erase(f) > 0;
  }
  void gives(const Premises& other, const Known& open, bool applicant, const Page& value, const Page& said) {
    const Case c(law_, other);
    const Settled s = settle(c, open, regimes_, most_readings_);
    if (!s.whole) return verdict_.leave_open(value, "whether there are findings beyond those that were met");
    if (!s.some) return value.wrong("with this the premises contradict each other");
    const Truth then = assessed_with(law_, premises_, other);
    const Finding worst = then == Truth::no ? Finding::prohibited : s.met.high;
    const bool unread = then == Truth::unknown && said["worst"].json() == to_string(Finding::prohibited);
    if (said["best"].json() != to_string(s.met.low) || (said["worst"].json() != to_string(worst) && !unread))
      value.wrong(
          fmt::format("with this the replay finds `{}` to `{}`", to_string(s.met.low), to_string(worst)));
    if (joint_ && applicant && !better(s.met, then))
      value.wrong("this promises nothing better");
    else if (joint_ && s.met == *joint_ && then == truth(assessed_))
      value.wrong("with this the finding is the same");
  }
  /// What is not assessed promises nothing; where it becomes so, it may have been worse than was found.
  bool better(Range r, Truth assessed) const {
    if (assessed == Truth::no) return false;
    return r.high < (assessed_ ? joint_->high : Finding::prohibited);
  }

  const Law& law_;
  const Premises& premises_;
  std::optional<Range> joint_;
  bool assessed_;
  Words& words_;
  Verdict& verdict_;
  std::size_t most_readings_;
  std::vector<const Regime*> regimes_;
  std::set<std::pair<FactId, std::string>> told_;  // values of facts, each with what it gives
};

}  // namespace

void check_changes(const Premises& premises, const Page& line, std::optional<Range> joint, Words& words,
                   Verdict& verdict, std::size_t most_readings, const Law& law) {
  Changes changes(law, premises, joint, words, verdict, most_readings);
  changes.check(line["remedies"], true);
  changes.check(line["turns_on"], false);
}

}  // namespace sekisho::proof
