#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The public face of Sekisho: law in, proposed transfer in; finding with derivation out.
// The library reads no file, prints nothing and asks no clock: texts and days are arguments.
//
// Example: may it go, and on what does that rest?
//
//   const Rulebooks books(shipped_rulebooks());
//   DecideRequest asked;
//   asked.transfer = {"transfer.yaml", "transfer: 1\nfrom: JP\nto: US\n"};
//   asked.on = "2023-12-22";
//   const DecideResult answer = books.decide(asked);  // answer.json: schemas/answer.schema.json
//
// Threads: `Rulebooks` may be asked by several at once; every other object belongs to one thread at a time.
// Exceptions: what is wrong with a text, a day or a name is a `Report`, never one. `std::bad_alloc` goes
// through; after it, the object that was asked is to be given up.

namespace sekisho {

/// Of the diagrams of one day's law, unless more are allowed.
inline constexpr std::size_t most_nodes = 4'000'000;

/// A named text: a `.law` file, a world, a transfer.
struct SourceText {
  std::string name, text;
  friend bool operator==(const SourceText&, const SourceText&) = default;
};

/// Something wrong in a text, with its place and, where there is one, the cure.
struct Report {
  struct Place {
    std::string file;
    unsigned line = 0, column = 0;  // from 1; 0 where there is no place
    std::string excerpt;
    unsigned marked_from = 0, marked = 0;  // bytes of the excerpt
  };
  struct Note {
    Place place;
    std::string text;
  };
  std::string code;      // SK2107; all stand in src/base/diagnostics.def
  bool is_error = true;  // else a warning
  Place place;
  std::string message;
  std::vector<Note> notes;
  std::vector<std::string> fixes;
};

/// What to decide. Days are `YYYY-MM-DD`; an empty one takes its default.
struct DecideRequest {
  std::optional<SourceText> world;
  std::optional<SourceText> events;  // what happened to lots, up to the day of transfer (docs/events.md)
  SourceText transfer;
  std::string on;                       // day of transfer; default: the transfer's own `on`
  std::string law_of;                   // day of law; default: `on`
  std::string known_on;                 // day of knowledge; default: everything recorded
  std::vector<std::string> known;       // FACT=VALUE
  std::vector<std::string> readings;    // WHAT=yes or WHAT=no: unsettled law that is taken to be read so
  bool without_instruments = false;     // hide what authorities answered about this transfer
  bool hypothetical = false;            // a draft lies over the rulebooks: the answer is marked
  std::size_t node_limit = most_nodes;  // of the diagrams: memory; SK4001 when it is reached
  std::size_t minimum = 0;              // look for smallest sets with so many questions each; 0: do not
};

struct DecideResult {
  bool ok = false;
  std::vector<Report> reports;
  std::string json;  // schemas/answer.schema.json
};

struct TextResult {
  bool ok = false;
  std::vector<Report> reports;
  std::string text;
};

/// A decision that somebody recorded, by what it is called there.
struct NamedDecision {
  std::string id;
  DecideRequest request;
  bool own_events = false;  // its events are those of the question
};

/// Which two sides to compare: two days, a day with and without drafts, or two regimes on a day.
struct ImpactRequest {
  std::string from, to;                  // two days; or, with drafts or `against`, the one day in `to`
  std::string regime, against;           // one regime only; compared with `against` where that is given
  std::vector<std::string> drafts;       // names of the texts that only the second side has
  std::optional<SourceText> world;       // holdings and decisions that the change touches
  std::optional<SourceText> events;      // what happened to the goods that the change touches
  std::vector<NamedDecision> decisions;  // recorded ones
  std::vector<SourceText> pending;       // transfers that are pending
  std::size_t node_limit = most_nodes;
};

struct ImpactResult {
  bool ok = false;
  std::vector<Report> reports;
  std::string json;  // schemas/impact.schema.json
};

/// Cases that the law makes of itself.
struct CasesRequest {
  std::string regime, on;  // empty: all; every stretch of constant law
  std::size_t paths = 8;   // of each rule and kind, at most
};

struct CasesResult {
  bool ok = false;
  std::vector<Report> reports;
  std::string law;   // declarations that `check` decides, in the one layout
  std::string json;  // schemas/cases.schema.json
};

/// What cases show of the law: which rules were seen to apply, and which links to decide.
struct CoverageRequest {
  std::string regime;               // empty: all
  std::vector<SourceText> answers;  // beside the cases of the rulebooks: what `decide` answered, in JSON
};

struct CoverageResult {
  bool ok = false;
  std::vector<Report> reports;
  std::string json;  // schemas/coverage.schema.json
};

/// Rulebooks that were read and checked together.
class Rulebooks {
 public:
  struct Body;  // the library's own
  /// @param order  of variables, as `find_order` gives it; passed over if it was found for other texts
  explicit Rulebooks(std::vector<SourceText> files, const std::optional<SourceText>& order = std::nullopt);
  ~Rulebooks();
  Rulebooks(Rulebooks&&) noexcept;
  Rulebooks& operator=(Rulebooks&&) noexcept;

