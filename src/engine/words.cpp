#include "engine/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace sekisho {

std::string value_name(const Law& law, const Variable& v, std::size_t i) {
  const Value& value = v.domain[i];
  switch (v.kind) {
    case VarKind::fact: {
      const Type& t = law[v.fact].type;
      if (!t.named()) return show_value(t, value);
      if (value.text.empty()) return value.number == 0 ? "another" : fmt::format("another {}", value.number);
      if (const auto root = code_further_under(value.text); t.kind == FactType::code && !root.empty())
        return fmt::format("further under {}", root);
      return value.text;
    }
    case VarKind::judged: return i == judged_none ? "no finding" : i == 1 ? "found" : "found not";
    case VarKind::need: return std::string(to_string(static_cast<NeedState>(i)));
    default: return i == 1 ? "yes" : "no";
  }
}

std::string element_name(const Law& law, const Variable& member) {
  std::string s = show_value(law[member.fact].type.element(), member.element);
  if (!s.empty()) return s;
  return member.element.number == 0 ? "another" : fmt::format("another {}", member.element.number);
}

class Wording::Words {
 public:
  Words(const Compiled& law, std::span<const Values> box, Date day, ToldAs told_as)
      : c_(law),
        law_(law.space().law()),
        box_(box.begin(), box.end()),
        lists_(box.size()),
        states_(box.size()),
        told_(box.size()) {
    for (Level l = 0; l < box.size(); ++l) {
      if (c_.is_relation(c_.variable(l))) continue;
      find_lists(l, day);
      if (told_as == ToldAs::all_it_stands_for) find_states(l);
    }
  }

  std::vector<const Phrase*> phrases(const Cube& cube) {
    std::vector<const Phrase*> out;
    for (Level l = 0; l < cube.size(); ++l) {
      if (cube[l] == box_[l]) continue;
      auto told = told_[l].find(cube[l]);
      if (told == told_[l].end()) told = told_[l].emplace(cube[l], phrase(l, cube[l])).first;
      out.push_back(&told->second);
    }
    return out;
  }

 private:
  void find_lists(Level l, Date day) {
    const Variable& var = c_.space()[c_.variable(l)];
    if (var.kind != VarKind::fact || law_[var.fact].type.kind != FactType::country) return;
    std::map<Value, std::size_t> place;
    for (std::size_t i = 0; i < var.domain.size(); ++i) place.emplace(var.domain[i], i);
    for (const List& list : law_.lists) {
      if (list.type.kind != FactType::country) continue;
      Values on;
      for (const ListMember& m : list.members)
        if (const auto at = place.find(m.value); at != place.end() && covers(m.windows, day) == Covers::yes)
          on.set(at->second);
      on &= box_[l];
      if (on.any()) lists_[l].push_back({on, &list});
    }
  }

  /// The states that each value of a fact is told as. The first of a class speaks for all that stand for it.
  void find_states(Level l) {
    const Variable& var = c_.space()[c_.variable(l)];
    const Space::StandIns& in = c_.stand_ins(l);
    if (var.kind != VarKind::fact || law_[var.fact].type.kind != FactType::country || in.class_of.empty())
      return;
    for (std::size_t i = 0; i < var.domain.size(); ++i)
      states_[l].push_back(!in.class_of[i]       ? std::vector{var.domain[i].text}
                           : in.class_of[i] == i ? in.states[i]
                                                 : std::vector<std::string>());
  }

