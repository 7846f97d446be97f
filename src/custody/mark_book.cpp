#include "custody/mark_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sekisho {
namespace {

std::vector<RightId> counted_rights(const Law& law) {
  std::vector<RightId> out;
  for (std::uint32_t i = 0; i < law.rights.size(); ++i)
    if (law.rights[i].flow.built_in == Incorporation::by_share) out.push_back({i});
  return out;
}
std::vector<bool> reach_products(const Law& law) {
  std::vector<bool> out;
  for (const RightId r : counted_rights(law)) out.push_back(law[r].flow.products);
  return out;
}
bool names(const std::vector<std::string>& states, const std::string& state) {
  return std::find(states.begin(), states.end(), state) != states.end();
}
/// As a value of type share.
std::int64_t as_number(const mpq_class& share) {
  const mpq_class scaled = share * (Value::whole_share / 2);
  const mpz_class below = scaled.get_num() / scaled.get_den();
  return below.get_si() * 2 + (scaled.get_den() == 1 ? 0 : 1);
}

}  // namespace

MarkBook::MarkBook(const Law& law) : law_(law), counted_(counted_rights(law)), graph_(reach_products(law)) {}

Flow MarkBook::flow_of(const ProvisoOn& p) const {
  Flow out;
  const ProvisoId id = law_.find_proviso(p.proviso);
  if (!id.valid()) return out;
  for (const RuleId v : law_[id].versions) {
    if (p.bound_on && covers(law_[v].windows, *p.bound_on) == Covers::no) continue;
    const Flow& f = law_[v].flow;
    if (f.built_in == Incorporation::sees_through) out.built_in = f.built_in;
    out.products = out.products || f.products;
  }
  return out;
}

MarkId MarkBook::proviso(const ProvisoOn& p) {
  const auto [it, fresh] = bound_.try_emplace({p.proviso, p.with, p.bound_on, p.by});
  if (fresh) {
    it->second = graph_.mark_sets().add({flow_of(p)});
    meanings_.emplace_back(std::in_place_type<ProvisoOn>, p);
  }
  return it->second;
}

MarkSetId MarkBook::provisos(const std::vector<ProvisoOn>& bound) {
  std::vector<MarkId> marks;
  marks.reserve(bound.size());
  for (const ProvisoOn& p : bound) marks.push_back(proviso(p));
  return graph_.mark_sets().of(marks);
}

MarkSetId MarkBook::attested(const Attestation& a) {
  const auto [it, fresh] = attestations_.try_emplace({a.jurisdiction, a.by, a.source, a.on});
  if (fresh) {
    const auto number =
        jurisdictions_.emplace(a.jurisdiction, static_cast<std::uint32_t>(jurisdictions_.size())).first;
    it->second = graph_.mark_sets().add({{}, number->second});
    meanings_.emplace_back(std::in_place_type<Attestation>, a);
  }
  return graph_.mark_sets().of(std::array{it->second});
}

Added MarkBook::arising(const std::string& made_in, const std::vector<std::string>& licensors, Date made) {
  std::vector<MarkId> marks;
  std::vector<bool> whole(counted_.size()), perhaps(counted_.size());
  for (std::uint32_t i = 0; i < law_.rights.size(); ++i) {
    const Right& r = law_.rights[i];
    const bool arises = names(r.made_in, made_in) ||
                        std::any_of(licensors.begin(), licensors.end(),
                                    [&](const std::string& s) { return names(r.licensed_from, s); });
    const Covers on_that_day = covers(r.windows, made);
    if (!arises || on_that_day == Covers::no) continue;
    const bool maybe = !r.unsettled.empty() || on_that_day == Covers::unsettled;
    const auto counted = std::find(counted_.begin(), counted_.end(), RightId{i});
    if (counted != counted_.end()) {
      (maybe ? perhaps : whole)[static_cast<std::size_t>(counted - counted_.begin())] = true;
      continue;
    }
    const auto [it, fresh] = right_marks_.try_emplace({i, maybe});
    if (fresh) {
      it->second = graph_.mark_sets().add({r.flow});
      meanings_.emplace_back(std::in_place_type<RightMark>, RightMark{{i}, maybe});
    }
    marks.push_back(it->second);
  }
  Added out;
  out.marks = graph_.mark_sets().of(marks);
  const auto [row, fresh] = arisen_.try_emplace({whole, perhaps});
  if (fresh) row->second = graph_.shares().arisen(whole, perhaps);
  out.share = row->second;
  return out;
}

Worth MarkBook::worth(const std::optional<Amount>& said) {
  if (!said) return {};
  const auto [it, fresh] = currencies_.emplace(
      said->unit, static_cast<std::uint8_t>(std::min<std::size_t>(currencies_.size(), 255)));
  if (it->second == 255) return {};
  return {said->ten_thousandths, it->second};
}

std::optional<Amount> MarkBook::worth_of(StateId s) const {
  const auto exact = graph_.worth(s);
  if (!exact) return std::nullopt;
  const mpz_class whole = exact->get_num() / exact->get_den();
  const auto currency = std::find_if(currencies_.begin(), currencies_.end(),
                                     [&](const auto& c) { return c.second == graph_.currency(s); });
  if (currency == currencies_.end() || !whole.fits_slong_p()) return std::nullopt;
  return Amount{whole.get_si(), currency->first};
}

template <class T>
std::vector<T> MarkBook::all_on(StateId s) const {
  std::vector<T> out;
  for (const MarkId m : graph_.mark_sets().marks(graph_.marks(s)))
    if (const T* is = std::get_if<T>(&meanings_[m.index])) out.push_back(*is);
  return out;
}
std::vector<ProvisoOn> MarkBook::provisos_on(StateId s) const {
  return all_on<ProvisoOn>(s);
}
std::vector<Attestation> MarkBook::attestations_on(StateId s) const {
  return all_on<Attestation>(s);
}

std::vector<RightOn> MarkBook::rights_on(StateId s, ExactShares& shares) const {
  std::vector<RightOn> out;
  for (const RightMark& m : all_on<RightMark>(s)) {
    const auto surely =
        std::find_if(out.begin(), out.end(), [&](const RightOn& o) { return o.right == law_[m.right].name; });
    if (surely == out.end())
      out.push_back({law_[m.right].name, m.perhaps, {}, {}});
    else
      surely->more_possible = surely->more_possible && m.perhaps;
  }
  if (graph_.share(s) == Shares::none()) return out;
  const ShareRow& row = shares.of(s);
  for (std::size_t i = 0; i < counted_.size(); ++i) {
    const Share& share = row[i];
    if (share.known == 0 && !share.open) continue;
    out.push_back({law_[counted_[i]].name, share.open, as_number(share.known), share.known.get_str()});
  }
  return out;
}

}  // namespace sekisho
