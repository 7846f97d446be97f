#include "engine/space.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/countries.h"
#include "engine/space_builder.h"

namespace sekisho {

bool lies_under(const std::string& code, const std::string& root) {
  return code == root || code.starts_with(root + ".");
}

bool allows(const KnownFact& k, const Value& v) {
  switch (k.form) {
    case Knowledge::Form::alternatives:
      return std::find(k.values.begin(), k.values.end(), v) != k.values.end();
    case Knowledge::Form::between:
      return v.text == k.values[0].text && v.number >= k.values[0].number && v.number <= k.values[1].number;
    case Knowledge::Form::under:
      return std::any_of(k.values.begin(), k.values.end(),
                         [&](const Value& root) { return lies_under(v.text, root.text); });
    default: return true;
  }
}

std::optional<RateComparison> comparison_named(std::string_view what) {
  static constexpr std::array<std::pair<std::string_view, ExprOp>, 4> words{
      {{" is at least ", ExprOp::at_least},
       {" is at most ", ExprOp::at_most},
       {" is more than ", ExprOp::more_than},
       {" is less than ", ExprOp::less_than}}};
  Type money{};
  money.kind = FactType::money;
  for (const auto& [is, op] : words) {
    const std::size_t at = what.find(is);
    if (at == std::string_view::npos) continue;
    const auto amount = read_value(money, what.substr(0, at)),
               limit = read_value(money, what.substr(at + is.size()));
    if (amount && limit && amount->text != limit->text && amount->number > 0 && limit->number > 0)
      return RateComparison{op, *amount, *limit};
  }
  return std::nullopt;
}

std::optional<NamedMembership> membership_named(const Law& law, std::string_view what) {
  for (std::uint32_t i = 0; i < law.lists.size(); ++i) {
    const List& l = law.lists[i];
    const std::string in = " in " + l.name;
    if (!what.ends_with(in)) continue;
    auto value = read_value(l.type, what.substr(0, what.size() - in.size()));
    if (value) return NamedMembership{ListId{i}, std::move(*value)};
  }
  return std::nullopt;
}

std::string further_code(const std::string& root, std::size_t k) {
  return k == 1 ? root + ".*" : fmt::format("{}.*{}", root, k);
}

std::string_view code_further_under(std::string_view code) {
  const std::size_t star = code.rfind(".*");
  return star == std::string_view::npos ? std::string_view() : code.substr(0, star);
}

std::string_view to_string(NeedState s) {
  static constexpr std::array<std::string_view, need_state_count> names{"none",    "pending",   "granted",
                                                                        "refused", "suspended", "lapsed"};
  return names[static_cast<std::size_t>(s)];
}

void Space::Builder::run() {
  views_ = q_.views.empty() ? std::vector<View>{{q_.law_day, {}}} : q_.views;
  gather_constants();
  read_rates();
  for (view_ = 0; view_ < views_.size(); ++view_) {
    programs_.clear();
    standing_ = {views_[view_], {}, {}};
    for (std::uint32_t g = 0; g < law_.regimes.size(); ++g) regime(RegimeId{g});
    for (const Constraint& c : law_.constraints) standing_.constraints.push_back(program(c.always));
    s_.standings_.push_back(std::move(standing_));
  }
  view_ = 0;
  s_.sources_.resize(s_.variables_.size());
  s_.silent_.resize(s_.variables_.size());
  // Scopes may bring in facts that no rule reads; those are plain, so one pass is enough.
  const std::size_t count = s_.variables_.size();
  for (std::uint32_t v = 0; v < count; ++v) sources(VarId{v});
  s_.sources_.resize(s_.variables_.size());
  s_.silent_.resize(s_.variables_.size());
  s_.lists_.assign(lists_.begin(), lists_.end());
  for (const std::string& r : representatives_) s_.representatives_.emplace(r, s_.memberships(r));
}

Space::Space(const Question& question, Diagnostics& diags) : question_(&question) {
  Builder(*this, diags).run();
}

std::size_t Space::room(FactType type) const {
  std::size_t singles = 0, sets = 0;
  for (const FactId f : compared_)
    if (f.valid() && law()[f].type.kind == type) ++(law()[f].type.is_set ? sets : singles);
  return singles + (std::size_t{1} << std::min(sets, most_sets_compared)) - 1;
}

Space::StandIns Space::stand_ins(const Type& type, std::span<const Value> domain) const {
  StandIns out{std::vector<std::optional<std::size_t>>(domain.size()),
               std::vector<std::vector<std::string>>(domain.size())};
  if (!type.named()) return out;
  if (type.kind != FactType::country) {
    std::map<std::string_view, std::vector<std::size_t>> alike;  // by what they lie under
    for (std::size_t i = 0; i < domain.size(); ++i)
      if (domain[i].text.empty() || !code_further_under(domain[i].text).empty())
        alike[code_further_under(domain[i].text)].push_back(i);
    for (const auto& [under, places] : alike)
      if (under.empty() || places.size() > 1)
        for (const std::size_t i : places) out.class_of[i] = places.front();
    return out;
  }
  std::map<Memberships, std::vector<std::size_t>> classes;
  std::set<std::string_view> named;
  for (std::size_t i = 0; i < domain.size(); ++i)
    if (const auto it = representatives_.find(domain[i].text); it != representatives_.end())
      classes[it->second].push_back(i);
    else
      named.insert(domain[i].text);
  for (const std::string_view code : country_codes())
    if (!named.contains(code))
      if (const auto like = classes.find(memberships(code)); like != classes.end())
        out.states[like->second.front()].emplace_back(code);
  for (const auto& [on, places] : classes)
    if (out.states[places.front()].size() > places.size())  // else each state has its own place
      for (const std::size_t i : places) out.class_of[i] = places.front();
  return out;
}

VarId Space::fact_var(FactId f) const {
  for (std::uint32_t i = 0; i < variables_.size(); ++i)
    if ((variables_[i].kind == VarKind::fact || variables_[i].kind == VarKind::judged) &&
        variables_[i].fact == f)
      return VarId{i};
  return {};
}

Space::Memberships Space::memberships(std::string_view state) const {
  Memberships on;
  for (const Standing& s : standings_)
    for (const ListId l : lists_) {
      const auto& members = law()[l].members;
      const auto m = std::find_if(members.begin(), members.end(), [&](const ListMember& of) {
        return of.value.text == state && covers(of.windows, s.view.day) != Covers::no;
      });
      if (m == members.end()) {
        on.push_back({0, 0});
      } else {
        const bool hangs = hangs_on_reading(m->windows, m->unsettled, covers(m->windows, s.view.day));
        on.push_back({hangs ? 2u + dates_unsettled(m->windows) : 1u, hangs ? m->unsettled.index : 0});
      }
    }
  return on;
}

std::vector<std::size_t> Space::standing_for(const Type& type, std::span<const Value> domain,
                                             const Value& value) const {
  std::vector<std::size_t> out;
  const auto all = [&](const auto& alike) {
    for (std::size_t i = 0; i < domain.size(); ++i)
      if (alike(domain[i])) out.push_back(i);
    return !out.empty();
  };
  const bool state = type.kind == FactType::country;
  const bool named = !representatives_.contains(value.text);
  if ((!state || named) && all([&](const Value& v) { return v == value; })) return out;
  if (type.ordered()) {  // between two amounts that the law names there is no third that it can tell apart
    const auto nearer = [&](std::size_t a, std::size_t b) { return domain[a].number < domain[b].number; };
    if (all([&](const Value& v) { return v.text == value.text && v.number < value.number; }))
      return {*std::max_element(out.begin(), out.end(), nearer)};
    if (all([&](const Value& v) { return v.text == value.text; }))
      return {*std::min_element(out.begin(), out.end(), nearer)};
    return out;
  }
  if (state) {
    if (!is_country_code(value.text)) return out;
    const auto wanted = memberships(value.text);
    all([&](const Value& v) {
      const auto it = representatives_.find(v.text);
      return it != representatives_.end() && it->second == wanted;
    });
    const auto itself =
        std::find_if(out.begin(), out.end(), [&](std::size_t i) { return domain[i] == value; });
    if (itself != out.end()) std::rotate(out.begin(), itself, itself + 1);
    return out;
  }
  if (type.kind == FactType::code)
    for (std::string root = value.text; !root.empty();) {
      if (all([&](const Value& v) { return code_further_under(v.text) == root; })) return out;
      const std::size_t dot = root.rfind('.');
      root.resize(dot == std::string::npos ? 0 : dot);
    }
  all([](const Value& v) { return v.text.empty(); });
  return out;
}

}  // namespace sekisho