  Phrase phrase(Level l, const Values& allowed) const {
    const VarId v = c_.variable(l);
    Phrase p;
    p.fact = c_.name(v);
    if (c_.is_relation(v)) {
      p.values = {allowed.test(1) ? "yes" : "no"};
      p.text = allowed.test(1) ? p.fact : c_.denial(v);
      return p;
    }
    const Variable& var = c_.space()[v];
    if (var.kind == VarKind::fact && law_[var.fact].type.ordered()) {
      p.ranges = ranges(var, allowed);
      p.text = range_text(var, p.ranges);
      return p;
    }
    const Values left_out = box_[l] & ~allowed;
    auto in = names(var, l, allowed), out = names(var, l, left_out);
    p.excluded = var.kind == VarKind::fact && in.size() > out.size() && in.size() > 2;
    // What nobody names cannot be listed: all but the named ones are meant.
    if (var.kind == VarKind::fact && unnamed(var, allowed) != unnamed(var, left_out))
      p.excluded = !out.empty() && unnamed(var, allowed);
    p.values = p.excluded ? std::move(out) : std::move(in);
    p.text = text(var, l, allowed, p);
    return p;
  }
  std::vector<std::string> names(const Variable& var, Level l, const Values& of) const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < var.domain.size(); ++i)
      if (of.test(i) && states_[l].empty()) {
        std::string name = value_name(law_, var, i);  // further codes under one root have one
        if (out.empty() || out.back() != name) out.push_back(std::move(name));
      } else if (of.test(i))
        out.insert(out.end(), states_[l][i].begin(), states_[l][i].end());
    if (!states_[l].empty()) std::sort(out.begin(), out.end());
    return out;
  }
  bool unnamed(const Variable& var, const Values& of) const {
    const Type& t = law_[var.fact].type;
    if (!t.named() || t.kind == FactType::country) return false;
    for (std::size_t i = 0; i < var.domain.size(); ++i)
      if (of.test(i) && var.domain[i].text.empty()) return true;
    return false;
  }
  std::string text(const Variable& var, Level l, const Values& allowed, const Phrase& p) const {
    const bool yes = allowed.test(1);
    switch (var.kind) {
      case VarKind::fact: break;
      case VarKind::member:
        return fmt::format("{} is {}in {}", element_name(law_, var), yes ? "" : "not ", law_[var.fact].name);
      case VarKind::carries: return fmt::format("{} {} on the lot", var.name, yes ? "lies" : "does not lie");
      case VarKind::hidden:
        return fmt::format("by the reading that {} {}", var.name, yes ? "holds" : "does not hold");
      case VarKind::listed: return fmt::format("{}{}", yes ? "" : "not ", var.name);
      case VarKind::rate:
        if (var.of_unrecorded_parties())
          return fmt::format("{} is {}within {}", var.subject, yes ? "" : "not ", var.name);
        return fmt::format("it {} that {}", yes ? "holds" : "does not hold", var.name);
      case VarKind::judged:
      case VarKind::need: return fmt::format("{} is {}", var.name, fmt::join(p.values, " or "));
    }
    const Type& type = law_[var.fact].type;
    if (type.kind == FactType::yes_no) return (yes_value(var, allowed) ? "" : "not ") + var.name;
    if (type.kind == FactType::country)
      if (std::string in = list_phrase(var, l, allowed); !in.empty()) return in;
    if (p.values.size() == 1)
      return fmt::format("{} is {}{}", var.name, p.excluded ? "not " : "", p.values.front());
    return fmt::format("{} is {}one of {}", var.name, p.excluded ? "not " : "", fmt::join(p.values, ", "));
  }
  static bool yes_value(const Variable& var, const Values& allowed) {
    for (std::size_t i = 0; i < var.domain.size(); ++i)
      if (allowed.test(i)) return var.domain[i].number == 1;
    return false;
  }
  /// Runs of neighbouring values as bounds.
  std::vector<Phrase::Range> ranges(const Variable& var, const Values& allowed) const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < var.domain.size(); ++i) order.push_back(i);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return std::tie(var.domain[a].text, var.domain[a].number) <
             std::tie(var.domain[b].text, var.domain[b].number);
    });
    const Type& t = law_[var.fact].type;
    std::vector<Phrase::Range> out;
    for (std::size_t k = 0; k < order.size(); ++k) {
      if (!allowed.test(order[k])) continue;
      std::size_t last = k;
      const std::string& currency = var.domain[order[k]].text;
      while (last + 1 < order.size() && allowed.test(order[last + 1]) &&
             var.domain[order[last + 1]].text == currency)
        ++last;
      const bool from_start = k == 0 || var.domain[order[k - 1]].text != currency;
      const bool to_end = last + 1 == order.size() || var.domain[order[last + 1]].text != currency;
      out.push_back({currency, from_start ? "" : show_value(t, var.domain[order[k]]),
                     to_end ? "" : show_value(t, var.domain[order[last]])});
      k = last;
    }
    return out;
  }
  static std::string range_text(const Variable& var, const std::vector<Phrase::Range>& ranges) {
    std::string out;
    for (const Phrase::Range& r : ranges) {
      if (!out.empty()) out += " or ";
      out += r.from.empty() && r.to.empty() ? fmt::format("in {}", r.in)
             : r.from.empty()               ? "at most " + r.to
             : r.to.empty()                 ? "at least " + r.from
             : r.from == r.to               ? r.from
                                            : fmt::format("{} to {}", r.from, r.to);
    }
    return fmt::format("{} is {}", var.name, out);
  }
  /// A set of states that is a list of the law, or all that are not on it.
  std::string list_phrase(const Variable& var, Level l, const Values& allowed) const {
    for (const auto& [on, list] : lists_[l]) {
      if (allowed == on) return fmt::format("{} is in {}", var.name, list->name);
      if (allowed == (box_[l] & ~on)) return fmt::format("{} is not in {}", var.name, list->name);
    }
    return {};
  }

  const Compiled& c_;
  const Law& law_;
  std::vector<Values> box_;
  std::vector<std::vector<std::pair<Values, const List*>>> lists_;  // of each level, with those on it
  std::vector<std::vector<std::vector<std::string>>> states_;  // of each level that is told so, each value
  std::vector<std::unordered_map<Values, Phrase>> told_;       // of each level: most cubes ask what others do
};

Wording::Wording(const Compiled& law, std::span<const Values> box, Date day, ToldAs told_as)
    : words_(std::make_unique<Words>(law, box, day, told_as)) {}
Wording::~Wording() = default;

std::vector<const Phrase*> Wording::of(const Cube& cube) const {
  return words_->phrases(cube);
}
std::vector<Phrase> in_words(const Compiled& law, const Cube& cube, std::span<const Values> box, Date day) {
  const Wording words(law, box, day, ToldAs::example);
  std::vector<Phrase> out;
  for (const Phrase* p : words.of(cube)) out.push_back(*p);
  return out;
}

}  // namespace sekisho
