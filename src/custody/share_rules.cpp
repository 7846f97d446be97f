#include "custody/share_rules.h"

#include <algorithm>

namespace sekisho::share_rules {
namespace {

/// Of what lies under a right altogether no more can.
ShareRow closed(ShareRow row) {
  for (Share& s : row) {
    if (s.known > 1) s.known = 1;
    s.open = s.open && s.known != 1;
  }
  return row;
}

}  // namespace

ShareRow built(std::span<const Portion> portions, const std::optional<mpq_class>& value) {
  ShareRow out(portions.front().row.size());
  for (const Portion& p : portions)
    for (std::size_t i = 0; i < out.size(); ++i) {
      const Share& s = p.row[i];
      out[i].open = out[i].open || s.open;
      if (s.known == 0) continue;
      if (!p.value || !value || *value == 0)
        out[i].open = true;
      else
        out[i].known += s.known * *p.value / *value;
    }
  return closed(std::move(out));
}

ShareRow mixed(std::span<const Portion> portions) {
  if (std::all_of(portions.begin(), portions.end(),
                  [&](const Portion& p) { return p.row == portions.front().row; }))
    return portions.front().row;
  if (!std::all_of(portions.begin(), portions.end(), [](const Portion& p) { return p.value.has_value(); }))
    return opened(portions);
  mpq_class total = 0;
  for (const Portion& p : portions) total += *p.value;
  if (total == 0) return opened(portions);
  ShareRow out(portions.front().row.size());
  for (const Portion& p : portions)
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i].open = out[i].open || p.row[i].open;
      out[i].known += p.row[i].known * *p.value / total;
    }
  return closed(std::move(out));
}

ShareRow opened(std::span<const Portion> portions) {
  ShareRow out(portions.front().row.size());
  for (const Portion& p : portions)
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i].open = out[i].open || p.row[i].open || p.row[i].known != 0;
  return out;
}

ShareRow made_with(ShareRow goods, const ShareRow& technology, const std::vector<bool>& reaches) {
  for (std::size_t i = 0; i < goods.size(); ++i) {
    if (!reaches[i]) continue;
    if (technology[i].known != 0)
      goods[i].known = 1;
    else
      goods[i].open = goods[i].open || technology[i].open;
  }
  return closed(std::move(goods));
}

ShareRow and_also(ShareRow goods, const ShareRow& own) {
  for (std::size_t i = 0; i < goods.size(); ++i) {
    if (own[i].known > goods[i].known) goods[i].known = own[i].known;
    goods[i].open = goods[i].open || own[i].open;
  }
  return closed(std::move(goods));
}

}  // namespace sekisho::share_rules
