#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/authorisation.h"
#include "model/use.h"

// The book of authorisations. Goods are reserved on every authorisation that covers them and on every limit
// of each at once, or not at all; drawn down when they move, in parts too; freed when they will not move.
//
// Example: ten pieces for one consignee on a licence of 100 pieces, 40 a year and 20 for each consignee, and
// on an end-use certificate for 12. All four limits must have ten free; the first that lacks and every other
// that lacks are named, with how much. Two shipments of ten: the second finds two free on the certificate, is
// refused with "8 pieces more than is free", and has taken nothing from the licence.
//
// A use counts in the period of its own day. A reservation made for December and drawn in January moves to
// January's period, and is refused if there is no room there.
//
// What is learned late undoes nothing: a use is refused by the acts that were recorded before it, so that a
// suspension can be told which came to be known after goods had moved. It stands, and is named (`late`). An
// amendment that grants less than was used before it was told leaves less than nothing free.
//
// The book asks no clock and knows no law: what covers what is the instrument's scope, and which need it
// answers its text; which needs there are is for its caller. It holds only what it was told, in that order,
// so a correction is a new book.

namespace sekisho {

/// The place in the record of what is not in it yet: behind all that is.
inline constexpr std::size_t not_recorded_yet = SIZE_MAX;

struct Reservation {
  std::string id, by;
  Date on;                    // the day for which the goods are to move
  std::optional<Date> until;  // free from the day after
  std::vector<ReservedLine> lines;
  std::optional<Date> booked = {};          // the day on which it is asked; none: the same
  std::size_t recorded = not_recorded_yet;  // its place in the record
};

struct Taking {
  std::string id, of;  // of: a reservation, or for a restoring a draw
  Date on;
  std::vector<Part> parts;  // none: everything that is left
  std::size_t recorded = not_recorded_yet;
  std::vector<ReservedLine> lines = {};  // of a draw: those of the reservation as they are known when it is
                                         // recorded; none: as they were reserved
};

enum class Why : std::uint8_t {
  id_taken,
  nothing_asked,
  no_such_authorisation,
  not_at_issuer,
  wrong_agency,
  need_unanswered,
  not_in_effect,
  not_valid_then,
  condition_open,
  out_of_scope,
  scope_unknown,
  other_unit,
  not_stated,
  too_large,
  limit_lacks,
  no_such_reservation,
  no_such_draw,
  no_such_line,
  more_than_left,
  reservation_over,
  not_restored,
  change_not_allowed,
  begins_otherwise,
  contradicts,  // a line and its facts
  stopped,
  perhaps_stopped,  // the use does not say what would tell
  party_untold,     // nothing is told of whom it names, who may belong to what is stopped
};

/// One reason why something was not done. `lacks` is by how much, where that is what is wrong.
struct Refusal {
  Why why;
  std::string authorisation;
  std::string says;
  std::optional<Amount> lacks;
};
using Refusals = std::vector<Refusal>;  // empty: done

/// Where an act stands in the record, and where the one that it puts right does.
struct ActPlace {
  std::size_t place = 0, first = 0;
};

/// A use that stands though an act that was recorded after it would have refused it; or an act that grants
/// less than was used before it.
struct LateUse {
  std::string use, authorisation;  // the same of an act
  std::size_t recorded;            // the place of the act
  std::string says;                // what is wrong by it
};

/// A limit as it stands for a day.
struct BalanceRow {
  std::string limit;      // its text
  std::string consignee;  // where each has its own
  std::string period;     // `2024`, `2024-03`, `3 months to 2024-03-31`
  Amount granted, drawn, reserved, free;
};

struct LineUse {
  std::int64_t reserved = 0, drawn = 0;
  std::int64_t total() const { return reserved + drawn; }
};
struct OpenLine {
  ReservedLine asked;
  LineUse quantity, value;  // reserved: what is left to draw
  std::vector<std::uint32_t> accounts;
  std::uint32_t consignee;
};
/// A reservation as it stands.
struct OpenReservation {
  std::string id, by;
  Date on;
  std::optional<Date> until;
  std::size_t recorded;  // its place in the record
  std::vector<OpenLine> lines;
  bool open() const;
};

class Book {
 public:
  Book();
  ~Book();
  Book(Book&&) noexcept;
  Book& operator=(Book&&) noexcept;

  /// An act that is booked later, for it is of a later day. Goods set aside for that day by whoever knows the
  /// act have to be covered by it.
  void expect(const Authorisation& a, Date on, ActPlace recorded);
  /// A new authorisation, or what becomes of one: its whole text from that day on.
  Refusals authorise(const Authorisation& a, Date on, ActPlace recorded = {});
  Refusals reserve(Reservation r);
  Refusals draw(const Taking& t);
  Refusals release(const Taking& t);
  /// Returned goods give their balance back on the instruments that say so, in the period of their draw.
  Refusals restore(const Taking& t);
  /// The end of a reservation, or of an authorisation and the open reservations on it.
  Refusals expire(const std::string& id, Date on, ActPlace recorded = {});

  /// As they were booked.
  const std::vector<LateUse>& late() const;
  std::vector<std::string> ids() const;  // in the order they came
  /// The text in force on a day, or the first if it came later; nullptr for an unknown id.
  /// @param before  of what was recorded before that place
  const Authorisation* terms(std::string_view id, Date on, std::size_t before = not_recorded_yet) const;
  /// The day of its first act. @pre it is one of `ids`
  Date known_from(std::string_view id) const;
  /// As its acts up to that day left it; expired by date and exhausted by use included.
  AuthorisationState state(std::string_view id, Date on) const;
  std::vector<BalanceRow> balances(std::string_view id, Date on) const;
  const OpenReservation* reservation(std::string_view id) const;
  std::vector<const OpenReservation*> reservations() const;  // in the order they came

  /// Every balance recomputed from the reservations and draws. @returns what differs; empty in a sound book
  std::vector<std::string> audit() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace sekisho
