#include "exchange/epcis_lots.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "exchange/digital_link.h"
#include "exchange/epcis_names.h"
#include "model/amount.h"

namespace sekisho {
namespace {

constexpr std::string_view pieces = "pieces";

bool is_unit_code(std::string_view unit) {
  const auto known = [](char c) { return is_capital(c) || is_digit(c); };
  return (unit.size() == 2 || unit.size() == 3) && std::all_of(unit.begin(), unit.end(), known);
}

/// The class of which an identifier names one object or one lot; empty if it does not say.
std::string item_of(const DigitalLink& link) {
  if (link.key == "01" || link.key == "8006") return DigitalLink{link.key, link.value, {}, {}}.uri();
  if (link.key == "8003" && link.value.size() > 14)
    return DigitalLink{link.key, link.value.substr(0, 14), {}, {}}.uri();
  return {};
}
bool names_one_object(const DigitalLink& link) {
  return link.qualifier == "21" || (link.key == "8003" && link.value.size() > 14) || link.key == "8004";
}
bool names_one_object(std::string_view name) {
  const auto link = read_digital_link(name);
  return link && names_one_object(*link);
}

// A numbered piece of one of our lots: `<the lot>/serial/<number>`.
constexpr std::string_view serial_mark = "/serial/";
std::string numbered(const std::string& lot, const std::string& serial) {
  const std::string of = fmt::format("{}lot/", sekisho_namespace);
  // The lot is put under our namespace even where it is a URI, so that the number can follow.
  std::string inner = epcis_uri("lot", lot);
  if (!inner.starts_with(of)) inner = epcis_uri("lot", "=" + lot);
  const std::string number = epcis_uri("lot", "=" + serial);
  return inner + std::string(serial_mark) + number.substr(of.size());
}
struct Numbered {
  std::string lot, serial;
};
std::optional<Numbered> read_numbered(std::string_view uri) {
  const std::string of = fmt::format("{}lot/", sekisho_namespace);
  const std::size_t mark = uri.find(serial_mark);
  if (!uri.starts_with(of) || mark == std::string_view::npos) return std::nullopt;
  std::string lot = epcis_name("lot", uri.substr(0, mark));
  std::string serial = epcis_name("lot", of + std::string(uri.substr(mark + serial_mark.size())));
  if (!serial.starts_with('=')) return std::nullopt;
  if (lot.starts_with("=") && epcis_uri("lot", lot.substr(1)) == lot.substr(1)) lot.erase(0, 1);
  return Numbered{std::move(lot), serial.substr(1)};
}

Json quantity_of(const std::string& lot, const Json& entry) {
  Json out{{"epcClass", epcis_uri("lot", lot)}};
  const auto amount =
      entry.contains("quantity") ? parse_amount(entry["quantity"].get<std::string>()) : std::nullopt;
  if (!amount || (amount->unit != pieces && !is_unit_code(amount->unit))) return out;
  if (amount->ten_thousandths % one_whole == 0)
    out["quantity"] = amount->ten_thousandths / one_whole;
  else
    out["quantity"] = static_cast<double>(amount->ten_thousandths) / static_cast<double>(one_whole);
  if (amount->unit != pieces) out["uom"] = amount->unit;
  return out;
}

/// `12 KGM` of a quantity, or nothing where it cannot be said exactly or is not said.
std::string amount_told(const Json& q) {
  if (!q.contains("quantity")) return {};
  const std::string unit = q.contains("uom") ? q["uom"].get<std::string>() : std::string(pieces);
  const Json& n = q["quantity"];
  const std::string number = n.is_number_float() ? fmt::format("{}", n.get<double>()) : to_line(n);
  const auto amount = parse_amount(number + " " + unit);
  return amount && amount->ten_thousandths > 0 ? to_string(*amount) : std::string();
}

/// Adds a piece to the entry of its lot.
void add_serial(Json& lots, const Numbered& piece) {
  for (Json& l : lots)
    if (l["lot"] == piece.lot && l.contains("serials")) {
      l["serials"].push_back(piece.serial);
      return;
    }
  lots.push_back(Json{{"lot", piece.lot}, {"serials", Json::array({piece.serial})}});
}

void take_object(const std::string& uri, const Packed& packed, LotsTold& out) {
  if (const auto piece = read_numbered(uri)) return add_serial(out.lots, *piece);
  const std::string name = epcis_name("lot", uri);
  if (const auto in = packed.find(name); in != packed.end()) {
    for (const Json& l : in->second) out.lots.push_back(l);
    return;
  }
  const auto link = read_digital_link(name);
  if (link && link->key == "00" && out.problem.empty())
    out.problem = fmt::format("nothing says what is packed in `{}`", name);
  out.lots.push_back(Json{{"lot", name}});
}

}  // namespace

EpcisLists lists_of_lots(const Json& lots) {
  EpcisLists out;
  for (const Json& l : lots) {
    const auto lot = l["lot"].get<std::string>();
    const bool one = l.contains("item") ? l["quantity"] == "1 pieces" : !l.contains("quantity");
    if (l.contains("serials"))
      for (const Json& s : l["serials"]) out.objects.push_back(numbered(lot, s.get<std::string>()));
    else if (one && names_one_object(lot) && epcis_uri("lot", lot) == lot)
      out.objects.push_back(lot);
    else
      out.quantities.push_back(quantity_of(lot, l));
  }
  return out;
}

LotsTold lots_taken(const EpcisLists& lists, const Packed& packed) {
  LotsTold out;
  for (const Json& uri : lists.objects) take_object(uri.get<std::string>(), packed, out);
  for (const Json& q : lists.quantities) {
    const std::string name = epcis_name("lot", q["epcClass"].get<std::string>());
    const auto link = read_digital_link(name);
    const std::string amount = amount_told(q);
    if (out.problem.empty() && link && link->qualifier != "10" && !names_one_object(*link))
      out.problem = fmt::format("`{}` is a class of goods and names no lot", name);
    if (out.problem.empty() && amount.empty())
      out.problem =
          fmt::format("it does not say how much of `{}`, or not so that it can be counted here", name);
    Json entry{{"lot", name}};
    if (!amount.empty()) entry["quantity"] = amount;
    out.lots.push_back(std::move(entry));
  }
  return out;
}

LotsTold lots_given(const EpcisLists& lists) {
  LotsTold out;
  const auto item_missing = [&](const std::string& name) {
    if (out.problem.empty()) out.problem = fmt::format("nothing says of which item `{}` is", name);
  };
  for (const Json& object : lists.objects) {
    const auto uri = object.get<std::string>();
    const auto piece = read_numbered(uri);
    const std::string name = piece ? piece->lot : epcis_name("lot", uri);
    const auto link = piece ? std::nullopt : read_digital_link(name);
    const std::string item = link && names_one_object(*link) ? item_of(*link) : std::string();
    if (item.empty()) item_missing(name);
    if (piece)
      add_serial(out.lots, *piece);
    else
      out.lots.push_back(Json{{"lot", name}, {"item", item}, {"quantity", "1 pieces"}});
  }
  for (const Json& q : lists.quantities) {
    const std::string name = epcis_name("lot", q["epcClass"].get<std::string>());
    const auto link = read_digital_link(name);
    const std::string amount = amount_told(q);
    if (!link || link->key != "01" || link->qualifier != "10") item_missing(name);
    if (out.problem.empty() && amount.empty())
      out.problem =
          fmt::format("it does not say how much of `{}`, or not so that it can be counted here", name);
    out.lots.push_back(Json{{"lot", name}, {"item", link ? item_of(*link) : ""}, {"quantity", amount}});
  }
  return out;
}

}  // namespace sekisho
