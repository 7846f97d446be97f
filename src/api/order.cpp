#include "api/order.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "base/json.h"
#include "engine/order.h"
#include "law/stretches.h"

namespace sekisho {
namespace {

/// Tells texts apart (FNV-1a). Nothing is trusted for it: a wrong order is slower and no more.
std::string mark(std::string_view text) {
  std::uint64_t h = 0xcbf2'9ce4'8422'2325;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
  return fmt::format("{:016x}", h);
}

/// @param find  given diagnostics, the text
template <class Find>
TextResult found(const Sources& sources, std::size_t node_limit, const Find& find) {
  Diagnostics diags;
  TextResult out;
  try {
    out.text = find(diags);
  } catch (const TooManyNodes&) {
    diags.emit(code::too_many_nodes, TextSpan{}, node_limit);
  }
  out.reports = reports_of(sources, diags);
  out.ok = !diags.has_errors();
  if (!out.ok) out.text.clear();
  return out;
}

}  // namespace

void tell_of_search(const Diagnostics& met, Diagnostics& out) {
  const auto large = std::find_if(met.all().begin(), met.all().end(),
                                  [](const Diagnostic& d) { return d.code == &code::too_many_nodes; });
  if (large == met.all().end()) return out.add(met);
  auto told = out.emit(code::too_many_nodes, large->at, default_node_limit);
  for (const Note& n : large->notes) told.note(n.at, n.text);
  told.fix("no order was found that keeps it small enough: let fewer facts be told apart");
}

std::vector<std::string> kept_order(std::string_view order_file, std::span<const SourceText> texts) {
  std::vector<std::string> marks, names;
  for (const SourceText& t : texts) marks.push_back(mark(t.text));
  std::istringstream lines{std::string(order_file)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("asks ")) names.push_back(line.substr(5));
    if (line.starts_with("of ") && std::find(marks.begin(), marks.end(), line.substr(3, 16)) == marks.end())
      return {};
  }
  return names;
}

TextResult Rulebooks::order(const std::string& regime, const std::string& day, std::size_t node_limit) const {
  const Body& b = *body_;
  return found(b.sources, node_limit, [&](Diagnostics& diags) {
    const RegimeId of = regime_of(b.law, regime, diags);
    const Date on = day_of(day, diags).value_or(stretches(b.law).back());
    if (diags.has_errors()) return std::string();
    Json variables = Json::array();
    for (const AskedVariable& v : asked_variables(b.law, of, on, node_limit, diags))
      variables.push_back({{"variable", v.name}, {"values", v.values}, {"nodes", v.nodes}});
    return to_lines(Json{{"regime", text_or_null(regime)},
                         {"on", to_string(on)},
                         {"order", b.order},
                         {"variables", variables}});
  });
}

TextResult Rulebooks::find_order(std::size_t trials) const {
  const Body& b = *body_;
  return found(b.sources, default_node_limit, [&](Diagnostics& diags) {
    Diagnostics tried;
    const VariableOrder order = sekisho::find_order(b.law, trials, tried);
    tell_of_search(tried, diags);
    std::string out =
        "# The order in which facts are asked, found by `sekisho law order --find`. It makes compiling "
        "quicker and\n"
        "# changes no answer; where a text below has changed since, it is passed over.\n";
    for (const Parsed& p : b.files)
      out += fmt::format("of {} {}\n", mark(b.sources.text(p.source)), b.sources.name(p.source));
    for (const std::string& name : order) out += fmt::format("asks {}\n", name);
    return out;
  });
}

}  // namespace sekisho
