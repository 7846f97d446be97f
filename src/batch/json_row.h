#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "batch/cell.h"

namespace sekisho {

/// One JSON object read as cells: a text, yes/no or a number, each as it is written, or a list of them.
class JsonRow {
 public:
  struct Field {
    std::string_view key;  // both valid until the next object is read
    Cell cell;
  };
  JsonRow();
  ~JsonRow();
  JsonRow(JsonRow&&) noexcept;

  /// @returns why the text is no row; empty if `fields` holds it
  std::string read(std::string_view text);
  std::span<const Field> fields() const { return fields_; }

 private:
  struct Reader;
  std::unique_ptr<Reader> reader_;
  std::vector<Field> fields_;
};

}  // namespace sekisho
