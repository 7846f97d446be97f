#include "render.h"

#include <sekisho/sekisho.h>
#include "words.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace sekisho::cli {
namespace {

std::string text(const Json& j, const char* key) {
  if (!j.contains(key) || j[key].is_null()) return {};
  return shown(j[key]);
}
std::string value(const Json& v) {
  if (v.is_null()) return "unknown";
  if (v.is_string()) return printable(v.get<std::string>());
  if (!v.is_array()) return to_line(v);
  std::string out;
  std::size_t shown = 0;
  for (const Json& e : v) {
    if (++shown > 6) {
      out += fmt::format(", … ({} in all)", v.size());
      break;
    }
    out += (out.empty() ? "" : ", ") + printable(e.get<std::string>());
  }
  return out.empty() ? "none" : out;
}
std::string list(const Json& array, const char* key) {
  std::string out;
  for (const Json& e : array)
    out += (out.empty() ? "" : ", ") + (key ? text(e, key) : printable(e.get<std::string>()));
  return out;
}

/// Writes the same answer with the marks of a terminal or of Markdown.
class Writer {
 public:
  Writer(bool markdown, bool colour) : markdown_(markdown), colour_(colour) {}

  std::string run(const Json& a) {
    several_ = a["lines"].size() > 1;
    heading(a);
    if (a.contains("held"))
      items("stopped: nothing of this moves until another officer has lifted it", a["held"],
            [](const Json& h) { return stop_text(h); });
    regimes(a);
    needs(a);
    items("provisos that will bind", a["provisos"], [](const Json& p) {
      const std::string lapses = text(p, "lapses");
      return fmt::format("{} ({}){}", text(p, "proviso"), describe_with(p),
                         lapses.empty() || lapses == "never" ? "" : ", lapses " + lapses) +
             cite(p);
    });
    items("obligations", a["obligations"], [](const Json& o) {
      return fmt::format("{} to {}: {}{}", text(o, "kind"), text(o, "to"), text(o, "text"),
                         text(o, "within").empty() ? "" : ", within " + text(o, "within"));
    });
    items("because", a["because"], [](const Json& f) {
      const std::string from =
          f.contains("from") ? (f["from"].is_array() ? list(f["from"], nullptr) : text(f, "from")) : "";
      std::string said;
      if (f.contains("said_on")) {
        const std::string by = text(f, "by");
        said = fmt::format(", said{} on {}", by.empty() ? "" : " by " + by, text(f, "said_on"));
      }
      return fmt::format("{} is {}{}", text(f, "fact"), value(f["value"]),
                         from.empty() ? "" : "  [" + from + said + "]");
    });
    items("still to ask, best question first", a["missing"],
          [](const Json& m) { return fmt::format("{} ({})", text(m, "asks"), text(m, "fact")); });
    items("ways to a better finding", a["remedies"], change);
    items("what else it turns on (contrast, not advice)", a["turns_on"], change);
    if (a.contains("minimum")) minimum(a);
    if (a.contains("left_out"))
      items("left out: the law is too large for it (`--nodes` allows more)", a["left_out"], left_out);
    items("unsettled law", a["law_unsettled"],
          [](const Json& u) { return fmt::format("{}: {}", text(u, "what"), text(u, "note")); });
    lists(a["regimes"]);
    coverage(a["coverage"]);
    dates(a);
    if (markdown_)  // nothing that a file says is markup
      for (std::size_t at = 0; (at = out_.find('<', at)) != std::string::npos; ++at)
        out_.replace(at, 1, "&lt;");
    return std::move(out_);
  }

 private:
  /// Which line of the transfer it is about, where there are several.
  std::string of_line(const Json& j) const {
    return several_ && j.contains("line") ? fmt::format("line {}: ", text(j, "line")) : "";
  }
  static std::string cite(const Json& j) {
    const std::string c = text(j, "cite");
    return c.empty() ? "" : "  [" + c + "]";
  }
  static std::string describe_with(const Json& p) {
    std::string s;
    if (p.contains("with"))
      for (const auto& [k, v] : p["with"].items()) s += (s.empty() ? "" : ", ") + k + ": " + value(v);
    return s;
  }
  static std::string range(const Json& j) {
    return text(j, "best") == text(j, "worst") ? words(text(j, "best"))
                                               : words(text(j, "best")) + " to " + words(text(j, "worst"));
  }
  static std::string change(const Json& c) {
    const std::string along =
        c.contains("along_with") ? ", with another " + list(c["along_with"], nullptr) : "";
    return fmt::format("{} is {}; if it were {}{}: {}", text(c, "fact"), value(c["now"]), value(c["instead"]),
                       along, range(c));
  }

