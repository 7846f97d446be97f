#include "batch/cells.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/countries.h"

namespace sekisho {
namespace {

/// The members of a list, or of words that name several.
std::vector<std::string_view> parts(Cell cell) {
  if (cell.is_list) return members_of(cell.text);
  std::string_view text = cell.text;
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t end = text.find(';');
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    out.push_back(part);
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

constexpr std::size_t no = 0, yes = 1;

}  // namespace

Cells::Cells(const Law& law, const Plan& plan, const CellWords& words)
    : law_(law),
      plan_(plan),
      words_(words),
      variable_of_(law.facts.size()),
      members_(law.facts.size()),
      elements_(law.facts.size()),
      relations_(law.facts.size()),
      kept_(law.facts.size()),
      kept_lists_(law.facts.size()) {
  const Space& space = plan.space();
  for (std::uint32_t i = 0; i < space.variables().size(); ++i) {
    const Variable& v = space[VarId{i}];
    if (v.kind == VarKind::fact || v.kind == VarKind::judged) variable_of_[v.fact.index] = VarId{i};
    if (v.kind != VarKind::member) continue;
    members_[v.fact.index].push_back(VarId{i});
    elements_[v.fact.index].push_back(v.element);
  }
  gather_comparisons();
  for (const List& l : law.lists)
    if (l.type.kind == FactType::country)
      for (const ListMember& m : l.members) named_states_.insert(m.value.text);
}

void Cells::gather_comparisons() {
  const Space& space = plan_.space();
  const auto& relations = plan_.compiled().relations();
  for (std::size_t i = 0; i < relations.size(); ++i) {
    const Compiled::Relation& r = relations[i];
    Comparison c{VarId{static_cast<std::uint32_t>(space.variables().size() + i)}, space[r.a].fact, {}, {}};
    std::set<FactId> parts{c.a};
    if (r.b.valid()) parts.insert(c.b = space[r.b].fact);
    if (!r.b.valid()) c.hangs_on.resize(space[r.a].domain.size());
    for (const Conditional& on : r.conditional) {
      c.hangs_on[on.value] = on.on;
      if (space[on.on].kind == VarKind::member) parts.insert(space[on.on].fact);
    }
    for (const FactId f : parts) {
      relations_[f.index].push_back(c.relation);
      if (std::find(compared_.begin(), compared_.end(), f) == compared_.end()) compared_.push_back(f);
    }
    comparisons_.push_back(std::move(c));
  }
  for (const FactId f : space.compared())
    if (f.valid() && reads(f) && std::find(compared_.begin(), compared_.end(), f) == compared_.end())
      compared_.push_back(f);
  std::stable_partition(compared_.begin(), compared_.end(), [&](FactId f) { return !law_[f].type.is_set; });
  std::map<Value, std::uint32_t> numbers;
  const auto number_all = [&](std::span<const Value> values, Compared& c) {
    for (const Value& v : values)
      c.numbers.push_back(numbers.try_emplace(v, static_cast<std::uint32_t>(numbers.size())).first->second);
  };
  compared_facts_.resize(law_.facts.size());
  for (const FactId f : compared_) {
    Compared& c = compared_facts_[f.index];
    c.set = law_[f].type.is_set;
    c.values = c.set ? elements_[f.index] : std::vector<Value>();
    c.type = law_[f].type.kind;
    if (c.set) {
      number_all(c.values, c);
      continue;
    }
    const VarId v = variable_of_[f.index];
    if (!v.valid() || space[v].kind != VarKind::fact) continue;
    c.placed = true;
    c.level = level(v);
    c.values = space[v].domain;
    number_all(c.values, c);
  }
}

// --- what a cell says ---

const Said& Cells::said(FactId fact, Cell cell) {
  Kept& cells = (cell.is_list ? kept_lists_ : kept_)[fact.index];
  if (const auto it = cells.find(cell.text); it != cells.end()) return it->second;
  if (cells.size() >= most_kept) cells.clear();
  Said said = read(fact, cell);
  settle(fact, said);
  return cells.emplace(std::string(cell.text), std::move(said)).first->second;
}

bool Cells::is_state(const Value& v) const {
  return is_country_code(v.text) || named_states_.contains(v.text);
}

/// What the mapping says that words stand for.
std::string_view Cells::meant(FactId fact, std::string_view words) const {
  const auto of = words_.find(law_[fact].name);
  if (of == words_.end()) return words;
  const auto w = of->second.find(std::string(words));
  return w == of->second.end() ? words : w->second;
}

Said Cells::read(FactId fact, Cell cell) {
  Said out;
  const Fact& f = law_[fact];
  if (cell.is_list && !f.type.is_set) {
    out.wrong = fmt::format("{} has one value, not a list", f.name);
    return out;
  }
  if (!cell.is_list) cell.text = meant(fact, cell.text);
  if (is_blank(cell)) return out;
  const Type type = f.type.element();
  out.known = true;
  if (f.judged_by.valid() && cell.text == "none") {
    Named& none = out.values.emplace_back();  // in its place: g++ 12 warns of a moved one at -O3
    none.value = {judged_none, "none"};
    none.places = {judged_none};
    return out;
  }
  const auto wrong = [&](std::string_view value) {
    out.wrong = fmt::format("`{}` is not a value of {}, which is {}", value, f.name, describe(f.type));
    const std::string near = nearest(value, type.choices);
    if (!near.empty()) out.wrong += fmt::format("; is `{}` meant?", near);
    if (type.kind == FactType::code && !is_code(value))
      out.wrong += fmt::format("; {}", how_codes_are_written);
    return out;
  };
  const auto one = [&](std::string_view text) -> std::optional<Value> {
    auto v = read_value(type, text);
    if (v && type.kind == FactType::country && !is_state(*v)) v.reset();
    return v;
  };
  const auto named = [&](const Value& v) {
    const auto fresh = static_cast<std::uint32_t>(numbers_.size() + 1);
    const std::uint32_t number = numbers_.try_emplace(v, fresh).first->second;
    const bool twice =
        std::any_of(out.values.begin(), out.values.end(), [&](const Named& n) { return n.number == number; });
    if (!twice) out.values.push_back({v, number, places(fact, v)});
  };
  if (f.type.is_set) {
    if (!cell.is_list && cell.text == "none") return out;
    for (std::string_view part : parts(cell)) {
      if (cell.is_list) part = meant(fact, part);
      if (part.empty()) {
        out.wrong = cell.is_list
                        ? fmt::format("{} has an empty member; a set of none is an empty list", f.name)
                        : fmt::format("`{}` has an empty member; a set of none is `none`", cell.text);
        return out;
      }
      const auto v = one(part);
      if (!v) return wrong(part);
      named(*v);
    }
    return out;
  }
  const auto v = one(cell.text);
  if (!v) return wrong(cell.text);
  named(*v);
  // Where nothing stands for it, the law cannot compare it: any value is possible.
  out.known = !variable_of_[fact.index].valid() || !out.values.front().places.empty();
  return out;
}

std::vector<std::size_t> Cells::places(FactId fact, const Value& v) const {
  const Type type = law_[fact].type.element();
  if (law_[fact].type.is_set) return plan_.space().standing_for(type, elements_[fact.index], v);
  const VarId var = variable_of_[fact.index];
  if (!var.valid()) return {};
  if (law_[fact].judged_by.valid())
    return {v.text == "none" ? judged_none : static_cast<std::size_t>(v.number)};
  return plan_.space().standing_for(var, v);
}

Said Cells::again(FactId fact, const Said& elsewhere) const {
  Said out;
  out.known = elsewhere.known;
  for (const Named& n : elsewhere.values) out.values.push_back({n.value, n.number, places(fact, n.value)});
  settle(fact, out);
  return out;
}

// --- what it leaves possible ---

void Cells::settle(FactId fact, Said& said) const {
  if (!said.known || !said.wrong.empty()) return;
  const auto settles = [&](VarId v, std::size_t value) {
    said.settles.push_back({level(v), static_cast<std::uint16_t>(value)});
  };
  if (!law_[fact].type.is_set) {
    if (const VarId v = variable_of_[fact.index]; v.valid()) settles(v, said.values.front().places.front());
    return;
  }
  // As if it were compared with nothing: one place serves for all that nothing tells apart.
  Values in;
  for (const Named& n : said.values)
    if (!n.places.empty()) in.set(n.places.front());
  const auto members = std::span(members_[fact.index]);
  for (std::size_t i = 0; i < members.size(); ++i) settles(members[i], in.test(i) ? yes : no);
}

const Said* Cells::told(FactId fact) const {
  for (const Told& t : told_)
    if (t.fact == fact) return t.said;
  return nullptr;
}

/// The place of a value that stands for what was said and for nothing unlike it.
std::size_t Cells::take(const Compared& fact, const Named& named, std::uint32_t number) {
  const auto free = [&](std::size_t place) {
    return std::none_of(taken_.begin(), taken_.end(), [&](const Taken& t) {
      return t.type == fact.type && (t.number == number) != (t.by == fact.numbers[place]);
    });
  };
  const auto place = std::find_if(named.places.begin(), named.places.end(), free);
  if (place == named.places.end()) return nothing_left;
  taken_.push_back({fact.type, fact.numbers[*place], number});
  return *place;
}

/// As which value a member counts. What the law says of sets it says of some or of every member: members that
/// are in the same sets, and that no single fact equals, are as one. Where something is untold they may yet
/// be unlike, each single fact may be one of them, and each untold set holds some and not others; more are as
/// one again.
std::uint32_t Cells::number_in_sets(const Told& set, const Named& named) {
  const Compared& fact = compared_facts_[set.fact.index];
  const auto says = [&](const Told& t) {
    return compared_facts_[t.fact.index].type == fact.type &&
           std::any_of(t.said->values.begin(), t.said->values.end(),
                       [&](const Named& n) { return n.number == named.number; });
  };
  Alike own{fact.type, ~std::uint32_t{0}, {}, {}};
  for (const Told& t : told_) {
    const bool in = says(t);
    if (in && !compared_facts_[t.fact.index].set) return named.number;
    own.sets.push_back(in);
  }
  for (const std::size_t p : named.places) own.place = std::min(own.place, fact.numbers[p]);
  const Untold left = untold(fact.type);
  for (Alike& a : alike_) {
    if (a.type != own.type || a.place != own.place || a.sets != own.sets) continue;
    if (std::find(a.numbers.begin(), a.numbers.end(), named.number) != a.numbers.end()) return named.number;
    if (a.numbers.size() >= left.singles + left.ways()) return a.numbers.back();
    a.numbers.push_back(named.number);
    return named.number;
  }
  own.numbers.push_back(named.number);
  alike_.push_back(std::move(own));
  return named.number;
}

/// Whether what is untold can still be unlike what was said.
bool Cells::leaves_room(const Compared& fact, const Named& named) {
  const std::size_t others = untold(fact.type).others();
  if (others == 0) return true;
  if (named.places.size() == 1) return fact.values[named.places.front()] == named.value;
  if (fact.type == FactType::country && named.places.size() < plan_.space().places_of_a_class()) return true;
  const auto left = std::count_if(named.places.begin(), named.places.end(), [&](std::size_t place) {
    return std::none_of(taken_.begin(), taken_.end(),
                        [&](const Taken& t) { return t.type == fact.type && t.by == fact.numbers[place]; });
  });
  return static_cast<std::size_t>(left) >= others;
}

/// Gives what is compared places that nothing unlike has.
bool Cells::part(Box& box) {
  taken_.clear();
  alike_.clear();
  for (const Told& t : told_) {
    const Compared& c = compared_facts_[t.fact.index];
    if (c.set) {
      if (!part_members(t, box)) return false;
      continue;
    }
    if (!c.placed) continue;
    const Named& n = t.said->values.front();
    const std::size_t place = take(c, n, n.number);
    if (place == nothing_left) return false;
    box.settle(c.level, place);
  }
  return std::all_of(told_.begin(), told_.end(), [&](const Told& t) {
    const Compared& c = compared_facts_[t.fact.index];
    return (!c.set && !c.placed) || std::all_of(t.said->values.begin(), t.said->values.end(),
                                                [&](const Named& n) { return leaves_room(c, n); });
  });
}

bool Cells::part_members(const Told& set, Box& box) {
  Values in;
  for (const Named& n : set.said->values) {
    const std::size_t place = take(compared_facts_[set.fact.index], n, number_in_sets(set, n));
    if (place == nothing_left) return false;
    in.set(place);
  }
  const auto members = std::span(members_[set.fact.index]);
  for (std::size_t i = 0; i < members.size(); ++i) box.settle(level(members[i]), in.test(i) ? yes : no);
  return true;
}

std::vector<KnownFact> Cells::values_apart() const {
  std::vector<KnownFact> out;
  for (const Told& t : told_) {
    KnownFact k{t.fact, Knowledge::Form::alternatives, {}, true};
    for (const Named& n : t.said->values) k.values.push_back(n.value);
    out.push_back(std::move(k));
  }
  return out;
}

void Cells::settle(const Comparison& c, Box& box) const {
  const Said *a = told(c.a), *b = c.b.valid() ? told(c.b) : nullptr;
  if (a == nullptr) return;
  if (c.b.valid()) {
    if (b != nullptr)
      box.settle(level(c.relation), a->values.front().number == b->values.front().number ? yes : no);
    return;
  }
  const Level at = level(variable_of_[c.a.index]);
  if (!box.settled(at)) return;
  const VarId on = c.hangs_on[box.only(at)];
  if (!on.valid())
    box.settle(level(c.relation), no);
  else if (box.settled(level(on)))
    box.settle(level(c.relation), box.only(level(on)));
}

std::string Cells::provisos(Cell cell, Box& box) const {
  if (is_blank(cell)) return {};
  std::vector<ProvisoId> named;
  if (cell.is_list || cell.text != "none")
    for (const std::string_view part : parts(cell)) {
      const ProvisoId p = law_.find_proviso(std::string(part));
      if (!p.valid()) return fmt::format("no rulebook has a proviso called `{}`", part);
      named.push_back(p);
    }
  for (std::uint32_t i = 0; i < plan_.space().variables().size(); ++i) {
    const Variable& v = plan_.space()[VarId{i}];
    if (v.kind != VarKind::carries) continue;
    const bool lies_on = std::find(named.begin(), named.end(), v.proviso) != named.end();
    box.settle(level(VarId{i}), lies_on ? yes : no);
  }
  return {};
}

}  // namespace sekisho
