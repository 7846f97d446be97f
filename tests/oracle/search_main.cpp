// `decide` by the slow search, for the conformance suite: the same files, a small answer. What it says of
// rules and facts is asked of the search for each of them.
//
// usage: search_decide TRANSFER --rules LAW --on DAY [--world W] [--law-of DAY] [--known-on DAY]
//                      [--without-instruments]

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "api/line_question.h"
#include "model/reader.h"
#include "oracle/loaded.h"
#include "oracle/search.h"

using namespace sekisho;
using Json = nlohmann::ordered_json;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct Asked {
  std::string transfer;
  std::map<std::string, std::string> options;
  bool hidden = false;
};
Asked read_arguments(int argc, char** argv) {
  Asked a;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--without-instruments")
      a.hidden = true;
    else if (word.starts_with("--") && i + 1 < argc)
      a.options[word] = argv[++i];
    else
      a.transfer = word;
  }
  return a;
}

class Line {
 public:
  Line(const LineQuestion& line, Diagnostics& diags)
      : space_(line.question, diags), search_(space_), start_(Reader(space_).start()) {
    for (std::size_t g = 0; g < space_.regimes().size(); ++g) all_.push_back(g);
  }
  bool consistent() { return search_.consistent(start_); }
  FindingSet joint() { return search_.findings(all_, start_); }
  Json regimes() {
    Json out = Json::object();
    for (const std::size_t g : all_) out[law()[space_.regimes()[g].regime].name] = regime(g);
    return out;
  }
  Json missing() {
    Json out = Json::array();
    std::set<std::string> told;
    for (std::uint32_t i = 0; i < space_.variables().size(); ++i) {
      const Variable& v = space_[VarId{i}];
      const std::string name = v.kind == VarKind::member ? law()[v.fact].name : v.name;
      const auto depends = [&](std::size_t g) { return search_.depends(g, start_, VarId{i}); };
      if (v.kind == VarKind::hidden || Reader(space_).possible(VarId{i}, start_).count() < 2) continue;
      if (std::any_of(all_.begin(), all_.end(), depends) && told.insert(name).second) out.push_back(name);
    }
    return out;
  }

 private:
  const Law& law() const { return space_.law(); }
  Json regime(std::size_t g) {
    const RegimeUse& use = space_.regimes()[g];
    const FindingSet found = search_.findings({g}, start_);
    Json j{{"finding", found.single() ? to_string(found.best()) : "open"},
           {"best", to_string(found.best())},
           {"worst", to_string(found.worst())},
           {"active", Json::array()},
           {"undecided", Json::array()}};
    for (std::size_t i = 0; i < use.rules.size() + use.provisos.size(); ++i) {
      const auto [can, cannot] = search_.activity(g, i, start_);
      const RuleUse& u = i < use.rules.size() ? use.rules[i] : use.provisos[i - use.rules.size()].rule;
      const std::string name = law()[u.rule].name.substr(law()[use.regime].name.size() + 1);
      if (can) j[cannot ? "undecided" : "active"].push_back(name);
    }
    return j;
  }

  Space space_;
  Search search_;
  State start_;
  std::vector<std::size_t> all_;
};

int fail(const Diagnostics& diags) {
  for (const Diagnostic& d : diags.all()) std::cerr << d.message << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const Asked asked = read_arguments(argc, argv);
  const judge::Loaded loaded(text_of(asked.options.at("--rules")));
  if (loaded.diags.has_errors()) return fail(loaded.diags);
  Sources sources;
  Diagnostics diags;
  World world;
  const bool has_world = asked.options.contains("--world");
  if (has_world) {
    const auto doc =
        read_document(sources, sources.add("world", text_of(asked.options.at("--world"))), diags);
    auto read = doc ? read_world(*doc, diags) : std::nullopt;
    if (!read) return fail(diags);
    world = std::move(*read);
  }
  const auto doc = read_document(sources, sources.add("transfer", text_of(asked.transfer)), diags);
  const auto transfer = doc ? read_transfer(*doc, world, diags) : std::nullopt;
  if (!transfer) return fail(diags);
  const auto day = [&](const char* option, Date otherwise) {
    const auto it = asked.options.find(option);
    return it == asked.options.end() ? otherwise : parse_date(it->second).value_or(otherwise);
  };
  Days days;
  days.on = day("--on", Date{});
  days.law = day("--law-of", days.on);
  days.known = day("--known-on", far_future);
  Finding best = Finding::not_engaged, worst = Finding::not_engaged;
  Json out;
  for (const TransferLine& line : transfer->lines) {
    const LineQuestion q =
        line_question(loaded.law, world, has_world, *transfer, line, days, {}, asked.hidden, diags);
    if (diags.has_errors()) return fail(diags);
    Line search(q, diags);
    if (!search.consistent()) return 1;
    best = std::max(best, search.joint().best());
    worst = std::max(worst, search.joint().worst());
    out = {{"regimes", search.regimes()}, {"missing", search.missing()}};
  }
  // Whether a state with a say has a rulebook is no matter of completions: the search does not say.
  out["best"] = to_string(best);
  out["worst"] = to_string(worst);
  if (best == worst) out["finding"] = to_string(best);
  std::cout << out.dump(2) << '\n';
  return 0;
}
