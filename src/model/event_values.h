#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/json_text.h"
#include "model/amount.h"

namespace sekisho {

/// The values that events are written in. What has another form is reported with its place.
class EventValues {
 public:
  using Value = JsonText::Value;

  explicit EventValues(Diagnostics& diags) : json(diags) {}
  Diagnostics& diags() { return json.diags(); }

  std::string text(Value v) { return json.scalar(v); }
  /// The name of something: not empty, and without control characters, which no picture, terminal or XML
  /// bears.
  std::string name(Value v);
  void must_be_name(const std::string& text, TextSpan at);
  Date day(Value v, TextSpan at);
  /// After a report, an amount without a unit.
  Amount quantity(Value v, TextSpan at);
  Amount money(Value v, TextSpan at);
  std::string state(Value v, TextSpan at);
  std::vector<std::string> names(Value v, std::string_view what);
  /// A list of texts, or one text that stands for a list of one.
  std::vector<std::string> text_or_texts(Value v, std::string_view what);
  bool yes(Value v, TextSpan at);
  /// A whole number from `least` to `most`.
  int count(Value v, TextSpan at, int least, int most);

  void unknown_key(std::string_view key, TextSpan at, const std::vector<std::string>& known);
  void must_have(bool has, std::string_view key, TextSpan at);
  void must_have_all(std::initializer_list<std::string_view> keys, const SeenKeys& seen, TextSpan at);

  JsonText json;

 private:
  Amount amount(Value v, TextSpan at, std::string_view what, std::string_view example);
};

}  // namespace sekisho
