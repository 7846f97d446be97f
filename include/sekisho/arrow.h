#pragma once
#include <cstdint>
#include <memory>

#include "sekisho/batch.h"

// Tables in memory, in and out, without copying them to text: the Arrow C data interface. Any Arrow library
// can make these structs and read them; none is needed here.
//
//     ArrowBatch batch(books, request, schema);       // columns are mapped as those of a CSV table
//     if (const std::string why = batch.decide(rows, &out_schema, &out); !why.empty()) ...
//     ... out.release(&out); out_schema.release(&out_schema);
//
// https://arrow.apache.org/docs/format/CDataInterface.html

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

extern "C" {

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

}  // extern "C"

#endif  // ARROW_C_DATA_INTERFACE

namespace sekisho {

/// Decides record batches. One at a time; each thread has its own.
class ArrowBatch {
 public:
  /// Columns: text (`u`, `U`), yes or no as booleans (`b`), whole numbers (`c` to `L`), numbers (`f`, `g`),
  /// days (`tdD`), sets as lists of text (`+l`, `+L`; an empty list is the empty set), each of them also by
  /// dictionary. A null is unknown.
  /// @param books    must outlive this
  /// @param request  its header and kind of rows are left aside: the schema has the columns
  /// @param columns  a struct (`+s`); read here, kept and released by the caller
  /// @fails SK3005 no struct, or a column of another type; else as Batch
  ArrowBatch(const Rulebooks& books, BatchRequest request, const ArrowSchema& columns);
  ~ArrowBatch();
  ArrowBatch(ArrowBatch&&) noexcept;

  const std::vector<Report>& reports() const;
  bool ok() const;

  /// A struct, a row for each row: `finding`, `best`, `worst` (text), `rules` and `not_assessed` (lists of
  /// text), `refused` (text: why the row could not be read; then all else is null, and else this is); under a
  /// draft also `hypothetical` (text: yes).
  /// @param rows    [rows] of the schema given before; kept and released by the caller
  /// @param schema, out  are filled where all went well, and released by the caller
  /// @returns why nothing could be decided; empty if it was
  std::string decide(const ArrowArray& rows, ArrowSchema* schema, ArrowArray* out);

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace sekisho