  static std::string smallest(const Json& m, const char* none) {
    const std::string proved = m["proved_minimum"].get<bool>() ? "" : "  [not proved minimum]";
    if (m.contains("facts"))
      return m["facts"].empty() ? "none: the law alone" + proved : list(m["facts"], nullptr) + proved;
    if (m["change"].is_null()) return none + proved;
    std::string out;
    for (const Json& c : m["change"])
      out += fmt::format("{}{} = {} (now {})", out.empty() ? "" : ", ", text(c, "fact"), value(c["instead"]),
                         value(c["now"]));
    return out + ": " + range(m) + proved;
  }
  /// What is not said because the law is too large for it.
  static std::string left_out(const Json& l) {
    const std::string what = text(l, "what"), regime = text(l, "regime");
    if (what == "minimum") return "the fewest facts";
    if (what != "because") return fmt::format("what another {} would give", text(l, "fact"));
    return fmt::format("whether less than is named would be enough{}",
                       regime.empty() ? "" : " under " + regime);
  }
  void minimum(const Json& a) {
    Json told = Json::array();
    const Json left_out = a.value("left_out", Json::array());
    for (const Json& l : a["minimum"]) {
      if (l["sets"].is_null()) {
        if (std::none_of(left_out.begin(), left_out.end(), [&](const Json& out) {
              return text(out, "what") == "minimum" && (!several_ || out["line"] == l["line"]);
            }))
          told.push_back({{"line", l["line"]},
                          {"text", "none while the finding is open: it hangs on what is not known"}});
        continue;
      }
      for (const auto& [key, about, none] :
           {std::tuple{"because", "rests on", ""},
            {"remedies", "better with", "nothing that an applicant may choose"},
            {"turns_on", "otherwise with", "nothing else that is known"}})
        told.push_back(
            {{"line", l["line"]}, {"text", fmt::format("{}: {}", about, smallest(l["sets"][key], none))}});
    }
    items("the fewest facts", told, [](const Json& m) { return text(m, "text"); });
  }

  void heading(const Json& a) {
    const Json& q = a["question"];
    const std::string title = text(q, "title");
    if (!title.empty()) line(markdown_ ? "# " + title + "\n" : title);
    line(fmt::format("on {}, law of {}, instruments {}{}{}", text(q, "on"), text(q, "law_of"),
                     text(q, "instruments"),
                     text(q, "known_on").empty() ? "" : ", as known on " + text(q, "known_on"),
                     q.value("hypothetical", false) ? ", HYPOTHETICAL: a draft lies over the law" : ""));
    if (q.contains("readings"))
      for (const auto& [what, way] : q["readings"].items()) line(by_the_reading(what, way));
    line("");
    const std::string finding = text(a, "finding");
    std::string shown = words(finding);
    for (char& c : shown) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (finding == "open") shown += fmt::format(": {}", range(a));
    if (finding == "not_assessed") {
      std::string states;
      for (const Json& s : a["states"])
        if (text(s, "finding") == "not_assessed") states += " " + text(s, "state");
      shown += states.empty()
                   ? ": no rulebook that is loaded is in force"
                   : fmt::format(":{} has a say, and no rulebook for it is loaded or in force", states);
    }
    std::string forces;
    std::set<std::string> seen;
    for (const Json& r : a["regimes"])
      if (text(r, "best") == "prohibited")
        for (const std::string& f : forces_of(r))
          if (seen.insert(f).second) forces += (forces.empty() ? "" : " and ") + f;
    if (finding == "prohibited" && !forces.empty()) shown += " (" + forces + ")";
    line(markdown_ ? "**" + shown + "**" : paint(finding, shown));
    if (markdown_) line("");
    if (!text(a, "compliance").empty()) line("it has taken place: " + text(a, "compliance"));
    if (finding == "permitted" || finding == "permitted_with_provisos" || finding == "not_engaged")
      line(fmt::format("no bar found under {} as of {}", list(a["regimes"], "regime"), text(q, "law_of")));
    line("");
  }
  /// The forces of what bars the goods: of each active prohibition, or of the regime's default.
  static std::set<std::string> forces_of(const Json& regime) {
    std::set<std::string> forces;
    for (const Json& d : regime["derivation"])
      if (text(d, "status") == "active" && text(d, "effect") == "prohibits" &&
          prohibition_gone(d, "defeated").empty())
        forces.insert(text(d, "force"));
    for (const Json& n : regime["needs"])
      if (text(n, "status") == "refused") forces.insert("decision");
    if (forces.empty()) forces.insert(text(regime, "force"));
    return forces;
  }
  std::string paint(const std::string& finding, const std::string& s) const {
    if (!colour_) return s;
    const char* code = finding == "prohibited" ? "\x1b[1;31m"
                       : finding == "open" || finding == "authorisation_required" || finding == "not_assessed"
                           ? "\x1b[1;33m"
                           : "\x1b[1;32m";
    return code + s + "\x1b[0m";
  }

