#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sekisho/sekisho.h"

// The append-only record (docs/register.md). It lies in a SQLite file or, by a `postgresql://` address, on a
// server. What fails is a report; nothing is half recorded.

namespace sekisho {

/// Who records, and when: microseconds since 1970-01-01 UTC by the caller's clock.
struct Recorder {
  std::string by;
  std::int64_t now = 0;
};

/// A decision with everything that repeats it.
struct RecordedDecision {
  std::uint64_t entry = 0;
  std::string by, confirmed_by;
  DecideRequest request;
  bool own_events = false;  // its events were those of the register itself, which are not repeated in it
  std::string json;         // the answer then
};
/// A proposal that nobody has confirmed or rejected.
struct WaitingProposal {
  std::uint64_t entry = 0;
  std::string recorded, by, kind, body;
};

/// Entries that were recorded together and are on the disk.
struct RecordedBatch {
  std::uint64_t first = 0, entries = 0, proposed = 0;
};
struct AppendOptions {
  /// Where the events come from, for what is told of them: a file, and of each event its line.
  std::string file;
  std::vector<unsigned> at;
  std::size_t batch = SIZE_MAX;     // entries that are recorded together, or none of them
  std::optional<SourceText> world;  // parties that bookings name
  std::function<void(const RecordedBatch&)> told;
};

struct RegisterOutcome {
  bool ok = false;
  std::vector<Report> reports;
  std::uint64_t number = 0;  // a sequence, or how many
  std::string text;          // JSON or a checkpoint, as the function says
  bool proposed = false;     // it holds only once another officer confirms it
};

struct SigningKeys {
  std::string secret, open;
};

class OpenRegister {
 public:
  OpenRegister();
  ~OpenRegister();
  OpenRegister(OpenRegister&&) noexcept;
  OpenRegister& operator=(OpenRegister&&) noexcept;

  /// @fails SK3501 to SK3504
  RegisterOutcome open(const std::string& location);
  /// @param origin  what its checkpoints say they are of, such as `exports.example/2026`
  RegisterOutcome create(const std::string& location, const std::string& origin);

  /// Events, one canonical line each, on the disk when it returns. Before the first is recorded, all are held
  /// against what holds: a name that is taken, a correction of nothing or a booking that an authorisation
  /// does not bear, and none is recorded; again where another writer came between. Corrections are only
  /// proposed until somebody else confirms them. What is recorded already, word for word, is passed over.
  /// @returns `number`: how many were passed over
  /// @fails SK3201, SK3202, SK33xx as an answer would; SK3510, SK3512
  RegisterOutcome append(const std::vector<std::string>& events, const Recorder& recorder,
                         const AppendOptions& options = {});
  /// One event that hangs on what is recorded: `make` is given the events that hold, as a file of them, and
  /// no other writer comes between its reading and its line. @param make  nothing: nothing is recorded
  /// @returns `text` is empty if nothing was; `proposed` as with `append`
  RegisterOutcome append_if(const std::function<std::optional<std::string>(const std::string& events)>& make,
                            const Recorder& recorder);
  /// A decision: the request and the answer that it got. Where the case is open, or the answer hangs on what
  /// an authority may decide as it sees fit, it is only proposed. `text`: `decision` or `proposed decision`.
  /// What `minimum` adds to an answer is not repeated.
  /// @fails SK3018 no answer; SK3510 one under a draft, or by one reading of unsettled law
  RegisterOutcome record_decision(const DecideRequest& request, const std::string& json, bool own_events,
                                  const Recorder& recorder);
  /// Confirms or rejects what another officer proposed. An event that does not fit what holds by then is not
  /// confirmed. @param world  parties that bookings name @fails SK3512 and as `append`
  RegisterOutcome confirm(std::uint64_t proposal, const std::string& reason, const Recorder& recorder,
                          const std::optional<SourceText>& world = {});
  RegisterOutcome reject(std::uint64_t proposal, const std::string& reason, const Recorder& recorder);
  /// Proposes for how many years entries are kept before `dispose` may take them: 1 to 100. It holds once
  /// another officer confirms it. @returns `number`: the entry that proposes it @fails SK3510, SK3512
  RegisterOutcome retain(unsigned years, const std::string& reason, const Recorder& recorder);
  /// Takes a body away for good and records that, and why. What holds, waits or is kept stays:
  /// docs/register.md.
  /// `text`: why files may still hold it, or empty. @fails SK3509, SK3510
  RegisterOutcome dispose(std::uint64_t entry, const std::string& reason, const Recorder& recorder);
  /// `number`: how many entries there are.
  RegisterOutcome size();

  /// Each entry as a line of an export, from `from` up to `to`, until `visit` returns false.
  RegisterOutcome lines(std::uint64_t from, std::uint64_t to,
                        const std::function<bool(const std::string&)>& visit);
  /// The events that hold, one canonical line each, in the order in which they came to hold: a file of
  /// events.
  /// @param known_on  as known at the end of that day (UTC); empty: now
  RegisterOutcome events(const std::string& known_on);
  /// Everything that holds, read once. @param known_on  as of `events`
  /// @param decisions, waiting  filled. @returns `text`: as `events`
  RegisterOutcome standing(const std::string& known_on, std::vector<RecordedDecision>& decisions,
                           std::vector<WaitingProposal>& waiting);
  /// The first line of an export.
  RegisterOutcome heading();
  /// An export into this register, which is empty. What no program records by the rules is refused.
  /// @param next  false at the end
  RegisterOutcome import(const std::function<bool(std::string& line)>& next);

  /// `text`: a signed note.
  RegisterOutcome checkpoint(const SourceText& secret_key);
  /// @param checkpoints  signed notes that somebody kept; each must be right and fit
  /// @returns JSON, schemas/verification.schema.json; not ok if anything is wrong
  RegisterOutcome verify(const std::vector<SourceText>& checkpoints, const SourceText& open_key,
                         const std::function<void(std::uint64_t)>& progress);
  /// That an entry is among the first `size` (0: all). @returns JSON, schemas/register_proof.schema.json
  RegisterOutcome prove(std::uint64_t entry, std::uint64_t size);
  /// That the register of `before` entries is the beginning of the one of `size` (0: all).
  RegisterOutcome prove_growth(std::uint64_t before, std::uint64_t size);

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

/// Whether a register lies there: an address of a server, or a file in the form of one.
bool is_register(const std::string& location);

/// New keys for signing checkpoints. @param signer  one word
/// @fails SK3510
RegisterOutcome make_signing_keys(const std::string& signer, SigningKeys& keys);

}  // namespace sekisho
