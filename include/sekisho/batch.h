#pragma once
#include <memory>

#include "sekisho/sekisho.h"

// Very many rows at once. A row is facts by name; what comes back for each is its finding (`open` with best
// and worst where blanks leave it so) and the rules that are proved to apply. Authorities have granted
// nothing and found nothing but what the columns say, as in `decide` without instruments.

namespace sekisho {

struct BatchRequest {
  bool json_lines = false;              // else comma-separated values
  std::string table = "the table";      // what reports call it
  std::string header;                   // CSV: the first record
  std::string on;                       // the day of rows that name none in a column `on`
  std::vector<std::string> columns;     // COLUMN=FACT; also `on`, `id`, `provisos`, `ignore`
  std::optional<SourceText> mapping;    // YAML: columns and words
  std::size_t node_limit = most_nodes;  // of the diagrams of one stretch of law
  bool hypothetical = false;            // a draft lies over the law: said of every row
};

/// What came of a piece of the input. Output and refusals are text of the input's kind, one line a row.
struct BatchPiece {
  std::string out, refused;
  std::size_t rows = 0, refused_rows = 0;
  std::vector<Report> reports;  // warnings: keys of JSON that are no fact, each once
};

/// Where the whole rows at the beginning of a text end.
struct BatchSplit {
  std::size_t bytes = 0, rows = 0, lines = 0;
};

class Digester;

/// The digest of a text that comes in parts: BLAKE2b, 256 bits in hexadecimal.
class RunningDigest {
 public:
  RunningDigest();
  ~RunningDigest();
  RunningDigest(RunningDigest&&) noexcept;
  RunningDigest& operator=(RunningDigest&&) noexcept;
  void add(std::string_view part);
  /// Of all parts so far, as if they were one text.
  std::string text() const;

 private:
  std::unique_ptr<Digester> digester_;
};

class Batch {
 public:
  /// @param books  must outlive the batch
  Batch(const Rulebooks& books, const BatchRequest& request);
  ~Batch();
  Batch(Batch&&) noexcept;

  /// Columns that are nothing are warnings; ok() is false if any report is an error.
  const std::vector<Report>& reports() const;
  bool ok() const;
  /// What is wrong with the law of days that rows asked for; their rows are refused. SK4001, SK4002.
  std::vector<Report> law_reports() const;

  /// What the findings rest on beside the rows, in words, each with its digest. The same, the same findings.
  struct Ground {
    std::string what, digest;
  };
  std::vector<Ground> rests_on() const;

  /// The first line of the output and of the refusals; empty for JSON lines.
  std::string out_header() const;
  std::string refused_header() const;
  BatchSplit split(std::string_view text, bool last) const;

  /// Decides pieces, one after the other; each thread has its own. What it gives depends on the piece alone.
  class Worker {
   public:
    struct Body;
    explicit Worker(std::unique_ptr<Body> body);
    ~Worker();
    Worker(Worker&&) noexcept;
    /// @param rows        whole rows, as `split` has them
    /// @param first_row   number of the first row, from 1
    /// @param first_line  its line in the input, from 1
    BatchPiece decide(std::string_view rows, std::size_t first_row, std::size_t first_line);

   private:
    std::unique_ptr<Body> body_;
  };
  Worker worker() const;

 private:
  friend class ArrowBatch;
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace sekisho
