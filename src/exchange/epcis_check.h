#pragma once
#include <functional>

#include "exchange/epcis_document.h"

namespace sekisho {

/// Holds what a document says to the standard, field by field. A mistake costs the event in which it stands,
/// and each is reported.
class EpcisCheck {
 public:
  EpcisCheck(const Sources& sources, Diagnostics& diags) : sources_(sources), diags_(diags) {}

  /// @param prefixes  those that the context of EPCIS declares
  EpcisDocument document(Doc said, Prefixes prefixes);

 private:
  using Each = std::function<void(const Doc&)>;

  // The document.
  void header(const Doc& d, EpcisDocument& out);
  const Doc* event_list(const Doc& d);
  const Doc* inside(const Doc& d, std::string_view key, std::initializer_list<std::string_view> others = {});
  void ignore_fields(const Doc& d, EpcisDocument& out);
  void single(Doc said, EpcisDocument& out);
  bool context(const Doc& d, Prefixes& prefixes);
  bool context_entry(const Doc& d, Prefixes& prefixes);

  // Events.
  void event(Doc said, EpcisDocument& out);
  unsigned kind_of(const Doc& d);
  void field(const EpcisField& f, const Doc& d);
  void required(const Doc& event, unsigned kind);
  void goods_named(const Doc& event, unsigned kind);
  void extension(const Doc& key, const Doc& value);

  // What stands in a field.
  bool text(const Doc& d, std::string_view expected);
  bool number(const Doc& d, std::string_view expected);
  void time(const Doc& d);
  void offset(const Doc& d);
  void uri(const Doc& d);
  /// A URI, and a trade item's number with the right check digit.
  void identifier(const Doc& d);
  void word(const Vocabulary& v, const Doc& d);
  void list(const Doc& d, std::string_view of, const Each& each);
  bool object(const Doc& d, std::string_view expected);
  void quantity(const Doc& d);
  void place(const Doc& d);
  void typed(const Doc& d, const Vocabulary& types, std::string_view key, bool type_required);
  void sensor(const Doc& d);
  void sensor_fields(const Doc& d, const std::vector<SensorField>& known);
  void sensor_value(SensorForm form, const Doc& d);
  void set_and_unset(const Doc& d);
  void ilmd(const Doc& d);
  void error(const Doc& d);

  void form(const Doc& d, std::string_view expected);
  void missing(const Doc& d, std::string_view key);
  void unknown(const Doc& key, const std::vector<std::string>& known);

  const Sources& sources_;
  Diagnostics& diags_;
  Prefixes prefixes_;  // where the reader stands
};

}  // namespace sekisho
