#pragma once
#include <memory>
#include <optional>
#include <span>

#include "sekisho/sekisho.h"

// The law of one day, compiled once; then single requests, one after the other, each in less than a
// microsecond where every fact is known, and in some microseconds where not (docs/performance.md). What it
// says is what `decide` says where authorities have granted and found nothing but what is told: the finding
// over all completions of what is known, the rules that apply, and the facts it rests on.
//
//     DayLaw law(books, "2023-12-22");
//     DayLaw::Request request = law.request();        // each thread its own
//     request.tell("departure", "JP");
//     request.tell_json(R"({"destination": "US", "goods.weapon": true})");
//     if (request.finding().best == "prohibited")
//       for (auto fact : request.because()) ...
//
// Whoever has columns of codes looks each code up once, `request.look_up("departure", "JP")`, and from then
// on tells whole requests as small numbers: `request.tell(std::span(looked_up))`.

namespace sekisho {

class DayLaw {
 public:
  /// @param books  must outlive this
  /// @fails SK4001 node limit, SK3012 no such day: then `ok` is false
  DayLaw(const Rulebooks& books, std::string_view day, std::size_t node_limit = most_nodes);
  ~DayLaw();
  DayLaw(DayLaw&&) noexcept;

  bool ok() const;
  const std::vector<Report>& reports() const;

  /// The least and the most strict finding that some completion has, as in an answer's `best` and `worst`.
  struct Finding {
    std::string_view best, worst;
    bool contradiction = false;  // no completion: the facts contradict each other; then both are empty
    bool assessed = true;        // else a state that is told to have a say has no law in force here
  };
  /// Names of rules and versions of provisos.
  struct Rules {
    std::vector<std::string_view> apply;      // in every completion
    std::vector<std::string_view> defeated;   // their conditions are met, and they apply in none
    std::vector<std::string_view> undecided;  // apply in some
  };

  class Request {
   public:
    struct Body;
    explicit Request(std::unique_ptr<Body> body);
    ~Request();
    Request(Request&&) noexcept;

    /// A fact with its value, looked up once for many tellings to the same request.
    struct Told {
      std::uint32_t index = 0;
    };
    /// @param value  as in a table: `US`, `yes`, `1000 USD`, `US;GB` of a set, `none`
    /// @returns nullopt where there is no such fact or value: `why` says it
    std::optional<Told> look_up(std::string_view fact, std::string_view value);

    /// Nothing is known again.
    void clear();
    void tell(Told told);
    void tell(std::span<const Told> told);
    bool tell(std::string_view fact, std::string_view value);
    /// One object, a fact a key; `provisos` names those that lie on the lot.
    /// @returns false where it cannot be read: `why` says it, and what came before it is told
    bool tell_json(std::string_view object);
    const std::string& why() const;

    Finding finding();
    /// Valid until the next call.
    const Rules& rules();
    /// Facts told that alone leave the finding as it is, whatever the others; none can be left out. Valid
    /// until the next call.
    std::span<const std::string_view> because();

   private:
    std::unique_ptr<Body> body_;
  };
  Request request() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace sekisho