  void regimes(const Json& a) {
    title("by regime");
    for (const Json& r : a["regimes"]) {
      const std::string by = text(r, "engaged_by") == "proviso" ? " (engaged by a proviso on the lot)" : "";
      item(fmt::format("{}{} [{}, {}]: {}{}{}", of_line(r), text(r, "regime"), text(r, "state"),
                       text(r, "force"), words(text(r, "finding")),
                       text(r, "finding") == "open" ? ", " + range(r) : "", by));
      for (const Json& d : r["derivation"])
        if (text(d, "status") == "active" && text(d, "effect") == "prohibits") {
          const std::string gone = prohibition_gone(d, "defeated"), may_go = prohibition_gone(d, "unknown");
          sub(fmt::format("{} {}{}{}: {}{}", gone.empty() ? "barred by" : "not barred by", text(d, "rule"),
                          spoken_to(d), cite(d), reads(d["reads"]),
                          !gone.empty()     ? fmt::format("; {} takes its prohibition away", gone)
                          : !may_go.empty() ? fmt::format("; {} may take its prohibition away", may_go)
                                            : ""));
        }
      if (text(r, "finding") != "not_engaged")
        for (const Json& route : r["routes"]) this->route(route);
    }
    line("");
  }
  /// The rules that take its prohibition away from an active rule.
  static std::string prohibition_gone(const Json& rule, const std::string& status) {
    std::string out;
    for (const Json& e : rule.value("effects_defeated", Json::array()))
      if (text(e, "effect") == "prohibition" && text(e, "status") == status)
        out += (out.empty() ? "" : " and ") + text(e, "by");
    return out;
  }
  /// With what force a rule speaks, and to whom.
  static std::string spoken_to(const Json& rule) {
    const std::string whom = words(text(rule, "addressee"));
    return fmt::format(" ({}{})", text(rule, "force"), whom.empty() ? "" : ", to the " + whom);
  }
  static std::string reads(const Json& facts) {
    std::string out;
    for (const Json& f : facts) {
      if (f["value"].is_null()) continue;
      out += (out.empty() ? "" : ", ") + text(f, "fact") + " is " + value(f["value"]);
    }
    return out;
  }
  void route(const Json& r) {
    std::string s = fmt::format("route {}: {}{}", text(r, "route"), text(r, "status"),
                                r.value("used", false) ? ", used" : "");
    if (r.contains("defeated_by")) s += " by " + list(r["defeated_by"], nullptr);
    if (r.contains("fails_on") && !r["fails_on"].is_null()) {
      const Json& f = r["fails_on"];
      s += fmt::format(": `{}` is {}", text(f, "text"), text(f, "status"));
      const std::string read = reads(f["reads"]);
      if (!read.empty()) s += " (" + read + ")";
    }
    sub(s + cite(r));
  }
  static std::string unmatched(const Json& scope) {
    std::string out;
    for (const Json& f : scope)
      if (text(f, "match") == "unmatched") out += (out.empty() ? "" : ", ") + text(f, "fact");
    return out;
  }
  void needs(const Json& a) {
    items("needs", a["needs"], [](const Json& n) {
      std::string s =
          fmt::format("{}: {} {}{} from {} ({})", text(n, "status"), text(n, "kind"), text(n, "need"),
                      text(n, "finding").empty() ? "" : " = " + text(n, "finding"), text(n, "authority"),
                      text(n, "authority_title"));
      if (text(n, "status") != "met") s += fmt::format(", state {}", text(n, "state"));
      if (n.value("if_applies", false)) s += fmt::format(", if {} applies", text(n, "for"));
      if (n.value("implied", false)) s += ", implied by the final act";
      if (n.value("would_lift", false)) s += ", would lift the bar";
      for (const Json& i : n["settled_by"]) {
        if (text(i, "covers") == "no") {
          if (text(n, "status") == "met") continue;
          s += fmt::format("; {} does not cover it: {} unmatched", text(i, "instrument"),
                           unmatched(i["scope"]));
          continue;
        }
        s += fmt::format("; {} by {}{}{}", text(i, "state"), text(i, "instrument"),
                         i.value("assumed", false) ? " (ASSUMED)" : "",
                         text(i, "covers") == "unknown" ? ", if it covers this line" : "");
      }
      return s + cite(n);
    });
  }
  /// What the lists that were read say, and until when they are complete.
  void lists(const Json& regimes) {
    std::set<std::string> told;
    for (const Json& r : regimes)
      for (const Json& d : r["derivation"]) {
        if (!d.contains("registers")) continue;
        for (const Json& l : d["registers"]) {
          const std::string on = text(l, "on");
          const std::string to = text(l, "complete_to");
          told.insert(fmt::format("{} is {} {}{}{}", text(l, "value"),
                                  on == "yes"         ? "on"
                                  : on == "no"        ? "not on"
                                  : on == "unsettled" ? "by one reading on"
                                                      : "perhaps on",
                                  text(l, "list"), to.empty() ? "" : ", complete to " + to, cite(l)));
        }
      }
    if (told.empty()) return;
    title("lists that were read");
    for (const std::string& s : told) item(s);
    line("");
  }
  void coverage(const Json& c) {
    title("coverage");
    if (!c["assessed"].empty()) item("assessed: " + list(c["assessed"], nullptr));
    for (const Json& n : c["not_engaged"])
      item(fmt::format("not engaged: {}, {}", text(n, "regime"),
                       n["because"].empty() ? "whatever the facts are" : "by " + reads(n["because"])));
    if (!c["not_encoded"].empty())
      item("has a say, no rulebook loaded or in force: " + list(c["not_encoded"], nullptr));
    std::string weak;
    for (const Json& w : c["weakest"])
      for (const char* what : {"instrument", "attestation", "fact"})
        if (w.contains(what)) weak += (weak.empty() ? "" : "; ") + text(w, what) + " " + text(w, "why");
    if (!weak.empty()) item("weakest: " + weak);
    for (const Json& n : c["notes"]) item(shown(n));
    line("");
  }
  void dates(const Json& a) {
    if (!text(a, "not_before").empty()) line("not before " + text(a, "not_before"));
    if (!text(a, "recheck_by").empty())
      line("recheck by " + text(a, "recheck_by") + ": the first end of anything relied on");
  }

  void line(const std::string& s) { out_ += s + "\n"; }
  void title(const std::string& s) { line(markdown_ ? "## " + s : s + ":"); }
  void item(const std::string& s) { line(fmt::format("{}{}", markdown_ ? "- " : "  ", s)); }
  void sub(const std::string& s) { line(fmt::format("{}{}", markdown_ ? "  - " : "    ", s)); }
  template <class Show>
  void items(const char* name, const Json& array, Show show) {
    if (array.empty()) return;
    title(name);
    for (const Json& e : array) item(fmt::format("{}{}", of_line(e), show(e)));
    line("");
  }

  bool markdown_, colour_, several_ = false;
  std::string out_;
};

}  // namespace

std::string render_text(const Json& answer, bool colour) {
  return Writer(false, colour).run(answer);
}
std::string render_markdown(const Json& answer) {
  return Writer(true, false).run(answer);
}

}  // namespace sekisho::cli
