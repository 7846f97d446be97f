#pragma once
#include <set>

#include "engine/question.h"
#include "law/lexer.h"
#include "law/parser.h"
#include "sekisho/sekisho.h"

// What stands behind the public class: the texts, their trees and the checked law.

namespace sekisho {

struct Parsed {
  SourceId source;
  std::string digest;  // of the text
  std::vector<Token> tokens;
  tree::File file;
  bool sound = false;  // no mistake of grammar
};

struct Rulebooks::Body {
  Sources sources;
  std::vector<Parsed> files;
  Law law;
  Diagnostics diags;
  std::vector<Report> reports;
  std::string_view order = "as the law speaks";  // where the order of variables is from

  std::string text(TextSpan at) const { return std::string(sources.text(at)); }
  RegimeId regime(std::string_view name) const {
    for (std::uint32_t i = 0; i < law.regimes.size(); ++i)
      if (law.regimes[i].name == name) return RegimeId{i};
    return {};
  }
  /// Facts and lists that an expression reads, by name.
  void names_read(ExprId e, std::set<std::string>& out) const {
    each_node(law, e, [&](const Expr& n) {
      if (n.fact.valid()) out.insert(law[n.fact].name);
      if (n.other.valid()) out.insert(law[n.other].name);
      if (n.list.valid()) out.insert(law[n.list].name);
    });
  }
  /// The declaration whose name stands at a place, as its file has it.
  std::string declared(TextSpan name) const {
    for (const Parsed& p : files)
      for (const tree::Declaration& d : p.file.declarations)
        if (d.name.at.source == name.source && d.name.at.begin == name.begin)
          return text(declaration_span(p, d));
    return {};
  }
  /// A declaration as it stands in its file, with its clauses, without what follows it.
  TextSpan declaration_span(const Parsed& p, const tree::Declaration& d) const {
    std::uint32_t begin = d.at.begin, end = begin;
    for (std::size_t i = 0; i < p.file.declaration_starts.size(); ++i) {
      if (p.tokens[p.file.declaration_starts[i]].at.begin != begin) continue;
      const std::size_t next =
          i + 1 < p.file.declaration_starts.size() ? p.file.declaration_starts[i + 1] : p.tokens.size() - 1;
      end = p.tokens[next - 1].at.end;
    }
    return {p.source, begin, end};
  }
};

/// Diagnostics as the public face shows them.
std::vector<Report> reports_of(const Sources& sources, const Diagnostics& diags);

/// The day that an argument says. @fails SK3012
Date must_be_day(const std::string& text, Diagnostics& diags);
/// The same; none where it is empty.
std::optional<Date> day_of(const std::string& text, Diagnostics& diags);
/// The regime that an argument names. @fails SK3013
RegimeId must_be_regime(const Law& law, const std::string& name, Diagnostics& diags);
/// The same; none where it is empty.
RegimeId regime_of(const Law& law, const std::string& name, Diagnostics& diags);

}  // namespace sekisho
