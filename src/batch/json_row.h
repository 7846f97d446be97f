#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho {

/// One JSON object read as cells: texts, yes/no, numbers and lists of texts become what a table would hold.
class JsonRow {
 public:
  struct Field {
    std::string_view key, cell;  // valid until the next object is read
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
