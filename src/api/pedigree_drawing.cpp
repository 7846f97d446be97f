#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "sekisho/lots.h"

// A lot's pedigree as a picture: every state is a box, and a line leads from what it came of. States stand in
// columns: each to the right of everything that it came of, in a column in the order in which they came to
// be. That draws the graphs that goods make (long chains, a few assemblies) without a crossing-minimiser.

namespace sekisho {
namespace {

struct DrawnBox {
  int state = 0;
  std::vector<std::string> lines;  // what stands in it
  std::vector<std::pair<int, std::string>> from;
  std::size_t column = 0, row = 0;
};

/// A right, and how much of the value where it is counted.
std::string right_line(const Json& r) {
  const bool more = r.at("more_possible").get<bool>();
  if (!r.contains("share")) return text_at(r, "right") + (more ? ", perhaps" : "");
  return fmt::format("{} {}{}", text_at(r, "right"), more ? "at least " : "",
                     text_at(r.at("share"), "fraction"));
}

std::vector<DrawnBox> boxes_of(const Json& lot) {
  std::vector<DrawnBox> out;
  std::map<int, std::size_t> place;
  std::vector<std::size_t> filled;  // of each column
  for (const Json& s : lot.at("states")) {
    DrawnBox b;
    b.state = s.at("state").get<int>();
    b.lines = {text_at(s, "lot"), fmt::format("{} {}", text_at(s, "quantity"), text_at(s, "item"))};
    if (const std::string holder = text_at(s, "holder"), country = text_at(s, "country"); !holder.empty())
      b.lines.push_back(country.empty() ? holder : fmt::format("{}, {}", holder, country));
    for (const Json& p : s.at("provisos")) b.lines.push_back(text_at(p, "proviso"));
    for (const Json& r : s.at("rights")) b.lines.push_back(right_line(r));
    for (const Json& p : s.at("parents")) {
      const auto it = place.find(p.at("state").get<int>());
      if (it == place.end()) continue;
      b.from.emplace_back(it->first, text_at(s, "event"));
      b.column = std::max(b.column, out[it->second].column + 1);
    }
    if (filled.size() <= b.column) filled.resize(b.column + 1);
    b.row = filled[b.column]++;
    place[b.state] = out.size();
    out.push_back(std::move(b));
  }
  return out;
}

/// Names of events have no control characters, but those of a world file may: no XML holds them, and a
/// terminal obeys them. Each is shown as the replacement character.
std::string replaced(const std::string& s, const std::map<char, std::string>& by) {
  std::string out;
  for (const char c : s) {
    const auto it = by.find(c);
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += "\ufffd";
    else if (it == by.end())
      out += c;
    else
      out += it->second;
  }
  return out;
}
std::string for_dot(const std::string& s) {
  return replaced(s, {{'"', "\\\""}, {'\\', "\\\\"}});
}
std::string for_xml(const std::string& s) {
  return replaced(s, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}});
}

/// How many characters stand side by side.
std::size_t width(const std::string& s) {
  return static_cast<std::size_t>(std::count_if(
      s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::string pedigree_dot(const LotResult& pedigree) {
  const auto lot = parse_json(pedigree.json);
  std::string out = "digraph pedigree {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const DrawnBox& b : boxes_of(*lot)) {
    std::string label;
    for (const std::string& l : b.lines) label += (label.empty() ? "" : "\\n") + for_dot(l);
    out += fmt::format("  s{} [label=\"{}\"];\n", b.state, label);
    for (const auto& [from, event] : b.from)
      out += fmt::format("  s{} -> s{} [label=\"{}\"];\n", from, b.state, for_dot(event));
  }
  return out + "}\n";
}

std::string pedigree_svg(const LotResult& pedigree) {
  const auto lot = parse_json(pedigree.json);
  const std::vector<DrawnBox> boxes = boxes_of(*lot);
  constexpr std::size_t letter = 8, line = 18, margin = 12, gap_across = 150, gap_down = 30;  // pixels
  std::vector<std::size_t> wide, tall;  // of each column, of each row
  for (const DrawnBox& b : boxes) {
    if (wide.size() <= b.column) wide.resize(b.column + 1);
    if (tall.size() <= b.row) tall.resize(b.row + 1);
    for (const std::string& l : b.lines)
      wide[b.column] = std::max(wide[b.column], width(l) * letter + 2 * margin);
    tall[b.row] = std::max(tall[b.row], b.lines.size() * line + margin);
  }
  const auto before = [](const std::vector<std::size_t>& sizes, std::size_t n, std::size_t gap) {
    std::size_t at = margin;
    for (std::size_t i = 0; i < n; ++i) at += sizes[i] + gap;
    return at;
  };
  std::map<int, const DrawnBox*> by_state;
  for (const DrawnBox& b : boxes) by_state[b.state] = &b;
  std::string lines, drawn;
  for (const DrawnBox& b : boxes) {
    const std::size_t x = before(wide, b.column, gap_across), y = before(tall, b.row, gap_down);
    const std::size_t height = b.lines.size() * line + margin;
    drawn += fmt::format("  <g><title>state {}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n",
                         b.state, x, y, wide[b.column], height);
    for (std::size_t i = 0; i < b.lines.size(); ++i)
      drawn += fmt::format("    <text x=\"{}\" y=\"{}\"{}>{}</text>\n", x + margin, y + (i + 1) * line,
                           i == 0 ? " font-weight=\"bold\"" : "", for_xml(b.lines[i]));
    drawn += "  </g>\n";
    for (const auto& [from, event] : b.from) {
      const DrawnBox& f = *by_state.at(from);
      const std::size_t x1 = before(wide, f.column, gap_across) + wide[f.column],
                        y1 = before(tall, f.row, gap_down) + line;
      lines += fmt::format(
          "  <path d=\"M{} {} C{} {} {} {} {} {}\" marker-end=\"url(#tip)\"/>\n  <text x=\"{}\" y=\"{}\" "
          "class=\"event\">{}</text>\n",
          x1, y1, x1 + gap_across / 2, y1, x - gap_across / 2, y + line, x, y + line, x - gap_across + 6,
          y + line - 5, for_xml(event));
    }
  }
  const std::size_t across = before(wide, wide.size(), gap_across),
                    down = before(tall, tall.size(), gap_down);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "font-family=\"monospace\" font-size=\"13\">\n  <title>Pedigree of {2}</title>\n"
      "  <style>rect {{ fill: #fff; stroke: #333 }} path {{ fill: none; stroke: #888 }} .event {{ fill: "
      "#666; font-size: 11px }}</style>\n"
      "  <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" "
      "markerHeight=\"8\" "
      "orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\" fill=\"#888\" "
      "stroke=\"none\"/></marker></defs>\n{3}{4}</svg>\n",
      across, down, for_xml(text_at(*lot, "lot")), lines, drawn);
}

}  // namespace sekisho