  /// What is wrong with them; `ok` is false if any of it is an error.
  const std::vector<Report>& reports() const;
  bool ok() const;

  /// Decides every case that stands in the rulebooks and proves what can never matter in them.
  /// @returns what does not come out, SK2301 to SK2309; SK4001, SK4002 where the law is too large
  std::vector<Report> prove(std::size_t node_limit = most_nodes) const;

  /// The one layout of the i-th file; nullopt if it has errors of grammar.
  std::optional<std::string> formatted(std::size_t file) const;

  /// Where the whole law of the day has too many nodes, what is left of it with what is known is read, and
  /// what cannot be said so stands under `left_out`.
  /// @fails SK4001 node limit, SK4003 contradictory facts, SK3xxx in the files
  DecideResult decide(const DecideRequest& request) const;
  /// Decides each. @param events  those of all that have `own_events`: they are read once
  /// @param told  of each, by its place
  void decide_each(const std::vector<NamedDecision>& decisions, const SourceText& events,
                   const std::function<void(std::size_t, const DecideResult&)>& told) const;

  /// Exactly the facts for which the finding differs between two sides, in words, with a witness for each
  /// statement.
  /// @fails SK4001 node limit, SK3xxx in the files
  ImpactResult impact(const ImpactRequest& request) const;

  /// For each rule a case for each way in which it applies, does not apply or is defeated; for each regime
  /// one for each finding.
  /// @fails SK3012 no day, SK3013 no regime, SK4001
  CasesResult cases(const CasesRequest& request) const;

  /// How often each rule was active, inactive, defeated or undecided, and each link decisive, in the cases of
  /// the rulebooks and in given answers.
  /// @fails SK3013 no regime, SK3018 no answer, SK4001
  CoverageResult coverage(const CoverageRequest& request) const;

  /// Names of the regimes, in the order of the files.
  std::vector<std::string> regimes() const;
  /// A regime as it reads on a day (every day if empty). @fails SK3012 no day, SK3013 no regime
  TextResult show(const std::string& regime, const std::string& day) const;
  /// JSON: the rules, members and thresholds whose text differs between two days; of all regimes if it is
  /// empty. @fails as `show`
  TextResult difference(const std::string& from, const std::string& to, const std::string& regime) const;
  /// JSON: the vocabulary, and the rules with what they read.
  std::string facts() const;
  std::string rules() const;
  /// JSON: the order in which a regime's facts (all regimes' jointly if empty) are asked under the law of a
  /// day (the last if empty), and how many nodes that takes. @fails as `show`, SK4001
  TextResult order(const std::string& regime, const std::string& day,
                   std::size_t node_limit = most_nodes) const;
  /// A better order for these texts, to be kept beside them; the same law gives the same answers in any.
  /// @param trials  so many orders are tried at the most
  /// @fails SK4001
  TextResult find_order(std::size_t trials) const;

  const Body& body() const { return *body_; }

 private:
  std::unique_ptr<Body> body_;
};

/// The rulebooks that are part of the program.
std::vector<SourceText> shipped_rulebooks();
/// The order of variables that is kept beside them.
std::optional<SourceText> shipped_order();

/// What a file says, without what would drive a terminal or look like another line: control characters, marks
/// that turn the direction of text and bytes that are no UTF-8 become U+FFFD.
std::string printable(std::string_view text);
/// Whether a text is a day that exists.
bool is_day(std::string_view text);

/// The word that was meant, of those that there are; empty if none is near.
std::string word_meant(std::string_view word, const std::vector<std::string>& words);

std::string_view version();

}  // namespace sekisho
